import { type Observable, type SchedulerLike, asyncScheduler, isObservable } from 'rxjs';
import type { MetricsRegistry } from '../cluster-cache/cluster-cache-options.ts';
import type { Logger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type Check, type Filled, checkOptions, count, duration, filled, having, list, optional, procedure, schedulerLike, text } from '../model/option-check.ts';
import type { Request } from '../model/request.ts';
import type { RateLimiter } from '../workqueue/rate-limiter.ts';
import type { Connections } from './parking.ts';
import type { Reconcile } from './reconcile.ts';
import type { ControllerSource } from './source.ts';

export interface ControllerOptions {
  /** What it is called in logs and metrics; there is one of a name in a registry. */
  readonly name: string;
  readonly reconcile: Reconcile;
  /** Where its requests come from. A controller without any has only what is put into its `queue` by hand. */
  readonly sources: readonly ControllerSource[];
  /** Requests that are handled at once. @default 1, as controller-runtime */
  readonly maxConcurrentReconciles?: number | undefined;
  /** How long what failed waits. It has state: one for each controller. @default each request by itself, 5 ms × 2 ^ failures, at most 1000 s, as controller-runtime */
  readonly rateLimiter?: RateLimiter<Request> | undefined;
  /** The priority of what a source tells of, higher first; `given` is the source's own. @default that one: 0, and -100 for what a first list or a resync tells of */
  readonly priority?: ((request: Request, given: number) => number) | undefined;
  /** ms from the start of one reconcile to the next of the same request. @default none; Cluster API has 1_000 for its own controllers */
  readonly minInterval?: number | undefined;
  /**
   * ms after which a reconcile is cancelled and retried with backoff. Its worker goes on with other requests at once; its own request waits until it has ended, for there are never two
   * reconciles of one request. @default none, as controller-runtime
   */
  readonly deadline?: number | undefined;
  /** The cluster that a request is about: clusters take turns. @default the request's `cluster` */
  readonly clusterOf?: ((request: Request) => ObjectKey | undefined) | undefined;
  /** Requests of such a cluster wait in the queue, until the cluster is connected or gone, and it is false. @default never */
  readonly parkWhile?: ((cluster: ObjectKey) => boolean) | undefined;
  /** Clusters whose requests are to be looked at again: a cluster cache's `parking` has both. @default those that get connected, or are gone, of the connections that the controller knows */
  readonly released$?: Observable<ObjectKey> | undefined;
  /** Whose connections what failed with a `ClusterNotConnectedError` waits for. @default those of the sources that have `connections$`, and the manager's */
  readonly clusters?: { readonly connections$: Connections } | undefined;
  /** ms for all sources to have told what there was. @default 120_000, as controller-runtime */
  readonly cacheSyncTimeout?: number | undefined;
  /** Where the metrics go; docs/metrics.md lists them. Needs the package prom-client. @default the manager's registry, or none */
  readonly metrics?: MetricsRegistry | undefined;
  /** @default the manager's, or silent */
  readonly logger?: Logger | undefined;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
}

/** The options with every default filled in that is one value for all. */
export type ResolvedControllerOptions = ControllerOptions & Filled<Pick<ControllerOptions, keyof typeof controllerDefaults>>;

export const controllerDefaults = Object.freeze({ maxConcurrentReconciles: 1, cacheSyncTimeout: 120_000, scheduler: asyncScheduler });

const controllerShape = {
  name: text,
  reconcile: procedure,
  sources: list,
  maxConcurrentReconciles: optional(count),
  rateLimiter: optional(having('a rate limiter with when(), forget() and numRequeues()', 'when', 'forget', 'numRequeues')),
  priority: optional(procedure),
  minInterval: optional(duration),
  deadline: optional(duration),
  clusterOf: optional(procedure),
  parkWhile: optional(procedure),
  released$: optional((value) => (isObservable(value) ? undefined : 'an Observable of clusters')),
  clusters: optional((value) => (isObservable((value as ControllerOptions['clusters'] | null)?.connections$) ? undefined : 'a ClusterCache, or an object with connections$')),
  cacheSyncTimeout: optional(duration),
  metrics: optional(having('a Registry of prom-client', 'registerMetric', 'getSingleMetric', 'removeSingleMetric')),
  logger: optional(having('a logger with debug(), info(), warn() and error()', 'debug', 'info', 'warn', 'error')),
  scheduler: optional(schedulerLike),
} satisfies Record<keyof ControllerOptions, Check>;

const aSource: Check = (value) => (isObservable(value) || isEventSource(value) ? undefined : 'an Observable of requests, or a source with a name and start()');

/** Fills in the defaults. Throws a TypeError that names the field, what was expected and what came. */
export function resolveControllerOptions(options: ControllerOptions): ResolvedControllerOptions {
  checkOptions('options', options, controllerShape);
  const shape = Object.fromEntries(options.sources.map((_source, at) => [at, aSource]));
  checkOptions('options.sources', { ...options.sources }, shape);
  return filled(controllerDefaults, options);
}

function isEventSource(value: unknown): boolean {
  return text((value as { readonly name?: unknown } | null)?.name) === undefined && having('', 'start')(value) === undefined;
}

/** What a source is called in logs and errors. */
export function sourceName(source: ControllerSource, at: number): string {
  return 'name' in source ? source.name : `sources[${at}]`;
}

