const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Finds the end of one JSON value in its bytes, without reading more of it than strings and brackets. It remembers where it stopped in what is to be gone on with,
 * so a value that comes in pieces is looked at once. Whether it is JSON, `JSON.parse` says.
 */
export class JsonScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #begun = false;

  /** Begins with another value. */
  reset(): void {
    this.#depth = 0;
    this.#inString = this.#escaped = this.#begun = false;
  }

  /**
   * Goes on with the bytes from `from` on. The index behind the value's last byte, or -1 where its end is not among them: then it goes on with those after
   * them. A value of no brackets and quotes ends before a comma, a bracket or white space.
   */
  scan(bytes: Uint8Array, from: number): number {
    const { length } = bytes;
    let depth = this.#depth;
    let at = from;
    while (at < length) {
      if (this.#inString) {
        at = this.#skipString(bytes, at);
        if (this.#inString) break;
        if (depth === 0) return at;
        continue;
      }
      const byte = bytes[at];
      switch (byte) {
        case QUOTE:
          this.#inString = true;
          break;
        case 0x5b: // [
        case 0x7b: // {
          depth += 1;
          break;
        case 0x5d: // ]
        case 0x7d: // }
          depth -= 1;
          if (depth <= 0) return depth === 0 ? at + 1 : at;
          break;
        case 0x2c: // ,
          if (depth === 0) return at;
          break;
        case 0x20: case 0x09: case 0x0a: case 0x0d:
          if (depth > 0) break;
          if (this.#begun) return at;
          at += 1;
          continue;
        default:
      }
      this.#begun = true;
      at += 1;
    }
    this.#depth = depth;
    return -1;
  }

  /** The index behind the quote that ends the string, or the length where it goes on. */
  #skipString(bytes: Uint8Array, from: number): number {
    const { length } = bytes;
    let at = from;
    if (this.#escaped && at < length) {
      this.#escaped = false;
      at += 1;
    }
    while (at < length) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
      if (byte === BACKSLASH) {
        at += 1;
        if (at === length) this.#escaped = true;
      }
      at += 1;
    }
    return length;
  }
}
