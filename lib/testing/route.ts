import type { Catalogue } from './catalogue.ts';
import { noSuchResource } from './refusal.ts';
import { type Resource, type Verb, groupVersion } from './resource.ts';

/** A request for objects of a resource. */
export interface ResourceRoute {
  readonly verb: Verb;
  readonly resource: Resource;
  readonly version: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Where a path leads: to objects, or else to a document that has the path as its name. */
export type Route = ResourceRoute | { readonly verb: string; readonly resource?: undefined };

/** Reads a request's method, path and query as kube-apiserver does. Throws a Refusal for a resource that is not served. */
export function routeOf(method: string, path: string, query: URLSearchParams, catalogue: Catalogue): Route {
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  const [root] = segments;
  const document: Route = { verb: method === 'HEAD' ? 'get' : method.toLowerCase() };
  const rest = root === 'api' ? segments.slice(2) : root === 'apis' ? segments.slice(3) : [];
  if (rest.length === 0 || rest[0] === '') return document;
  const [group, version] = root === 'api' ? ['', segments[1] ?? ''] : [segments[1] ?? '', segments[2] ?? ''];
  const apiVersion = groupVersion(group, version);
  if (!catalogue.serves(apiVersion)) {
    if (group === '' || catalogue.builtin(group)) throw noSuchResource();
    return document;
  }

  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && !(apiVersion === 'v1' && rest.length === 3 && NAMESPACE_SUBRESOURCES.has(rest[2] ?? ''));
  const namespace = inNamespace ? rest[1] : undefined;
  const [plural = '', name, subresource, ...further] = inNamespace ? rest.slice(2) : rest;
  const resource = catalogue.at(apiVersion, plural);
  const nowhere = resource === undefined || further.length > 0 || (namespace !== undefined && !resource.namespaced) || (name !== undefined && resource.namespaced && namespace === undefined);
  if (nowhere) {
    if (!catalogue.builtin(group)) return document; // custom resources are looked up one by one: what is none is no path
    throw noSuchResource();
  }
  if (subresource !== undefined && !(subresource === 'status' && resource.status === true)) throw noSuchResource();
  return {
    verb: verbOf(method, name !== undefined, query), resource, version,
    ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }), ...(subresource !== undefined && { subresource }),
  };
}

const NAMESPACE_SUBRESOURCES: ReadonlySet<string> = new Set(['status', 'finalize']);
const TRUE: ReadonlySet<string | null> = new Set(['true', '1']);

function verbOf(method: string, named: boolean, query: URLSearchParams): Verb {
  switch (method) {
    case 'POST': return 'create';
    case 'PUT': return 'update';
    case 'PATCH': return 'patch';
    case 'DELETE': return named ? 'delete' : 'deletecollection';
    default: return named ? 'get' : TRUE.has(query.get('watch')) ? 'watch' : 'list';
  }
}
