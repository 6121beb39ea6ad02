const EMPTY = Buffer.alloc(0);

/** Bytes of the first buffer of its own: a chunk of an HTTP/2 stream and what may be left of the one before. */
const LEAST_CAPACITY = 32 * 1024;

/**
 * Bytes that have come and were not taken yet, always in one piece. A chunk that meets no rest is used where it lies; one that does is copied behind the rest, into
 * a buffer that doubles, so that a long piece in small chunks costs linear time. Without a rest it holds nothing.
 */
export class ByteQueue {
  #buffer: Buffer = EMPTY;
  #bytes: Buffer = EMPTY;
  #from = 0;
  #taken = 0;
  /** Whether the buffer is ours to write to. */
  #own = false;

  /** What is not taken yet begins at `from` of these and reaches to their end. Valid until the next `push` or `drop`. */
  get bytes(): Buffer { return this.#bytes; }
  get from(): number { return this.#from; }
  get length(): number { return this.#bytes.length - this.#from; }
  /** How many bytes were taken away since the beginning. */
  get taken(): number { return this.#taken; }

  push(chunk: Buffer): void {
    const rest = this.length;
    if (chunk.length === 0) return;
    if (rest === 0) {
      this.#own = false;
      this.#buffer = this.#bytes = chunk;
      this.#from = 0;
      return;
    }
    const needed = rest + chunk.length;
    if (!this.#own || this.#bytes.length + chunk.length > this.#buffer.length) this.#makeRoom(needed);
    const end = this.#bytes.length;
    chunk.copy(this.#buffer, end);
    this.#bytes = this.#buffer.subarray(0, end + chunk.length);
  }

  /** Takes the first `count` bytes away. */
  drop(count: number): void {
    this.#from += count;
    this.#taken += count;
    if (this.#from < this.#bytes.length) return;
    this.#own = false;
    this.#buffer = this.#bytes = EMPTY;
    this.#from = 0;
  }

  /** Moves the rest to the front of a buffer that holds `needed` bytes. */
  #makeRoom(needed: number): void {
    const fits = this.#own && needed <= this.#buffer.length;
    const buffer = fits ? this.#buffer : Buffer.allocUnsafeSlow(Math.max(LEAST_CAPACITY, 2 * needed));
    const rest = this.#bytes.copy(buffer, 0, this.#from);
    this.#buffer = buffer;
    this.#bytes = buffer.subarray(0, rest);
    this.#from = 0;
    this.#own = true;
  }
}
