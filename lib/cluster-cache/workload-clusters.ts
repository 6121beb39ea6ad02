import { Observable, type OperatorFunction, defer, filter, map, tap } from 'rxjs';
import { connectionStream } from '../connection/connection-stream.ts';
import type { PodMetadata } from '../kubernetes/in-cluster.ts';
import { tokenBucket } from '../kubernetes/rate-limiter.ts';
import type { Cluster } from '../model/cluster.ts';
import { type HealthCheckingState, unknownHealth } from '../model/health.ts';
import { type ObjectKey, formatKey, parseKey } from '../model/object-key.ts';
import { clockOf } from '../operators/clock.ts';
import { engageByKey } from '../operators/engage-by-key.ts';
import { type Lanes, lanes } from '../operators/lanes.ts';
import { ClusterInformers } from '../informer/cluster-informers.ts';
import { countReading, logReading, logTrouble } from './cache-log.ts';
import { ClusterCaches } from './cluster-caches.ts';
import { clusterDialer } from './cluster-dialer.ts';
import type { ClusterDelta } from './cluster-filter.ts';
import { type ClusterMetrics, measured } from './cluster-metrics.ts';
import { type ClusterChange, changeOf } from './cluster-change.ts';
import type { KubeconfigReading } from './kubeconfig-reading.ts';
import { type ResolvedOptions, type ResolvedTiming, resolveTiming } from './cluster-cache-options.ts';
import { SLOW_LANE, listLanes } from './list-lanes.ts';
import { targetOf } from './target.ts';

export interface WorkloadClustersOptions {
  readonly options: ResolvedOptions;
  readonly kubeconfig$: (key: ObjectKey) => Observable<KubeconfigReading>;
  readonly pod: PodMetadata | undefined;
  readonly metrics: ClusterMetrics;
}

/** A connect that makes no progress for so long, in ms, gives its slot up: 400 that hang must not keep a healthy one waiting. */
const PATIENCE = 250;

/**
 * Every cluster's connection, from its Cluster object: emits each change of any cluster's state, `absent` as a cluster's last. Never errors; completes
 * when the deltas do, after the last connection is closed; unsubscribing closes them all.
 */
export function workloadClusters(fleet: WorkloadClustersOptions): OperatorFunction<ClusterDelta, ClusterChange> {
  const { maxConcurrentConnects: width, cache: { maxConcurrentLists }, scheduler } = fleet.options;
  return (delta$) => defer(() => {
    const connects = lanes({ width, slowWidth: width * SLOW_LANE, patience: PATIENCE, scheduler });
    const lists = listLanes(maxConcurrentLists, scheduler);
    return delta$.pipe(engageByKey((first, own$) => oneCluster(first, own$, { ...fleet, connects, lists })));
  });
}

interface Fleet extends WorkloadClustersOptions {
  /** All connects, and all lists, of the fleet share them. */
  readonly connects: Lanes;
  readonly lists: Lanes;
}

function oneCluster(first: Extract<ClusterDelta, { type: 'applied' }>, delta$: Observable<ClusterDelta>, fleet: Fleet): Observable<ClusterChange> {
  const { options, kubeconfig$, pod, metrics, connects } = fleet;
  return defer(() => {
    const { scheduler, random, client } = options;
    const key = parseKey(first.key);
    const timing = timingOf(options, first.value, first.key);
    let cluster = first.value;
    let reason: 'deleted' | 'filtered' = 'deleted';
    let health: HealthCheckingState = unknownHealth;

    const cluster$ = delta$.pipe(
      tap((delta) => {
        if (delta.type === 'applied') cluster = delta.value;
        else reason = delta.reason;
      }),
      filter((delta) => delta.type === 'applied'),
      map(({ value }) => value),
    );
    const caches = cachesOf(key, timing, fleet);
    const limiter = measured(tokenBucket({ qps: client.qps, burst: client.burst, scheduler }), metrics, clockOf(scheduler));
    const state$ = connectionStream({
      target$: targetOf(key, cluster$, kubeconfig$(key), options.kubeconfigPolicy),
      dialer: clusterDialer({
        key, options, timing, connects, limiter, pod, metrics,
        ...(caches.informers.hasIndexed ? { synced: (connection) => caches.synced(connection) } : {}),
      }),
      options: {
        probeInterval: timing.healthProbe.interval, probeTimeout: timing.healthProbe.timeout, failureThreshold: timing.healthProbe.failureThreshold,
        retryInterval: timing.connectionCreationRetryInterval, random, scheduler,
      },
    });
    return new Observable<ClusterChange>((subscriber) => {
      subscriber.add(() => caches.end());
      subscriber.add(caches.informers.indexed$.subscribe());
      subscriber.add(state$.subscribe({
        next: (state) => {
          const recovered = health.consecutiveFailures > 0 && state.health.consecutiveFailures === 0;
          health = state.health;
          subscriber.next({ cluster, caches, ...changeOf(key, state) });
          if (recovered) caches.informers.wake();
        },
        complete: () => {
          subscriber.next({ cluster, caches, state: { cluster: key, phase: 'absent', reason, since: new Date(scheduler.now()), health } });
          caches.end();
          subscriber.complete();
        },
      }));
    });
  });
}

function cachesOf(cluster: ObjectKey, timing: ResolvedTiming, { options, lists, metrics }: Fleet): ClusterCaches {
  const { cache: { syncPeriod, initialSyncTimeout, linger }, logger, plans, random, scheduler } = options;
  const id = formatKey(cluster);
  return new ClusterCaches({
    cluster, initialSyncTimeout, scheduler, timeout: timing.client.timeout, liveKinds: options.client.liveKinds,
    informers: new ClusterInformers({
      plans, syncPeriod, linger, random, scheduler, admit: lists.admit,
      observe: (kind, event) => {
        countReading(metrics, kind, event);
        logReading(logger, id, kind, event);
      },
      onTrouble: (trouble) => logTrouble(logger, id, trouble),
    }),
  });
}

/** What `timing` says of a cluster, or the fleet's own where it says nothing that can be used: one cluster's timing must not end the fleet. */
function timingOf(options: ResolvedOptions, cluster: Cluster, key: string): ResolvedTiming {
  try {
    return resolveTiming(options, cluster);
  } catch (error) {
    options.logger.error({ cluster: key, err: error }, 'timing failed; the defaults are used');
    return options;
  }
}
