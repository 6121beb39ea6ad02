import type { ObjectKey } from '../model/object-key.ts';
import { isAboutConnection } from '../model/request.ts';
import type { ItemReading } from './item-reading.ts';
import { Level } from './lane.ts';
import { Lanes } from './lanes.ts';
import { Line } from './line.ts';
import { type Meter, msBetween } from './meter.ts';
import { Rows } from './rows.ts';
import { Work } from './work.ts';

/** What is ready, parked or processed, once each. There is a row for each item, and a column for each of its fields. */
export class ItemTable<T> {
  readonly #read: ItemReading<T>;
  readonly #meter: Meter | undefined;
  readonly #fair: boolean;
  readonly #rowOf = new Map<string, number>();
  /** Where each stands: on a level of a lane while it waits, and in the work on it while it is processed. */
  readonly #rows = new Rows<Level | Work<T>>();
  readonly #keys: string[] = [];
  readonly #items: (T | undefined)[] = [];
  /** When each began to wait; empty where nobody measures. */
  readonly #since: number[] = [];
  readonly #ready = new Lanes(false);
  readonly #parked = new Lanes(true);
  readonly #works = new Line<Work<T>>();
  #closed = false;

  constructor(read: ItemReading<T>, meter: Meter | undefined, fair: boolean) {
    this.#read = read;
    this.#meter = meter;
    this.#fair = fair;
  }

