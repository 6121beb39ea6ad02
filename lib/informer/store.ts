import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { EventCause, ObjectChange } from '../model/object-event.ts';
import { compareNamespaces } from '../model/object-key.ts';
import { isRepetition, isSuperseded } from './incarnation.ts';
import { type IndexDefinition, ObjectIndex, valuesOf } from './object-index.ts';
import type { ListMark, StoreEntry } from './store-entry.ts';

export interface StoreOptions<T> {
  readonly indexes?: readonly IndexDefinition<T>[];
  /**
   * Makes of a freshly parsed object, that nobody else has, what is kept; `before`: what was made of its state before, where there is one. Must not throw.
   * @default it is kept as it is
   */
  readonly prepare?: (object: T, before?: T) => T;
  /** Told of an index that threw; the object is kept, and not found by that index. Must not throw. */
  readonly onIndexFailure?: (field: string, object: T, error: unknown) => void;
}

/** The objects of one namespace. */
interface Bucket<T> {
  readonly entries: Map<string, StoreEntry<T>>;
  /** In the order of the API server; made when asked for, gone with the next one that comes or goes. */
  sorted: readonly StoreEntry<T>[] | undefined;
}

/**
 * The objects of one kind of one cluster, by namespace and name and by the values of the declared indexes. One writer: each write
 * says what changed, after it is in force. Objects are handed out as they are kept: shared, and read-only by type.
 */
export class Store<T extends KubernetesObject> {
  readonly #buckets = new Map<string, Bucket<T>>();
  readonly #definitions: readonly IndexDefinition<T>[];
  readonly #indexes: ReadonlyMap<string, ObjectIndex<T>>;
  readonly #prepare: (object: T, before?: T) => T;
  readonly #onIndexFailure: (field: string, object: T, error: unknown) => void;
  #namespaces: readonly string[] | undefined;
  #size = 0;

  constructor({ indexes = [], prepare = (object) => object, onIndexFailure = () => {} }: StoreOptions<T> = {}) {
    this.#definitions = indexes;
    this.#indexes = new Map(indexes.map(({ field }) => [field, new ObjectIndex<T>()]));
    this.#prepare = prepare;
    this.#onIndexFailure = onIndexFailure;
  }

  get size(): number {
    return this.#size;
  }

  /** The object of that name, if there is one. */
  get(namespace: string, name: string): T | undefined {
    return this.#buckets.get(namespace)?.entries.get(name)?.object;
  }

  /** @internal for writers: the entry of that name */
  entry(namespace: string, name: string): StoreEntry<T> | undefined {
    return this.#buckets.get(namespace)?.entries.get(name);
  }

