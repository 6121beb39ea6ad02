import type { ByteQueue } from './byte-queue.ts';
import { ItemSeparator } from './item-separator.ts';
import { JsonScanner } from './json-scanner.ts';
import { OversizedPiece, PREFIX_BYTES } from './oversized.ts';
import type { ListPart } from './transport.ts';

/** Bytes without a separator after which an item is scanned: few are so large, and where no separator is right nothing waits for more than these. */
const SEARCH_LIMIT = 256 * 1024;

/**
 * Takes one item after another from the front of a queue. Its end is looked for as the bytes that separate two items, which costs next to nothing, and `JSON.parse`
 * decides: no JSON object is the beginning of another, so what parses is the item. Where it does not, because the bytes were inside the item, or where no separator
 * comes, the item is scanned. Each byte is searched and scanned once and parsed twice at most, whatever a server sends.
 */
export class ItemCutter {
  readonly #queue: ByteQueue;
  readonly #maxBytes: number;
  readonly #separator = new ItemSeparator();
  readonly #scanner = new JsonScanner();
  /** Bytes of the stream in which no separator begins. */
  #searched = 0;
  /** Bytes of the item that are scanned; undefined where its separator is looked for. */
  #scanned: number | undefined = 0;
  #oversized: OversizedPiece | undefined;

  /** `maxBytes` bounds one item. */
  constructor(queue: ByteQueue, maxBytes: number) {
    this.#queue = queue;
    this.#maxBytes = maxBytes;
  }

  /** The item at the front of the queue; nothing where its end is not in. `last` says that nothing comes after what is in the queue. */
  next(last: boolean): ListPart | 'GARBAGE' | undefined {
    if (this.#scanned === undefined) {
      const end = this.#search(last);
      if (end < 0) return undefined;
      const item = end > 0 ? this.#parse(end) : undefined;
      if (item !== undefined) {
        this.#separator.right();
        return this.#ended(end, { type: 'item', item });
      }
      this.#separator.wrong();
      this.#scanned = 0;
    }
    return this.#scan(this.#scanned);
  }

  /** Where the item ends according to the separator; 0 where it is to be scanned, -1 where more bytes are needed to say. */
  #search(last: boolean): number {
    const { bytes, from, length, taken } = this.#queue;
    const end = this.#separator.find(bytes, from + Math.max(0, this.#searched - taken)) - from;
    if (end > 0) return end <= this.#maxBytes ? end : 0;
    this.#searched = taken + Math.max(0, length - this.#separator.overlap);
    return last || length > Math.min(SEARCH_LIMIT, this.#maxBytes) ? 0 : -1;
  }

  #scan(scanned: number): ListPart | 'GARBAGE' | undefined {
    const { bytes, from, length } = this.#queue;
    const end = this.#scanner.scan(bytes, from + scanned) - from;
    if (end < 0) {
      this.#scanned = length;
      if (this.#oversized !== undefined || length > Math.max(this.#maxBytes, PREFIX_BYTES)) this.#skip(length);
      return undefined;
    }
    if (this.#oversized !== undefined || end > this.#maxBytes) return this.#ended(0, { type: 'oversized', ...this.#skip(end).end });
    const item = this.#parse(end);
    if (item === undefined) return 'GARBAGE';
    if (!this.#separator.known) this.#separator.learn(bytes.subarray(from, from + end));
    return this.#ended(end, { type: 'item', item });
  }

  /** Lets bytes of an item go that is too large. */
  #skip(count: number): OversizedPiece {
    const { bytes, from } = this.#queue;
    const oversized = this.#oversized ??= new OversizedPiece(bytes.subarray(from, from + count));
    oversized.pass(count);
    this.#queue.drop(count);
    this.#scanned = 0;
    return oversized;
  }

  #ended(size: number, part: ListPart): ListPart {
    this.#queue.drop(size);
    this.#oversized = undefined;
    this.#scanner.reset();
    this.#scanned = this.#separator.known ? undefined : 0;
    return part;
  }

  /** Nothing where it is not JSON. */
  #parse(size: number): unknown {
    const { bytes, from } = this.#queue;
    try {
      return JSON.parse(bytes.toString('utf8', from, from + size));
    } catch {
      return undefined; // what the runtime says of it would repeat it
    }
  }
}
