import type { KubeConfig } from '@kubernetes/client-node';
import { type Observable, type SchedulerLike, asyncScheduler } from 'rxjs';
import type { KubeconfigPolicy } from '../kubernetes/kubeconfig-policy.ts';
import type { Cluster } from '../model/cluster.ts';
import { type Logger, harmless, silentLogger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type Filled, checkOptions, count, duration, filled, flag, having, headerText, optional, path, procedure, rate, schedulerLike, text } from '../model/option-check.ts';

export interface HealthProbeOptions {
  /** ms from the end of one probe to the start of the next. @default 10_000, as Cluster API */
  readonly interval?: number | undefined;
  /** ms after which an unanswered probe has failed. @default 5_000, as Cluster API */
  readonly timeout?: number | undefined;
  /** Failed probes in a row that end a connection. @default 5, as Cluster API: a cluster is given up after 50 to 75 s */
  readonly failureThreshold?: number | undefined;
  /** What is asked for. @default '/', as Cluster API; a user that may not read it gets 403, and `/livez` is open to more of them */
  readonly path?: string | undefined;
}

export interface ClientOptions {
  /** The User-Agent of every request, to workload clusters and to the management cluster. Required: it is how an API server's log tells who calls. */
  readonly userAgent: string;
  /** ms for one call, waiting for its turn apart. @default 10_000, as Cluster API */
  readonly timeout?: number | undefined;
  /** Calls a second to one cluster, all clients of it together; probes and open watches are not counted. @default 20, as Cluster API */
  readonly qps?: number | undefined;
  /** Calls that may be made at once after a quiet time. @default 30, as Cluster API */
  readonly burst?: number | undefined;
}

/** A Registry of prom-client, by what is asked of it: the package is not needed where nothing is measured. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
  getSingleMetric(name: string): unknown;
  removeSingleMetric(name: string): void;
}

/** What may differ from cluster to cluster: a far one needs more time. */
export interface ClusterTiming {
  readonly healthProbe: HealthProbeOptions;
  readonly connectionCreationRetryInterval: number;
  readonly client: Pick<ClientOptions, 'timeout'>;
}

