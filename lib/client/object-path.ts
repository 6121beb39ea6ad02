import type { ApiResource } from '../kubernetes/rest-client.ts';
import { namespaceSelectedBy } from '../model/field-selector.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';
import { type Check, checkOptions, optional } from '../model/option-check.ts';

/** Names that a path can hold, by the rule of the API server: anything else would reach another object, or a subresource. */
export const pathSegment: Check = (value) => (typeof value === 'string' && value !== '' && value !== '.' && value !== '..' && !/[/%]/.test(value)
  ? undefined : "a non-empty name other than . and .., without / and %");

const namespace: Check = optional((value) => (value === '' ? undefined : pathSegment(value)));

/** Throws a TypeError where something is no kind. */
export function checkKind(kind: Kind<unknown>): void {
  checkOptions('kind', picked(kind, 'apiVersion', 'kind'), {
    apiVersion: (value) => (typeof value === 'string' && value.split('/').length <= 2 && value.split('/').every((part) => pathSegment(part) === undefined)
      ? undefined : 'VERSION or GROUP/VERSION'),
    kind: (value) => (typeof value === 'string' && value !== '' ? undefined : 'a non-empty string'),
  });
}

/** Throws a TypeError where something names no object. Further fields are passed over: a request of a work queue is a name, too. */
export function checkName(name: ObjectName): void {
  checkOptions('key', picked(name, 'namespace', 'name'), { namespace, name: pathSegment });
}

/** Where the objects of a kind are, of one namespace or of all. */
export function collectionPath({ basePath, plural, namespaced }: ApiResource, namespace: string | undefined): string {
  if (namespace === undefined || namespace === '') return `${basePath}/${plural}`;
  if (!namespaced) throw new TypeError(`namespace must be left out for ${plural}, which are not in namespaces; got ${JSON.stringify(namespace)}`);
  return `${basePath}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

/** Where to list the objects that are selected: where a field selector names their namespace, that one's. */
export function selectionPath(resource: ApiResource, { namespace, fieldSelector }: { readonly namespace?: string | undefined; readonly fieldSelector?: string | undefined }): string {
  const isOfAll = resource.namespaced && (namespace === undefined || namespace === '');
  return collectionPath(resource, isOfAll && fieldSelector !== undefined ? namespaceSelectedBy(fieldSelector) : namespace);
}

/** As {@link collectionPath}, where all namespaces are too many: throws a TypeError for a namespaced kind without one. */
export function oneCollectionPath(resource: ApiResource, namespace: string | undefined): string {
  if (resource.namespaced && (namespace === undefined || namespace === '')) {
    throw new TypeError(`namespace must be a non-empty name for ${resource.plural}, which are in namespaces; got ${namespace === undefined ? 'undefined' : '""'}`);
  }
  return collectionPath(resource, namespace);
}

/** Where one object is, or a part of it. */
export function objectPath(resource: ApiResource, { namespace, name }: ObjectName, subresource?: 'status'): string {
  const path = `${oneCollectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** A path with the parameters that are given. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

function picked(value: unknown, ...fields: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const from = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(fields.map((field) => [field, from[field]]));
}
