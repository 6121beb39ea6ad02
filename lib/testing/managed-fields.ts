import { isDeepStrictEqual } from 'node:util';
import { type FieldPath, type FieldSet, fieldsOf, formatPath, has, leavesOf, removedAt, valueAt, withPath, withoutPath } from './field-set.ts';
import { isRecord } from './list-type.ts';
import type { AnyObject } from './object-rules.ts';
import { applyConflict } from './refusal.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

/** Who writes, and how. */
export interface FieldManager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
}

/** One entry of `metadata.managedFields`. */
interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/** What nobody manages: it names the object, or the server writes it. */
const UNMANAGED: readonly FieldPath[] = [
  ['f:apiVersion'], ['f:kind'],
  ...['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'generateName'].map((field) => ['f:metadata', `f:${field}`]),
];

/** The object with the fields that this write has set or changed given to its manager, and taken from all others. */
export function withUpdatedFields(before: AnyObject | undefined, after: AnyObject, manager: FieldManager): AnyObject {
  const fields = managedFieldsOf(after);
  const changed = [...leavesOf(fields)].filter((path) => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)));
  const entries = entriesOf(before);
  const own = entries.find((entry) => isOf(entry, manager));
  const others = entries.filter((entry) => entry !== own).map((entry) => without(entry, (path) => !has(fields, path) || changed.some((taken) => isDeepStrictEqual(taken, path))));
  const kept = own && without(own, (path) => !has(fields, path));
  const mine = changed.reduce(withPath, kept?.fieldsV1 ?? {});
  return withEntries(after, [...others, entry(manager, mine, own)]);
}

/**
 * What an apply makes of an object: the configuration merged into it, without the fields that only this manager had and now leaves out.
 * Throws a conflict where it changes what others manage, unless it is forced to; then they lose it.
 */
export function applied(existing: AnyObject, configuration: AnyObject, manager: FieldManager, force: boolean): AnyObject {
  const wanted = managedFieldsOf(configuration);
  const entries = entriesOf(existing);
  const own = entries.find((candidate) => isOf(candidate, manager));
  const differing = [...leavesOf(wanted)].filter((path) => !isWithin(valueAt(configuration, path), valueAt(existing, path)));
  const others = entries.filter((candidate) => candidate !== own);
  const conflicts = others.flatMap((other) => differing.filter((path) => has(other.fieldsV1, path)).map((path) => ({ manager: describe(other), path: formatPath(path) })));
  if (conflicts.length > 0 && !force) throw applyConflict(conflicts);
  const left = others.map((other) => without(other, (path) => differing.some((taken) => isDeepStrictEqual(taken, path))));
  const abandoned = [...leavesOf(own?.fieldsV1 ?? {})].filter((path) => !has(wanted, path) && !left.some((other) => has(other.fieldsV1, path)));
  const merged = abandoned.reduce<unknown>((object, path) => removedAt(object, path), strategicMergePatch(existing, configuration)) as AnyObject;
  return withEntries(merged, [...left, entry(manager, wanted, own)]);
}

/** Whether merging changes nothing: an empty object changes none. */
function isWithin(part: unknown, whole: unknown): boolean {
  return isDeepStrictEqual(part, whole) || (isRecord(part) && isRecord(whole) && Object.keys(part).length === 0);
}

function managedFieldsOf(object: AnyObject): FieldSet {
  return UNMANAGED.reduce(withoutPath, fieldsOf(object));
}

function entriesOf(object: AnyObject | undefined): readonly ManagedFieldsEntry[] {
  return (object?.metadata?.managedFields ?? []) as readonly ManagedFieldsEntry[];
}

function isOf(candidate: ManagedFieldsEntry, { name, operation, apiVersion, subresource }: FieldManager): boolean {
  return candidate.manager === name && candidate.operation === operation && candidate.apiVersion === apiVersion && candidate.subresource === subresource;
}

function without(candidate: ManagedFieldsEntry, gone: (path: FieldPath) => boolean): ManagedFieldsEntry {
  const paths = [...leavesOf(candidate.fieldsV1)].filter(gone);
  return paths.length === 0 ? candidate : { ...candidate, fieldsV1: paths.reduce(withoutPath, candidate.fieldsV1) };
}

/** The entry as it was where its fields are the same, so that a write that changes nothing is none. */
function entry({ name, operation, apiVersion, subresource }: FieldManager, fields: FieldSet, before: ManagedFieldsEntry | undefined): ManagedFieldsEntry {
  if (before !== undefined && isDeepStrictEqual(before.fieldsV1, fields)) return before;
  return { manager: name, operation, apiVersion, time: `${new Date().toISOString().slice(0, 19)}Z`, fieldsType: 'FieldsV1', fieldsV1: fields, ...(subresource !== undefined && { subresource }) };
}

function withEntries(object: AnyObject, entries: readonly ManagedFieldsEntry[]): AnyObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  const held = entries.filter(({ fieldsV1 }) => Object.keys(fieldsV1).length > 0);
  return { ...object, metadata: { ...metadata, ...(held.length > 0 && { managedFields: held }) } };
}

function describe({ manager, subresource, operation, apiVersion }: ManagedFieldsEntry): string {
  const name = subresource === undefined ? JSON.stringify(manager) : `${JSON.stringify(manager)} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}
