import type { Subscriber } from 'rxjs';
import { BodyCollector } from './body-collector.ts';
import { Exchange, type Failure, type Headers, type WaitingRoom } from './exchange.ts';
import { statusErrorOf } from './status-error.ts';
import type { TransportRequest } from './transport.ts';
import { turnBudget } from './turn-budget.ts';

/** Most bytes of an answer that says why there is none; a Status has a few hundred. */
const MAX_STATUS_BYTES = 1024 * 1024;

/** What an answer other than 200 says. */
interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: BodyCollector;
}

/**
 * An exchange whose answer is given out piece by piece as it comes, within the budget of each turn. Where that is spent, the answer waits, its end included, and
 * goes on in a later turn where it stopped.
 */
export abstract class SlicedExchange<T> extends Exchange<T> {
  readonly #conceal: (text: string) => string;
  #refusal: Refusal | undefined;
  /** Takes it back that it waits for a later turn. */
  #leave: (() => void) | undefined;
  /** What comes after all that is in. */
  #then: (() => void) | undefined;

  constructor(request: TransportRequest, subscriber: Subscriber<T>, room: WaitingRoom, conceal: (text: string) => string) {
    super(request, subscriber, room);
    this.#conceal = conceal;
  }

  override broke(failure: Failure): void {
    if (this.#leave === undefined || failure.atOnce === true) super.broke(failure);
    else this.#then ??= () => this.fail(failure);
  }

  /** The status line says that there is an answer. */
  protected abstract onOpened(): void;
  /** Keeps the next bytes. */
  protected abstract push(chunk: Buffer): void;
  /** Gives out one piece, or fails. False where more bytes are needed for one. */
  protected abstract giveOne(): boolean;
  /** All bytes are in, and all pieces given out: completes or fails. */
  protected abstract onGiven(): void;

  protected override onHead(status: number, headers: Headers): void {
    if (status === 200) this.onOpened();
    else this.#refusal = { status, headers, body: new BodyCollector(MAX_STATUS_BYTES) };
  }

  protected override onData(chunk: Buffer): void {
    if (this.#refusal !== undefined) {
      if (!this.#refusal.body.push(chunk)) this.tooLarge(MAX_STATUS_BYTES);
      return;
    }
    this.push(chunk);
    this.#give();
  }

  protected override onEnd(): void {
    if (this.#refusal !== undefined) {
      const { status, headers, body } = this.#refusal;
      return this.error(statusErrorOf({ status, headers, body: this.#conceal(body.text()) }));
    }
    this.#then ??= () => this.onGiven();
    this.#give();
  }

  protected override onSettled(): void {
    this.#leave?.();
    this.#leave = this.#then = undefined;
  }

  #give(): void {
    if (this.#leave !== undefined) return;
    while (!this.done) {
      if (turnBudget.spent()) return this.#wait();
      if (!this.giveOne()) break;
    }
    if (!this.done) this.#then?.();
  }

  #wait(): void {
    this.#leave = turnBudget.later(this.#goOn);
    this.pause();
  }

  readonly #goOn = (): void => {
    this.#leave = undefined;
    this.#give();
    if (this.#leave === undefined && !this.done) this.resume();
  };
}
