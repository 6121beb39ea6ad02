import { type Observable, type SchedulerLike, asyncScheduler, defer, filter, from, map, merge, of, take, tap, throwError, timeout, timer } from 'rxjs';
import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import type { Cluster } from '../model/cluster.ts';
import { unknownHealth } from '../model/health.ts';
import { formatKey, keyOf, parseKey } from '../model/object-key.ts';
import { Failure } from './failure.ts';
import type { ManagementTroubles } from './management-troubles.ts';

/** ms that a fleet is given to settle: a connect to a black hole ends after 10 s. */
const PATIENCE = 15_000;

/** The Clusters that were listed, of which a cluster cache tells a state only once their kubeconfigs were looked for. */
export class ListedClusters {
  readonly #keys = new Set<string>();

  get keys(): ReadonlySet<string> {
    return this.#keys;
  }

  see(cluster: Cluster): void {
    this.#keys.add(formatKey(keyOf(cluster)));
  }
}

/** Starts a cluster cache: emits when its first lists are in and completes; errors with a {@link Failure} where the management cluster does not give them within 15 s. */
export function started(clusters: { start(): Promise<void> }, troubles: Pick<ManagementTroubles, 'last'>, scheduler: SchedulerLike = asyncScheduler): Observable<void> {
  const unreadable = () => new Failure(troubles.last ?? `the management cluster did not list its Clusters within ${PATIENCE / 1000} s`);
  return defer(() => from(clusters.start())).pipe(timeout({ first: PATIENCE, scheduler, with: () => throwError(unreadable) }));
}

/**
 * The state of every cluster that was listed: emits them once, as soon as none of them is connecting any more or after 15 s, and completes. Those that
 * went meanwhile are left out; one of which nothing is known by then is absent, and unknown. To be subscribed when the first lists are in.
 */
export function settled(connections$: Observable<ConnectionState>, listed: ReadonlySet<string>, scheduler: SchedulerLike = asyncScheduler): Observable<readonly ConnectionState[]> {
  return defer(() => {
    const states = new Map<string, ConnectionState>();
    const isSettled = () => [...listed].every((key) => (states.get(key)?.phase ?? 'connecting') !== 'connecting');
    const stateOf = (key: string): ConnectionState => states.get(key) ?? { cluster: parseKey(key), phase: 'absent', reason: 'unknown', since: new Date(scheduler.now()), health: unknownHealth };
    const change$ = connections$.pipe(tap((state) => states.set(formatKey(state.cluster), state)));
    return merge(merge(change$, of(undefined)).pipe(filter(isSettled)), timer(PATIENCE, scheduler)).pipe(
      take(1),
      map(() => [...listed].toSorted().map(stateOf).filter((state) => state.phase !== 'absent' || state.reason === 'unknown')),
    );
  });
}
