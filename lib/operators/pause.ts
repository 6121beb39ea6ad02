import { type Observable, type SchedulerLike, EMPTY, NEVER, catchError, forkJoin, merge, of, take, timer } from 'rxjs';

/** How long to wait: `delay` ms (for ever where that is infinite), or less when there is a reason to, but `atLeast` ms. */
export interface Pause {
  readonly delay: number;
  readonly atLeast: number;
}

export const noPause: Pause = Object.freeze({ delay: 0, atLeast: 0 });

/**
 * Emits once, when the pause is over, and completes; at once (synchronously) where there is none. An emission of `awake$` ends it early. `awake$`
 * may end or error, which says nothing. Never errors.
 */
export function pauseFor({ delay, atLeast }: Pause, awake$: Observable<unknown>, scheduler: SchedulerLike): Observable<unknown> {
  if (delay === 0) return of(undefined);
  const woken$ = awake$.pipe(take(1), catchError(() => EMPTY));
  const elapsed$ = delay === Infinity ? NEVER : timer(delay, scheduler);
  return merge(elapsed$, atLeast === 0 ? woken$ : forkJoin([woken$, timer(atLeast, scheduler)])).pipe(take(1));
}
