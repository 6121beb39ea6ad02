// The public surface of 'clustercache/testing', with its contracts. Written by `npm run api`; a spec compares it.

import { KubeConfig } from '@kubernetes/client-node';
import { KeyObject } from 'node:crypto';
import { Observable, SchedulerLike } from 'rxjs';
import { RunHelpers } from 'rxjs/testing';

/**
 * A Kubernetes API server inside this process, on a real port of loopback with real TLS: create, read, update, patch, apply, delete, list
 * by pages, watch, discovery, authentication – with the status codes and texts of kube-apiserver 1.36 – and faults on demand.
 * Nothing is admitted, scheduled, defaulted or collected: objects stay as they are written.
 */
export declare class FakeApiServer extends EmbeddedServer implements AsyncDisposable {
    #private;
    private constructor();
    /** Starts a server; resolves when it listens. */
    static start(options?: FakeApiServerOptions): Promise<FakeApiServer>;
    get url(): string;
    get port(): number;
    /** PEM of the authority that has signed the server's certificate; empty for plain http. */
    get ca(): string;
    /** The authority that also signs client certificates. Throws for plain http. */
    get certificates(): Certificates;
    get counters(): ServerCounters;
    /** A kubeconfig for this server, ready to use: its token, certificate or password is accepted from now on. */
    kubeconfig(options?: KubeconfigOptions): string;
    pause(): void;
    resume(): void;
    /** Resets every open connection (RST). New ones are accepted. */
    cut(): void;
    /** HTTP/2: GOAWAY on every connection; what runs on it goes on. */
    goAway(): void;
    /**
     * Ends as a process ends, and comes back with the same objects on the same port. As on a real server, whose own leases are written
     * before it serves, every resourceVersion from before is too old. With other `certificates` it comes back under another authority.
     */
    restart({ keepPort, certificates }?: RestartOptions): Promise<void>;
    /** The first half of `restart`: nobody listens, and the objects stay. */
    shutDown(): Promise<void>;
    /** The second half of `restart`. */
    startUp({ keepPort }?: {
        readonly keepPort?: boolean;
    }): Promise<void>;
    /** Ends everything on it: no socket, timer or listener is left. Idempotent. */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
    protected refuseAll(): () => Promise<void>;
    protected muteAll(): () => void;
}

export interface RestartOptions {
    /** @default true */
    readonly keepPort?: boolean;
    /** @default the same */
    readonly certificates?: Certificates;
}

/** What a server has seen since it was made, and what is open now. */
export interface ServerCounters extends RequestCounters {
    readonly connectionsAccepted: number;
    readonly openConnections: number;
    readonly openWatches: number;
}

/** How a `FakeApiServer` is made; what is left out is as on kube-apiserver. */
export interface FakeApiServerOptions extends EmbeddedServerOptions {
    /** By preference of the server. @default both */
    readonly protocols?: readonly Protocol[];
    /** @default a free one */
    readonly port?: number;
    /** `false` for plain http. @default `Certificates.shared()` */
    readonly certificates?: Certificates | false;
    /** HTTP/2: streams at once on one connection. @default 100, as kube-apiserver */
    readonly maxConcurrentStreams?: number;
}

