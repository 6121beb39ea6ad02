import { Http2ServerRequest, constants } from 'node:http2';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Connection, IncomingRequest, OutgoingResponse, Protocol } from './listener.ts';
import { JSON_TYPE, type Reply, type ServerExchange, headerOf } from './server-exchange.ts';
import type { PeerCertificate } from './users.ts';

/** Below this, kube-apiserver does not compress. */
const GZIP_THRESHOLD = 128 * 1024;
/** kube-apiserver's: most of the gain at a fraction of the cost. */
const GZIP_LEVEL = 1;

const compress = promisify(gzip);

/** One request over HTTP. Nothing is sent while the connection is muted; what was to be sent follows when it no longer is. */
export class Exchange implements ServerExchange {
  readonly #request: IncomingRequest;
  readonly #connection: Connection;
  readonly #response: ServerResponse;
  #answered = (_status: number): void => {};
  #drained = (): void => {};
  #cut: 'ended' | 'broken' | undefined;

  constructor(request: IncomingRequest, response: OutgoingResponse, connection: Connection) {
    this.#request = request;
    this.#connection = connection;
    this.#response = response as ServerResponse; // the one of node:http2 has the same methods, under types that cannot be called together
  }

  get method(): string {
    return this.#request.method ?? 'GET';
  }

  get target(): string {
    return this.#request.url ?? '/';
  }

  get headers(): ServerExchange['headers'] {
    return this.#request.headers;
  }

  get certificate(): PeerCertificate | undefined {
    return this.#connection.certificateOf(this.#request.socket);
  }

  get protocol(): Protocol {
    return this.#request.httpVersionMajor === 2 ? 'h2' : 'http/1.1';
  }

  get connection(): number {
    return this.#connection.id;
  }

  onBody(taken: (body: Buffer) => void): void {
    void this.#take(taken);
  }

  onStatus(answered: (status: number) => void): void {
    this.#answered = answered;
  }

  onClose(closed: () => void): void {
    this.#response.once('close', closed);
  }

  onDrain(drained: () => void): void {
    this.#drained = () => this.#connection.send(drained);
    this.#response.on('drain', this.#drained);
  }

  /** Sends an answer, in gzip where it is large and the client takes it. */
  reply(reply: Reply): void {
    const packs = reply.body.length > GZIP_THRESHOLD && /\bgzip\b/.test(headerOf(this, 'accept-encoding') ?? '');
    if (packs) void this.#replyPacked(reply);
    else this.#reply(reply, Buffer.from(reply.body));
  }

  stream(): void {
    this.#send(() => {
      this.#head(200, { 'content-type': JSON_TYPE });
      this.#response.flushHeaders(); // HTTP/1.1 waits for a body otherwise
    });
  }

  write(text: string): boolean {
    if (this.#connection.muted) {
      this.#send(() => {
        this.#response.write(text);
        this.#drained();
      });
      return false;
    }
    return this.#isOpen ? this.#response.write(text) : false;
  }

  end(): void {
    this.#send(() => { this.#response.end(); });
  }

  breakOff(text: string): void {
    this.write(text);
    setImmediate(() => this.#abort(constants.NGHTTP2_INTERNAL_ERROR)); // the text goes out first
  }

  truncating(broken: boolean): void {
    this.#cut = broken ? 'broken' : 'ended';
  }

  refuse(): void {
    this.#abort(constants.NGHTTP2_REFUSED_STREAM);
  }

  lastOnConnection(): void {
    if (this.protocol === 'h2') this.#connection.goAway();
    else this.#response.setHeader('connection', 'close');
  }

  resetConnection(): void {
    this.#connection.reset();
  }

  async #take(taken: (body: Buffer) => void): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.#request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return;
    }
    taken(Buffer.concat(chunks));
  }

  async #replyPacked(reply: Reply): Promise<void> {
    this.#reply(reply, await compress(reply.body, { level: GZIP_LEVEL }), { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  }

  #reply({ status, headers = {} }: Reply, content: Buffer, packed: Readonly<Record<string, string>> = {}): void {
    this.#send(() => {
      this.#head(status, { 'content-type': JSON_TYPE, ...headers, ...packed, ...(this.#cut === undefined && { 'content-length': String(content.length) }) });
      if (this.method === 'HEAD') this.#response.end();
      else if (this.#cut !== undefined) this.#half(content);
      else this.#response.end(content);
    });
  }

  /** Breaks the answer off: HTTP/2 by RST_STREAM with `code`, HTTP/1.1 by resetting the connection. */
  #abort(code: number): void {
    if (this.#request instanceof Http2ServerRequest) this.#request.stream.close(code);
    else this.#connection.reset();
  }

  #half(content: Buffer): void {
    const half = content.subarray(0, Math.floor(content.length / 2));
    if (this.#cut === 'ended') this.#response.end(half);
    else this.#response.write(half, () => this.#abort(constants.NGHTTP2_INTERNAL_ERROR));
  }

  #head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#answered(status);
    this.#response.writeHead(status, { ...headers, 'cache-control': 'no-cache, private' });
  }

  #send(action: () => void): void {
    this.#connection.send(() => { if (this.#isOpen) action(); });
  }

  /** A response of node:http says of itself that it is writable after its end, too. */
  get #isOpen(): boolean {
    return !this.#response.destroyed && this.#response.writable && !this.#response.writableEnded;
  }
}
