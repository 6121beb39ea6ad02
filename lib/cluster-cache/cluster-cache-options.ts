import type { KubeConfig } from '@kubernetes/client-node';
import { type Observable, type SchedulerLike, asyncScheduler } from 'rxjs';
import type { KubeconfigPolicy } from '../kubernetes/kubeconfig-policy.ts';
import type { CacheOptions } from '../informer/cache-options.ts';
import { KindPlans, idOfKind } from '../informer/kind-plans.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import { type Logger, harmless, silentLogger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type Check, type Filled, type Shape, checkOptions, count, duration, filled, flag, having, headerText, list, optional, path, procedure, rate, schedulerLike, text, words } from '../model/option-check.ts';
import { type ManagementConnection, managementConnection, managementSource } from './management-connection.ts';

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
  readonly cache?: ClientCacheOptions | undefined;
}

/** What clients read from memory. */
export interface ClientCacheOptions {
  /** Kinds that are read live, always. @default none */
  readonly disableFor?: readonly Kind<unknown>[] | undefined;
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
  /**
   * The management cluster. A KubeConfig is the user's own: exec plugins and files are used. With a Manager, its connection is shared: to the management cluster, its
   * User-Agent and its timeout count; and workload clusters are written to while it leads, where it takes part in an election.
   */
  readonly management: KubeConfig | ManagementConnection;
  /** Only the Clusters of this namespace. @default all */
  readonly namespace?: string | undefined;
  /** Only Clusters whose label `cluster.x-k8s.io/watch-filter` has this value. @default all */
  readonly watchFilterValue?: string | undefined;
  /** Only Clusters for which this is true. Called for every change of a Cluster; where it throws, the Cluster is left out and the error logged. */
  readonly clusterFilter?: ((cluster: Cluster) => boolean) | undefined;
  readonly client: ClientOptions;
  /** What is kept of the workload clusters. */
  readonly cache?: CacheOptions | undefined;
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

/** Those that are always there. */
export type ResolvedCacheOptions = CacheOptions & Filled<Omit<CacheOptions, 'defaultTransform' | 'byObject' | 'indexes'>>;

/** The options with every default filled in. */
export interface ResolvedOptions extends Omit<ClusterCacheOptions, 'management' | 'client' | 'cache' | keyof ResolvedTiming> {
  readonly management: Filled<ManagementConnection>;
  readonly client: Filled<Omit<ClientOptions, 'cache'>> & { /** By `idOfKind`. */ readonly liveKinds: ReadonlySet<string> };
  readonly cache: ResolvedCacheOptions;
  /** What the options say of every kind. */
  readonly plans: KindPlans;
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
  cache: Object.freeze({ syncPeriod: 36_000_000, initialSyncTimeout: 300_000, linger: 300_000, shareParts: true, maxConcurrentLists: 8 }),
  healthProbe: Object.freeze({ interval: 10_000, timeout: 5_000, failureThreshold: 5, path: '/' }),
  connectionCreationRetryInterval: 30_000,
  maxConcurrentConnects: 100,
  kubeconfigPolicy: Object.freeze({}),
  scheduler: asyncScheduler,
  logger: silentLogger,
  random: Math.random,
});

const healthProbeShape = { interval: optional(duration), timeout: optional(duration), failureThreshold: optional(count), path: optional(path) };

/** The fields of {@link CacheOptions}. */
export const cacheShape: Shape = {
  syncPeriod: optional(duration), initialSyncTimeout: optional(duration), linger: optional(duration), defaultTransform: optional(procedure),
  byObject: optional(list), indexes: optional(list), shareParts: optional(flag), maxConcurrentLists: optional(count),
};
const kindShape = { apiVersion: text, kind: text };
const aKind: Check = (value) => (text((value as Partial<Kind<unknown>> | null | undefined)?.apiVersion) === undefined && text((value as Partial<Kind<unknown>>).kind) === undefined ? undefined : 'a kind, as defineKind makes it');
const byObjectShape = { kind: aKind, namespaces: optional(list), labelSelector: optional(words), fieldSelector: optional(words), transform: optional(procedure) };
const indexShape = { kind: aKind, field: text, extractValue: procedure };

function checkEach(path: string, values: readonly unknown[] | undefined, shape: Shape): void {
  for (const [at, value] of (values ?? []).entries()) checkOptions(`${path}[${at}]`, value, shape);
}

/** Fills in the defaults. Throws a TypeError that names the field, what was expected and what came. */
export function resolveOptions(options: ClusterCacheOptions): ResolvedOptions {
  checkOptions('options', options, {
    management: managementSource,
    namespace: optional(text),
    watchFilterValue: optional(words),
    clusterFilter: optional(procedure),
    client: { userAgent: headerText, timeout: optional(duration), qps: optional(rate), burst: optional(count), cache: { disableFor: optional(list) } },
    cache: cacheShape,
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
  checkEach('options.client.cache.disableFor', options.client.cache?.disableFor, kindShape);
  checkEach('options.cache.byObject', options.cache?.byObject, byObjectShape);
  checkEach('options.cache.indexes', options.cache?.indexes, indexShape);
  const { cache: { disableFor = [] } = {}, ...client } = options.client;
  const resolved = filled(clusterCacheDefaults, options);
  const { scheduler, random } = resolved;
  const { timeout } = filled(clusterCacheDefaults.client, client);
  return {
    ...resolved,
    management: managementConnection(options.management, { userAgent: client.userAgent, timeout, scheduler, random }),
    client: { ...filled(clusterCacheDefaults.client, client), liveKinds: new Set(disableFor.map(idOfKind)) },
    cache: filled(clusterCacheDefaults.cache, options.cache),
    plans: new KindPlans(options.cache ?? {}),
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
