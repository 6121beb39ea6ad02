/** What can be in a heap; in one at a time. */
export interface Placed {
  /** Where it is; the heap's own. */
  place: number;
}

/** Knows the first of many, in an order that is given. Each step takes as long as the logarithm of how many there are. */
export class Heap<E extends Placed> {
  readonly #isBefore: (a: E, b: E) => boolean;
  readonly #tree: E[] = [];

  constructor(isBefore: (a: E, b: E) => boolean) {
    this.#isBefore = isBefore;
  }

  get first(): E | undefined { return this.#tree[0]; }
  get size(): number { return this.#tree.length; }

  push(element: E): void {
    this.#tree.push(element);
    this.#rise(element, this.#tree.length - 1);
  }

  /** It is in the heap, and comes before more than it did. */
  advance(element: E): void {
    this.#rise(element, element.place);
  }

  shift(): E | undefined {
    const first = this.#tree[0];
    const last = this.#tree.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  clear(): void {
    this.#tree.length = 0;
  }

  #rise(element: E, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#tree[above];
      if (parent === undefined || !this.#isBefore(element, parent)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(element, place);
  }

  /** From the top. */
  #sink(element: E): void {
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = this.#tree[left + 1];
      let child = this.#tree[left];
      if (child !== undefined && right !== undefined && this.#isBefore(right, child)) child = right;
      if (child === undefined || !this.#isBefore(child, element)) break;
      const below = child.place;
      this.#put(child, place);
      place = below;
    }
    this.#put(element, place);
  }

  #put(element: E, place: number): void {
    this.#tree[place] = element;
    element.place = place;
  }
}
