import { type Observable, catchError, concat, defer, filter, ignoreElements, map, merge, mergeMap, of, retry, tap, throwError, timer } from 'rxjs';
import type { PodMetadata } from '../kubernetes/in-cluster.ts';
import type { ReflectorProgress } from '../informer/reflector-event.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import type { Delta } from '../model/delta.ts';
import { KubeconfigError } from '../model/errors.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { type ClusterDelta, filterClusters } from './cluster-filter.ts';
import type { ClusterMetrics } from './cluster-metrics.ts';
import { type ClusterReflectorEvent, reflectClusters } from './cluster-reflector.ts';
import type { ClusterChange } from './cluster-change.ts';
import { workloadClusters } from './workload-clusters.ts';
import type { KubeconfigReading } from './kubeconfig-reading.ts';
import { createKubeconfigSecrets } from './kubeconfig-secrets.ts';
import type { ResolvedOptions } from './cluster-cache-options.ts';

export interface ManagementClusterOptions {
  /** Of the management cluster. */
  readonly rest: RestClient;
  readonly options: ResolvedOptions;
  readonly metrics: ClusterMetrics;
  readonly pod: PodMetadata | undefined;
  /** Told of every change of a Cluster, before its connection is. */
  readonly onCluster: (delta: ClusterDelta) => void;
  /** Told once the first lists of Clusters and of kubeconfig Secrets are in. */
  readonly onSynced: () => void;
  /** Told whenever reading the management cluster fails; it goes on by itself. */
  readonly onInterrupted: (kind: string, error: unknown) => void;
}

/** ms after which a `kubeconfigSource` that failed is subscribed again: what a Cluster that cannot be read is given. */
const SOURCE_RETRY = 10_000;

/** The connections of all clusters that the management cluster knows. Never errors, never completes; unsubscribing closes all of them. */
export function managementCluster({ rest, options, metrics, pod, onCluster, onSynced, onInterrupted }: ManagementClusterOptions): Observable<ClusterChange> {
  const { namespace, random, scheduler, kubeconfigSource } = options;
  const shared = { rest, random, scheduler, ...(namespace === undefined ? {} : { namespace }) };

  return defer(() => {
    const missing = new Set(kubeconfigSource === undefined ? ['Cluster', 'Secret'] : ['Cluster']);
    const synced = (kind: string) => {
      if (missing.delete(kind) && missing.size === 0) onSynced();
    };
    const observe = (kind: string) => (event: ManagementEvent) => {
      switch (event.type) {
        case 'listing': return metrics.listed(kind, event.cause);
        case 'synced': return synced(kind);
        case 'interrupted': case 'vanished': case 'notServed':
          metrics.interrupted(kind);
          return onInterrupted(kind, event.error);
        case 'rejected': return onInterrupted(kind, event.error);
        case 'watching': case 'progressed':
      }
    };

    const secrets = createKubeconfigSecrets({ ...shared, observe: observe('Secret') });
    const kubeconfig$ = kubeconfigSource === undefined ? secrets.kubeconfig$ : (key: ObjectKey) => readingsOf(kubeconfigSource, key, options);
    const changes$ = reflectClusters(shared).pipe(
      tap((event) => { if (!isDelta(event)) observe('Cluster')(event); }),
      filter(isDelta),
      filterClusters(options),
      tap(onCluster),
      workloadClusters({ options, kubeconfig$, pod, metrics }),
    );
    return kubeconfigSource === undefined ? merge(secrets.synced$.pipe(ignoreElements()), changes$) : changes$;
  });
}

type ManagementEvent = Exclude<ClusterReflectorEvent, Delta<string, unknown>> | ReflectorProgress;

function isDelta(event: ClusterReflectorEvent): event is Extract<ClusterReflectorEvent, { type: 'applied' | 'deleted' }> {
  return event.type === 'applied' || event.type === 'deleted';
}

/** The user's own source as readings. */
function readingsOf(
  source: NonNullable<ResolvedOptions['kubeconfigSource']>, key: ObjectKey, { logger, scheduler }: Pick<ResolvedOptions, 'logger' | 'scheduler'>,
): Observable<KubeconfigReading> {
  return defer(() => source(key)).pipe(
    map((kubeconfig): KubeconfigReading => {
      if (kubeconfig === undefined) return { type: 'absent' };
      if (typeof kubeconfig === 'string') return { type: 'present', kubeconfig };
      return { type: 'unusable', error: new KubeconfigError('KUBECONFIG_WRONG_TYPE', `kubeconfigSource must emit a string or undefined; got a ${typeof kubeconfig}`) };
    }),
    catchError((error: unknown) => {
      logger.error({ cluster: formatKey(key), err: error }, 'kubeconfigSource failed');
      const again = timer(SOURCE_RETRY, scheduler).pipe(mergeMap(() => throwError(() => error)));
      return concat(of<KubeconfigReading>({ type: 'unreadable', error, delay: SOURCE_RETRY }), again);
    }),
    retry(),
  );
}
