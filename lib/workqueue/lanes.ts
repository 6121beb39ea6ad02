import type { ObjectKey } from '../model/object-key.ts';
import { ByCluster } from './by-cluster.ts';
import { Lane, type Level } from './lane.ts';
import { Line } from './line.ts';

/** The lanes of the clusters of which something waits, in the order in which it is their turn; and one of what belongs to no cluster. */
export class Lanes {
  readonly #parked: boolean;
  readonly #byCluster = new ByCluster<Lane>();
  #ofNone: Lane | undefined;
  readonly #turns = new Line<Lane>();
  #size = 0;

  constructor(parked: boolean) {
    this.#parked = parked;
  }

  /** How many items wait in all of them. */
  get size(): number { return this.#size; }
  /** The lane whose turn it is. */
  get first(): Lane | undefined { return this.#turns.first; }

  of(cluster: ObjectKey | undefined): Lane | undefined {
    return cluster === undefined ? this.#ofNone : this.#byCluster.get(cluster);
  }

  /** Where an item that comes is to stand. A cluster of which nothing waited has its turn after all others. */
  enter(cluster: ObjectKey | undefined, priority: number): Level {
    const lane = this.of(cluster) ?? this.#open(cluster);
    lane.size += 1;
    this.#size += 1;
    return lane.level(priority);
  }

  /** An item of the lane left. */
  leave(lane: Lane): void {
    lane.size -= 1;
    this.#size -= 1;
    if (lane.size > 0) return;
    this.#turns.remove(lane);
    if (lane.cluster === undefined) this.#ofNone = undefined;
    else this.#byCluster.delete(lane.cluster);
  }

  /** An item of the lane left, and it was the lane's turn. */
  serve(lane: Lane): void {
    this.leave(lane);
    if (lane.size === 0) return;
    this.#turns.remove(lane);
    this.#turns.push(lane);
  }

  #open(cluster: ObjectKey | undefined): Lane {
    const lane = new Lane(cluster, this.#parked);
    if (cluster === undefined) this.#ofNone = lane;
    else this.#byCluster.set(cluster, lane);
    this.#turns.push(lane);
    return lane;
  }
}
