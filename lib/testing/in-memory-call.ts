import { type SchedulerLike, type Subscriber, Subscription } from 'rxjs';
import { BodyCollector } from '../kubernetes/body-collector.ts';
import { LineSplitter } from '../kubernetes/line-splitter.ts';
import { ListSplitter } from '../kubernetes/list-splitter.ts';
import { statusErrorOf } from '../kubernetes/status-error.ts';
import type { ListPart, TransportRequest, TransportResponse } from '../kubernetes/transport.ts';
import { TransportError } from '../model/errors.ts';

/** As the transport of sockets. */
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Takes in one answer as it comes. */
export interface AnswerReader {
  /** The status line and the headers. */
  head(status: number, headers: TransportResponse['headers']): void;
  data(bytes: Buffer): void;
  end(): void;
}

export interface CallOptions {
  readonly scheduler: SchedulerLike;
  /** An error's text, without the credentials that were sent. */
  readonly conceal: (text: string) => string;
}

/** One request from its subscription to its end, as its client sees it. It takes as long as it may by the scheduler, and is told of nothing after its end. */
export class InMemoryCall<T = unknown> {
  readonly request: TransportRequest;
  readonly method: string;
  readonly reader: AnswerReader;
  readonly conceal: (text: string) => string;
  /** What is done when it is over, however it ends. */
  readonly settled = new Subscription();
  readonly #subscriber: Subscriber<T>;
  readonly #scheduler: SchedulerLike;
  #timer: Subscription;
  #phase: 'waiting' | 'sent' | 'answered' = 'waiting';

  constructor(request: TransportRequest, subscriber: Subscriber<T>, { scheduler, conceal }: CallOptions, readerOf: (call: InMemoryCall<T>) => AnswerReader) {
    this.request = request;
    this.method = request.method ?? 'GET';
    this.conceal = conceal;
    this.#subscriber = subscriber;
    this.#scheduler = scheduler;
    this.reader = readerOf(this);
    this.#timer = this.#deadline();
    subscriber.add(() => this.#settle());
  }

  get done(): boolean {
    return this.settled.closed || this.#subscriber.closed;
  }

  /** It is with the server. */
  sent(): void {
    this.#phase = 'sent';
  }

  /** The status line is in. */
  answered(): void {
    this.#phase = 'answered';
  }

  /** It may take as long as it likes from here on. */
  stopTimer(): void {
    this.#timer.unsubscribe();
  }

  /** The time is that between two pieces from here on. */
  restartTimer(): void {
    this.#timer.unsubscribe();
    if (!this.done) this.#timer = this.#deadline();
  }

  next(value: T): void {
    this.#subscriber.next(value);
  }

  complete(): void {
    this.#settle();
    this.#subscriber.complete();
  }

  error(error: Error): void {
    this.#settle();
    this.#subscriber.error(error);
  }

  /** `unsent`: the server certainly did nothing. */
  fail(code: string, message: string, { stage = 'response', unsent = false, cause }: { readonly stage?: TransportError['stage']; readonly unsent?: boolean; readonly cause?: unknown } = {}): void {
    if (this.done) return;
    const [path] = this.request.path.split('?', 1);
    this.error(new TransportError(code, `${this.method} ${path ?? ''}: ${message}`, { stage, outcomeUnknown: !unsent && !SAFE_METHODS.has(this.method), cause }));
  }

  #deadline(): Subscription {
    return this.#scheduler.schedule(() => {
      switch (this.#phase) {
        case 'waiting': return this.fail('DIAL_TIMEOUT', 'no connection in time', { stage: 'dial', unsent: true });
        case 'sent': return this.fail('HEADERS_TIMEOUT', 'the server did not answer in time');
        case 'answered': return this.fail('BODY_TIMEOUT', 'the answer did not end in time');
      }
    }, this.request.timeout);
  }

  /** Frees everything before anybody is told. */
  #settle(): void {
    this.#timer.unsubscribe();
    this.settled.unsubscribe();
  }
}

/** Gives an answer out whole. */
export class WholeReader implements AnswerReader {
  readonly #call: InMemoryCall<TransportResponse>;
  readonly #body: BodyCollector;
  #head: Omit<TransportResponse, 'body'> = { status: 0, headers: {} };

  constructor(call: InMemoryCall<TransportResponse>) {
    this.#call = call;
    this.#body = new BodyCollector(maxBytesOf(call));
  }

