import { compareKeys } from '../model/object-key.ts';
import type { StoreEntry } from './store-entry.ts';

/** Which objects have a value. An object may have none or several. */
export interface IndexDefinition<T> {
  /** The name under which lists ask for it, such as `spec.providerID`. */
  readonly field: string;
  /** The values of an object; `undefined` and `''` are none. Must depend on the object alone. */
  readonly extractValue: (object: T) => string | readonly string[] | undefined;
}

/** The entries by the values of one index. */
export class ObjectIndex<T> {
  readonly #entries = new Map<string, Set<StoreEntry<T>>>();

  add(entry: StoreEntry<T>, values: readonly string[]): void {
    for (const value of values) {
      const entries = this.#entries.get(value);
      if (entries === undefined) this.#entries.set(value, new Set([entry]));
      else entries.add(entry);
    }
  }

  remove(entry: StoreEntry<T>, values: readonly string[]): void {
    for (const value of values) {
      const entries = this.#entries.get(value);
      if (entries?.delete(entry) === true && entries.size === 0) this.#entries.delete(value);
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The entries with the value, in the order of the API server. */
  entries(value: string): Iterable<StoreEntry<T>> {
    const entries = this.#entries.get(value);
    if (entries === undefined) return NONE;
    return entries.size === 1 ? entries : [...entries].sort((a, b) => compareKeys(a.key, b.key));
  }
}

const NONE: readonly never[] = Object.freeze([]);

const NO_VALUES: readonly string[] = Object.freeze([]);

/** An object's values in an index, each once and none of them empty. */
export function valuesOf<T>({ extractValue }: IndexDefinition<T>, object: T): readonly string[] {
  const extracted = extractValue(object);
  if (extracted === undefined || extracted === '') return NO_VALUES;
  return typeof extracted === 'string' ? [extracted] : [...new Set(extracted)].filter((value) => value !== '');
}
