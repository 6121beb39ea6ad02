import { type Observable, type SchedulerLike, Subscription, asyncScheduler } from 'rxjs';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';
import { type Fault, Faults, type InjectedFault, isNetworkFault } from './fault.ts';
import { randomToken } from './login.ts';
import { type RecordedRequest, type RequestCounters, RequestLog } from './request-log.ts';
import { type Resource, groupResource, groupVersion } from './resource.ts';
import { ServedObjects } from './served-objects.ts';
import type { AnonymousAccess, ServerState } from './server-state.ts';
import { Users } from './users.ts';
import { Watches } from './watches.ts';

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

/** How an embedded server lives in time. */
export interface ServerTime {
  readonly scheduler: SchedulerLike;
  /** Does something after the request that is being answered. */
  readonly soon: (action: () => void) => void;
}

const NAMESPACE: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Namespace' };
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const realTime: ServerTime = { scheduler: asyncScheduler, soon: queueMicrotask };

/** What a server is inside this process, whatever carries its requests: objects and who may see them, what was asked, and what goes wrong. */
export abstract class EmbeddedServer {
  /** Who is let in. */
  readonly users: Users = new Users();
  protected readonly state: ServerState;
  readonly #faults = new Faults();
  readonly #log: RequestLog;
  readonly #objects: ServedObjects;
  readonly #watches: Watches;
  readonly #token = randomToken();
  readonly #forbidding = new Set<(request: RecordedRequest) => boolean>();
  readonly #initializing = new Set<string>();
  readonly #initialization: number;
  readonly #time: ServerTime;
  #timers = new Subscription();
  #ended = false;

  protected constructor(options: EmbeddedServerOptions, time: ServerTime = realTime) {
    const { resources = [], history = 1_000, recorded = 200, bookmarkInterval = 60_000, resourceVersion = '1', uid, initialization = 0 } = options;
    this.#time = time;
    this.#initialization = initialization;
    this.#log = new RequestLog(recorded);
    this.#objects = new ServedObjects({
      resources, history, version: BigInt(resourceVersion), soon: time.soon, defined: (name) => this.#initialize(name), vanished: () => this.#endVanished(),
    });
    this.#watches = new Watches({ bookmarkInterval, version: () => this.#objects.store.version, scheduler: time.scheduler });
    this.state = this.#state(options);
    this.users.addToken(this.#token);
    for (const name of NAMESPACES) this.create({ ...NAMESPACE, metadata: { name, ...(name === 'kube-system' && uid !== undefined && { uid }) } });
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

  /** What it has seen since it was made, and what is open now. */
  get counters(): RequestCounters & { readonly openWatches: number } {
    return { ...this.#log.counters, openWatches: this.#watches.size };
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
    const heal = fault.fault === 'refuse' ? this.refuseAll() : this.muteAll();
    let over: Promise<void> | undefined;
    return { hits: 0, remove: () => over ??= Promise.resolve(this.#ended ? undefined : heal()) };
  }

  /** Half-open from now on, as `inject({ fault: 'halfOpen' })`: what comes in is not answered. */
  abstract pause(): void;

  /** Answers again, first what has come in meanwhile. */
  abstract resume(): void;

  /** Resets every open connection. New ones are accepted. */
  abstract cut(): void;

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

  /** Nobody listens any more. Returns what takes that back. */
  protected abstract refuseAll(): () => void | Promise<void>;

  /** Everything is half-open. Returns what takes that back. */
  protected abstract muteAll(): () => void | Promise<void>;

  /** Its connections are about to be cut: forgets their watches without a word. */
  protected forgetWatches(): void {
    this.#watches.clear();
  }

  /** As on a real server, whose own leases are written before it serves, every resourceVersion from before is too old. */
  protected forgetHistory(): void {
    this.#objects.store.advance();
    this.#objects.store.compact();
  }

  /** Nothing more goes wrong, and no timer is left. Idempotent. */
  protected end(): void {
    this.#ended = true;
    this.#faults.clear();
    this.#timers.unsubscribe();
    this.#timers = new Subscription();
    this.#watches.clear();
  }

  /** Nobody asks any more. */
  protected completeRequests(): void {
    this.#log.complete();
  }

  #state({ anonymous = 'unauthorized', watchList = true, watchTimeout = 1_800_000 }: EmbeddedServerOptions): ServerState {
    const objects = this.#objects;
    return {
      store: objects.store, users: this.users, faults: this.#faults, log: this.#log, watches: this.#watches, forbidding: this.#forbidding, anonymous, watchList, watchTimeout,
      get catalogue() { return objects.catalogue; },
      initializing: (resource) => this.#initializing.has(resource),
      now: () => new Date(this.#time.scheduler.now()),
      later: (delay, action) => this.#later(delay, action),
    };
  }

  #later(delay: number, action: () => void): void {
    const own = new Subscription();
    this.#timers.add(own);
    own.add(this.#time.scheduler.schedule(() => {
      own.unsubscribe();
      action();
    }, delay));
  }

  #initialize(resource: string): void {
    if (this.#initialization === 0) return;
    this.#initializing.add(resource);
    this.#later(this.#initialization, () => this.#initializing.delete(resource));
  }

  #endVanished(): void {
    const { catalogue } = this.#objects;
    this.#watches.end(({ resource, version }) => catalogue.at(groupVersion(resource.group, version), resource.plural) === undefined);
  }
}
