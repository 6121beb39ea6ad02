import { defer } from 'rxjs';
import type { Client } from '../client/client.ts';
import { createUncachedClient } from '../client/uncached-client.ts';
import { type PooledKubeConfig, createPooledKubeConfig } from '../kubernetes/pooled-kube-config.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { ClusterNotConnectedError } from '../model/errors.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { LiveConnection } from './cluster-connection.ts';

/**
 * The read side of one cluster from a connect to the disconnect: what is handed out here goes on over the connections that follow one another
 * meanwhile, and fails with a `ClusterNotConnectedError` after it.
 */
export class Accessor {
  readonly #cluster: ObjectKey;
  #following: RestClient | undefined;
  #client: Client | undefined;
  #connection: LiveConnection | undefined;
  #restConfig: { readonly of: LiveConnection; readonly config: PooledKubeConfig } | undefined;

  constructor(cluster: ObjectKey, connection: LiveConnection) {
    this.#cluster = cluster;
    this.#connection = connection;
  }

  /** Made when first asked for: not every cluster is called. */
  get client(): Client {
    return this.#client ??= createUncachedClient({ rest: this.#rest });
  }

  get #rest(): RestClient {
    return this.#following ??= this.#followingRest();
  }

  /** The connection in use. Throws a `ClusterNotConnectedError` after the last one ended. */
  connection(what: string): LiveConnection {
    if (this.#connection === undefined) throw new ClusterNotConnectedError(what, { cluster: this.#cluster });
    return this.#connection;
  }

  /** The kubeconfig in use, on this accessor's sockets. */
  restConfig(): PooledKubeConfig {
    const connection = this.connection('REST config');
    if (this.#restConfig?.of !== connection) {
      const { contextName, clusterName } = connection.kubeconfig;
      const current = () => this.connection('REST config').endpoint; // a token may be swapped in place, and the connection end
      const kubeconfig = { contextName, clusterName, get endpoint() { return current(); } };
      this.#restConfig = { of: connection, config: createPooledKubeConfig({ kubeconfig, rest: this.#rest }) };
    }
    return this.#restConfig.config;
  }

  replace(connection: LiveConnection): void {
    this.#connection = connection;
  }

  end(): void {
    this.#connection = undefined;
  }

  /** What it is asked goes to the connection of that moment. */
  #followingRest(): RestClient {
    const rest = () => this.connection('uncached client').rest;
    return {
      get transport() { return rest().transport; },
      request: (request) => defer(() => rest().request(request)),
      lines: (request) => defer(() => rest().lines(request)),
      resource: (kind) => defer(() => rest().resource(kind)),
      forget: (kind) => rest().forget(kind),
    };
  }
}
