import type { Observable } from 'rxjs';
import type { Endpoint } from './endpoint.ts';
import { PooledTransport } from './pooled-transport.ts';

/** One exchange with an API server. Paths begin with `/` and are relative to the kubeconfig's server URL, whose own path is kept. */
export interface TransportRequest {
  /** @default 'GET' */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * ms from subscribing until the whole answer is in; for `lines`, until its status line is in. Waiting for a stream slot, the
   * dial and the TLS handshake are inside it.
   */
  readonly timeout: number;
  /** Most bytes of an answer, unpacked. @default 8 MiB: nothing but a list or a watch is larger */
  readonly maxBytes?: number;
  /** Ask for a gzip answer. @default false */
  readonly gzip?: boolean;
}

export interface TransportResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** UTF-8. */
  readonly body: string;
}

export interface TransportStats {
  readonly sockets: number;
  readonly streams: number;
  readonly protocol?: 'h2' | 'http/1.1';
  /** When the last byte came in. */
  readonly lastActivity?: Date;
  /** ms that the parts of the last successful dial took; `proxy` where there is one, `tls` unless plain http. */
  readonly lastDial?: { readonly dial: number; readonly proxy?: number; readonly tls?: number };
}

export interface TransportOptions {
  /** The User-Agent of every request. */
  readonly userAgent: string;
  /** ms for DNS, TCP, proxy and TLS together. Shorter than a probe's timeout, or a hanging dial would be taken for a hanging server. @default 4000 */
  readonly dialTimeout?: number;
  /** HTTP/2 windows in bytes. @default 4 MiB and 8 MiB: 256 KiB per stream gives 1.3 MB/s at 100 ms round trip */
  readonly streamWindow?: number;
  readonly connectionWindow?: number;
  /** ms between PINGs, and ms since the last received byte after which a socket is dead: together below 10 s, in which a half-open socket is seen. @default 2000 and 7500 */
  readonly pingInterval?: number;
  readonly pingDeadline?: number;
  /** Called at every step forward of a dial or an answer: TCP connected, proxy answered, TLS done, response headers in. */
  readonly onProgress?: () => void;
}

/**
 * The sockets to one API server. Everything on it is cold: subscribing sends, unsubscribing takes back (RST_STREAM on HTTP/2).
 * Nothing is dialled before the first subscription.
 */
export interface Transport {
  /** Emits the answer once, whatever its status, and completes. Errors with a `TransportError` where no answer came. */
  request(request: TransportRequest): Observable<TransportResponse>;
  /**
   * A long-lived answer, line by line (split at `\n` only, the empty lines left out). Completes when the server ends it cleanly;
   * errors with a `StatusError` for a status other than 200, with a `TransportError` when the stream breaks, an unfinished last
   * line included. No idle timeout of its own.
   */
  lines(request: TransportRequest): Observable<string>;
  /** The Authorization header of every later request; running ones go on. */
  setAuthorization(value: string | undefined): void;
  /** Emits (and replays nothing) whenever a dial has succeeded: what waits for the cluster may try now. Completes when the transport is closed. */
  readonly alive$: Observable<void>;
  stats(): TransportStats;
  /**
   * Ends everything on it, and whatever is asked of it later, with a `TransportError` of code `CLOSED` whose cause is `reason`, and leaves no socket, timer
   * or listener. Idempotent.
   */
  close(reason?: Error): void;
}

/**
 * A transport to one API server with one identity. HTTP/2 wherever the server speaks it, else HTTP/1.1. Does nothing until something is asked of it.
 */
export function createTransport(endpoint: Endpoint, options: TransportOptions): Transport {
  return new PooledTransport(endpoint, options);
}
