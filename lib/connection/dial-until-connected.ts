import { type Observable, catchError, concat, defer, map, of, repeat, take, takeWhile, throwIfEmpty, timer } from 'rxjs';
import { ClusterCacheError } from '../model/errors.ts';
import type { Dialer, ReadyTarget } from './dialer.ts';
import { retryDelay } from './decisions.ts';
import type { ResolvedConnectionOptions } from './connection-options.ts';
import type { StreamEvent } from './stream-state.ts';

type DialEvent<C> = Extract<StreamEvent<C>, { type: 'dialling' | 'dialFailed' | 'connected' }>;

/** Dials until a connection is up: `dialling`, `dialFailed`, … `connected`, and completes. Never errors; unsubscribing gives up. */
export function dialUntilConnected<T, C>(
  { target, fingerprint }: ReadyTarget<T>, dialer: Dialer<T, C>, { retryInterval, random, scheduler }: ResolvedConnectionOptions,
): Observable<DialEvent<C>> {
  const now = () => new Date(scheduler.now());
  return defer(() => {
    let attempt = 0;
    let delay = 0;
    const once = defer(() => concat(
      of<DialEvent<C>>({ type: 'dialling', attempt: ++attempt, at: now() }),
      defer(() => dialer.connect(target)).pipe(
        take(1),
        throwIfEmpty(() => new ClusterCacheError('DIAL_ENDED', 'the dialer ended without a connection')),
        map((connection): DialEvent<C> => ({ type: 'connected', connection, fingerprint, at: now() })),
      ),
    )).pipe(catchError((error: unknown) => {
      delay = retryDelay('connectFailed', 0, retryInterval, random);
      return of<DialEvent<C>>({ type: 'dialFailed', error, retryAt: new Date(scheduler.now() + delay), at: now() });
    }));
    return once.pipe(
      repeat({ delay: () => timer(delay, scheduler) }),
      takeWhile(({ type }) => type !== 'connected', true),
    );
  });
}
