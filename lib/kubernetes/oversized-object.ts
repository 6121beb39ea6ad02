import { ClusterCacheError } from '../model/errors.ts';
import type { ObjectKey } from '../model/object-key.ts';

/** An object that was larger than is taken, said with its name where its beginning tells it. */
export function oversizedError(size: number, key: ObjectKey | undefined): ClusterCacheError {
  const name = key === undefined ? 'an object' : `the object ${key.namespace === '' ? key.name : `${key.namespace}/${key.name}`}`;
  return new ClusterCacheError('OBJECT_TOO_LARGE', `${name} has ${size} bytes, more than is taken; it is left out`);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The name of the object that a text begins with, an event's `object` included; `undefined` where it is not in there. Reads keys where they stand: a label
 * `name` is no name.
 */
export function nameInPrefix(text: string): ObjectKey | undefined {
  const path: string[] = [];
  let key = '';
  let string: string | undefined;
  let name: string | undefined;
  let namespace: string | undefined;
  for (const [token] of text.matchAll(TOKEN)) {
    switch (token) {
      case '{': case '[':
        path.push(key);
        key = '';
        break;
      case '}': case ']':
        if (path.at(-1) === 'metadata' && isObject(path)) return named(namespace, name);
        path.pop();
        break;
      case ':':
        key = string ?? '';
        break;
      case ',':
        key = '';
        break;
      default:
        string = JSON.parse(token) as string;
        if (path.at(-1) !== 'metadata' || !isObject(path)) break;
        if (key === 'name') name = string;
        else if (key === 'namespace') namespace = string;
    }
  }
  // In typed objects the name comes first and the namespace close behind; whether one was to come is not known where the text ends within.
  return namespace === undefined ? undefined : named(namespace, name);
}

/** Whether it is the metadata of the object itself: `metadata` or, of an event, `object.metadata`. */
function isObject(path: readonly string[]): boolean {
  return path.length === 2 || (path.length === 3 && path[1] === 'object');
}

function named(namespace: string | undefined, name: string | undefined): ObjectKey | undefined {
  return name === undefined ? undefined : { namespace: namespace ?? '', name };
}
