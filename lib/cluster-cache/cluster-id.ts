import { type ObjectKey, formatKey } from '../model/object-key.ts';

/** A cluster's key as text. Throws a TypeError for what is no key. */
export function idOf(key: ObjectKey): string {
  if (typeof key?.name !== 'string' || typeof key.namespace !== 'string') {
    throw new TypeError(`a cluster's key must be an object with a namespace and a name; got ${key === null ? 'null' : typeof key}`);
  }
  return formatKey(key);
}
