import type { ObjectKey } from '../model/object-key.ts';
import { Heap } from './heap.ts';
import { type Chain, NONE } from './rows.ts';

/** The items of one priority in a lane. */
export class Level implements Chain {
  readonly lane: Lane;
  readonly priority: number;
  first = NONE;
  last = NONE;
  place = 0;

  constructor(lane: Lane, priority: number) {
    this.lane = lane;
    this.priority = priority;
  }
}

/** The items of one cluster that wait for the same: a worker, or the cluster's connection. The highest priority comes first, and of one priority what came first. */
export class Lane {
  /** `undefined` for what belongs to no cluster. */
  readonly cluster: ObjectKey | undefined;
  /** Whether they wait for the connection. */
  readonly parked: boolean;
  next: Lane | undefined = undefined;
  previous: Lane | undefined = undefined;
  /** How many items there are; counted by whoever has the lane. */
  size = 0;
  readonly #levels = new Heap<Level>((a, b) => a.priority > b.priority);
  readonly #byPriority = new Map<number, Level>();

  constructor(cluster: ObjectKey | undefined, parked: boolean) {
    this.cluster = cluster;
    this.parked = parked;
  }

  /** The row that comes first. */
  get first(): number { return this.#top?.first ?? NONE; }
  /** Of that row. */
  get priority(): number { return this.#top?.priority ?? 0; }

  level(priority: number): Level {
    const present = this.#byPriority.get(priority);
    if (present !== undefined) return present;
    const level = new Level(this, priority);
    this.#byPriority.set(priority, level);
    this.#levels.push(level);
    return level;
  }

  get #top(): Level | undefined {
    for (let top = this.#levels.first; top !== undefined; top = this.#levels.first) {
      if (top.first !== NONE) return top;
      this.#levels.shift();
      this.#byPriority.delete(top.priority);
    }
    return undefined;
  }
}