  get ready(): number { return this.#ready.size; }
  get parked(): number { return this.#parked.size; }
  get processing(): number { return this.#works.size; }

  /** The work on an item that is processed. */
  workOn(key: string): Work<T> | undefined {
    const place = this.#rows.chainOf(this.#rowOf.get(key));
    return place instanceof Work ? place : undefined;
  }

  /** The item is to be done: once, or once more if it is processed. */
  add(key: string, item: T, priority: number): void {
    const row = this.#rowOf.get(key);
    const place = this.#rows.chainOf(row);
    if (row === undefined || place === undefined) {
      this.#meter?.record((metrics) => metrics.added(priority));
      this.#write(key, item, this.#enter(item, priority), this.#meter?.now());
    } else if (place instanceof Work) {
      this.#repeat(place, item, priority);
    } else {
      this.#join(row, place, item, priority);
    }
  }

  /** The next item that is ready, which is processed from now on. What is to be parked by now is. */
  take(): Work<T> | undefined {
    for (let lane = this.#ready.first; lane !== undefined; lane = this.#ready.first) {
      const row = lane.first;
      const item = this.#items[row] as T;
      const { priority } = lane;
      const parkedFor = this.#parkedFor(item);
      if (parkedFor === undefined) {
        const work = new Work(item, priority, this.#meter?.now());
        this.#rows.move(row, work);
        this.#ready.serve(lane);
        this.#works.push(work);
        this.#meter?.record((metrics) => metrics.taken(priority, msBetween(this.#since[row], work.begunAt)));
        return work;
      }
      this.#meter?.record((metrics) => metrics.parked(priority));
      this.#rows.move(row, this.#parked.enter(parkedFor, priority));
      this.#ready.serve(lane);
    }
    return undefined;
  }

  /** The work on the item is done; the item is to wait again, or gone. Says whether there was any work on it. */
  done(key: string): boolean {
    const row = this.#rowOf.get(key);
    const work = this.#rows.chainOf(row);
    if (row === undefined || !(work instanceof Work)) return false;
    const { again, parking } = work;
    this.#works.remove(work);
    this.#meter?.record((metrics) => metrics.done(msBetween(work.begunAt, this.#meter?.now())));
    if (parking !== undefined) {
      if (again !== undefined) this.#meter?.record((metrics) => metrics.parked(again.priority));
      this.#items[row] = parking.item;
      this.#rows.move(row, this.#parked.enter(parking.cluster, Math.max(work.priority, again?.priority ?? work.priority)));
    } else if (again !== undefined) {
      this.#items[row] = again.item;
      this.#stamp(row, again.since);
      this.#rows.move(row, this.#enter(again.item, again.priority));
    } else {
      this.#erase(row);
    }
    return true;
  }

  /** Whatever it is at, the item waits for the cluster's connection, or does so once it is done. One about connections that waits already goes on. */
  park(key: string, item: T, cluster: ObjectKey): void {
    const row = this.#rowOf.get(key);
    const place = this.#rows.chainOf(row);
    if (row === undefined || place === undefined) {
      this.#write(key, item, this.#parked.enter(cluster, 0), undefined);
    } else if (place instanceof Work) {
      place.park(item, cluster);
    } else if (!isAboutConnection(this.#items[row])) {
      if (!place.lane.parked) this.#meter?.record((metrics) => metrics.parked(place.priority));
      this.#move(row, place, this.#parked, cluster, place.priority);
    }
  }

  /** What is parked for the cluster is ready, in the order in which it would be handed out; and what would be parked once it is done is not. */
  release(cluster: ObjectKey): void {
    for (let work = this.#works.first; work !== undefined; work = work.next) {
      const { priority } = work;
      if (work.release(cluster, this.#meter?.now())) this.#meter?.record((metrics) => metrics.released(priority));
    }
    for (let lane = this.#parked.of(cluster); lane !== undefined; lane = this.#parked.of(cluster)) this.#release(lane.first, lane.priority);
  }

  /** Drops what is parked; nothing is any more. */
  close(): void {
    this.#closed = true;
    for (let work = this.#works.first; work !== undefined; work = work.next) work.unpark();
    for (let lane = this.#parked.first; lane !== undefined; lane = this.#parked.first) {
      this.#erase(lane.first);
      this.#parked.leave(lane);
    }
  }

  /** ms that the works have been going on: all together, and the longest. */
  unfinished(): { readonly total: number; readonly longest: number } {
    let total = 0;
    let longest = 0;
    const now = this.#meter?.now();
    for (let work = this.#works.first; work !== undefined; work = work.next) {
      const ms = msBetween(work.begunAt, now);
      total += ms;
      longest = Math.max(longest, ms);
    }
    return { total, longest };
  }

  #repeat(work: Work<T>, item: T, priority: number): void {
    const { again: before } = work;
    const { priority: after } = work.repeat(item, priority, this.#meter?.now());
    if (before === undefined) this.#meter?.record((metrics) => metrics.added(after));
    else if (after > before.priority) this.#meter?.record((metrics) => metrics.prioritized(before.priority, after));
  }

  /** It waits already. */
  #join(row: number, { priority: before, lane }: Level, item: T, priority: number): void {
    const about = isAboutConnection(item);
    if (about) this.#items[row] = item;
    const highest = Math.max(before, priority);
    if (lane.parked && (about || this.#read.isParking(lane.cluster) === false)) return this.#release(row, highest);
    if (highest === before) return;
    if (!lane.parked) this.#meter?.record((metrics) => metrics.prioritized(before, highest));
    this.#rows.move(row, lane.level(highest));
  }

  #release(row: number, priority: number): void {
    const level = this.#rows.chainOf(row);
    if (!(level instanceof Level)) return;
    this.#meter?.record((metrics) => metrics.released(priority));
    this.#stamp(row, this.#meter?.now());
    this.#move(row, level, this.#ready, this.#laneOf(this.#items[row] as T), priority);
  }

  #move(row: number, { lane }: Level, lanes: Lanes, cluster: ObjectKey | undefined, priority: number): void {
    this.#rows.move(row, lanes.enter(cluster, priority));
    (lane.parked ? this.#parked : this.#ready).leave(lane);
  }

  /** Where an item is to wait that does not yet. */
  #enter(item: T, priority: number): Level {
    const parkedFor = this.#parkedFor(item);
    if (parkedFor === undefined) return this.#ready.enter(this.#laneOf(item), priority);
    this.#meter?.record((metrics) => metrics.parked(priority));
    return this.#parked.enter(parkedFor, priority);
  }

  #parkedFor(item: T): ObjectKey | undefined {
    return this.#closed ? undefined : this.#read.parkedFor(item);
  }

  #laneOf(item: T): ObjectKey | undefined {
    return this.#fair ? this.#read.clusterOf(item) : undefined;
  }

  #write(key: string, item: T, level: Level, since: number | undefined): void {
    const row = this.#rows.add(level);
    this.#rowOf.set(key, row);
    this.#keys[row] = key;
    this.#items[row] = item;
    this.#stamp(row, since);
  }

  #stamp(row: number, since: number | undefined): void {
    if (since !== undefined) this.#since[row] = since;
  }

  #erase(row: number): void {
    this.#rowOf.delete(this.#keys[row] ?? '');
    this.#rows.remove(row);
    const { height } = this.#rows;
    if (height === this.#keys.length) {
      this.#keys[row] = '';
      this.#items[row] = undefined;
      return;
    }
    this.#keys.length = height;
    this.#items.length = height;
    this.#since.length = Math.min(height, this.#since.length);
  }
}
