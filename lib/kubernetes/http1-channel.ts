import type { Socket } from 'node:net';
import { Client, type Dispatcher, errors } from 'undici';
import type { Channel, ChannelOwner } from './channel.ts';
import type { Dialled } from './dial.ts';
import { codeOf } from './dial-error.ts';
import type { Exchange, Failure } from './exchange.ts';
import type { RequestHeaders } from './request-headers.ts';
import { resetSocket } from './reset-socket.ts';
import { CLOSED_BY_SERVER, NOT_HTTP, brokenBy, unwritable } from './socket-failure.ts';

export interface Http1ChannelOptions {
  readonly origin: string;
  /** Before every path. */
  readonly basePath: string;
  readonly headers: RequestHeaders;
}

/** ms that a socket is kept for the next exchange. Go's servers end theirs after 90 s or later, and a probe comes every 10 s. */
const KEEP_ALIVE = 60_000;

/** One HTTP/1.1 socket, and at most one exchange on it at a time. A watch has it to itself. */
export class Http1Channel implements Channel {
  readonly protocol = 'http/1.1';
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #tcp: Socket;
  readonly #options: Http1ChannelOptions;
  readonly #owner: ChannelOwner;
  #current: Exchange | undefined;
  /** Whether it has carried an exchange to its end, or lain idle: then the server may close it at any time. */
  #used = false;
  #retired = false;
  #death: Failure | undefined;
  #heardAt = performance.now();

  constructor({ socket, tcp }: Pick<Dialled, 'socket' | 'tcp'>, options: Http1ChannelOptions, owner: ChannelOwner) {
    this.#socket = socket;
    this.#tcp = tcp;
    this.#options = options;
    this.#owner = owner;
    this.#client = new Client(options.origin, {
      // A client that is called back at once never sends.
      connect: (_address, callback) => queueMicrotask(() => callback(null, socket)),
      allowH2: false, pipelining: 1, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: KEEP_ALIVE,
    });
    socket.on('close', this.#closed);
    // What a redial has opened may lie idle from the beginning.
    setImmediate(() => { if (this.#current === undefined) this.#used = true; });
  }

  get streams(): number { return this.#current === undefined ? 0 : 1; }
  get calls(): number { return this.#current?.longLived === false ? 1 : 0; }
  get heardAt(): number { return this.#heardAt; }
  get retired(): boolean { return this.#retired; }
  get hasRoom(): boolean { return this.#current === undefined && !this.#retired && !this.#socket.destroyed; }

  send(exchange: Exchange): void {
    const { request } = exchange;
    if (!exchange.passes()) return;
    let headers: string[];
    try {
      headers = this.#options.headers.http1(request);
    } catch (error) {
      return exchange.fail(unwritable(error));
    }
    this.#current = exchange;
    let controller: Dispatcher.DispatchController | undefined;
    exchange.sent({ stop: () => controller?.abort(TAKEN_BACK), pause: () => controller?.pause(), resume: () => controller?.resume() });
    this.#client.dispatch({
      method: exchange.method,
      path: this.#options.basePath + request.path,
      headers,
      body: request.body ?? null,
    }, {
      onRequestStart: (started) => {
        controller = started;
        if (exchange.done) started.abort(TAKEN_BACK);
      },
      onResponseStart: (_controller, status, headers) => {
        this.#heard();
        this.#owner.progressed();
        exchange.head(status, headers);
      },
      onResponseData: (_controller, chunk) => {
        this.#heard();
        exchange.data(chunk);
      },
      onResponseEnd: () => {
        this.#used = true;
        this.#free();
        exchange.end();
      },
      onResponseError: (_controller, error) => {
        this.#free();
        // A keepalive that ended as the request went out, most likely: Go's client, too, sends a safe one again.
        if (this.#used && exchange.safe && !exchange.answered && !exchange.resent && this.#death === undefined) exchange.refused();
        else exchange.broke(this.#death ?? failureOf(error));
      },
    });
  }

  destroy(failure: Failure): void {
    this.#death ??= failure;
    this.#retired = true;
    // See Http2Channel: nothing that was written may arrive later.
    resetSocket(this.#tcp, this.#socket);
    void this.#client.destroy(TAKEN_BACK);
    this.#socket.destroy();
  }

  #heard(): void {
    this.#heardAt = performance.now();
  }

  #free(): void {
    this.#current = undefined;
    // After the client has put the socket down, or closed it.
    setImmediate(() => { if (this.hasRoom) this.#owner.freed(this); });
  }

  readonly #closed = (): void => {
    this.#retired = true;
    void this.#client.destroy(TAKEN_BACK);
    this.#owner.gone(this);
  };
}

const TAKEN_BACK = new Error('nobody waits for the answer');

function failureOf(error: unknown): Failure {
  if (error instanceof errors.HTTPParserError) return NOT_HTTP;
  const code = codeOf(error);
  switch (code) {
    case 'UND_ERR_SOCKET':
      return CLOSED_BY_SERVER;
    case 'UND_ERR_INVALID_ARG':
    case 'UND_ERR_NOT_SUPPORTED':
      return unwritable();
    default:
      return brokenBy(code);
  }
}
