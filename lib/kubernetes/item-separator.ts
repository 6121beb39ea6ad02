/** The beginning of an object up to its first value that is not the same in every object of its kind. */
const BEGINNING = /^\{(?:"(?:apiVersion|kind)":"[^"\\]*",)*"[^"\\]*":[{["]?/;

/** Bytes in which that is found: a group's and a kind's name have at most 253 and 63 characters. */
const LONGEST_BEGINNING = 1024;

/** How much more often than right it may be wrong before it is put away: each time costs a parse that fails. */
const MAX_MISSES = 8;

/**
 * What ends one item of a list and begins the next, as bytes: `},{"metadata":{` for most kinds, and for custom resources one with their apiVersion and kind, since
 * their managedFields and ownerReferences begin with an apiVersion as well. A guess, made of the first item and judged by those that follow.
 */
export class ItemSeparator {
  #bytes: Buffer | undefined;
  #misses = 0;

  /** Whether it may be looked for. */
  get known(): boolean {
    return this.#bytes !== undefined;
  }

  /** Takes an item as the model of all. Where nothing can be learned, or its guesses were wrong too often, it stays unknown. */
  learn(item: Buffer): void {
    if (this.#misses > MAX_MISSES) return;
    const beginning = BEGINNING.exec(item.toString('latin1', 0, LONGEST_BEGINNING))?.[0];
    if (beginning !== undefined) this.#bytes = Buffer.from(`},${beginning}`, 'latin1');
  }

  /** The index behind the item that it ends, the first from `from` on; -1 where there is none. */
  find(bytes: Buffer, from: number): number {
    return this.#bytes === undefined ? -1 : bytes.indexOf(this.#bytes, from) + 1 || -1;
  }

  /** How many of the last bytes may be the first ones of a separator that is not whole. */
  get overlap(): number {
    return (this.#bytes?.length ?? 1) - 1;
  }

  right(): void {
    this.#misses -= 1;
  }

  wrong(): void {
    this.#misses += 1;
    if (this.#misses > MAX_MISSES) this.#bytes = undefined;
  }
}
