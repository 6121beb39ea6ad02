const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const SMALL_N = 0x6e;

/** How a list's items begin: behind a bracket, whose end is `end`; not at all, for Go writes an empty slice as `null`; or this is no list. */
export type ItemsFound = { readonly type: 'array'; readonly end: number } | { readonly type: 'null' } | { readonly type: 'no list' };

const NO_LIST: ItemsFound = Object.freeze({ type: 'no list' });

/** Reads the beginning of a JSON object up to the value of its own `items`, once, in as many steps as it comes in. */
export class ListHead {
  #at = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Of the last string. */
  #start = 0;
  #end = 0;
  #foundKey = false;

  /** `bytes` are all so far; those before are not looked at again. Nothing where more are needed. */
  find(bytes: Buffer): ItemsFound | undefined {
    for (; this.#at < bytes.length; this.#at += 1) {
      const byte = bytes[this.#at] ?? 0;
      if (this.#inString) this.#string(byte);
      else if (byte > 0x20) {
        if (this.#foundKey) return byte === OPENING_BRACKET ? { type: 'array', end: this.#at + 1 } : byte === SMALL_N ? { type: 'null' } : NO_LIST;
        if (!this.#structure(byte, bytes)) return NO_LIST;
      }
    }
    return undefined;
  }

  #string(byte: number): void {
    if (this.#escaped) {
      this.#escaped = false;
    } else if (byte === BACKSLASH) {
      this.#escaped = true;
    } else if (byte === QUOTE) {
      this.#inString = false;
      this.#end = this.#at;
    }
  }

  /** Takes what stands outside of strings. False where an object has not begun, or is over. */
  #structure(byte: number, bytes: Buffer): boolean {
    switch (byte) {
      case QUOTE:
        this.#inString = true;
        this.#start = this.#at + 1;
        break;
      case OPENING_BRACE:
      case OPENING_BRACKET:
        if (this.#depth === 0 && byte !== OPENING_BRACE) return false;
        this.#depth += 1;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        this.#depth -= 1;
        break;
      case 0x3a: // :
        this.#foundKey = this.#depth === 1 && bytes.toString('latin1', this.#start, this.#end) === 'items';
        break;
      default:
    }
    return this.#depth > 0;
  }
}
