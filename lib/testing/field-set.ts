import { isRecord, isSet, listKey } from './list-type.ts';

/**
 * A set of fields of an object in the form of FieldsV1: `f:name` a field, `k:{"name":"a"}` an item of a list by its key, `v:"a"` a member of a
 * set, `.` the thing itself. What has no children is a leaf.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** The way to one field, by the elements of a FieldSet. */
export type FieldPath = readonly string[];

const LEAF: FieldSet = Object.freeze({});

/** All fields of a value. `field` is the name of the list that it is, if it is one. */
export function fieldsOf(value: unknown, field = ''): FieldSet {
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, child]) => [`f:${name}`, fieldsOf(child, name)]));
  if (!Array.isArray(value)) return LEAF;
  if (isSet(field)) return Object.fromEntries(value.map((member) => [`v:${JSON.stringify(member)}`, LEAF]));
  const key = listKey(field, value);
  if (key === undefined) return LEAF;
  return Object.fromEntries(value.filter(isRecord).map((item) => [`k:${JSON.stringify({ [key]: item[key] })}`, { '.': LEAF, ...fieldsOf(item) }]));
}

/** The leaves of a set. */
export function* leavesOf(set: FieldSet, path: FieldPath = []): Generator<FieldPath> {
  for (const [element, children] of Object.entries(set)) {
    if (Object.keys(children).length === 0) yield [...path, element];
    else yield* leavesOf(children, [...path, element]);
  }
}

export function has(set: FieldSet, [first, ...rest]: FieldPath): boolean {
  if (first === undefined) return true;
  const child = set[first];
  return child !== undefined && has(child, rest);
}

/** The set with one more field. */
export function withPath(set: FieldSet, [first, ...rest]: FieldPath): FieldSet {
  return first === undefined ? set : { ...set, [first]: withPath(set[first] ?? LEAF, rest) };
}

/** The set without a field, and without what then holds nothing. */
export function withoutPath(set: FieldSet, [first, ...rest]: FieldPath): FieldSet {
  const child = first === undefined ? undefined : set[first];
  if (first === undefined || child === undefined) return set;
  const { [first]: _, ...others } = set;
  if (rest.length === 0) return others;
  const left = withoutPath(child, rest);
  return Object.keys(left).length === 0 ? others : { ...others, [first]: left };
}

/** The value of a field, or `undefined`. */
export function valueAt(value: unknown, [first, ...rest]: FieldPath): unknown {
  if (first === undefined) return value;
  if (first === '.') return value !== undefined; // that it is there at all
  const [kind, name] = [first.slice(0, 1), first.slice(2)];
  if (kind === 'f') return isRecord(value) ? valueAt(value[name], rest) : undefined;
  return Array.isArray(value) ? valueAt(value.find((item) => isItem(item, kind, name)), rest) : undefined;
}

/** A copy of a value without a field. */
export function removedAt(value: unknown, [first, ...rest]: FieldPath): unknown {
  if (first === undefined) return undefined;
  const [kind, name] = [first.slice(0, 1), first.slice(2)];
  if (kind === 'f' && isRecord(value)) {
    const { [name]: child, ...others } = value;
    const left = removedAt(child, rest);
    return left === undefined ? others : { ...others, [name]: left };
  }
  if (!Array.isArray(value)) return value;
  return value.flatMap((item) => {
    if (!isItem(item, kind, name)) return [item];
    const left = rest[0] === '.' ? undefined : removedAt(item, rest);
    return left === undefined ? [] : [left];
  });
}

/** As the API writes it: `.spec.containers[name="app"].image`. */
export function formatPath(path: FieldPath): string {
  return path.filter((element) => element !== '.').map((element) => {
    const [kind, name] = [element.slice(0, 1), element.slice(2)];
    if (kind === 'f') return `.${name}`;
    if (kind === 'v') return `[=${name}]`;
    return `[${Object.entries(JSON.parse(name) as Record<string, unknown>).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join()}]`;
  }).join('');
}

function isItem(item: unknown, kind: string, name: string): boolean {
  const wanted: unknown = JSON.parse(name);
  if (kind === 'v') return item === wanted;
  return isRecord(item) && isRecord(wanted) && Object.entries(wanted).every(([key, value]) => item[key] === value);
}
