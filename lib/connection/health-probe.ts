import { Observable, Subscription, catchError, defer, mergeMap, of, take, throwError } from 'rxjs';
import { ClusterCacheError, ProbeTimeoutError } from '../model/errors.ts';
import type { Dialer } from './dialer.ts';
import type { ResolvedConnectionOptions } from './connection-options.ts';
import { type Loss, lossOf, outcomeOf } from './decisions.ts';
import type { StreamEvent } from './stream-state.ts';

type ProbeEvent = Extract<StreamEvent<never>, { type: 'probed' }>;

/**
 * Probes a connection for as long as it lives: an event for every probe but the one that ends it. Errors with the {@link Loss}.
 * The first probe comes within one interval (its phase is drawn, so that a fleet that connected together does not probe together), each
 * later one an interval after the one before has ended. What the dialer doubts is probed at once.
 */
export function probeHealth<T, C>(connection: C, dialer: Dialer<T, C>, options: ResolvedConnectionOptions): Observable<ProbeEvent> {
  const { probeInterval, probeTimeout, failureThreshold, random, scheduler } = options;
  // Written out: as operators, all that runs here for every cluster and probe would cost half as much as the probe itself.
  return new Observable((subscriber) => {
    let failures = 0;
    /** The wait for the next probe, or the probe. */
    let current = Subscription.EMPTY;
    let isWaiting = false;

    const wait = (delay: number) => {
      isWaiting = true;
      current = scheduler.schedule(probe, delay);
    };

    const probe = () => {
      isWaiting = false;
      const own = current = new Subscription();
      const ended = (error?: unknown) => {
        own.unsubscribe();
        const outcome = outcomeOf(error);
        failures = outcome === 'failure' ? failures + 1 : outcome === 'success' ? 0 : failures;
        const loss = lossOf(error, failures, failureThreshold);
        if (loss !== undefined) return subscriber.error(loss);
        subscriber.next({ type: 'probed', outcome, at: new Date(scheduler.now()) });
        if (!subscriber.closed) wait(probeInterval);
      };
      own.add(defer(() => dialer.probe(connection)).subscribe({
        error: (error: unknown) => ended(error ?? new ClusterCacheError('PROBE_FAILED', 'the probe failed without a reason')),
        complete: () => ended(),
      }));
      if (!own.closed) own.add(scheduler.schedule(() => ended(new ProbeTimeoutError(probeTimeout)), probeTimeout));
    };

    const probeNow = () => {
      if (!isWaiting) return;
      current.unsubscribe();
      probe();
    };

    subscriber.add(() => current.unsubscribe());
    wait(probeInterval * (1 - random()));
    if (dialer.doubted$ !== undefined) subscriber.add(defer(() => dialer.doubted$?.(connection) ?? []).subscribe({ next: probeNow, error: () => { /* says nothing */ } }));
    if (dialer.lost$ !== undefined) subscriber.add(evidence(connection, dialer).subscribe({ error: (loss: Loss) => subscriber.error(loss) }));
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
