import type { Observable, SchedulerLike } from 'rxjs';
import type { Logger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { checkOptions, flag, having, optional, procedure, schedulerLike, words } from '../model/option-check.ts';
import type { Request } from '../model/request.ts';
import { type RateLimiter, rateLimiterLike } from './rate-limiter.ts';
import type { WorkQueueMetrics } from './work-queue-metrics.ts';

export interface WorkQueueOptions<T = Request> {
  /** For log records and metrics. @default '' */
  readonly name?: string | undefined;
  /**
   * What items are told apart by: of two with the same key only one waits. Must depend on the item alone. Where it throws, or returns something else, that is logged
   * and the item passed over. @default a string by itself, a request by what it names; anything else is a TypeError
   */
  readonly keyOf?: ((item: T) => string) | undefined;
  /**
   * The cluster in whose turn an item is handed out, and for whose connection it may be parked. Must depend on the key alone. Where it throws, that is logged, and the item
   * belongs to no cluster. @default the item's `cluster`
   */
  readonly clusterOf?: ((item: T) => ObjectKey | undefined) | undefined;
  /** Whether clusters take turns, so that one with many items does not hold up the others. Items of no cluster have a turn together. @default true */
  readonly fair?: boolean | undefined;
  /** Says how long {@link WorkQueue.addRateLimited} waits. One that throws, or returns no number, is logged, and the item waits for a second. @default client-go's, of its own */
  readonly rateLimiter?: RateLimiter<T> | undefined;
  /**
   * Whether a cluster's items are to be parked: asked as an item is added, again before it is handed out, and on a release. Must be quick; where it throws, or says
   * neither true nor false, that is logged, and the item is not parked. @default only what is parked by name
   */
  readonly parkWhile?: ((cluster: ObjectKey) => boolean) | undefined;
  /**
   * Emits a cluster whenever its items are to be looked at again, as {@link WorkQueue.release} does. Subscribed to with the first item that is parked, and left as the queue is
   * shut down. An error of it is logged. @default only what is released by name
   */
  readonly released$?: Observable<ObjectKey> | undefined;
  /** @default nothing is measured */
  readonly metrics?: WorkQueueMetrics | undefined;
  /** Takes what the functions above throw, and errors of sources. @default silent */
  readonly logger?: Logger | undefined;
  /** The clock and the one timer. @default asyncScheduler, by the monotonic clock */
  readonly scheduler?: SchedulerLike | undefined;
}

export interface AddOptions {
  /** Higher first; any finite number. An item that waits keeps the higher one of both. @default 0 */
  readonly priority?: number | undefined;
  /** ms until it is added. @default 0 */
  readonly after?: number | undefined;
  /** Whether it waits as long as the rate limiter says; or as long as `after`, where that is there and shorter. @default false */
  readonly rateLimited?: boolean | undefined;
}

const shape = {
  name: optional(words), keyOf: optional(procedure), clusterOf: optional(procedure), fair: optional(flag), rateLimiter: optional(rateLimiterLike),
  parkWhile: optional(procedure), released$: optional(having('an Observable', 'subscribe')),
  metrics: optional(having('work queue metrics', 'keep', 'added', 'prioritized', 'parked', 'released', 'taken', 'done', 'retried')),
  logger: optional(having('a logger', 'debug', 'info', 'warn', 'error')), scheduler: optional(schedulerLike),
};

/** Throws a TypeError that names the field, what was expected and what came. */
export function checkWorkQueueOptions(options: unknown): void {
  checkOptions('options', options, shape);
}
