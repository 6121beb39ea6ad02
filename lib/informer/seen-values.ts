/** What an entry takes beside its text, in characters: its place in the map and the header of the text. */
const ENTRY = 48;

/** What was seen once may take a quarter of what is kept: in a list, what comes again comes soon. */
const ONCE = 4;

/**
 * Values by their text. One that was seen once is soon forgotten, so that values which never come again take no room; one that was seen twice is
 * kept until the table is full, and longer where it has been asked for since.
 */
export class SeenValues<V> {
  readonly #capacity: number;
  readonly #isKept: (value: V) => boolean;
  #once = new Map<string, V>();
  #kept = new Map<string, V>();
  /** What was kept before the table was full, until it is full again. */
  #older = new Map<string, V>();
  #onceSize = 0;
  #keptSize = 0;

  /** `capacity` in characters of text bounds what is kept, twice over. `isKept` says of a value that came a second time whether it may be found from then on. */
  constructor(capacity: number, isKept: (value: V) => boolean = () => true) {
    this.#capacity = capacity;
    this.#isKept = isKept;
  }

  /** The value that had this text before; else `undefined`, and `value` is remembered for the next time. */
  seen(text: string, value: V): V | undefined {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const before = this.#older.get(text) ?? this.#once.get(text);
    if (before === undefined) {
      this.#remember(text, value);
      return undefined;
    }
    if (!this.#isKept(before)) return undefined;
    this.#keep(text, before);
    return before;
  }

  #keep(text: string, value: V): void {
    this.#once.delete(text);
    if (this.#keptSize > this.#capacity) {
      this.#older = this.#kept;
      this.#kept = new Map();
      this.#keptSize = 0;
    }
    this.#kept.set(text, value);
    this.#keptSize += text.length + ENTRY;
  }

  #remember(text: string, value: V): void {
    if (this.#onceSize > this.#capacity / ONCE) {
      this.#once = new Map();
      this.#onceSize = 0;
    }
    this.#once.set(text, value);
    this.#onceSize += text.length + ENTRY;
  }
}
