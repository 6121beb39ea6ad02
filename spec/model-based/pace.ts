/**
 * Says whether a subscriber may have been too slow, by a stricter measure than the library's, so that what it was not told of a state can be held against the library.
 * What counts is the time from each call until everything that runs after it has ended.
 */
export class Pace {
  #since = -Infinity;
  #spent = 0;
  #until = -Infinity;
  /** Turns that are left until it counts as in time again. */
  #turns = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Measures one call. */
  measure(call: () => void): void {
    const began = performance.now();
    call();
    const note = (): void => this.#note(began, performance.now());
    note();
    queueMicrotask(note);
  }

  /** Whether it was too slow lately. */
  get isSlow(): boolean {
    return this.#turns > 0 || performance.now() < this.#until;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #note(began: number, ended: number): void {
    if (began - this.#since > WINDOW) {
      this.#since = began;
      this.#spent = 0;
    }
    this.#spent += ended - began;
    if (this.#spent <= TOLERATED) return;
    this.#until = ended + PAID * this.#spent;
    this.#turns = TURNS;
    this.#timer ??= setTimeout(() => this.#turn(), TURN);
  }

  /** Turns of the event loop, for a process that stands still for a second tells nobody anything in it. */
  #turn(): void {
    this.#turns -= 1;
    this.#timer = this.#turns > 0 ? setTimeout(() => this.#turn(), TURN) : undefined;
  }
}

/** ms: a subscriber may take 8 of 16 ms; a quarter of that in a longer time is slow here. */
const WINDOW = 20;
const TOLERATED = 2;
/** Who is slow has to wait as long as it took; this is more. */
const PAID = 4;
/** What waits is told in a few slices of 16 ms; these are more, in ms each. */
const TURNS = 20;
const TURN = 20;
