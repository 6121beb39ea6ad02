/**
 * What it costs to have all pods of a cluster, and each change of them: `node bench/sync.ts`. Contestants take turns, each run in a process of its own, against one server in
 * another that stays. `--server real` is a kube-apiserver, `--delay 50` makes a round trip of 100 ms, `--events 100000` a storm of changes after the sync.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { ContestantName } from './run.ts';
import type { Figures, Size } from './scenario.ts';
import { type SyncContestantName, syncContestants } from './sync-contestant.ts';
import type { SyncFigures, SyncRun } from './sync-run.ts';
import { SyncServer } from './sync-server.ts';

/** ms after which a run is given up: a storm on a slow machine. */
const PATIENCE = 600_000;

async function run(server: SyncServer, asked: SyncRun): Promise<SyncFigures> {
  const child = fork(`${import.meta.dirname}/sync-run.ts`, { execArgv: ['--expose-gc', '--max-old-space-size=4096'] });
  const signal = AbortSignal.timeout(PATIENCE);
  const message = (): Promise<unknown> => Promise.race([
    once(child, 'message', { signal }).then(([message]) => message as unknown),
    once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`${asked.contestant} did not finish: exit status ${String(code)}`))),
  ]);
  try {
    child.send(asked);
    if (asked.events > 0) {
      await message();
      const figures = message();
      await Promise.all([server.tell('storm', { events: asked.events }), figures]);
      return await figures as SyncFigures;
    }
    return await message() as SyncFigures;
  } finally {
    child.kill('SIGKILL');
  }
}

/** The pods of one cluster: kept and told, and with a controller that has each of them reconciled, of one kind and of the other; in turn, from one server. */
export async function controllerSync(_contestant: ContestantName, { controllers: { objects: count } }: Size): Promise<Figures> {
  await using server = await SyncServer.start({ server: 'embedded', count });
  const kubeconfig = await server.tell('kubeconfig', { delay: 0 });
  const alone = await run(server, { contestant: 'clustercache', kubeconfig, count, events: 0 });
  const waiting = await run(server, { contestant: 'clustercache, a controller', kubeconfig, count, events: 0 });
  const fleet = await run(server, { contestant: 'clustercache, a controller of workload clusters', kubeconfig, count, events: 0 });
  return {
    alone: alone.wall, aloneCpu: alone.cpu, aloneBlock: alone.block,
    waiting: waiting.wall, waitingCpu: waiting.cpu, waitingBlock: waiting.block,
    fleet: fleet.wall, fleetCpu: fleet.cpu, fleetBlock: fleet.block,
  };
}

/** `median (least–most)` */
function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = NaN, most = NaN, below = NaN, above = NaN] = [sorted[0], sorted.at(-1), sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  const middle = (below + above) / 2;
  return sorted.length < 2 ? middle.toFixed(digits) : `${middle.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function table(results: ReadonlyMap<string, readonly SyncFigures[]>, floor: readonly SyncFigures[], bytes: number): string {
  const columns: readonly (readonly [title: string, of: (figures: SyncFigures, round: number) => number | undefined, digits: number])[] = [
    ['CPU, µs a pod', ({ cpu }) => cpu, 0],
    ['to the floor', ({ cpu }, round) => cpu / (floor[round]?.cpu ?? NaN), 2],
    ['wall, s', ({ wall }) => wall, 2],
    ['MB/s', ({ wall }) => bytes / 1e6 / wall, 1],
    ['peak, MB', ({ peak }) => peak, 0],
    ['heap, KB a pod', ({ heap }) => heap, 2],
    ['block, ms', ({ block }) => block, 0],
    ['an event, µs', ({ eventCpu }) => eventCpu, 0],
    ['events/s', ({ eventRate }) => eventRate, 0],
  ];
  const rows = [...results].map(([name, figures]) => [name, ...columns.map(([, of, digits]) => {
    const values = figures.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? '–' : spread(values, digits);
  })]);
  return [['', ...columns.map(([title]) => title)], Array.from({ length: columns.length + 1 }, () => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      server: { type: 'string', default: 'embedded' }, count: { type: 'string', default: '20000' }, rounds: { type: 'string', default: '3' }, events: { type: 'string', default: '0' },
      delay: { type: 'string', multiple: true, default: ['0'] }, only: { type: 'string', multiple: true }, json: { type: 'boolean', default: false },
    },
  });
  const [count, rounds, events] = [Number(values.count), Number(values.rounds), Number(values.events)];
  const names = (Object.keys(syncContestants) as SyncContestantName[]).filter((name) => values.only === undefined || values.only.includes(name));
  const [first] = names;
  if (first === undefined) throw new Error(`--only is one of ${Object.keys(syncContestants).join('; ')}`);
  await using server = await SyncServer.start({ server: values.server === 'real' ? 'real' : 'embedded', count });
  process.stderr.write(`${count} pods, ${(server.bytes / 1e6).toFixed(1)} MB\n`);
  for (const delay of values.delay) {
    const kubeconfig = await server.tell('kubeconfig', { delay: Number(delay) });
    const results = new Map<string, SyncFigures[]>(names.map((name) => [name, []]));
    for (let round = 1; round <= rounds; round++) {
      for (const contestant of names) {
        const figures = await run(server, { contestant, kubeconfig, count, events });
        results.get(contestant)?.push(figures);
        process.stderr.write(`${round}/${rounds} ${contestant}: ${Object.entries(figures).map(([name, value]) => `${name} ${Number(value).toFixed(2)}`).join(', ')}\n`);
      }
    }
    console.log(`\n${values.server} server, ${count} pods, round trip of ${2 * Number(delay)} ms, ${rounds} rounds\n`);
    console.log(values.json ? JSON.stringify(Object.fromEntries(results)) : table(results, results.get(first) ?? [], server.bytes));
  }
}
