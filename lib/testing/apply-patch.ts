import { applied } from './managed-fields.ts';
import type { AnyObject } from './object-rules.ts';
import type { ObjectStore, WriteOptions } from './object-store.ts';
import { badRequest, notFound } from './refusal.ts';
import { groupVersion } from './resource.ts';
import type { ResourceRoute } from './route.ts';
import type { StoredObject } from './stored-object.ts';

export interface ApplyOptions extends Pick<WriteOptions, 'dryRun' | 'subresource'> {
  /** The name of the field manager. */
  readonly manager: string;
  readonly force: boolean;
}

/** Server-side apply: creates what is not there, merges into what is, and keeps account of who manages which field. */
export function applyConfiguration(store: ObjectStore, route: ResourceRoute, body: unknown, { manager, force, ...options }: ApplyOptions): { readonly created: boolean; readonly stored: StoredObject } {
  const { resource, version, name = '', subresource } = route;
  const configuration = checked(body, name);
  const fieldManager = { name: manager, operation: 'Apply', apiVersion: groupVersion(resource.group, version), subresource } as const;
  const existing = store.find(route);
  if (existing === undefined) {
    if (subresource !== undefined) throw notFound(resource, name);
    const { status: _, ...desired } = configuration;
    return { created: true, stored: store.create({ ...route, name: undefined }, applied(desired, desired, fieldManager, force), { ...options, managed: true }) };
  }
  const current = existing.as(resource, version) as AnyObject;
  const { status, metadata, ...desired } = configuration;
  const half = subresource === 'status' ? { status } : resource.status === true ? { ...desired, metadata } : configuration;
  return { created: false, stored: store.update(route, applied(current, half as AnyObject, fieldManager, force), { ...options, managed: true }) };
}

function checked(body: unknown, name: string): AnyObject {
  const configuration = body as Partial<AnyObject> | null;
  if (typeof configuration?.kind !== 'string' || typeof configuration.apiVersion !== 'string') throw badRequest('invalid object type: /, Kind=');
  if (configuration.metadata?.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  return { ...configuration, metadata: { ...configuration.metadata, name } };
}
