import type { ObjectKey } from '../../lib/model/object-key.ts';
import { type Request, formatRequest, isAboutConnection } from '../../lib/model/request.ts';

interface Entry {
  readonly key: string;
  item: Request;
  priority: number;
  /** When it came to stand where it stands. */
  order: number;
}

interface Delayed extends Entry {
  at: number;
}

interface Work {
  readonly item: Request;
  readonly priority: number;
  again: { item: Request; priority: number } | undefined;
  parking: { readonly item: Request; readonly cluster: ObjectKey } | undefined;
  readonly released: Set<string>;
}

const NO_CLUSTER = 'none';
const nameOf = (cluster: ObjectKey | undefined): string => (cluster === undefined ? NO_CLUSTER : `${cluster.namespace}/${cluster.name}`);

/** What a work queue does, said as simply as possible: lists that are searched from the beginning each time. */
export class QueueModel {
  readonly #fair: boolean;
  readonly #parkWhile: ((cluster: ObjectKey) => boolean) | undefined;
  /** Clusters of which something is ready, in the order of their turns. */
  #turns: string[] = [];
  #ready: (Entry & { readonly lane: string })[] = [];
  #parked: (Entry & { readonly cluster: ObjectKey })[] = [];
  #delayed: Delayed[] = [];
  readonly #processing = new Map<string, Work>();
  readonly #failures = new Map<string, number>();
  #order = 0;
  #now = 0;
  shuttingDown = false;
  retries = 0;
  adds = 0;

  constructor(fair: boolean, parkWhile: ((cluster: ObjectKey) => boolean) | undefined) {
    this.#fair = fair;
    this.#parkWhile = parkWhile;
  }

