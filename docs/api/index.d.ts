// The public surface of 'clustercache', with its contracts. Written by `npm run api`; a spec compares it.

import { KubeConfig, V1Secret } from '@kubernetes/client-node';
import { KeyObject } from 'node:crypto';
import { Observable, ObservableInput, Observer, OperatorFunction, SchedulerLike } from 'rxjs';

/**
 * A live, health-checked connection to every workload cluster of a management cluster.
 *
 * Nothing runs before `start`, and nothing after `stop`. Streams may be subscribed before, and complete with `stop`; they never error. Getters are
 * synchronous, never touch the network and, for a cluster that is not connected, throw a `ClusterNotConnectedError`. A state is kept before it is told:
 * whoever is told "connected" can get the client at once.
 */
export declare class ClusterCache implements AsyncDisposable {
    #private;
    /** Throws a TypeError that names the option, what was expected and what came. */
    constructor(options: ClusterCacheOptions);
    /**
     * Resolves when the first lists of Clusters and kubeconfig Secrets are in; connects are under way then. A management cluster that cannot be
     * reached is tried for as long as it takes. Rejects when its kubeconfig cannot be used (which ends it), when `signal` is aborted or `stop` called before, with the last
     * failure as the cause. A signal that is aborted, then or later, stops it. A second call returns the first one's promise; after `stop` it rejects.
     */
    start(signal?: AbortSignal): Promise<void>;
    /** Ends everything: streams complete after their last state, `absent(stopped)`; connections, timers and sockets are gone when it resolves. Idempotent. */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    /** The state of every known cluster at once, then every change of any; a cluster's last is `absent`. Completes on `stop`. */
    readonly connections$: Observable<ConnectionState>;
    /** What happens to clusters, from now on: connected, disconnected, kubeconfigRotated, removed. Completes on `stop`. */
    readonly events$: Observable<ClusterEvent>;
    /** A cluster's state at once (`absent` for one that is not known), then every change, for as long as it takes: it may come back. Completes on `stop`. */
    connection$(key: ObjectKey): Observable<ConnectionState>;
    /** A cluster's health at once, then after every probe and connect. Completes on `stop`. */
    health$(key: ObjectKey): Observable<HealthCheckingState>;
    /** When a cluster was last probed or connected with success: at once, then when that changes; `undefined` for never. Completes on `stop`. */
    lastProbeSuccess$(key: ObjectKey): Observable<Date | undefined>;
    /**
     * `connected` of every connected cluster at once (an option turns that off), then every event of `events$` and, for each `watchForProbeFailure(ms)`,
     * `probeFailing` when that time has passed since the last success, and `probeRecovered`. Each subscriber has its own; completes on `stop`.
     */
    clusterEvents$(...options: readonly ClusterSourceOption[]): Observable<ClusterEvent>;
    /**
     * The events of `clusterEvents$` as the requests that `map` makes of them; `removed` only where asked for. While a cluster is being mapped only its newest
     * event waits; a `map` that throws or rejects is logged. Completes on `stop`; never errors.
     */
    getClusterSource(controllerName: string, map: ClusterToRequests, ...options: readonly ClusterSourceOption[]): Source;
    /** To be spread into a work queue's options: a cluster's requests wait while it is not connected, without retries; not those that are about its connection. */
    readonly parking: ClusterParking;
    /** A cluster's client of the moment, as `getClient` has it, or `undefined` while there is no connection: at once, then when that changes. Completes on `stop`. */
    client$(key: ObjectKey): Observable<Client | undefined>;
    /**
     * The objects of a kind of one cluster: what there is as `added`, then `synced`, then every change. Goes on over every outage, rotation and reconnect with exactly what
     * changed meanwhile, deletes included, each with its cause. Where the cluster is removed, or another one is behind its name, its objects are told as
     * deleted; then, with `synced` once more, what the next one has. A subscriber that takes too long is told the rest conflated by object.
     *
     * The first subscriber has the kind listed and kept, the last one's leave lets it go after a linger. Completes on `stop`, without deletes; never errors. Throws a
     * TypeError, or a `SelectorError`, for options that are none.
     */
    objects$<T extends object>(key: ObjectKey, kind: Kind<T>, options?: ObjectsSelection): Observable<ObjectEvent<T>>;
    /** The same of every cluster, each event with its `cluster`. */
    fleetObjects$<T extends object>(kind: Kind<T>, options?: ObjectsSelection): Observable<FleetObjectEvent<T>>;
    /**
     * A client that reads from memory and writes live. The first read of a kind has it listed, and waits for that at most the client's timeout; kinds of
     * `client.cache.disableFor` are read live. With `readOwnWrites` a read waits until it shows what this very client has written. Goes on over a rotation of the kubeconfig;
     * after a disconnect every call fails with a `ClusterNotConnectedError`, but for reads with `stale: true`.
     */
    getClient(key: ObjectKey, options?: {
        readonly readOwnWrites?: boolean;
    }): Client;
    /** The reading side of `getClient`. */
    getReader(key: ObjectKey): Reader;
    /**
     * Has a watcher told of what there is of a kind in one cluster, and then of every change, until it is taken back or the cluster is removed: over every disconnect,
     * without another call. The same name is watched once for each cluster, and the same handle returned. Throws a TypeError for what is no watcher, then a
     * `ClusterNotConnectedError`, then one of code `WATCH_CONFLICT` where the name is taken by a watch of another kind or selector.
     */
    watch<T extends object>(key: ObjectKey, watcher: Watcher<T>): WatchHandle;
    /** A client that reads and writes live. It goes on over a rotation of the kubeconfig, and fails with a `ClusterNotConnectedError` after a disconnect. */
    getUncachedClient(key: ObjectKey): Client;
    /** A KubeConfig of client-node whose API classes use the connection's own sockets and token bucket, and end with it. Frozen. */
    getRESTConfig(key: ObjectKey): KubeConfig;
    /** What is known of a cluster's health now; of an unknown cluster nothing. Throws for what is no key, and for nothing else. */
    getHealthCheckingState(key: ObjectKey): HealthCheckingState;
    /** When a cluster was last probed or connected with success. Throws for what is no key, and for nothing else. */
    getLastProbeSuccessTimestamp(key: ObjectKey): Date | undefined;
    /**
     * The RSA key, 2048 bits, to make this cluster's client certificates with: made when first asked for, off the main thread, connected or not, and kept until
     * the cluster is removed. Rejects for a cluster that is not known.
     */
    getClientCertificatePrivateKey(key: ObjectKey): Promise<KeyObject>;
    /** Why a cluster is in the state it is in: the stages of its last connect, its error, its credentials' expiry, its sockets. Throws for what is no key, and for nothing else. */
    diagnose(key: ObjectKey): Diagnosis;
}

