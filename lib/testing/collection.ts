import type { StoredObject } from './stored-object.ts';

/** One write. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The resourceVersion that it has made. */
  readonly version: bigint;
  /** What is now; of a delete the last state, under the resourceVersion of the delete. */
  readonly current: StoredObject;
  readonly previous?: StoredObject;
}

/** The objects of one resource and what happened to them lately. */
export class Collection {
  readonly #objects = new Map<string, StoredObject>();
  readonly #limit: number;
  readonly #followers = new Set<() => void>();
  #changes: Change[] = [];
  /** How many changes are forgotten: the number of the first that is kept. */
  #forgotten = 0;
  #floor: bigint;
  #sorted: readonly StoredObject[] | undefined;

  /** Keeps at least the last `limit` changes. What was before `floor` is unknown. */
  constructor(limit: number, floor: bigint) {
    this.#limit = limit;
    this.#floor = floor;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** The oldest resourceVersion from which every later change is known. */
  get floor(): bigint {
    return this.#floor;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** All objects in the order of their keys. */
  all(): readonly StoredObject[] {
    return this.#sorted ??= [...this.#objects.values()].sort(byKey);
  }

  /** All objects as they were at a resourceVersion, or `undefined` where that is forgotten. */
  at(version: bigint): readonly StoredObject[] | undefined {
    if (version < this.#floor) return undefined;
    const later = this.#changes.slice(this.#firstAfter(version) - this.#forgotten);
    if (later.length === 0) return this.all();
    const past = new Map(this.#objects);
    for (const { current, previous } of later.reverse()) {
      if (previous === undefined) past.delete(current.key);
      else past.set(previous.key, previous);
    }
    return [...past.values()].sort(byKey);
  }

  apply(change: Change): void {
    const { current, type } = change;
    if (type === 'DELETED') this.#objects.delete(current.key);
    else this.#objects.set(current.key, current);
    this.#sorted = undefined;
    this.#changes.push(change);
    if (this.#changes.length >= 2 * this.#limit) this.#forget(this.#changes.length - this.#limit); // in bulk: one shift a write would cost more
    for (const follower of this.#followers) follower();
  }

  /** The number of the first change after a resourceVersion: where a follower begins. */
  after(version: bigint): number {
    return this.#firstAfter(version);
  }

  /** The change of that number; `undefined` when it has not happened yet; `'forgotten'` when the reader was too slow. */
  change(number: number): Change | undefined | 'forgotten' {
    return number < this.#forgotten ? 'forgotten' : this.#changes[number - this.#forgotten];
  }

  /** Calls `follower` after every change, until the returned function is called. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower);
    return () => { this.#followers.delete(follower); };
  }

  /** Forgets all changes: nothing before `version` can be taken up again. */
  compact(version: bigint): void {
    this.#forget(this.#changes.length);
    this.#floor = version;
  }

  #forget(count: number): void {
    this.#floor = this.#changes[count - 1]?.version ?? this.#floor;
    this.#changes = this.#changes.slice(count);
    this.#forgotten += count;
  }

  #firstAfter(version: bigint): number {
    let [low, high] = [0, this.#changes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#changes[middle]?.version ?? 0n) <= version) low = middle + 1;
      else high = middle;
    }
    return this.#forgotten + low;
  }
}

function byKey(a: StoredObject, b: StoredObject): number {
  return a.key < b.key ? -1 : 1;
}
