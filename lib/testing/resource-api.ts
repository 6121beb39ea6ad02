import { checkVerb } from './object-rules.ts';
import { type ObjectStore, type WriteOptions, deletedStatus } from './object-store.ts';
import type { Reply } from './server-exchange.ts';
import { formOf, parseBody, parsePatch, parseYaml } from './media-type.ts';
import { listText, pageOf } from './listing.ts';
import { applyConfiguration } from './apply-patch.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import { Refusal, invalid, methodNotAllowed, unsupportedMediaType } from './refusal.ts';
import { groupVersion } from './resource.ts';
import type { ResourceRoute } from './route.ts';
import type { Form, StoredObject } from './stored-object.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

/** What a verb needs of its request. */
export interface ResourceRequest {
  readonly route: ResourceRoute;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  /** Who writes, unless the query says it. */
  readonly manager: string;
  readonly body: Buffer;
}

const PATCH_TYPES = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'];
const CUSTOM_PATCH_TYPES = PATCH_TYPES.filter((type) => !type.includes('strategic'));

/** Verbs of paths without a name. */
const OF_COLLECTIONS: ReadonlySet<string> = new Set(['create', 'list', 'deletecollection']);

/** Answers everything about objects but watches. Throws a Refusal for what cannot be done. */
export function answer(store: ObjectStore, request: ResourceRequest): Reply {
  const { route, query, accept } = request;
  const { resource, version, verb, namespace } = route;
  checkVerb(resource, verb);
  if (!OF_COLLECTIONS.has(verb) !== (route.name !== undefined)) throw methodNotAllowed();
  if (verb === 'list') return { status: 200, body: listText(resource, version, formOf(accept, 'list', `*core.${resource.kind}List`), pageOf(store, route, query)) };
  if (verb === 'deletecollection') return deleteCollection(store, request);
  if (resource.namespaced && namespace === undefined) throw methodNotAllowed();
  const form = formOf(accept, 'object', '');
  const written = (stored: StoredObject, status = 200): Reply => ({ status, body: stored.text(resource, version, form) });
  const subresource = route.subresource === 'status' ? route.subresource : undefined;
  const manager = { name: query.get('fieldManager') ?? request.manager, operation: 'Update', apiVersion: groupVersion(resource.group, version), subresource } as const;
  const options: WriteOptions = { dryRun: dryRunOf(query), subresource, manager };
  switch (verb) {
    case 'create': return written(store.create(route, parseBody(request.body, request.contentType, resource.kind), options), 201);
    case 'update': return written(store.update(route, parseBody(request.body, request.contentType, resource.kind), options));
    case 'patch': {
      const { created, stored } = patch(store, request, options);
      return written(stored, created ? 201 : 200);
    }
    case 'delete': return deleteOne(store, request, form);
    default: return written(store.get(route));
  }
}

function patch(store: ObjectStore, { route, query, contentType = '', body }: ResourceRequest, options: WriteOptions): { readonly created: boolean; readonly stored: StoredObject } {
  const { resource, version } = route;
  const type = contentType.split(';')[0]?.trim() ?? '';
  if (type === 'application/apply-patch+yaml') {
    const manager = query.get('fieldManager') ?? '';
    if (manager === '') throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', 'fieldManager', 'Required', 'is required for apply patch');
    return applyConfiguration(store, route, parseYaml(body.toString()), { dryRun: options.dryRun ?? false, subresource: options.subresource, manager, force: query.get('force') === 'true' });
  }
  if (!PATCH_TYPES.includes(type)) throw new Refusal(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  if (resource.custom === true && !CUSTOM_PATCH_TYPES.includes(type)) throw unsupportedMediaType(CUSTOM_PATCH_TYPES);
  const changes = parsePatch(body.toString());
  const current = store.get(route).as(resource, version);
  const changed = type === 'application/json-patch+json' ? jsonPatch(current, changes) : type === 'application/merge-patch+json' ? mergePatch(current, changes) : strategicMergePatch(current, changes);
  return { created: false, stored: store.update(route, changed, options) };
}

function deleteOne(store: ObjectStore, { route, query, body, contentType }: ResourceRequest, form: Form): Reply {
  const { resource, version } = route;
  if (route.subresource !== undefined) throw methodNotAllowed();
  const { preconditions = {}, dryRun } = (body.length === 0 ? {} : parseBody(body, contentType, 'DeleteOptions')) as { readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }; readonly dryRun?: readonly string[] };
  const { deleted, object } = store.delete(route, { dryRun: dryRunOf(query) || dryRun?.includes('All') === true, ...preconditions });
  return { status: 200, body: deleted && resource.deletesToObject !== true ? JSON.stringify(deletedStatus(resource, object)) : object.text(resource, version, form) };
}

/** Deletes what a list would show, and answers with it. */
function deleteCollection(store: ObjectStore, { route, query, accept }: ResourceRequest): Reply {
  const { resource, version } = route;
  if (resource.namespaced && route.namespace === undefined) throw methodNotAllowed();
  const page = pageOf(store, route, query);
  for (const { object } of page.items) store.delete({ ...route, name: object.metadata?.name }, { dryRun: dryRunOf(query) });
  return { status: 200, body: listText(resource, version, formOf(accept, 'list', `*core.${resource.kind}List`), page) };
}

function dryRunOf(query: URLSearchParams): boolean {
  return query.getAll('dryRun').includes('All');
}
