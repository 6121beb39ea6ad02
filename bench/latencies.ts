/** ms by a clock that all processes of the machine have in common; of no date. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** How long it takes from one thing to another, of many that are told apart by a key: in ms by {@link now}. */
export class Latencies {
  readonly #begun = new Map<string, number>();
  readonly #ended: number[] = [];

  /** How many have begun and not ended. */
  get pending(): number {
    return this.#begun.size;
  }

  /** How many have ended. */
  get count(): number {
    return this.#ended.length;
  }

  /** One that has begun already is counted from its beginning: what waits does not wait for less because it is told of twice. */
  begin(key: string, at: number): void {
    if (!this.#begun.has(key)) this.#begun.set(key, at);
  }

  /** Nothing where it has not begun. */
  end(key: string, at: number): void {
    const begun = this.#begun.get(key);
    if (begun === undefined) return;
    this.#begun.delete(key);
    this.#ended.push(at - begun);
  }

  /** The least that is not exceeded by this share of them, 0.5 being the median. NaN where there are none. */
  quantile(share: number): number {
    const sorted = this.#ended.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  }

  /** Forgets all that has ended. */
  clear(): void {
    this.#ended.length = 0;
  }
}
