import type { KubeConfig } from '@kubernetes/client-node';
import { EMPTY, type Observable, type SchedulerLike, Subject, Subscription, catchError, defer, exhaustMap, finalize, map, of, share, startWith, switchMap, take, throwError, timeout as bounded, timer } from 'rxjs';
import { KubeconfigError } from '../model/errors.ts';
import type { Endpoint } from './endpoint.ts';
import { fingerprintOf } from './kubeconfig.ts';
import { type EndpointSource, managementEndpoints } from './management-endpoint.ts';
import { type RestClient, createRestClient } from './rest-client.ts';
import { isUnauthorized } from './status-error.ts';
import { type ListPart, type Transport, type TransportRequest, type TransportResponse, type TransportStats, createTransport } from './transport.ts';

export interface ManagementOptions {
  readonly userAgent: string;
  /** ms for one call. */
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** ms that an exec plugin may take: a person may have to answer it. A call that waits for it must end all the same. */
const LOGIN_TIMEOUT = 60_000;

/** ms after which credentials are asked for again: client-go reads its token file once a minute. */
const REFRESH_INTERVAL = 60_000;

/**
 * Runs `project` on the management cluster. Its credentials are asked for at the start, every minute, and when the server answers 401, so that an exec plugin or a
 * file that rotates is followed: what was refused is sent once more with new credentials, where there are any. Where the certificate or the CA changed, new requests
 * go to a new transport. There is no token bucket: reading a fleet of 1000 at 20 a second would take a minute, and the API server has its own fairness.
 *
 * Emits and completes as `project` does. Errors with a `KubeconfigError` where the kubeconfig cannot be used at the start, else as `project` does; a call that was
 * refused errors with one where new credentials cannot be had. Unsubscribing closes the sockets.
 */
export function withManagement<R>(kubeConfig: KubeConfig, options: ManagementOptions, project: (rest: RestClient) => Observable<R>): Observable<R> {
  return defer(() => {
    const ask = managementEndpoints(kubeConfig);
    const tooLate = () => throwError(() => new KubeconfigError('MANAGEMENT_LOGIN_TIMEOUT', `the management cluster's kubeconfig gave no credentials within ${LOGIN_TIMEOUT} ms: look at its exec plugin`));
    const endpoint$: EndpointSource = (...renewed) => ask(...renewed).pipe(bounded({ first: LOGIN_TIMEOUT, with: tooLate, scheduler: options.scheduler }));
    return endpoint$().pipe(switchMap((endpoint) => defer(() => {
      const transport = new ManagementTransport(endpoint, endpoint$, options.userAgent);
      const { timeout, scheduler, random } = options;
      // A plugin that fails now may work in a minute; until then the server judges what there is.
      const refreshing = timer(REFRESH_INTERVAL, REFRESH_INTERVAL, scheduler).pipe(exhaustMap(() => transport.refresh().pipe(catchError(() => EMPTY)))).subscribe();
      return project(createRestClient({ transport, timeout, scheduler, random })).pipe(finalize(() => {
        refreshing.unsubscribe();
        transport.close();
      }));
    })));
  });
}

/** A transport whose credentials are asked for again when the server does not take them. */
class ManagementTransport implements Transport {
  readonly #userAgent: string;
  readonly #refreshed$: Observable<void>;
  readonly #renewed$: Observable<void>;
  readonly #alive = new Subject<void>();
  readonly alive$ = this.#alive.asObservable();
  readonly #replaced = new Subject<void>();
  readonly revived$ = this.#replaced.pipe(startWith(undefined), switchMap(() => this.#current.revived$), take(1));
  #endpoint: Endpoint;
  #current: Transport;
  #aliveOfCurrent = Subscription.EMPTY;

  constructor(endpoint: Endpoint, endpoint$: EndpointSource, userAgent: string) {
    this.#userAgent = userAgent;
    this.#endpoint = endpoint;
    this.#current = this.#open(endpoint);
    // Once for all who ask at the time: a plugin is a process.
    [this.#refreshed$, this.#renewed$] = [false, true].map((renewed) => defer(() => endpoint$(renewed)).pipe(map((now) => this.#adopt(now)), share())) as [Observable<void>, Observable<void>];
  }

  /** Asks for the credentials as they are now, and uses them from then on. Errors with a `KubeconfigError`. */
  refresh(): Observable<void> {
    return this.#refreshed$;
  }

  request(request: TransportRequest): Observable<TransportResponse> {
    const once = defer(() => this.#current.request(request));
    return defer(() => {
      const used = this.#endpoint;
      return once.pipe(switchMap((response) => (response.status === 401 ? this.#again(used, once, of(response)) : of(response))));
    });
  }

  lines(request: TransportRequest): Observable<string> {
    return this.#streamed(() => this.#current.lines(request));
  }

  items(request: TransportRequest): Observable<ListPart> {
    return this.#streamed(() => this.#current.items(request));
  }

  setAuthorization(value: string | undefined): void {
    this.#current.setAuthorization(value);
  }

  stats(): TransportStats {
    return this.#current.stats();
  }

  close(reason?: Error): void {
    this.#aliveOfCurrent.unsubscribe();
    this.#alive.complete();
    this.#replaced.complete();
    this.#current.close(reason);
  }

  /** What says with an error, before it says anything else, that it was refused. */
  #streamed<T>(work: () => Observable<T>): Observable<T> {
    const once = defer(work);
    return defer(() => {
      const used = this.#endpoint;
      return once.pipe(catchError((error: unknown) => (isUnauthorized(error) ? this.#again(used, once, throwError(() => error)) : throwError(() => error))));
    });
  }

  /** Once more where there are other credentials than those that were `used`; another call may have renewed them meanwhile. */
  #again<T>(used: Endpoint, once: Observable<T>, otherwise: Observable<T>): Observable<T> {
    const renewed$ = this.#endpoint === used ? this.#renewed$ : of(undefined);
    return renewed$.pipe(switchMap(() => (this.#endpoint === used ? otherwise : once)));
  }

  /** Takes credentials into use, if they are new. */
  #adopt(endpoint: Endpoint): void {
    const before = this.#endpoint;
    const sameWay = fingerprintOf([before.server, before.tls, before.proxy, before.impersonation]) === fingerprintOf([endpoint.server, endpoint.tls, endpoint.proxy, endpoint.impersonation]);
    if (sameWay && before.authorization === endpoint.authorization) return;
    this.#endpoint = endpoint;
    if (sameWay) return this.#current.setAuthorization(endpoint.authorization);
    const replaced = this.#current;
    this.#current = this.#open(endpoint);
    this.#replaced.next();
    replaced.close(); // what runs on it is a read that resumes
  }

  #open(endpoint: Endpoint): Transport {
    const transport = createTransport(endpoint, { userAgent: this.#userAgent });
    this.#aliveOfCurrent.unsubscribe();
    this.#aliveOfCurrent = transport.alive$.subscribe(() => this.#alive.next());
    return transport;
  }
}
