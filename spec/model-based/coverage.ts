/** How often what happened, over all runs. */
export class Coverage {
  readonly #counts = new Map<string, number>();

  count(what: string, times = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + times);
  }

  get(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  get entries(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }

  add(others: Iterable<readonly [string, number]>): void {
    for (const [what, times] of others) this.count(what, times);
  }

  /** A line for each group, which is what is before the colon. */
  toString(): string {
    const groups = Map.groupBy([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)), ([what]) => what.split(': ')[0] ?? '');
    return [...groups].map(([group, counts]) => `${group}: ${counts.map(([what, times]) => `${what.slice(group.length + 2)} ${times}`.trim()).join(', ')}`).join('\n');
  }
}
