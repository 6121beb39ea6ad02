/**
 * What clusters cost their client: the cluster cache, a bare node:http2 program that sends the same requests (the floor) and client-node, in turn, each run in a
 * process of its own against servers in another. `npm run bench` prints tables in Markdown, `-- --quick` rough ones within a few minutes, `-- --json` every figure, and
 * `-- --only NAME` a part of it.
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { markdown } from './report.ts';
import type { ContestantName, ScenarioName } from './run.ts';
import type { Figures, Size } from './scenario.ts';

/** What was measured: of each scenario and contestant one entry a round. */
export type Results = { [S in ScenarioName]?: { [C in ContestantName]?: Figures[] } };

const FULL: Size = {
  login: 'token', few: 200, many: 1_000, probed: 50, probeInterval: 100, probedFor: 6_000, calls: 200, healthy: 600, hanging: 400, observedFor: 25_000,
  pods: 20_000, reads: 1_000_000,
  // For so long that clusters that hang are dialled once more, 30 s after they were given up.
  controllers: { clusters: 1_000, writeInterval: 4, writtenFor: 40_000, objects: 100_000 },
  // As by default, a cluster is given up after 50 s and dialled again 30 s later.
  blackout: { clusters: 100, lasting: 60_000, timing: {} }, refusal: { clusters: 20, lasting: 20_000 }, rotation: { clusters: 20, overlap: 5_000 },
};
const QUICK: Size = {
  login: 'token', few: 20, many: 60, probed: 10, probeInterval: 100, probedFor: 600, calls: 50, healthy: 30, hanging: 20, observedFor: 1_000,
  pods: 2_000, reads: 100_000, controllers: { clusters: 60, writeInterval: 20, writtenFor: 1_000, objects: 2_000 },
  blackout: { clusters: 10, lasting: 4_000, timing: { probeInterval: 300, probeTimeout: 2_000, retryInterval: 3_000 } }, refusal: { clusters: 5, lasting: 5_000 }, rotation: { clusters: 5, overlap: 1_000 },
};

/** Who takes part in what. client-node has no connections that could be held. */
const PLAN: readonly (readonly [ScenarioName, readonly ContestantName[]])[] = [
  ['growth', ['floor', 'clustercache', 'client-node']],
  ['probing', ['floor', 'clustercache', 'client-node']],
  ['calls', ['floor', 'clustercache', 'client-node']],
  ['fleet', ['floor', 'clustercache']],
  ['healthy', ['clustercache']],
  ['hanging', ['clustercache']],
  ['controllerStates', ['clustercache']],
  ['controllerAlone', ['clustercache']],
  ['controllerHanging', ['clustercache']],
  ['controllerSync', ['clustercache']],
  ['reads', ['floor', 'clustercache', 'client-node']],
  ['blackout', ['clustercache', 'client-node']],
  ['refusal', ['clustercache', 'client-node']],
  ['tokenRotation', ['clustercache']],
  ['certificateRotation', ['clustercache']],
];

/** What has a table of its own, and a program of its own with more options: pods that are synced and changes of them, and items that wait in a work queue. */
const PROGRAMS = {
  sync: { full: { count: 20_000, events: 20_000 }, quick: { count: 2_000, events: 2_000 } },
  workqueue: { full: { waiting: [1_000, 1_000_000], operations: 1_000_000 }, quick: { waiting: [1_000, 10_000], operations: 10_000 } },
} as const;

/** ms after which a run is given up: a blackout lasts a minute, and what follows it may take another. */
const PATIENCE = 240_000;

async function run(contestant: ContestantName, scenario: ScenarioName, size: Size): Promise<Figures> {
  const child = fork(`${import.meta.dirname}/run.ts`, [contestant, scenario, JSON.stringify(size)], { execArgv: ['--expose-gc'] });
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const [answer] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => Promise.reject(new Error(`${contestant} did not finish ${scenario}: exit status ${String(code)}`))),
    ]) as [Figures];
    return answer;
  } finally {
    child.kill('SIGKILL'); // its server ends with it
  }
}

/** What a program of the bench that has a table of its own prints. */
async function printed(program: string, options: Readonly<Record<string, number | readonly number[]>>, json: boolean): Promise<string> {
  const asked = Object.entries(options).flatMap(([name, values]) => [values].flat().flatMap((value) => [`--${name}`, String(value)]));
  const child = spawn(process.execPath, [`${import.meta.dirname}/${program}.ts`, ...asked, ...(json ? ['--json'] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit') as Promise<[number | null]>]);
  if (status !== 0) throw new Error(`${program} did not finish: exit status ${String(status)}`);
  return output;
}

/** The JSON that it ends with: text may come before it. */
function parsed(output: string): unknown {
  return JSON.parse(output.slice(output.search(/^\{/m)));
}

function versionOf(name: string): string {
  return (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false }, rounds: { type: 'string' }, only: { type: 'string', multiple: true }, login: { type: 'string' },
    },
  });
  const size: Size = { ...(values.quick ? QUICK : FULL), ...(values.login === 'clientCertificate' ? { login: 'clientCertificate' } : {}) };
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  const results: Results = {};
  const names: readonly string[] = [...PLAN.map(([scenario]) => scenario), ...Object.keys(PROGRAMS)];
  const { only = names } = values;
  if (!only.every((name) => names.includes(name))) throw new Error(`--only is one of ${names.join(', ')}`);
  for (let round = 1; round <= rounds; round++) {
    for (const [scenario, contestants] of PLAN) {
      if (!only.includes(scenario)) continue;
      for (const contestant of contestants) {
        const figures = await run(contestant, scenario, size);
        ((results[scenario] ??= {})[contestant] ??= []).push(figures);
        note(`${round}/${rounds} ${scenario} ${contestant}: ${Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ')}`);
      }
    }
  }
  const tables: Record<string, string> = {};
  for (const [program, { full, quick }] of Object.entries(PROGRAMS)) {
    if (only.includes(program)) tables[program] = await printed(program, { ...(values.quick ? quick : full), rounds }, values.json);
  }
  const machine = {
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, memory: `${Math.round(totalmem() / 2 ** 30)} GB`, node: process.version,
    clientNode: versionOf('@kubernetes/client-node'), rxjs: versionOf('rxjs'), rounds, ...size,
  };
  if (values.json) {
    console.log(JSON.stringify({ machine, results, ...Object.fromEntries(Object.entries(tables).map(([program, output]) => [program, parsed(output)])) }, null, 2));
  } else {
    if (Object.keys(results).length > 0) console.log(markdown(results, machine));
    for (const table of Object.values(tables)) console.log(`\n${table}`);
  }
}
