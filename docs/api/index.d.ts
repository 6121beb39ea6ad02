// The public surface of 'clustercache', with its contracts. Written by `npm run api`; a spec compares it.

import { KubeConfig } from '@kubernetes/client-node';
import { KeyObject } from 'node:crypto';
import { Observable, ObservableInput, OperatorFunction, SchedulerLike } from 'rxjs';

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
    getClient(key: ObjectKey, { readOwnWrites }?: {
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
    /** The management cluster. It is the user's own: exec plugins and files are used. */
    readonly management: KubeConfig;
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

/** Names one object that a controller should look at. */
export type Request = ObjectKey & {
    readonly cluster?: ObjectKey;
};

/** For `map`: the request to look at the event's Cluster. */
export declare const toRequest: ({ key }: Pick<ClusterEvent, 'key'>) => Request;

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
export type ClusterToRequests = (cluster: Cluster, event: ClusterEvent) => readonly Request[] | PromiseLike<readonly Request[]>;

/** Requests for a controller. Never errors; completes when the cluster cache stops; unsubscribing gives up what is being mapped. */
export type Source = Observable<Request>;

/** Sends `probeFailing` once `milliseconds` have passed without a successful probe, and `probeRecovered` should one succeed before the connection is given up. */
export declare function watchForProbeFailure(milliseconds: number): ClusterSourceOption;

/** Hands `removed` events to a source's mapper as well. */
export declare function watchForRemoval(): ClusterSourceOption;

/** Leaves out the `connected` events of clusters that are connected already. */
export declare function withoutInitialEvents(): ClusterSourceOption;

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

/** What a controller should look at because of a change; nothing where it deals with the change itself. One that throws is logged, and its watch goes on. */
export type EventHandler<T> = (change: ObjectChange<T>, cluster: ObjectKey) => readonly Request[] | undefined | void;

/** Whether a change matters. Must depend on the change alone. One that throws is logged, and its change passed over. */
export type Predicate<T> = (change: ObjectChange<T>, cluster: ObjectKey) => boolean;

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

interface Node extends KubernetesObject {
    readonly spec?: {
        readonly providerID?: string;
    };
}

interface StatusErrorOptions extends ClusterCacheErrorOptions {
    /** ms after which the server wants to be asked again. */
    readonly retryAfter?: number;
}

declare const objectType: unique symbol;
