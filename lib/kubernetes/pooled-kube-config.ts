import type { RequestOptions } from 'node:https';
import {
  type ApiConstructor, type ApiType, type Cluster, KubeConfig, type RequestContext, ServerConfiguration, createConfiguration, wrapHttpLibrary,
} from '@kubernetes/client-node';
import { KubeconfigError } from '../model/errors.ts';
import type { Endpoint } from './endpoint.ts';
import type { Fence } from './fence.ts';
import { restHttpLibrary } from './rest-http-library.ts';
import type { RestClient } from './rest-client.ts';

/** What a {@link PooledKubeConfig} needs of a kubeconfig. `endpoint` is read anew whenever credentials are asked for. */
export interface PooledKubeConfigSource {
  readonly endpoint: Endpoint;
  readonly contextName: string;
  readonly clusterName: string;
}

export interface PooledKubeConfigOptions {
  readonly kubeconfig: PooledKubeConfigSource;
  readonly rest: RestClient;
  /** Asked by every call of an API class that is no GET. @default nothing stands in the way */
  readonly fence?: Fence | undefined;
}

type WebSocketOptions = Parameters<KubeConfig['applyToHTTPSOptions']>[0];

/**
 * A `KubeConfig` of client-node whose API classes run on a connection's own sockets: `makeApiClient(CoreV1Api)` shares the connection's rate limiter, user agent
 * and timeouts, and ends with it. Calls reject as client-node's do, with an `ApiException` of `code` and `body`, where the API server says no; with a
 * `TransportError` or a `ClusterNotConnectedError` where no answer came. An answer is complete when it is handed on: to watch, or to follow a log, is not for these
 * classes.
 *
 * `Exec`, `Attach`, `PortForward`, `Cp`, `Log`, `Watch` and `Metrics` of client-node work too, on sockets of their own that the connection neither
 * counts, limits, fences nor ends.
 *
 * It is frozen, and holds nothing but names and the server: credentials go from the kubeconfig to the sockets, and are shown by no `util.inspect`, JSON or `exportConfig`.
 */
export class PooledKubeConfig extends KubeConfig {
  readonly #source: PooledKubeConfigSource;
  readonly #rest: RestClient;
  readonly #fence: Fence | undefined;

  constructor({ kubeconfig: source, rest, fence }: PooledKubeConfigOptions) {
    super();
    this.#source = source;
    this.#rest = rest;
    this.#fence = fence;
    const { contextName, clusterName, endpoint } = source;
    this.clusters = frozen({ name: clusterName, server: serverOf(endpoint), skipTLSVerify: endpoint.tls?.insecureSkipVerify ?? false });
    this.users = frozen({ name: contextName });
    this.contexts = frozen({ name: contextName, cluster: clusterName, user: contextName });
    this.currentContext = contextName;
    Object.freeze(this);
  }

  override makeApiClient<T extends ApiType>(apiClientType: ApiConstructor<T>): T {
    const { origin } = this.#source.endpoint.server;
    return new apiClientType(createConfiguration({
      // The transport puts the path of the server's own in front, and the credentials on.
      baseServer: new ServerConfiguration(origin, {}),
      httpApi: wrapHttpLibrary(restHttpLibrary(this.#rest, origin, this.#fence)),
      authMethods: {},
    }));
  }

  /** For what client-node does over a WebSocket. */
  override async applyToHTTPSOptions(options: WebSocketOptions): Promise<void> {
    const endpoint = this.#endpoint();
    await ownSockets(endpoint).applyToHTTPSOptions(options);
    Object.assign((options as RequestOptions).headers ??= {}, authenticationOf(endpoint));
  }

  /** For what client-node does by a fetch of its own. */
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    const endpoint = this.#endpoint();
    await ownSockets(endpoint).applySecurityAuthentication(context);
    for (const [name, value] of Object.entries(authenticationOf(endpoint))) {
      if (typeof value !== 'string') throw new TypeError(`${name} must be one value for a request that client-node sends by itself; got ${value.length}`);
      context.setHeaderParam(name, value);
    }
  }

  /** client-node takes the address from here, where it stays as it was: newer credentials must not go there. */
  #endpoint(): Endpoint {
    const { endpoint } = this.#source;
    if (serverOf(endpoint) === this.clusters[0]?.server) return endpoint;
    throw new KubeconfigError('KUBECONFIG_SERVER_CHANGED', 'the cluster has another server now: ask for its REST config again');
  }
}

/** Makes a {@link PooledKubeConfig}. Does nothing until something is asked of it. */
export function createPooledKubeConfig(options: PooledKubeConfigOptions): PooledKubeConfig {
  return new PooledKubeConfig(options);
}

function frozen<T extends object>(entry: T): T[] {
  const list = [Object.freeze(entry)];
  Object.freeze(list);
  return list;
}

/** Without the user info that a URL may carry. */
function serverOf({ server }: Endpoint): string {
  return `${server.origin}${server.pathname}`.replace(/\/+$/, '');
}

/** client-node's own way to the same server, for one request: trust, client certificate and proxy. */
function ownSockets(endpoint: Endpoint): KubeConfig {
  const { tls, proxy } = endpoint;
  const cluster: Cluster = {
    name: 'cluster', server: serverOf(endpoint),
    skipTLSVerify: tls?.insecureSkipVerify ?? true, // what client-node wants to hear for plain http
    ...(tls?.ca === undefined ? {} : { caData: base64(tls.ca) }),
    ...(tls?.servername === undefined ? {} : { tlsServerName: tls.servername }),
    ...(proxy === undefined ? {} : { proxyUrl: proxy.href }),
  };
  const config = new KubeConfig();
  config.loadFromClusterAndUser(cluster, {
    name: 'user',
    ...(tls?.cert === undefined || tls.key === undefined ? {} : { certData: base64(tls.cert), keyData: base64(tls.key) }),
  });
  return config;
}

function authenticationOf({ authorization, impersonation }: Endpoint): Readonly<Record<string, string | string[]>> {
  const values = Object.entries(impersonation ?? {}).map(([name, value]): [string, string | string[]] => [name, typeof value === 'string' ? value : [...value]]);
  return { ...Object.fromEntries(values), ...(authorization === undefined ? {} : { Authorization: authorization }) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
