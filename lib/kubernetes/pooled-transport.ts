import { Observable, Subject } from 'rxjs';
import { ChannelPool } from './channel-pool.ts';
import { type DialTimings, dial } from './dial.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { Http1Channel } from './http1-channel.ts';
import { ASSUMED_STREAMS, Http2Channel } from './http2-channel.ts';
import { ItemsExchange } from './items-exchange.ts';
import { LinesExchange } from './lines-exchange.ts';
import { RequestHeaders } from './request-headers.ts';
import { routeTo } from './route.ts';
import { SingleExchange } from './single-exchange.ts';
import type { ListPart, Transport, TransportOptions, TransportRequest, TransportResponse, TransportStats } from './transport.ts';

const MIB = 1024 * 1024;

const defaults = Object.freeze({
  dialTimeout: 4_000, streamWindow: 4 * MIB, connectionWindow: 8 * MIB, pingInterval: 2_000, pingDeadline: 7_500,
});

/** The {@link Transport} over a pool of sockets. */
export class PooledTransport implements Transport {
  readonly #pool: ChannelPool;
  readonly #headers: RequestHeaders;
  readonly #alive = new Subject<void>();
  readonly alive$ = this.#alive.asObservable();
  readonly #conceal = (text: string): string => this.#headers.conceal(text);
  #lastDial: DialTimings | undefined;

  constructor(endpoint: Endpoint, { userAgent, onProgress = noProgress, onResent, random = Math.random, ...options }: TransportOptions) {
    const { dialTimeout, streamWindow, connectionWindow, pingInterval, pingDeadline } = { ...defaults, ...options };
    const { server } = endpoint;
    const route = routeTo(endpoint);
    const headers = this.#headers = new RequestHeaders(endpoint, userAgent);
    const channel = {
      origin: server.origin, basePath: server.pathname.replace(/\/+$/, ''), headers, streamWindow, connectionWindow, pingInterval, pingDeadline,
      allowed: { streams: ASSUMED_STREAMS },
    };
    this.#pool = new ChannelPool({
      dial: () => dial(route, { timeout: dialTimeout, onProgress }),
      open: (dialled, owner) => (dialled.protocol === 'h2' ? new Http2Channel(dialled, channel, owner) : new Http1Channel(dialled, channel, owner)),
      onDialled: ({ timings }) => {
        this.#lastDial = timings;
        this.#alive.next();
      },
      onProgress, onResent, random,
    });
  }

  request(request: TransportRequest): Observable<TransportResponse> {
    return new Observable((subscriber) => this.#begin(new SingleExchange(request, subscriber, this.#pool, this.#conceal)));
  }

  lines(request: TransportRequest): Observable<string> {
    return new Observable((subscriber) => this.#begin(new LinesExchange(request, subscriber, this.#pool, this.#conceal)));
  }

  items(request: TransportRequest): Observable<ListPart> {
    return new Observable((subscriber) => this.#begin(new ItemsExchange(request, subscriber, this.#pool, this.#conceal)));
  }

  get revived$(): Observable<void> {
    return this.#pool.revived$;
  }

  setAuthorization(value: string | undefined): void {
    this.#headers.setAuthorization(value);
  }

  stats(): TransportStats {
    const { channels } = this.#pool;
    const [first] = channels;
    return {
      sockets: channels.length,
      streams: channels.reduce((sum, { streams }) => sum + streams, 0),
      ...(first === undefined ? {} : { protocol: first.protocol, lastActivity: wallClock(Math.max(...channels.map(({ heardAt }) => heardAt))) }),
      ...(this.#lastDial === undefined ? {} : { lastDial: this.#lastDial }),
    };
  }

  close(reason?: Error): void {
    this.#pool.close({ code: 'CLOSED', message: 'the connection is closed', stage: 'request', cause: reason, atOnce: true });
    this.#alive.complete();
  }

  #begin(exchange: Exchange): () => void {
    if (PRINTABLE.test(exchange.request.path)) this.#pool.submit(exchange);
    else exchange.fail({ code: 'INVALID_REQUEST', message: 'a path begins with / and has no space or control character', stage: 'request' });
    return () => exchange.cancel();
  }
}

/** A path in which nothing can hide: a line break would be a header on HTTP/1.1. */
const PRINTABLE = /^\/[\x21-\x7e]*$/;

function noProgress(): void { /* nobody asked */ }

/** Of an instant of `performance.now()`. */
function wallClock(at: number): Date {
  return new Date(Date.now() - (performance.now() - at));
}
