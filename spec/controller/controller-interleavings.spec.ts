import { expect } from 'chai';
import { Observable, Subject, VirtualTimeScheduler } from 'rxjs';
import { Controller } from '../../lib/controller/controller.ts';
import type { Result } from '../../lib/controller/result.ts';
import { TerminalError } from '../../lib/controller/terminal-error.ts';
import type { ClusterConnectionState } from '../../lib/model/connection-state.ts';
import { ClusterNotConnectedError } from '../../lib/model/errors.ts';
import { unknownHealth } from '../../lib/model/health.ts';
import { type Request, aboutConnection, formatRequest } from '../../lib/model/request.ts';
import { randomNumbers } from '../suites/random-selectors.ts';
import { request } from './controller-scene.ts';

/** Interleavings that are tried, and steps in each: two seconds. SEED=n tries that one alone. */
const SEEDS = 150;
const STEPS = 150;
const CLUSTERS = ['c', 'd'];

/** A reconcile that has begun and not ended. */
interface Running {
  readonly key: string;
  readonly cluster: string;
  /** Clusters that had gone when it began. */
  readonly since: number;
  isOverdue: boolean;
  end(outcome: 'success' | 'failure' | 'terminal' | 'later' | 'notConnected'): void;
}

/** Has a controller do what a seed says, and looks all the time whether it keeps what it promises. */
class Interleaving {
  readonly #random: () => number;
  readonly #scheduler = new VirtualTimeScheduler();
  readonly #connections = new Subject<ClusterConnectionState<unknown>>();
  readonly #running = new Set<Running>();
  /** Clusters that are known. */
  readonly #known = new Set<string>();
  /** Times that a cluster went. */
  #absences = 0;
  /** Keys that must be reconciled once more, and why. */
  readonly #owed = new Map<string, string>();
  readonly #lastStart = new Map<string, number>();
  readonly #controller: Controller;
  readonly #max: number;
  readonly #minInterval: number | undefined;
  readonly #deadline: number | undefined;
  /** What was promised and not kept. The controller would only retry what a reconcile throws. */
  readonly #broken: string[] = [];
  #isCalm = false;
  started = 0;

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
    this.#max = 1 + this.#below(4);
    this.#minInterval = this.#below(3) === 0 ? 10 : undefined;
    this.#deadline = this.#below(2) === 0 ? 30 : undefined;
    this.#controller = new Controller({
      name: 'machine', sources: [], scheduler: this.#scheduler, maxConcurrentReconciles: this.#max, minInterval: this.#minInterval, deadline: this.#deadline,
      clusters: { connections$: this.#connections }, reconcile: (asked, { signal }) => this.#reconcile(asked, signal),
    });
    void this.#controller.start();
    for (const cluster of CLUSTERS) this.#tell(cluster, 'connecting');
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      this.#step();
      await settled();
    }
    // From now on all goes well.
    this.#isCalm = true;
    for (const cluster of CLUSTERS) this.#tell(cluster, 'connected');
    for (let round = 0; round < 10; round += 1) {
      for (const running of this.#running) running.end('success');
      await settled();
      this.#pass(2_000_000);
      await settled();
    }
    const { queue } = this.#controller;
    expect(this.#broken).to.deep.equal([]);
    expect([...this.#owed]).to.deep.equal([]);
    expect([this.#running.size, queue.length, queue.waiting, queue.parked, queue.processing]).to.deep.equal([0, 0, 0, 0, 0]);
    await this.#controller.stop();
  }

  #step(): void {
    const running = [...this.#running];
    switch (this.#below(8)) {
      case 0: case 1: case 2: return this.#add();
      case 3: case 4: return running[this.#below(running.length)]?.end((['success', 'failure', 'terminal', 'later', 'notConnected'] as const)[this.#below(5)] ?? 'success');
      case 5: return this.#tell(CLUSTERS[this.#below(2)] ?? '', (['connecting', 'connected', 'absent'] as const)[this.#below(3)] ?? 'absent');
      default: return this.#pass(this.#below(25));
    }
  }

  #add(): void {
    const cluster = CLUSTERS[this.#below(2)] ?? '';
    const asked = request('abc'[this.#below(3)] ?? '', cluster);
    const key = formatRequest(asked);
    // What is parked is woken by its cluster, or by word of it.
    const news = this.#below(3) === 0 ? aboutConnection(asked) : asked;
    this.#owed.set(key, `added at ${this.#scheduler.now()}`);
    this.#controller.queue.add(news, { priority: this.#below(3), after: this.#below(2) * this.#below(20) });
  }

  #reconcile(asked: Request, signal: AbortSignal): Promise<Result | void> | Observable<Result | void> | Result | void {
    const key = formatRequest(asked);
    const now = this.#scheduler.now();
    this.started += 1;
    if ([...this.#running].some((other) => other.key === key)) this.#broken.push(`two reconciles of ${key} at once`);
    if ([...this.#running].filter(({ isOverdue }) => !isOverdue).length >= this.#max) this.#broken.push('more reconciles than workers');
    if (this.#minInterval !== undefined && now - (this.#lastStart.get(key) ?? -Infinity) < this.#minInterval) this.#broken.push(`${key} was started ${now - (this.#lastStart.get(key) ?? 0)} ms after the last time`);
    this.#lastStart.set(key, now);
    this.#owed.delete(key);
    if (this.#isCalm) return undefined;
    return this.#below(2) === 0 ? this.#promised(key, asked.cluster?.name ?? '', signal) : this.#observed(key, asked.cluster?.name ?? '');
  }

  #promised(key: string, cluster: string, signal: AbortSignal): Promise<Result | void> {
    const { promise, resolve, reject } = Promise.withResolvers<Result | void>();
    const running = this.#begun(key, cluster, resolve, reject);
    signal.addEventListener('abort', () => {
      running.isOverdue = true;
      this.#owed.set(key, `overdue at ${this.#scheduler.now()}`);
    });
    return promise;
  }

  #observed(key: string, cluster: string): Observable<Result | void> {
    return new Observable((subscriber) => {
      const running = this.#begun(key, cluster, (result) => {
        subscriber.next(result);
        subscriber.complete();
      }, (error) => subscriber.error(error));
      return () => {
        if (this.#running.delete(running)) this.#owed.set(key, `overdue at ${this.#scheduler.now()}`);
      };
    });
  }

  #begun(key: string, cluster: string, resolve: (result: Result | void) => void, reject: (error: unknown) => void): Running {
    const running: Running = { key, cluster, since: this.#absences, isOverdue: false, end: (outcome) => {
      this.#running.delete(running);
      // What is about a cluster that went before it began is forgotten.
      const isForgotten = outcome === 'notConnected' && !this.#known.has(cluster) && running.since === this.#absences;
      if (!isForgotten && (outcome === 'failure' || outcome === 'later' || outcome === 'notConnected')) this.#owed.set(key, `${outcome} at ${this.#scheduler.now()}`);
      switch (outcome) {
        case 'success': return resolve();
        case 'later': return resolve(this.#below(2) === 0 ? { requeue: true } : { requeueAfter: 1 + this.#below(50) });
        case 'failure': return reject(new Error('boom'));
        case 'terminal': return reject(new TerminalError('never'));
        case 'notConnected': return reject(new ClusterNotConnectedError('client', { cluster: { namespace: 'default', name: cluster } }));
      }
    } };
    this.#running.add(running);
    return running;
  }

  #tell(cluster: string, phase: 'connecting' | 'connected' | 'absent'): void {
    const own = { cluster: { namespace: 'default', name: cluster }, since: new Date(0), health: unknownHealth };
    if (phase !== 'absent') this.#known.add(cluster);
    else if (this.#known.delete(cluster)) this.#absences += 1;
    const state: ClusterConnectionState<unknown> = phase === 'absent' ? { ...own, phase, reason: 'deleted' } : phase === 'connected' ? { ...own, phase, connection: {} } : { ...own, phase, attempt: 0 };
    this.#connections.next(state);
  }

  #pass(ms: number): void {
    const until = this.#scheduler.now() + ms;
    this.#scheduler.maxFrames = until;
    this.#scheduler.flush();
    this.#scheduler.frame = until;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
}

/** Promises that are settled have been heard of. */
async function settled(): Promise<void> {
  for (let step = 0; step < 6; step += 1) await Promise.resolve();
}

describe('a Controller, whatever comes in whatever order', () => {
  const { SEED } = process.env;
  const seeds = SEED === undefined ? Array.from({ length: SEEDS }, (_, at) => Math.floor(Date.now() / 1000) * 1000 + at) : [Number(SEED)];

  it(`never reconciles a request twice at once, loses none, and keeps to its workers and its interval (${seeds.length} interleavings from SEED=${seeds[0]})`, async () => {
    let started = 0;
    for (const seed of seeds) {
      const interleaving = new Interleaving(seed);
      try {
        await interleaving.run();
      } catch (error) {
        throw new Error(`SEED=${seed}`, { cause: error });
      }
      started += interleaving.started;
    }
    expect(started).to.be.greaterThan(seeds.length * 10);
  });
});
