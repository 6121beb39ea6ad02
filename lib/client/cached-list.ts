import { type FieldRequirement, parseFieldSelector } from '../model/field-selector.ts';
import type { Kind, KubernetesObject, ObjectList } from '../model/kubernetes-object.ts';
import { type LabelSelector, parseLabelSelector } from '../model/label-selector.ts';
import { type ObjectKey, compareKeys } from '../model/object-key.ts';
import { notCached, notKept, unknownIndex } from './cache-error.ts';
import { checkCall } from './call-options.ts';
import type { ListOptions } from './client.ts';
import type { KindCache } from './kind-cache.ts';
import { pathSegment } from './object-path.ts';

/**
 * Reads what is asked for, and returns how it is answered from the store, in the order of the API server. Throws, before anything is waited for, a TypeError
 * for options that are none, a `SelectorError`, and a ClusterCacheError for an index that is not declared.
 */
export function cachedList<T>(cache: KindCache<T>, options: ListOptions | undefined, cluster: ObjectKey | undefined): () => ObjectList<T> {
  if (!isPlain(options)) checkCall('list', options);
  const { namespace: given, index, labelSelector, fieldSelector, limit, continue: token, resourceVersionMatch, stale } = options ?? {};
  const { kind } = cache;
  const namespace = given === '' ? undefined : given;
  if (resourceVersionMatch === 'Exact') throw notCached(kind, 'an exact resourceVersion is asked of the API server', cluster);
  if (index !== undefined && !cache.store.hasIndex(index.field)) throw unknownIndex(kind, index.field, cluster);
  const labels = labelSelector === undefined || labelSelector === '' ? undefined : parseLabelSelector(labelSelector);
  const requirements = fieldSelector === undefined || fieldSelector === '' ? [] : parseFieldSelector(fieldSelector);
  for (const requirement of requirements) checkRequirement(cache, requirement, cluster);
  const after = token === undefined ? undefined : readToken(kind, token, cluster);

  return () => {
    if (namespace !== undefined) checkNamespace(cache, namespace, cluster);
    const answer = (items: readonly T[], next?: string): ObjectList<T> => ({
      items, resourceVersion: cache.resourceVersion(namespace) ?? '',
      ...(next === undefined ? {} : { continue: next }),
      ...(stale === true ? { staleFor: Math.round(cache.age ?? 0) } : {}),
    });
    const isWhole = index === undefined && labels === undefined && requirements.length === 0 && limit === undefined && after === undefined;
    if (isWhole) return answer(cache.store.list(namespace));

    const fields = requirements.map((requirement) => fieldHolds(cache, requirement));
    const items: T[] = [];
    let last: ObjectKey | undefined;
    for (const { key, object } of index === undefined ? cache.store.entries(namespace) : cache.store.indexed(index.field, index.value)) {
      if (namespace !== undefined && key.namespace !== namespace) continue;
      if (after !== undefined && compareKeys(key, after) <= 0) continue;
      if (labels !== undefined && !hasLabels(object, labels)) continue;
      if (!fields.every((holds) => holds(key, object))) continue;
      if (items.length === limit) return answer(items, writeToken(last));
      items.push(object);
      last = key;
    }
    return answer(items);
  };
}

/** Whether the options need no check: none, or the most common ones, of the right types. */
function isPlain(options: ListOptions | undefined): boolean {
  if (options === undefined) return true;
  for (const field in options) {
    const value: unknown = options[field as keyof ListOptions];
    switch (field) {
      case 'index': if (!isIndex(value)) return false; break;
      case 'namespace': if (pathSegment(value) !== undefined) return false; break;
      case 'labelSelector': if (typeof value !== 'string') return false; break;
      default: return false;
    }
  }
  return typeof options === 'object' && options !== null && !Array.isArray(options);
}

function isIndex(index: unknown): boolean {
  if (typeof index !== 'object' || index === null) return false;
  for (const part in index) if (part !== 'field' && part !== 'value') return false;
  const { field, value } = index as { readonly field?: unknown; readonly value?: unknown };
  return typeof field === 'string' && field !== '' && typeof value === 'string';
}

/** The fields of every kind; what else can be selected by is what is indexed. */
const NAMES: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace']);

function checkRequirement({ kind, store }: KindCache<unknown>, { field, value }: FieldRequirement, cluster: ObjectKey | undefined): void {
  if (NAMES.has(field)) return;
  if (!store.hasIndex(field)) throw unknownIndex(kind, field, cluster);
  if (value === '') throw notCached(kind, `which objects have no "${field}" is asked of the API server: they are in no index`, cluster);
}

function checkNamespace(cache: KindCache<unknown>, namespace: string, cluster: ObjectKey | undefined): void {
  const { kind, resource } = cache;
  if (resource?.namespaced === false) throw new TypeError(`namespace must be left out for ${resource.plural}, which are not in namespaces; got ${JSON.stringify(namespace)}`);
  if (!cache.keeps(namespace)) throw notKept(kind, namespace, cluster);
}

type FieldHolds<T> = (key: ObjectKey, object: T) => boolean;

function fieldHolds<T>({ store }: KindCache<T>, { field, operator, value }: FieldRequirement): FieldHolds<T> {
  const wanted = operator === '=';
  if (field === 'metadata.name') return ({ name }) => (name === value) === wanted;
  if (field === 'metadata.namespace') return ({ namespace }) => (namespace === value) === wanted;
  const having = new Set(Array.from(store.indexed(field, value), ({ object }) => object));
  return (_key, object) => having.has(object) === wanted;
}

function hasLabels(object: unknown, labels: LabelSelector): boolean {
  return labels((object as KubernetesObject).metadata?.labels);
}

function writeToken(last: ObjectKey | undefined): string {
  return Buffer.from(JSON.stringify([last?.namespace, last?.name])).toString('base64url');
}

function readToken(kind: Kind<unknown>, token: string, cluster: ObjectKey | undefined): ObjectKey {
  try {
    const [namespace, name] = JSON.parse(Buffer.from(token, 'base64url').toString()) as readonly unknown[];
    if (typeof namespace === 'string' && typeof name === 'string') return { namespace, name };
  } catch { /* it is none of ours */ }
  throw notCached(kind, 'a continue token must be one of a list that was read from memory', cluster);
}
