import { type Observable } from 'rxjs';

/** One token bucket: what a cluster's calls, lists and opened watches take their turn in. */
export interface RateLimiter {
  /** Emits once, when a token was taken, and completes; at once (synchronously) where there is one. Unsubscribing while waiting takes none. First come, first served. */
  acquire(): Observable<void>;
  readonly waiting: number;
}
