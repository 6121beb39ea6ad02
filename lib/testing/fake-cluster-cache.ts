import type { Client, Reader } from '../client/client.ts';
import { ClusterCache } from '../cluster-cache/cluster-cache.ts';
import type { ClientOptions, ClusterCacheOptions } from '../cluster-cache/cluster-cache-options.ts';
import { idOf } from '../cluster-cache/cluster-id.ts';
import type { ManagementObjects } from '../controller/source.ts';
import type { DisconnectReason } from '../model/connection-state.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { type Check, checkOptions, having, list, optional } from '../model/option-check.ts';
import type { WatchHandle, Watcher } from '../model/watcher.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from './embedded-server.ts';
import type { Fault } from './fault.ts';
import { InMemoryFleet } from './in-memory-fleet.ts';

/** What a fake takes of a real cluster cache's options; time is not spread unless `random` says so. */
export interface FakeEmptyClusterCacheOptions extends Omit<ClusterCacheOptions, 'management' | 'client'> {
  /** As the `client` of a real one. @default the User-Agent `fake` */
  readonly clientOptions?: Partial<ClientOptions> | undefined;
  /** How all servers are, the management server among them: further resources to be served, for instance. */
  readonly server?: EmbeddedServerOptions | undefined;
  /** Spreads probes and reconnects; in [0, 1). @default 0: everything is on time */
  readonly random?: (() => number) | undefined;
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

type Own = Partial<Omit<FakeClusterCacheOptions, keyof FakeEmptyClusterCacheOptions>>;

const clientLike: Check = (value) => (typeof value === 'function' ? undefined : having('a client, or a function of one', 'get', 'list')(value));

/**
 * A cluster cache of one connected cluster, for specs: the real {@link ClusterCache}, started, whose management cluster and workload clusters are in memory.
 * Nothing of it needs a socket, or a turn of the event loop: the cluster is connected when this returns, within `marbles()` as well. Promises are still promises: a read
 * of a client is there a microtask later. Throws a TypeError for options that are none.
 */
export function newFakeClusterCache({ key, objects, broken, client, watches, ...options }: FakeClusterCacheOptions): FakeClusterCache {
  idOf(key);
  checkOptions('options', { objects, client, watches }, { objects: optional(list), client: optional(clientLike), watches: optional(list) });
  return FakeClusterCache.create(options, { key, objects, broken, client, watches });
}

/** The same without any cluster: `connect` makes them. */
export function newFakeEmptyClusterCache(options: FakeEmptyClusterCacheOptions = {}): FakeClusterCache {
  return FakeClusterCache.create(options);
}

/** A {@link ClusterCache} whose clusters do as they are told. What is done to them has happened when the method returns, as far as it takes no time. */
export class FakeClusterCache extends ClusterCache {
  readonly #fleet: InMemoryFleet;
  readonly #probePath: string;
  readonly #key: ObjectKey | undefined;
  readonly #client: FakeClusterCacheOptions['client'];
  readonly #watches: ReadonlySet<string>;
  readonly #made = new WeakMap<Client, Client>();

  private constructor(fleet: InMemoryFleet, real: ClusterCacheOptions, { key, client, watches = [] }: Own) {
    super(real);
    this.#fleet = fleet;
    this.#probePath = real.healthProbe?.path ?? '/';
    this.#key = key;
    this.#client = client;
    this.#watches = new Set(watches);
  }

  /** @internal for `newFakeClusterCache` and `newFakeEmptyClusterCache` */
  static create({ clientOptions, server, ...options }: FakeEmptyClusterCacheOptions, own: Own = {}): FakeClusterCache {
    const { scheduler, random = () => 0 } = options;
    const fleet = new InMemoryFleet({ scheduler, random, server });
    const clusters = new FakeClusterCache(fleet, { ...options, random, management: fleet, client: { userAgent: 'fake', ...clientOptions } }, own);
    if (own.key !== undefined) fleet.add(own.key, own.objects, own.broken);
    void clusters.start();
    return clusters;
  }

  /** The server that the Clusters and kubeconfig Secrets are on. */
  get managementServer(): EmbeddedServer {
    return this.#fleet.managementServer;
  }

  /** Reads and writes the management cluster live. */
  get managementClient(): Client {
    return this.#fleet.managementClient;
  }

