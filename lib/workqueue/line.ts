/** What can stand in a line; in one at a time. */
export interface Linked<N> {
  next: N | undefined;
  previous: N | undefined;
}

/** First come, first served; and whoever stands in it can leave it. Each step takes as long in a long line as in a short one. */
export class Line<N extends Linked<N>> {
  #first: N | undefined;
  #last: N | undefined;
  #size = 0;

  get first(): N | undefined { return this.#first; }
  get size(): number { return this.#size; }

  push(member: N): void {
    const last = this.#last;
    member.previous = last;
    if (last === undefined) this.#first = member;
    else last.next = member;
    this.#last = member;
    this.#size += 1;
  }

  /** It must stand in this line. */
  remove(member: N): void {
    const { next, previous } = member;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    member.next = undefined;
    member.previous = undefined;
    this.#size -= 1;
  }
}
