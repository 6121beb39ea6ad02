/** What is seen of a rotation by who reads, writes and follows objects meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { filter } from 'rxjs';
import { type ClusterCache, isConnected, isDisconnected } from '../lib/index.ts';
import { ConfigMap, Node } from '../lib/kinds.ts';
import { Tally } from './contestant.ts';
import type { Login } from './fleet-server.ts';
import { cacheOf, keyOfCluster } from './outages-clustercache.ts';
import { COUNTER, KINDS, NAMESPACE, type OutageCommands, PLURALS, WRITTEN } from './outages-commands.ts';
import type { ScenarioApart } from './run.ts';
import { ServerProcess } from './server-process.ts';

/** ms between two calls of a loop. */
const LOOP = 100;
/** ms between two writes of a counter: two between two calls of a loop. */
const COUNT = 50;
/** ms for which everything runs before anything is measured, and after the old login is shut out. */
const AROUND = 2_000;
/** ms between two looks at whether everything has come, and in which it must have. */
const LOOK = 50;
const PATIENCE = 10_000;

export const tokenRotation: ScenarioApart = (_, { rotation }) => rotate('token', rotation);
export const certificateRotation: ScenarioApart = (_, { rotation }) => rotate('clientCertificate', rotation);

async function rotate(login: Login, { clusters, overlap }: Parameters<ScenarioApart>[1]['rotation']): ReturnType<ScenarioApart> {
  await using server = await ServerProcess.start<OutageCommands>(`${import.meta.dirname}/outages-server.ts`);
  await using cache = cacheOf(await server.tell('serve', { clusters, login }));
  const keys = Object.keys(await server.tell('kubeconfigs', {})).map(keyOfCluster);
  const seen = new Map(keys.map(({ name }) => [name, new Set<string>()]));
  const synced = new Tally();
  const connected = new Tally();
  let disconnects = 0;
  cache.events$.pipe(filter(isConnected)).subscribe(() => connected.add());
  cache.events$.pipe(filter(isDisconnected)).subscribe(() => { disconnects += 1; });
  for (const key of keys) {
    for (const plural of PLURALS) {
      cache.objects$(key, KINDS[plural]).subscribe((event) => {
        if (event.type === 'synced') synced.add();
        else if (event.key.name === COUNTER) seen.get(key.name)?.add(event.object.metadata?.resourceVersion ?? '');
      });
    }
  }
  await cache.start();
  await Promise.all([synced.reached(keys.length * PLURALS.length), connected.reached(keys.length)]);

  const loops = keys.flatMap((key) => callsOf(cache, key).map((call) => new Loop(call)));
  await sleep(AROUND); // every watch is open, and every call has been made
  const before = await server.tell('counters', {});
  const counting = server.tell('count', { interval: COUNT, lasting: AROUND + 2 * (overlap + AROUND) });
  await sleep(AROUND);
  for (const loop of loops) loop.begin();
  await sleep(overlap + AROUND);
  const calm = loops.map((loop) => loop.look());
  for (const loop of loops) loop.begin();
  await server.tell('rotate', { login, overlap });
  await sleep(AROUND);
  const calls = await Promise.all(loops.map((loop) => loop.end()));
  const written = Object.entries(await counting);
  const lost = () => written.reduce((sum, [name, versions]) => sum + versions.filter((version) => seen.get(name)?.has(version) !== true).length, 0);
  for (let waited = 0; lost() > 0 && waited < PATIENCE; waited += LOOK) await sleep(LOOK);
  const after = await server.tell('counters', {});
  return {
    calls: calls.reduce((sum, { succeeded }) => sum + succeeded, 0), failed: calls.reduce((sum, { failed }) => sum + failed, 0), gap: longest(calls), calm: longest(calm),
    lists: after.lists - before.lists, watches: after.watches - before.watches,
    changes: written.reduce((sum, [, versions]) => sum + versions.length, 0), lost: lost(), disconnects,
  };
}

/** A read from memory, a read of the API server, and a write; asked of the client of the moment, as a controller does. */
function callsOf(cache: ClusterCache, key: ReturnType<typeof keyOfCluster>): readonly (() => Promise<unknown>)[] {
  let writes = 0;
  return [
    () => cache.getReader(key).get(Node, { name: WRITTEN }),
    () => cache.getUncachedClient(key).get(ConfigMap, { namespace: NAMESPACE, name: WRITTEN }),
    () => cache.getClient(key).patch(ConfigMap, { namespace: NAMESPACE, name: WRITTEN }, { data: { writes: String(writes += 1) } }, { type: 'merge' }),
  ];
}

function longest(calls: readonly LoopFigures[]): number {
  return Math.max(...calls.map(({ gap }) => gap));
}

interface LoopFigures {
  readonly succeeded: number;
  readonly failed: number;
  /** ms beyond the interval of the loop between two successes, at the longest. */
  readonly gap: number;
}

/** Makes one call each interval, whether the last one is answered or not. */
class Loop {
  #succeeded = 0;
  #failed = 0;
  #gap = 0;
  #lastSuccess = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #calls: Promise<void>[] = [];

  constructor(call: () => Promise<unknown>) {
    const made = async (): Promise<void> => {
      try {
        await call();
        this.#widen();
        this.#lastSuccess = performance.now();
        this.#succeeded += 1;
      } catch {
        this.#failed += 1;
      }
    };
    this.#timer = setInterval(() => this.#calls.push(made()), LOOP);
  }

  /** What was so far does not count. */
  begin(): void {
    [this.#succeeded, this.#failed, this.#gap] = [0, 0, 0];
  }

  look(): LoopFigures {
    this.#widen(); // where the last ones failed
    return { succeeded: this.#succeeded, failed: this.#failed, gap: this.#gap };
  }

  /** Ends it; resolves when every call is answered. */
  async end(): Promise<LoopFigures> {
    clearInterval(this.#timer);
    await Promise.all(this.#calls);
    return this.look();
  }

  #widen(): void {
    this.#gap = Math.max(this.#gap, performance.now() - this.#lastSuccess - LOOP);
  }
}
