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
  /** Where all items have one priority, as most have: what is for many costs more than all the rest of a lane. */
  #only: Level | undefined = undefined;
  #levels: Levels | undefined = undefined;

  constructor(cluster: ObjectKey | undefined, parked: boolean) {
    this.cluster = cluster;
    this.parked = parked;
  }

  /** The row that comes first. */
  get first(): number { return this.#top?.first ?? NONE; }
  /** Of that row. */
  get priority(): number { return this.#top?.priority ?? 0; }

  level(priority: number): Level {
    if (this.#levels !== undefined) return this.#levels.at(priority);
    if (this.#only === undefined) this.#only = new Level(this, priority);
    if (this.#only.priority === priority) return this.#only;
    this.#levels = new Levels(this.#only);
    return this.#levels.at(priority);
  }

  get #top(): Level | undefined {
    return this.#levels === undefined ? this.#only : this.#levels.top;
  }
}

const isHigher = (a: Level, b: Level): boolean => a.priority > b.priority;

/** The levels of a lane, the highest first. */
class Levels {
  readonly #heap = new Heap<Level>(isHigher);
  readonly #byPriority = new Map<number, Level>();
  readonly #lane: Lane;

  constructor(first: Level) {
    this.#lane = first.lane;
    this.#add(first);
  }

  /** The highest on which something stands. Those above it, which were left, are gone for good. */
  get top(): Level | undefined {
    for (let top = this.#heap.first; top !== undefined; top = this.#heap.first) {
      if (top.first !== NONE) return top;
      this.#heap.shift();
      this.#byPriority.delete(top.priority);
    }
    return undefined;
  }

  at(priority: number): Level {
    return this.#byPriority.get(priority) ?? this.#add(new Level(this.#lane, priority));
  }

  #add(level: Level): Level {
    this.#byPriority.set(level.priority, level);
    this.#heap.push(level);
    return level;
  }
}
