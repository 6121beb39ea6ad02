/**
 * What clusters cost their client: the cluster cache, a bare node:http2 program that sends the same requests (the floor) and client-node, in turn, each run in a
 * process of its own against servers in another. `npm run bench` prints a table in Markdown, `-- --quick` a rough one within a minute, `-- --json` every figure.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { markdown } from './report.ts';
import type { ContestantName } from './run.ts';
import type { Figures, ScenarioName, Size } from './scenario.ts';

/** What was measured: of each scenario and contestant one entry a round. */
export type Results = { [S in ScenarioName]?: { [C in ContestantName]?: Figures[] } };

const FULL: Size = {
  login: 'token', few: 200, many: 1_000, probed: 50, probeInterval: 100, probedFor: 6_000, calls: 200, healthy: 600, hanging: 400, observedFor: 25_000,
};
const QUICK: Size = {
  login: 'token', few: 20, many: 60, probed: 10, probeInterval: 100, probedFor: 600, calls: 50, healthy: 30, hanging: 20, observedFor: 1_000,
};

/** Who takes part in what. client-node has no connections that could be held. */
const PLAN: readonly (readonly [ScenarioName, readonly ContestantName[]])[] = [
  ['growth', ['floor', 'clustercache', 'client-node']],
  ['probing', ['floor', 'clustercache', 'client-node']],
  ['calls', ['floor', 'clustercache', 'client-node']],
  ['fleet', ['floor', 'clustercache']],
  ['healthy', ['clustercache']],
  ['hanging', ['clustercache']],
];

/** ms after which a run is given up. */
const PATIENCE = 180_000;

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
  for (let round = 1; round <= rounds; round++) {
    for (const [scenario, contestants] of PLAN) {
      if (values.only !== undefined && !values.only.includes(scenario)) continue;
      for (const contestant of contestants) {
        const figures = await run(contestant, scenario, size);
        ((results[scenario] ??= {})[contestant] ??= []).push(figures);
        note(`${round}/${rounds} ${scenario} ${contestant}: ${Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(1)}`).join(', ')}`);
      }
    }
  }
  const machine = {
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, memory: `${Math.round(totalmem() / 2 ** 30)} GB`, node: process.version,
    clientNode: versionOf('@kubernetes/client-node'), rxjs: versionOf('rxjs'), rounds, ...size,
  };
  console.log(values.json ? JSON.stringify({ machine, results }, null, 2) : markdown(results, machine));
}
