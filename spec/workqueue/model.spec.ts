import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { type Request, aboutConnection } from '../../lib/model/request.ts';
import { itemExponentialFailureRateLimiter } from '../../lib/workqueue/rate-limiter.ts';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import { Random } from '../../bench/random.ts';
import { QueueModel } from './queue-model.ts';
import { ShownMetrics, cluster, counts, nameOf, request } from './queue-scene.ts';

/** Of one run; one in ten runs is far longer, so that tables grow and shrink. */
const STEPS = 300;
const RUNS = 60;

const CLUSTERS = ['a', 'b', 'c'];
/** Few, so that what is done meets what was done before. */
const ITEMS = ['x', 'a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'c/1'];

/** A queue and its model, to which the same is done. */
class Twins {
  readonly #random: Random;
  readonly #clock: SinonFakeTimers;
  readonly #items: readonly string[];
  readonly #lost = new Set<string>();
  readonly #parksBy: boolean;
  readonly #metrics = new ShownMetrics();
  readonly #queue: WorkQueue;
  readonly #model: QueueModel;
  readonly #log: string[] = [];

  constructor(random: Random, clock: SinonFakeTimers, items: readonly string[]) {
    this.#random = random;
    this.#clock = clock;
    this.#items = items;
    this.#parksBy = random.next() < 0.6;
    const fair = random.next() < 0.7;
    const parkWhile = this.#parksBy ? ({ name }: { readonly name: string }) => this.#lost.has(name) : undefined;
    this.#queue = new WorkQueue({ fair, parkWhile, metrics: this.#metrics, rateLimiter: itemExponentialFailureRateLimiter({ maxDelay: 1000 }) });
    this.#model = new QueueModel(fair, parkWhile);
  }

  get log(): string { return this.#log.join('\n'); }

  step(): void {
    const queue = this.#queue;
    const model = this.#model;
    const { cluster: of, item, about, priority, ms } = this.#chances();
    this.#random.of<() => void>([
      ...times(4, () => this.#both(`add ${nameOf(item)} ${priority}`, (one) => one.add(item, { priority }))),
      ...times(4, () => this.#poll()),
      ...times(4, () => this.#both(`done ${nameOf(item)}`, (one) => one.done(item))),
      ...times(2, () => this.#both(`add ${nameOf(item)} ${priority} after ${ms}`, (one) => one.add(item, { priority, after: ms }))),
      () => this.#both(`add ${nameOf(item)} rate limited`, (one) => one.add(item, { rateLimited: true })),
      () => this.#both(`add ${nameOf(about)} ${priority} about`, (one) => one.add(about, { priority })),
      () => this.#both(`add ${nameOf(about)} about after ${ms}`, (one) => one.add(about, { after: ms })),
      () => this.#both(`forget ${nameOf(item)}`, (one) => one.forget(item)),
      ...times(2, () => this.#both(`park ${nameOf(item)} for ${of.name}`, (one) => one.park(item, of))),
      ...times(2, () => this.#both(`release ${of.name}`, (one) => one.release(of))),
      () => this.#note(`lose ${of.name}`, () => this.#lost.add(of.name)),
      () => this.#note(`connect ${of.name}, untold`, () => this.#lost.delete(of.name)),
      () => this.#note(`connect ${of.name}`, () => { this.#lost.delete(of.name); queue.release(of); model.release(of); }),
      ...times(2, () => this.#note(`${ms} ms pass`, () => { this.#clock.tick(ms); model.pass(ms); })),
    ])();
    this.#compare(item);
  }

  /** Everything that can come to an end does. */
  end(): void {
    this.#note('shut down', () => { this.#queue.shutDown(); this.#model.shutDown(); });
    this.#compare(request('x'));
    while (this.#queue.length + this.#queue.processing > 0) {
      this.#poll();
      for (const name of this.#items) this.#both(`done ${name}`, (one) => one.done(request(name)));
      this.#compare(request('x'));
    }
    expect(counts(this.#queue)).to.deep.equal({ length: 0, waiting: 0, parked: 0, processing: 0 });
  }

  #chances() {
    const name = this.#random.of(this.#items);
    return {
      cluster: cluster(this.#random.of(CLUSTERS)), item: request(name), about: aboutConnection(request(name)),
      priority: this.#random.of([0, 0, 0, 0, -100, 1, 2, 3, this.#random.between(-5, 5)]), ms: this.#random.of([0, 1, 2, 5, 10, 50, 100]),
    };
  }

  #note(step: string, run: () => void): void {
    this.#log.push(step);
    run();
  }

  #both(step: string, run: (one: WorkQueue | QueueModel) => void): void {
    this.#note(step, () => { run(this.#queue); run(this.#model); });
  }

  #poll(): Request | undefined {
    const item = this.#queue.poll();
    const expected = this.#model.poll();
    this.#note(`poll: ${item === undefined ? 'nothing' : nameOf(item)}`, () => expect(item).to.equal(expected));
    return item;
  }

  #compare(item: Request): void {
    expect(counts(this.#queue)).to.deep.equal(this.#model.counts);
    expect(this.#queue.numRequeues(item)).to.equal(this.#model.numRequeues(item));
    expect(this.#queue.priorityOf(item)).to.equal(this.#model.priorityOf(item));
    const { depth, adds, retries, readings } = this.#metrics;
    expect(Object.fromEntries(Object.entries(depth).filter(([, count]) => count !== 0))).to.deep.equal(this.#model.depth);
    expect({ adds, retries, parked: readings?.parked }).to.deep.equal({ adds: this.#model.adds, retries: this.#model.retries, parked: this.#model.counts.parked });
    // There is one timer, where something is delayed.
    expect(this.#clock.countTimers()).to.equal(Math.min(1, this.#model.counts.waiting));
  }
}

function times<T>(count: number, value: T): readonly T[] {
  return Array.from({ length: count }, () => value);
}

describe('WorkQueue, whatever is done to it', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers(); });
  afterEach(() => { clock.restore(); });

  const given = Number(process.env['WORKQUEUE_SEED']);
  const first = given > 0 ? given : Math.floor(Math.random() * 2 ** 31);

  it(`does as a queue of lists that are searched from the beginning each time (WORKQUEUE_SEED=${first})`, () => { // controller-runtime: TestFuzzPriorityQueue
    for (let seed = first; seed < first + (given > 0 ? 1 : RUNS); seed++) {
      const random = new Random(seed);
      const isLong = seed % 10 === 0;
      const items = isLong ? [...ITEMS, ...CLUSTERS.flatMap((name) => Array.from({ length: 100 }, (_, i) => `${name}/many-${i}`))] : ITEMS;
      const twins = new Twins(random, clock, items);
      try {
        for (let i = 0; i < (isLong ? 2 * STEPS : STEPS); i++) twins.step();
        twins.end();
      } catch (error) {
        throw new Error(`WORKQUEUE_SEED=${seed}:\n${twins.log}`, { cause: error });
      }
    }
  });
});