/** What clients read from memory. */
export interface ClientCacheOptions {
    /** Kinds that are read live, always. @default none */
    readonly disableFor?: readonly Kind<unknown>[] | undefined;
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

/** What may differ from cluster to cluster: a far one needs more time. */
export interface ClusterTiming {
    readonly healthProbe: HealthProbeOptions;
    readonly connectionCreationRetryInterval: number;
    readonly client: Pick<ClientOptions, 'timeout'>;
}

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

/** A Registry of prom-client, by what is asked of it: the package is not needed where nothing is measured. */
export interface MetricsRegistry {
    registerMetric(metric: never): void;
    getSingleMetric(name: string): unknown;
    removeSingleMetric(name: string): void;
}

/** The one state of a cluster's connection; see {@link ClusterConnectionState}. */
export type ConnectionState = ClusterConnectionState<Connection>;

/** What a work queue has to know to park the requests of a cluster while it has no connection; to be spread into its options. */
export interface ClusterParking {
    /** Whether a cluster is known, and not connected. */
    readonly parkWhile: (cluster: ObjectKey) => boolean;
    /** A cluster, whenever it is connected, or is gone: nothing is to be waited for then. Completes on `stop`; never errors. */
    readonly released$: Observable<ObjectKey>;
}

/** A connection to a workload cluster, as its state shows it. What can be done with it is asked of the cluster cache. */
export interface Connection {
    /** The origin of the API server. */
    readonly server: string;
    /** The UID of the Namespace kube-system; `undefined` where it may not be read. */
    readonly clusterUid?: string;
    /** Whether the controller runs on this very cluster and talks to it by the in-cluster address. */
    readonly inCluster: boolean;
    /** How the connect went. */
    readonly stages: readonly StageTiming[];
}

/** One cluster as a person who asks why would want it told. Plain values; nothing of the kubeconfig but its server and dates. */
export interface Diagnosis {
    readonly cluster: ObjectKey;
    readonly phase: ConnectionState['phase'];
    readonly reason?: string;
    readonly since: Date;
    readonly health: HealthCheckingState;
    /** The stages of the last connect; the last one is where it failed, if it did. */
    readonly stages: readonly StageTiming[];
    /** What went wrong, and what to look at. */
    readonly error?: {
        readonly code: string;
        readonly message: string;
        readonly stage?: ConnectStage;
        readonly hint?: string;
    };
    readonly retryAt?: Date;
    readonly server?: string;
    /** The UID of kube-system there. */
    readonly clusterUid?: string;
    readonly inCluster?: boolean;
    /** When the client certificate and the token of the kubeconfig in use expire, as far as they say. */
    readonly certificateExpiry?: Date;
    readonly tokenExpiry?: Date;
    readonly protocol?: 'h2' | 'http/1.1';
    readonly sockets: number;
    readonly streams: number;
    /** The kinds that are kept. */
    readonly informers: readonly InformerDiagnosis[];
    /** When the last byte came from the cluster. */
    readonly lastActivity?: Date;
}

/** How one kind is kept. */
export interface InformerDiagnosis {
    readonly apiVersion: string;
    readonly kind: string;
    readonly objects: number;
    /** Whether all objects of one moment were in. */
    readonly synced: boolean;
    /** Whether changes come as they happen. */
    readonly live: boolean;
    /** ms since it last heard of its objects, a bookmark included. */
    readonly age?: number;
    readonly resourceVersion?: string;
    /** What went wrong last, since it last went well. */
    readonly error?: string;
}

export type AbsentReason = 'unknown' | 'deleted' | 'filtered' | 'stopped';

export type DisconnectReason = 'connectFailed' | 'unauthorized' | 'probeFailureThreshold' | 'connectionLost';

export type PendingReason = 'infrastructureNotProvisioned' | 'kubeconfigMissing';

/** What is known of a cluster's API server from probing it; a connect counts as a probe. Absent is "never". */
export interface HealthCheckingState {
    /** When the last probe or connect ended. */
    readonly lastProbeTime?: Date;
    /** When the last successful one ended. */
    readonly lastProbeSuccessTime?: Date;
    /** Failed probes and connects in a row. */
    readonly consecutiveFailures: number;
}

/** A Cluster API Cluster, v1beta1 or v1beta2: the fields that are read here; all others are kept. */
export interface Cluster extends KubernetesObject {
    readonly spec?: {
        readonly paused?: boolean;
        readonly controlPlaneEndpoint?: {
            readonly host?: string;
            readonly port?: number;
        };
        readonly [field: string]: unknown;
    };
    readonly status?: {
        /** v1beta1 */
        readonly infrastructureReady?: boolean;
        /** v1beta2 */
        readonly initialization?: {
            readonly infrastructureProvisioned?: boolean;
            readonly controlPlaneInitialized?: boolean;
        };
        readonly [field: string]: unknown;
    };
}

/** What controllers are told of a cluster. `after` is the duration of the `watchForProbeFailure` that a probe event belongs to, in ms. */
export interface ClusterEvent {
    readonly type: 'connected' | 'disconnected' | 'probeFailing' | 'probeRecovered' | 'kubeconfigRotated' | 'removed';
    readonly key: ObjectKey;
    readonly cluster: Cluster;
    readonly at: Date;
    readonly reason?: DisconnectReason | PendingReason;
    readonly after?: number;
}

/** For `filter`: a cluster has a connection now. */
export declare const isConnected: (event: ClusterEvent) => boolean;

/** For `filter`: a cluster's connection is gone. */
export declare const isDisconnected: (event: ClusterEvent) => boolean;

/** For `filter`: a cluster is gone, or filtered out. */
export declare const isRemoved: (event: ClusterEvent) => boolean;

/**
 * Names one object that a controller should look at. `cluster` is the workload cluster whose object it is, or that it is about; it is part of the name: the same object
 * asked for with and without it is two requests.
 */
export type Request = ObjectKey & {
    readonly cluster?: ObjectKey;
};

/** For `map`: the request to look at the event's Cluster. */
export declare const toRequest: ({ key }: Pick<ClusterEvent, 'key'>) => Request;

/** What a mapper is given along with a cluster and its event. */
export interface ClusterMapContext {
    /** Reads the management cluster: from the memory of its manager, where the cluster cache was set up with one, else live. */
    readonly reader: Pick<Reader, 'get' | 'list'>;
}

/** What a consumer of cluster events asks for; several are taken together. */
export interface ClusterSourceOption {
    /** ms without a successful probe after which `probeFailing` is sent. */
    readonly probeFailureAfter?: number;
    /** Begin with `connected` of every connected cluster. @default true */
    readonly initialEvents?: boolean;
    /** Hand `removed` to the mapper of a source. @default false: there is nothing to reconcile against */
    readonly removals?: boolean;
}

/** Maps what happened to a cluster to what a controller should look at. */
export type ClusterToRequests = (cluster: Cluster, event: ClusterEvent, context: ClusterMapContext) => readonly Request[] | PromiseLike<readonly Request[]>;

/**
 * Requests for a controller, which are about connections: no queue parks them. Never errors; completes when the cluster cache stops; unsubscribing gives up what is being mapped.
 */
export interface Source extends Observable<Request> {
    /** The states of the clusters that it is of, as the cluster cache's `connections$`: by them a controller knows when what it has parked can go on. */
    readonly connections$: Observable<ConnectionState>;
}

/** Sends `probeFailing` once `milliseconds` have passed without a successful probe, and `probeRecovered` should one succeed before the connection is given up. */
export declare function watchForProbeFailure(milliseconds: number): ClusterSourceOption;

/** Hands `removed` events to a source's mapper as well. */
export declare function watchForRemoval(): ClusterSourceOption;

/** Leaves out the `connected` events of clusters that are connected already. */
export declare function withoutInitialEvents(): ClusterSourceOption;

/**
 * What is to be done, once each: client-go's work queue, for which clusters take turns. An item that is added while it waits is there once; one that is added while it
 * is processed is handed out once more after `done`, and never to two workers at a time. An Observer, so that streams can be subscribed with it:
 * `cache.events$.pipe(filter(isDisconnected), map(toRequest)).subscribe(queue)`.
 */
export declare class WorkQueue<T = Request> implements Observer<T>, WorkQueueReadings {
    #private;
    readonly name: string;
    /**
     * Emits, synchronously, when {@link poll} may have something: at once where it has, and whenever more becomes ready. What becomes ready while it emits is told when it
     * has emitted. Completes once the queue is shut down and nothing is ready or processed any more; never errors.
     */
    readonly available$: Observable<void>;
    constructor(options?: WorkQueueOptions<T>);
    /** How many are ready to be handed out: client-go's `Len`, without what is processed, delayed or parked. What waits for a cluster that is lost counts until its turn comes. */
    get length(): number;
    /** How many are delayed. */
    get waiting(): number;
    /** How many wait for the connection of a cluster. */
    get parked(): number;
    /** How many are handed out and not done. */
    get processing(): number;
    /** Whether it takes no more items. */
    get shuttingDown(): boolean;
    /** As {@link add}; what is no item is logged, for what a stream's observer throws would end the process. */
    next(item: T): void;
    /** A source failed: logged, for the others go on. */
    error(err: unknown): void;
    /** A source has nothing more, which says nothing of the others. */
    complete(): void;
    /**
     * The item is to be done. One that waits already keeps its place, or takes the last one of a higher priority; the item itself is the one that came first, unless the other is
     * about connections. Ignored once the queue shuts down. Throws a TypeError where the item, the priority or the delay can be none.
     */
    add(item: T, { priority, after, rateLimited }?: AddOptions): void;
    /** Adds it when the time has passed; at once where there is none. Of two delays of one item the earlier end holds. An add meanwhile takes none of it back, as in client-go. */
    addAfter(item: T, ms: number): void;
    /** Adds it when the rate limiter says. */
    addRateLimited(item: T): void;
    /** The item has succeeded, or nobody tries it any more: its rate limiter begins anew. It is processed, or waits, as before. */
    forget(item: T): void;
    /** How often the rate limiter was asked for the item since it was forgotten. */
    numRequeues(item: T): number;
    /** What an item that is processed was handed out with: whoever adds it again may wish to keep it. `undefined` for all others. */
    priorityOf(item: T): number | undefined;
    /**
     * The item waits, without retries, until its cluster is released, or an equal item about connections is added. One that is processed is parked once it is done, in place
     * of what was added meanwhile. Where there is nothing to wait for any more, because `parkWhile` says so or a release came while it was processed, it is added by the rate
     * limiter instead; an item about connections always is. Ignored once the queue shuts down. Throws a TypeError for what is no item or names no cluster.
     */
    park(item: T, cluster: ObjectKey): void;
    /** The cluster's items that are parked are ready again; unless `parkWhile` says that they must wait on. Throws a TypeError for what names no cluster. */
    release(cluster: ObjectKey): void;
    /** The next item, which is processed from now on: whoever takes it must call {@link done}. `undefined` where none is ready. */
    poll(): T | undefined;
    /** As {@link poll}, but waits for an item; who waits longest has the next one. `undefined` once the queue shuts down and none is ready. */
    get(): Promise<T | undefined>;
    /** The item is processed no more; if it was added meanwhile it is ready once more, even while the queue shuts down. Nothing where it is not processed. */
    done(item: T): void;
    /** Takes no more items, and drops what is delayed or parked; what is ready is still handed out. Ends the wait of {@link shutDownWithDrain}. Idempotent. */
    shutDown(): void;
    /** As {@link shutDown}; resolves when nothing is processed any more, or somebody calls {@link shutDown}. Whoever processes an item must say `done`, or it never does. */
    shutDownWithDrain(): Promise<void>;
    /** For metrics; nothing is reckoned where the queue has none. */
    unfinished(): {
        readonly total: number;
        readonly longest: number;
    };
}

export interface AddOptions {
    /** Higher first; any finite number. An item that waits keeps the higher one of both. @default 0 */
    readonly priority?: number | undefined;
    /** ms until it is added. @default 0 */
    readonly after?: number | undefined;
    /** Whether it waits as long as the rate limiter says; or as long as `after`, where that is there and shorter. @default false */
    readonly rateLimited?: boolean | undefined;
}

export interface WorkQueueOptions<T = Request> {
    /** For log records and metrics. @default '' */
    readonly name?: string | undefined;
    /**
     * What items are told apart by: of two with the same key only one waits. Must depend on the item alone. Where it throws, or returns something else, that is logged
     * and the item passed over. @default a string by itself, a request by what it names; anything else is a TypeError
     */
    readonly keyOf?: ((item: T) => string) | undefined;
    /**
     * The cluster in whose turn an item is handed out, and for whose connection it may be parked. Must depend on the key alone. Where it throws, that is logged, and the item
     * belongs to no cluster. @default the item's `cluster`
     */
    readonly clusterOf?: ((item: T) => ObjectKey | undefined) | undefined;
    /** Whether clusters take turns, so that one with many items does not hold up the others. Items of no cluster have a turn together. @default true */
    readonly fair?: boolean | undefined;
    /** Says how long {@link WorkQueue.addRateLimited} waits. One that throws, or returns no number, is logged, and the item waits for a second. @default client-go's, of its own */
    readonly rateLimiter?: RateLimiter<T> | undefined;
    /**
     * Whether a cluster's items are to be parked: asked as an item is added, again before it is handed out, and on a release. Must be quick; where it throws, or says
     * neither true nor false, that is logged, and the item is not parked. @default only what is parked by name
     */
    readonly parkWhile?: ((cluster: ObjectKey) => boolean) | undefined;
    /**
     * Emits a cluster whenever its items are to be looked at again, as {@link WorkQueue.release} does. Subscribed to with the first item that is parked, and left as the queue is
     * shut down. An error of it is logged. @default only what is released by name
     */
    readonly released$?: Observable<ObjectKey> | undefined;
    /** @default nothing is measured */
    readonly metrics?: WorkQueueMetrics | undefined;
    /** Takes what the functions above throw, and errors of sources. @default silent */
    readonly logger?: Logger | undefined;
    /** The clock and the one timer. @default asyncScheduler, by the monotonic clock */
    readonly scheduler?: SchedulerLike | undefined;
}

export interface BucketOptions {
    /** Tries a second, of all items together. @default 10, as client-go */
    readonly qps?: number | undefined;
    /** Tries that need not wait after a time without any. @default 100, as client-go */
    readonly burst?: number | undefined;
    /** @default asyncScheduler, by the monotonic clock */
    readonly scheduler?: SchedulerLike | undefined;
}

export interface ExponentialFailureOptions<T> {
    /** ms after the first failure; twice as long after each further one. @default 5, as client-go */
    readonly baseDelay?: number | undefined;
    /** The longest wait, in ms. @default 1_000_000, as client-go: 16 min 40 s */
    readonly maxDelay?: number | undefined;
    /** What items are told apart by. @default a string by itself, a request by what it names */
    readonly keyOf?: ((item: T) => string) | undefined;
}

/** Says how long an item waits before it is tried again. It has state: each queue has its own. */
export interface RateLimiter<T> {
    /** ms until the item may be tried again; asking counts as a failure of it. */
    when(item: T): number;
    /** The item has succeeded, or nobody tries it any more. */
    forget(item: T): void;
    /** How often the item failed since it was forgotten. */
    numRequeues(item: T): number;
}

/** All items together: a token bucket. It knows no failures, so `forget` does nothing. */
export declare function bucketRateLimiter<T>(options?: BucketOptions): RateLimiter<T>;

/** client-go's default: each item by itself, 5 ms to 1000 s, and all together 10 a second after a burst of 100. */
export declare function defaultControllerRateLimiter<T>(options?: {
    readonly keyOf?: ((item: T) => string) | undefined;
    readonly scheduler?: SchedulerLike | undefined;
}): RateLimiter<T>;

/** Each item by itself: `baseDelay` × 2 ^ failures, at most `maxDelay`. */
export declare function itemExponentialFailureRateLimiter<T>(options?: ExponentialFailureOptions<T>): RateLimiter<T>;

/** The longest wait that any of them says, and the most failures. */
export declare function maxOfRateLimiter<T>(...limiters: readonly RateLimiter<T>[]): RateLimiter<T>;

/** What there is to measure of one queue. Durations are in ms. Nothing is reckoned where nobody measures. */
export interface WorkQueueMetrics {
    /** Called once, by the queue as it is made: where to look for what changes by itself, whenever that is to be shown. */
    keep(readings: WorkQueueReadings): void;
    /** An item came that was not waiting already: one more add, and one more that waits. */
    added(priority: number): void;
    /** An item that waits has another priority. */
    prioritized(from: number, to: number): void;
    /** An item waits for its cluster's connection, and not for a worker any more. */
    parked(priority: number): void;
    /** An item that was parked waits for a worker again. */
    released(priority: number): void;
    /** An item was handed out, `waited` ms after it was added or released. */
    taken(priority: number, waited: number): void;
    /** An item is done, `worked` ms after it was handed out. */
    done(worked: number): void;
    /** An item is to be tried again later. */
    retried(): void;
}

/** What is to be seen of a queue at any time. */
export interface WorkQueueReadings {
    /** The name the queue was given. */
    readonly name: string;
    /** Items that are parked. */
    readonly parked: number;
    /** ms that the items which are processed now have been so far: all of them together, and the one that takes longest. */
    unfinished(): {
        readonly total: number;
        readonly longest: number;
    };
}

/**
 * Has the objects that its sources tell of reconciled: each request by one reconcile at a time, again after a failure, and in between as often as it asks for. controller-runtime's
 * `controller.Controller`. It is started once; everything that it holds goes with `stop`.
 */
export declare class Controller implements AsyncDisposable {
    #private;
    readonly name: string;
    /** What waits to be reconciled. Anything may be added to it, before the start too. */
    readonly queue: WorkQueue<Request>;
    /** What every reconcile came to, when it has ended or its deadline has passed. Completes when the controller has ended; never errors. */
    readonly results$: Observable<ReconcileOutcome>;
    /** Throws a TypeError that names the option, what was expected and what came. */
    constructor(options: ControllerOptions);
    /**
     * Starts the sources, waits until each has told what there was, and then the workers. Resolves when the controller has been stopped and what ran has ended. Rejects with a
     * `ClusterCacheError` when it could not be started (`CACHE_SYNC_TIMEOUT`, `SOURCE_FAILED`, `METRICS_TAKEN`), when a source that can be started once only fails later, and with
     * `CONTROLLER_STARTED` the second time. After `stop`, or with a signal that is aborted, it resolves without having begun.
     */
    start(context?: ControllerContext): Promise<void>;
    /**
     * Begins no reconcile any more and cancels what runs: its signal aborts, an Observable is unsubscribed. Resolves when all of it has ended, what is over its deadline included; a manager
     * waits for that no longer than its graceful shutdown's timeout. What is left in the queue is dropped: the sources of the next process tell of it. Idempotent.
     */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** What a controller is started with: by its manager, or by hand. */
export interface ControllerContext {
    /** Stops the controller when it aborts. */
    readonly signal?: AbortSignal | undefined;
    /** The management cluster's cache, for the sources that follow its objects. */
    readonly management?: ManagementObjects | undefined;
    /** The management cluster's client, for the reconciles. */
    readonly client?: Client | undefined;
    /** Connections to wait for, beside those of the options and the sources. */
    readonly connections$?: Connections | undefined;
    /** Where the options have none. */
    readonly metrics?: MetricsRegistry | undefined;
    /** Where the options have none. */
    readonly logger?: Logger | undefined;
}

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
    readonly clusters?: {
        readonly connections$: Connections;
    } | undefined;
    /** ms for all sources to have told what there was. @default 120_000, as controller-runtime */
    readonly cacheSyncTimeout?: number | undefined;
    /** Where the metrics go; docs/metrics.md lists them. Needs the package prom-client. @default the manager's registry, or none */
    readonly metrics?: MetricsRegistry | undefined;
    /** @default the manager's, or silent */
    readonly logger?: Logger | undefined;
    /** The one clock. @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Brings what is into agreement with what should be, for one object. Called with its request, never twice at once for the same one. Ends when its promise settles, or its Observable
 * completes: the last value is the result, none is success. A throw, a rejection or an error is retried with backoff. Its Observable is unsubscribed where it is cancelled.
 */
export type Reconcile = (request: Request, context: ReconcileContext) => PromiseLike<Result | void> | Observable<Result | void> | Result | void;

/** What a reconcile is given along with its request. Its fields are made when they are first looked at. */
export interface ReconcileContext {
    /** Aborts when the controller stops, and with a `ReconcileTimeoutError` when the deadline passes: to be handed to every call. */
    readonly signal: AbortSignal;
    /** The controller's logger, with `controller`, `request` and `reconcileId` in every record. */
    readonly logger: Logger;
    /** Of this reconcile alone, in its log records and in nothing else. */
    readonly reconcileId: string;
    /** The management cluster's, cached, where the controller was started with one: by a manager. */
    readonly client?: Client | undefined;
    /** 1, and one more after every failure or `requeue` in a row. */
    readonly attempt: number;
}

/** How a reconcile ended. */
export interface ReconcileOutcome {
    readonly request: Request;
    readonly result: ReconcileResult;
    /** ms that it took. */
    readonly duration: number;
    /** Where it failed, or waits for its cluster: with what. */
    readonly error?: unknown;
}

/** What a reconcile asks for. Nothing, or an empty one: its request is done until something changes, and what it failed before is forgotten. */
export interface Result {
    /** Once more, after the rate limiter's wait: that of a failure, without being one. */
    readonly requeue?: boolean | undefined;
    /** Once more after so many ms; what the request failed before is forgotten. Goes before `requeue`; 0 says nothing. */
    readonly requeueAfter?: number | undefined;
    /** The priority that the request waits with, higher first. @default the one that it had, as controller-runtime */
    readonly priority?: number | undefined;
}

/** Thrown by a reconcile that would fail again however often it were tried: it is logged and counted, and its request waits for the next change. Also as the `cause` of another error. */
export declare class TerminalError extends ClusterCacheError {
    readonly name = "TerminalError";
    constructor(message: string, options?: ClusterCacheErrorOptions);
}

/** A reconcile did not end within its deadline: the reason of its signal, and what is reported of it. */
export declare class ReconcileTimeoutError extends ClusterCacheError {
    readonly name = "ReconcileTimeoutError";
    constructor(deadline: number);
}

/** What a controller takes as a source: a plain Observable, such as a cluster cache's `getClusterSource`, is one that has nothing to wait for. */
export type ControllerSource = EventSource | Observable<Request>;

/** Where a controller's requests come from: controller-runtime's `source.Source`. */
export interface EventSource {
    /** What it is called in log records. */
    readonly name: string;
    /** The states of the workload clusters that it is of, where it is of some: by them its controller knows when what it has parked can go on. */
    readonly connections$?: Observable<ConnectionState> | undefined;
    /**
     * What it tells from now on. Cold: nothing is followed before it is subscribed, and nothing after it is left. `synced` comes once, with the first requests before
     * it where the source has objects to list. Never errors for what a handler or predicate throws; completes when what it follows does. Throws a `ClusterCacheError` of
     * code `SOURCE_STARTED` the second time: a source belongs to one controller.
     */
    start(context: SourceContext): Observable<SourceEvent>;
}

/** The objects of the management cluster, as its manager keeps them: as `objects$` of a cluster cache, without the cluster's key. */
export interface ManagementObjects {
    objects$<T extends object>(kind: Kind<T>, options?: ObjectsSelection): Observable<ObjectEvent<T>>;
}

/**
 * Tells what a controller should look at because of a change. `cluster` is the workload cluster of the object, `undefined` where it is the management cluster's.
 * Can be handed to `clusters.watch()` as well. One that throws or rejects is logged with the object's key, and its source goes on.
 */
export type ObjectHandler<T> = (change: ObjectChange<T>, cluster?: ObjectKey) => Requests;

/** Whether a change matters to a controller; must depend on its arguments alone. One that throws is logged with the object's key, and its change passed over. */
export type ObjectPredicate<T> = (change: ObjectChange<T>, cluster?: ObjectKey) => boolean;

/** What a controller hands to the sources that it starts. */
export interface SourceContext {
    /** For log records. */
    readonly controllerName: string;
    /** The cache of the management cluster, where there is one. */
    readonly management?: ManagementObjects | undefined;
    /** Takes what a handler, a mapper or a predicate throws; must not throw itself. */
    readonly logger: Logger;
    readonly scheduler: SchedulerLike;
}

/** What a source tells its controller: a request for the queue, or that what there was at the beginning has been told. */
export type SourceEvent = {
    readonly type: 'request';
    readonly request: Request; /** Higher first. @default 0 */
    readonly priority?: number;
} | {
    readonly type: 'synced';
};

/** The priority of what only says that an object is there: of a first list, and of a resync. Below what has changed: a restart does not delay what happens. As controller-runtime. */
export declare const LOW_PRIORITY = -100;

/** Whose objects a source follows, and which of them. */
export interface KindSourceOptions extends ObjectsSelection {
    /** A cluster cache: the objects are those of its workload clusters. @default those of the management cluster */
    readonly clusters?: (Pick<ClusterCache, 'objects$' | 'fleetObjects$'> & Partial<Pick<ClusterCache, 'connections$'>>) | undefined;
    /** The one workload cluster that is meant. @default all that `clusters` knows */
    readonly cluster?: ObjectKey | undefined;
}

/**
 * The objects of a kind as a source: every object that is there, then every change, over every outage and reconnect. What all predicates let pass the handler makes requests of;
 * those of a first list and of a resync have the priority {@link LOW_PRIORITY}. A handler that returns promises has at most one for each object at a time, and a
 * hundred at all; what changes meanwhile is handed to it as one change. controller-runtime's `source.Kind`.
 *
 * Synced when the management cluster's objects have been listed; at once where the objects are those of workload clusters, for one that is down must not keep a controller from its
 * work. Errors as the objects do, which those of this library never do. Starting it throws a `ClusterCacheError` of code `NO_MANAGEMENT_CACHE` where it needs the management cluster's
 * cache and there is none. Throws a TypeError for arguments that are none, a `SelectorError` for a selector that does not parse.
 */
export declare function kindSource<T extends object>(kind: Kind<T>, handler: ObjectHandler<NoInfer<T>>, predicates?: ObjectPredicate<NoInfer<T>> | readonly ObjectPredicate<NoInfer<T>>[], options?: KindSourceOptions): EventSource;

/** How a channel is known, and what of it may be passed over. */
export interface ChannelSourceOptions<X> {
    /** For log records. @default 'channel' */
    readonly name?: string | undefined;
    /**
     * What a value is about. While a handler's promise is about the same, only the newest value waits. For log records as well.
     * @default every value by itself: none is passed over, and a hundred are handled at a time
     */
    readonly keyOf?: ((value: X) => string) | undefined;
}

/**
 * Any Observable as a source: the handler makes requests of each value. Synced at once. One that errors is logged, and its controller goes on without it; one that completes is done.
 * A handler that throws or rejects is logged, and the source goes on. Throws a TypeError for arguments that are none. controller-runtime's `source.Channel`.
 */
export declare function channelSource<X>(observable$: Observable<X>, handler: (value: X) => Requests, options?: ChannelSourceOptions<NoInfer<X>>): EventSource;

/** What a controller should look at because of an object; `cluster` is the workload cluster whose object it is, `undefined` for the management cluster's. */
export type ObjectToRequests<T> = (object: T, cluster?: ObjectKey) => Requests;

/** Which owners are meant. */
export interface OwnerOptions {
    /** Only the owner that is the object's controller. @default false: every owner of the kind. controller-runtime's `OnlyControllerOwner` */
    readonly isController?: boolean | undefined;
    /** The owners are in no namespace. @default false: they are in the object's */
    readonly clusterScoped?: boolean | undefined;
}

/** Asks for the object itself. controller-runtime's `EnqueueRequestForObject`. */
export declare function enqueueRequestForObject(): ObjectHandler<unknown>;

/**
 * Asks for the owners of an object that are of a kind, whatever its version; for an update for those before and after it. They are in the cluster in which the object is.
 * controller-runtime's `EnqueueRequestForOwner`. Throws a TypeError for arguments that are none.
 */
export declare function enqueueRequestForOwner(ownerKind: Kind<unknown>, options?: OwnerOptions): ObjectHandler<KubernetesObject>;

/**
 * Asks for what `map` makes of an object, now or later; for an update of the object before it and after it, each request once. The requests are told as they are: `cluster` is
 * in them where `map` puts it. controller-runtime's `EnqueueRequestsFromMapFunc`. Throws a TypeError for what is no function.
 */
export declare function enqueueRequestsFromMapFunc<T>(map: ObjectToRequests<T>): ObjectHandler<T>;

/** A map function for `getClusterSource`; with a reader of its own one for {@link enqueueRequestsFromMapFunc} over Clusters as well. */
export type ClusterMapper = (cluster: Cluster, of?: unknown, context?: {
    readonly reader: Pick<Reader, 'list'>;
}) => Promise<readonly Request[]>;

/** How the objects of a Cluster are found. */
export interface ClusterToObjectsOptions {
    /** Reads the management cluster, best from memory: a manager's `client`. @default the one that a cluster source hands to its mapper */
    readonly reader?: Pick<Reader, 'list'> | undefined;
    /** The kind's objects are in no namespace. @default false: they are in the Cluster's */
    readonly clusterScoped?: boolean | undefined;
}

/**
 * Maps a Cluster to the objects of a kind on the management cluster that are its own by the label `cluster.x-k8s.io/cluster-name`. They are listed with every event of every Cluster. The promise
 * rejects as that list does, and with a TypeError where there is no reader. Throws a TypeError for arguments that are none. Cluster API's `util.ClusterToTypedObjectsMapper`.
 */
export declare function clusterToObjects(kind: Kind<KubernetesObject>, options?: ClusterToObjectsOptions): ClusterMapper;

/** One test for each type of change; what has none passes. controller-runtime's `predicate.Funcs`. */
export interface PredicateFuncs<T> {
    readonly added?: ((change: AddedEvent<T>, cluster?: ObjectKey) => boolean) | undefined;
    readonly updated?: ((change: UpdatedEvent<T>, cluster?: ObjectKey) => boolean) | undefined;
    readonly deleted?: ((change: DeletedEvent<T>, cluster?: ObjectKey) => boolean) | undefined;
}

/** Changes that all predicates let pass; without any, everything. controller-runtime's `predicate.And`. */
export declare function and<T = KubernetesObject>(...predicates: readonly ObjectPredicate<T>[]): ObjectPredicate<T>;

/** Changes that one of the predicates lets pass; without any, nothing. controller-runtime's `predicate.Or`. */
export declare function or<T = KubernetesObject>(...predicates: readonly ObjectPredicate<T>[]): ObjectPredicate<T>;

/** Changes that a predicate does not let pass. controller-runtime's `predicate.Not`. */
export declare function not<T = KubernetesObject>(predicate: ObjectPredicate<T>): ObjectPredicate<T>;

/** A predicate of one test for each type of change. Throws a TypeError for what is no test. controller-runtime's `predicate.Funcs`. */
export declare function predicateFuncs<T = KubernetesObject>(tests: PredicateFuncs<T>): ObjectPredicate<T>;

/** Changes whose object passes a test; of an update the one after it. controller-runtime's `predicate.NewPredicateFuncs`. */
export declare function objectPredicate<T = KubernetesObject>(test: (object: T) => boolean): ObjectPredicate<T>;

/** Updates that change an annotation; everything else that is no update. controller-runtime's `AnnotationChangedPredicate`. */
export declare function annotationChangedPredicate(change: ObjectChange<KubernetesObject>): boolean;

/**
 * Updates that change `metadata.generation`, which the API server counts up with the spec; everything else that is no update. Keeps out what writes to the status only, and resyncs.
 * controller-runtime's `GenerationChangedPredicate`.
 */
export declare function generationChangedPredicate(change: ObjectChange<KubernetesObject>): boolean;

/** Updates that change a label; everything else that is no update. controller-runtime's `LabelChangedPredicate`. */
export declare function labelChangedPredicate(change: ObjectChange<KubernetesObject>): boolean;

/**
 * Changes of objects that a selector selects, as kubectl's `-l`; of an update by the labels after it: where an object leaves the selection its controller is not told. The
 * `labelSelector` of a source tells that as a delete. Throws a `SelectorError` for a selector that does not parse. controller-runtime's `LabelSelectorPredicate`.
 */
export declare function labelSelectorPredicate(selector: string): ObjectPredicate<KubernetesObject>;

/** Updates that change the object at all, so no resyncs; everything else that is no update. controller-runtime's `ResourceVersionChangedPredicate`. */
export declare function resourceVersionChangedPredicate(change: ObjectChange<KubernetesObject>): boolean;

/**
 * Updates by which a Cluster's control plane comes to be initialized, and nothing else. Cluster API's `predicates.ClusterControlPlaneInitialized`.
 */
export declare function clusterControlPlaneInitialized(change: ObjectChange<Cluster>): boolean;

/**
 * Updates by which a Cluster's infrastructure comes to be provisioned, and nothing else: v1beta2's `initialization.infrastructureProvisioned`, v1beta1's `infrastructureReady`.
 * Cluster API's `predicates.ClusterUpdateInfraReady`.
 */
export declare function clusterInfrastructureProvisioned(change: ObjectChange<Cluster>): boolean;

/** Changes of Clusters that are not paused; of an update by the one after it. */
export declare function clusterNotPaused({ object }: ObjectChange<Cluster>): boolean;

/** Changes of Clusters that are paused; of an update by the one after it. */
export declare function clusterPaused({ object }: ObjectChange<Cluster>): boolean;

/** Updates that pause a Cluster or let it go on, and nothing else. Cluster API's `predicates.ClusterPausedTransitions`. */
export declare function clusterPausedTransitions(change: ObjectChange<Cluster>): boolean;

/** Updates that one of the two lets pass. Cluster API's `predicates.ClusterPausedTransitionsOrInfrastructureProvisioned`. */
export declare const clusterPausedTransitionsOrInfrastructureProvisioned: ObjectPredicate<Cluster>;

/** Clusters that are new and not paused, and updates that let one go on. Cluster API's `predicates.ClusterUnpaused`. */
export declare function clusterUnpaused(change: ObjectChange<Cluster>): boolean;

/** Whether an object has the annotation `cluster.x-k8s.io/paused`, whatever its value. Cluster API's `annotations.HasPaused`. */
export declare function hasPausedAnnotation({ metadata }: KubernetesObject): boolean;

/** Whether an object has the label `cluster.x-k8s.io/watch-filter` with this value; an empty value is no label's. Cluster API's `labels.HasWatchLabel`. */
export declare function hasWatchLabel({ metadata }: KubernetesObject, value: string): boolean;

/** Whether a Cluster is paused: by `spec.paused`, or by its annotation. */
export declare function isClusterPaused(cluster: Cluster): boolean;

/**
 * Whether a Cluster's control plane has answered once: v1beta2's `initialization.controlPlaneInitialized`, or else the condition `ControlPlaneInitialized`, which v1beta1 has too and
 * v1beta2 carries on under `deprecated`.
 */
export declare function isControlPlaneInitialized({ status }: Cluster): boolean;

/** Whether an object is left alone: because its Cluster is, by `spec.paused`, or by its own annotation. Cluster API's `annotations.IsPaused`. */
export declare function isPaused(cluster: Cluster | undefined, object: KubernetesObject): boolean;

/**
 * Changes of objects that are this controller's by the label `cluster.x-k8s.io/watch-filter`, of an update by the labels after it; everything for an empty or undefined value. Throws a
 * TypeError for what is no string. Cluster API's `predicates.ResourceHasFilterLabel`.
 */
export declare function resourceHasFilterLabel(watchFilterValue: string | undefined): ObjectPredicate<KubernetesObject>;

/** Changes of objects without the annotation `cluster.x-k8s.io/paused`; of an update by the one after it. Cluster API's `predicates.ResourceNotPaused`. */
export declare function resourceNotPaused({ object }: ObjectChange<KubernetesObject>): boolean;

/** Changes that {@link resourceNotPaused} and {@link resourceHasFilterLabel} let pass. Cluster API's `predicates.ResourceNotPausedAndHasFilterLabel`. */
export declare function resourceNotPausedAndHasFilterLabel(watchFilterValue: string | undefined): ObjectPredicate<KubernetesObject>;

/**
 * Runs what a program is made of on one connection to the management cluster: its cache, its cluster caches, its controllers, its health endpoints; and stops it in the
 * opposite order. With leader election everything is warm on every replica, and controllers work on one.
 *
 * Nothing runs before `start`, and nothing after it: no socket, no timer, no listener.
 */
export declare class Manager implements ManagementConnection, ManagementObjects, AsyncDisposable {
    #private;
    /** With every default filled in. */
    readonly options: ResolvedManagerOptions;
    /** Where metrics go, its own too; `undefined` where they go nowhere. */
    readonly metrics: MetricsRegistry | undefined;
    /** Where its kubeConfig is a connection that says so: how sockets to workload clusters are made. */
    readonly dial: DialTransport;
    /** Throws a TypeError that names the option, what was expected and what came. */
    constructor(options: ManagerOptions);
    /**
     * Has it started and stopped with the manager: at once where its group has been started already. Throws an error of code `DUPLICATE_CONTROLLER` for a controller whose
     * name another one has, for they would share their metrics, and of code `STOPPED` after the manager has begun to stop.
     */
    add(runnable: Runnable | RunFunction): this;
    /**
     * Runs until it is stopped: by `stop`, by `signal`, by a signal to the process. The server listens first, then the caches are filled, from a management cluster that cannot be
     * reached for as long as it takes; then everything else begins. Resolves after a stop in which everything came to its end. Rejects, when it has stopped, with what a
     * runnable or the kubeconfig failed with; with code `LEADERSHIP_LOST`, waiting for nothing; with code `SHUTDOWN_TIMEOUT`, naming what still runs after
     * `gracefulShutdownTimeout`. A second call returns the first one's promise; after `stop` it rejects with code `STOPPED`.
     */
    start(signal?: AbortSignal): Promise<void>;
    /**
     * Stops: `/readyz` fails, controllers take nothing more and what they are at is awaited, then the cluster caches end, then the cache; the Lease is given back, and the connection is
     * closed. Resolves when that is done; what went wrong is told by `start`. Idempotent.
     */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    /**
     * Reads the management cluster from memory, and writes to it live. The first read of a kind has it listed, and waits for that at most the client's timeout. With leader election
     * a write asks the monotonic clock, immediately before it is sent, whether this replica leads, and rejects with code `NOT_LEADER` where it does not. Rejects with code
     * `NOT_STARTED` before `start`, with `STOPPED` after the end.
     */
    get client(): Client;
    /** The same without the memory: reads are live too. */
    get uncachedClient(): Client;
    /**
     * The objects of a kind of the management cluster: what there is as `added`, then `synced`, then every change, over every outage. May be subscribed before `start`. Completes, without
     * deletes, on `stop`; never errors. Throws a TypeError, or a `SelectorError`, for options that are none.
     */
    objects$<T extends object>(kind: Kind<T>, options?: ObjectsSelection): Observable<ObjectEvent<T>>;
    /** The one connection that all share, for whoever takes the manager as a `ManagementConnection`. Waits for `start`; errors with code `STOPPED` at the end. */
    connect<R>(project: (rest: RestClient) => Observable<R>): Observable<R>;
    /**
     * Why nothing may be written, to the management cluster or to a cluster of its cluster caches: an error of code `NOT_LEADER`, with the end of the term that was lost as its cause. `undefined`
     * while this replica leads, as the monotonic clock says, and always without leader election. Reads, probes and watches do not ask.
     */
    readonly fence: Fence;
    /** The connections of its cluster caches, each one's as its `connections$`, those that are added later too. Completes on `stop`. */
    get connections$(): Observable<ConnectionState>;
    /** `/healthz` fails while it throws or rejects, or takes more than 5 s. */
    addHealthCheck(name: string, check: HealthCheck): this;
    /** The same for `/readyz`. */
    addReadyCheck(name: string, check: HealthCheck): this;
    /** Where its server listens; `undefined` where it does not. */
    get address(): {
        readonly host: string;
        readonly port: number;
    } | undefined;
    /** Whether controllers may work here, now: the monotonic clock is asked. Without leader election from their start until the end. */
    get isLeader(): boolean;
    /** Emits once, `true`, when this replica leads, at once where it does, and completes. Completes without, where the manager ends before. */
    get elected$(): Observable<true>;
    /** Who leads, as this replica sees it: the newest at once, then every change. Completes on `stop`; emits nothing without leader election. */
    get leadership$(): Observable<LeadershipState>;
}

/** How the manager's own clients behave. */
export interface ManagerClientOptions {
    /** ms for one call. @default 10_000, as a cluster cache's */
    readonly timeout?: number | undefined;
    readonly cache?: {
        readonly disableFor?: readonly Kind<unknown>[] | undefined;
    } | undefined;
}

/** How the replicas of a program agree on the one that works; the durations are as client-go has them. */
export interface ManagerElectionOptions {
    /** The Lease that all replicas share. It is made where there is none. */
    readonly leaseName: string;
    readonly leaseNamespace: string;
    /** Who this replica is; no two may have the same. @default the host's name with a random UUID, as controller-runtime */
    readonly identity?: string | undefined;
    /** ms that the Lease must stay unchanged before another replica takes it. @default 15_000, as client-go */
    readonly leaseDuration?: number | undefined;
    /** ms after which a leader that could not renew it leads no more. @default 10_000, as client-go */
    readonly renewDeadline?: number | undefined;
    /** ms between two tries to acquire or to renew it. @default 2_000, as client-go */
    readonly retryPeriod?: number | undefined;
    /** Whether a leader that stops gives it back, so that the next one need not wait; at most `renewDeadline` is spent on it. @default true: what it led has ended by then */
    readonly releaseOnCancel?: boolean | undefined;
}

export interface ManagerOptions {
    /** The management cluster. It is the user's own: exec plugins and files are used. */
    readonly kubeConfig: KubeConfig | ManagementConnection;
    /** The User-Agent of every request to it. @default 'clustercache-manager': better the program's name, for it is how an API server's log tells who calls */
    readonly userAgent?: string | undefined;
    /** Only this namespace is kept in memory, of kinds that are in namespaces. @default all */
    readonly namespace?: string | undefined;
    /** @default none: whoever runs, leads */
    readonly leaderElection?: ManagerElectionOptions | undefined;
    /** Where `/healthz`, `/readyz` and `/metrics` are served, by plain http. @default false: nowhere */
    readonly server?: ServerOptions | false | undefined;
    /** What is kept of the management cluster, and for how long. */
    readonly cache?: CacheOptions | undefined;
    readonly client?: ManagerClientOptions | undefined;
    /** ms from the first word to stop until whatever still runs is given up. @default 30_000, as controller-runtime, and the time that a Pod is given to end */
    readonly gracefulShutdownTimeout?: number | undefined;
    /** Where metrics go: a Registry of prom-client. @default a new one where there is a server, which then needs that package; `false`: nowhere */
    readonly metrics?: MetricsRegistry | false | undefined;
    /** What the process may be sent that stops the manager. Listened to from `start` until the first comes. @default SIGTERM and SIGINT, as controller-runtime */
    readonly signals?: readonly TerminationSignal[] | undefined;
    /** @default silent */
    readonly logger?: Logger | undefined;
    /** The one clock. @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
    /** Spreads what is tried again; in [0, 1). @default Math.random */
    readonly random?: (() => number) | undefined;
}

/** The options with every default filled in. */
export interface ResolvedManagerOptions extends Filled<Omit<ManagerOptions, 'namespace' | 'leaderElection' | 'client' | 'metrics'>>, Pick<ManagerOptions, 'namespace' | 'leaderElection' | 'metrics'> {
    readonly client: {
        readonly timeout: number;
        readonly disableFor: readonly Kind<unknown>[];
    };
}

export interface ServerOptions {
    /** 0: one that is free; `manager.address` tells which. */
    readonly port: number;
    /** @default all interfaces: it is the kubelet that asks, and Prometheus */
    readonly host?: string | undefined;
}

/** Passes unless it throws or rejects. `signal` aborts when nobody waits for it any more. */
export type HealthCheck = (signal: AbortSignal) => unknown;

/** What a manager hands to what it runs. */
export interface RunContext {
    /** Aborts when it is to end. */
    readonly signal: AbortSignal;
    /** The objects of the management cluster that the manager keeps. */
    readonly management: ManagementObjects;
    /** Of the management cluster: reads from memory and writes live, for as long as this replica leads. */
    readonly client: Client;
    /** The connections of the manager's cluster caches, all together, also of those that are added later. Completes when the manager has stopped. */
    readonly connections$: Observable<ConnectionState>;
    /** Where metrics go. @default nowhere */
    readonly metrics?: MetricsRegistry | undefined;
    readonly logger: Logger;
}

/** A runnable that is done when it resolves. */
export type RunFunction = (context: RunContext) => PromiseLike<void> | void;

/** Something that a manager starts and stops: a controller, a cluster cache, whatever is to live as long. */
export interface Runnable {
    /** For log records and errors. @default 'runnable' */
    readonly name?: string | undefined;
    /** @default 'leader', as controller-runtime */
    readonly group?: RunnableGroupName | undefined;
    /** Of a cluster cache: what the manager's controllers are told of its connections. */
    readonly connections$?: Observable<ConnectionState> | undefined;
    /**
     * Begins. Resolves when it is done or, of what has a `stop`, at any time from its start on; what is in `caches`, when it can be read. When it rejects before it was
     * told to end, the manager stops, and its `start` rejects with the reason.
     */
    start(context: RunContext): PromiseLike<void> | void;
    /** Called once, as `signal` aborts. Resolves when nothing of it runs any more. */
    stop?(): PromiseLike<unknown> | void;
}

/**
 * When something is started, and on which replica: `caches` and `others` on every one, `leader` only on the one that leads. They are started in this order, and stopped in
 * the opposite one. The next group waits until what is in `caches` has started.
 */
export type RunnableGroupName = 'caches' | 'others' | 'leader';

/** What asks a process to end: the kubelet, and whoever presses Ctrl-C. */
export type TerminationSignal = 'SIGTERM' | 'SIGINT';

/**
 * A cluster cache that the manager starts and stops, on the manager's connection: on every replica, before the controllers, so that a new leader finds its clusters connected. Controllers
 * of the manager hear of its connections. Throws a TypeError that names the option, what was expected and what came, and an error of code `STOPPED` after the manager has begun to stop.
 *
 * With leader election its clients, and what `getRESTConfig` makes, ask before each write what `manager.client` asks, and reject with code `NOT_LEADER` where this replica does not lead;
 * they read in any case.
 *
 * Of several with one manager, the first alone has its metrics in the manager's registry, unless they are told otherwise.
 */
export declare function setupWithManager(manager: Manager, options?: ManagedClusterCacheOptions, controllerOptions?: ClusterCacheControllerOptions): ClusterCache;

/** How much is done at once. */
export interface ClusterCacheControllerOptions {
    /** Connects under way at once: what `maxConcurrentConnects` says, where that is not given. In Go a connect holds a worker of a controller; here it does not. @default 100, as Cluster API's workers */
    readonly maxConcurrentReconciles?: number | undefined;
}

/** A cluster cache's options; what is left out is the manager's: User-Agent, namespace, logger, clock, chance. Its metrics go to the manager's registry. */
export interface ManagedClusterCacheOptions extends Omit<ClusterCacheOptions, 'management' | 'client'> {
    readonly client?: Partial<ClientOptions> | undefined;
}

/**
 * Elects one leader among all candidates for a Lease, as client-go's leaderelection does. Throws a TypeError for options that cannot be used.
 *
 * Cold; every subscription is one candidate, and no two may share an identity. Emits `waiting` first, and again whenever the holder changes, then `leading` once, at last `lost` or `released`,
 * and completes: who has lost does not lead again, for what it had begun may still be under way; end the process, as controller-runtime does. An aborted `signal` completes it, after the Lease
 * is given back where it was held; one that was lost is not: the next leader had better wait. Never errors: what fails is logged, once for each reason, and tried again.
 *
 * Nothing is decided by comparing clocks of two machines, or by a clock that can be set. A Lease has expired for this candidate when it has not seen it change for as long as the Lease itself
 * says; a leader leads until `renewDeadline` after it began to send the last renewal that succeeded.
 */
export declare function leaderElection(options: LeaderElectionOptions): Observable<LeadershipState>;

/** Who leads, as one candidate sees it. `generation` is the `leaseTransitions` of the Lease, 0 where it is not known yet. */
export type LeadershipState = 
/** Another one leads, or nobody (`holder` is `''`), or it is not known yet. */
{
    readonly phase: 'waiting';
    readonly leader: false;
    readonly holder: string;
    readonly generation: number;
}
/** This one leads for as long as `leadership` is valid: ask it before each thing that only a leader may do. */
 | {
    readonly phase: 'leading';
    readonly leader: true;
    readonly holder: string;
    readonly generation: number;
    readonly leadership: Leadership;
}
/** This one has led, and does not any more. */
 | {
    readonly phase: 'lost';
    readonly leader: false;
    readonly holder: string;
    readonly generation: number;
    readonly error: LeadershipLostError;
}
/** This one was told to stop while it led, and has given the Lease back, or has tried to. */
 | {
    readonly phase: 'released';
    readonly leader: false;
    readonly holder: string;
    readonly generation: number;
};

export interface LeaderElectionOptions {
    /** Reads and writes the Lease, live and unfenced. Its user needs the verbs get, create and update on `leases.coordination.k8s.io`. */
    readonly client: Pick<Client, 'get' | 'create' | 'update'>;
    /** The Lease that all candidates share. It is made where there is none. */
    readonly lease: ObjectKey;
    /** Who this candidate is; no two may have the same. @default `HOSTNAME_UUID`, new for every call, as controller-runtime */
    readonly identity?: string | undefined;
    /** ms that a Lease must stay unchanged before another candidate takes it; kept in whole seconds, rounded up. @default 15_000, as client-go */
    readonly leaseDuration?: number | undefined;
    /** ms after which a leader that could not renew the Lease leads no more. @default 10_000, as client-go */
    readonly renewDeadline?: number | undefined;
    /** ms between two tries to acquire or to renew the Lease. @default 2_000, as client-go */
    readonly retryPeriod?: number | undefined;
    /** Whether a leader that is told to stop gives the Lease back, so that the next one need not wait. @default true: what it led has ended by then */
    readonly releaseOnCancel?: boolean | undefined;
    /**
     * Ends it: where it leads, the Lease is given back, and only then it completes. Unsubscribing gives it back too, and nobody hears when that is done.
     * @default none
     */
    readonly signal?: AbortSignal | undefined;
    /** @default none: silent */
    readonly logger?: Logger | undefined;
    /** The one clock. @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
    /** Spreads the tries of those who wait; in [0, 1). @default Math.random */
    readonly random?: (() => number) | undefined;
}

/**
 * One term of one leader. It is valid until `renewDeadline` after the last renewal that succeeded was begun, by the monotonic clock: asked, it looks at the clock,
 * and waits for no timer, so that a process that was stopped knows at once. What was found to be over is never valid again.
 */
export interface Leadership {
    readonly identity: string;
    /** The fencing number: larger than that of every leader before. It is the Lease's `leaseTransitions`. */
    readonly generation: number;
    /** ms of the scheduler's clock (`clockOf`); every renewal moves it. */
    readonly validUntil: number;
    isValid(): boolean;
    /** Why it is valid no more; `undefined` while it is. It is a `Fence` for what may be sent by a leader only, and may be handed on alone. */
    readonly ended: () => LeadershipLostError | undefined;
    /** Throws what {@link Leadership.ended} returns. */
    assertValid(): void;
}

/** This process does not lead, or leads no more: what it was about to write is another's to write. */
export declare class LeadershipLostError extends ClusterCacheError {
    readonly name = "LeadershipLostError";
    constructor(because: string, options?: ClusterCacheErrorOptions);
}

/**
 * Does `work` again where somebody else has written in between (`isConflict`), and only then. `work` is one attempt: it reads what it changes – what was read
 * before is what the conflict was about – and writes it. Resolves to what it resolves to; rejects with its first error that is no conflict, or with the last
 * conflict. Reads of a cached client may be older than the other's write: where it lags behind, five attempts are soon over, and the work queue's backoff is
 * the better way.
 */
export declare function retryOnConflict<T>(work: (signal: AbortSignal) => PromiseLike<T> | T, options?: ConflictRetryOptions): Promise<T>;

export interface ConflictRetryOptions {
    /** Attempts in all. @default 5, as client-go's `retry.DefaultRetry`: who loses five times in a row does not compete with single writers */
    readonly steps?: number | undefined;
    /** ms before the second attempt. @default 10: about what a write takes, so that the other one is through */
    readonly delay?: number | undefined;
    /** By how much each wait is longer than the one before. @default 1 */
    readonly factor?: number | undefined;
    /** A wait of d is drawn from [d, (1 + jitter) · d). @default 0.1 */
    readonly jitter?: number | undefined;
    /** Gives up: the call rejects with the signal's reason, and the signal of `work` aborts. */
    readonly signal?: AbortSignal | undefined;
    /** In [0, 1). @default Math.random */
    readonly random?: (() => number) | undefined;
    /** @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
}

/** Conditions that this controller does not own were changed by others as well, to something else; nothing was written. Look at the object anew. */
export declare class ConditionConflictError extends ClusterCacheError {
    readonly name = "ConditionConflictError";
    readonly types: readonly string[];
    constructor(object: KubernetesObject, types: readonly string[]);
}

/**
 * Remembers an object as it is now, to write later what has become of it: by at most two of the smallest merge patches, of the status and of the rest. The
 * status goes first: where the last finalizer is taken off an object that is being deleted, there is no object afterwards. One that fails ends the call, and
 * the other is not sent. Conditions (`status.conditions`) are merged by their type: those of others stay as they are now, by reading the object again where
 * somebody has written since. Neither object is changed. Throws a TypeError where an argument is wrong; `patch` rejects with one where `changed` is not the
 * same object, by apiVersion, kind, namespace, name, uid or resourceVersion.
 */
export declare function patchHelper<T extends object>(client: PatchingClient, kind: Kind<T>, object: T, options?: PatchHelperOptions): PatchHelper<T>;

/** Writes what has become of one object. */
export interface PatchHelper<T> {
    /**
     * Sends what differs between the object that the helper was made of and `changed`, a changed copy of it. Resolves to the object as it is stored then, or to
     * the helper's own where nothing differs: nothing is sent then. Each call compares with the same object: for what comes after, make another helper from the
     * answer.
     */
    patch(changed: T, options?: CreateOptions): Promise<T>;
}

export interface PatchHelperOptions {
    /**
     * Patches only the very state that the object was in: a 409 (`isConflict`) where anybody has written since. Wanted where a list changes that others write as
     * well, such as the finalizers: a merge patch replaces lists in full. @default false: fields that did not change are left as others wrote them
     */
    readonly optimisticLock?: boolean | undefined;
    /** Types of the conditions that are this controller's: where others have changed one too, ours wins. @default none: that is a `ConditionConflictError` */
    readonly ownedConditions?: readonly string[] | undefined;
    /** Spreads the attempts at conditions that others write at the same time; in [0, 1). @default Math.random */
    readonly random?: (() => number) | undefined;
    /** @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
}

/** What a patch helper needs of a client. */
export type PatchingClient = Pick<Client, 'get' | 'patch' | 'status'>;

/**
 * Sees to it that an object is as `mutate` wants it: reads it, and writes what `mutate` changes of it, its status too, or creates it where there is none.
 * `mutate` takes the object as it is – of one that is not there apiVersion, kind, namespace and name – and returns a changed copy, or the same object where it
 * is as it should be. It must not change what it takes, nor what names the object: that is a TypeError. Rejects with a 409 where a write lost against
 * another's: `isConflict` with `optimisticLock`, `isAlreadyExists` where the read, such as a cached one, was not new enough to show the object.
 */
export declare function createOrPatch<T extends object>(client: Client, kind: Kind<T>, key: ObjectName, mutate: Mutate<T>, options?: CreateOrPatchOptions): Promise<CreateOrPatchResult<T>>;

/** Options of {@link createOrPatch}. */
export interface CreateOrPatchOptions extends CreateOptions, Pick<PatchHelperOptions, 'optimisticLock' | 'ownedConditions'> {
}

/** What {@link createOrPatch} did. */
export interface CreateOrPatchResult<T> {
    readonly result: 'created' | 'updated' | 'unchanged';
    /** As it is stored. */
    readonly object: T;
}

/** Makes of an object what it is to be: a changed copy, or the same one. */
export type Mutate<T> = (object: T) => T | PromiseLike<T>;

/** The object with the finalizer, as the last of them; the very same object where it has it. */
export declare function addFinalizer<T extends KubernetesObject>(object: T, finalizer: string): T;

/** Whether the object is kept from going until somebody takes this finalizer off it. */
export declare function containsFinalizer({ metadata }: KubernetesObject, finalizer: string): boolean;

/** The object without the finalizer, and without the field where none is left; the very same object where it does not have it. */
export declare function removeFinalizer<T extends KubernetesObject>(object: T, finalizer: string): T;

/** An object that has a controller already: it can have one only. */
export declare class AlreadyOwnedError extends ClusterCacheError {
    readonly name = "AlreadyOwnedError";
    /** Its controller. */
    readonly owner: OwnerReference;
    constructor(object: KubernetesObject, owner: OwnerReference);
}

/** The reference to the object's controller, if it has one. */
export declare function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined;

/** Whether `owner` is one of the object's owners: by group, kind and name, whatever the version and the uid. */
export declare function hasOwnerReference({ metadata }: KubernetesObject, owner: KubernetesObject): boolean;

/** The object without its reference to `owner`, as a controller or not; the very same object where there is none. */
export declare function removeOwnerReference<T extends KubernetesObject>(object: T, owner: KubernetesObject): T;

/**
 * The object with `owner` as its controller: it is deleted with it, and one that is not another's. A reference to the same owner is replaced, the uid too: it
 * may have been made anew under its name. The very same object where nothing changes. Throws an `AlreadyOwnedError` where it has another controller, and a
 * `ClusterCacheError` of code `FORBIDDEN_OWNER` for an owner of another namespace: a namespaced owner owns objects of its own namespace only, a cluster-scoped
 * one any.
 */
export declare function setControllerReference<T extends KubernetesObject>(object: T, owner: KubernetesObject, { blockOwnerDeletion }?: OwnerReferenceOptions): T;

/** The object with `owner` as one of its owners, without being its controller. As {@link setControllerReference} otherwise. */
export declare function setOwnerReference<T extends KubernetesObject>(object: T, owner: KubernetesObject, { blockOwnerDeletion }?: OwnerReferenceOptions): T;

export interface OwnerReferenceOptions {
    /** Whether a foreground deletion of the owner waits for the object. @default true for a controller, false for any other owner */
    readonly blockOwnerDeletion?: boolean | undefined;
}

/** The object's condition of the type, as it stands in `status.conditions`. */
export declare function getCondition(object: KubernetesObject, type: string): Condition | undefined;

/** Whether the condition is there, and its status is False. */
export declare function isConditionFalse(object: KubernetesObject, type: string): boolean;

/** Whether the condition is there, and its status is True. */
export declare function isConditionTrue(object: KubernetesObject, type: string): boolean;

/** Whether the status of the condition is Unknown, or there is no such condition. */
export declare function isConditionUnknown(object: KubernetesObject, type: string): boolean;

/** The object without its condition of the type; the very same object where there is none. */
export declare function removeCondition<T extends KubernetesObject>(object: T, type: string): T;

/**
 * The object with the condition in `status.conditions`: in its place where there is one of its type, behind the others where there is none.
 * `lastTransitionTime` moves only with the status. The very same object where nothing changes.
 */
export declare function setCondition<T extends KubernetesObject>(object: T, condition: NewCondition, now: Date): T;

/** A condition as it is to be. */
export interface NewCondition extends Pick<Condition, 'type' | 'status' | 'reason'> {
    /** @default '' */
    readonly message?: string | undefined;
    /** @default the generation of the object, where it has one */
    readonly observedGeneration?: number | undefined;
    /** In RFC 3339. @default as it was, where the status stays; `now`, where it is another one */
    readonly lastTransitionTime?: string | undefined;
}

/**
 * Keeps connected to whatever `target$` names, and says how that goes.
 *
 * Cold: each subscriber has connections of its own. Emits first when `target$` does, then every change of the state, one for each probe included;
 * a value is emitted after the state it describes holds: `connecting` is told before the dialer is called, a connection that is lost or withdrawn is closed
 * before that is told, one that is replaced after its successor is told. Completes when `target$` completes (or errors), after the last connection is closed.
 * Never errors. Unsubscribing gives up a dial and closes what was opened. Throws a TypeError for options that are none.
 */
export declare function connectionStream<T, C>(input: ConnectionStreamInput<T, C>): Observable<StreamState<C>>;

export interface ConnectionStreamInput<T, C> {
    readonly target$: Observable<TargetState<T>>;
    readonly dialer: Dialer<T, C>;
    readonly options?: ConnectionOptions | undefined;
}

export interface ConnectionOptions {
    /** ms from the end of one probe to the start of the next. @default 10_000, as Cluster API */
    readonly probeInterval?: number | undefined;
    /** ms after which an unanswered probe has failed. @default 5_000, as Cluster API */
    readonly probeTimeout?: number | undefined;
    /** Failed probes in a row that end a connection. @default 5, as Cluster API: a cluster is given up after 50 to 75 s */
    readonly failureThreshold?: number | undefined;
    /** ms after a failed connect, or a connection ended by its probes, until the next connect. @default 30_000, as Cluster API */
    readonly retryInterval?: number | undefined;
    /** Spreads a fleet's probes and reconnects in time; in [0, 1), where 0 spreads nothing. @default Math.random */
    readonly random?: (() => number) | undefined;
    /** The one clock. @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
}

/** How a stream reaches what it keeps connected. Observables and not promises, so that a fake can answer in virtual time. */
export interface Dialer<T, C> {
    /** One value when the connection is up. Unsubscribing while dialling gives up; an error is a failed connect. Bounding its time is the dialer's. */
    connect(target: T): Observable<C>;
    /** Completes: alive. Errors: a failed probe; an `UnauthorizedError`: disconnected at once; an `InconclusiveProbeError`: neither. */
    probe(connection: C): Observable<unknown>;
    /** Called once for every connection that `connect` gave, when the stream lets go of it. */
    close(connection: C): void;
    /**
     * Passive evidence: a value or an error says that the connection is lost, and it is dialled again at once, or after the retry interval where it
     * was lost as soon as it was made. Completing says nothing.
     */
    lost$?(connection: C): Observable<unknown>;
    /** Evidence that proves nothing: each value has the connection probed at once, unless a probe is under way. Completing, or an error, says nothing. */
    doubted$?(connection: C): Observable<unknown>;
    /** Takes a new target into a running connection; `true` where it did, and no new connection is dialled. */
    update?(connection: C, target: T): boolean;
}

/** What to be connected to. The same fingerprint means the same target. */
export interface ReadyTarget<T> {
    readonly ready: true;
    readonly target: T;
    readonly fingerprint: string;
}

export type TargetState<T> = ReadyTarget<T> | UnreadyTarget;

/** Why there is nothing to connect to now. */
export interface UnreadyTarget {
    readonly ready: false;
    readonly reason: string;
    readonly error?: unknown;
    /** A running connection goes on for as long as it lives. @default false: it is closed */
    readonly keepsConnection?: boolean;
}

/** The state of one connection. `since` is when its phase began; times are the scheduler's. */
export type StreamState<C> = {
    readonly since: Date;
    readonly health: HealthCheckingState;
} & ({
    readonly phase: 'pending';
    readonly reason: string;
    readonly error?: unknown;
} | {
    readonly phase: 'connecting';
    readonly attempt: number;
}
/** `error`: why the newest target is not in use; `retryAt`: when it is tried again. */
 | {
    readonly phase: 'connected';
    readonly connection: C;
    readonly fingerprint: string;
    readonly error?: unknown;
    readonly retryAt?: Date;
} | {
    readonly phase: 'disconnected';
    readonly reason: DisconnectReason;
    readonly error: unknown;
    readonly retryAt?: Date;
});

/**
 * Names a kind of object and carries the TypeScript type of its objects: `defineKind<MyType>({ apiVersion, kind })`.
 * The plural and the scope are asked of each cluster.
 */
export interface Kind<T> {
    readonly apiVersion: string;
    readonly kind: string;
    readonly [objectType]?: T;
}

/** Any Kubernetes object, as plain JSON. */
export interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: ObjectMeta;
}

/** One list, or one page of it where `limit` was given. Objects are shared and read-only. */
export interface ObjectList<T> {
    readonly items: readonly T[];
    readonly resourceVersion: string;
    /** Present when more pages follow: hand it back as the option of the same name. */
    readonly continue?: string;
    /** Milliseconds since the store last heard from the cluster; only on stale reads. */
    readonly staleFor?: number;
}

/** The metadata that this library reads; whatever else the API server sends is kept. Times are RFC 3339 strings. */
export interface ObjectMeta {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly OwnerReference[];
    readonly managedFields?: readonly unknown[];
}

export interface OwnerReference {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
}

/** What the API server answers instead of an object: `kind: Status`. */
export interface Status {
    readonly kind?: 'Status';
    readonly apiVersion?: string;
    readonly status?: string;
    readonly message?: string;
    readonly reason?: string;
    readonly code?: number;
    readonly details?: {
        readonly name?: string;
        readonly group?: string;
        readonly kind?: string;
        readonly uid?: string;
        readonly retryAfterSeconds?: number;
        readonly causes?: readonly {
            readonly reason?: string;
            readonly message?: string;
            readonly field?: string;
        }[];
    };
}

/** Makes a {@link Kind}. Throws a TypeError where apiVersion or kind is not a non-empty string. */
export declare function defineKind<T extends object = KubernetesObject>({ apiVersion, kind }: {
    readonly apiVersion: string;
    readonly kind: string;
}): Kind<T>;

/** Names one namespaced object; where a cluster is meant, its Cluster object on the management cluster. */
export interface ObjectKey {
    readonly namespace: string;
    readonly name: string;
}

/** Names an object that may be cluster-scoped: a Node has no namespace. */
export interface ObjectName {
    readonly namespace?: string | undefined;
    readonly name: string;
}

/** `namespace/name`, or `name` alone for what is cluster-scoped. The inverse of {@link parseKey}. */
export declare function formatKey({ namespace, name }: ObjectName): string;

/** The key of an object by its metadata. */
export declare function keyOf(object: {
    readonly metadata?: {
        readonly namespace?: string | undefined;
        readonly name?: string | undefined;
    };
}): ObjectKey;

/** Reads what {@link formatKey} wrote; the namespace is `''` where there was none. Names hold no slash. */
export declare function parseKey(text: string): ObjectKey;

/** An object is there that was not: a new one, or one that was not known (or not selected) before. */
export interface AddedEvent<T> extends Change<T> {
    readonly type: 'added';
}

/** An object is gone, or no longer selected. `object` is its last state, as far as it is known. */
export interface DeletedEvent<T> extends Change<T> {
    readonly type: 'deleted';
}

/**
 * How a change became known.
 *
 * - `initial`: by the first list of a cluster's objects.
 * - `watch`: by the watch, as it happened.
 * - `reconnect`: by a watch that was taken up again where it had been cut: it happened in between.
 * - `relist`: by a list that was compared with what was known, or because another cluster is now behind the name.
 * - `resync`: nothing changed; the object is told again.
 * - `removed`: the cluster was removed, and its objects with it.
 */
export type EventCause = 'initial' | 'watch' | 'reconnect' | 'relist' | 'resync' | 'removed';

/** What happened to one object. */
export type ObjectChange<T> = AddedEvent<T> | UpdatedEvent<T> | DeletedEvent<T>;

/** What a subscriber to objects is told. Fold the changes by their `key` to have what there is. */
export type ObjectEvent<T> = ObjectChange<T> | SyncedEvent;

/** All objects of one moment of the cluster have been told, which its `resourceVersion` names. */
export interface SyncedEvent {
    readonly type: 'synced';
    readonly resourceVersion: string;
}

/** An object is another than it was. `previous` is the state that was told last. */
export interface UpdatedEvent<T> extends Change<T> {
    readonly type: 'updated';
    readonly previous: T;
}

/** Which of the objects of a kind are meant. All that are given must hold. */
export interface ObjectsSelection {
    /** @default all namespaces */
    readonly namespace?: string | undefined;
    /** As kubectl's `-l`: `app=web,tier!=cache,track in (a,b)`. */
    readonly labelSelector?: string | undefined;
}

/** An event of the objects of the cluster that it names. */
export type FleetObjectEvent<T> = ObjectEvent<T> & {
    readonly cluster: ObjectKey;
};

/**
 * For consumers that take their time: projects one event of `objects$` at a time, as `concatMap` does, but what comes meanwhile waits conflated by object, so that a slow
 * projection delays itself alone and nothing piles up. `synced` is projected after all that it announces. Completes when the source and the last
 * projection have; errors as they do.
 */
export declare function conflateChanges<T, R>(project: (event: ObjectEvent<T>) => ObservableInput<R>): OperatorFunction<ObjectEvent<T>, R>;

/** What is kept of a kind, where that is not everything. */
export interface ByObject<T = KubernetesObject> {
    readonly kind: Kind<T>;
    /** Only these namespaces; of no meaning for a kind that is not in namespaces. Each has a list and a watch of its own. @default all */
    readonly namespaces?: readonly string[] | undefined;
    /** As kubectl's `-l`. @default everything */
    readonly labelSelector?: string | undefined;
    /** Of fields that the API server can select this kind by. @default everything */
    readonly fieldSelector?: string | undefined;
    /** What is kept of an object, instead of what `defaultTransform` makes of it. May change what it is given; see {@link CacheOptions.defaultTransform}. */
    transform?(object: T): T;
}

/** An index of the objects of a kind, which lists by that kind may ask for. */
export interface CacheIndex<T = KubernetesObject> {
    readonly kind: Kind<T>;
    /** The name under which lists ask for it; a path of the object by convention, such as `spec.providerID`. */
    readonly field: string;
    /**
     * The values by which an object is found; `undefined` and `''` are none. Must depend on the object alone. One that throws is logged: its object is kept,
     * and not found by this index.
     */
    extractValue(object: T): string | readonly string[] | undefined;
}

/** What is kept of the workload clusters, and for how long. */
export interface CacheOptions {
    /** ms after which every object is told again to those who follow it, though nothing changed; a tenth more or less, by chance. @default 10 h, as controller-runtime */
    readonly syncPeriod?: number | undefined;
    /** ms in which the indexed kinds of a cluster must be in before it counts as connected. @default 5 min, as Cluster API */
    readonly initialSyncTimeout?: number | undefined;
    /** ms for which a kind that nobody reads or follows any more is kept. @default 5 min: longer than most pauses between two reconciles */
    readonly linger?: number | undefined;
    /**
     * What is kept of an object; `stripManagedFields` is a ready one. Nobody else has the object yet, so that it may be changed. One that throws is logged, and its object
     * kept as the API server sent it. @default everything
     */
    readonly defaultTransform?: ((object: KubernetesObject) => KubernetesObject) | undefined;
    readonly byObject?: readonly ByObject[] | undefined;
    /** Kinds that have an index are kept from the connect on. @default none */
    readonly indexes?: readonly CacheIndex[] | undefined;
    /** Whether objects share the parts in which they are the same: half the memory for 15 µs an object. @default true */
    readonly shareParts?: boolean | undefined;
    /** Lists under way at once in the whole fleet. One without progress for 5 s goes on in a slower lane beside them. @default 8: with two, one core is busy; the others wait for the network */
    readonly maxConcurrentLists?: number | undefined;
}

/** Gives an index its type: `defineIndex<Pod>({ kind: Pod, field: 'spec.nodeName', extractValue: (pod) => pod.spec?.nodeName })`. */
export declare function defineIndex<T extends object>(index: CacheIndex<T>): CacheIndex<T>;

/** Nodes by `spec.providerID`, as Cluster API's index of that name: how a Machine finds its Node. A Node without one is not found by it. */
export declare const NodeProviderIDIndex: CacheIndex<Node>;

/** The object without `metadata.managedFields`, nearly half of a pod's JSON that only server-side apply reads. The same object where it has none. */
export declare function stripManagedFields<T extends KubernetesObject>(object: T): T;

/** Tells what a controller should look at because of a change. One that throws or rejects is logged, and its watch goes on. */
export type EventHandler<T> = (change: ObjectChange<T>, cluster: ObjectKey) => Requests;

/** Whether a change matters. Must depend on the change alone. One that throws is logged, and its change passed over. */
export type Predicate<T> = (change: ObjectChange<T>, cluster: ObjectKey) => boolean;

/** What a controller should look at because of a change; nothing where it deals with the change itself. */
export type Requests = readonly Request[] | PromiseLike<readonly Request[]> | undefined | void;

/** A watch that runs until it is taken back, or its cluster is gone. */
export interface WatchHandle extends Disposable {
    readonly name: string;
    /** Takes the watch back. Idempotent. */
    stop(): void;
}

/** What is watched of a cluster, and who is told. */
export interface Watcher<T> {
    /** What the watch is known by: it is there once for each cluster, however often it is asked for. */
    readonly name: string;
    readonly kind: Kind<T>;
    /** @default all namespaces */
    readonly namespace?: string | undefined;
    /** As kubectl's `-l`. @default everything */
    readonly labelSelector?: string | undefined;
    /** All of them must hold. @default everything matters */
    readonly predicates?: readonly Predicate<T>[] | undefined;
    /** Told of everything that is there, and then of every change, over every outage and rotation. */
    readonly eventHandler: EventHandler<T>;
    /** Takes the requests that the event handler returns: a work queue, or any Observer. @default they go nowhere */
    readonly queue?: {
        next(request: Request): void;
    } | undefined;
}

/** ms after which what was last known of a cluster's objects is not to be trusted any more: Cluster API's `--remote-conditions-grace-period`. */
export declare const REMOTE_CONDITIONS_GRACE = 300000;

/** ms without a successful probe after which a connection counts as failed: Cluster API's `--remote-connection-grace-period`, four probes with their timeouts. */
export declare const REMOTE_CONNECTION_GRACE = 50000;

/** The condition of a Cluster that says whether its workload cluster answers. */
export declare const REMOTE_CONNECTION_PROBE = "RemoteConnectionProbe";

/**
 * A condition of an object on the management cluster that is about objects of the workload cluster – a Machine's `NodeHealthy`, a control plane's
 * `EtcdClusterHealthy` – as far as the connection goes. Where the last success, or the control plane's initialization if that is later, is `grace` or more
 * ago, it is Unknown by reason of `ConnectionDown`. Before, what was last known stays, and is Unknown only where there is nothing. `undefined`: the connection
 * says nothing against it, look at the objects.
 */
export declare function connectionDownCondition(type: string, input: ConnectionDownInput): Condition | undefined;

/**
 * Cluster API's condition `RemoteConnectionProbe` of a Cluster, by the health that the cache tells and the condition that the Cluster has; `now` and the
 * health's times are of one clock, `grace` is in ms. A success within the grace is True, whatever failed since; one as old as the grace, or older, is False, and says when it was: `watchForProbeFailure(grace)` is told just then.
 * Without any success what the Cluster has is kept, until five failures in a row say False. `existing` itself is returned where nothing changes.
 */
export declare function remoteConnectionProbeCondition(health: HealthCheckingState, now: Date, grace?: number, existing?: Condition): Condition;

/** What {@link connectionDownCondition} goes by. */
export interface ConnectionDownInput {
    readonly health: HealthCheckingState;
    readonly now: Date;
    /** When the cluster's control plane became initialized: before, no probe could succeed. */
    readonly initializedAt: Date;
    /** Whether the cluster's objects could not be read for want of a connection (`ClusterNotConnectedError`). */
    readonly notConnected: boolean;
    /** ms. @default 300_000 */
    readonly grace?: number | undefined;
    /** What the object has of the type. */
    readonly existing?: Condition | undefined;
}

/** One aspect of an object's state, as its controller last saw it: the same in every kind that has conditions since `metav1.Condition`. */
export interface Condition {
    /** Such as `Ready`; no two of an object are of the same type. */
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
    /** For programs: one word. */
    readonly reason: string;
    /** For people; may be empty. */
    readonly message: string;
    /** When the status last changed, in RFC 3339. */
    readonly lastTransitionTime: string;
    /** The `metadata.generation` that it was seen of; below the object's own, it is not up to date. */
    readonly observedGeneration?: number;
}

/**
 * What the kubeconfig of a workload cluster may hold. It comes from whoever may write a Secret, so nothing in it may run a program or read a file of this
 * machine: `exec`, `auth-provider`, `tokenFile` and the file forms of certificates are refused whatever is set here.
 */
export interface KubeconfigPolicy {
    /** `insecure-skip-tls-verify`: anybody between here and the cluster can read its credentials. @default false */
    readonly allowInsecureSkipTlsVerify: boolean;
    /** A server at `http://`: the same, without any effort. @default false */
    readonly allowPlainHttp: boolean;
}

/** ms: Cluster API's `DefaultCertDuration`. */
export declare const CERTIFICATE_TTL: number;

/**
 * Signs a client certificate, as an API server with that client CA takes it for `commonName` of the groups `organizations`; PEM. It holds from five minutes
 * before `now` to `now` + `ttl`. It takes the main thread a few milliseconds with an RSA authority of 2048 bits, and less than one with EC. Throws a
 * TypeError for options that are none, and a `ClusterCacheError` of code `BAD_CERTIFICATE` for what is no certificate of an authority, `BAD_PRIVATE_KEY` for
 * what is no private key, and `KEY_MISMATCH` where the authority's key is not that of its certificate; none quotes a key.
 */
export declare function newClientCertificate(options: ClientCertificateOptions): string;

export interface ClientCertificateOptions {
    /** The user. */
    readonly commonName: string;
    /** The user's groups. @default none */
    readonly organizations?: readonly string[] | undefined;
    /** ms that it holds from `now` on. @default a year, as Cluster API's */
    readonly ttl?: number | undefined;
    /** The user's own key, PEM or a KeyObject: the certificate is for its public half. */
    readonly privateKey: KeyObject | string;
    /** Who signs it, PEM; of several certificates, the first. */
    readonly caCertificate: string;
    /** PEM: RSA, or EC on P-256, P-384 or P-521. */
    readonly caPrivateKey: string;
    /** @default the wall clock */
    readonly now?: Date | undefined;
}

/** The type of Cluster API's Secrets: a controller may adopt and renew one of it, and leaves those of users alone. */
export declare const CLUSTER_SECRET_TYPE: string;

/**
 * The Secret that holds a cluster's kubeconfig, as Cluster API's contract for control planes wants it. `cluster` is the Cluster as the API server has it.
 * Throws a TypeError where it has no name, or no uid to be an owner by.
 */
export declare function generateKubeconfigSecret(cluster: KubernetesObject, kubeconfig: string, { owner, labels, annotations }?: KubeconfigSecretFields): KubeconfigSecret;

/**
 * Whether a client certificate of the Secret's kubeconfig expires in less than `threshold` ms. Of a kubeconfig without client certificates none does. Throws a
 * `KubeconfigError` where the Secret has no kubeconfig that can be read.
 */
export declare function needsClientCertRotation(secret: KubeconfigSecret, threshold: number, now?: Date): boolean;

/**
 * Writes an administrator's kubeconfig for a cluster, in YAML: cluster `<c>`, user `<c>-admin`, context `<c>-admin@<c>`, with a new client certificate of the
 * user `kubernetes-admin` in the group `system:masters`. `endpoint` is `host:port`, or a URL. Throws a TypeError where it is none, and what {@link
 * newClientCertificate} throws.
 */
export declare function newKubeconfig(clusterName: string, endpoint: string, { caCertificate, caPrivateKey, privateKey, ttl, now }: KubeconfigSigning): string;

/**
 * The Secret with a new kubeconfig in it, for the same server. Throws as {@link newKubeconfig}, and where its name or its content is not that of a kubeconfig
 * Secret.
 */
export declare function regeneratedKubeconfigSecret<T extends KubeconfigSecret>(secret: T, signing: KubeconfigSigning): T;

/** The Secret that holds a cluster's kubeconfig; the same type as the kind `Secret` has. */
export type KubeconfigSecret = Plain<V1Secret>;

/** What a kubeconfig Secret has beside the kubeconfig. */
export interface KubeconfigSecretFields {
    /** @default the Cluster, not as its controller */
    readonly owner?: OwnerReference | undefined;
    /** Further labels. @default none */
    readonly labels?: Readonly<Record<string, string>> | undefined;
    /** @default none */
    readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** Who signs the certificate of a kubeconfig, and for which key. */
export interface KubeconfigSigning {
    /** PEM. It is also what the kubeconfig trusts the server by. */
    readonly caCertificate: string;
    /** PEM: RSA, or EC on P-256, P-384 or P-521. */
    readonly caPrivateKey: string;
    /** The user's own key, PEM or a KeyObject. */
    readonly privateKey: KeyObject | string;
    /** ms that the certificate holds. @default a year, as Cluster API's */
    readonly ttl?: number | undefined;
    /** @default the wall clock */
    readonly now?: Date | undefined;
}

/**
 * Creates the Secret `<cluster>-kubeconfig` on the management cluster, with a new administrator's kubeconfig in it; resolves to it as it is stored. Rejects
 * with a `ClusterCacheError` of code `DEPENDENT_CERTIFICATE_NOT_FOUND` where the cluster's `<cluster>-ca` is not there (yet), with `isAlreadyExists` where the
 * kubeconfig is, with what {@link newKubeconfig} throws, and as the calls of `client` do.
 */
export declare function createKubeconfigSecret(client: Pick<Client, 'get' | 'create'>, cluster: Cluster, options?: CreateKubeconfigOptions): Promise<KubeconfigSecret>;

/**
 * Puts a new kubeconfig for the same server into a kubeconfig Secret, as it was read; resolves to it as it is stored. Rejects with a conflict where somebody
 * has written to it since it was read, and otherwise as {@link createKubeconfigSecret}.
 */
export declare function regenerateSecret<T extends KubeconfigSecret>(client: Pick<Client, 'get' | 'update'>, secret: T, options?: RegenerateKubeconfigOptions): Promise<T>;

/** The certificate authority of a cluster, PEM. */
export interface CertificateAuthority {
    readonly certificate: string;
    readonly privateKey: string;
}

/** Options of {@link createKubeconfigSecret}. */
export interface CreateKubeconfigOptions extends RegenerateKubeconfigOptions, KubeconfigSecretFields {
    /** `host:port`. @default the Cluster's `spec.controlPlaneEndpoint` */
    readonly endpoint?: string | undefined;
}

/** Options of {@link regenerateSecret}. */
export interface RegenerateKubeconfigOptions extends CallOptions {
    /** Who signs the client certificate. @default the cluster's Secret `<cluster>-ca` says, by `tls.crt` and `tls.key` */
    readonly ca?: CertificateAuthority | undefined;
    /** PEM or a KeyObject. @default a new RSA key of 2048 bits, made off the main thread */
    readonly privateKey?: KeyObject | string | undefined;
    /** ms that the client certificate holds. @default a year, as Cluster API's */
    readonly ttl?: number | undefined;
    /** @default the wall clock */
    readonly now?: Date | undefined;
}

/** The inverse of {@link secretName}. Throws a `ClusterCacheError` of code `BAD_SECRET_NAME` where no cluster's Secret has such a name. */
export declare function parseSecretName(name: string): {
    readonly clusterName: string;
    readonly purpose: SecretPurpose;
};

/** The name of a cluster's Secret: `<cluster>-<purpose>`. */
export declare function secretName(clusterName: string, purpose: SecretPurpose): string;

/** What a Secret of a cluster is for: the end of its name. */
export type SecretPurpose = (typeof PURPOSES)[number];

/** The base of every error of this library. `code` is stable; `message` is for people. */
export declare class ClusterCacheError extends Error {
    readonly name: string;
    readonly code: string;
    /** The cluster that it is about, if it is about one. */
    readonly cluster?: ObjectKey;
    constructor(code: string, message: string, { cause, cluster }?: ClusterCacheErrorOptions);
    /** What a log keeps of it: an Error alone would be `{}`. */
    toJSON(): object;
}

/** There is no connection to the cluster now; `connection$` tells when there is one again. */
export declare class ClusterNotConnectedError extends ClusterCacheError {
    readonly name = "ClusterNotConnectedError";
    constructor(what: string, options: ClusterCacheErrorOptions & {
        readonly cluster: ObjectKey;
    });
}

/** A connect failed; `stage` says where, the message begins with Go's stable text, `hint` says what to look at. */
export declare class ConnectError extends ClusterCacheError {
    readonly name = "ConnectError";
    readonly stage: ConnectStage;
    readonly hint: string;
    /** How it went up to there. */
    readonly stages: readonly StageTiming[];
    constructor(code: string, message: string, options: ClusterCacheErrorOptions & {
        readonly stage: ConnectStage;
        readonly hint: string;
        readonly stages?: readonly StageTiming[];
    });
}

/** A probe was answered, but not with what was asked for (429): alive, and neither a success nor a failure. */
export declare class InconclusiveProbeError extends ClusterCacheError {
    readonly name = "InconclusiveProbeError";
    constructor(message?: string, options?: ClusterCacheErrorOptions);
}

/** A kubeconfig that cannot or must not be used, said without any of its content but server and context names. */
export declare class KubeconfigError extends ClusterCacheError {
    readonly name = "KubeconfigError";
    /** It was understood, and asks for what the policy does not allow. */
    readonly refused: boolean;
    constructor(code: string, message: string, options?: ClusterCacheErrorOptions & {
        readonly refused?: boolean;
    });
}

/** As many probes in a row failed as the threshold allows; the last failure is the cause. */
export declare class ProbeFailureThresholdError extends ClusterCacheError {
    readonly name = "ProbeFailureThresholdError";
    constructor(failures: number, options?: ClusterCacheErrorOptions);
}

/** A probe did not end within its timeout. */
export declare class ProbeTimeoutError extends ClusterCacheError {
    readonly name = "ProbeTimeoutError";
    constructor(timeout: number);
}

/** A label or field selector that no API server would take: refused before anything is sent. */
export declare class SelectorError extends ClusterCacheError {
    readonly name = "SelectorError";
    /** What could have stood there. */
    readonly expected: string;
    /** What stood there instead, cut short; empty where the text had come to its end. */
    readonly found: string;
    constructor(kind: 'label' | 'field', selector: string, { expected, found }: {
        readonly expected: string;
        readonly found: string;
    });
}

/** What an exchange with an API server died of, where no answer came. `stage` tells a dial from a TLS failure from the rest. */
export declare class TransportError extends ClusterCacheError {
    readonly name = "TransportError";
    readonly stage: 'dial' | 'proxy' | 'tls' | 'request' | 'response';
    /** Whether the server may have acted on the request. False where it certainly did not. */
    readonly outcomeUnknown: boolean;
    constructor(code: string, message: string, options: ClusterCacheErrorOptions & {
        readonly stage: TransportError['stage'];
        readonly outcomeUnknown?: boolean;
    });
}

/** The credentials were refused: 401. A probe that errors with it ends the connection at once. */
export declare class UnauthorizedError extends ClusterCacheError {
    readonly name = "UnauthorizedError";
    constructor(message?: string, options?: ClusterCacheErrorOptions);
}

export type ConnectStage = (typeof CONNECT_STAGES)[number];

/** How long one stage of a connect took, in ms; a failed one is the last. */
export interface StageTiming {
    readonly stage: ConnectStage;
    readonly duration: number;
    readonly failed?: boolean;
}

/** The API server answered with something other than what was asked for. `code` is the reason of its Status, such as `NotFound`. */
export declare class StatusError extends ClusterCacheError {
    readonly name = "StatusError";
    /** The Status of the API server, or one made of a bare HTTP status. */
    readonly status: Status;
    /** ms after which the server wants to be asked again, where it said so. */
    readonly retryAfter?: number;
    constructor(status: Status, options?: StatusErrorOptions);
    /** The HTTP status, or that of an ERROR event. */
    get statusCode(): number;
}

/** 401: the credentials were refused. */
export declare const isUnauthorized: (error: unknown) => boolean;

/** 403: the credentials are good, and do not allow it. */
export declare const isForbidden: (error: unknown) => boolean;

/** 404: no such object, or no such path. */
export declare const isNotFound: (error: unknown) => boolean;

/** 409: an object of that name is there. */
export declare const isAlreadyExists: (error: unknown) => boolean;

/** Somebody else has written in between; not `AlreadyExists`, which is 409 as well. */
export declare const isConflict: (error: unknown) => boolean;

/** The resourceVersion or continue token is too old: list again. */
export declare const isGone: (error: unknown) => boolean;

/** 422: the object breaks a rule of its kind. */
export declare const isInvalid: (error: unknown) => boolean;

/** 429: the server asks to come back later. */
export declare const isTooManyRequests: (error: unknown) => boolean;

/** The server gave up waiting for itself or something behind it. */
export declare const isTimeout: (error: unknown) => boolean;

/** 500 and above: the server failed. */
export declare const isServerError: (error: unknown) => boolean;

export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where log records go; pino's argument order, and pino's name for an error: `err`. Messages are constant, what varies is in the fields. No record holds
 * a credential or a byte of a kubeconfig beyond its server and context names. The library is silent by default.
 */
export interface Logger {
    debug(fields: LogFields, message: string): void;
    info(fields: LogFields, message: string): void;
    warn(fields: LogFields, message: string): void;
    error(fields: LogFields, message: string): void;
}

/** What every call takes. */
export interface CallOptions {
    /**
     * Gives the call up: it rejects with the signal's reason, and the request is taken back. A server that already has it may act on it all the same.
     */
    readonly signal?: AbortSignal | undefined;
    /** ms for each request of the call; waiting for the rate limiter is not counted. @default the client's timeout */
    readonly timeout?: number | undefined;
}

/** Options of {@link Reader.get}. */
export interface GetOptions extends CallOptions {
    /** `'0'`: whatever the API server has at hand; another one: at least as new as it. @default the latest, read through */
    readonly resourceVersion?: string | undefined;
    /** From memory also while the cluster is not connected; of a cached kind, and of the same cluster as before. @default false */
    readonly stale?: boolean | undefined;
}

/** Which objects of a kind are meant. All that are given must hold. */
export interface ObjectSelection {
    /** @default all namespaces */
    readonly namespace?: string | undefined;
    /** As kubectl's `-l`: `app=web,tier!=cache,track in (a,b)`. */
    readonly labelSelector?: string | undefined;
    /** `spec.nodeName=a`: the API server decides which fields of a kind it can select by, and answers 400 to others. */
    readonly fieldSelector?: string | undefined;
}

/** Options of {@link Reader.list}. */
export interface ListOptions extends CallOptions, ObjectSelection {
    /**
     * Asks for one page of at most so many objects; the list's `continue`, where it has one, begins the next. A whole number, 1 or more.
     * @default everything, page by page
     */
    readonly limit?: number | undefined;
    /** Where the last page ended. Selection and limit must be those of the first page. Too old a one is a 410: begin again. */
    readonly continue?: string | undefined;
    /** @default the latest, read through */
    readonly resourceVersion?: string | undefined;
    /** How `resourceVersion` is meant. `Exact` is for live reads. */
    readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact' | undefined;
    /** Only objects with this value in a declared index; of a cached kind. */
    readonly index?: {
        readonly field: string;
        readonly value: string;
    } | undefined;
    /** From memory also while the cluster is not connected; of a cached kind, and of the same cluster as before. The list says by `staleFor` how old it is. @default false */
    readonly stale?: boolean | undefined;
}

/** Options of {@link Reader.observed}. */
export interface ObservedOptions extends CallOptions {
    /** Only what is kept of this namespace must be as new. @default of all */
    readonly namespace?: string | undefined;
}

/** What every write takes. */
export interface WriteOptions extends CallOptions {
    /** Everything is checked and nothing is stored. @default false */
    readonly dryRun?: boolean | undefined;
}

/** Options of {@link Client.create}. */
export interface CreateOptions extends WriteOptions {
    /** Who owns the fields that are written, at most 128 characters. @default the server takes it from the user agent */
    readonly fieldManager?: string | undefined;
    /** What is done about fields that the kind does not have. @default the server's: 'Warn' */
    readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
}

/** Options of {@link Client.update}. */
export interface UpdateOptions extends CreateOptions {
}

/**
 * Options of {@link Client.patch}; `type` says what the patch is.
 *
 * - `merge`: RFC 7386; null removes, arrays are replaced. Fits every kind.
 * - `json`: RFC 6902, an array of operations.
 * - `strategic`: as `merge`, but lists of built-in kinds are merged by their keys. A CustomResource has none: 415.
 * - `apply`: server-side apply of the fields that `fieldManager` wants; creates the object where there is none. `force` takes fields over
 *   that others own, which is a 409 without it.
 */
export type PatchOptions = CreateOptions & ({
    readonly type: 'merge' | 'json' | 'strategic';
} | {
    readonly type: 'apply';
    readonly fieldManager: string;
    readonly force?: boolean | undefined;
});

/** Options of {@link Client.delete}. */
export interface DeleteOptions extends WriteOptions {
    /** Deletes it only if it still is this one; anything else is a 409. */
    readonly preconditions?: {
        readonly uid?: string | undefined;
        readonly resourceVersion?: string | undefined;
    } | undefined;
    /** What becomes of the objects that it owns. @default the kind's: mostly 'Background' */
    readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
    /** Seconds that it is given to end, a whole number; 0: at once. @default the kind's: 30 for a Pod */
    readonly gracePeriodSeconds?: number | undefined;
}

/** Options of {@link Client.deleteAllOf}. */
export interface DeleteAllOfOptions extends Omit<DeleteOptions, 'preconditions'>, ObjectSelection {
    /** Required for a namespaced kind: an API server deletes in one namespace at a time. */
    readonly namespace?: string | undefined;
}

/** What may be written of a kind: its type; of a kind without a type of its own, any fields. */
export type Writable<T> = keyof T extends keyof KubernetesObject ? T & {
    readonly [field: string]: unknown;
} : T;

/**
 * Reads objects of one cluster: live, or from what is kept of them in memory. Objects are plain JSON as the API server sent it: dates are strings, unknown fields are kept. They are
 * read-only and shared: what a caller changes, all others see changed.
 *
 * A call rejects with a `StatusError` where the API server says no, with a `TransportError` where no answer came, with a
 * `ClusterNotConnectedError` after the connection that it belongs to has ended, and with a `TypeError` that names the field, what was expected and
 * what came where an argument is wrong; nothing is sent then.
 */
export interface Reader {
    /** One object. The namespace is left out (or empty) for a cluster-scoped kind, and required for a namespaced one. */
    get<T>(kind: Kind<T>, key: ObjectName, options?: GetOptions): Promise<T>;
    /**
     * The objects of a kind, in the order of the API server. Without a `limit` it is complete and consistent: one moment of the cluster,
     * whose resourceVersion is the list's.
     */
    list<T>(kind: Kind<T>, options?: ListOptions): Promise<ObjectList<T>>;
    /**
     * Resolves when what is kept of a kind is as new as `resourceVersion`, by the first event or bookmark at or past it (a bookmark comes once a minute). Rejects with
     * code `NOT_OBSERVED` after `timeout`, and with code `NOT_CACHED` at once where the kind is read live.
     */
    observed(kind: Kind<unknown>, resourceVersion: string, options?: ObservedOptions): Promise<void>;
}

/**
 * Reads and writes objects of one cluster. Writes resolve to the object as it is stored then. What is given is never changed.
 *
 * Nothing is tried twice that a server may have acted on: a write whose answer was lost rejects with a `TransportError` whose
 * `outcomeUnknown` is true. A 429 that says when to come back is obeyed where that is within the timeout.
 */
export interface Client extends Reader {
    /** Creates an object, named by `metadata.name` or by the server from `metadata.generateName`. apiVersion and kind may be left out. */
    create<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: CreateOptions): Promise<T>;
    /** Replaces an object. With `metadata.resourceVersion` only if nobody else has written since: 409 (`isConflict`); without, unconditionally. */
    update<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: UpdateOptions): Promise<T>;
    /** Changes parts of an object; `options.type` says what `patch` is. */
    patch<T>(kind: Kind<T>, key: ObjectName, patch: object, options: PatchOptions): Promise<T>;
    /** Deletes an object, or marks it for deletion where it has finalizers. One that is not there is a 404 (`isNotFound`). */
    delete<T>(kind: Kind<T>, key: ObjectName, options?: DeleteOptions): Promise<void>;
    /** Deletes all objects of a kind that are selected; none is no error. */
    deleteAllOf<T>(kind: Kind<T>, options?: DeleteAllOfOptions): Promise<void>;
    /** The status subresource, which `update` and `patch` leave alone. A 404 where the kind has none. */
    readonly status: StatusClient;
}

/** Writes the status of objects, and nothing else of them. */
export interface StatusClient {
    /** Replaces the status by the object's; as {@link Client.update} otherwise. */
    update<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: UpdateOptions): Promise<T>;
    /** Changes parts of the status; the patch is one of the whole object: `{ status: { … } }`. */
    patch<T>(kind: Kind<T>, key: ObjectName, patch: object, options: PatchOptions): Promise<T>;
}

// Named by the above, and not exported themselves.

/** How a cluster serves one kind. */
interface ApiResource {
    /** `/api/v1` or `/apis/GROUP/VERSION`. */
    readonly basePath: string;
    readonly plural: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly hasStatus: boolean;
}

/** Where a connect can fail, in the order in which it goes. */
declare const CONNECT_STAGES: readonly ['secret', 'kubeconfig', 'policy', 'dial', 'tls', 'reachability', 'discovery', 'inCluster', 'sync'];

interface Change<T> {
    /** The namespace is `''` for what is cluster-scoped. */
    readonly key: ObjectKey;
    readonly object: T;
    readonly cause: EventCause;
}

interface ClusterCacheErrorOptions {
    readonly cause?: unknown;
    readonly cluster?: ObjectKey | undefined;
}

/** The one state of a cluster's connection; everything else is derived from it. `since` is when the phase began. */
type ClusterConnectionState<C> = {
    readonly cluster: ObjectKey;
    readonly since: Date;
    readonly health: HealthCheckingState;
} & ({
    readonly phase: 'absent';
    readonly reason: AbsentReason;
} | {
    readonly phase: 'pending';
    readonly reason: PendingReason;
    readonly error?: ClusterCacheError;
} | {
    readonly phase: 'connecting';
    readonly attempt: number;
}
/** `error` and `retryAt`: a newer kubeconfig is there, could not be connected, and is tried again then. */
 | {
    readonly phase: 'connected';
    readonly connection: C;
    readonly error?: ClusterCacheError;
    readonly retryAt?: Date;
} | {
    readonly phase: 'disconnected';
    readonly reason: DisconnectReason;
    readonly error: ClusterCacheError;
    readonly retryAt?: Date;
});

/** As a cluster cache has it: the state of every known cluster at once, then every change of any; a cluster's last is `absent`. */
type Connections = Observable<ClusterConnectionState<unknown>>;

type Dashed<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}-${Dashed<Tail>}` : Name;

/** How a workload cluster's sockets are made: as `createTransport`, which does nothing until something is asked of it. */
type DialTransport = (endpoint: Endpoint, options: TransportOptions) => Transport;

/**
 * Where an API server is and how to authenticate to it. Nothing but the server's origin shows in `util.inspect`, JSON or
 * a template string: the fields are private and read through getters of the prototype.
 */
declare class Endpoint {
    #private;
    constructor(fields: EndpointFields);
    get server(): URL;
    get tls(): TlsMaterial | undefined;
    get proxy(): URL | undefined;
    get authorization(): string | undefined;
    get impersonation(): EndpointFields['impersonation'];
    /** The same credentials at another address, without a proxy. */
    at(server: URL, tls: TlsMaterial): Endpoint;
    toString(): string;
    toJSON(): string;
}

interface EndpointFields {
    /** Origin and base path of the API server. */
    readonly server: URL;
    /** Absent for plain http. */
    readonly tls?: TlsMaterial;
    /** http or https, with its own credentials if it needs some. */
    readonly proxy?: URL;
    /** The value of the Authorization header: Bearer or Basic. */
    readonly authorization?: string;
    /** Impersonate-* headers. */
    readonly impersonation?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Says why nothing may be written any more, or nothing where it may: of a leader that has lost its Lease, for instance. It is asked whenever something is about to be written, and may
 * say no from one call to the next. It must not throw.
 */
type Fence = () => Error | undefined;

/** Options with every field there. */
type Filled<T> = {
    readonly [K in keyof T]-?: Exclude<T[K], undefined>;
};

type IsJsonSchema<T> = 'x_kubernetes_validations' extends keyof T ? true : false;

/** The models cannot have fields named by words of the language, or with a dash or a dollar in them. */
type JsonName<T, Field> = Field extends `_${infer Name}` ? Name : Field extends `x_kubernetes_${infer Name}` ? `x-kubernetes-${Dashed<Name>}` : Field extends 'ref' | 'schema' ? IsJsonSchema<T> extends true ? `$${Field}` : Field : Field;

/** A piece of a list that is given out as it comes: one object, or one that is larger than allowed (bytes, and the text of its first 16 KiB); at last the list without its items. */
type ListPart = {
    readonly type: 'item';
    readonly item: unknown;
} | {
    readonly type: 'oversized';
    readonly size: number;
    readonly prefix: string;
} | {
    readonly type: 'end';
    readonly envelope: unknown;
};

/** A connection to the management cluster that is somebody else's: a manager's, which all of its cluster caches share, or one without sockets. */
interface ManagementConnection {
    /**
     * Runs `project` on the management cluster. Emits, errors and completes as `project` does. Unsubscribing ends
     * the project, and leaves the connection to those who share it. Errors with a `KubeconfigError` where it cannot be had, with code `STOPPED` where it ends before the project.
     */
    connect<R>(project: (rest: RestClient) => Observable<R>): Observable<R>;
    /** How the sockets to workload clusters are made. @default `createTransport` */
    readonly dial?: DialTransport | undefined;
    /** Whether workload clusters may be written to: of a manager, whether it leads. Reads, probes and watches go on in any case. @default nothing stands in the way */
    readonly fence?: Fence | undefined;
    /** Reads the management cluster for the mappers of cluster sources: of a manager, from its memory. @default live */
    readonly client?: Pick<Reader, 'get' | 'list'> | undefined;
}

interface Node extends KubernetesObject {
    readonly spec?: {
        readonly providerID?: string;
    };
}

/** What Cluster API keeps in a cluster's Secrets: its kubeconfig, and certificates with their keys. The longer name goes before the one that it ends with. */
declare const PURPOSES: readonly ["kubeconfig", "apiserver-etcd-client", "ca", "etcd", "sa", "proxy"];

/**
 * What a class of client-node's models is as the JSON that the API server sends: read-only all through, dates as strings, and the fields under the
 * names that they have there (`continue`, not `_continue`). An IntOrString stays one.
 */
type Plain<T> = unknown extends T ? unknown : T extends Date ? string : T extends readonly (infer Item)[] ? readonly Plain<Item>[] : T extends object ? {
    readonly [Field in keyof T as JsonName<T, Field>]: Plain<T[Field]>;
} : T;

/** How a reconcile ended; controller-runtime's values of the label `result`. One whose request waits for its cluster's connection is a `requeue`. */
declare const RECONCILE_RESULTS: readonly ['success', 'error', 'requeue', 'requeue_after'];

type ReconcileResult = (typeof RECONCILE_RESULTS)[number];

/** A transport with manners: waits its turn, reads errors, asks for discovery once. Handed to clients, reflectors and probes. */
interface RestClient {
    readonly transport: Transport;
    /**
     * Emits a 2xx answer once and completes. Errors with a `StatusError` for any other status (a redirect included), with a `TransportError` where none came.
     * 429 with Retry-After is tried again where that is within the timeout.
     */
    request(request: RestRequest): Observable<TransportResponse>;
    /** A watch's lines, as `Transport.lines`, after its token. */
    lines(request: RestRequest): Observable<string>;
    /** A list's items, as `Transport.items`, after its token. */
    items(request: RestRequest): Observable<ListPart>;
    /** How this cluster serves the kind; emits once and completes. Asked once per group version; an error is not remembered, a missing kind is a 404. */
    resource(kind: Kind<unknown>): Observable<ApiResource>;
    /** Forgets what discovery said of the kind's group version: it is asked again. */
    forget(kind: Kind<unknown>): void;
}

interface RestRequest extends Omit<TransportRequest, 'timeout'> {
    /** ms for one call with all its tries, waiting for its turn apart. @default the client's timeout */
    readonly timeout?: number;
    /** Take a token of the bucket first. @default true */
    readonly limited?: boolean;
    /** Try again after a 429 that says when. @default true */
    readonly obliging?: boolean;
}

interface StatusErrorOptions extends ClusterCacheErrorOptions {
    /** ms after which the server wants to be asked again. */
    readonly retryAfter?: number;
}

/** TLS material, decoded once. */
interface TlsMaterial {
    /** PEM. Absent: the system's trust store. */
    readonly ca?: string;
    /** PEM, with `key`. */
    readonly cert?: string;
    readonly key?: string;
    /** Overrides the name that is sent and checked. */
    readonly servername?: string;
    readonly insecureSkipVerify: boolean;
}

/**
 * The sockets to one API server. Everything on it is cold: subscribing sends, unsubscribing takes back (RST_STREAM on HTTP/2).
 * Nothing is dialled before the first subscription.
 */
interface Transport {
    /** Emits the answer once, whatever its status, and completes. Errors with a `TransportError` where no answer came. */
    request(request: TransportRequest): Observable<TransportResponse>;
    /**
     * A long-lived answer, line by line (split at `\n` only, the empty lines left out). Completes when the server ends it cleanly;
     * errors with a `StatusError` for a status other than 200, with a `TransportError` when the stream breaks, an unfinished last
     * line included. No idle timeout of its own.
     *
     * Those who are told, here as by `items`, work some ms in each turn of the event loop, all together; what is left waits for a later turn, in order, and the server with it.
     */
    lines(request: TransportRequest): Observable<string>;
    /**
     * A Kubernetes list, item by item: emits each as soon as it is in, at last the `end`, and completes. Errors with a `StatusError` for a status other than 200,
     * with a `TransportError` when the answer breaks off (code `TRUNCATED` where it only stops) or is no list (`GARBAGE`). Holds no more than an item and a chunk.
     */
    items(request: TransportRequest): Observable<ListPart>;
    /** The Authorization header of every later request; running ones go on. */
    setAuthorization(value: string | undefined): void;
    /** Emits (and replays nothing) whenever a dial has succeeded: what waits for the cluster may try now. Completes when the transport is closed. */
    readonly alive$: Observable<void>;
    /**
     * Emits once and completes when there is a connection for one more request: at once (synchronously) where there is, else after a dial. Dials at once, unless a dial
     * is under way, and again at most 2 s after the last one failed, for as long as anybody is subscribed; one dial for all. Never errors; completes when the transport is closed.
     */
    readonly revived$: Observable<void>;
    /** Emits whenever there is reason to doubt that the server can be reached: whoever probes it does well to do so at once. Absent where nothing but a probe tells. */
    readonly doubted$?: Observable<unknown>;
    stats(): TransportStats;
    /**
     * Ends everything on it, and whatever is asked of it later, with a `TransportError` of code `CLOSED` whose cause is `reason`, and leaves no socket, timer
     * or listener. Idempotent.
     */
    close(reason?: Error): void;
}

interface TransportOptions {
    /** The User-Agent of every request. */
    readonly userAgent: string;
    /** ms for DNS, TCP, proxy and TLS together. Shorter than a probe's timeout, or a hanging dial would be taken for a hanging server. @default 4000 */
    readonly dialTimeout?: number;
    /** HTTP/2 windows in bytes. @default 4 MiB and 8 MiB: 256 KiB per stream gives 1.3 MB/s at 100 ms round trip */
    readonly streamWindow?: number;
    readonly connectionWindow?: number;
    /** ms between PINGs, and ms since the last received byte after which a socket is dead: together below 10 s, in which a half-open socket is seen. @default 2000 and 7500 */
    readonly pingInterval?: number;
    readonly pingDeadline?: number;
    /** Called at every step forward of a dial or an answer: TCP connected, proxy answered, TLS done, response headers in. */
    readonly onProgress?: () => void;
    /**
     * Called before a request goes out once more: a read whose HTTP/1.1 connection ended under it without a byte of an answer, which the server may have given all the
     * same, or what the server said it had not processed. Must not throw.
     */
    readonly onResent?: (request: TransportRequest) => void;
    /** Spreads redials; in [0, 1). @default Math.random */
    readonly random?: () => number;
}

/** One exchange with an API server. Paths begin with `/` and are relative to the kubeconfig's server URL, whose own path is kept. */
interface TransportRequest {
    /** @default 'GET' */
    readonly method?: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
    /**
     * ms from subscribing until the whole answer is in; for `lines` and `items`, until its status line is in. Waiting for a stream slot, the
     * dial and the TLS handshake are inside it. Between two chunks of `items` as well: a large list may take a minute, but no such time in silence.
     */
    readonly timeout: number;
    /** Most bytes of an answer, of one of `lines` or of one of `items`, unpacked. @default 8 MiB: nothing but a list or a watch is larger */
    readonly maxBytes?: number;
    /** Ask for a gzip answer. @default false */
    readonly gzip?: boolean;
    /**
     * Asked at the last moment, when a connection is about to write the request, and again where it is sent again: waiting, dialling and the handshake are before it. Where it says no,
     * the exchange ends with what it says, and nothing is written. @default nothing stands in the way
     */
    readonly fence?: Fence;
    /** Of `lines`: called once, when the status line says that there will be some. An API server sends it at once, long before there is anything to tell. */
    readonly onOpened?: () => void;
    /**
     * Of `lines`: called at the end of a line that is larger than `maxBytes`, in its place, with its size in bytes and the text of its first 16 KiB; the lines go on.
     * @default none: such a line is the end, by `BODY_TOO_LARGE`
     */
    readonly onOversized?: (size: number, prefix: string) => void;
}

interface TransportResponse {
    readonly status: number;
    /** Lower-case names. */
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    /** UTF-8. */
    readonly body: string;
}

interface TransportStats {
    readonly sockets: number;
    readonly streams: number;
    readonly protocol?: 'h2' | 'http/1.1';
    /** When the last byte came in. */
    readonly lastActivity?: Date;
    /** ms that the parts of the last successful dial took; `proxy` where there is one, `tls` unless plain http. */
    readonly lastDial?: {
        readonly dial: number;
        readonly proxy?: number;
        readonly tls?: number;
    };
}

declare const objectType: unique symbol;
