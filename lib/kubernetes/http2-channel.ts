import { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders, connect, constants } from 'node:http2';
import type { Socket } from 'node:net';
import type { Channel, ChannelOwner } from './channel.ts';
import type { Dialled } from './dial.ts';
import { codeOf } from './dial-error.ts';
import type { Exchange, Failure } from './exchange.ts';
import { Http2Ping } from './http2-ping.ts';
import type { RequestHeaders } from './request-headers.ts';
import { resetSocket } from './reset-socket.ts';
import { CLOSED_BY_SERVER, NOT_HTTP, brokenBy, unwritable } from './socket-failure.ts';

const { NGHTTP2_CANCEL, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

export interface Http2ChannelOptions {
  readonly origin: string;
  /** Before every path. */
  readonly basePath: string;
  readonly headers: RequestHeaders;
  /** Bytes. */
  readonly streamWindow: number;
  readonly connectionWindow: number;
  /** ms. */
  readonly pingInterval: number;
  readonly pingDeadline: number;
  /** Remembers from one session to the next what the server allows. */
  readonly allowed: { streams: number };
}

/** Streams left free: a server still counts one that was reset until it has read so, and the one too many waits silently behind all the others. */
const RESERVE = 10;
/** What a server allows until it has said so: the least that RFC 9113 recommends, and what Go's does allow. */
export const ASSUMED_STREAMS = 100;
/** ms that a session stays open with nothing on it while another has room. */
const SPARE_LINGER = 60_000;

const WITHOUT_BODY = { endStream: true };
const WITH_BODY = { endStream: false };

/** An HTTP/2 session and its exchanges. A GOAWAY retires it: what runs goes on, what was not processed is refused, and with the last stream it ends. */
export class Http2Channel implements Channel {
  readonly protocol = 'h2';
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #tcp: Socket;
  readonly #options: Http2ChannelOptions;
  readonly #owner: ChannelOwner;
  readonly #ping: Http2Ping;
  #streams = 0;
  #watches = 0;
  /** The last stream that the server processed or will; infinite while it takes new ones. */
  #lastStream = Infinity;
  #idleSince = performance.now();
  #retired = false;
  #death: Failure | undefined;

  constructor({ socket, tcp }: Pick<Dialled, 'socket' | 'tcp'>, options: Http2ChannelOptions, owner: ChannelOwner) {
    const { origin, streamWindow, connectionWindow, pingInterval, pingDeadline } = options;
    this.#socket = socket;
    this.#tcp = tcp;
    this.#options = options;
    this.#owner = owner;
    this.#session = connect(origin, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: streamWindow } });
    this.#session.setLocalWindowSize(connectionWindow);
    this.#session
      .on('remoteSettings', ({ maxConcurrentStreams = ASSUMED_STREAMS }) => {
        options.allowed.streams = maxConcurrentStreams;
        owner.freed(this);
      })
      .on('goaway', (code, lastStream) => {
        this.#lastStream = Math.min(this.#lastStream, lastStream);
        if (code !== NGHTTP2_NO_ERROR) this.#death ??= { code: 'GOAWAY', message: `the server ended the connection with error ${code}`, stage: 'response' };
        this.#retire();
      })
      .on('error', (error) => { this.#death ??= failureOf(error); })
      .on('close', () => this.#gone());
    this.#ping = new Http2Ping(this.#session, socket, {
      interval: pingInterval,
      deadline: pingDeadline,
      onBeat: () => this.#endIfSpare(),
      onDead: () => this.destroy({ code: 'UNRESPONSIVE', message: `nothing came from the server for ${pingDeadline} ms`, stage: 'response' }),
    });
  }

  get streams(): number { return this.#streams; }
  get calls(): number { return this.#streams - this.#watches; }
  get heardAt(): number { return this.#ping.heardAt; }
  get retired(): boolean { return this.#retired; }
  get hasRoom(): boolean { return !this.#retired && this.#streams < Math.max(1, this.#options.allowed.streams - RESERVE) && !this.#session.closed && !this.#session.destroyed; }

  send(exchange: Exchange): void {
    const { request } = exchange;
    if (!exchange.passes()) return;
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(
        this.#options.headers.http2(exchange.method, this.#options.basePath + request.path, request), request.body === undefined ? WITHOUT_BODY : WITH_BODY);
    } catch (error) {
      return exchange.fail(unwritable(error));
    }
    this.#streams += 1;
    if (exchange.longLived) this.#watches += 1;
    exchange.sent({ stop: () => stream.close(NGHTTP2_CANCEL), pause: () => stream.pause(), resume: () => stream.resume() });
    let ended = false;
    let failure: Failure | undefined;
    stream
      .on('response', (headers: IncomingHttpHeaders) => {
        this.#ping.heard();
        this.#owner.progressed();
        exchange.head(headers[':status'] as unknown as number, headers);
      })
      .on('data', (chunk: Buffer) => {
        this.#ping.heard();
        exchange.data(chunk);
      })
      .on('end', () => {
        this.#ping.heard();
        ended = true;
      })
      .on('error', (error) => { if (this.#session.destroyed) failure = failureOf(error); })
      .on('close', () => {
        const death = this.#death ?? failure;
        this.#free(exchange);
        if (exchange.done) return;
        const code = stream.rstCode;
        // A stream whose session is destroyed says 'end', too.
        if (ended && code === NGHTTP2_NO_ERROR && death === undefined) exchange.end();
        else if (this.#wasRefused(stream, exchange)) exchange.refused();
        else exchange.broke(death ?? (this.#session.destroyed ? CLOSED_BY_SERVER : resetBy(code)));
      });
    if (request.body !== undefined) stream.end(request.body);
  }

  destroy(failure: Failure): void {
    // The kernel keeps sending what it has of a connection that is only closed, for minutes: behind a network fault, a write would land long after it was given up.
    resetSocket(this.#tcp, this.#socket);
    this.#end(failure);
  }

  /** Not processed: said so by its RST_STREAM, or by a GOAWAY that ended before it. */
  #wasRefused(stream: ClientHttp2Stream, exchange: Exchange): boolean {
    if (exchange.answered) return false;
    return stream.rstCode === NGHTTP2_REFUSED_STREAM || (stream.id !== undefined && stream.id > this.#lastStream);
  }

  #free(exchange: Exchange): void {
    this.#streams -= 1;
    if (exchange.longLived) this.#watches -= 1;
    if (this.#streams === 0) this.#idleSince = performance.now();
    if (!this.#retired) this.#owner.freed(this);
    else if (this.#streams === 0) this.#end(CLOSED_BY_SERVER);
  }

  #retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    this.#owner.retired(this);
    if (this.#streams === 0) this.#end(CLOSED_BY_SERVER);
  }

  #end(failure: Failure): void {
    this.#death ??= failure;
    this.#retired = true;
    this.#ping.stop();
    this.#session.destroy();
    // The session would wait until what it wrote has been taken, and a frozen server takes nothing.
    this.#socket.destroy();
  }

  #endIfSpare(): void {
    if (this.#streams > 0 || performance.now() - this.#idleSince < SPARE_LINGER || !this.#owner.isSpare(this)) return;
    this.#retire();
  }

  #gone(): void {
    this.#retired = true;
    this.#ping.stop();
    this.#owner.gone(this);
  }
}

/** RFC 9113, section 7, from 0. */
const RESETS = [
  'NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED', 'FRAME_SIZE_ERROR', 'REFUSED_STREAM', 'CANCEL',
  'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED',
];

function resetBy(code: number): Failure {
  return { code: 'STREAM_RESET', message: `the server reset the stream (${RESETS[code] ?? code})`, stage: 'response' };
}

function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  switch (code) {
    case 'ERR_HTTP2_STREAM_CANCEL': return CLOSED_BY_SERVER;
    case 'ERR_HTTP2_ERROR': return NOT_HTTP;
    default: return brokenBy(code);
  }
}
