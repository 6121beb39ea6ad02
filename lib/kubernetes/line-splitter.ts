import { ByteQueue } from './byte-queue.ts';
import { type Oversized, OversizedPiece, PREFIX_BYTES } from './oversized.ts';

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines, at `\n` only (U+2028 is content), the empty ones left out. Lines are cut as bytes and decoded whole, so no
 * character is torn at the edge of a chunk. A line that is larger than allowed is skipped, and never held.
 */
export class LineSplitter {
  readonly #maxBytes: number;
  readonly #queue = new ByteQueue();
  /** Bytes of the queue that hold no line's end. */
  #searched = 0;
  #oversized: OversizedPiece | undefined;

  /** `maxBytes` bounds one line. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether bytes of a line have come whose end has not; true as well of lines that were not taken yet. */
  get unfinished(): boolean {
    return this.#queue.length > 0 || this.#oversized !== undefined;
  }

  /** Whether the line whose end has not come is already larger than allowed. */
  get overlong(): boolean {
    return this.#oversized !== undefined || this.#searched > this.#maxBytes;
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    this.#queue.push(chunk);
  }

  /** The next line, or what stands for one that is too large; nothing where more bytes are needed. */
  next(): string | Oversized | undefined {
    for (;;) {
      const { bytes, from, length } = this.#queue;
      const size = bytes.indexOf(NEWLINE, from + this.#searched) - from;
      if (size < 0) {
        this.#searched = length;
        if (this.#oversized !== undefined || length > Math.max(this.#maxBytes, PREFIX_BYTES)) this.#skip(length);
        return undefined;
      }
      if (this.#oversized !== undefined || size > this.#maxBytes) return this.#endOversized(size);
      const line = bytes.toString('utf8', from, from + size);
      this.#drop(size + 1);
      if (size > 0) return line;
    }
  }

  /** Lets bytes of a line go that is too large. */
  #skip(count: number): OversizedPiece {
    const { bytes, from } = this.#queue;
    const oversized = this.#oversized ??= new OversizedPiece(bytes.subarray(from, from + count));
    oversized.pass(count);
    this.#drop(count);
    return oversized;
  }

  #endOversized(size: number): Oversized {
    const { end } = this.#skip(size);
    this.#oversized = undefined;
    this.#drop(1);
    return end;
  }

  #drop(count: number): void {
    this.#queue.drop(count);
    this.#searched = 0;
  }
}
