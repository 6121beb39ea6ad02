import type { Logger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { isAboutConnection } from '../model/request.ts';
import { clusterKey, itemKey } from './item-key.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { WorkQueueOptions } from './work-queue-options.ts';

/** ms that an item waits where its rate limiter cannot say: it is tried again, and not at once for ever. */
const WITHOUT_LIMITER = 1_000;

/** What a queue asks of its user's functions about an item. None of them can break the queue: what they throw is logged, and has an answer with which the queue can go on. */
export class ItemReading<T> {
  readonly #name: string | undefined;
  readonly #keyOf: ((item: T) => unknown) | undefined;
  readonly #clusterOf: (item: T) => unknown;
  readonly #parkWhile: ((cluster: ObjectKey) => unknown) | undefined;
  readonly #limiter: RateLimiter<T>;
  readonly #logger: Logger;

  constructor({ name, keyOf, clusterOf = ownCluster, parkWhile }: WorkQueueOptions<T>, limiter: RateLimiter<T>, logger: Logger) {
    this.#name = name;
    this.#keyOf = keyOf;
    this.#clusterOf = clusterOf;
    this.#parkWhile = parkWhile;
    this.#limiter = limiter;
    this.#logger = logger;
  }

  /** `undefined` where the item has none. Throws a TypeError for what can be no item. */
  keyOf(item: T): string | undefined {
    if (item === undefined || item === null) throw new TypeError(`a work queue takes no item that is ${String(item)}`);
    if (this.#keyOf === undefined) return itemKey(item);
    try {
      const key = this.#keyOf(item);
      if (typeof key === 'string') return key;
      throw new TypeError(`a key must be a string; got ${typeof key}`);
    } catch (err) {
      this.#report('keyOf', err);
      return undefined;
    }
  }

  clusterOf(item: T): ObjectKey | undefined {
    try {
      const cluster = this.#clusterOf(item);
      return cluster === undefined || cluster === null ? undefined : clusterKey(cluster);
    } catch (err) {
      this.#report('clusterOf', err);
      return undefined;
    }
  }

  /** The cluster for whose connection the item is to wait now. */
  parkedFor(item: T): ObjectKey | undefined {
    if (this.#parkWhile === undefined || isAboutConnection(item)) return undefined;
    const cluster = this.clusterOf(item);
    return this.isParking(cluster) === true ? cluster : undefined;
  }

  /** `undefined` where nobody can say. */
  isParking(cluster: ObjectKey | undefined): boolean | undefined {
    if (cluster === undefined || this.#parkWhile === undefined) return undefined;
    try {
      const parking = this.#parkWhile(cluster);
      if (typeof parking === 'boolean') return parking;
      throw new TypeError(`parkWhile must say true or false; got ${typeof parking}`);
    } catch (err) {
      this.#report('parkWhile', err);
      return false;
    }
  }

  /** ms. */
  delayOf(item: T): number {
    try {
      const ms: unknown = this.#limiter.when(item);
      if (Number.isFinite(ms)) return ms as number;
      throw new TypeError(`a rate limiter must say a number of milliseconds; got ${String(ms)}`);
    } catch (err) {
      this.#report('rateLimiter', err);
      return WITHOUT_LIMITER;
    }
  }

  forget(item: T): void {
    try {
      this.#limiter.forget(item);
    } catch (err) {
      this.#report('rateLimiter', err);
    }
  }

  failuresOf(item: T): number {
    try {
      return this.#limiter.numRequeues(item);
    } catch (err) {
      this.#report('rateLimiter', err);
      return 0;
    }
  }

  #report(option: keyof WorkQueueOptions, err: unknown): void {
    this.#logger.error({ err, option, queue: this.#name }, 'a function of the work queue failed');
  }
}

function ownCluster(item: unknown): ObjectKey | undefined {
  return typeof item === 'object' && item !== null ? (item as { readonly cluster?: ObjectKey }).cluster : undefined;
}