  /** The entries of one namespace, or all, in the order of the API server. */
  *entries(namespace?: string): Generator<StoreEntry<T>, undefined> {
    if (namespace !== undefined) {
      yield* this.#sorted(namespace);
      return;
    }
    for (const each of this.#sortedNamespaces) yield* this.#sorted(each);
  }

  /** The objects of one namespace, or all, in the order of the API server. */
  list(namespace?: string): T[] {
    if (namespace !== undefined) return this.#sorted(namespace).map(({ object }) => object);
    const objects: T[] = [];
    for (const each of this.#sortedNamespaces) for (const { object } of this.#sorted(each)) objects.push(object);
    return objects;
  }

  hasIndex(field: string): boolean {
    return this.#indexes.has(field);
  }

  /** The entries that have the value in an index, in the order of the API server; none where the index is not declared. */
  indexed(field: string, value: string): Iterable<StoreEntry<T>> {
    return this.#indexes.get(field)?.entries(value) ?? [];
  }

  /** The object is there. Nothing where this state of it, or a later one, is known; another uid under the same name is a delete first. */
  apply(given: T, cause: EventCause, list: ListMark): readonly ObjectChange<T>[] {
    const { namespace = '', name = '', uid = '', resourceVersion = '' } = given.metadata ?? {};
    const before = this.entry(namespace, name);
    if (before?.list !== list) list.count += 1;
    if (before === undefined) return [this.#add({ namespace, name }, given, uid, resourceVersion, cause, list)];
    before.list = list;
    if (isRepetition({ uid, resourceVersion }, before, cause)) return NOTHING;
    if (before.uid !== uid) {
      return [this.#delete(before, cause), this.#add({ namespace, name }, given, uid, resourceVersion, cause, list)];
    }
    const previous = before.object;
    before.object = this.#prepare(given, previous);
    before.resourceVersion = resourceVersion;
    this.#index(before);
    return [{ type: 'updated', key: before.key, object: before.object, previous, cause }];
  }

  /** The object is gone; `given` is its last state. Nothing where it is not known, or has a successor that is known already. */
  remove(given: T, cause: EventCause): readonly ObjectChange<T>[] {
    const { namespace = '', name = '', uid = '', resourceVersion = '' } = given.metadata ?? {};
    const before = this.entry(namespace, name);
    if (before === undefined || isSuperseded({ uid, resourceVersion }, before)) return NOTHING;
    return [this.#delete(before, cause, before.uid === uid ? this.#prepare(given, before.object) : before.object)];
  }

  /** Takes an object out of which nothing is known any more but its name. */
  forget(namespace: string, name: string, cause: EventCause): readonly ObjectChange<T>[] {
    const before = this.entry(namespace, name);
    return before === undefined ? NOTHING : [this.#delete(before, cause)];
  }

  /** What that list of a namespace, or of all, did not have is gone. */
  retain(list: ListMark, namespace: string | undefined, cause: EventCause): readonly ObjectChange<T>[] {
    return this.#sweep(namespace, cause, (entry) => entry.list !== list);
  }

  /** Everything is gone. */
  clear(cause: EventCause): readonly ObjectChange<T>[] {
    return this.#sweep(undefined, cause, () => true);
  }

  #sweep(namespace: string | undefined, cause: EventCause, isGone: (entry: StoreEntry<T>) => boolean): readonly ObjectChange<T>[] {
    const gone = [...this.entries(namespace)].filter(isGone);
    return gone.map((entry) => this.#delete(entry, cause));
  }

  #add(key: StoreEntry<T>['key'], given: T, uid: string, resourceVersion: string, cause: EventCause, list: ListMark): ObjectChange<T> {
    const entry: StoreEntry<T> = { key, object: this.#prepare(given), uid, resourceVersion, list, values: undefined };
    const bucket = this.#bucket(key.namespace);
    bucket.entries.set(key.name, entry);
    bucket.sorted = undefined;
    this.#size += 1;
    this.#index(entry);
    return { type: 'added', key, object: entry.object, cause };
  }

  /** `object`: its last state. */
  #delete(entry: StoreEntry<T>, cause: EventCause, object = entry.object): ObjectChange<T> {
    const { key } = entry;
    const { namespace, name } = key;
    const bucket = this.#bucket(namespace);
    bucket.entries.delete(name);
    bucket.sorted = undefined;
    this.#size -= 1;
    this.#unindex(entry);
    if (bucket.entries.size === 0) {
      this.#buckets.delete(namespace);
      this.#namespaces = undefined;
    }
    return { type: 'deleted', key, object, cause };
  }

  #index(entry: StoreEntry<T>): void {
    if (this.#definitions.length === 0) return;
    this.#unindex(entry);
    entry.values = this.#definitions.map((definition) => {
      try {
        const values = valuesOf(definition, entry.object);
        this.#indexes.get(definition.field)?.add(entry, values);
        return values;
      } catch (error) {
        this.#onIndexFailure(definition.field, entry.object, error);
        return [];
      }
    });
  }

  #unindex(entry: StoreEntry<T>): void {
    for (const [at, values] of (entry.values ?? []).entries()) {
      const field = this.#definitions[at]?.field;
      if (field !== undefined) this.#indexes.get(field)?.remove(entry, values);
    }
    entry.values = undefined;
  }

  #bucket(namespace: string): Bucket<T> {
    const known = this.#buckets.get(namespace);
    if (known !== undefined) return known;
    const bucket: Bucket<T> = { entries: new Map(), sorted: undefined };
    this.#buckets.set(namespace, bucket);
    this.#namespaces = undefined;
    return bucket;
  }

  get #sortedNamespaces(): readonly string[] {
    return this.#namespaces ??= [...this.#buckets.keys()].sort(compareNamespaces);
  }

  #sorted(namespace: string): readonly StoreEntry<T>[] {
    const bucket = this.#buckets.get(namespace);
    if (bucket === undefined) return NOTHING;
    return bucket.sorted ??= [...bucket.entries.values()].sort((a, b) => (a.key.name < b.key.name ? -1 : 1));
  }
}

const NOTHING: readonly never[] = Object.freeze([]);
