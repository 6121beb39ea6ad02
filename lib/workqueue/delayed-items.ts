import { type SchedulerLike, Subscription } from 'rxjs';
import { isAboutConnection } from '../model/request.ts';
import { clockOf } from '../operators/clock.ts';
import { Heap } from './heap.ts';

/** The longest that a timer of Node can wait; whoever waits longer is looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;

class Delayed<T> {
  readonly key: string;
  item: T;
  /** By the clock. */
  at: number;
  priority: number;
  /** Of two that are due at once, the one that came first comes first. */
  readonly order: number;
  place = 0;

  constructor(key: string, item: T, at: number, priority: number, order: number) {
    this.key = key;
    this.item = item;
    this.at = at;
    this.priority = priority;
    this.order = order;
  }
}

/** The items that wait for a time. There is one timer, for the first of them; none where there is no item. */
export class DelayedItems<T> {
  readonly #scheduler: SchedulerLike;
  readonly #clock: () => number;
  readonly #due: (key: string, item: T, priority: number) => void;
  readonly #heap = new Heap<Delayed<T>>((a, b) => (a.at === b.at ? a.order < b.order : a.at < b.at));
  readonly #byKey = new Map<string, Delayed<T>>();
  #timer = Subscription.EMPTY;
  #added = 0;

  constructor(scheduler: SchedulerLike, due: (key: string, item: T, priority: number) => void) {
    this.#scheduler = scheduler;
    this.#clock = clockOf(scheduler);
    this.#due = due;
  }

  get size(): number { return this.#heap.size; }

  /** One that waits already is due when the earlier of both is, with the higher priority of both; the item is the first, unless the other is about connections. */
  add(key: string, item: T, priority: number, ms: number): void {
    const at = this.#clock() + ms;
    const present = this.#byKey.get(key);
    if (present === undefined) {
      this.#added += 1;
      const delayed = new Delayed(key, item, at, priority, this.#added);
      this.#byKey.set(key, delayed);
      this.#heap.push(delayed);
    } else {
      present.priority = Math.max(present.priority, priority);
      if (isAboutConnection(item)) present.item = item;
      if (present.at <= at) return;
      present.at = at;
      this.#heap.advance(present);
    }
    if (this.#heap.first?.key === key) this.#wait();
  }

  clear(): void {
    this.#timer.unsubscribe();
    this.#heap.clear();
    this.#byKey.clear();
  }

  /** Rounded up: a timer that is a fraction early would find nothing due. */
  #wait(): void {
    this.#timer.unsubscribe();
    const { first } = this.#heap;
    if (first === undefined) return;
    const ms = Math.max(0, Math.ceil(first.at - this.#clock()));
    this.#timer = this.#scheduler.schedule(() => { this.#serve(); }, Math.min(ms, LONGEST_TIMER));
  }

  #serve(): void {
    const now = this.#clock();
    for (let first = this.#heap.first; first !== undefined && first.at <= now; first = this.#heap.first) {
      this.#heap.shift();
      this.#byKey.delete(first.key);
      this.#due(first.key, first.item, first.priority);
    }
    this.#wait();
  }
}
