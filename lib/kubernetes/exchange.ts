import type { Subscriber } from 'rxjs';
import { TransportError } from '../model/errors.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';
import { Unpacker } from './unpacker.ts';

/** What an exchange died of, before it is known what that means for its request. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly stage: TransportError['stage'];
  readonly cause?: unknown;
  /** It is our own doing: what came before it is not given out any more. */
  readonly atOnce?: boolean;
}

/** How a channel carries one exchange. */
export interface Carrier {
  /** Takes it back. */
  stop(): void;
  /** Reads no more of its answer than what is on its way, until `resume`; everything else on the channel goes on. */
  pause(): void;
  resume(): void;
}

/** Where exchanges wait until a channel takes them. */
export interface WaitingRoom {
  /** It waits no more. */
  leave(exchange: Exchange): void;
  /** Send it once more: the server did not process it. */
  again(exchange: Exchange): void;
  /** What it waits for, now that it has waited too long. */
  whyWaiting(): Failure;
}

export type Headers = TransportResponse['headers'];

/** Methods that change nothing: whether the server acted on them does not matter. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** How often a request is sent again that was certainly not processed; a server that refuses more often has a reason. */
const MAX_RESENDS = 5;

const TIMEOUTS = {
  sent: { code: 'HEADERS_TIMEOUT', message: 'the server did not answer in time', stage: 'response' },
  answered: { code: 'BODY_TIMEOUT', message: 'the answer did not end in time', stage: 'response' },
} as const satisfies Readonly<Record<string, Failure>>;

/**
 * One request from its subscription to its end, whatever carries it: `waiting` → `sent` (→ `waiting`, where it was refused) → `answered` → `done`. It has one
 * timer for all of these. What its channel tells it after it is done is ignored.
 */
export abstract class Exchange<T = unknown> {
  readonly request: TransportRequest;
  readonly method: string;
  /** A watch: it holds its place for minutes. */
  abstract readonly longLived: boolean;
  protected readonly subscriber: Subscriber<T>;
  readonly #room: WaitingRoom;
  #timer: NodeJS.Timeout | undefined;
  #phase: 'waiting' | 'sent' | 'answered' | 'done' = 'waiting';
  #resends = 0;
  #carrier: Carrier | undefined;
  #silence = false;
  #paused = false;
  #packed = false;
  #unpacker: Unpacker | undefined;

  constructor(request: TransportRequest, subscriber: Subscriber<T>, room: WaitingRoom) {
    this.request = request;
    this.method = request.method ?? 'GET';
    this.subscriber = subscriber;
    this.#room = room;
    this.#timer = setTimeout(timedOut, request.timeout, this);
  }

  get done(): boolean {
    return this.#phase === 'done';
  }

  /** Whether sending it twice does no harm. */
  get safe(): boolean {
    return SAFE_METHODS.has(this.method);
  }

  /** Whether it was sent more than once. */
  get resent(): boolean {
    return this.#resends > 0;
  }

  /** Whether anything of an answer has come. */
  get answered(): boolean {
    return this.#phase === 'answered';
  }

  /** Whether its fence lets it through: to be asked by a channel right before it writes. Where it does not, it has ended by then. */
  passes(): boolean {
    const error = this.request.fence?.();
    if (error !== undefined && !this.done) this.error(error);
    return error === undefined;
  }

  /** A channel has it. */
  sent(carrier: Carrier): void {
    this.#phase = 'sent';
    this.#carrier = carrier;
  }

  /** The status line and the headers are in. */
  head(status: number, headers: Headers): void {
    if (this.done) return;
    this.#phase = 'answered';
    this.#packed = headers['content-encoding'] === 'gzip';
    this.onHead(status, headers);
  }

