import { type Observable, catchError, concat, defer, endWith, ignoreElements, map, merge, mergeMap, of, repeat, take, throwError, timeout, timer } from 'rxjs';
import { ClusterCacheError, ProbeTimeoutError } from '../model/errors.ts';
import type { Dialer } from './dialer.ts';
import type { ResolvedConnectionOptions } from './connection-options.ts';
import { type Loss, lossOf, outcomeOf } from './loss.ts';
import type { StreamEvent } from './stream-state.ts';

type ProbeEvent = Extract<StreamEvent<never>, { type: 'probed' }>;

/**
 * Probes a connection for as long as it lives: an event for every probe but the one that ends it. Errors with the {@link Loss}.
 * The first probe comes within one interval (its phase is drawn, so that a fleet that connected together does not probe together), each
 * later one an interval after the one before has ended.
 */
export function probing<T, C>(connection: C, dialer: Dialer<T, C>, options: ResolvedConnectionOptions): Observable<ProbeEvent> {
  const { probeInterval, probeTimeout, failureThreshold, random, scheduler } = options;
  return defer(() => {
    let failures = 0;
    const once = defer(() => dialer.probe(connection)).pipe(
      ignoreElements(),
      timeout({ first: probeTimeout, with: () => throwError(() => new ProbeTimeoutError(probeTimeout)), scheduler }),
      endWith(undefined),
      catchError((error: unknown) => of(error ?? new ClusterCacheError('PROBE_FAILED', 'the probe failed without a reason'))),
      map((error): ProbeEvent => {
        const outcome = outcomeOf(error);
        failures = outcome === 'failure' ? failures + 1 : outcome === 'success' ? 0 : failures;
        const loss = lossOf(error, failures, failureThreshold);
        if (loss !== undefined) throw loss;
        return { type: 'probed', outcome, at: new Date(scheduler.now()) };
      }),
    );
    const first = timer(probeInterval * (1 - random()), scheduler).pipe(ignoreElements());
    return merge(concat(first, once.pipe(repeat({ delay: () => timer(probeInterval, scheduler) }))), evidence(connection, dialer));
  });
}

/** Errors with a loss as soon as something other than a probe says so. */
function evidence<T, C>(connection: C, dialer: Dialer<T, C>): Observable<never> {
  const lost = (error: unknown) => throwError((): Loss => ({
    reason: 'connectionLost',
    error: error instanceof Error ? error : new ClusterCacheError('CONNECTION_LOST', 'the connection is lost', { cause: error }),
  }));
  return defer(() => dialer.lost$?.(connection) ?? []).pipe(take(1), catchError((error: unknown) => of(error)), mergeMap(lost));
}