/** A management cluster with Clusters and kubeconfig Secrets, and the workload clusters that they speak of: servers of their own, in this process. */
export declare class FakeFleet implements AsyncDisposable {
    #private;
    /** The server that the Clusters and Secrets are on. */
    readonly managementServer: FakeApiServer;
    private constructor();
    /** Starts all servers; resolves when they listen and their objects are there. */
    static start(options?: FakeFleetOptions): Promise<FakeFleet>;
    /** The kubeconfig of the management cluster, of an administrator: what a `ClusterCache` takes. */
    get management(): KubeConfig;
    get namespace(): string;
    /** The names of its clusters, in the order in which they were added. */
    get names(): readonly string[];
    get keys(): readonly ObjectKey[];
    key(name: string): ObjectKey;
    /** The server of a cluster. Throws for one that is not there. */
    workload(name: string): FakeApiServer;
    /** The kubeconfig that a cluster's Secret holds, or would hold. */
    kubeconfig(name: string): string;
    /** Adds a cluster: its server with a Node, its Secret, its Cluster. */
    add(name?: string, { ready, kubeconfig, labels }?: AddOptions): Promise<ObjectKey>;
    /** Deletes the Cluster and its Secret, where they are still there, and stops its server. */
    remove(name: string): Promise<void>;
    /** Writes a cluster's kubeconfig Secret, this one or the one that works. */
    putKubeconfig(name: string, kubeconfig?: string): void;
    /** Deletes a cluster's kubeconfig Secret. */
    deleteKubeconfig(name: string): void;
    /** Says whether a cluster's infrastructure is provisioned. */
    setInfrastructureReady(name: string, ready: boolean): void;
    /** Gives a cluster another token, writes it into the Secret, and shuts the old login out: from its next request on it is answered 401. */
    rotateToken(name: string): void;
    /** The same with another client certificate. */
    rotateCertificate(name: string): void;
    /** Restarts a cluster's server under another authority and writes the kubeconfig that trusts it into the Secret. */
    rotateAuthority(name: string, certificates?: Certificates): Promise<void>;
    /** Makes something go wrong with a cluster until `heal`, or until the returned fault is removed. */
    break(name: string, fault: Fault): InjectedFault;
    /** Takes back all that `break` did to a cluster; resolves when it answers again. */
    heal(name: string): Promise<void>;
    /** Stops all servers. Idempotent. */
    stop(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

export interface AddOptions {
    /** Whether its infrastructure is provisioned. @default true */
    readonly ready?: boolean;
    /** Whether its kubeconfig Secret is there. @default true */
    readonly kubeconfig?: boolean;
    readonly labels?: Readonly<Record<string, string>>;
}

export interface FakeFleetOptions {
    /** How many clusters there are from the start: `cluster-1`, `cluster-2`, …, with leading zeros where there are more than nine. @default 3 */
    readonly clusters?: number;
    /** Of the Clusters and their Secrets. @default 'default' */
    readonly namespace?: string;
    /** How their kubeconfigs authenticate. @default 'token' */
    readonly user?: 'token' | 'clientCertificate';
    /** Of client certificates. @default 'ec' */
    readonly key?: KeyAlgorithm;
    /** One authority for all. @default `Certificates.shared()` */
    readonly certificates?: Certificates;
    /** What some clusters suffer from the start, by name. */
    readonly broken?: Readonly<Record<string, Fault>>;
    /** Of the management server. */
    readonly management?: FakeApiServerOptions;
    /** Of the workload servers. @default 20 requests are recorded */
    readonly workload?: FakeApiServerOptions;
}

/** Something that goes wrong. Those without `match` are faults of the network and hit everything. */
export type Fault = 
/** Nobody listens: open connections are reset, new ones refused. */
{
    readonly fault: 'refuse';
}
/** Every connection is half-open: bytes are accepted and never answered, new connections hang in their handshake. Late answers come when it is removed. */
 | {
    readonly fault: 'halfOpen';
}
/** The request is never answered. */
 | ({
    readonly fault: 'hang';
} & RequestFault)
/** The connection that the request came on is reset. */
 | ({
    readonly fault: 'reset';
} & RequestFault)
/** HTTP/2: the stream is refused (REFUSED_STREAM), which says that nothing was done. HTTP/1.1: the connection is reset. */
 | ({
    readonly fault: 'refuseStream';
} & RequestFault)
/** HTTP/2: GOAWAY; the request and all running ones are answered, then the connection closes. HTTP/1.1: `Connection: close`. */
 | ({
    readonly fault: 'goaway';
} & RequestFault)
/** The answer begins `delay` ms late. */
 | ({
    readonly fault: 'slow';
    readonly delay: number;
} & RequestFault) | ({
    readonly fault: 'unauthorized' | 'forbidden';
} & RequestFault)
/** 410: of a watch as an ERROR event. */
 | ({
    readonly fault: 'gone';
} & RequestFault)
/** 429 with `Retry-After`: seconds, or an HTTP date. @default 1 */
 | ({
    readonly fault: 'tooManyRequests';
    readonly retryAfter?: number | string;
} & RequestFault)
/** @default 500 */
 | ({
    readonly fault: 'serverError';
    readonly status?: number;
    readonly message?: string;
} & RequestFault)
/** A redirect to `location`. */
 | ({
    readonly fault: 'redirect';
    readonly location: string;
} & RequestFault)
/** The answer ends in its middle: of a watch in the middle of its next line. `reset` breaks the stream off where it would end cleanly. @default false */
 | ({
    readonly fault: 'truncate';
    readonly reset?: boolean;
} & RequestFault)
/** 200 and a body that is no JSON: of a watch its next line. @default '<html>not what you asked for</html>' */
 | ({
    readonly fault: 'garbage';
    readonly body?: string;
    readonly contentType?: string;
} & RequestFault);

export type FaultName = Fault['fault'];

/** A fault that was injected, until it is removed. */
export interface InjectedFault {
    /** How many requests it has hit. */
    readonly hits: number;
    /** Takes it back; resolves when it is no longer in force. Idempotent. */
    remove(): Promise<void>;
}

/** Which requests a fault is for: all, those whose path with its query fits, or those that a function picks. */
export type RequestMatch = RegExp | ((request: RecordedRequest) => boolean);

/** One request as a server saw it. */
export interface RecordedRequest {
    readonly method: string;
    /** With its query. */
    readonly path: string;
    /** `get`, `list`, `watch`, `create`, …; of a path outside the resources its method in lower case. */
    readonly verb: string;
    /** `clusters.cluster.x-k8s.io`, `nodes`; absent outside the resources. */
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    /** Lower-case names; without credentials. */
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    /** The name of the user; absent when it was refused for its credentials, and until they are checked. */
    readonly user?: string;
    readonly protocol: Protocol;
    /** Of the connection, unique in this process. */
    readonly connection: number;
    /** When it came. */
    readonly at: Date;
    /** The status that was sent; absent until then. */
    readonly status?: number;
}

export interface RequestCounters {
    /** Requests since the server was made, those that a fault has swallowed included. */
    readonly requests: number;
    /** By resource: `{ nodes: 2 }`. */
    readonly lists: Readonly<Record<string, number>>;
    readonly watches: Readonly<Record<string, number>>;
}

/** How requests without credentials are taken: 401; 403 but for the open paths, as kube-apiserver does by default; or let in. */
export type AnonymousAccess = 'unauthorized' | 'forbidden' | 'allowed';

/** Whom a server takes its client for. */
export interface User {
    readonly name: string;
    readonly groups: readonly string[];
}

/**
 * Who may come in, by which token, password or certificate. Changes count from the next request on, on open connections too.
 */
export declare class Users {
    #private;
    /** Accepts a bearer token. */
    addToken(token: string, user?: User): void;
    /** Refuses a bearer token from now on. */
    revokeToken(token: string): void;
    /** Accepts a name and password (HTTP basic). */
    addPassword(name: string, password: string, user?: User): void;
    revokePassword(name: string, password: string): void;
    /** Refuses a client certificate from now on. A real server cannot; there, the authority changes. */
    revokeCertificate(serialNumber: string): void;
    /** Who sends this; `undefined` for credentials that are not accepted; `ANONYMOUS` for none at all. */
    authenticate(authorization: string | undefined, certificate: PeerCertificate | undefined): User | undefined;
}

/** What an API server answers instead of doing what it was asked: a Status and its code, with the texts of kube-apiserver. */
export declare class Refusal extends Error {
    readonly status: Status & {
        readonly code: number;
    };
    readonly code: number;
    /** Sent as `Retry-After`. */
    readonly retryAfter: number | undefined;
    constructor(code: number, reason: string | undefined, message: string, details?: Details, metadata?: {
        readonly continue?: string;
    });
}

/** One resource as it is served, in every version that it is served in. */
export interface Resource {
    /** Empty for the core group. */
    readonly group: string;
    /** The one that is preferred first. Objects are stored as the first. */
    readonly versions: readonly string[];
    readonly kind: string;
    readonly plural: string;
    readonly singular: string;
    readonly namespaced: boolean;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
    /** @default all */
    readonly verbs?: readonly Verb[];
    /** Written by its own path only: what is created has none, what is updated keeps its own. @default false */
    readonly status?: boolean;
    /** What has a status keeps it when created: a kubelet registers its Node that way. @default false */
    readonly createsWithStatus?: boolean;
    /** `metadata.generation` counts changes of what is neither metadata nor status. @default false */
    readonly generation?: boolean;
    /** A custom resource: its updates need a resourceVersion, it takes no strategic merge patch. @default false */
    readonly custom?: boolean;
    /** Deletes answer with the object itself and not with a Status. @default false */
    readonly deletesToObject?: boolean;
    /** What a field selector may name beside metadata.name and metadata.namespace, and where it is. */
    readonly selectableFields?: Readonly<Record<string, readonly string[]>>;
    /** From one version to another, the same object: only what differs. @default only apiVersion changes */
    readonly convert?: (object: KubernetesObject, version: string) => KubernetesObject;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** How a kubeconfig of a fake server authenticates. */
export interface KubeconfigOptions {
    /** Of the cluster and the user. @default 'fake' */
    readonly name?: string;
    /** @default `name` */
    readonly contextName?: string;
    /** @default 'token' */
    readonly user?: 'token' | 'clientCertificate' | 'basic' | 'none';
    /** The common name of a client certificate, the user of a token or password. @default 'kubernetes-admin', of the group system:masters */
    readonly userName?: string;
    /** Of a client certificate. @default 'ec' */
    readonly key?: KeyAlgorithm;
    /** This client certificate. @default a new one */
    readonly certificate?: KeyedCertificate;
    /** This token, accepted from now on. @default the server's own */
    readonly token?: string;
    /** @default the server's URL */
    readonly server?: string;
    /** PEM. @default the server's authority */
    readonly ca?: string;
    /** Of the context. @default none */
    readonly namespace?: string;
    /** Further fields of the cluster: `proxy-url`, `tls-server-name`, `insecure-skip-tls-verify`, … */
    readonly cluster?: Readonly<Record<string, unknown>>;
}

export type Protocol = 'h2' | 'http/1.1';

/**
 * A cluster cache of one connected cluster, for specs: the real {@link ClusterCache}, started, whose management cluster and workload clusters are in memory.
 * Nothing of it needs a socket, or a turn of the event loop: the cluster is connected when this returns, within `marbles()` as well. Promises are still promises: a read
 * of a client is there a microtask later. Throws a TypeError for options that are none.
 */
export declare function newFakeClusterCache({ key, objects, broken, client, watches, ...options }: FakeClusterCacheOptions): FakeClusterCache;

/** The same without any cluster: `connect` makes them. */
export declare function newFakeEmptyClusterCache(options?: FakeEmptyClusterCacheOptions): FakeClusterCache;

/** A {@link ClusterCache} whose clusters do as they are told. What is done to them has happened when the method returns, as far as it takes no time. */
export declare class FakeClusterCache extends ClusterCache {
    #private;
    private constructor();
    /** @internal for `newFakeClusterCache` and `newFakeEmptyClusterCache` */
    static create({ clientOptions, server, ...options }: FakeEmptyClusterCacheOptions, own?: Own): FakeClusterCache;
    /** The server that the Clusters and kubeconfig Secrets are on. */
    get managementServer(): EmbeddedServer;
    /** Reads and writes the management cluster live. */
    get managementClient(): Client;
    /** The management cluster's objects, as a manager keeps them: for the `start` of a controller whose sources follow them. */
    get managementObjects(): ManagementObjects;
    /** A cluster's server: what is created, changed and deleted on it is seen by whoever watches. Throws for a cluster that is not there. */
    workload(key: ObjectKey): EmbeddedServer;
    /**
     * Has a cluster be there and connected: makes one where there is none, and takes back what `broken`, `disconnect` and `failProbes` did to it, and whatever became of its Cluster
     * and its Secret. Where there is no connection it gets another kubeconfig, which is what has it dialled at once. What was injected into its server by hand stays.
     */
    connect(key: ObjectKey): void;
    /**
     * Ends a cluster's connection, and lets no other be made until `connect`. By `probeFailureThreshold` nobody answers any more: as many probes fail at once as it
     * takes. By `unauthorized` its credentials are refused from now on: the probe that is answered 401, and the connect that follows it at once. Where it is not connected, the next
     * connects fail.
     */
    disconnect(key: ObjectKey, reason?: FakeDisconnect): void;
    /** Has a cluster's next `count` probes fail, connects included: with a 500 at once, or as the fault says. Each at its own time. */
    failProbes(key: ObjectKey, count: number, fault?: Exclude<Fault, {
        fault: 'refuse' | 'halfOpen';
    }>): void;
    /** Writes a cluster's kubeconfig with another token, then has the old one refused. */
    rotateKubeconfig(key: ObjectKey): void;
    getClient(key: ObjectKey, options?: Parameters<ClusterCache['getClient']>[1]): Client;
    getReader(key: ObjectKey): Reader;
    getUncachedClient(key: ObjectKey): Client;
    watch<T extends object>(key: ObjectKey, watcher: Watcher<T>): WatchHandle;
    stop(): Promise<void>;
}

export interface FakeClusterCacheOptions extends FakeEmptyClusterCacheOptions {
    /** The cluster that is there and connected from the start. */
    readonly key: ObjectKey;
    /** What is in it from the start. Namespaces are made as they are named. @default its own Namespaces alone */
    readonly objects?: readonly KubernetesObject[] | undefined;
    /** What is wrong with it from the start: it is not connected then, until `connect`. @default nothing */
    readonly broken?: Fault | undefined;
    /** What is handed out as its client, reader and uncached client while it is connected, or what is made of the real one. @default the real ones */
    readonly client?: Client | ((client: Client) => Client) | undefined;
    /** Names of watches of it that are there already: `watch` returns their handles, and nobody is told of anything. @default none */
    readonly watches?: readonly string[] | undefined;
}

/** How a fake ends a connection: its five probes fail, one after the other, or one is answered 401. */
export type FakeDisconnect = Extract<DisconnectReason, 'probeFailureThreshold' | 'unauthorized'>;

/** What a fake takes of a real cluster cache's options; time is not spread unless `random` says so. */
export interface FakeEmptyClusterCacheOptions extends Omit<ClusterCacheOptions, 'management' | 'client'> {
    /** As the `client` of a real one. @default the User-Agent `fake` */
    readonly clientOptions?: Partial<ClientOptions> | undefined;
    /** How all servers are, the management server among them: further resources to be served, for instance. */
    readonly server?: EmbeddedServerOptions | undefined;
    /** Spreads probes and reconnects; in [0, 1). @default 0: everything is on time */
    readonly random?: (() => number) | undefined;
}

/**
 * A management cluster with Clusters and kubeconfig Secrets, and the workload clusters that they speak of, without sockets. It is what a `Manager` takes as its kubeConfig and a
 * `ClusterCache` as its management.
 */
export declare class InMemoryFleet implements ManagementConnection {
    #private;
    constructor({ scheduler, random, server }?: InMemoryFleetOptions);
    connect<R>(project: (rest: RestClient) => Observable<R>): Observable<R>;
    readonly dial: DialTransport;
    /** Reads and writes the management cluster live. */
    get managementClient(): Client;
    /** The management cluster's objects, as a manager keeps them. */
    get managementObjects(): ManagementObjects;
    has(key: ObjectKey): boolean;
    /** The server that the Clusters and Secrets are on. */
    get managementServer(): EmbeddedServer;
    /** The server of a cluster. Throws for one that is not there. */
    workload(key: ObjectKey): EmbeddedServer;
    /** Adds a cluster with these objects, and with what is wrong with it: its server, its Secret, its Cluster. */
    add(key: ObjectKey, objects?: readonly KubernetesObject[], broken?: Fault): void;
    /** Makes something go wrong with a cluster until `heal`. */
    break(key: ObjectKey, fault: Fault): void;
    /** Takes back all that `break` did to a cluster, and whatever keeps it from being connected but its kubeconfig. */
    heal(key: ObjectKey): void;
    /** Has whoever is connected to a cluster probe it at once. */
    doubt(key: ObjectKey): void;
    /** Has nobody let in any more by the cluster's kubeconfig; nothing else is wrong with it. */
    revoke(key: ObjectKey): void;
    /** Writes a kubeconfig with another token, then has the old one let in no more. */
    rotate(key: ObjectKey): void;
    /** Ends all servers. Idempotent. */
    stop(): void;
}

export interface InMemoryFleetOptions {
    /** The one clock. @default asyncScheduler */
    readonly scheduler?: SchedulerLike | undefined;
    /** Spreads what the fleet's own clients try again; in [0, 1). @default 0 */
    readonly random?: (() => number) | undefined;
    /** How all servers are, the management server among them: further resources to be served, for instance. */
    readonly server?: EmbeddedServerOptions | undefined;
}

/** What a server is inside this process, whatever carries its requests: objects and who may see them, what was asked, and what goes wrong. */
export declare abstract class EmbeddedServer {
    #private;
    /** Who is let in. */
    readonly users: Users;
    protected readonly state: ServerState;
    protected constructor(options: EmbeddedServerOptions, time?: ServerTime);
    /** A bearer token of an administrator. */
    get token(): string;
    /** The UID of the Namespace `kube-system`. */
    get uid(): string;
    /** The resourceVersion of the last write. */
    get resourceVersion(): string;
    /** The last requests, the oldest first. */
    get requests(): readonly RecordedRequest[];
    /** Every request from now on, as it comes in and before it is answered. Hot; completes when the server stops. */
    get requests$(): Observable<RecordedRequest>;
    /** What it has seen since it was made, and what is open now. */
    get counters(): RequestCounters & {
        readonly openWatches: number;
    };
    /** Creates an object as it is given, status and uid included. Throws a Refusal as the API would. */
    create<T extends KubernetesObject>(object: T): T;
    /** Replaces an object, status included. Without a resourceVersion it replaces whatever is there. */
    update<T extends KubernetesObject>(object: T): T;
    /** Merges into an object, status included (RFC 7386: null removes). */
    patch<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName, changes: object): T;
    /** Deletes an object, or marks it for deletion where it has finalizers. */
    delete(kind: Kind<unknown>, name: ObjectName): void;
    /** A copy of an object. Throws a Refusal where there is none. */
    get<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T;
    /** A copy of an object, or `undefined` where there is none. */
    find<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T | undefined;
    /** Copies of all objects of a kind, in the order of the API. */
    list<T extends KubernetesObject>(kind: Kind<T>, options?: {
        readonly namespace?: string;
        readonly labelSelector?: string;
    }): T[];
    /** Serves one more resource, as a CustomResourceDefinition that is created does. */
    serve(resource: Resource): void;
    /** Serves a group version (`cluster.x-k8s.io/v1beta2`) or a resource (`clusters.cluster.x-k8s.io`) no longer; its watches end. Objects stay. */
    unserve(name: string): void;
    /** Forbids to one user, or to all, the requests that fit: 403. */
    forbid(user: string | undefined, fits: (request: RecordedRequest) => boolean): {
        remove(): void;
    };
    /** Makes something go wrong until it is removed, or has hit as often as it should. In force when this returns. */
    inject(fault: Fault): InjectedFault;
    /** Half-open from now on, as `inject({ fault: 'halfOpen' })`: what comes in is not answered. */
    abstract pause(): void;
    /** Answers again, first what has come in meanwhile. */
    abstract resume(): void;
    /** Resets every open connection. New ones are accepted. */
    abstract cut(): void;
    /** Ends the open watches of a resource (`nodes`), or all: cleanly, as at their timeout. */
    endWatches(resource?: string): void;
    /** Forgets the history: whoever resumes below the last write must list again. Open watches go on. */
    compact(): void;
    /** Something else is written, `by` times: resourceVersions go up. */
    advance(by?: number): void;
    /** Nobody listens any more. Returns what takes that back. */
    protected abstract refuseAll(): () => void | Promise<void>;
    /** Everything is half-open. Returns what takes that back. */
    protected abstract muteAll(): () => void | Promise<void>;
    /** Its connections are about to be cut: forgets their watches without a word. */
    protected forgetWatches(): void;
    /** As on a real server, whose own leases are written before it serves, every resourceVersion from before is too old. */
    protected forgetHistory(): void;
    /** Nothing more goes wrong, and no timer is left. Idempotent. */
    protected end(): void;
    /** Nobody asks any more. */
    protected completeRequests(): void;
}

/** What an embedded server serves; what is left out is as on kube-apiserver. */
export interface EmbeddedServerOptions {
    /** Served beside the built-in ones and Cluster API's. */
    readonly resources?: readonly Resource[];
    /** Changes kept of each resource: a watch that resumes before them gets 410. @default 1000 */
    readonly history?: number;
    /** Requests kept in `requests`. @default 200 */
    readonly recorded?: number;
    /** ms between bookmarks. @default 60_000, as kube-apiserver */
    readonly bookmarkInterval?: number;
    /** ms after which a watch without `timeoutSeconds` ends. @default 1_800_000, as kube-apiserver's shortest */
    readonly watchTimeout?: number;
    /** ms for which a resource answers 429 after its definition was posted. @default 0 */
    readonly initialization?: number;
    /** Whether watches may ask for their initial events (WatchList). @default true */
    readonly watchList?: boolean;
    /** Of the Namespace `kube-system`: the identity of the cluster. @default random */
    readonly uid?: string;
    /** The first resourceVersion. @default 1 */
    readonly resourceVersion?: string;
    /** @default 'unauthorized' */
    readonly anonymous?: AnonymousAccess;
}

/**
 * A certificate authority, the server certificate that it has signed, and the client certificates that it signs on demand. One of them
 * serves any number of servers: `Certificates.shared()` is what a `FakeApiServer` uses unless told otherwise. Another one made by
 * `create` is what a client must not trust.
 */
export declare class Certificates {
    #private;
    /** The authority's certificate, PEM. */
    readonly ca: string;
    /** The authority's private key, PEM: with it, code under test signs certificates that the server takes. */
    readonly caKey: string;
    /** The server's certificate and key, PEM. */
    readonly server: KeyedCertificate;
    private constructor();
    /** Makes an authority of its own. */
    static create(options?: CertificatesOptions): Certificates;
    /** The one authority and server key of this process, made on the first call. */
    static shared(): Certificates;
    /** Signs a client certificate. Those with the same key algorithm share one key, so that a thousand cost one. */
    client({ user, groups, key, notBefore, notAfter }: ClientCertificateOptions): KeyedCertificate;
}

export interface CertificatesOptions {
    /** Of the authority's key and of the server's. @default 'ec' */
    readonly key?: KeyAlgorithm;
    /** Further DNS names and IP addresses of the server, beside 127.0.0.1, ::1 and localhost. */
    readonly names?: readonly string[];
}

export interface ClientCertificateOptions {
    /** The common name: the user. */
    readonly user: string;
    /** The organisations: the user's groups. @default ['system:masters'] */
    readonly groups?: readonly string[];
    /** @default 'ec' */
    readonly key?: KeyAlgorithm;
    /** @default a minute ago */
    readonly notBefore?: Date;
    /** @default ten years from now */
    readonly notAfter?: Date;
}

/** EC is P-256, made in a fraction of a millisecond; RSA has 2048 bits and takes up to a second. */
export type KeyAlgorithm = 'ec' | 'rsa';

/** A certificate with its private key, both PEM. */
export interface KeyedCertificate {
    readonly cert: string;
    readonly key: string;
    /** Upper-case hex with no separators, as `tls.PeerCertificate.serialNumber`. */
    readonly serialNumber: string;
}

/** A Cluster; ready to connect to unless `ready` is false. */
export declare function aCluster({ version, ready, paused, namespace, ...named }?: Named & {
    readonly version?: 'v1beta1' | 'v1beta2';
    /** Whether its infrastructure is provisioned. @default true */
    readonly ready?: boolean;
    readonly paused?: boolean;
}): Cluster;

/** The Secret with the kubeconfig of a cluster, as Cluster API writes it. */
export declare function aKubeconfigSecret({ cluster, kubeconfig, namespace, conventional }: {
    /** Its name. */
    readonly cluster: string;
    readonly kubeconfig: string;
    readonly namespace?: string;
    /** With the type and the label that Cluster API gives it. @default true */
    readonly conventional?: boolean;
}): KubernetesObject & {
    readonly data: Readonly<Record<string, string>>;
    readonly type: string;
};

/** A Node; ready unless `ready` is false. */
export declare function aNode({ providerID, ready, ...named }?: Named & {
    readonly providerID?: string;
    readonly ready?: boolean;
}): KubernetesObject & {
    readonly spec: object;
    readonly status: object;
};

/** A Pod with one container. */
export declare function aPod({ node, phase, image, namespace, ...named }?: Named & {
    /** The name of its Node. @default none: not scheduled */
    readonly node?: string;
    readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
    readonly image?: string;
}): KubernetesObject & {
    readonly spec: object;
    readonly status: object;
};

/**
 * The network path to a server, as something that a spec can break: a TCP proxy on a loopback port of its own. Several
 * proxies in front of one server look like as many clusters.
 */
export declare class TcpProxy implements AsyncDisposable {
    #private;
    private constructor();
    /** Listens on a free port and forwards to `port`. */
    static to(port: number, host?: string): Promise<TcpProxy>;
    get port(): number;
    /** Connections that go through now. */
    get open(): number;
    /** Connections that were made since it began. */
    get accepted(): number;
    /** Resets every connection (RST); new ones go through. */
    cut(): void;
    /** Holds all bytes back, both ways, and closes nothing: connections are half-open, new ones are accepted and hang in their TLS handshake. */
    mute(): void;
    /** Resets every connection and refuses new ones (ECONNREFUSED). */
    refuse(): Promise<void>;
    /** Forwards again, on the same port: what `mute` held back arrives late, as after a network fault. */
    heal(): Promise<void>;
    /** Resets every connection and frees the port. Idempotent. */
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

/** The body of a marble test, run in virtual time. */
export declare const marbles: (body: (helpers: RunHelpers) => void) => () => void;

// Named by the above, and not exported themselves.

type AbsentReason = 'unknown' | 'deleted' | 'filtered' | 'stopped';

/** An object is there that was not: a new one, or one that was not known (or not selected) before. */
interface AddedEvent<T> extends Change<T> {
    readonly type: 'added';
}

/** An object with everything that any kind has beside its metadata. */
interface AnyObject extends KubernetesObject {
    readonly [field: string]: unknown;
}

/** How a cluster serves one kind. */
interface ApiResource {
    /** `/api/v1` or `/apis/GROUP/VERSION`. */
    readonly basePath: string;
    readonly plural: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly hasStatus: boolean;
}

/** What is kept of a kind, where that is not everything. */
interface ByObject<T = KubernetesObject> {
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

/** Where a connect can fail, in the order in which it goes. */
declare const CONNECT_STAGES: readonly ['secret', 'kubeconfig', 'policy', 'dial', 'tls', 'reachability', 'discovery', 'inCluster', 'sync'];

/** An index of the objects of a kind, which lists by that kind may ask for. */
interface CacheIndex<T = KubernetesObject> {
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
interface CacheOptions {
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

/** What every call takes. */
interface CallOptions {
    /**
     * Gives the call up: it rejects with the signal's reason, and the request is taken back. A server that already has it may act on it all the same.
     */
    readonly signal?: AbortSignal | undefined;
    /** ms for each request of the call; waiting for the rate limiter is not counted. @default the client's timeout */
    readonly timeout?: number | undefined;
}

/**
 * What a server serves: an immutable set of resources with the documents that announce them. A thousand servers that serve the same share
 * one, and each document is written once.
 */
declare class Catalogue {
    #private;
    /** The built-in resources and those of Cluster API. */
    static readonly standard: Catalogue;
    readonly resources: readonly Resource[];
    constructor(resources: readonly Resource[]);
    /** By `apiVersion` and plural, as in a path. */
    at(apiVersion: string, plural: string): Resource | undefined;
    /** By `apiVersion` and kind, as in an object. */
    of(apiVersion: string, kind: string): Resource | undefined;
    /** Whether any resource is served in this group version. */
    serves(apiVersion: string): boolean;
    /** Whether a group is of kube-apiserver's own. */
    builtin(group: string): boolean;
    /** The same with one more resource, or with another one in the place of the one that has its group and plural. */
    with(resource: Resource): Catalogue;
    /** The same without a resource, named `plural.group`. */
    without(name: string): Catalogue;
    /** The same without a group version. */
    withoutVersion(apiVersion: string): Catalogue;
    /** The JSON of a discovery document, or `undefined` where nothing is at this path. */
    document(path: string, aggregated?: boolean): string | undefined;
}

interface Change<T> {
    /** The namespace is `''` for what is cluster-scoped. */
    readonly key: ObjectKey;
    readonly object: T;
    readonly cause: EventCause;
}

/** One write. */
interface Change {
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
    /** The resourceVersion that it has made. */
    readonly version: bigint;
    /** What is now; of a delete the last state, under the resourceVersion of the delete. */
    readonly current: StoredObject;
    readonly previous?: StoredObject;
}

/**
 * Reads and writes objects of one cluster. Writes resolve to the object as it is stored then. What is given is never changed.
 *
 * Nothing is tried twice that a server may have acted on: a write whose answer was lost rejects with a `TransportError` whose
 * `outcomeUnknown` is true. A 429 that says when to come back is obeyed where that is within the timeout.
 */
interface Client extends Reader {
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

/** What clients read from memory. */
interface ClientCacheOptions {
    /** Kinds that are read live, always. @default none */
    readonly disableFor?: readonly Kind<unknown>[] | undefined;
}

interface ClientOptions {
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

/** A Cluster API Cluster, v1beta1 or v1beta2: the fields that are read here; all others are kept. */
interface Cluster extends KubernetesObject {
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

/**
 * A live, health-checked connection to every workload cluster of a management cluster.
 *
 * Nothing runs before `start`, and nothing after `stop`. Streams may be subscribed before, and complete with `stop`; they never error. Getters are
 * synchronous, never touch the network and, for a cluster that is not connected, throw a `ClusterNotConnectedError`. A state is kept before it is told:
 * whoever is told "connected" can get the client at once.
 */
declare class ClusterCache implements AsyncDisposable {
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

/** The base of every error of this library. `code` is stable; `message` is for people. */
declare class ClusterCacheError extends Error {
    readonly name: string;
    readonly code: string;
    /** The cluster that it is about, if it is about one. */
    readonly cluster?: ObjectKey;
    constructor(code: string, message: string, { cause, cluster }?: ClusterCacheErrorOptions);
    /** What a log keeps of it: an Error alone would be `{}`. */
    toJSON(): object;
}

interface ClusterCacheErrorOptions {
    readonly cause?: unknown;
    readonly cluster?: ObjectKey | undefined;
}

interface ClusterCacheOptions {
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

/** What controllers are told of a cluster. `after` is the duration of the `watchForProbeFailure` that a probe event belongs to, in ms. */
interface ClusterEvent {
    readonly type: 'connected' | 'disconnected' | 'probeFailing' | 'probeRecovered' | 'kubeconfigRotated' | 'removed';
    readonly key: ObjectKey;
    readonly cluster: Cluster;
    readonly at: Date;
    readonly reason?: DisconnectReason | PendingReason;
    readonly after?: number;
}

/** What a mapper is given along with a cluster and its event. */
interface ClusterMapContext {
    /** Reads the management cluster: from the memory of its manager, where the cluster cache was set up with one, else live. */
    readonly reader: Pick<Reader, 'get' | 'list'>;
}

/** What a work queue has to know to park the requests of a cluster while it has no connection; to be spread into its options. */
interface ClusterParking {
    /** Whether a cluster is known, and not connected. */
    readonly parkWhile: (cluster: ObjectKey) => boolean;
    /** A cluster, whenever it is connected, or is gone: nothing is to be waited for then. Completes on `stop`; never errors. */
    readonly released$: Observable<ObjectKey>;
}

/** What a consumer of cluster events asks for; several are taken together. */
interface ClusterSourceOption {
    /** ms without a successful probe after which `probeFailing` is sent. */
    readonly probeFailureAfter?: number;
    /** Begin with `connected` of every connected cluster. @default true */
    readonly initialEvents?: boolean;
    /** Hand `removed` to the mapper of a source. @default false: there is nothing to reconcile against */
    readonly removals?: boolean;
}

/** What may differ from cluster to cluster: a far one needs more time. */
interface ClusterTiming {
    readonly healthProbe: HealthProbeOptions;
    readonly connectionCreationRetryInterval: number;
    readonly client: Pick<ClientOptions, 'timeout'>;
}

/** Maps what happened to a cluster to what a controller should look at. */
type ClusterToRequests = (cluster: Cluster, event: ClusterEvent, context: ClusterMapContext) => readonly Request[] | PromiseLike<readonly Request[]>;

/** The objects of one resource and what happened to them lately. */
declare class Collection {
    #private;
    /** Keeps at least the last `limit` changes. What was before `floor` is unknown. */
    constructor(limit: number, floor: bigint);
    get size(): number;
    /** The oldest resourceVersion from which every later change is known. */
    get floor(): bigint;
    get(key: string): StoredObject | undefined;
    /** All objects in the order of their keys. */
    all(): readonly StoredObject[];
    /** All objects as they were at a resourceVersion, or `undefined` where that is forgotten. */
    at(version: bigint): readonly StoredObject[] | undefined;
    apply(change: Change): void;
    /** The number of the first change after a resourceVersion: where a follower begins. */
    after(version: bigint): number;
    /** The change of that number; `undefined` when it has not happened yet; `'forgotten'` when the reader was too slow. */
    change(number: number): Change | undefined | 'forgotten';
    /** Calls `follower` after every change, until the returned function is called. */
    follow(follower: () => void): () => void;
    /** Forgets all changes: nothing before `version` can be taken up again. */
    compact(version: bigint): void;
}

type ConnectStage = (typeof CONNECT_STAGES)[number];

/** A connection to a workload cluster, as its state shows it. What can be done with it is asked of the cluster cache. */
interface Connection {
    /** The origin of the API server. */
    readonly server: string;
    /** The UID of the Namespace kube-system; `undefined` where it may not be read. */
    readonly clusterUid?: string;
    /** Whether the controller runs on this very cluster and talks to it by the in-cluster address. */
    readonly inCluster: boolean;
    /** How the connect went. */
    readonly stages: readonly StageTiming[];
}

/** The one state of a cluster's connection; see {@link ClusterConnectionState}. */
type ConnectionState = ClusterConnectionState<Connection>;

/** Options of {@link Client.create}. */
interface CreateOptions extends WriteOptions {
    /** Who owns the fields that are written, at most 128 characters. @default the server takes it from the user agent */
    readonly fieldManager?: string | undefined;
    /** What is done about fields that the kind does not have. @default the server's: 'Warn' */
    readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
}

/** Options of {@link Client.deleteAllOf}. */
interface DeleteAllOfOptions extends Omit<DeleteOptions, 'preconditions'>, ObjectSelection {
    /** Required for a namespaced kind: an API server deletes in one namespace at a time. */
    readonly namespace?: string | undefined;
}

/** Options of {@link Client.delete}. */
interface DeleteOptions extends WriteOptions {
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

interface DeleteOptions {
    readonly dryRun?: boolean;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
}

/** An object is gone, or no longer selected. `object` is its last state, as far as it is known. */
interface DeletedEvent<T> extends Change<T> {
    readonly type: 'deleted';
}

type Details = NonNullable<Status['details']>;

/** One cluster as a person who asks why would want it told. Plain values; nothing of the kubeconfig but its server and dates. */
interface Diagnosis {
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

/** How a workload cluster's sockets are made: as `createTransport`, which does nothing until something is asked of it. */
type DialTransport = (endpoint: Endpoint, options: TransportOptions) => Transport;

type DisconnectReason = 'connectFailed' | 'unauthorized' | 'probeFailureThreshold' | 'connectionLost';

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
 * How a change became known.
 *
 * - `initial`: by the first list of a cluster's objects.
 * - `watch`: by the watch, as it happened.
 * - `reconnect`: by a watch that was taken up again where it had been cut: it happened in between.
 * - `relist`: by a list that was compared with what was known, or because another cluster is now behind the name.
 * - `resync`: nothing changed; the object is told again.
 * - `removed`: the cluster was removed, and its objects with it.
 */
type EventCause = 'initial' | 'watch' | 'reconnect' | 'relist' | 'resync' | 'removed';

/** Tells what a controller should look at because of a change. One that throws or rejects is logged, and its watch goes on. */
type EventHandler<T> = (change: ObjectChange<T>, cluster: ObjectKey) => Requests;

/** Which of a server's faults hits a request. */
declare class Faults {
    #private;
    /** Adds a fault for requests; the oldest that fits is the one that hits. */
    add(fault: Fault): InjectedFault;
    /** What hits a request that comes in, and counts as one hit. */
    forRequest(request: RecordedRequest): Fault | undefined;
    /** What hits the next line of an open watch, and counts as one hit. */
    forLine(request: RecordedRequest): Fault | undefined;
    clear(): void;
}

/**
 * Says why nothing may be written any more, or nothing where it may: of a leader that has lost its Lease, for instance. It is asked whenever something is about to be written, and may
 * say no from one call to the next. It must not throw.
 */
type Fence = () => Error | undefined;

/** Who writes, and how. */
interface FieldManager {
    readonly name: string;
    readonly operation: 'Apply' | 'Update';
    readonly apiVersion: string;
    readonly subresource?: string | undefined;
}

/** An event of the objects of the cluster that it names. */
type FleetObjectEvent<T> = ObjectEvent<T> & {
    readonly cluster: ObjectKey;
};

/** Whole objects, or their metadata alone. */
type Form = 'object' | 'metadata';

/** Options of {@link Reader.get}. */
interface GetOptions extends CallOptions {
    /** `'0'`: whatever the API server has at hand; another one: at least as new as it. @default the latest, read through */
    readonly resourceVersion?: string | undefined;
    /** From memory also while the cluster is not connected; of a cached kind, and of the same cluster as before. @default false */
    readonly stale?: boolean | undefined;
}

/** What is known of a cluster's API server from probing it; a connect counts as a probe. Absent is "never". */
interface HealthCheckingState {
    /** When the last probe or connect ended. */
    readonly lastProbeTime?: Date;
    /** When the last successful one ended. */
    readonly lastProbeSuccessTime?: Date;
    /** Failed probes and connects in a row. */
    readonly consecutiveFailures: number;
}

interface HealthProbeOptions {
    /** ms from the end of one probe to the start of the next. @default 10_000, as Cluster API */
    readonly interval?: number | undefined;
    /** ms after which an unanswered probe has failed. @default 5_000, as Cluster API */
    readonly timeout?: number | undefined;
    /** Failed probes in a row that end a connection. @default 5, as Cluster API: a cluster is given up after 50 to 75 s */
    readonly failureThreshold?: number | undefined;
    /** What is asked for. @default '/', as Cluster API; a user that may not read it gets 403, and `/livez` is open to more of them */
    readonly path?: string | undefined;
}

/** How one kind is kept. */
interface InformerDiagnosis {
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

/**
 * Names a kind of object and carries the TypeScript type of its objects: `defineKind<MyType>({ apiVersion, kind })`.
 * The plural and the scope are asked of each cluster.
 */
interface Kind<T> {
    readonly apiVersion: string;
    readonly kind: string;
    readonly [objectType]?: T;
}

/**
 * What the kubeconfig of a workload cluster may hold. It comes from whoever may write a Secret, so nothing in it may run a program or read a file of this
 * machine: `exec`, `auth-provider`, `tokenFile` and the file forms of certificates are refused whatever is set here.
 */
interface KubeconfigPolicy {
    /** `insecure-skip-tls-verify`: anybody between here and the cluster can read its credentials. @default false */
    readonly allowInsecureSkipTlsVerify: boolean;
    /** A server at `http://`: the same, without any effort. @default false */
    readonly allowPlainHttp: boolean;
}

/** Any Kubernetes object, as plain JSON. */
interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: ObjectMeta;
}

/** Options of {@link Reader.list}. */
interface ListOptions extends CallOptions, ObjectSelection {
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

type LogFields = Readonly<Record<string, unknown>>;

/**
 * Where log records go; pino's argument order, and pino's name for an error: `err`. Messages are constant, what varies is in the fields. No record holds
 * a credential or a byte of a kubeconfig beyond its server and context names. The library is silent by default.
 */
interface Logger {
    debug(fields: LogFields, message: string): void;
    info(fields: LogFields, message: string): void;
    warn(fields: LogFields, message: string): void;
    error(fields: LogFields, message: string): void;
}

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

/** The objects of the management cluster, as its manager keeps them: as `objects$` of a cluster cache, without the cluster's key. */
interface ManagementObjects {
    objects$<T extends object>(kind: Kind<T>, options?: ObjectsSelection): Observable<ObjectEvent<T>>;
}

/** A Registry of prom-client, by what is asked of it: the package is not needed where nothing is measured. */
interface MetricsRegistry {
    registerMetric(metric: never): void;
    getSingleMetric(name: string): unknown;
    removeSingleMetric(name: string): void;
}

interface Named {
    readonly name?: string;
    /** @default 'default' */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** What happened to one object. */
type ObjectChange<T> = AddedEvent<T> | UpdatedEvent<T> | DeletedEvent<T>;

/** What a subscriber to objects is told. Fold the changes by their `key` to have what there is. */
type ObjectEvent<T> = ObjectChange<T> | SyncedEvent;

/** Names one namespaced object; where a cluster is meant, its Cluster object on the management cluster. */
interface ObjectKey {
    readonly namespace: string;
    readonly name: string;
}

/** One list, or one page of it where `limit` was given. Objects are shared and read-only. */
interface ObjectList<T> {
    readonly items: readonly T[];
    readonly resourceVersion: string;
    /** Present when more pages follow: hand it back as the option of the same name. */
    readonly continue?: string;
    /** Milliseconds since the store last heard from the cluster; only on stale reads. */
    readonly staleFor?: number;
}

/** The metadata that this library reads; whatever else the API server sends is kept. Times are RFC 3339 strings. */
interface ObjectMeta {
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

/** Names an object that may be cluster-scoped: a Node has no namespace. */
interface ObjectName {
    readonly namespace?: string | undefined;
    readonly name: string;
}

/** Which objects of a kind are meant. All that are given must hold. */
interface ObjectSelection {
    /** @default all namespaces */
    readonly namespace?: string | undefined;
    /** As kubectl's `-l`: `app=web,tier!=cache,track in (a,b)`. */
    readonly labelSelector?: string | undefined;
    /** `spec.nodeName=a`: the API server decides which fields of a kind it can select by, and answers 400 to others. */
    readonly fieldSelector?: string | undefined;
}

/** The objects of a server, and the rules by which kube-apiserver changes them. Every write has a resourceVersion of its own; readers see it in the same tick. */
declare class ObjectStore {
    #private;
    constructor({ history, version, written }: ObjectStoreOptions);
    /** The resourceVersion of the last write. */
    get version(): bigint;
    /** The objects of a resource; made when it is first asked for. */
    collection(resource: Resource): Collection;
    find(target: Omit<Target, 'version'>): StoredObject | undefined;
    get(target: Target): StoredObject;
    create(target: Target, body: unknown, { dryRun, asGiven, manager }?: WriteOptions): StoredObject;
    update(target: Target, body: unknown, { dryRun, asGiven, managed, manager, subresource }?: WriteOptions): StoredObject;
    /** Deletes at once, or marks for deletion what has finalizers. */
    delete(target: Target, { dryRun, uid, resourceVersion }?: DeleteOptions): {
        readonly deleted: boolean;
        readonly object: StoredObject;
    };
    /** As if somebody had written something else: later writes have higher resourceVersions. */
    advance(by?: number): void;
    /** Forgets the history of everything: what resumes below the last write must list again. */
    compact(): void;
}

interface ObjectStoreOptions {
    /** Changes that are kept of each resource. */
    readonly history: number;
    /** The first resourceVersion. */
    readonly version: bigint;
    /** Called after every write. */
    readonly written?: (resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: AnyObject) => void;
}

/** Which of the objects of a kind are meant. All that are given must hold. */
interface ObjectsSelection {
    /** @default all namespaces */
    readonly namespace?: string | undefined;
    /** As kubectl's `-l`: `app=web,tier!=cache,track in (a,b)`. */
    readonly labelSelector?: string | undefined;
}

/** Options of {@link Reader.observed}. */
interface ObservedOptions extends CallOptions {
    /** Only what is kept of this namespace must be as new. @default of all */
    readonly namespace?: string | undefined;
}

type Own = Partial<Omit<FakeClusterCacheOptions, keyof FakeEmptyClusterCacheOptions>>;

interface OwnerReference {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
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
type PatchOptions = CreateOptions & ({
    readonly type: 'merge' | 'json' | 'strategic';
} | {
    readonly type: 'apply';
    readonly fieldManager: string;
    readonly force?: boolean | undefined;
});

/** A client certificate as the handshake left it; looked at once for each connection. */
interface PeerCertificate {
    readonly user: User;
    readonly serialNumber: string;
    readonly notAfter: number;
    /** Signed by the server's authority and in its time when the handshake was made. */
    readonly valid: boolean;
}

type PendingReason = 'infrastructureNotProvisioned' | 'kubeconfigMissing';

/** Whether a change matters. Must depend on the change alone. One that throws is logged, and its change passed over. */
type Predicate<T> = (change: ObjectChange<T>, cluster: ObjectKey) => boolean;

/**
 * Reads objects of one cluster: live, or from what is kept of them in memory. Objects are plain JSON as the API server sent it: dates are strings, unknown fields are kept. They are
 * read-only and shared: what a caller changes, all others see changed.
 *
 * A call rejects with a `StatusError` where the API server says no, with a `TransportError` where no answer came, with a
 * `ClusterNotConnectedError` after the connection that it belongs to has ended, and with a `TypeError` that names the field, what was expected and
 * what came where an argument is wrong; nothing is sent then.
 */
interface Reader {
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
 * Names one object that a controller should look at. `cluster` is the workload cluster whose object it is, or that it is about; it is part of the name: the same object
 * asked for with and without it is two requests.
 */
type Request = ObjectKey & {
    readonly cluster?: ObjectKey;
};

interface RequestFault {
    /** @default every request */
    readonly match?: RequestMatch;
    /** How many requests it hits before it is gone by itself. @default no end */
    readonly times?: number;
}

/** The last requests, and how many there were of each kind. */
declare class RequestLog {
    #private;
    constructor(limit: number);
    /** The last ones, the oldest first. */
    get requests(): readonly RecordedRequest[];
    /** Every request from now on, as it comes in. Hot; completes when the server stops. */
    get requests$(): Observable<RecordedRequest>;
    get counters(): RequestCounters;
    add(request: RecordedRequest): void;
    complete(): void;
}

/** What a controller should look at because of a change; nothing where it deals with the change itself. */
type Requests = readonly Request[] | PromiseLike<readonly Request[]> | undefined | void;

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

type Selector = (object: KubernetesObject) => boolean;

/** What a request is answered from. */
interface ServerState {
    readonly store: ObjectStore;
    readonly users: Users;
    readonly faults: Faults;
    readonly log: RequestLog;
    readonly watches: Watches;
    /** Rules that forbid something to somebody. */
    readonly forbidding: ReadonlySet<(request: RecordedRequest) => boolean>;
    readonly anonymous: AnonymousAccess;
    /** Whether a watch may ask for its initial events. */
    readonly watchList: boolean;
    /** ms after which a watch ends that says nothing about it. */
    readonly watchTimeout: number;
    readonly catalogue: Catalogue;
    /** Whether the resource was defined just now and is not ready. */
    initializing(resource: string): boolean;
    now(): Date;
    /** Runs `action` after `delay` ms, unless the server stops first. */
    later(delay: number, action: () => void): void;
}

/** How an embedded server lives in time. */
interface ServerTime {
    readonly scheduler: SchedulerLike;
    /** Does something after the request that is being answered. */
    readonly soon: (action: () => void) => void;
}

/**
 * Requests for a controller, which are about connections: no queue parks them. Never errors; completes when the cluster cache stops; unsubscribing gives up what is being mapped.
 */
interface Source extends Observable<Request> {
    /** The states of the clusters that it is of, as the cluster cache's `connections$`: by them a controller knows when what it has parked can go on. */
    readonly connections$: Observable<ConnectionState>;
}

/** How long one stage of a connect took, in ms; a failed one is the last. */
interface StageTiming {
    readonly stage: ConnectStage;
    readonly duration: number;
    readonly failed?: boolean;
}

/** What the API server answers instead of an object: `kind: Status`. */
interface Status {
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

/** Writes the status of objects, and nothing else of them. */
interface StatusClient {
    /** Replaces the status by the object's; as {@link Client.update} otherwise. */
    update<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: UpdateOptions): Promise<T>;
    /** Changes parts of the status; the patch is one of the whole object: `{ status: { … } }`. */
    patch<T>(kind: Kind<T>, key: ObjectName, patch: object, options: PatchOptions): Promise<T>;
}

/** One state of one object: never changed, only followed by the next. Written as JSON at most once for each form that is asked for. */
declare class StoredObject {
    #private;
    readonly object: KubernetesObject;
    /** Its resourceVersion. */
    readonly version: bigint;
    /** `namespace/name`, or `name`: the order of lists. */
    readonly key: string;
    constructor(object: KubernetesObject, version: bigint);
    /** The object as it is in a version of its group. Shared with every other reader. */
    as(resource: Resource, version: string): KubernetesObject;
    /** Its JSON, with apiVersion and kind. */
    text(resource: Resource, version: string, form: Form): string;
    /** Its JSON as an item of a list: kube-apiserver leaves apiVersion and kind out of its own kinds. */
    item(resource: Resource, version: string, form: Form): string;
}

/** All objects of one moment of the cluster have been told, which its `resourceVersion` names. */
interface SyncedEvent {
    readonly type: 'synced';
    readonly resourceVersion: string;
}

/** Where a request wants to write. */
interface Target {
    readonly resource: Resource;
    readonly version: string;
    /** Absent for what is cluster-scoped. */
    readonly namespace?: string | undefined;
    /** Absent for a create. */
    readonly name?: string | undefined;
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

/** Options of {@link Client.update}. */
interface UpdateOptions extends CreateOptions {
}

/** An object is another than it was. `previous` is the state that was told last. */
interface UpdatedEvent<T> extends Change<T> {
    readonly type: 'updated';
    readonly previous: T;
}

/** A watch that runs until it is taken back, or its cluster is gone. */
interface WatchHandle extends Disposable {
    readonly name: string;
    /** Takes the watch back. Idempotent. */
    stop(): void;
}

/** Where a watch writes to. */
interface WatchSink {
    /** Returns false when nothing more should come before `drained` is called. */
    write(line: string): boolean;
    end(): void;
}

/**
 * One open watch: reads the changes of a collection at its own pace and writes those that its client selects. What enters the selection
 * is ADDED, what leaves it DELETED. A client so slow that its place in the history is forgotten is cut off, as kube-apiserver does.
 */
declare class WatchStream {
    #private;
    readonly bookmarks: boolean;
    constructor(options: WatchStreamOptions);
    get resource(): Resource;
    /** Of the group, that the watch is served in. */
    get version(): string;
    /** Begins after a resourceVersion. */
    resume(version: bigint): void;
    /** Begins with all that is there as ADDED, then a bookmark that says so where bookmarks are wanted. */
    replay(objects: readonly StoredObject[], version: bigint): void;
    /** Tells the client how far it is, unless it lags behind. */
    bookmark(version: bigint, annotations?: Readonly<Record<string, string>>): void;
    /** Tells the client why and ends. */
    fail(status: Status): void;
    /** The sink takes more. */
    drained(): void;
    /** Ends the answer. Idempotent. */
    end(): void;
    /** The client has gone. Idempotent. */
    release(): void;
}

interface WatchStreamOptions {
    readonly collection: Collection;
    readonly resource: Resource;
    readonly version: string;
    readonly form: Form;
    readonly selects: Selector;
    /** Whether the client asked for bookmarks. */
    readonly bookmarks: boolean;
    readonly sink: WatchSink;
}

/** What is watched of a cluster, and who is told. */
interface Watcher<T> {
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

/** The open watches of a server: each ends at its own time, and one timer for all sends the bookmarks while there are any. */
declare class Watches {
    #private;
    constructor(options: WatchesOptions);
    get size(): number;
    /** Owns a watch from now on: ends it after `timeout` ms, with a last bookmark shortly before. */
    add(watch: WatchStream, timeout: number): void;
    /** The client has gone. Idempotent. */
    remove(watch: WatchStream): void;
    /** Ends those that fit: cleanly, as at their timeout. */
    end(fits: (watch: WatchStream) => boolean): void;
    /** Forgets all without a word: their connections are about to be cut. */
    clear(): void;
}

interface WatchesOptions {
    /** ms between bookmarks. */
    readonly bookmarkInterval: number;
    /** Says what to put into a bookmark. */
    readonly version: () => bigint;
    readonly scheduler: SchedulerLike;
}

/** What may be written of a kind: its type; of a kind without a type of its own, any fields. */
type Writable<T> = keyof T extends keyof KubernetesObject ? T & {
    readonly [field: string]: unknown;
} : T;

/** What every write takes. */
interface WriteOptions extends CallOptions {
    /** Everything is checked and nothing is stored. @default false */
    readonly dryRun?: boolean | undefined;
}

interface WriteOptions {
    /** Check everything and store nothing. @default false */
    readonly dryRun?: boolean;
    /** What sets a scene writes status and uid together with the rest; a client of the API cannot. @default false */
    readonly asGiven?: boolean;
    /** Who writes: the fields are its own from now on. @default nobody keeps account */
    readonly manager?: FieldManager;
    /** The account of who manages what comes with the object. @default false */
    readonly managed?: boolean;
    /** @default the whole object */
    readonly subresource?: 'status' | undefined;
}

declare const objectType: unique symbol;
