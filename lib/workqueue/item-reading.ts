import { type Logger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { isAboutConnection } from '../model/request.ts';
import { itemKey } from './item-key.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { WorkQueueOptions } from './work-queue-options.ts';

/** ms that an item waits where its rate limiter cannot say: it is tried again, and not at once for ever. */
const WITHOUT_LIMITER = 1_000;

/** What a queue asks of its user's functions about an item. None of them can break the queue: what they throw is logged, and has an answer that the queue can go on with. */
export class ItemReading<T> {
  readonly #options: WorkQueueOptions<T>;
  readonly #limiter: RateLimiter<T>;
  readonly #logger: Logger;

  constructor(options: WorkQueueOptions<T>, limiter: RateLimiter<T>, logger: Logger) {
    this.#options = options;
    this.#limiter = limiter;
    this.#logger = logger;
  }

  /** `undefined` where the item has none. Throws a TypeError for what can be no item. */
  keyOf(item: T): string | undefined {
    if (item === undefined || item === null) throw new TypeError(`a work queue takes no item that is ${String(item)}`);
    const { keyOf } = this.#options;
    if (keyOf === undefined) return itemKey(item);
    return this.#attempt('keyOf', undefined, () => {
      const key: unknown = keyOf(item);
      if (typeof key !== 'string') throw new TypeError(`a key must be a string; got ${typeof key}`);
      return key;
    });
  }

  clusterOf(item: T): ObjectKey | undefined {
    const { clusterOf } = this.#options;
    if (clusterOf === undefined) return ownCluster(item);
    return this.#attempt('clusterOf', undefined, () => clusterOf(item) ?? undefined);
  }

  /** The cluster for whose connection the item is to wait now. */
  parkedFor(item: T): ObjectKey | undefined {
    if (this.#options.parkWhile === undefined || isAboutConnection(item)) return undefined;
    const cluster = this.clusterOf(item);
    return this.isParking(cluster) === true ? cluster : undefined;
  }

  /** `undefined` where nobody can say. */
  isParking(cluster: ObjectKey | undefined): boolean | undefined {
    const { parkWhile } = this.#options;
    return cluster && parkWhile && this.#attempt('parkWhile', false, () => parkWhile(cluster));
  }

  /** ms. */
  delayOf(item: T): number {
    return this.#attempt('rateLimiter', WITHOUT_LIMITER, () => {
      const ms: unknown = this.#limiter.when(item);
      if (!Number.isFinite(ms)) throw new TypeError(`a rate limiter must say a number of milliseconds; got ${String(ms)}`);
      return ms as number;
    });
  }

  forget(item: T): void {
    this.#attempt('rateLimiter', undefined, () => this.#limiter.forget(item));
  }

  failuresOf(item: T): number {
    return this.#attempt('rateLimiter', 0, () => this.#limiter.numRequeues(item));
  }

  #attempt<R>(option: keyof WorkQueueOptions, otherwise: R, ask: () => R): R {
    try {
      return ask();
    } catch (err) {
      this.#logger.error({ err, option, queue: this.#options.name }, 'a function of the work queue failed');
      return otherwise;
    }
  }
}

function ownCluster(item: unknown): ObjectKey | undefined {
  return typeof item === 'object' && item !== null ? (item as { readonly cluster?: ObjectKey }).cluster : undefined;
}