  /** The management cluster's objects, as a manager keeps them: for the `start` of a controller whose sources follow them. */
  get managementObjects(): ManagementObjects {
    return this.#fleet.managementObjects;
  }

  /** A cluster's server: what is created, changed and deleted on it is seen by whoever watches. Throws for a cluster that is not there. */
  workload(key: ObjectKey): EmbeddedServer {
    return this.#fleet.workload(key);
  }

  /**
   * Has a cluster be there and connected: makes one where there is none, and takes back what `broken`, `disconnect` and `failProbes` did to it, and whatever became of its Cluster
   * and its Secret. Where there is no connection it gets another kubeconfig, which is what has it dialled at once. What was injected into its server by hand stays.
   */
  connect(key: ObjectKey): void {
    idOf(key);
    if (!this.#fleet.has(key)) return this.#fleet.add(key);
    this.#fleet.heal(key);
    if (!this.#isConnected(key)) this.#fleet.rotate(key);
  }

  /**
   * Ends a cluster's connection, and lets no other be made until `connect`. By `probeFailureThreshold` nobody answers any more: as many probes fail at once as it
   * takes. By `unauthorized` its credentials are refused from now on: the probe that is answered 401, and the connect that follows it at once. Where it is not connected, the next
   * connects fail.
   */
  disconnect(key: ObjectKey, reason: FakeDisconnect = 'probeFailureThreshold'): void {
    if (reason === 'unauthorized') this.#fleet.revoke(key);
    else this.#fleet.break(key, { fault: 'refuse' });
    this.#probe(key);
    if (!this.#isConnected(key)) return;
    this.workload(key).cut(); // a probe that hangs ends with its connection
    this.#probe(key);
  }

  /** Has a cluster's next `count` probes fail, connects included: with a 500 at once, or as the fault says. Each at its own time. */
  failProbes(key: ObjectKey, count: number, fault: Exclude<Fault, { fault: 'refuse' | 'halfOpen' }> = { fault: 'serverError' }): void {
    this.workload(key);
    this.#fleet.break(key, { ...fault, match: ({ path }) => path === this.#probePath, times: count });
  }

  /** Writes a cluster's kubeconfig with another token, then has the old one refused. */
  rotateKubeconfig(key: ObjectKey): void {
    this.#fleet.rotate(key);
  }

  override getClient(key: ObjectKey, options?: Parameters<ClusterCache['getClient']>[1]): Client {
    return this.#handedOut(key, super.getClient(key, options));
  }

  override getReader(key: ObjectKey): Reader {
    const reader = super.getReader(key);
    return this.#isOwn(key) ? this.getClient(key) : reader;
  }

  override getUncachedClient(key: ObjectKey): Client {
    return this.#handedOut(key, super.getUncachedClient(key));
  }

  override watch<T extends object>(key: ObjectKey, watcher: Watcher<T>): WatchHandle {
    if (!this.#isOwn(key) || !this.#watches.has(watcher.name)) return super.watch(key, watcher);
    const { name, kind, namespace, labelSelector } = watcher;
    return super.watch(key, { name, kind, ...(namespace !== undefined && { namespace }), ...(labelSelector !== undefined && { labelSelector }), eventHandler: () => [] });
  }

  override stop(): Promise<void> {
    const stopped = super.stop();
    this.#fleet.stop();
    return stopped;
  }

  /** As often as it fails, and until the connection is lost. */
  #probe(key: ObjectKey): void {
    for (let before = -1; this.#isConnected(key) && before !== this.#failures(key);) {
      before = this.#failures(key);
      this.#fleet.doubt(key);
    }
  }

  #isConnected(key: ObjectKey): boolean {
    return this.diagnose(key).phase === 'connected';
  }

  #failures(key: ObjectKey): number {
    return this.getHealthCheckingState(key).consecutiveFailures;
  }

  #isOwn(key: ObjectKey): boolean {
    return this.#key !== undefined && formatKey(this.#key) === formatKey(key);
  }

  #handedOut(key: ObjectKey, client: Client): Client {
    if (!this.#isOwn(key) || this.#client === undefined) return client;
    if (typeof this.#client !== 'function') return this.#client;
    const made = this.#made.get(client) ?? this.#client(client);
    this.#made.set(client, made);
    return made;
  }
}
