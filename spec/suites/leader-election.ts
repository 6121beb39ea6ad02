import { expect } from 'chai';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Observable, Subject, filter, firstValueFrom, map, merge, startWith, timeout } from 'rxjs';
import { kubeconfig } from '../../ground-truth/kubeconfig.ts';
import type { RawWatch } from '../../ground-truth/raw-client.ts';
import { TcpProxy } from '../../lib/testing/tcp-proxy.ts';
import type { Backend, Environment, TestServer } from '../backends/backend.ts';
import type { CandidateOrders, CandidateReport } from './candidate.ts';

const PROGRAM = fileURLToPath(new URL('./candidate.ts', import.meta.url));
const NAMESPACE = 'default';
const NAME = 'election';
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
/**
 * A Lease keeps whole seconds; twenty rounds of each sort take less than four minutes. What 2 retryPeriods are more than the 1.2 that may pass until a renewal is seen, 320 ms, is for a machine
 * that has much to do.
 */
const TIMINGS = { leaseDuration: 2_000, renewDeadline: 1_400, retryPeriod: 400 };
const WRITE_INTERVAL = 40;
/** ms for whatever is to happen: a process takes a while to start on a machine that has much to do. */
const SOON = 20_000;

/** Resolves when it holds: asked at once, and whenever something has changed. */
async function until(changed$: Observable<unknown>, holds: () => boolean, what: string): Promise<void> {
  await firstValueFrom(changed$.pipe(startWith(undefined), map(holds), filter(Boolean), timeout({ first: SOON, with: () => { throw new Error(`${what}: not within ${SOON} ms`); } })));
}

/** One write as the watch tells of it. */
interface Write {
  readonly at: number;
  readonly generation: number;
  readonly by: string;
}

/** A candidate in a process of its own, on a network of its own. */
class CandidateProcess implements AsyncDisposable {
  readonly identity: string;
  readonly path: TcpProxy;
  readonly #reports: CandidateReport[] = [];
  readonly #process: ChildProcess;
  readonly #changed = new Subject<void>();
  /** Emits after each report, and at its end. */
  readonly changed$: Observable<void> = this.#changed.asObservable();

