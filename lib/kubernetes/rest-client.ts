import { AsyncSubject, type Observable, type SchedulerLike, asyncScheduler, defer, endWith, ignoreElements, map, race, retry, share, switchMap, take, throwError, timer } from 'rxjs';
import type { Kind } from '../model/kubernetes-object.ts';
import { clockOf } from '../operators/clock.ts';
import { type ApiResources, basePathOf, sharedResources } from './discovery.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { StatusError, isTooManyRequests, statusErrorOf } from './status-error.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** How a cluster serves one kind. */
export interface ApiResource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly basePath: string;
  readonly plural: string;
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

export function createRestClient({ transport, limiter, timeout: clientTimeout, scheduler = asyncScheduler, random = Math.random }: RestClientOptions): RestClient {
  const clock = clockOf(scheduler);
  const tables = new Map<string, Observable<ApiResources>>();

  /** Ends early on a transport that is closed: it says so to whatever is asked of it. */
  const orClosed = (over$: Observable<unknown>): Observable<unknown> => race(over$, transport.alive$.pipe(ignoreElements(), endWith(undefined))).pipe(take(1));

  const inTurn = <T>(limited: boolean, work: () => Observable<T>): Observable<T> =>
    (limited && limiter !== undefined ? orClosed(limiter.acquire()).pipe(switchMap(work)) : defer(work));

  const request = ({ timeout = clientTimeout, limited = true, obliging = true, ...rest }: RestRequest): Observable<TransportResponse> => inTurn(limited, () => {
    const deadline = clock() + timeout;
    return defer(() => transport.request({ ...rest, timeout: Math.max(1, deadline - clock()) })).pipe(
      map((response) => {
        if (response.status >= 200 && response.status < 300) return response;
        throw statusErrorOf(response);
      }),
      retry({
        delay: (error: unknown) => {
          const wait = obliging && isTooManyRequests(error) && error instanceof StatusError ? error.retryAfter : undefined;
          // Up to a tenth later than asked for: whoever was sent away together must not come back together.
          const spread = wait === undefined ? 0 : wait * (1 + 0.1 * random());
          return wait === undefined || clock() + spread >= deadline ? throwError(() => error) : orClosed(timer(spread, scheduler));
        },
      }),
    );
  });

  const resources = (kind: Kind<unknown>): Observable<ApiResources> => {
    const basePath = basePathOf(kind);
    const known = tables.get(basePath);
    if (known !== undefined) return known;
    // One request for all who ask at once; kept when it succeeded, forgotten when it did not, or when nobody waits for it any more. Told on completion: who has
    // heard enough with the value and leaves would take the request back otherwise.
    const asked = request({ path: basePath }).pipe(
      map(({ body }) => sharedResources(body, basePath)),
      share({ connector: () => new AsyncSubject<ApiResources>(), resetOnError: true, resetOnComplete: false, resetOnRefCountZero: true }),
    );
    tables.set(basePath, asked);
    return asked;
  };

  return {
    transport,
    request,
    lines: ({ timeout = clientTimeout, limited = true, ...rest }) => inTurn(limited, () => transport.lines({ ...rest, timeout })),
    resource: (kind) => defer(() => resources(kind)).pipe(map((byKind) => {
      const resource = byKind.get(kind.kind);
      if (resource !== undefined) return resource;
      throw new StatusError({ code: 404, reason: 'NotFound', message: `no matches for kind "${kind.kind}" in version "${kind.apiVersion}"` });
    })),
    forget: (kind) => { tables.delete(basePathOf(kind)); },
  };
}
