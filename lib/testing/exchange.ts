import { Http2ServerRequest, constants } from 'node:http2';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Connection, IncomingRequest, OutgoingResponse } from './listener.ts';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent whole. */
  readonly body: string;
}

export const JSON_TYPE = 'application/json';

/** Below this, kube-apiserver does not compress. */
const GZIP_THRESHOLD = 128 * 1024;
/** kube-apiserver's: most of the gain at a fraction of the cost. */
const GZIP_LEVEL = 1;

const compress = promisify(gzip);

/** One request and its answer on the way. Nothing is sent while the connection is muted; what was to be sent follows when it no longer is. */
export class Exchange {
  readonly request: IncomingRequest;
  readonly connection: Connection;
  readonly #response: ServerResponse;
  readonly #answered: (status: number) => void;
  #drained = (): void => {};
  #cut: 'ended' | 'broken' | undefined;

  constructor(request: IncomingRequest, response: OutgoingResponse, connection: Connection, answered: (status: number) => void) {
    this.request = request;
    this.connection = connection;
    this.#response = response as ServerResponse; // the one of node:http2 has the same methods, under types that cannot be called together
    this.#answered = answered;
  }

  get http2(): boolean {
    return this.request.httpVersionMajor === 2;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join() : value;
  }

  /** The whole body of the request, or `undefined` when the client went away before its end. */
  async body(): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return undefined;
    }
    return Buffer.concat(chunks);
  }

  /** Sends an answer, in gzip where it is large and the client takes it. */
  async reply({ status, headers = {}, body }: Reply): Promise<void> {
    const gzipped = body.length > GZIP_THRESHOLD && /\bgzip\b/.test(this.header('accept-encoding') ?? '') ? await compress(body, { level: GZIP_LEVEL }) : undefined;
    const content = gzipped ?? Buffer.from(body);
    this.#send(() => {
      this.#head(status, { 'content-type': JSON_TYPE, ...headers, ...(gzipped && { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }), ...(this.#cut === undefined && { 'content-length': String(content.length) }) });
      if (this.request.method === 'HEAD') this.#response.end();
      else if (this.#cut !== undefined) this.#half(content);
      else this.#response.end(content);
    });
  }

  /** Begins an answer without end; `write` and `end` follow. */
  stream(headers: Readonly<Record<string, string>> = {}): void {
    this.#send(() => {
      this.#head(200, { 'content-type': JSON_TYPE, ...headers });
      this.#response.flushHeaders(); // HTTP/1.1 waits for a body otherwise
    });
  }

  /** Returns false when the client should be given time, until `drained` fires. */
  write(text: string): boolean {
    if (this.connection.muted) {
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

  /** One line and the end. */
  streamOnce(line: string): void {
    this.stream();
    this.write(line);
    this.end();
  }

  /** Of the answer that follows only the first half is sent; then the clean end, or the answer is broken off. */
  truncating(broken: boolean): void {
    this.#cut = broken ? 'broken' : 'ended';
  }

  /** The connection takes no further requests, and closes when the running ones are answered. */
  lastOnConnection(): void {
    if (this.http2) this.connection.goAway();
    else this.#response.setHeader('connection', 'close');
  }

  /** Breaks the answer off: HTTP/2 by RST_STREAM with `code`, HTTP/1.1 by resetting the connection. */
  abort(code: number): void {
    if (this.request instanceof Http2ServerRequest) this.request.stream.close(code);
    else this.connection.reset();
  }

  /** Calls back when the client, or we, are done with it. */
  onClose(closed: () => void): void {
    this.#response.once('close', closed);
  }

  /** Calls back every time after `write` has returned false. */
  onDrain(drained: () => void): void {
    this.#drained = () => this.connection.send(drained);
    this.#response.on('drain', this.#drained);
  }

  #half(content: Buffer): void {
    const half = content.subarray(0, Math.floor(content.length / 2));
    if (this.#cut === 'ended') this.#response.end(half);
    else this.#response.write(half, () => this.abort(constants.NGHTTP2_INTERNAL_ERROR));
  }

  #head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#answered(status);
    this.#response.writeHead(status, { ...headers, 'cache-control': 'no-cache, private' });
  }

  #send(action: () => void): void {
    this.connection.send(() => { if (this.#isOpen) action(); });
  }

  /** A response of node:http says of itself that it is writable after its end, too. */
  get #isOpen(): boolean {
    return !this.#response.destroyed && this.#response.writable && !this.#response.writableEnded;
  }
}
