import { TurnWaiters } from './turn-waiters.ts';

/** ms of work in one turn of the event loop: timers and sockets are late by about that. A probe has seconds, a PING some hundred ms. */
const SHARE = 8;

/**
 * What one kind of work may take of each turn of the event loop, whatever all others take of it: what came late because the turn was long already must not be put off for that as
 * well. Who has more to do goes on in a later turn, first come first served; timers and sockets run in between. Does nothing and holds nothing while nobody works.
 */
export class TurnShare {
  readonly #waiters = new TurnWaiters();
  /** ms that were worked in this turn. */
  #spent = 0;
  /** Up to when that is reckoned; undefined where nothing has begun in this callback and the promises that it settles. */
  #reckoned: number | undefined;
  /** Ends the turn; undefined before anybody works in it. */
  #end: NodeJS.Immediate | undefined;

  /** How many wait for a later turn. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Work begins: what came before it in this callback was something else. */
  begin(): void {
    if (this.#end === undefined) this.#end = setImmediate(this.#next);
    if (this.#reckoned === undefined) process.nextTick(this.#pause);
    this.#reckoned = performance.now();
  }

  /** All since it began, or was reckoned last, was work; nothing where that was in another callback. Says whether this turn has seen enough of it. */
  spent(): boolean {
    if (this.#reckoned !== undefined) {
      const now = performance.now();
      this.#spent += now - this.#reckoned;
      this.#reckoned = now;
    }
    return this.#spent >= SHARE;
  }

  /** Calls `resume` once in a later turn. The function that it returns takes that back; calling it late or twice does nothing. */
  later(resume: () => void): () => void {
    if (this.#end === undefined) this.#end = setImmediate(this.#next);
    return this.#waiters.add(resume);
  }

  /** A tick runs when its callback has ended; one that is asked for by what a promise settled, when all are settled that can be. What begins there is told from what it only comes after. */
  readonly #pause = (): void => {
    this.#reckoned = undefined;
  };

  /** Immediates run after the sockets of a turn. */
  readonly #next = (): void => {
    this.#end = undefined;
    this.#spent = 0;
    this.#waiters.serve(() => this.spent());
    if (this.waiting > 0 && this.#end === undefined) this.#end = setImmediate(this.#next);
  };
}

/** Of the reconciles of all controllers of this process: it has one event loop. */
export const reconcileShare = new TurnShare();
