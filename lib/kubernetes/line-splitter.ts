const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines, at `\n` only (U+2028 is content), the empty ones left out. Lines are cut as bytes and decoded whole, so no
 * character is torn at the edge of a chunk.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;

  /** `maxBytes` bounds one line. */
  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  /** Whether bytes of a line have come whose end has not. */
  get unfinished(): boolean {
    return this.#size > 0;
  }

  /** Takes the next bytes and gives out the lines they end. False where a line is longer than allowed; nothing may be pushed after that. */
  push(chunk: Buffer): boolean {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#size + end - start > this.#maxBytes) return false;
      this.#finish(chunk, start, end);
      start = end + 1;
    }
    if (start === chunk.length) return true;
    this.#parts.push(start === 0 ? chunk : chunk.subarray(start));
    this.#size += chunk.length - start;
    return this.#size <= this.#maxBytes;
  }

  #finish(chunk: Buffer, start: number, end: number): void {
    if (this.#size === 0) {
      if (end > start) this.#onLine(chunk.toString('utf8', start, end));
      return;
    }
    this.#parts.push(chunk.subarray(start, end));
    const line = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#size = 0;
    this.#onLine(line);
  }
}
