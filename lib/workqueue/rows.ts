/** No row. */
export const NONE = -1;

/** Rows one after the other: a row stands in one chain at a time. */
export interface Chain {
  /** The first and the last row, {@link NONE} where there is none; written by the rows. */
  first: number;
  last: number;
}

/** How many rows there are room for where there are few; twice as many as often as they are not enough. */
const FEWEST = 16;

/**
 * The numbers of the rows of a table, and the chains in which they stand. Whoever has the table keeps a column for each field: a million objects would be a million things
 * for the collector to copy and to look at, which costs more than all that the queue does with them.
 */
export class Rows<C extends Chain> {
  readonly #chains: (C | undefined)[] = [];
  #next = new Int32Array(FEWEST);
  #previous = new Int32Array(FEWEST);
  /** Rows that were given back, one after the other by `#next`. */
  #free = NONE;
  #size = 0;

  /** How many numbers were given out: no row has a higher one. */
  get height(): number { return this.#chains.length; }

  /** The number of a row of its own, last in the chain. Numbers are small: one that was given back, or the next. */
  add(chain: C): number {
    this.#size += 1;
    const row = this.#free;
    if (row !== NONE) {
      this.#free = this.#after(row);
      this.#append(row, chain);
      return row;
    }
    const next = this.#chains.length;
    if (next === this.#next.length) this.#grow();
    this.#chains.push(chain);
    this.#append(next, chain);
    return next;
  }

  /** The chain in which the row stands. */
  chainOf(row: number | undefined): C | undefined {
    return row === undefined ? undefined : this.#chains[row];
  }

  /** From its chain to the end of another. */
  move(row: number, chain: C): void {
    this.#leave(row);
    this.#append(row, chain);
  }

  /** The row leaves its chain, and its number goes to another. */
  remove(row: number): void {
    this.#leave(row);
    this.#chains[row] = undefined;
    this.#next[row] = this.#free;
    this.#free = row;
    this.#size -= 1;
    if (this.#size === 0 && this.#next.length > FEWEST) this.#shrink();
  }

  #append(row: number, chain: C): void {
    const { last } = chain;
    this.#chains[row] = chain;
    this.#previous[row] = last;
    this.#next[row] = NONE;
    if (last === NONE) chain.first = row;
    else this.#next[last] = row;
    chain.last = row;
  }

  #leave(row: number): void {
    const chain = this.#chains[row];
    if (chain === undefined) return;
    const next = this.#after(row);
    const previous = this.#previous[row] ?? NONE;
    if (previous === NONE) chain.first = next;
    else this.#next[previous] = next;
    if (next === NONE) chain.last = previous;
    else this.#previous[next] = previous;
  }

  #after(row: number): number {
    return this.#next[row] ?? NONE;
  }

  #grow(): void {
    const room = 2 * this.#next.length;
    const [next, previous] = [new Int32Array(room), new Int32Array(room)];
    next.set(this.#next);
    previous.set(this.#previous);
    this.#next = next;
    this.#previous = previous;
  }

  /** Where all are gone, so is the room that they took. */
  #shrink(): void {
    this.#chains.length = 0;
    this.#next = new Int32Array(FEWEST);
    this.#previous = new Int32Array(FEWEST);
    this.#free = NONE;
  }
}
