import { EMPTY, Observable, type SchedulerLike, Subscription, catchError, defer, delay, filter, from, map as mapEach, mergeMap, timer } from 'rxjs';
import type { Reader } from '../client/client.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/cluster-event.ts';
import type { Logger } from '../model/logger.ts';
import { formatKey } from '../model/object-key.ts';
import { type Request, aboutConnection } from '../model/request.ts';
import { checkRequests } from '../model/request-check.ts';
import { isThenable } from '../model/thenable.ts';
import { checkOptions, duration, flag, optional } from '../model/option-check.ts';
import { abortable } from '../operators/abortable.ts';
import { clockOf } from '../operators/clock.ts';
import { conflateByKey } from '../operators/conflate-by-key.ts';
import type { LatestByKey } from '../operators/latest-by-key.ts';
import type { ClusterRecord, ConnectionState } from './cluster-record.ts';
import { dueDurations, nextDue } from './probe-failure.ts';

/** What a consumer of cluster events asks for; several are taken together. */
export interface ClusterSourceOption {
  /** ms without a successful probe after which `probeFailing` is sent. */
  readonly probeFailureAfter?: number;
  /** Begin with `connected` of every connected cluster. @default true */
  readonly initialEvents?: boolean;
  /** Hand `removed` to the mapper of a source. @default false: there is nothing to reconcile against */
  readonly removals?: boolean;
}

/** Sends `probeFailing` once `milliseconds` have passed without a successful probe, and `probeRecovered` should one succeed before the connection is given up. */
export function watchForProbeFailure(milliseconds: number): ClusterSourceOption {
  checkOptions('watchForProbeFailure', { milliseconds }, { milliseconds: duration });
  return Object.freeze({ probeFailureAfter: milliseconds });
}

/** Leaves out the `connected` events of clusters that are connected already. */
export function withoutInitialEvents(): ClusterSourceOption {
  return Object.freeze({ initialEvents: false });
}

/** Hands `removed` events to a source's mapper as well. */
export function watchForRemoval(): ClusterSourceOption {
  return Object.freeze({ removals: true });
}

/**
 * Requests for a controller, which are about connections: no queue parks them. Never errors; completes when the cluster cache stops; unsubscribing gives up what is being mapped.
 */
export interface Source extends Observable<Request> {
  /** The states of the clusters that it is of, as the cluster cache's `connections$`: by them a controller knows when what it has parked can go on. */
  readonly connections$: Observable<ConnectionState>;
}

/** What a mapper is given along with a cluster and its event. */
export interface ClusterMapContext {
  /** Reads the management cluster: from the memory of its manager, where the cluster cache was set up with one, else live. */
  readonly reader: Pick<Reader, 'get' | 'list'>;
}

/** Maps what happened to a cluster to what a controller should look at. */
export type ClusterToRequests = (cluster: Cluster, event: ClusterEvent, context: ClusterMapContext) => readonly Request[] | PromiseLike<readonly Request[]>;

interface Tracker {
  heardAt: number | undefined;
  lastEventAt: number | undefined;
  /** The longest duration that the consumer was told of since the last success. */
  failingAfter: number | undefined;
  timer: Subscription;
}

/**
 * Every event of every cluster and, for each duration asked for, its probe failures, by timers that run from the last success (from the first attempt
 * where there was none) and not by probes. At one instant of the scheduler a transition and a probe failure are one event, that of the transition.
 * Cold: each subscriber is told from its own beginning.
 */