  head(status: number, headers: TransportResponse['headers']): void {
    this.#head = { status, headers };
  }

  data(bytes: Buffer): void {
    if (!this.#body.push(bytes)) tooLarge(this.#call);
  }

  end(): void {
    const body = this.#body.text();
    this.#call.next({ ...this.#head, body: this.#head.status < 300 ? body : this.#call.conceal(body) });
    this.#call.complete();
  }
}

/** Gives an answer out piece by piece; one whose status is not 200 is an error. */
abstract class PieceReader<T> implements AnswerReader {
  protected readonly call: InMemoryCall<T>;
  #refusal: { readonly status: number; readonly headers: TransportResponse['headers']; readonly body: BodyCollector } | undefined;

  constructor(call: InMemoryCall<T>) {
    this.call = call;
  }

  head(status: number, headers: TransportResponse['headers']): void {
    if (status === 200) this.opened();
    else this.#refusal = { status, headers, body: new BodyCollector(DEFAULT_MAX_BYTES) };
  }

  data(bytes: Buffer): void {
    if (this.#refusal !== undefined) {
      if (!this.#refusal.body.push(bytes)) tooLarge(this.call);
      return;
    }
    this.push(bytes);
    this.#give();
  }

  end(): void {
    if (this.#refusal !== undefined) {
      const { status, headers, body } = this.#refusal;
      this.call.error(statusErrorOf({ status, headers, body: this.call.conceal(body.text()) }));
      return;
    }
    this.ended();
    this.#give();
    if (!this.call.done) this.given();
  }

  protected abstract opened(): void;
  protected abstract push(bytes: Buffer): void;
  /** All bytes are in. */
  protected abstract ended(): void;
  /** Gives out one piece, or fails. False where more bytes are needed for one. */
  protected abstract giveOne(): boolean;
  /** All pieces are given out. */
  protected abstract given(): void;

  #give(): void {
    while (!this.call.done && this.giveOne());
  }
}

/** Gives an answer out line by line. */
export class LinesReader extends PieceReader<string> {
  readonly #lines: LineSplitter;

  constructor(call: InMemoryCall<string>) {
    super(call);
    this.#lines = new LineSplitter(maxBytesOf(call));
  }

  protected override opened(): void {
    this.call.stopTimer();
    this.call.request.onOpened?.();
  }

  protected override push(bytes: Buffer): void {
    this.#lines.push(bytes);
  }

  protected override ended(): void { /* what is left has no end */ }

  protected override giveOne(): boolean {
    const line = this.#lines.next();
    const { onOversized } = this.call.request;
    if (typeof line === 'string') this.call.next(line);
    else if (onOversized === undefined && (line !== undefined || this.#lines.overlong)) tooLarge(this.call);
    else if (line !== undefined) onOversized?.(line.size, line.prefix);
    return line !== undefined;
  }

  protected override given(): void {
    if (this.#lines.unfinished) this.call.fail('TRUNCATED', 'the answer ended in the middle of a line');
    else this.call.complete();
  }
}

/** Gives a list out item by item. */
export class ItemsReader extends PieceReader<ListPart> {
  readonly #list: ListSplitter;

  constructor(call: InMemoryCall<ListPart>) {
    super(call);
    this.#list = new ListSplitter(maxBytesOf(call));
  }

  override data(bytes: Buffer): void {
    this.call.restartTimer();
    super.data(bytes);
  }

  protected override opened(): void {
    this.call.restartTimer();
  }

  protected override push(bytes: Buffer): void {
    this.#list.push(bytes);
  }

  protected override ended(): void {
    this.#list.finish();
  }

  protected override giveOne(): boolean {
    const part = this.#list.next();
    if (part === 'TRUNCATED') this.call.fail(part, 'the answer ended in the middle of a list');
    else if (part === 'GARBAGE') this.call.fail(part, 'the answer is no list');
    else if (part !== undefined) this.call.next(part);
    return part !== undefined;
  }

  protected override given(): void {
    this.call.complete();
  }
}

function maxBytesOf({ request }: { readonly request: TransportRequest }): number {
  return request.maxBytes ?? DEFAULT_MAX_BYTES;
}

function tooLarge<T>(call: InMemoryCall<T>): void {
  call.fail('BODY_TOO_LARGE', `the answer is larger than ${maxBytesOf(call)} bytes`);
}