  data(chunk: Buffer): void {
    if (this.done) return;
    if (this.#silence) this.#timer?.refresh();
    if (this.#packed) (this.#unpacker ??= this.#unpacking()).write(chunk);
    else this.onData(chunk);
  }

  /** The answer is complete. */
  end(): void {
    if (this.done) return;
    this.#carrier = undefined;
    if (!this.answered) return this.fail({ code: 'NO_ANSWER', message: 'the server ended the exchange without an answer', stage: 'response' });
    if (this.#silence) this.stopTimer();
    if (this.#unpacker === undefined) this.onEnd();
    else this.#unpacker.end();
  }

  /** The server refused it, or said that it was not processed. */
  refused(): void {
    if (this.done) return;
    this.#phase = 'waiting';
    this.#carrier = undefined;
    if (this.#resends === MAX_RESENDS) {
      return this.fail({ code: 'REFUSED_STREAM', message: `the server refused the request ${MAX_RESENDS + 1} times`, stage: 'request' });
    }
    this.#resends += 1;
    this.#room.again(this);
  }

  /** The answer broke off. */
  broke(failure: Failure): void {
    this.fail(failure);
  }

  fail({ code, message, stage, cause }: Failure): void {
    if (this.done) return;
    const outcomeUnknown = this.#phase !== 'waiting' && !this.safe;
    this.#settle();
    this.subscriber.error(new TransportError(code, `${this.method} ${pathOf(this.request)}: ${message}`, { stage, outcomeUnknown, cause }));
  }

  /** Fails it before it went anywhere, with the error that all the waiting get. */
  reject(error: TransportError): void {
    if (this.done) return;
    this.#settle();
    this.subscriber.error(error);
  }

  /** Nobody wants the answer any more. */
  cancel(): void {
    if (!this.done) this.#settle();
  }

  /** @internal for the timer */
  timeOut(): void {
    // It is we who read no more.
    if (this.#silence && (this.#paused || this.#unpacker?.full === true)) this.#timer?.refresh();
    else if (this.#phase === 'waiting') this.fail(this.#room.whyWaiting());
    else if (this.#phase !== 'done') this.fail(TIMEOUTS[this.#phase]);
  }

  protected abstract onHead(status: number, headers: Headers): void;
  protected abstract onData(chunk: Buffer): void;
  protected abstract onEnd(): void;
  /** It is done, however it ended: frees what it holds. */
  protected onSettled(): void { /* nothing */ }

  /** The answer may take as long as it likes from here on. */
  protected stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The time is that between two chunks from here on. */
  protected timeSilence(): void {
    this.#silence = true;
    this.#timer?.refresh();
  }

  /** Lets the answer wait. What is on its way comes all the same, its end too. */
  protected pause(): void {
    this.#paused = true;
    (this.#unpacker ?? this.#carrier)?.pause();
  }

  protected resume(): void {
    this.#paused = false;
    if (this.#silence) this.#timer?.refresh();
    (this.#unpacker ?? this.#carrier)?.resume();
  }

  protected tooLarge(maxBytes: number): void {
    this.fail({ code: 'BODY_TOO_LARGE', message: `the answer is larger than ${maxBytes} bytes`, stage: 'response' });
  }

  protected complete(): void {
    this.#settle();
    this.subscriber.complete();
  }

  protected error(error: Error): void {
    this.#settle();
    this.subscriber.error(error);
  }

  /** Frees everything before anybody is told. */
  #settle(): void {
    const waited = this.#phase === 'waiting';
    this.#phase = 'done';
    this.stopTimer();
    this.#unpacker?.destroy();
    this.onSettled();
    if (waited) this.#room.leave(this);
    else this.#carrier?.stop();
  }

  #unpacking(): Unpacker {
    return new Unpacker({
      onData: (chunk) => { if (!this.done) this.onData(chunk); },
      onEnd: () => { if (!this.done) this.onEnd(); },
      onDamaged: () => this.fail({ code: 'INVALID_GZIP', message: 'the packed answer is damaged', stage: 'response' }),
      onFull: () => this.#carrier?.pause(),
      onDrained: () => this.#carrier?.resume(),
    });
  }
}

function timedOut(exchange: Exchange): void {
  exchange.timeOut();
}

/** Without its query: a continue token is long, and says nothing. */
function pathOf({ path }: TransportRequest): string {
  const query = path.indexOf('?');
  return query < 0 ? path : path.slice(0, query);
}
