import { ByteQueue } from './byte-queue.ts';
import { ItemCutter } from './item-cutter.ts';
import { JsonScanner } from './json-scanner.ts';
import { ListHead } from './list-head.ts';
import type { ListPart } from './transport.ts';

const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;

/** Most bytes of a list without its items: it has some hundred, of which a continue token is the most. */
const MAX_ENVELOPE = 1024 * 1024;

/** What is wrong with a body: it ends too early, or is no list. */
export type Flaw = 'TRUNCATED' | 'GARBAGE';

/** Cuts the bytes of a Kubernetes list into its items, each parsed as soon as it is in, and at last the list without them. Never holds much more than one item. */
export class ListSplitter {
  readonly #queue = new ByteQueue();
  readonly #start = new ListHead();
  readonly #items: ItemCutter;
  #phase: 'head' | 'first' | 'item' | 'between' | 'tail' | 'over' = 'head';
  #head = '';
  #finished = false;

  /** `maxBytes` bounds one item. */
  constructor(maxBytes: number) {
    this.#items = new ItemCutter(this.#queue, maxBytes);
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    this.#queue.push(chunk);
  }

  /** Says that there are no more bytes. */
  finish(): void {
    this.#finished = true;
  }

  /** The next part of the list; nothing where more bytes are needed, and after the last part or a flaw. */
  next(): ListPart | Flaw | undefined {
    if (this.#phase === 'over') return undefined;
    const part = this.#part() ?? (this.#finished ? 'TRUNCATED' : undefined);
    if (typeof part === 'string' || part?.type === 'end') this.#phase = 'over';
    return part;
  }

  #part(): ListPart | Flaw | undefined {
    if (this.#phase === 'head' && !this.#findItems()) return this.#queue.length > MAX_ENVELOPE ? 'GARBAGE' : undefined;
    while (this.#phase === 'first' || this.#phase === 'between') {
      const byte = this.#nextByte();
      if (byte === undefined) return undefined;
      if (byte === CLOSING_BRACKET) {
        this.#phase = 'tail';
      } else if (this.#phase === 'first') {
        this.#phase = 'item';
      } else if (byte === COMMA) {
        this.#queue.drop(1);
        this.#phase = 'item';
      } else {
        return 'GARBAGE';
      }
    }
    if (this.#phase === 'tail') return this.#envelope();
    if (this.#phase === 'over') return 'GARBAGE';
    const part = this.#items.next(this.#finished);
    if (part !== undefined) this.#phase = 'between';
    return part;
  }

  /** Takes what comes before the first item. */
  #findItems(): boolean {
    const { bytes, from } = this.#queue;
    const found = this.#start.find(bytes.subarray(from));
    switch (found?.type) {
      case undefined:
        return false;
      case 'array':
        this.#head = bytes.toString('utf8', from, from + found.end);
        this.#queue.drop(found.end);
        this.#phase = 'first';
        break;
      case 'null':
        this.#phase = 'tail';
        break;
      default:
        this.#phase = 'over';
    }
    return true;
  }

  /** The next byte that is no white space; it stays in the queue. */
  #nextByte(): number | undefined {
    const { bytes, from } = this.#queue;
    let at = from;
    while (isWhiteSpace(bytes[at])) at += 1;
    const byte = bytes[at];
    this.#queue.drop(at - from);
    return byte;
  }

  /** The list of what came before the items and after them. */
  #envelope(): ListPart | Flaw | undefined {
    const { bytes, from, length } = this.#queue;
    if (this.#head.length + length > MAX_ENVELOPE) return 'GARBAGE';
    if (!this.#finished) return undefined;
    const text = this.#head + bytes.toString('utf8', from);
    const envelope = parsed(text) as { items: unknown } | undefined;
    if (envelope === undefined) return new JsonScanner().scan(Buffer.from(text), 0) < 0 ? 'TRUNCATED' : 'GARBAGE';
    const items = envelope.items ??= []; // Go writes an empty slice as null
    return Array.isArray(items) && items.length === 0 ? { type: 'end', envelope } : 'GARBAGE';
  }
}

function isWhiteSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Nothing where it is no JSON: what the runtime says of that would repeat it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
