import type { Kind, ObjectMeta } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';
import { type Shape, checkOptions, optional } from '../model/option-check.ts';
import type { DeleteOptions, PatchOptions } from './client.ts';
import { checkName, pathSegment } from './object-path.ts';

/** An object as it is sent: written down at the time of the call, so that later changes to it do not matter. */
export interface WrittenObject {
  readonly body: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Throws a TypeError where it is no object, or one of another kind. */
export function writeObject(kind: Kind<unknown>, object: unknown): WrittenObject {
  const { metadata, ...rest } = fieldsOf(kind, object, 'object');
  const { namespace, name } = metadata;
  return { body: JSON.stringify({ ...rest, metadata }), namespace, name };
}

/** As {@link writeObject}, of an object that must have a name or let the server make one. */
export function writeNewObject(kind: Kind<unknown>, object: unknown): WrittenObject {
  const written = writeObject(kind, object);
  const { generateName } = (object as { readonly metadata: { readonly generateName?: unknown } }).metadata;
  if (written.name === undefined && (typeof generateName !== 'string' || generateName === '')) {
    throw new TypeError('object.metadata must be one with a name or a generateName; got neither');
  }
  return written;
}

/** As {@link writeObject}, of an object that must have a name. */
export function writeNamedObject(kind: Kind<unknown>, object: unknown): WrittenObject & ObjectName {
  const { body, namespace, name } = writeObject(kind, object);
  checkOptions('object.metadata', { name }, { name: pathSegment });
  return { body, namespace, name: name ?? '' };
}

const CONTENT_TYPES: Readonly<Record<PatchOptions['type'], string>> = Object.freeze({
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml', // JSON is YAML
});

/** A patch as it is sent. Throws a TypeError where it is none of its type. */
export function writePatch(kind: Kind<unknown>, key: ObjectName, patch: object, type: PatchOptions['type']): { readonly body: string; readonly contentType: string } {
  checkName(key);
  const isOne = type === 'json' ? Array.isArray(patch) : typeof patch === 'object' && patch !== null && !Array.isArray(patch);
  if (!isOne) throw new TypeError(`patch must be ${type === 'json' ? 'an array of operations' : 'an object'} for type ${type}; got ${Array.isArray(patch) ? 'an array' : patch === null ? 'null' : `a value of type ${typeof patch}`}`);
  return { body: type === 'apply' ? writeApplied(kind, key, patch) : JSON.stringify(patch), contentType: CONTENT_TYPES[type] };
}

/** What is applied must say what it is: the server takes it for an object, not for changes. */
function writeApplied(kind: Kind<unknown>, { namespace, name }: ObjectName, patch: object): string {
  const { metadata, ...rest } = fieldsOf(kind, { metadata: {}, ...patch }, 'patch');
  return JSON.stringify({ ...rest, metadata: { name, ...(namespace === undefined || namespace === '' ? {} : { namespace }), ...metadata } });
}

/** DeleteOptions, where there is anything to say. */
export function writeDeletion({ preconditions, propagationPolicy, gracePeriodSeconds, dryRun }: Omit<DeleteOptions, 'signal' | 'timeout'>): string | undefined {
  const said = { preconditions, propagationPolicy, gracePeriodSeconds, ...(dryRun === true ? { dryRun: ['All'] } : {}) };
  if (Object.values(said).every((value) => value === undefined)) return undefined;
  return JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', ...said });
}

const METADATA: Shape = { namespace: optional((value) => (value === '' ? undefined : pathSegment(value))), name: optional(pathSegment) };

/** The object's fields, with its apiVersion and kind. */
function fieldsOf({ apiVersion, kind }: Kind<unknown>, object: unknown, path: string): { readonly metadata: ObjectMeta } {
  const given = object as { readonly apiVersion?: unknown; readonly kind?: unknown; readonly metadata?: ObjectMeta } | null | undefined;
  const own = typeof given === 'object' && given !== null && !Array.isArray(given) ? { apiVersion: given.apiVersion, kind: given.kind, metadata: given.metadata } : given;
  const same = (expected: string) => (value: unknown) => (value === undefined || value === expected ? undefined : `${JSON.stringify(expected)}, as the kind`);
  checkOptions(path, own, {
    apiVersion: same(apiVersion), kind: same(kind),
    metadata: (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object'),
  });
  const metadata = given?.metadata ?? {};
  checkOptions(`${path}.metadata`, { namespace: metadata.namespace, name: metadata.name }, METADATA);
  return { ...given, apiVersion, kind, metadata } as { readonly metadata: ObjectMeta };
}
