import { TurnWaiters } from './turn-waiters.ts';

/**
 * ms of work in one turn of the event loop: timers and other sockets are then late by about that, the last piece of work and a pause of the collector, which is longer. With 8 the longest block of a
 * sync of 20 000 pods was some ms longer, and one in ten above 30 ms; less would go around the loop more often for the same work.
 */
const BUDGET = 5;

/**
 * Shares out the turns of the event loop among those who feed JavaScript from sockets: together they work for some ms in each, and who has more to do goes on in a
 * later one, first come first served. Timers and sockets run in between. Does nothing and holds nothing while nobody works.
 */
export class TurnBudget {
  readonly #waiters = new TurnWaiters();
  #begun = 0;
  /** Ends the turn; undefined before anybody works in it. */
  #end: NodeJS.Immediate | undefined;

  /** How many wait for a later turn. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Asked before each piece of work: whether this turn has seen enough. The first one who asks in a turn begins it. */
  spent(): boolean {
    if (this.#end !== undefined) return performance.now() - this.#begun >= BUDGET;
    this.#begin();
    return false;
  }

  /** Calls `resume` once in a later turn that has some time left. The function that it returns takes that back; calling it late or twice does nothing. */
  later(resume: () => void): () => void {
    if (this.#end === undefined) this.#begin();
    return this.#waiters.add(resume);
  }

  #begin(): void {
    this.#begun = performance.now();
    this.#end = setImmediate(this.#next);
  }

  /** Immediates run after the sockets of a turn. */
  readonly #next = (): void => {
    this.#end = undefined;
    this.#waiters.serve(() => this.spent());
  };
}

/** Of this process: it has one event loop. */
export const turnBudget = new TurnBudget();
