/** Keeps the starts of one key apart. Remembers a key for no longer than until it may start again, and the next start of any key after that. */
export class Pace {
  readonly #interval: number;
  /** When each key was last started, the oldest first. */
  readonly #starts = new Map<string, number>();

  /** `interval` in ms, from one start to the next. */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#starts.size;
  }

  /** ms until the key may start; where that is 0 it starts `now`. */
  wait(key: string, now: number): number {
    const last = this.#starts.get(key);
    if (last !== undefined && now - last < this.#interval) return this.#interval - (now - last);
    for (const [old, start] of this.#starts) {
      if (now - start < this.#interval) break;
      this.#starts.delete(old);
    }
    this.#starts.set(key, now);
    return 0;
  }
}
