import { randomBytes } from 'node:crypto';
import { type Observable } from 'rxjs';
import { type Kind, type KubernetesObject } from '../model/kubernetes-object.ts';
import { type ObjectName } from '../model/object-key.ts';
import { Catalogue } from './catalogue.ts';
import { Certificates } from './certificates.ts';
import { definedResource, establishedStatus } from './custom-resource-definition.ts';
import { type Fault, Faults, type InjectedFault, isNetworkFault } from './fault.ts';
import { type KubeconfigOptions, base64, kubeconfigDocument } from './kubeconfig-document.ts';
import { selectorOf } from './listing.ts';
import { Listener, type Protocol } from './listener.ts';
import { type AnyObject, type Target } from './object-rules.ts';
import { ObjectStore } from './object-store.ts';
import { mergePatch } from './patch.ts';
import { noSuchResource } from './refusal.ts';
import { type RecordedRequest, type RequestCounters, RequestLog } from './request-log.ts';
import { handleRequest } from './request-handling.ts';
import { type Resource, groupResource, parseGroupVersion } from './resource.ts';
import { type AnonymousAccess, type ServerState } from './server-state.ts';
import { ADMIN, Users } from './users.ts';
import { Watches } from './watches.ts';

export interface FakeApiServerOptions {
  /** By preference of the server. @default both */
  readonly protocols?: readonly Protocol[];
  /** @default a free one */
  readonly port?: number;
  /** `false` for plain http. @default `Certificates.shared()` */
  readonly certificates?: Certificates | false;
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
  /** HTTP/2: streams at once on one connection. @default 100, as kube-apiserver */
  readonly maxConcurrentStreams?: number;
}

/** What a server has seen since it was made, and what is open now. */
export interface ServerCounters extends RequestCounters {
  readonly connectionsAccepted: number;
  readonly openConnections: number;
  readonly openWatches: number;
}

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const DEFAULT_NAME = 'fake';

/**
 * A Kubernetes API server inside this process, on a real port of loopback with real TLS: create, read, update, patch, apply, delete, list
 * by pages, watch, discovery, authentication – with the status codes and texts of kube-apiserver 1.36 – and faults on demand.
 * Nothing is admitted, scheduled, defaulted or collected: objects stay as they are written.
 */
export class FakeApiServer implements AsyncDisposable {
  /** Who is let in. */
  readonly users: Users = new Users();
  readonly #options: FakeApiServerOptions;
  readonly #certificates: Certificates | undefined;
  readonly #token: string;
  readonly #faults = new Faults();
  readonly #log: RequestLog;
  readonly #store: ObjectStore;
  readonly #watches: Watches;
  readonly #listener: Listener;
  readonly #forbidding = new Set<(request: RecordedRequest) => boolean>();
  readonly #initializing = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #catalogue: Catalogue;
  #stopped = false;