  get counts() {
    return { length: this.#ready.length, waiting: this.#delayed.length, parked: this.#parked.length, processing: this.#processing.size };
  }

  /** By priority: what is ready, and what is to be handed out once more. */
  get depth(): { readonly [priority: string]: number } {
    const depth: { [priority: string]: number } = {};
    const all = [...this.#ready, ...[...this.#processing.values()].map(({ again }) => again).filter((again) => again !== undefined)];
    for (const { priority } of all) depth[priority] = (depth[priority] ?? 0) + 1;
    return depth;
  }

  numRequeues(item: Request): number {
    return this.#failures.get(formatRequest(item)) ?? 0;
  }

  priorityOf(item: Request): number | undefined {
    return this.#processing.get(formatRequest(item))?.priority;
  }

  add(item: Request, { priority = 0, after = 0, rateLimited = false }: { priority?: number | undefined; after?: number; rateLimited?: boolean } = {}): void {
    if (this.shuttingDown) return;
    const key = formatRequest(item);
    let ms = after;
    if (rateLimited) {
      const failures = this.numRequeues(item);
      this.#failures.set(key, failures + 1);
      const limit = Math.min(1000, 5 * 2 ** failures);
      ms = after > 0 ? Math.min(after, limit) : limit;
    }
    if (ms <= 0) return this.#add(key, item, priority);
    this.retries += 1;
    const before = this.#delayed.find((delayed) => delayed.key === key);
    if (before === undefined) {
      this.#delayed.push({ key, item, priority, at: this.#now + ms, order: this.#next() });
      return;
    }
    before.at = Math.min(before.at, this.#now + ms);
    before.priority = Math.max(before.priority, priority);
    if (isAboutConnection(item)) before.item = item;
  }

  forget(item: Request): void {
    this.#failures.delete(formatRequest(item));
  }

  pass(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [first] = this.#delayed.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order);
      if (first === undefined) break;
      this.#now = Math.max(this.#now, first.at);
      this.#delayed = this.#delayed.filter((delayed) => delayed !== first);
      this.#add(first.key, first.item, first.priority);
    }
    this.#now = until;
  }

  poll(): Request | undefined {
    for (;;) {
      const [lane] = this.#turns;
      const [first] = this.#ready.filter((entry) => entry.lane === lane).sort((a, b) => b.priority - a.priority || a.order - b.order);
      if (lane === undefined || first === undefined) return undefined;
      this.#turns.shift();
      this.#leave(first);
      if (this.#ready.some((entry) => entry.lane === lane)) this.#turns.push(lane);
      const cluster = this.#parkedFor(first.item);
      if (cluster === undefined) {
        this.#processing.set(first.key, { item: first.item, priority: first.priority, again: undefined, parking: undefined, released: new Set() });
        return first.item;
      }
      this.#park(first.key, first.item, first.priority, cluster);
    }
  }

  done(item: Request): void {
    const key = formatRequest(item);
    const work = this.#processing.get(key);
    if (work === undefined) return;
    this.#processing.delete(key);
    const { again, parking, priority } = work;
    if (parking !== undefined) this.#park(key, parking.item, Math.max(priority, again?.priority ?? priority), parking.cluster);
    else if (again !== undefined) this.#wait(key, again.item, again.priority);
  }

  park(item: Request, cluster: ObjectKey): void {
    if (this.shuttingDown) return;
    const key = formatRequest(item);
    const work = this.#processing.get(key);
    const mustWait = this.#parkWhile === undefined ? work?.released.has(nameOf(cluster)) !== true : this.#parkWhile(cluster);
    if (isAboutConnection(item) || !mustWait) return this.add(item, { rateLimited: true, priority: work?.priority });
    if (work !== undefined) {
      if (!isAboutConnection(work.again?.item)) work.parking = { item, cluster };
      return;
    }
    const waiting = [...this.#ready, ...this.#parked].find((entry) => entry.key === key);
    if (waiting === undefined) return this.#park(key, item, 0, cluster);
    if (isAboutConnection(waiting.item)) return;
    this.#leave(waiting);
    this.#park(key, waiting.item, waiting.priority, cluster);
  }

  release(cluster: ObjectKey): void {
    const name = nameOf(cluster);
    if (this.#parkWhile?.(cluster)) return;
    for (const work of this.#processing.values()) {
      work.released.add(name);
      if (work.parking === undefined || nameOf(work.parking.cluster) !== name) continue;
      work.again ??= { item: work.parking.item, priority: work.priority };
      work.parking = undefined;
    }
    const released = this.#parked.filter((entry) => nameOf(entry.cluster) === name).sort((a, b) => b.priority - a.priority || a.order - b.order);
    for (const entry of released) {
      this.#leave(entry);
      this.#makeReady(entry.key, entry.item, entry.priority);
    }
  }

  shutDown(): void {
    this.shuttingDown = true;
    this.#delayed = [];
    this.#parked = [];
    for (const work of this.#processing.values()) work.parking = undefined;
  }

  #next(): number {
    this.#order += 1;
    return this.#order;
  }

  #add(key: string, item: Request, priority: number): void {
    const work = this.#processing.get(key);
    const about = isAboutConnection(item);
    if (work !== undefined) {
      if (work.again === undefined) this.adds += 1;
      work.again ??= { item, priority };
      work.again.priority = Math.max(work.again.priority, priority);
      if (about) work.again.item = item;
      if (about) work.parking = undefined;
      return;
    }
    const ready = this.#ready.find((entry) => entry.key === key);
    const parked = this.#parked.find((entry) => entry.key === key);
    const waiting = ready ?? parked;
    if (waiting === undefined) {
      this.adds += 1;
      return this.#wait(key, item, priority);
    }
    if (about) waiting.item = item;
    const rises = priority > waiting.priority;
    waiting.priority = Math.max(waiting.priority, priority);
    if (rises) waiting.order = this.#next();
    if (parked !== undefined && (about || this.#parkWhile?.(parked.cluster) === false)) {
      this.#leave(parked);
      this.#makeReady(key, parked.item, parked.priority);
    }
  }

  #wait(key: string, item: Request, priority: number): void {
    const cluster = this.#parkedFor(item);
    if (cluster === undefined) this.#makeReady(key, item, priority);
    else this.#park(key, item, priority, cluster);
  }

  #makeReady(key: string, item: Request, priority: number): void {
    const lane = this.#fair ? nameOf(item.cluster) : NO_CLUSTER;
    this.#ready.push({ key, item, priority, lane, order: this.#next() });
    if (!this.#turns.includes(lane)) this.#turns.push(lane);
  }

  #park(key: string, item: Request, priority: number, cluster: ObjectKey): void {
    this.#parked.push({ key, item, priority, cluster, order: this.#next() });
  }

  #leave(entry: Entry): void {
    this.#ready = this.#ready.filter((other) => other !== entry);
    this.#parked = this.#parked.filter((other) => other !== entry);
    this.#turns = this.#turns.filter((lane) => this.#ready.some((other) => other.lane === lane));
  }

  #parkedFor(item: Request): ObjectKey | undefined {
    if (this.shuttingDown || item.cluster === undefined || isAboutConnection(item)) return undefined;
    return this.#parkWhile?.(item.cluster) ? item.cluster : undefined;
  }
}
