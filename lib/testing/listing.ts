import type { Collection } from './collection.ts';
import type { ObjectStore } from './object-store.ts';
import { badRequest, expired, invalid, versionTooLarge } from './refusal.ts';
import { type Resource, groupVersion } from './resource.ts';
import type { ResourceRoute } from './route.ts';
import { type Selector, fieldSelector, labelSelector } from './selector.ts';
import type { Form, StoredObject } from './stored-object.ts';

const INCONSISTENT = 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
const LIST_OPTIONS = { group: 'meta.k8s.io', kind: 'ListOptions' };

/** One page of a list, before it is written. */
export interface Page {
  readonly items: readonly StoredObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** What of a collection a request is about: its namespace and its selectors. */
export function selectorOf({ resource, namespace, name }: Pick<ResourceRoute, 'resource' | 'namespace' | 'name'>, query: URLSearchParams): Selector {
  const selectors: Selector[] = [];
  if (namespace !== undefined) selectors.push(({ metadata }) => metadata?.namespace === namespace);
  if (name !== undefined) selectors.push(({ metadata }) => metadata?.name === name);
  const [labels, fields] = [query.get('labelSelector') ?? '', query.get('fieldSelector') ?? ''];
  if (labels !== '') selectors.push(labelSelector(labels));
  if (fields !== '') selectors.push(fieldSelector(fields, resource));
  return (object) => selectors.every((selects) => selects(object));
}

/** Reads one page, by the rules for `limit`, `continue`, `resourceVersion` and `resourceVersionMatch`. */
export function pageOf(store: ObjectStore, route: Pick<ResourceRoute, 'resource' | 'namespace'>, query: URLSearchParams): Page {
  if (query.get('sendInitialEvents') !== null) throw invalid(LIST_OPTIONS, '', 'sendInitialEvents', 'Forbidden', 'sendInitialEvents is forbidden for list');
  const collection = store.collection(route.resource);
  const selects = selectorOf(route, query);
  const token = query.get('continue') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const limited = limitOf(query);
  const { objects, resourceVersion } = token === '' ? begin(store, collection, query, version) : resume(store, collection, token, version);
  const limit = version === '0' && token === '' ? 0 : limited; // the watch cache answers in one body
  const selected = objects.filter(({ object }) => selects(object));
  if (!(limit > 0 && selected.length > limit)) return { items: selected, resourceVersion: resourceVersion.toString() };
  const items = selected.slice(0, limit);
  const filtered = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
  return {
    items, resourceVersion: resourceVersion.toString(), continue: encodeToken(resourceVersion, `${items.at(-1)?.key ?? ''}\0`),
    ...(!filtered && { remainingItemCount: selected.length - limit }),
  };
}

/** The JSON of a page. */
export function listText(resource: Resource, version: string, form: Form, { items, ...metadata }: Page): string {
  const text = items.map((item) => item.item(resource, version, form)).join(',');
  if (form === 'metadata') return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(metadata)},"items":${items.length === 0 ? 'null' : `[${text}]`}}`;
  const apiVersion = groupVersion(resource.group, version);
  return resource.custom === true
    ? `{"apiVersion":"${apiVersion}","items":[${text}],"kind":"${resource.kind}List","metadata":${JSON.stringify({ continue: '', ...metadata })}}`
    : `{"kind":"${resource.kind}List","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${text}]}`;
}

interface Reading {
  readonly objects: readonly StoredObject[];
  readonly resourceVersion: bigint;
}

function begin(store: ObjectStore, collection: Collection, query: URLSearchParams, version: string): Reading {
  const match = query.get('resourceVersionMatch') ?? '';
  const forbid = (why: string) => invalid(LIST_OPTIONS, '', 'resourceVersionMatch', 'Forbidden', why);
  if (match !== '' && match !== 'Exact' && match !== 'NotOlderThan') throw invalid(LIST_OPTIONS, '', 'resourceVersionMatch', 'NotSupported', `${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`);
  if (match !== '' && version === '') throw forbid('resourceVersionMatch is forbidden unless resourceVersion is provided');
  if (match === 'Exact' && version === '0') throw forbid('resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  const wanted = versionOf(version, () => badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`));
  if (wanted > store.version) throw versionTooLarge(version, store.version.toString());
  const exact = match === 'Exact' || (match === '' && wanted > 0n && limitOf(query) > 0);
  if (!exact) return { objects: collection.all(), resourceVersion: store.version };
  const objects = collection.at(wanted);
  if (objects === undefined) throw expired('The resourceVersion for the provided list is too old.');
  return { objects, resourceVersion: wanted };
}

function resume(store: ObjectStore, collection: Collection, token: string, version: string): Reading {
  const { rv, start } = decodeToken(token);
  if (version !== '' && version !== '0') throw badRequest('specifying resource version is not allowed when using continue');
  const objects = rv < 0n ? collection.all() : collection.at(rv);
  if (objects === undefined) throw expired(INCONSISTENT, encodeToken(-1n, start));
  return { objects: objects.filter(({ key }) => key >= start), resourceVersion: rv < 0n ? store.version : rv };
}

function limitOf(query: URLSearchParams): number {
  const limit = query.get('limit') ?? '';
  if (!/^-?\d*$/.test(limit)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(limit)}: invalid syntax`);
  return Number(limit);
}

/** Reads a resourceVersion; none is 0. */
export function versionOf(text: string, refusal: () => Error): bigint {
  if (text === '') return 0n;
  if (!/^\d+$/.test(text)) throw refusal();
  return BigInt(text);
}

function encodeToken(version: bigint, start: string): string {
  return Buffer.from(`{"v":"meta.k8s.io/v1","rv":${version.toString()},"start":${JSON.stringify(`/${start}`)}}`).toString('base64url');
}

function decodeToken(token: string): { readonly rv: bigint; readonly start: string } {
  const text = Buffer.from(token, 'base64url').toString();
  const rv = /"rv":(-?\d+)/.exec(text)?.[1]; // read as text: a number loses digits
  let start: unknown;
  try {
    start = (JSON.parse(text) as { readonly start?: unknown }).start;
  } catch {
    // not one of ours
  }
  if (rv === undefined || typeof start !== 'string') throw badRequest('invalid continue token: continue key is not valid');
  return { rv: BigInt(rv), start: start.replace(/^\//, '') };
}
