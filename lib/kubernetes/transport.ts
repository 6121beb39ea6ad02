import type { Observable } from 'rxjs';
import type { Endpoint } from './endpoint.ts';
import type { Fence } from './fence.ts';
import { PooledTransport } from './pooled-transport.ts';

/** One exchange with an API server. Paths begin with `/` and are relative to the kubeconfig's server URL, whose own path is kept. */
export interface TransportRequest {
  /** @default 'GET' */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * ms from subscribing until the whole answer is in; for `lines` and `items`, until its status line is in. Waiting for a stream slot, the
   * dial and the TLS handshake are inside it. Between two chunks of `items` as well: a large list may take a minute, but no such time in silence.
   */
  readonly timeout: number;
  /** Most bytes of an answer, of one of `lines` or of one of `items`, unpacked. @default 8 MiB: nothing but a list or a watch is larger */
  readonly maxBytes?: number;
  /** Ask for a gzip answer. @default false */
  readonly gzip?: boolean;
  /**
   * Asked at the last moment, when a connection is about to write the request, and again where it is sent again: waiting, dialling and the handshake are before it. Where it says no,
   * the exchange ends with what it says, and nothing is written. @default nothing stands in the way
   */
  readonly fence?: Fence;
  /** Of `lines`: called once, when the status line says that there will be some. An API server sends it at once, long before there is anything to tell. */
  readonly onOpened?: () => void;
  /**
   * Of `lines`: called at the end of a line that is larger than `maxBytes`, in its place, with its size in bytes and the text of its first 16 KiB; the lines go on.
   * @default none: such a line is the end, by `BODY_TOO_LARGE`
   */
  readonly onOversized?: (size: number, prefix: string) => void;
}

/** A piece of a list that is given out as it comes: one object, or one that is larger than allowed (bytes, and the text of its first 16 KiB); at last the list without its items. */
export type ListPart =
  | { readonly type: 'item'; readonly item: unknown }
  | { readonly type: 'oversized'; readonly size: number; readonly prefix: string }
  | { readonly type: 'end'; readonly envelope: unknown };

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
  /**
   * Called before a request goes out once more: a read whose HTTP/1.1 connection ended under it without a byte of an answer, which the server may have given all the
   * same, or what the server said it had not processed. Must not throw.
   */
  readonly onResent?: (request: TransportRequest) => void;
  /** Spreads redials; in [0, 1). @default Math.random */
  readonly random?: () => number;
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
   *
   * Those who are told, here as by `items`, work some ms in each turn of the event loop, all together; what is left waits for a later turn, in order, and the server with it.
   */
  lines(request: TransportRequest): Observable<string>;
  /**
   * A Kubernetes list, item by item: emits each as soon as it is in, at last the `end`, and completes. Errors with a `StatusError` for a status other than 200,
   * with a `TransportError` when the answer breaks off (code `TRUNCATED` where it only stops) or is no list (`GARBAGE`). Holds no more than an item and a chunk.
   */
  items(request: TransportRequest): Observable<ListPart>;
  /** The Authorization header of every later request; running ones go on. */
  setAuthorization(value: string | undefined): void;
  /** Emits (and replays nothing) whenever a dial has succeeded: what waits for the cluster may try now. Completes when the transport is closed. */
  readonly alive$: Observable<void>;
  /**
   * Emits once and completes when there is a connection for one more request: at once (synchronously) where there is, else after a dial. Dials at once, unless a dial
   * is under way, and again at most 2 s after the last one failed, for as long as anybody is subscribed; one dial for all. Never errors; completes when the transport is closed.
   */
  readonly revived$: Observable<void>;
  /** Emits whenever there is reason to doubt that the server can be reached: whoever probes it does well to do so at once. Absent where nothing but a probe tells. */
  readonly doubted$?: Observable<unknown>;
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
