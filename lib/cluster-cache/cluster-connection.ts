import { EMPTY, Observable } from 'rxjs';
import type { Endpoint } from '../kubernetes/endpoint.ts';
import type { Kubeconfig } from '../kubernetes/kubeconfig.ts';
import type { RestClient, RestRequest } from '../kubernetes/rest-client.ts';
import type { TransportStats } from '../kubernetes/transport.ts';
import type { StageTiming } from '../model/errors.ts';

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

export interface LiveConnectionFields {
  readonly rest: RestClient;
  readonly kubeconfig: Kubeconfig;
  /** Where it is in use: the kubeconfig's own, or the in-cluster one. */
  readonly endpoint: Endpoint;
  readonly clusterUid: string | undefined;
  readonly inCluster: boolean;
  readonly stages: readonly StageTiming[];
}

/** The connection with its sockets and credentials; what a state shows of it is its `view`, which has neither. */
export class LiveConnection {
  readonly view: Connection;
  readonly #rest: RestClient;
  #counting: RestClient | undefined;
  #kubeconfig: Kubeconfig;
  #endpoint: Endpoint;
  #calls = 0;
  #onDrained: (() => void) | undefined;
  #closing: Error | undefined;

  constructor({ rest, kubeconfig, endpoint, clusterUid, inCluster, stages }: LiveConnectionFields) {
    this.view = Object.freeze({ server: endpoint.server.origin, inCluster, stages, ...(clusterUid === undefined ? {} : { clusterUid }) });
    this.#kubeconfig = kubeconfig;
    this.#endpoint = endpoint;
    this.#rest = rest;
  }

  /** For calls: a successor lets them end. */
  get rest(): RestClient { return this.#counting ??= this.#countingRest(); }

  get kubeconfig(): Kubeconfig { return this.#kubeconfig; }

  /** Where it leads, with the credentials of the moment. */
  get endpoint(): Endpoint { return this.#endpoint; }

  get identity(): ClusterIdentity {
    const { server, tls } = this.#kubeconfig.endpoint;
    return { uid: this.view.clusterUid, server: server.href, ca: tls?.ca };
  }

  /** See `Transport.doubted$`. */
  get doubted$(): Observable<unknown> {
    return this.#rest.transport.doubted$ ?? EMPTY;
  }

  stats(): TransportStats {
    return this.#rest.transport.stats();
  }

  /** Takes a kubeconfig that differs in its Authorization alone; `false` where it differs in more. Running exchanges go on. */
  update(kubeconfig: Kubeconfig): boolean {
    const { authorization } = kubeconfig.endpoint;
    const inPlace = kubeconfig.fingerprint === this.#kubeconfig.fingerprint && authorization !== undefined && this.#kubeconfig.endpoint.authorization !== undefined;
    if (!inPlace) return false;
    this.#rest.transport.setAuthorization(authorization);
    this.#kubeconfig = kubeconfig;
    const { server, tls } = this.#endpoint;
    this.#endpoint = this.view.inCluster && tls !== undefined ? kubeconfig.endpoint.at(server, tls) : kubeconfig.endpoint;
    return true;
  }

  /** A successor has taken over: `close` now lets calls that are under way end, each within its own timeout, and `drained` is called after the last. */
  supersede(drained: () => void): void {
    this.#onDrained = drained;
  }

  /** Ends everything on it with `reason`, at once or, when superseded, with the last call under way. Idempotent. */
  close(reason: Error): void {
    this.#closing ??= reason;
    if (this.#onDrained === undefined) this.destroy(reason);
    else this.#closeWhenDrained();
  }

  /** Ends everything on it with `reason` at once. Idempotent. */
  destroy(reason: Error): void {
    this.#rest.transport.close(reason);
  }

  /** Sends what no successor waits for: probes. */
  probe(request: RestRequest): Observable<unknown> {
    return this.#rest.request(request);
  }

  #countingRest(): RestClient {
    const rest = this.#rest;
    return {
      transport: rest.transport,
      request: (request) => this.#counted(rest.request(request)),
      lines: (request) => rest.lines(request),
      items: (request) => this.#counted(rest.items(request)),
      resource: (kind) => this.#counted(rest.resource(kind)),
      forget: (kind) => rest.forget(kind),
    };
  }

  #counted<T>(call$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      this.#calls += 1;
      subscriber.add(() => {
        this.#calls -= 1;
        this.#closeWhenDrained();
      });
      return call$.subscribe(subscriber);
    });
  }

  #closeWhenDrained(): void {
    if (this.#closing === undefined || this.#onDrained === undefined || this.#calls > 0) return;
    this.destroy(this.#closing);
    this.#onDrained();
  }
}

/** What tells one cluster from another. */
export interface ClusterIdentity {
  /** Of the Namespace kube-system, where it may be read. */
  readonly uid: string | undefined;
  readonly server: string;
  readonly ca: string | undefined;
}

/**
 * Whether two connections lead to one cluster. The UID of kube-system tells; where either is unknown, a new token or client certificate counts as the
 * same cluster, a new CA or server as another one.
 */
export function isSameCluster(a: ClusterIdentity, b: ClusterIdentity): boolean {
  if (a.uid !== undefined && b.uid !== undefined) return a.uid === b.uid;
  return a.server === b.server && a.ca === b.ca;
}