export interface ClusterCacheOptions {
  /** The management cluster. It is the user's own: exec plugins and files are used. */
  readonly management: KubeConfig;
  /** Only the Clusters of this namespace. @default all */
  readonly namespace?: string | undefined;
  /** Only Clusters whose label `cluster.x-k8s.io/watch-filter` has this value. @default all */
  readonly watchFilterValue?: string | undefined;
  /** Only Clusters for which this is true. Called for every change of a Cluster; where it throws, the Cluster is left out and the error logged. */
  readonly clusterFilter?: ((cluster: Cluster) => boolean) | undefined;
  readonly client: ClientOptions;
  readonly healthProbe?: HealthProbeOptions | undefined;
  /** ms after a failed connect, or a disconnect by threshold, until the next connect. @default 30_000, as Cluster API */
  readonly connectionCreationRetryInterval?: number | undefined;
  /** Connects under way at once. One that makes no progress for 250 ms goes on in a slower lane beside them. @default 100, as Cluster API's workers */
  readonly maxConcurrentConnects?: number | undefined;
  /** What a workload cluster's kubeconfig may hold. @default the strictest */
  readonly kubeconfigPolicy?: Partial<KubeconfigPolicy> | undefined;
  /** A cluster's kubeconfig, instead of its Secret: `undefined` where there is none. An error is logged, and it is subscribed again after 10 s. */
  readonly kubeconfigSource?: ((key: ObjectKey) => Observable<string | undefined>) | undefined;
  /** What differs for one cluster. Called when the cluster is first seen. */
  readonly timing?: ((cluster: Cluster) => Partial<ClusterTiming>) | undefined;
  /** Where the metrics go; docs/metrics.md lists them. Needs the package prom-client, and a registry for each cluster cache. @default none */
  readonly metrics?: MetricsRegistry | undefined;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
  /** Spreads probes and reconnects; in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
}

export interface ResolvedTiming {
  readonly healthProbe: Filled<HealthProbeOptions>;
  readonly connectionCreationRetryInterval: number;
  readonly client: { readonly timeout: number };
}

/** The options with every default filled in. */
export interface ResolvedOptions extends Omit<ClusterCacheOptions, 'client' | keyof ResolvedTiming> {
  readonly client: Filled<ClientOptions>;
  readonly healthProbe: Filled<HealthProbeOptions>;
  readonly connectionCreationRetryInterval: number;
  readonly maxConcurrentConnects: number;
  readonly kubeconfigPolicy: Partial<KubeconfigPolicy>;
  readonly scheduler: SchedulerLike;
  readonly logger: Logger;
  readonly random: () => number;
}

export const clusterCacheDefaults = Object.freeze({
  client: Object.freeze({ timeout: 10_000, qps: 20, burst: 30 }),
  healthProbe: Object.freeze({ interval: 10_000, timeout: 5_000, failureThreshold: 5, path: '/' }),
  connectionCreationRetryInterval: 30_000,
  maxConcurrentConnects: 100,
  kubeconfigPolicy: Object.freeze({}),
  scheduler: asyncScheduler,
  logger: silentLogger,
  random: Math.random,
});

const healthProbeShape = { interval: optional(duration), timeout: optional(duration), failureThreshold: optional(count), path: optional(path) };

/** Fills in the defaults. Throws a TypeError that names the field, what was expected and what came. */
export function resolveOptions(options: ClusterCacheOptions): ResolvedOptions {
  checkOptions('options', options, {
    management: having('a KubeConfig of @kubernetes/client-node', 'getCurrentCluster', 'getCurrentUser'),
    namespace: optional(text),
    watchFilterValue: optional((value) => (typeof value === 'string' ? undefined : 'a string')),
    clusterFilter: optional(procedure),
    client: { userAgent: headerText, timeout: optional(duration), qps: optional(rate), burst: optional(count) },
    healthProbe: healthProbeShape,
    connectionCreationRetryInterval: optional(duration),
    maxConcurrentConnects: optional(count),
    kubeconfigPolicy: { allowInsecureSkipTlsVerify: optional(flag), allowPlainHttp: optional(flag) },
    kubeconfigSource: optional(procedure),
    timing: optional(procedure),
    metrics: optional(having('a Registry of prom-client', 'registerMetric', 'getSingleMetric', 'removeSingleMetric')),
    scheduler: optional(schedulerLike),
    logger: optional(having('a logger with debug(), info(), warn() and error()', 'debug', 'info', 'warn', 'error')),
    random: optional(procedure),
  });
  if (options.client === undefined) throw new TypeError('options.client must be an object; got undefined');
  return {
    ...filled(clusterCacheDefaults, options),
    client: filled(clusterCacheDefaults.client, options.client),
    healthProbe: filled(clusterCacheDefaults.healthProbe, options.healthProbe),
    logger: harmless(options.logger ?? clusterCacheDefaults.logger),
  };
}

const timingShape = { healthProbe: healthProbeShape, connectionCreationRetryInterval: optional(duration), client: { timeout: optional(duration) } };

/** The options of one cluster. Throws a TypeError for what `timing` should not have returned. */
export function resolveTiming(options: ResolvedOptions, cluster: Cluster): ResolvedTiming {
  const own = options.timing?.(cluster);
  if (own === undefined) return options;
  checkOptions('timing(cluster)', own, timingShape);
  return {
    healthProbe: filled(options.healthProbe, own.healthProbe),
    connectionCreationRetryInterval: own.connectionCreationRetryInterval ?? options.connectionCreationRetryInterval,
    client: { timeout: own.client?.timeout ?? options.client.timeout },
  };
}
