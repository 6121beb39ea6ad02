/** One measurement of one queue, in a process of its own. */
import { type Request, WorkQueue } from '../lib/index.ts';

/** What is measured of a queue in which so many items wait, of so many clusters. */
export interface QueueRun {
  readonly contestant: string;
  readonly waiting: number;
  readonly clusters: number;
  readonly operations: number;
}

/** Times are µs of CPU, all threads: a collector that cleans up behind it counts. */
export interface QueueFigures {
  /** An add, while the queue fills. */
  readonly add: number;
  /** An add, a poll and a done, while all the others wait. */
  readonly cycle: number;
  /** B of memory an item that waits, the item apart. */
  readonly memory: number;
}

/** What every contestant can do. */
interface Queue<T> {
  add(item: T): void;
  poll(): T | undefined;
  done(item: T): void;
  readonly length: number;
}

/** As client-go's queue, and nothing more: what is to be done in the order in which it came, each item once. */
class PlainQueue<T> implements Queue<T> {
  readonly #dirty = new Set<T>();
  readonly #processing = new Set<T>();
  #items: T[] = [];
  #first = 0;

  get length(): number { return this.#items.length - this.#first; }

  add(item: T): void {
    if (this.#dirty.has(item)) return;
    this.#dirty.add(item);
    if (!this.#processing.has(item)) this.#items.push(item);
  }

  poll(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#first] as T;
    this.#first += 1;
    // What has been handed out is cut off when it is half of all, so that it costs each item the same.
    if (2 * this.#first > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    this.#processing.add(item);
    this.#dirty.delete(item);
    return item;
  }

  done(item: T): void {
    this.#processing.delete(item);
    if (this.#dirty.has(item)) this.#items.push(item);
  }
}

/** How an item is named: a cluster that can be read at once. */
const nameOf = (i: number, clusters: number): string => `${String(i % clusters).padStart(4, '0')}/default/object-${i}`;
const clusterKeys = (clusters: number) => Array.from({ length: clusters }, (_, i) => ({ namespace: 'fleet', name: `cluster-${i}` }));

/** Strings as they come off a wire, each in one piece. */
const texts = (count: number, clusters: number) => Array.from({ length: count }, (_, i) => Buffer.from(nameOf(i, clusters)).toString());

interface Contest<T> {
  readonly items: (count: number, clusters: number) => readonly T[];
  readonly queue: (clusters: number) => Queue<T>;
}

const fair = (clusters: number): WorkQueue<string> => {
  const keys = clusterKeys(clusters);
  return new WorkQueue<string>({ clusterOf: (item) => keys[Number(item.slice(0, 4))] });
};

const contest = <T>(one: Contest<T>): Contest<unknown> => one;

const contests: { readonly [contestant: string]: Contest<unknown> } = {
  'plain FIFO': contest({ items: texts, queue: () => new PlainQueue<string>() }),
  'work queue, clusters take turns': contest({ items: texts, queue: fair }),
  'work queue, not fair': contest({ items: texts, queue: () => new WorkQueue<string>({ fair: false }) }),
  'work queue of requests, clusters take turns': contest<Request>({
    items: (count, clusters) => {
      const keys = clusterKeys(clusters);
      return Array.from({ length: count }, (_, i) => ({ namespace: 'default', name: `object-${i}`, ...{ cluster: keys[i % clusters] } }) as Request);
    },
    queue: () => new WorkQueue(),
  }),
  'work queue, all delayed': contest({
    items: texts,
    queue: (clusters) => {
      const queue = fair(clusters);
      const delayed: Queue<string> = {
        // Each is due before all that wait: the whole way up the heap.
        add: (item) => { queue.addAfter(item, 1e9 - queue.waiting); }, poll: () => 'nothing is due', done() {}, get length() { return queue.waiting; },
      };
      return delayed;
    },
  }),
};

export const queueContestants: readonly string[] = Object.keys(contests);

/** Items before any is measured: everything is compiled. */
const WARM_UP = 5_000;
const WARM_UPS = 20;

function measure({ contestant, waiting, clusters, operations }: QueueRun): QueueFigures {
  const chosen = contests[contestant];
  if (chosen === undefined) throw new Error(`${contestant} is none of ${queueContestants.join('; ')}`);
  const items = chosen.items(waiting + operations, clusters);
  for (let i = 0; i < WARM_UPS; i++) {
    const queue = chosen.queue(clusters);
    for (const item of items.slice(0, WARM_UP)) queue.add(item);
    cycle(queue, items.slice(WARM_UP), WARM_UP);
  }
  const queue = chosen.queue(clusters);
  const before = memory();
  const add = cost(() => { for (let i = 0; i < waiting; i++) queue.add(items[i]); }, waiting);
  const after = memory();
  const whole = cost(() => { cycle(queue, items.slice(waiting), operations); }, operations);
  if (queue.length < waiting) throw new Error(`${queue.length} wait, and not ${waiting}`);
  return { add, cycle: whole, memory: (after - before) / waiting };
}

function cycle<T>(queue: Queue<T>, items: readonly T[], operations: number): void {
  for (let i = 0; i < operations; i++) {
    queue.add(items[i] as T);
    const item = queue.poll();
    if (item === undefined) throw new Error('nothing is ready');
    queue.done(item);
  }
}

function cost(work: () => void, times: number): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / times;
}

function memory(): number {
  if (globalThis.gc === undefined) throw new Error('it is to run with --expose-gc');
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

if (import.meta.main) {
  process.once('message', (run: QueueRun) => {
    process.send?.(measure(run), () => process.exit());
  });
}
