import { isSamePart } from './part-equality.ts';
import { Place } from './place.ts';
import { SeenValues } from './seen-values.ts';
import type { Trial } from './trial.ts';

/** Shorter strings are shared by JSON.parse itself. */
const SHORTEST_STRING = 11;
/** What an update has changed is a time, mostly, or an address where it is shorter than this: its copy takes 48 bytes at most, and looking for it a microsecond. */
const SHORTEST_CHANGED_STRING = 32;
/** Names, addresses, images with digests; what is longer is content. */
const LONGEST_STRING = 256;
/** Characters of JSON of a part that is shared as a whole: what is longer is rarely the same twice, and its own parts are shared. */
const LONGEST_TEXT = 1_024;
/** As much as so many parts that are too long costs as much as a whole window of others. */
const TOO_LONG = 64;
/** A container's environment in the template of a custom resource is at 9. */
const DEEPEST = 16;
/** Fields or items of a part that are looked at one by one; the others are left as they are. */
const WIDEST = 256;
/** A pod has about 100. A custom resource that has more is shared as far as these go. */
const MOST_PLACES = 1_000;
/** Characters of texts kept: what is different in several hundred Deployments. With the places it is a megabyte at most. */
const CAPACITY = 128 * 1_024;

/**
 * Makes objects share the parts in which they are the same, so that a pod without managedFields takes half the memory. What to look at is learned from the objects: at each
 * place the part is looked up as a whole, by its JSON; where that rarely finds anything its own parts are; where nothing is ever found, nothing is looked at for a while. What it remembers
 * is bounded, whatever the objects are like, and so is the time for one: a multiple of what it took to parse it.
 *
 * For the objects of one kind; stores of several clusters do well to have one in common, as it takes some 40 KB itself and clusters are much alike.
 */
export class SharedParts {
  readonly #root: Place;
  readonly #strings = new SeenValues<string>(CAPACITY);
  readonly #parts = new SeenValues<object>(CAPACITY, isJson);
  /** How many parts were found so far: the difference says what was found in one. */
  #found = 0;

  constructor() {
    this.#root = new Place({ places: MOST_PLACES });
    this.#root.at('metadata')?.leave('name', 'uid', 'resourceVersion');
  }

  /**
   * The same object, in which parts that were seen before are those that were seen first. It must be nobody else's yet: it is changed in place, into what is equal to it.
   * From then on its parts may be those of other objects, and must not be changed. Its name, uid and resourceVersion are left alone; so is what is not plain JSON. Never throws.
   *
   * `before` is an earlier state of it that was returned from here: what is the same there is taken from it, which costs half of looking for it, and an update changes little.
   */
  share<T extends object>(object: T, before?: T): T {
    try {
      this.#shareInside(object, before, this.#root, 0);
    } catch {
      // A transform has made something of its own of it. What has been shared so far is equal, and the rest stays as it is.
    }
    return object;
  }

  /** What to take instead of a field or an item (`[]`) of what is at a place; `undefined` where it stays. `before`: what was there. */
  #instead(value: string | object, before: unknown, field: string, within: Place, depth: number): unknown {
    if (before !== undefined) {
      if (isSamePart(value, before)) return before;
      if (typeof value === 'string' && value.length < SHORTEST_CHANGED_STRING) return undefined;
    }
    const place = within.at(field);
    if (place === undefined) return undefined;
    if (typeof value === 'object') return this.#insteadOfPart(value, isSameSort(value, before) ? before : undefined, place, depth);
    const trial = before === undefined ? place.whole : place.changed;
    return trial.isDue ? this.#known(this.#strings, value, value, trial) : undefined;
  }

  #insteadOfPart(part: object, before: object | undefined, place: Place, depth: number): object | undefined {
    const trial = before === undefined ? place.whole : place.changed;
    const known = trial.isDue ? this.#known(this.#parts, textOf(part), part, trial) : undefined;
    if (known !== undefined || depth === DEEPEST) return known;
    if (before !== undefined) {
      this.#shareInside(part, before, place, depth);
    } else if (place.inside.isDue) {
      const found = this.#found;
      this.#shareInside(part, undefined, place, depth);
      place.inside.count(this.#found - found);
    }
    return undefined;
  }

  /** What had this text before; one without a text is too long. */
  #known<V>(values: SeenValues<V>, text: string | undefined, value: V, trial: Trial): V | undefined {
    const known = text === undefined ? undefined : values.seen(text, value);
    trial.count(known === undefined ? 0 : 1, text === undefined ? TOO_LONG : 1);
    if (known !== undefined) this.#found += 1;
    return known;
  }

  #shareInside(part: object, before: object | undefined, place: Place, depth: number): void {
    if (Array.isArray(part)) {
      const others = before as readonly unknown[] | undefined;
      for (let i = 0; i < part.length && i < WIDEST; i++) {
        const item: unknown = part[i];
        if (!isSharable(item)) continue;
        const shared = this.#instead(item, others?.[i], '[]', place, depth + 1);
        if (shared !== undefined) put(part, i, shared);
      }
      return;
    }
    const fields = part as Record<string, unknown>;
    const others = before as Readonly<Record<string, unknown>> | undefined;
    let width = 0;
    for (const name in fields) {
      if (++width > WIDEST) return;
      const value = fields[name];
      if (!isSharable(value)) continue;
      const shared = this.#instead(value, others?.[name], name, place, depth + 1);
      if (shared !== undefined) put(fields, name, shared);
    }
  }
}

function put<K extends string | number>(part: Record<K, unknown>, at: K, value: unknown): void {
  try {
    part[at] = value;
  } catch {
    // A transform has frozen it.
  }
}

/** Whether one may be another state of the other. */
function isSameSort(part: object, before: unknown): before is object {
  return typeof before === 'object' && before !== null && Array.isArray(part) === Array.isArray(before);
}

/** Its JSON, where there is one and it is not too long. */
function textOf(part: object): string | undefined {
  try {
    const text = JSON.stringify(part) as string | undefined;
    return text === undefined || text.length > LONGEST_TEXT ? undefined : text;
  } catch {
    return undefined; // a cycle made by a transform, or deeper than the stack
  }
}

/** Whether its JSON says everything about it: a transform may have made something else, which another thing is taken for otherwise. */
function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson);
}

function isSharable(value: unknown): value is string | object {
  return typeof value === 'string' ? value.length >= SHORTEST_STRING && value.length <= LONGEST_STRING : typeof value === 'object' && value !== null;
}
