import { AsyncSubject, Observable, type SchedulerLike, asyncScheduler, catchError, defer, map, share, switchMap, throwError, timer } from 'rxjs';
import type { Kind } from '../model/kubernetes-object.ts';
import { clockOf } from '../operators/clock.ts';
import { type ApiResources, basePathOf, sharedResources } from './discovery.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { StatusError, isNotFound, isTooManyRequests, statusErrorOf } from './status-error.ts';
import type { ListPart, Transport, TransportRequest, TransportResponse } from './transport.ts';

/** How a cluster serves one kind. */
export interface ApiResource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly basePath: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly hasStatus: boolean;
}

export interface RestRequest extends Omit<TransportRequest, 'timeout'> {
  /** ms for one call with all its tries, waiting for its turn apart. @default the client's timeout */
  readonly timeout?: number;
  /** Take a token of the bucket first. @default true */
  readonly limited?: boolean;
  /** Try again after a 429 that says when. @default true */
  readonly obliging?: boolean;
}

/** A transport with manners: waits its turn, reads errors, asks for discovery once. Handed to clients, reflectors and probes. */
export interface RestClient {
  readonly transport: Transport;
  /**
   * Emits a 2xx answer once and completes. Errors with a `StatusError` for any other status (a redirect included), with a `TransportError` where none came.
   * 429 with Retry-After is tried again where that is within the timeout.
   */
  request(request: RestRequest): Observable<TransportResponse>;
  /** A watch's lines, as `Transport.lines`, after its token. */
  lines(request: RestRequest): Observable<string>;
  /** A list's items, as `Transport.items`, after its token. */
  items(request: RestRequest): Observable<ListPart>;
  /** How this cluster serves the kind; emits once and completes. Asked once per group version; an error is not remembered, a missing kind is a 404. */
  resource(kind: Kind<unknown>): Observable<ApiResource>;
  /** Forgets what discovery said of the kind's group version: it is asked again. */
  forget(kind: Kind<unknown>): void;
}

export interface RestClientOptions {
  readonly transport: Transport;
  /** @default none: nothing waits */
  readonly limiter?: RateLimiter;
  /** ms for one call, where it says nothing else. */
  readonly timeout: number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
  /** Spreads what is tried again; in [0, 1). @default Math.random */
  readonly random?: () => number;
}

export function createRestClient(options: RestClientOptions): RestClient {
  return new TransportRestClient(options);
}

/** A class, for there is one to every cluster: its methods are the prototype's. */
class TransportRestClient implements RestClient {
  readonly transport: Transport;
  readonly #options: Required<Pick<RestClientOptions, 'timeout' | 'scheduler' | 'random'>> & Pick<RestClientOptions, 'limiter'>;
  readonly #clock: () => number;
  readonly #tables = new Map<string, Observable<ApiResources>>();

  constructor({ transport, scheduler = asyncScheduler, random = Math.random, ...options }: RestClientOptions) {
    this.transport = transport;
    this.#options = { ...options, scheduler, random };
    this.#clock = clockOf(scheduler);
  }

  request({ timeout = this.#options.timeout, limited = true, obliging = true, ...request }: RestRequest): Observable<TransportResponse> {
    if (!limited && !obliging) return this.#sent(request, timeout);
    return this.#inTurn(limited, () => (obliging ? this.#tried(request, timeout) : this.#sent(request, timeout)));
  }

  lines({ timeout = this.#options.timeout, limited = true, obliging: _, ...request }: RestRequest): Observable<string> {
    return this.#inTurn(limited, () => this.transport.lines({ ...request, timeout }));
  }

  items({ timeout = this.#options.timeout, limited = true, obliging: _, ...request }: RestRequest): Observable<ListPart> {
    return this.#inTurn(limited, () => this.transport.items({ ...request, timeout }));
  }

  resource(kind: Kind<unknown>): Observable<ApiResource> {
    return defer(() => this.#resources(kind)).pipe(map((byKind) => {
      const resource = byKind.get(kind.kind);
      if (resource !== undefined) return resource;
      throw noMatch(kind);
    }), catchError((error: unknown) => throwError(() => (isNotFound(error) ? noMatch(kind) : error))));
  }

  forget(kind: Kind<unknown>): void {
    this.#tables.delete(basePathOf(kind));
  }

  /** Begins the work with a token, or on a transport that was closed meanwhile: it says so to whatever is asked of it. */
  #inTurn<T>(limited: boolean, work: () => Observable<T>): Observable<T> {
    const { limiter } = this.#options;
    return !limited || limiter === undefined ? defer(work) : this.#orClosed(limiter.acquire()).pipe(switchMap(work));
  }

  /** Emits once, when what is waited for does, or when the transport is closed. */
  #orClosed(over$: Observable<unknown>): Observable<unknown> {
    return new Observable((subscriber) => {
      const over = () => {
        subscriber.next(undefined);
        subscriber.complete();
      };
      subscriber.add(over$.subscribe(over));
      if (!subscriber.closed) subscriber.add(this.transport.alive$.subscribe({ complete: over }));
    });
  }

  #sent(request: Omit<TransportRequest, 'timeout'>, timeout: number): Observable<TransportResponse> {
    return this.transport.request({ ...request, timeout }).pipe(map(accepted));
  }

  /** Sent again, after a 429 that says when, as long as there is time. */
  #tried(request: Omit<TransportRequest, 'timeout'>, timeout: number): Observable<TransportResponse> {
    const begun = this.#clock();
    return this.#sent(request, timeout).pipe(catchError((error: unknown) => {
      const wait = isTooManyRequests(error) && error instanceof StatusError ? error.retryAfter : undefined;
      if (wait === undefined) throw error;
      const { random, scheduler } = this.#options;
      // Up to a tenth later than asked for: whoever was sent away together must not come back together.
      const spread = wait * (1 + 0.1 * random());
      const left = () => timeout - (this.#clock() - begun);
      if (spread >= left()) throw error;
      return this.#orClosed(timer(spread, scheduler)).pipe(switchMap(() => this.#tried(request, Math.max(1, left()))));
    }));
  }

  #resources(kind: Kind<unknown>): Observable<ApiResources> {
    const basePath = basePathOf(kind);
    const known = this.#tables.get(basePath);
    if (known !== undefined) return known;
    // One request for all who ask at once; kept when it succeeded, forgotten when it did not, or when nobody waits for it any more. Told on completion: who has
    // heard enough with the value and leaves would take the request back otherwise.
    const asked = this.request({ path: basePath }).pipe(
      map(({ body }) => sharedResources(body, basePath)),
      share({ connector: () => new AsyncSubject<ApiResources>(), resetOnError: true, resetOnComplete: false, resetOnRefCountZero: true }),
    );
    this.#tables.set(basePath, asked);
    return asked;
  }
}

function accepted(response: TransportResponse): TransportResponse {
  if (response.status >= 200 && response.status < 300) return response;
  throw statusErrorOf(response);
}

/** Whether the group version is not served or has no such kind: client-go says the same. */
function noMatch({ kind, apiVersion }: Kind<unknown>): StatusError {
  return new StatusError({ code: 404, reason: 'NotFound', message: `no matches for kind "${kind}" in version "${apiVersion}"` });
}
