/**
 * What a work queue costs while many items wait in it, beside a plain FIFO of a Set and an array: `node bench/workqueue.ts`. Contestants take turns, each run in a process of its
 * own. `--waiting 1000` says how many wait, once for each size.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type QueueFigures, type QueueRun, queueContestants } from './workqueue-run.ts';

/** ms after which a run is given up: a million items on a slow machine. */
const PATIENCE = 240_000;

/** What a queue of clusters that take turns must reach with a million items that wait. */
const TARGETS: { readonly [F in keyof QueueFigures]?: number } = { cycle: 2, memory: 200 };

async function run(asked: QueueRun): Promise<QueueFigures> {
  const child = fork(`${import.meta.dirname}/workqueue-run.ts`, { execArgv: ['--expose-gc', '--max-old-space-size=4096'] });
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    child.send(asked);
    const [figures] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`${asked.contestant} did not finish: exit status ${String(code)}`))),
    ]) as [QueueFigures];
    return figures;
  } finally {
    child.kill('SIGKILL');
  }
}

/** `median (least–most)` */
function spread(values: readonly number[], digits: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const [least = NaN, most = NaN] = [sorted[0], sorted.at(-1)];
  return sorted.length < 2 ? median(values).toFixed(digits) : `${median(values).toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [below = NaN, above = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return (below + above) / 2;
}

type Results = ReadonlyMap<string, readonly QueueFigures[]>;

function table(results: Results, waiting: number): string {
  const columns: readonly (readonly [title: string, of: keyof QueueFigures, digits: number])[] = [
    ['an add, µs', 'add', 2], ['add, poll and done, µs', 'cycle', 2], ['memory an item that waits, B', 'memory', 0],
  ];
  const rows = [...results].map(([contestant, figures]) => {
    const cells = columns.map(([, of, digits]) => {
      const target = TARGETS[of];
      const values = figures.map((figure) => figure[of]);
      const verdict = target === undefined || waiting < 1e6 || contestant !== 'work queue, clusters take turns' ? '' : `; ≤ ${target}: ${median(values) <= target ? 'pass' : '**miss**'}`;
      return `${spread(values, digits)}${verdict}`;
    });
    return [contestant, ...cells];
  });
  return [[`${waiting} wait`, ...columns.map(([title]) => title)], Array.from({ length: columns.length + 1 }, () => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      waiting: { type: 'string', multiple: true, default: ['1000', '1000000'] }, clusters: { type: 'string', default: '1000' }, operations: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' }, only: { type: 'string', multiple: true }, json: { type: 'boolean', default: false },
    },
  });
  const [rounds, clusters, operations] = [Number(values.rounds), Number(values.clusters), Number(values.operations)];
  const contestants = queueContestants.filter((name) => values.only === undefined || values.only.includes(name));
  if (contestants.length === 0) throw new Error(`--only is one of ${queueContestants.join('; ')}`);
  const machine = { cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, memory: `${Math.round(totalmem() / 2 ** 30)} GB`, node: process.version, rounds, clusters, operations };
  const sizes = values.waiting.map((waiting) => ({ waiting: Number(waiting), results: new Map<string, QueueFigures[]>(contestants.map((name) => [name, []])) }));
  for (let round = 1; round <= rounds; round++) {
    for (const { waiting, results } of sizes) {
      for (const contestant of contestants) {
        const figures = await run({ contestant, waiting, clusters, operations });
        results.get(contestant)?.push(figures);
        process.stderr.write(`${round}/${rounds} ${waiting} wait, ${contestant}: ${Object.entries(figures).map(([name, value]) => `${name} ${Number(value).toFixed(2)}`).join(', ')}\n`);
      }
    }
  }
  if (values.json) {
    console.log(JSON.stringify({ machine, results: Object.fromEntries(sizes.map(({ waiting, results }) => [waiting, Object.fromEntries(results)])) }, null, 2));
  } else {
    console.log(`${machine.cpu}, ${machine.memory}, Node ${machine.node}. ${rounds} rounds, items of ${clusters} clusters; each cell is the median, and in brackets the least and the most.`);
    for (const { waiting, results } of sizes) console.log(`\n${table(results, waiting)}`);
  }
}
