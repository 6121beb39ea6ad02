// The public surface of 'clustercache/testing', with its contracts. Written by `npm run api`; a spec compares it.

import { KubeConfig } from '@kubernetes/client-node';
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

/** An object with everything that any kind has beside its metadata. */
interface AnyObject extends KubernetesObject {
    readonly [field: string]: unknown;
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

/** One write. */
interface Change {
    readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
    /** The resourceVersion that it has made. */
    readonly version: bigint;
    /** What is now; of a delete the last state, under the resourceVersion of the delete. */
    readonly current: StoredObject;
    readonly previous?: StoredObject;
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

interface DeleteOptions {
    readonly dryRun?: boolean;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
}

type Details = NonNullable<Status['details']>;

/** What a server is inside this process, whatever carries its requests: objects and who may see them, what was asked, and what goes wrong. */
declare abstract class EmbeddedServer {
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
interface EmbeddedServerOptions {
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

/** Who writes, and how. */
interface FieldManager {
    readonly name: string;
    readonly operation: 'Apply' | 'Update';
    readonly apiVersion: string;
    readonly subresource?: string | undefined;
}

/** Whole objects, or their metadata alone. */
type Form = 'object' | 'metadata';

/**
 * Names a kind of object and carries the TypeScript type of its objects: `defineKind<MyType>({ apiVersion, kind })`.
 * The plural and the scope are asked of each cluster.
 */
interface Kind<T> {
    readonly apiVersion: string;
    readonly kind: string;
    readonly [objectType]?: T;
}

/** Any Kubernetes object, as plain JSON. */
interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: ObjectMeta;
}

interface Named {
    readonly name?: string;
    /** @default 'default' */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** Names one namespaced object; where a cluster is meant, its Cluster object on the management cluster. */
interface ObjectKey {
    readonly namespace: string;
    readonly name: string;
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

interface OwnerReference {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
}

/** A client certificate as the handshake left it; looked at once for each connection. */
interface PeerCertificate {
    readonly user: User;
    readonly serialNumber: string;
    readonly notAfter: number;
    /** Signed by the server's authority and in its time when the handshake was made. */
    readonly valid: boolean;
}

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

/** Where a request wants to write. */
interface Target {
    readonly resource: Resource;
    readonly version: string;
    /** Absent for what is cluster-scoped. */
    readonly namespace?: string | undefined;
    /** Absent for a create. */
    readonly name?: string | undefined;
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
