import { isDeepStrictEqual } from 'node:util';
import { isRecord } from './list-type.ts';
import { badRequest, unprocessable } from './refusal.ts';

/** Merges as RFC 7386 says: null deletes, lists are replaced. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

/** One operation of RFC 6902. */
interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** Applies the operations of RFC 6902, all or none. */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  const document = { root: structuredClone(target) };
  for (const operation of patch as Operation[]) applyOperation(document, operation);
  return document.root;
}

function applyOperation(document: { root: unknown }, { op, path, from, value }: Operation): void {
  switch (op) {
    case 'add': add(document, pointer(path), structuredClone(value)); break;
    case 'replace': replace(document, pointer(path), structuredClone(value)); break;
    case 'remove': remove(document, pointer(path)); break;
    case 'copy': add(document, pointer(path), structuredClone(read(document, pointer(from)))); break;
    case 'move': {
      const moved = read(document, pointer(from));
      remove(document, pointer(from));
      add(document, pointer(path), moved);
      break;
    }
    case 'test': if (!isDeepStrictEqual(read(document, pointer(path)), value)) throw unprocessable(); break;
    default: throw unprocessable();
  }
}

/** The way into `{ root }`: `root` and the segments. */
function pointer(text: string | undefined): string[] {
  if (text === '') return ['root'];
  if (text?.startsWith('/') !== true) throw unprocessable();
  return ['root', ...text.slice(1).split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))];
}

function read(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const segment of path) {
    if (Array.isArray(value)) value = value[indexOf(value, segment)];
    else if (isRecord(value) && Object.hasOwn(value, segment)) value = value[segment];
    else throw unprocessable();
  }
  return value;
}

function add(document: unknown, path: readonly string[], value: unknown): void {
  const [parent, last] = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(last === '-' ? parent.length : indexOf(parent, last, parent.length), 0, value);
  else define(parent, last, value);
}

function replace(document: unknown, path: readonly string[], value: unknown): void {
  const [parent, last] = parentOf(document, path);
  if (Array.isArray(parent)) parent[indexOf(parent, last)] = value;
  else define(parent, last, value);
}

function remove(document: unknown, path: readonly string[]): void {
  const [parent, last] = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(indexOf(parent, last), 1);
  else if (Object.hasOwn(parent, last)) delete parent[last];
  else throw unprocessable();
}

function parentOf(document: unknown, path: readonly string[]): readonly [unknown[] | Record<string, unknown>, string] {
  const parent = read(document, path.slice(0, -1));
  if (!Array.isArray(parent) && !isRecord(parent)) throw unprocessable();
  return [parent as unknown[] | Record<string, unknown>, path.at(-1) ?? ''];
}

function indexOf(list: readonly unknown[], segment: string, limit = list.length - 1): number {
  const index = /^(0|[1-9]\d*)$/.test(segment) ? Number(segment) : -1;
  if (index < 0 || index > limit) throw unprocessable();
  return index;
}

/** Sets an own field, whatever its name. */
function define(object: Record<string, unknown>, field: string, value: unknown): void {
  Object.defineProperty(object, field, { value, writable: true, enumerable: true, configurable: true });
}
