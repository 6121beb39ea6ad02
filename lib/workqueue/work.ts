import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { isAboutConnection } from '../model/request.ts';
import { type Chain, NONE } from './rows.ts';

/** That an item is to be handed out once more. */
export interface Again<T> {
  readonly item: T;
  readonly priority: number;
  readonly since: number | undefined;
}

/** That an item is to wait for its cluster's connection. */
export interface Parking<T> {
  readonly item: T;
  readonly cluster: ObjectKey;
}

/** An item that was handed out and is not done. Its row stands in no other chain. */
export class Work<T> implements Chain {
  readonly item: T;
  /** What it was handed out with. */
  readonly priority: number;
  /** `undefined` where nobody measures. */
  readonly begunAt: number | undefined;
  first = NONE;
  last = NONE;
  next: Work<T> | undefined = undefined;
  previous: Work<T> | undefined = undefined;
  #again: Again<T> | undefined = undefined;
  #parking: Parking<T> | undefined = undefined;
  #released: Set<string> | undefined = undefined;

  constructor(item: T, priority: number, begunAt: number | undefined) {
    this.item = item;
    this.priority = priority;
    this.begunAt = begunAt;
  }

  /** What was added meanwhile: client-go's dirty set, for what is processed. */
  get again(): Again<T> | undefined { return this.#again; }
  /** Where it is to wait once it is done, whatever was added meanwhile. */
  get parking(): Parking<T> | undefined { return this.#parking; }

  /** It was added meanwhile. Of two adds the higher priority holds, and the item that came first, unless the other is about connections: those wait for none. */
  repeat(item: T, priority: number, now: number | undefined): Again<T> {
    const before = this.#again;
    const kept = before === undefined || isAboutConnection(item) ? item : before.item;
    const again = { item: kept, priority: Math.max(priority, before?.priority ?? priority), since: before === undefined ? now : before.since };
    this.#again = again;
    if (isAboutConnection(kept)) this.#parking = undefined;
    return again;
  }

  /** It is to wait, unless it was added about connections meanwhile. */
  park(item: T, cluster: ObjectKey): void {
    if (!isAboutConnection(this.#again?.item)) this.#parking = { item, cluster };
  }

  /**
   * The cluster's items are released. Says whether it is to be handed out again for that alone. Remembers it too: whoever finds only later that the cluster was not connected need not
   * wait for it.
   */
  release(cluster: ObjectKey, now: number | undefined): boolean {
    const name = formatKey(cluster);
    this.#released ??= new Set();
    this.#released.add(name);
    const parking = this.#parking;
    if (parking === undefined || formatKey(parking.cluster) !== name) return false;
    this.unpark();
    if (this.#again !== undefined) return false;
    this.#again = { item: parking.item, priority: this.priority, since: now };
    return true;
  }

  hasSeenReleaseOf(cluster: ObjectKey): boolean {
    return this.#released?.has(formatKey(cluster)) === true;
  }

  /** It waits for nothing once it is done. */
  unpark(): void {
    this.#parking = undefined;
  }
}
