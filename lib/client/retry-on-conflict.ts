import { type SchedulerLike, asyncScheduler, lastValueFrom, retry, throwError, timer } from 'rxjs';
import { isConflict } from '../kubernetes/status-error.ts';
import { type Check, checkOptions, count, filled, having, optional, procedure, schedulerLike } from '../model/option-check.ts';
import { abortable } from '../operators/abortable.ts';
import { backoffDelay } from '../operators/backoff.ts';
import { untilAborted } from '../operators/until-aborted.ts';

export interface ConflictRetryOptions {
  /** Attempts in all. @default 5, as client-go's `retry.DefaultRetry`: who loses five times in a row does not compete with single writers */
  readonly steps?: number | undefined;
  /** ms before the second attempt. @default 10: about what a write takes, so that the other one is through */
  readonly delay?: number | undefined;
  /** By how much each wait is longer than the one before. @default 1 */
  readonly factor?: number | undefined;
  /** A wait of d is drawn from [d, (1 + jitter) · d). @default 0.1 */
  readonly jitter?: number | undefined;
  /** Gives up: the call rejects with the signal's reason, and the signal of `work` aborts. */
  readonly signal?: AbortSignal | undefined;
  /** In [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
}

const DEFAULTS = Object.freeze({ steps: 5, delay: 10, factor: 1, jitter: 0.1, random: Math.random, scheduler: asyncScheduler });

const number = (least: number): Check => (value) => (typeof value === 'number' && value >= least && value < Infinity ? undefined : `a number, ${least} or more`);
const SHAPE = {
  steps: optional(count), delay: optional(number(0)), factor: optional(number(1)), jitter: optional(number(0)),
  signal: optional(having('an AbortSignal', 'addEventListener', 'removeEventListener')), random: optional(procedure), scheduler: optional(schedulerLike),
};

/**
 * Does `work` again where somebody else has written in between (`isConflict`), and only then. `work` is one attempt: it reads what it changes – what was read
 * before is what the conflict was about – and writes it. Resolves to what it resolves to; rejects with its first error that is no conflict, or with the last
 * conflict. Reads of a cached client may be older than the other's write: where it lags behind, five attempts are soon over, and the work queue's backoff is
 * the better way.
 */
export async function retryOnConflict<T>(work: (signal: AbortSignal) => PromiseLike<T> | T, options: ConflictRetryOptions = {}): Promise<T> {
  checkOptions('options', options, SHAPE);
  const { steps, delay: initial, factor, jitter, signal, random, scheduler } = filled(DEFAULTS, options);
  const policy = { initial, factor, jitter, max: Infinity, resetAfter: Infinity };
  return lastValueFrom(abortable(work).pipe(
    retry({
      count: steps - 1,
      delay: (error: unknown, failures) => (isConflict(error) ? timer(backoffDelay(failures - 1, policy, random), scheduler) : throwError(() => error)),
    }),
    untilAborted(signal),
  ));
}
