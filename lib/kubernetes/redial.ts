import { EMPTY, Observable, Subject, type Subscriber, defer, of, share } from 'rxjs';
import { type BackoffPolicy, backoffDelay } from '../operators/backoff.ts';

export interface RedialOptions {
  /** Whether a channel has room for one more exchange. */
  readonly isUp: () => boolean;
  /** Whether a dial is wanted has changed. */
  readonly onChange: () => void;
  /** In [0, 1). */
  readonly random: () => number;
}

/** One dial every 2 s at most, the spread included: what is back is noticed in that time, and a dial that is refused costs next to nothing. */
const RETRY: BackoffPolicy = Object.freeze({ initial: 250, max: 1_500, factor: 2, jitter: 0.1, resetAfter: 0 });

/** Asks for a dial, and after each that failed for another, for as long as anybody waits for the server to be back. Whose dial it is does not matter. */
export class Redial {
  readonly #options: RedialOptions;
  /** See `Transport.revived$`. */
  readonly revived$: Observable<void>;
  #waiting: Subscriber<void> | undefined;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: RedialOptions) {
    this.#options = options;
    const redialled$ = new Observable<void>((subscriber) => this.#begin(subscriber)).pipe(
      share({ connector: () => new Subject<void>(), resetOnError: true, resetOnComplete: true, resetOnRefCountZero: true }));
    this.revived$ = defer(() => (this.#closed ? EMPTY : options.isUp() ? of(undefined) : redialled$));
  }

  /** Whether there should be a dial now. */
  get wanted(): boolean {
    return this.#waiting !== undefined && this.#pause === undefined;
  }

  /** There is a channel, and no dial is wanted any more. Those who wait are told by what it returns: others come first. */
  succeeded(): () => void {
    const waiting = this.#waiting;
    this.#settle();
    return () => {
      waiting?.next();
      waiting?.complete();
    };
  }

  /** A dial has failed, whoever it was for. */
  failed(): void {
    if (this.#waiting === undefined) return;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#options.onChange();
    }, backoffDelay(this.#failures, RETRY, this.#options.random));
    this.#failures += 1;
  }

  /** There will never be a channel again. */
  close(): void {
    this.#closed = true;
    const waiting = this.#waiting;
    this.#settle();
    this.#options.onChange();
    waiting?.complete();
  }

  #begin(subscriber: Subscriber<void>): () => void {
    this.#waiting = subscriber;
    this.#failures = 0;
    this.#options.onChange();
    return () => {
      if (this.#waiting !== subscriber) return;
      this.#settle();
      this.#options.onChange();
    };
  }

  #settle(): void {
    this.#waiting = undefined;
    clearTimeout(this.#pause);
    this.#pause = undefined;
  }
}
