import { type AnyObject } from './object-rules.ts';
import { type ObjectStore, type WriteOptions } from './object-store.ts';
import { notFound } from './refusal.ts';
import { type ResourceRoute } from './route.ts';
import { type StoredObject } from './stored-object.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

export interface ApplyOptions extends WriteOptions {
  readonly manager: string;
  readonly force: boolean;
}

/** Server-side apply: creates what is not there, merges what is. */
export function applyConfiguration(store: ObjectStore, route: ResourceRoute, configuration: unknown, options: ApplyOptions): { readonly created: boolean; readonly stored: StoredObject } {
  const existing = store.find(route);
  const given = configuration as AnyObject;
  if (existing === undefined) {
    if (route.subresource !== undefined) throw notFound(route.resource, route.name ?? '');
    return { created: true, stored: store.create({ ...route, name: undefined }, { ...given, metadata: { ...given.metadata, name: route.name } }, options) };
  }
  const current = existing.as(route.resource, route.version);
  return { created: false, stored: store.update(route, strategicMergePatch(current, given), options) };
}