export function clusterEvents(records: LatestByKey<ClusterRecord>, options: readonly ClusterSourceOption[], scheduler: SchedulerLike): Observable<ClusterEvent> {
  const { durations, initialEvents } = resolveSourceOptions(options);
  const clock = clockOf(scheduler);
  return new Observable<ClusterEvent>((subscriber) => {
    const trackers = new Map<string, Tracker>();

    const send = (tracker: Tracker, event: ClusterEvent, now: number) => {
      tracker.lastEventAt = now;
      subscriber.next(event);
    };

    const arm = (key: string, tracker: Tracker) => {
      tracker.timer.unsubscribe();
      const due = nextDue(tracker, durations);
      if (due === undefined) return;
      // A turn later, so that a transition at the same instant comes first and absorbs it.
      tracker.timer = timer(Math.max(0, Math.ceil(due - clock())), scheduler).pipe(delay(0, scheduler)).subscribe(() => {
        const now = Math.max(clock(), due); // a timer may be a fraction of a millisecond early
        const record = records.get(key);
        const told = dueDurations(tracker, durations, now);
        if (record !== undefined && told.length > 0) {
          const after = tracker.failingAfter = Math.max(...told);
          send(tracker, { type: 'probeFailing', key: record.state.cluster, cluster: record.cluster, at: new Date(scheduler.now()), after }, now);
        }
        if (trackers.get(key) === tracker) arm(key, tracker);
      });
    };

    const follow = (record: ClusterRecord, event: ClusterEvent | undefined) => {
      const key = formatKey(record.state.cluster);
      const tracker = trackers.get(key) ?? { heardAt: record.heardAt, lastEventAt: undefined, failingAfter: undefined, timer: Subscription.EMPTY };
      if (record.state.phase === 'absent') {
        tracker.timer.unsubscribe();
        trackers.delete(key);
        if (event !== undefined) subscriber.next(event);
        return;
      }
      const now = clock();
      const told = dueDurations(tracker, durations, now);
      const heard = tracker.heardAt !== record.heardAt;
      const recoveredFrom = heard ? tracker.failingAfter : undefined;
      const armed = trackers.has(key) && !heard && event === undefined;
      trackers.set(key, tracker);
      tracker.heardAt = record.heardAt;
      if (heard) tracker.failingAfter = undefined;
      if (event?.type === 'disconnected' && told.length > 0) {
        tracker.failingAfter = Math.max(...told);
        send(tracker, { ...event, after: tracker.failingAfter }, now);
      } else if (event !== undefined) {
        send(tracker, event, now);
      } else if (recoveredFrom !== undefined && record.state.phase === 'connected') {
        send(tracker, { type: 'probeRecovered', key: record.state.cluster, cluster: record.cluster, at: new Date(scheduler.now()), after: recoveredFrom }, now);
      }
      if (!armed && trackers.get(key) === tracker) arm(key, tracker);
    };

    const begin = (record: ClusterRecord) => {
      if (subscriber.closed || trackers.has(formatKey(record.state.cluster))) return; // left, or heard of while the ones before it were handed out
      const { state, cluster } = record;
      follow(record, initialEvents && state.phase === 'connected' ? { type: 'connected', key: state.cluster, cluster, at: state.since } : undefined);
    };

    subscriber.add(() => {
      for (const tracker of trackers.values()) tracker.timer.unsubscribe();
      trackers.clear();
    });
    const current = [...records.values()];
    subscriber.add(records.changes$.subscribe({ next: (record) => follow(record, record.event), complete: () => subscriber.complete() }));
    for (const record of current) begin(record);
  });
}

/** The events through a mapper, one cluster's at a time and only its newest; a mapper that throws or rejects is logged, and the source goes on. */
export function clusterSource(
  records: LatestByKey<ClusterRecord>, { controllerName, connections$, map, reader, options, scheduler, logger }: {
    readonly controllerName: string;
    readonly connections$: Observable<ConnectionState>;
    readonly map: ClusterToRequests;
    readonly reader: ClusterMapContext['reader'];
    readonly options: readonly ClusterSourceOption[];
    readonly scheduler: SchedulerLike;
    readonly logger: Logger;
  },
): Source {
  const { removals } = resolveSourceOptions(options);
  const context: ClusterMapContext = Object.freeze({ reader });
  const requests$ = clusterEvents(records, options, scheduler).pipe(
    filter(({ type }) => removals || type !== 'removed'),
    conflateByKey(({ key }) => formatKey(key), (event) => defer(() => {
      const requests = map(event.cluster, event, context);
      return isThenable(requests) ? abortable(() => requests).pipe(mergeMap((mapped) => requestsOf(mapped))) : from(requestsOf(requests));
    }).pipe(catchError((error: unknown) => {
      logger.error({ controller: controllerName, cluster: formatKey(event.key), event: event.type, err: error }, 'mapping a cluster to requests failed');
      return EMPTY;
    }))),
    mapEach(aboutConnection),
  );
  return Object.assign(requests$, { connections$ });
}

function requestsOf(mapped: unknown): readonly Request[] {
  return checkRequests(mapped, 'a mapper must return an array of requests, or a promise of one');
}

function resolveSourceOptions(options: readonly ClusterSourceOption[]): { durations: readonly number[]; initialEvents: boolean; removals: boolean } {
  for (const option of options) checkOptions('cluster source option', option, { probeFailureAfter: optional(duration), initialEvents: optional(flag), removals: optional(flag) });
  return {
    durations: [...new Set(options.flatMap(({ probeFailureAfter }) => probeFailureAfter ?? []))].toSorted((a, b) => a - b),
    initialEvents: options.every(({ initialEvents }) => initialEvents !== false),
    removals: options.some(({ removals }) => removals === true),
  };
}