  private constructor(options: FakeApiServerOptions) {
    const { certificates, history = 1_000, recorded = 200, bookmarkInterval = 60_000, resourceVersion = '1', uid, protocols = ['h2', 'http/1.1'], maxConcurrentStreams = 100 } = options;
    this.#options = options;
    this.#certificates = certificates === false ? undefined : certificates ?? Certificates.shared();
    this.#token = randomToken();
    this.#catalogue = (options.resources ?? []).reduce((catalogue, resource) => catalogue.with(resource), Catalogue.standard);
    this.#log = new RequestLog(recorded);
    this.#store = new ObjectStore({ history, version: BigInt(resourceVersion), written: (resource, type, object) => this.#written(resource, type, object) });
    this.#watches = new Watches(bookmarkInterval, () => this.#store.version);
    const state = this.#state();
    this.#listener = new Listener({
      certificates: this.#certificates, protocols, maxConcurrentStreams,
      handle: (request, response, connection) => handleRequest(state, request, response, connection),
    });
    this.users.addToken(this.#token);
    for (const name of NAMESPACES) this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(name === 'kube-system' && uid !== undefined && { uid }) } });
  }

  /** Starts a server; resolves when it listens. */
  static async start(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
    const server = new FakeApiServer(options);
    await server.#listener.listen(options.port ?? 0);
    return server;
  }

  get url(): string {
    return `${this.#certificates === undefined ? 'http' : 'https'}://127.0.0.1:${this.#listener.port}`;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** PEM of the authority that has signed the server's certificate; empty for plain http. */
  get ca(): string {
    return this.#certificates?.ca ?? '';
  }

  /** The authority that also signs client certificates. Throws for plain http. */
  get certificates(): Certificates {
    if (this.#certificates === undefined) throw new Error('a server of plain http has no certificates');
    return this.#certificates;
  }

  /** A bearer token of an administrator. */
  get token(): string {
    return this.#token;
  }

  /** The UID of the Namespace `kube-system`. */
  get uid(): string {
    return this.get(NAMESPACE, { name: 'kube-system' }).metadata?.uid ?? '';
  }

  /** The resourceVersion of the last write. */
  get resourceVersion(): string {
    return this.#store.version.toString();
  }

  /** The last requests, the oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  /** Every request from now on, as it comes in and before it is answered. Hot; completes when the server stops. */
  get requests$(): Observable<RecordedRequest> {
    return this.#log.requests$;
  }

  get counters(): ServerCounters {
    return { ...this.#log.counters, connectionsAccepted: this.#listener.accepted, openConnections: this.#listener.connections.size, openWatches: this.#watches.size };
  }

  /** A kubeconfig for this server, ready to use: its token, certificate or password is accepted from now on. */
  kubeconfig(options: KubeconfigOptions = {}): string {
    const { name = DEFAULT_NAME, contextName = name, server = this.url, ca = this.#certificates?.ca, cluster, namespace } = options;
    return kubeconfigDocument({ name, contextName, server, ca, user: this.#credentials(options), ...(cluster && { cluster }), ...(namespace !== undefined && { namespace }) });
  }

  /** Creates an object as it is given, status and uid included. Throws a Refusal as the API would. */
  create<T extends KubernetesObject>(object: T): T {
    return copy(this.#store.create(this.#targetOf(object), copy(object), { asGiven: true }).object) as T;
  }

  /** Replaces an object, status included. Without a resourceVersion it replaces whatever is there. */
  update<T extends KubernetesObject>(object: T): T {
    const target = { ...this.#targetOf(object), name: object.metadata?.name };
    const current = this.#store.get(target).version.toString();
    const { resourceVersion = current } = object.metadata ?? {};
    return copy(this.#store.update(target, { ...copy(object), metadata: { ...copy(object.metadata), resourceVersion } }, { asGiven: true }).as(target.resource, target.version)) as T;
  }

  /** Merges into an object, status included (RFC 7386: null removes). */
  patch<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName, changes: object): T {
    const target = this.#target(kind, name);
    const current = this.#store.get(target).as(target.resource, target.version);
    return copy(this.#store.update(target, mergePatch(current, copy(changes)), { asGiven: true }).as(target.resource, target.version)) as T;
  }

  /** Deletes an object, or marks it for deletion where it has finalizers. */
  delete(kind: Kind<unknown>, name: ObjectName): void {
    this.#store.delete(this.#target(kind, name));
  }

  /** A copy of an object. Throws a Refusal where there is none. */
  get<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T {
    const target = this.#target(kind, name);
    return copy(this.#store.get(target).as(target.resource, target.version)) as T;
  }

  /** Copies of all objects of a kind, in the order of the API. */
  list<T extends KubernetesObject>(kind: Kind<T>, { namespace, labelSelector }: { readonly namespace?: string; readonly labelSelector?: string } = {}): T[] {
    const { resource, version } = this.#target(kind, { name: '' });
    const selects = selectorOf({ resource, ...(namespace !== undefined && { namespace }) }, new URLSearchParams({ ...(labelSelector !== undefined && { labelSelector }) }));
    return this.#store.collection(resource).all().filter(({ object }) => selects(object)).map((stored) => copy(stored.as(resource, version)) as T);
  }

  /** Serves one more resource, as a CustomResourceDefinition that is posted does. */
  serve(resource: Resource): void {
    this.#catalogue = this.#catalogue.with(resource);
  }

  /** Serves a group version (`cluster.x-k8s.io/v1beta2`) or a resource (`clusters.cluster.x-k8s.io`) no longer; its watches end. Objects stay. */
  unserve(name: string): void {
    this.#catalogue = name.includes('/') ? this.#catalogue.withoutVersion(name) : this.#catalogue.without(name);
    this.#watches.end(({ resource, version }) => this.#catalogue.at(`${resource.group}/${version}`, resource.plural) === undefined);
  }

  /** Forbids to one user, or to all, the requests that fit: 403. */
  forbid(user: string | undefined, fits: (request: RecordedRequest) => boolean): { remove(): void } {
    const rule = (request: RecordedRequest) => (user === undefined || request.user === user) && fits(request);
    this.#forbidding.add(rule);
    return { remove: () => { this.#forbidding.delete(rule); } };
  }

  /** Makes something go wrong until it is removed, or has hit as often as it should. In force when this returns. */
  inject(fault: Fault): InjectedFault {
    if (!isNetworkFault(fault)) return this.#faults.add(fault);
    return fault.fault === 'refuse' ? this.#networkFault(() => void this.#listener.close(), () => this.#listener.listen()) : this.#networkFault(() => this.#listener.mute(), () => this.#listener.unmute());
  }

  /** Half-open from now on, as `inject({ fault: 'halfOpen' })`: accepted bytes are not answered. */
  pause(): void {
    this.#listener.mute();
  }

  /** Answers again, first what has come in meanwhile. */
  resume(): void {
    this.#listener.unmute();
  }

  /** Resets every open connection (RST). New ones are accepted. */
  cut(): void {
    this.#listener.reset();
  }

  /** HTTP/2: GOAWAY on every connection; what runs on it goes on. */
  goAway(): void {
    this.#listener.goAway();
  }

  /** Ends the open watches of a resource (`nodes`), or all: cleanly, as at their timeout. */
  endWatches(resource?: string): void {
    this.#watches.end((watch) => resource === undefined || groupResource(watch.resource) === resource);
  }

  /** Forgets the history: whoever resumes below the last write must list again. Open watches go on. */
  compact(): void {
    this.#store.compact();
  }

  /** Something else is written, `by` times: resourceVersions go up. */
  advance(by = 1): void {
    this.#store.advance(by);
  }

  /**
   * Ends as a process ends, and comes back with the same objects on the same port. As on a real server, whose own leases are written
   * before it serves, every resourceVersion from before is too old.
   */
  async restart({ keepPort = true, down = async () => {} }: { readonly keepPort?: boolean; readonly down?: () => Promise<void> } = {}): Promise<void> {
    this.#watches.clear();
    await this.#listener.close();
    await down();
    this.#store.advance();
    this.#store.compact();
    await this.#listener.listen(keepPort ? this.#listener.port : 0);
  }

  /** Ends everything on it: no socket, timer or listener is left. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#faults.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#watches.clear();
    await this.#listener.close();
    this.#log.complete();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #state(): ServerState {
    const { anonymous = 'unauthorized', watchList = true, watchTimeout = 1_800_000 } = this.#options;
    const catalogue = () => this.#catalogue;
    return {
      store: this.#store, users: this.users, faults: this.#faults, log: this.#log, watches: this.#watches, forbidding: this.#forbidding, anonymous, watchList, watchTimeout,
      get catalogue() { return catalogue(); },
      initializing: (resource) => this.#initializing.has(resource),
      later: (delay, action) => this.#later(delay, action),
    };
  }

  #later(delay: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delay);
    this.#timers.add(timer);
  }

  #networkFault(strike: () => void, heal: () => void | Promise<void>): InjectedFault {
    strike();
    let over: Promise<void> | undefined;
    return { hits: 0, remove: () => over ??= Promise.resolve(this.#stopped ? undefined : heal()) };
  }

  #written(resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: AnyObject): void {
    if (resource.kind !== 'CustomResourceDefinition') return;
    if (type === 'DELETED') this.unserve(object.metadata?.name ?? '');
    else this.#define(object, type === 'ADDED');
  }

  #define(definition: AnyObject, created: boolean): void {
    const resource = definedResource(definition);
    const name = definition.metadata?.name ?? '';
    if (resource === undefined) {
      this.unserve(name);
      return;
    }
    this.serve(resource);
    if (!created) return;
    const { initialization = 0 } = this.#options;
    if (initialization > 0) {
      this.#initializing.add(name);
      this.#later(initialization, () => this.#initializing.delete(name));
    }
    queueMicrotask(() => this.patch(CUSTOM_RESOURCE_DEFINITION, { name }, { status: establishedStatus(definition) }));
  }

  #target(kind: Kind<unknown>, { namespace, name }: ObjectName): Target & { readonly version: string } {
    const resource = this.#catalogue.of(kind.apiVersion, kind.kind);
    if (resource === undefined) throw noSuchResource();
    return { resource, version: parseGroupVersion(kind.apiVersion).version, name, ...(resource.namespaced && { namespace: namespace ?? 'default' }) };
  }

  #targetOf({ apiVersion = '', kind = '', metadata = {} }: KubernetesObject): Target {
    const { name: _, ...target } = this.#target({ apiVersion, kind }, { name: '', ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) });
    return target;
  }

  #credentials({ user = 'token', userName, key = 'ec', token }: KubeconfigOptions): Readonly<Record<string, string>> {
    const account = userName === undefined ? ADMIN : { name: userName, groups: ['system:masters'] };
    switch (user) {
      case 'none': return {};
      case 'basic': {
        const password = randomToken();
        this.users.addPassword(account.name, password, account);
        return { username: account.name, password };
      }
      case 'clientCertificate': {
        const { cert, key: privateKey } = this.certificates.client({ user: account.name, key });
        return { 'client-certificate-data': base64(cert), 'client-key-data': base64(privateKey) };
      }
      default: {
        const accepted = token ?? (userName === undefined ? this.#token : randomToken());
        this.users.addToken(accepted, account);
        return { token: accepted };
      }
    }
  }
}

const NAMESPACE: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Namespace' };
const CUSTOM_RESOURCE_DEFINITION: Kind<KubernetesObject> = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

function randomToken(): string {
  return randomBytes(16).toString('hex');
}

function copy<T>(object: T): T {
  return structuredClone(object);
}
