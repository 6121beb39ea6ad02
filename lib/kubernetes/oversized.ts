import { StringDecoder } from 'node:string_decoder';

/** Something that was too large to be taken in: its size in bytes, and how it begins. */
export interface Oversized {
  readonly size: number;
  readonly prefix: string;
}

/** Bytes that are kept of what is too large: an object's name and namespace, which come first, are among them. */
export const PREFIX_BYTES = 16 * 1024;

/** Follows something that is too large to its end, in bounded memory. */
export class OversizedPiece {
  readonly #prefix: string;
  #size = 0;

  /** `bytes` are its first ones, at least as many as its prefix takes or all that there are; they are not counted yet. */
  constructor(bytes: Buffer) {
    // A character that is torn at the end of the prefix is left out.
    this.#prefix = new StringDecoder('utf8').write(bytes.subarray(0, PREFIX_BYTES));
  }

  pass(count: number): void {
    this.#size += count;
  }

  get end(): Oversized {
    return { size: this.#size, prefix: this.#prefix };
  }
}
