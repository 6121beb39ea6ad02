import { type SchedulerLike, asyncScheduler } from 'rxjs';
import { type Check, checkOptions, count, having, optional, procedure, rate, schedulerLike } from '../model/option-check.ts';
import { clockOf } from '../operators/clock.ts';
import { itemKey } from './item-key.ts';

/** Says how long an item waits before it is tried again. It has state: each queue has its own. */
export interface RateLimiter<T> {
  /** ms until the item may be tried again; asking counts as a failure of it. */
  when(item: T): number;
  /** The item has succeeded, or nobody tries it any more. */
  forget(item: T): void;
  /** How often the item failed since it was forgotten. */
  numRequeues(item: T): number;
}

export interface ExponentialFailureOptions<T> {
  /** ms after the first failure; twice as long after each further one. @default 5, as client-go */
  readonly baseDelay?: number | undefined;
  /** The longest wait, in ms. @default 1_000_000, as client-go: 16 min 40 s */
  readonly maxDelay?: number | undefined;
  /** What items are told apart by. @default a string by itself, a request by what it names */
  readonly keyOf?: ((item: T) => string) | undefined;
}

/** Longer than a timer of Node can wait is no matter: the queue waits in parts. */
const delay: Check = (value) => (Number.isFinite(value) && (value as number) > 0 ? undefined : 'a number of milliseconds above 0');

const exponentialShape = { baseDelay: optional(delay), maxDelay: optional(delay), keyOf: optional(procedure) } satisfies Record<keyof ExponentialFailureOptions<unknown>, Check>;

/** Each item by itself: `baseDelay` × 2 ^ failures, at most `maxDelay`. */
export function itemExponentialFailureRateLimiter<T>(options: ExponentialFailureOptions<T> = {}): RateLimiter<T> {
  checkOptions('options', options, exponentialShape);
  const { baseDelay = 5, maxDelay = 1_000_000, keyOf = itemKey } = options;
  const failures = new Map<string, number>();
  return {
    when(item) {
      const key = keyOf(item);
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      return Math.min(maxDelay, baseDelay * 2 ** failed);
    },
    forget: (item) => { failures.delete(keyOf(item)); },
    numRequeues: (item) => failures.get(keyOf(item)) ?? 0,
  };
}

export interface BucketOptions {
  /** Tries a second, of all items together. @default 10, as client-go */
  readonly qps?: number | undefined;
  /** Tries that need not wait after a time without any. @default 100, as client-go */
  readonly burst?: number | undefined;
  /** @default asyncScheduler, by the monotonic clock */
  readonly scheduler?: SchedulerLike | undefined;
}

const bucketShape = { qps: optional(rate), burst: optional(count), scheduler: optional(schedulerLike) } satisfies Record<keyof BucketOptions, Check>;

/** All items together: a token bucket. It knows no failures, so `forget` does nothing. */
export function bucketRateLimiter<T>(options: BucketOptions = {}): RateLimiter<T> {
  checkOptions('options', options, bucketShape);
  const { qps = 10, burst = 100, scheduler = asyncScheduler } = options;
  const clock = clockOf(scheduler);
  let tokens = burst;
  let refilledAt = clock();
  return {
    when() {
      const now = clock();
      tokens = Math.min(burst, tokens + Math.max(0, now - refilledAt) * qps / 1000) - 1;
      refilledAt = now;
      return tokens >= 0 ? 0 : -tokens * 1000 / qps;
    },
    forget() {},
    numRequeues: () => 0,
  };
}

export const rateLimiterLike = having('a rate limiter', 'when', 'forget', 'numRequeues');

/** The longest wait that any of them says, and the most failures. */
export function maxOfRateLimiter<T>(...limiters: readonly RateLimiter<T>[]): RateLimiter<T> {
  checkOptions('limiters', { ...limiters }, Object.fromEntries(limiters.map((_, i) => [i, rateLimiterLike])));
  return {
    when: (item) => limiters.reduce((longest, limiter) => Math.max(longest, limiter.when(item)), 0),
    forget: (item) => { for (const limiter of limiters) limiter.forget(item); },
    numRequeues: (item) => limiters.reduce((most, limiter) => Math.max(most, limiter.numRequeues(item)), 0),
  };
}

/** client-go's default: each item by itself, 5 ms to 1000 s, and all together 10 a second after a burst of 100. */
export function defaultControllerRateLimiter<T>(options: { readonly keyOf?: ((item: T) => string) | undefined; readonly scheduler?: SchedulerLike | undefined } = {}): RateLimiter<T> {
  return maxOfRateLimiter(itemExponentialFailureRateLimiter<T>({ keyOf: options.keyOf }), bucketRateLimiter<T>({ scheduler: options.scheduler }));
}
