import type { Observable } from 'rxjs';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';
import { Certificates } from './certificates.ts';
import type { FakeApiServerOptions } from './fake-api-server-options.ts';
import { type Fault, Faults, type InjectedFault, isNetworkFault } from './fault.ts';
import { type KubeconfigOptions, kubeconfigDocument } from './kubeconfig-document.ts';
import { Listener } from './listener.ts';
import { type RecordedRequest, type RequestCounters, RequestLog } from './request-log.ts';
import { handleRequest } from './request-handling.ts';
import { type Resource, groupResource, groupVersion } from './resource.ts';
import { newLogin, randomToken } from './login.ts';
import { ServedObjects } from './served-objects.ts';
import type { ServerState } from './server-state.ts';
import { Users } from './users.ts';
import { Watches } from './watches.ts';

/** What a server has seen since it was made, and what is open now. */
export interface ServerCounters extends RequestCounters {
  readonly connectionsAccepted: number;
  readonly openConnections: number;
  readonly openWatches: number;
}

export interface RestartOptions {
  /** @default true */
  readonly keepPort?: boolean;
  /** @default the same */
  readonly certificates?: Certificates;
}

const NAMESPACE: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Namespace' };
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
  #certificates: Certificates | undefined;
  readonly #token: string;
  readonly #faults = new Faults();
  readonly #log: RequestLog;
  readonly #objects: ServedObjects;
  readonly #watches: Watches;
  readonly #listener: Listener;
  readonly #forbidding = new Set<(request: RecordedRequest) => boolean>();
  readonly #initializing = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  private constructor(options: FakeApiServerOptions) {
    const { certificates, resources = [], history = 1_000, recorded = 200, bookmarkInterval = 60_000, resourceVersion = '1', uid, protocols = ['h2', 'http/1.1'], maxConcurrentStreams = 100 } = options;
    this.#options = options;
    this.#certificates = certificates === false ? undefined : certificates ?? Certificates.shared();
    this.#token = randomToken();
    this.#log = new RequestLog(recorded);
    this.#objects = new ServedObjects({ resources, history, version: BigInt(resourceVersion), defined: (name) => this.#initialize(name), vanished: () => this.#endVanished() });
    this.#watches = new Watches(bookmarkInterval, () => this.#objects.store.version);
    const state = this.#state();
    this.#listener = new Listener({ protocols, maxConcurrentStreams, handle: (...exchange) => handleRequest(state, ...exchange) });
    this.users.addToken(this.#token);
    for (const name of NAMESPACES) this.create({ ...NAMESPACE, metadata: { name, ...(name === 'kube-system' && uid !== undefined && { uid }) } });
  }

  /** Starts a server; resolves when it listens. */
  static async start(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
    const server = new FakeApiServer(options);
    await server.#listener.listen(server.#certificates, options.port ?? 0);
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
    return this.#objects.store.version.toString();
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
    return kubeconfigDocument({ name, contextName, server, ca, user: newLogin(this.users, this.#token, this.#certificates, options), ...(cluster && { cluster }), ...(namespace !== undefined && { namespace }) });
  }

  /** Creates an object as it is given, status and uid included. Throws a Refusal as the API would. */
  create<T extends KubernetesObject>(object: T): T {
    return this.#objects.create(object);
  }

  /** Replaces an object, status included. Without a resourceVersion it replaces whatever is there. */
  update<T extends KubernetesObject>(object: T): T {
    return this.#objects.update(object);
  }

  /** Merges into an object, status included (RFC 7386: null removes). */
  patch<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName, changes: object): T {
    return this.#objects.patch(kind, name, changes);
  }

  /** Deletes an object, or marks it for deletion where it has finalizers. */
  delete(kind: Kind<unknown>, name: ObjectName): void {
    this.#objects.delete(kind, name);
  }

  /** A copy of an object. Throws a Refusal where there is none. */
  get<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T {
    return this.#objects.get(kind, name);
  }

  /** A copy of an object, or `undefined` where there is none. */
  find<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T | undefined {
    return this.#objects.find(kind, name);
  }

  /** Copies of all objects of a kind, in the order of the API. */
  list<T extends KubernetesObject>(kind: Kind<T>, options: { readonly namespace?: string; readonly labelSelector?: string } = {}): T[] {
    return this.#objects.list(kind, options);
  }

  /** Serves one more resource, as a CustomResourceDefinition that is created does. */
  serve(resource: Resource): void {
    this.#objects.serve(resource);
  }

  /** Serves a group version (`cluster.x-k8s.io/v1beta2`) or a resource (`clusters.cluster.x-k8s.io`) no longer; its watches end. Objects stay. */
  unserve(name: string): void {
    this.#objects.unserve(name);
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
    return fault.fault === 'refuse' ? this.#networkFault(() => void this.#listener.close(), () => this.#listener.listen(this.#certificates)) : this.#networkFault(() => this.#listener.mute(), () => this.#listener.unmute());
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
    this.#objects.store.compact();
  }

  /** Something else is written, `by` times: resourceVersions go up. */
  advance(by = 1): void {
    this.#objects.store.advance(by);
  }

  /**
   * Ends as a process ends, and comes back with the same objects on the same port. As on a real server, whose own leases are written
   * before it serves, every resourceVersion from before is too old. With other `certificates` it comes back under another authority.
   */
  async restart({ keepPort = true, certificates }: RestartOptions = {}): Promise<void> {
    await this.shutDown();
    if (certificates !== undefined) this.#certificates = certificates;
    await this.startUp({ keepPort });
  }

  /** The first half of `restart`: nobody listens, and the objects stay. */
  async shutDown(): Promise<void> {
    this.#watches.clear();
    await this.#listener.close();
  }

  /** The second half of `restart`. */
  async startUp({ keepPort = true }: { readonly keepPort?: boolean } = {}): Promise<void> {
    this.#objects.store.advance();
    this.#objects.store.compact();
    await this.#listener.listen(this.#certificates, keepPort ? this.#listener.port : 0);
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
    const objects = this.#objects;
    return {
      store: objects.store, users: this.users, faults: this.#faults, log: this.#log, watches: this.#watches, forbidding: this.#forbidding, anonymous, watchList, watchTimeout,
      get catalogue() { return objects.catalogue; },
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

  #initialize(resource: string): void {
    const { initialization = 0 } = this.#options;
    if (initialization === 0) return;
    this.#initializing.add(resource);
    this.#later(initialization, () => this.#initializing.delete(resource));
  }

  #endVanished(): void {
    const { catalogue } = this.#objects;
    this.#watches.end(({ resource, version }) => catalogue.at(groupVersion(resource.group, version), resource.plural) === undefined);
  }

  #networkFault(strike: () => void, heal: () => void | Promise<void>): InjectedFault {
    strike();
    let over: Promise<void> | undefined;
    return { hits: 0, remove: () => over ??= Promise.resolve(this.#stopped ? undefined : heal()) };
  }
}