  private constructor(identity: string, path: TcpProxy, compileCache: string) {
    this.identity = identity;
    this.path = path;
    this.#process = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, NODE_COMPILE_CACHE: compileCache } });
    this.#process.on('message', (report: CandidateReport) => {
      this.#reports.push(report);
      this.#changed.next();
    }).on('exit', () => this.#changed.next());
  }

  /** A process that waits for its orders. `compileCache`: a directory that spares all but the first the compiling. */
  static async start(identity: string, server: TestServer, compileCache: string): Promise<CandidateProcess> {
    return new CandidateProcess(identity, await TcpProxy.to(Number(new URL(server.url).port)), compileCache);
  }

  run(orders: CandidateOrders): void {
    this.#process.send(orders);
  }

  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  stop(): void {
    this.#process.send('stop');
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The first such report, of those that came or come. */
  async reported<T extends CandidateReport['type']>(type: T): Promise<Extract<CandidateReport, { type: T }>> {
    const found = () => this.#reports.find((report): report is Extract<CandidateReport, { type: T }> => report.type === type);
    await until(this.changed$, () => found() !== undefined, `${this.identity} ${type}`);
    return found() ?? expect.fail();
  }

  /** Whom it last saw to hold the Lease, while it waited. */
  get waitsFor(): string | undefined {
    const last = this.#reports.at(-1);
    return last?.type === 'waiting' ? last.holder : undefined;
  }

  async end(): Promise<void> {
    if (!this.ended) await once(this.#process, 'exit');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.end();
    await this.path.close();
  }
}

/** Two processes and one Lease: leaders that crash, that are stopped and go on, and that are cut off. */
export function describeLeaderElection(backend: Backend, { rounds }: { readonly rounds: number }): void {
  describe(`leader election of two processes, ${backend.name} server`, function () {
    this.timeout(300_000);
    let environment: Environment;
    let server: TestServer;
    let watch: RawWatch | undefined;
    let compileCache: string;
    /** Every write of every round: of one Lease and one ConfigMap. */
    const writes: Write[] = [];
    const written$ = new Subject<void>();
    /** The two that run, and one that has been started for when it is needed. */
    let candidates: CandidateProcess[] = [];
    let spare: CandidateProcess | undefined;
    let started = 0;

    before(async () => {
      compileCache = await mkdtemp(join(tmpdir(), 'candidates-'));
      environment = await backend.start();
      server = environment.management;
      const { metadata } = await server.raw.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME }, data: {} });
      watch = await server.raw.watch(`${CONFIG_MAPS}?watch=1&fieldSelector=metadata.name=${NAME}&resourceVersion=${metadata?.resourceVersion}`);
      void record(watch);
      for (let count = 0; count < 2; count += 1) await enter();
    });

    after(async () => {
      for (const candidate of candidates) await candidate[Symbol.asyncDispose]();
      await spare?.[Symbol.asyncDispose]();
      watch?.[Symbol.dispose]();
      await environment?.stop();
      await rm(compileCache, { recursive: true, force: true });
    });

    async function record(events: RawWatch): Promise<void> {
      try {
        for (let event = await events.next(); event !== undefined; event = await events.next()) {
          const { generation, by = '' } = event.object.data ?? {};
          if (event.type !== 'MODIFIED') continue;
          writes.push({ at: performance.now(), generation: Number(generation), by });
          written$.next();
        }
      } catch { /* it is closed when the spec is over */ }
    }

    const prepared = (): Promise<CandidateProcess> => CandidateProcess.start(`candidate-${started += 1}`, server, compileCache);

    async function enter(): Promise<void> {
      const candidate = spare ?? await prepared();
      const { identity, path: { port } } = candidate;
      const { credential } = await server.login('rsa');
      candidate.run({ kubeconfig: kubeconfig({ url: `https://127.0.0.1:${port}`, ca: server.ca, credential }), identity, namespace: NAMESPACE, name: NAME, ...TIMINGS, writeInterval: WRITE_INTERVAL });
      candidates.push(candidate);
      spare = await prepared();
    }

    /** Resolves when there is one who leads and one who knows it. One who has lost for want of processor time is replaced: it does not count as a round. */
    async function inOffice(): Promise<readonly [leader: CandidateProcess, other: CandidateProcess]> {
      for (;;) {
        const [one, two] = candidates as [CandidateProcess, CandidateProcess];
        const pair = () => [[one, two], [two, one]].find(([leader, other]) => leader?.identity === writes.at(-1)?.by && other?.waitsFor === leader?.identity);
        await until(merge(written$, one.changed$, two.changed$), () => one.ended || two.ended || pair() !== undefined, 'a leader and one who waits');
        const ended = candidates.find((candidate) => candidate.ended);
        if (ended === undefined) return pair() as [CandidateProcess, CandidateProcess];
        await replace(ended);
      }
    }

    async function replace(candidate: CandidateProcess): Promise<void> {
      await candidate[Symbol.asyncDispose]();
      candidates = candidates.filter((other) => other !== candidate);
      await enter();
    }

    /** Resolves after so many more writes. */
    const written = (count: number): Promise<void> => {
      const enough = writes.length + count;
      return until(written$, () => writes.length >= enough, `${count} more writes`);
    };

    /** One round: something happens to the leader; the other leads in time, and nothing old lands. Gives the gap, and what it may be. */
    async function round(strike: (leader: CandidateProcess) => void, resolve: (leader: CandidateProcess) => Promise<void>, waits: number): Promise<{ readonly gap: number; readonly bound: number }> {
      await inOffice();
      // At any time between two renewals; and between two writes: of what is stopped between its look at the clock and the kernel, only a server can know.
      await written(1 + Math.floor(Math.random() * TIMINGS.retryPeriod / WRITE_INTERVAL));
      await delay(Math.random() * WRITE_INTERVAL / 4);
      const [leader, other] = await inOffice();
      const from = writes.length - 1;
      const generation = writes.at(-1)?.generation ?? expect.fail();
      strike(leader);
      await until(written$, () => (writes.at(-1)?.generation ?? 0) > generation, 'a write of another leader');
      const { requests } = await other.reported('wrote');
      await resolve(leader);
      await leader.end();
      await written(5);
      const round = writes.slice(from);
      await replace(leader);
      const gap = Math.max(...round.slice(1).map(({ at }, index) => at - (round[index]?.at ?? at)));
      return { gap, bound: waits + 2 * TIMINGS.retryPeriod + requests };
    }

    /** All rounds; what is promised of each is asserted of each. */
    async function play(test: Mocha.Runnable, strike: (leader: CandidateProcess) => void, resolve: (leader: CandidateProcess) => Promise<void>, waits = TIMINGS.leaseDuration): Promise<void> {
      let longest = { gap: 0, bound: 0 };
      for (let count = 1; count <= rounds; count += 1) {
        const played = await round(strike, resolve, waits);
        expect(played.gap, `ms without a write in round ${count}`).to.be.at.most(played.bound);
        if (played.gap > longest.gap) longest = played;
      }
      // Told with the title: this is what it takes when a leader is gone.
      test.title += `; the longest time without a leader's write in ${rounds} rounds: ${longest.gap.toFixed(0)} ms of at most ${longest.bound.toFixed(0)} ms`;
      const generations = writes.map((write) => write.generation);
      expect(generations, 'no write of an older generation lands after one of a newer').to.deep.equal(generations.toSorted((a, b) => a - b));
      const writers = new Map(writes.map((write) => [write.generation, write.by]));
      expect(writes.filter((write) => writers.get(write.generation) !== write.by), 'a generation has one writer').to.deep.equal([]);
      expect(writers.size, 'generations').to.be.at.least(rounds + 1);
    }

    it('a leader that is told to stop: it gives the Lease back when it has written its last, and another need not wait for the Lease to run out', async function () {
      await play(this.runnable(), (leader) => leader.stop(), async () => {}, 0);
    });

    it('a leader that is killed: another leads in time, and nothing of the dead lands', async function () {
      await play(this.runnable(), (leader) => leader.signal('SIGKILL'), async () => {});
    });

    it('a leader that is stopped for two lease durations, and goes on: another has led meanwhile, and it writes nothing any more', async function () {
      let stopped = 0;
      await play(this.runnable(), (leader) => {
        stopped = performance.now();
        leader.signal('SIGSTOP');
      }, async (leader) => {
        await delay(Math.max(0, stopped + 2 * TIMINGS.leaseDuration - performance.now()));
        leader.signal('SIGCONT');
        await leader.reported('fenced');
        await leader.reported('lost');
      });
    });

    it('a leader whose network hangs, and heals when another leads: what it wrote into the network does not land', async function () {
      await play(this.runnable(), (leader) => leader.path.mute(), async (leader) => {
        await leader.reported('lost');
        await leader.path.heal();
      });
    });
  });
}
