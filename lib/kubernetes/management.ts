import type { KubeConfig } from '@kubernetes/client-node';
import { type Observable, type SchedulerLike, Subject, Subscription, catchError, defer, exhaustMap, finalize, ignoreElements, map, merge, of, share, switchMap, throwError, timer } from 'rxjs';
import type { Endpoint } from './endpoint.ts';
import { fingerprintOf } from './kubeconfig.ts';
import { managementEndpoint } from './management-endpoint.ts';
import { type RestClient, createRestClient } from './rest-client.ts';
import { isUnauthorized } from './status-error.ts';
import { type Transport, type TransportRequest, type TransportResponse, type TransportStats, createTransport } from './transport.ts';

export interface ManagementOptions {
  readonly userAgent: string;
  /** ms for one call. */
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** ms after which credentials are asked for again: client-go reads its token file once a minute. */
const REFRESH_INTERVAL = 60_000;

/**
 * Runs `project` on the management cluster. Its credentials are asked for at the start, every minute, and when the server answers 401, so that an exec plugin or a
 * file that rotates is followed; where the certificate or the CA changed, new requests go to a new transport. There is no token bucket: reading a fleet of
 * 1000 at 20 a second would take a minute, and the API server has its own fairness.
 * Errors with a `KubeconfigError` where the kubeconfig cannot be used at the start, else as `project` does; unsubscribing closes the sockets.
 */
export function withManagement<R>(kubeConfig: KubeConfig, options: ManagementOptions, project: (rest: RestClient) => Observable<R>): Observable<R> {
  return managementEndpoint(kubeConfig).pipe(switchMap((endpoint) => defer(() => {
    const transport = new ManagementTransport(endpoint, managementEndpoint(kubeConfig), options.userAgent);
    const { timeout, scheduler, random } = options;
    const refreshed$ = timer(REFRESH_INTERVAL, REFRESH_INTERVAL, scheduler).pipe(exhaustMap(() => transport.refresh()), ignoreElements());
    return merge(refreshed$, project(createRestClient({ transport, timeout, scheduler, random }))).pipe(finalize(() => transport.close()));
  })));
}

/** A transport whose credentials are asked for again when the server does not take them. */
class ManagementTransport implements Transport {
  readonly #userAgent: string;
  readonly #refresh: Observable<boolean>;
  readonly #alive = new Subject<void>();
  readonly alive$ = this.#alive.asObservable();
  #endpoint: Endpoint;
  #current: Transport;
  #aliveOfCurrent = Subscription.EMPTY;

  constructor(endpoint: Endpoint, endpoint$: Observable<Endpoint>, userAgent: string) {
    this.#userAgent = userAgent;
    this.#endpoint = endpoint;
    this.#current = this.#open(endpoint);
    this.#refresh = endpoint$.pipe(
      map((now) => this.#adopt(now)),
      catchError(() => of(false)), // a plugin that fails now may work in a minute; what the server says of the old credentials is told anyway
      share(),
    );
  }

  /** Asks for the credentials again, once for all who ask at the time. Emits whether they changed; never errors. */
  refresh(): Observable<boolean> {
    return this.#refresh;
  }

  request(request: TransportRequest): Observable<TransportResponse> {
    const once = defer(() => this.#current.request(request));
    return once.pipe(switchMap((response) => (response.status === 401 ? this.#again(once, of(response)) : of(response))));
  }

  lines(request: TransportRequest): Observable<string> {
    const once = defer(() => this.#current.lines(request));
    return once.pipe(catchError((error: unknown) => (isUnauthorized(error) ? this.#again(once, throwError(() => error)) : throwError(() => error))));
  }

  setAuthorization(value: string | undefined): void {
    this.#current.setAuthorization(value);
  }

  stats(): TransportStats {
    return this.#current.stats();
  }

  close(reason?: Error): void {
    this.#aliveOfCurrent.unsubscribe();
    this.#current.close(reason);
  }

  #again<T>(once: Observable<T>, otherwise: Observable<T>): Observable<T> {
    return this.#refresh.pipe(switchMap((changed) => (changed ? once : otherwise)));
  }

  /** Takes new credentials into use; says whether they are new. */
  #adopt(endpoint: Endpoint): boolean {
    const before = this.#endpoint;
    this.#endpoint = endpoint;
    if (fingerprintOf([before.server, before.tls, before.proxy, before.impersonation]) !== fingerprintOf([endpoint.server, endpoint.tls, endpoint.proxy, endpoint.impersonation])) {
      const replaced = this.#current;
      this.#current = this.#open(endpoint);
      replaced.close(); // what runs on it is a read that resumes
      return true;
    }
    if (before.authorization === endpoint.authorization) return false;
    this.#current.setAuthorization(endpoint.authorization);
    return true;
  }

  #open(endpoint: Endpoint): Transport {
    const transport = createTransport(endpoint, { userAgent: this.#userAgent });
    this.#aliveOfCurrent.unsubscribe();
    this.#aliveOfCurrent = transport.alive$.subscribe(() => this.#alive.next());
    return transport;
  }
}
