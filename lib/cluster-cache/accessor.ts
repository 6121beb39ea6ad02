import { Subject } from 'rxjs';
import { type CachedClientOptions, createCachedClient } from '../client/cached-client.ts';
import type { Client } from '../client/client.ts';
import { OwnWrites } from '../client/own-writes.ts';
import { createUncachedClient } from '../client/uncached-client.ts';
import type { Fence } from '../kubernetes/fence.ts';
import { type PooledKubeConfig, createPooledKubeConfig } from '../kubernetes/pooled-kube-config.ts';
import { followingRestClient } from '../kubernetes/following-rest-client.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { ClusterNotConnectedError } from '../model/errors.ts';
import { checkOptions, flag, optional } from '../model/option-check.ts';
import type { ClusterCaches } from './cluster-caches.ts';
import type { LiveConnection } from './cluster-connection.ts';

/** Throws a TypeError for what is no options of a client. */
export function checkClientOptions(options: unknown): void {
  checkOptions('options', options, { readOwnWrites: optional(flag) });
}

/**
 * The handles of one cluster from a connect to the disconnect: what is handed out here goes on over the connections that follow one another
 * meanwhile, and fails with a `ClusterNotConnectedError` after it. Whatever writes asks the fence.
 */
export class Accessor {
  readonly caches: ClusterCaches;
  /** Of the cluster that it leads to. */
  readonly #token: object | undefined;
  readonly #fence: Fence;
  readonly #ended = new Subject<void>();
  #following: RestClient | undefined;
  #uncached: Client | undefined;
  #cached: Client | undefined;
  #connection: LiveConnection | undefined;
  #restConfig: { readonly of: LiveConnection; readonly config: PooledKubeConfig } | undefined;

  constructor(connection: LiveConnection, caches: ClusterCaches, fence: Fence) {
    this.caches = caches;
    this.#token = caches.token;
    this.#fence = fence;
    this.#connection = connection;
  }

  /** Made when first asked for, as the other one: not every cluster is called. */
  get uncachedClient(): Client {
    return this.#uncached ??= createUncachedClient({ rest: this.#rest, fence: this.#fence });
  }

  get client(): Client {
    return this.#cached ??= createCachedClient({ live: this.uncachedClient, ...this.#reading });
  }

  /** With `readOwnWrites` one of its own, whose reads wait until they show what it wrote. */
  clientFor({ readOwnWrites = false }: { readonly readOwnWrites?: boolean }): Client {
    return readOwnWrites ? this.#clientOfOwnWrites() : this.client;
  }

  /** The connection in use. Throws a `ClusterNotConnectedError` after the last one ended. */
  connection(what: string): LiveConnection {
    if (this.#connection === undefined) throw this.#notConnected(what);
    return this.#connection;
  }

  /** The kubeconfig in use, on this accessor's sockets. */
  restConfig(): PooledKubeConfig {
    const connection = this.connection('REST config');
    if (this.#restConfig?.of !== connection) {
      const { contextName, clusterName } = connection.kubeconfig;
      const current = () => this.connection('REST config').endpoint; // a token may be swapped in place, and the connection end
      const kubeconfig = { contextName, clusterName, get endpoint() { return current(); } };
      this.#restConfig = { of: connection, config: createPooledKubeConfig({ kubeconfig, rest: this.#rest, fence: this.#fence }) };
    }
    return this.#restConfig.config;
  }

  replace(connection: LiveConnection): void {
    this.#connection = connection;
  }

  end(): void {
    this.#connection = undefined;
    this.#ended.next();
    this.#ended.complete();
  }

  #clientOfOwnWrites(): Client {
    const ownWrites = new OwnWrites((kind) => this.caches.cacheOf(kind));
    const live = createUncachedClient({
      rest: this.#rest, fence: this.#fence,
      onWritten: (kind, object) => ownWrites.wrote(kind, object),
      onDeleted: (kind, key, answer) => ownWrites.deleted(kind, key, answer),
    });
    return createCachedClient({ live, ownWrites, ...this.#reading });
  }

  get #reading(): Omit<CachedClientOptions, 'live' | 'ownWrites'> {
    const { caches } = this;
    const isUp = () => this.#connection !== undefined;
    return {
      cacheOf: (kind) => caches.cacheOf(kind),
      connection: {
        cluster: caches.cluster, ended$: this.#ended,
        get isUp() { return isUp(); },
        leadsTo: (cluster) => cluster === this.#token,
        notConnected: () => this.#notConnected('client'),
      },
      timeout: caches.timeout, scheduler: caches.scheduler,
    };
  }

  get #rest(): RestClient {
    return this.#following ??= followingRestClient(() => this.connection('uncached client').rest);
  }

  #notConnected(what: string): ClusterNotConnectedError {
    return new ClusterNotConnectedError(what, { cluster: this.caches.cluster });
  }
}
