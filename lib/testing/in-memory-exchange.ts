import type { InMemoryCall } from './in-memory-call.ts';
import { JSON_TYPE, type Reply, type ServerExchange } from './server-exchange.ts';

/** What an exchange needs of its connection. */
export interface InMemoryConnection {
  readonly id: number;
  readonly muted: boolean;
  /** Does what sends something, now or when the connection is no longer muted. */
  send(action: () => void): void;
  reset(): void;
  /** Sends a request once more: nothing was done. */
  again(call: InMemoryCall): void;
}

export interface InMemoryRequest {
  readonly target: string;
  readonly headers: ServerExchange['headers'];
}

/**
 * One request that nothing carries: what the server sends is with the client when `write` returns, unless the client is just being told of something else: it hears
 * one thing at a time, in order. Nothing is sent while the connection is muted.
 */
export class InMemoryExchange implements ServerExchange {
  readonly target: string;
  readonly headers: ServerExchange['headers'];
  readonly certificate = undefined;
  /** For it has streams on one connection. */
  readonly protocol = 'h2';
  readonly #call: InMemoryCall;
  readonly #connection: InMemoryConnection;
  readonly #sending: (() => void)[] = [];
  #isSending = false;
  #closed = false;
  #answered = (_status: number): void => {};
  #drained = (): void => {};
  #onClosed = (): void => {};
  #cut: 'ended' | 'broken' | undefined;

  constructor(call: InMemoryCall, { target, headers }: InMemoryRequest, connection: InMemoryConnection) {
    this.target = target;
    this.headers = headers;
    this.#call = call;
    this.#connection = connection;
    call.settled.add(() => this.#close());
  }

  get method(): string {
    return this.#call.method;
  }

  get connection(): number {
    return this.#connection.id;
  }

  onBody(taken: (body: Buffer) => void): void {
    taken(Buffer.from(this.#call.request.body ?? ''));
  }

  onStatus(answered: (status: number) => void): void {
    this.#answered = answered;
  }

  onClose(closed: () => void): void {
    if (this.#closed) closed();
    else this.#onClosed = closed;
  }

  onDrain(drained: () => void): void {
    this.#drained = drained;
  }

  reply({ status, headers = {}, body }: Reply): void {
    this.#send(() => {
      const { reader } = this.#call;
      const content = Buffer.from(body);
      this.#head(status, headers);
      if (this.#cut !== undefined) return this.#half(content);
      if (this.method !== 'HEAD') reader.data(content);
      if (!this.#closed) reader.end();
    });
  }

  stream(): void {
    this.#send(() => this.#head(200, {}));
  }

  write(text: string): boolean {
    const { muted } = this.#connection;
    this.#send(() => {
      this.#call.reader.data(Buffer.from(text));
      if (muted) this.#drained();
    });
    return !muted && !this.#closed;
  }

  end(): void {
    this.#send(() => this.#call.reader.end());
  }

  breakOff(text: string): void {
    this.write(text);
    this.#send(() => this.#break());
  }

  truncating(broken: boolean): void {
    this.#cut = broken ? 'broken' : 'ended';
  }

  refuse(): void {
    this.#send(() => {
      this.#close();
      this.#connection.again(this.#call);
    });
  }

  lastOnConnection(): void { /* the next connection is the same */ }

  resetConnection(): void {
    this.#connection.reset();
  }

  #head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#answered(status);
    this.#call.answered();
    this.#call.reader.head(status, { 'content-type': JSON_TYPE, 'cache-control': 'no-cache, private', ...headers });
  }

  #half(content: Buffer): void {
    this.#call.reader.data(content.subarray(0, Math.floor(content.length / 2)));
    if (this.#closed) return;
    if (this.#cut === 'ended') this.#call.reader.end();
    else this.#break();
  }

  #break(): void {
    this.#call.fail('STREAM_RESET', 'the server reset the stream');
  }

  #send(action: () => void): void {
    this.#connection.send(() => {
      this.#sending.push(action);
      if (this.#isSending) return;
      this.#isSending = true;
      for (let next = this.#sending.shift(); next !== undefined; next = this.#sending.shift()) {
        if (!this.#closed) next();
      }
      this.#isSending = false;
    });
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClosed();
  }
}
