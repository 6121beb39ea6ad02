import { StringDecoder } from 'node:string_decoder';

/**
 * Collects a body of a bounded size into text. Most bodies are one chunk, which is decoded at the end; a longer one is decoded as it comes, so that its
 * bytes are not held beside its text and no single step takes long.
 */
export class BodyCollector {
  readonly #maxBytes: number;
  #first: Buffer | undefined;
  #decoder: StringDecoder | undefined;
  #text = '';
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes. False where the body is larger than allowed; nothing may be pushed after that. */
  push(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) return false;
    if (this.#decoder !== undefined) {
      this.#text += this.#decoder.write(chunk);
    } else if (this.#first === undefined) {
      this.#first = chunk;
    } else {
      this.#decoder = new StringDecoder('utf8');
      this.#text = this.#decoder.write(this.#first) + this.#decoder.write(chunk);
      this.#first = undefined;
    }
    return true;
  }

  /** The whole text, as UTF-8. */
  text(): string {
    if (this.#decoder !== undefined) return this.#text + this.#decoder.end();
    return this.#first?.toString('utf8') ?? '';
  }
}
