import { Observable, type SchedulerLike, type Subscriber, Subscription, asyncScheduler, timer } from 'rxjs';
import { clockOf } from '../operators/clock.ts';

/** One token bucket: what a cluster's calls, lists and opened watches take their turn in. */
export interface RateLimiter {
  /** Emits once, when a token was taken, and completes; at once (synchronously) where there is one. Unsubscribing while waiting takes none. First come, first served. */
  acquire(): Observable<void>;
  readonly waiting: number;
}

export interface TokenBucketOptions {
  /** Tokens that come back per second. */
  readonly qps: number;
  /** Tokens that a full bucket holds, 1 or more. It begins full. */
  readonly burst: number;
  /** @default asyncScheduler, by the monotonic clock */
  readonly scheduler?: SchedulerLike;
}

/** What is missing of a token after floating-point sums is none. */
const ROUNDING = 1e-9;

/**
 * A bucket of `burst` tokens that refills with `qps` a second, as client-go's flow control does. Nothing runs while nobody waits: what has
 * come back is reckoned from the time that passed.
 */
export function tokenBucket({ qps, burst, scheduler = asyncScheduler }: TokenBucketOptions): RateLimiter {
  const clock = clockOf(scheduler);
  const waiting = new Set<Subscriber<void>>();
  let tokens = burst;
  let refilledAt = clock();
  let refill = Subscription.EMPTY;

  const take = (): boolean => {
    const now = clock();
    if (now > refilledAt) tokens = Math.min(burst, tokens + (now - refilledAt) * qps / 1000);
    refilledAt = now;
    if (tokens < 1 - ROUNDING) return false;
    tokens -= 1;
    return true;
  };

  const serve = (): void => {
    for (const first of waiting) {
      if (!take()) return wait();
      waiting.delete(first);
      first.next();
      first.complete();
    }
    refill.unsubscribe();
  };

  /** Rounded up: a timer that is a fraction early would find no token. */
  const wait = (): void => {
    refill.unsubscribe();
    refill = timer(Math.ceil((1 - ROUNDING - tokens) * 1000 / qps), scheduler).subscribe(serve);
  };

  return {
    acquire: () => new Observable<void>((subscriber) => {
      if (waiting.size === 0 && take()) {
        subscriber.next();
        subscriber.complete();
        return;
      }
      waiting.add(subscriber);
      if (waiting.size === 1) wait();
      return () => {
        if (waiting.delete(subscriber) && waiting.size === 0) refill.unsubscribe();
      };
    }),
    get waiting() { return waiting.size; },
  };
}
