/** Who waits for a later turn of the event loop, first come first served. */
export class TurnWaiters {
  readonly #waiting = new Set<() => void>();

  get size(): number {
    return this.#waiting.size;
  }

  /** The function that it returns takes it back; calling it late or twice does nothing. */
  add(resume: () => void): () => void {
    const waiting = () => resume();
    this.#waiting.add(waiting);
    return () => { this.#waiting.delete(waiting); };
  }

  /** Calls one after the other, each once, until this turn has seen enough: asked before each. */
  serve(isSpent: () => boolean): void {
    for (const resume of this.#waiting) {
      if (isSpent()) return;
      this.#waiting.delete(resume);
      resume();
    }
  }
}
