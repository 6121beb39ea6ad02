import { Observable, type OperatorFunction, defer, filter, map, tap } from 'rxjs';
import { connectionStream } from '../connection/connection-stream.ts';
import type { PodMetadata } from '../kubernetes/in-cluster.ts';
import { tokenBucket } from '../kubernetes/rate-limiter.ts';
import type { Cluster } from '../model/cluster.ts';
import { type HealthCheckingState, unknownHealth } from '../model/health.ts';
import { type ObjectKey, parseKey } from '../model/object-key.ts';
import { clockOf } from '../operators/clock.ts';
import { engageByKey } from '../operators/engage-by-key.ts';
import { type Lanes, lanes } from '../operators/lanes.ts';
import { clusterDialer } from './cluster-dialer.ts';
import type { ClusterDelta } from './cluster-filter.ts';
import { type ClusterMetrics, measured } from './cluster-metrics.ts';
import { type ClusterChange, changeOf } from './cluster-change.ts';
import type { KubeconfigReading } from './kubeconfig-reading.ts';
import { type ResolvedOptions, type ResolvedTiming, resolveTiming } from './cluster-cache-options.ts';
import { targetOf } from './target.ts';

export interface WorkloadClustersOptions {
  readonly options: ResolvedOptions;
  readonly kubeconfig$: (key: ObjectKey) => Observable<KubeconfigReading>;
  readonly pod: PodMetadata | undefined;
  readonly metrics: ClusterMetrics;
}

/** A connect that makes no progress for so long, in ms, gives its slot up: 400 that hang must not keep a healthy one waiting. */
const PATIENCE = 250;

/** Connects without progress that may hang beside the others, as a multiple of these. */
const SLOW_LANE = 4;

/**
 * Every cluster's connection, from its Cluster object: emits each change of any cluster's state, `absent` as a cluster's last. Never errors; completes
 * when the deltas do, after the last connection is closed; unsubscribing closes them all.
 */
export function workloadClusters({ options, kubeconfig$, pod, metrics }: WorkloadClustersOptions): OperatorFunction<ClusterDelta, ClusterChange> {
  const { maxConcurrentConnects: width, scheduler } = options;
  return (delta$) => defer(() => {
    const connects = lanes({ width, slowWidth: width * SLOW_LANE, patience: PATIENCE, scheduler });
    return delta$.pipe(engageByKey((first, own$) => oneCluster(first, own$, { options, kubeconfig$, pod, metrics, connects })));
  });
}

function oneCluster(
  first: Extract<ClusterDelta, { type: 'applied' }>, delta$: Observable<ClusterDelta>,
  { options, kubeconfig$, pod, metrics, connects }: WorkloadClustersOptions & { readonly connects: Lanes },
): Observable<ClusterChange> {
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
    const limiter = measured(tokenBucket({ qps: client.qps, burst: client.burst, scheduler }), metrics, clockOf(scheduler));
    const state$ = connectionStream({
      target$: targetOf(key, cluster$, kubeconfig$(key), options.kubeconfigPolicy),
      dialer: clusterDialer({ key, options, timing, connects, limiter, pod, metrics }),
      options: {
        probeInterval: timing.healthProbe.interval, probeTimeout: timing.healthProbe.timeout, failureThreshold: timing.healthProbe.failureThreshold,
        retryInterval: timing.connectionCreationRetryInterval, random, scheduler,
      },
    });
    return new Observable<ClusterChange>((subscriber) => state$.subscribe({
      next: (state) => {
        health = state.health;
        subscriber.next({ cluster, ...changeOf(key, state) });
      },
      complete: () => {
        subscriber.next({ cluster, state: { cluster: key, phase: 'absent', reason, since: new Date(scheduler.now()), health } });
        subscriber.complete();
      },
    }));
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
