import { setTimeout as rest } from 'node:timers/promises';
import { Random } from '../../bench/random.ts';
import { differences, liveDifferences } from './agreement.ts';
import { Coverage } from './coverage.ts';
import { Performance } from './performance.ts';
import { programOf } from './program.ts';
import { Stage } from './stage.ts';

/** What came of one program. */
export interface Verdict {
  readonly seed: number;
  readonly problems: readonly string[];
  /** What was done and what was heard, in its order. */
  readonly log: readonly string[];
  readonly coverage: readonly (readonly [string, number])[];
}

/** ms within which all agree after the last fault was healed: a reflector that has failed four times in a row waits for up to 13 s. */
const BOUND = 25_000;
/** ms between two looks. */
const POLL = 50;
/** ms in which nothing more may come after all agree. */
const AFTERWARDS = 60;

/** Runs the program of a seed on real sockets, and says what was not as it should be. */
export async function run(seed: number): Promise<Verdict> {
  const program = programOf(seed);
  const coverage = new Coverage();
  const log: string[] = [];
  const begun = performance.now();
  const note = (line: string): void => { log.push(`+${Math.round(performance.now() - begun)} ${line}`); };
  const problems: string[] = [];
  note(JSON.stringify(program.setup));
  const random = new Random(seed);
  const stage = await Stage.start(program.setup, () => random.next(), coverage, note);
  const phases = new Map<string, string>();
  const told = stage.clusters.connections$.subscribe((state) => {
    const phase = 'reason' in state ? `${state.phase} (${state.reason})` : state.phase;
    if (phases.get(state.cluster.name) !== phase) note(`${state.cluster.name} is ${phase}`);
    phases.set(state.cluster.name, phase);
  });
  told.add(stage.clusters.events$.subscribe(({ type, reason }) => coverage.count(`connections: ${type}${reason === undefined ? '' : ` (${reason})`}`)));
  const own = new Performance(stage, program, coverage, note);
  try {
    await own.run();
    note('all is healed');
    const healed = performance.now();
    const found = await lasting(() => differences(stage, own), healed + BOUND);
    note(`all agree: ${found.length === 0}`);
    coverage.count('agreement: ms in all', Math.round(performance.now() - healed));
    problems.push(...found);
    if (found.length > 0) for (const at of stage.numbers) note(`${stage.id(at)}: ${JSON.stringify({ ...stage.clusters.diagnose(stage.key(at)), stages: undefined, server: stage.server(at).counters })}`);
    stage.ledger.close(await stage.measuredLists(), program.calm);
    problems.push(...found.length === 0 ? await liveDifferences(stage) : []);
  } catch (error) {
    problems.push(error instanceof Error ? error.stack ?? error.message : String(error));
  } finally {
    own.stop();
    told.unsubscribe();
    await stage.stop();
  }
  problems.push(...own.findings, ...stage.ledger.problems);
  coverage.count('runs: all');
  if (program.calm) coverage.count('runs: calm');
  coverage.count('runs: ms in all', Math.round(performance.now() - begun));
  return { seed, problems, log, coverage: coverage.entries };
}

/** What differs at the end: nothing as soon as nothing has differed for a moment, or what differs at last. */
async function lasting(look: () => Promise<readonly string[]>, until: number): Promise<readonly string[]> {
  for (let agreed = 0; ;) {
    const found = await look();
    agreed = found.length === 0 ? agreed + 1 : 0;
    if (agreed === 2 || performance.now() > until) return found;
    await rest(found.length === 0 ? AFTERWARDS : POLL);
  }
}

/** Runs many, so many at once, and tells of each when it is over. */
export async function runAll(seeds: readonly number[], width: number, over: (verdict: Verdict) => void): Promise<void> {
  const waiting = [...seeds];
  await Promise.all(Array.from({ length: width }, async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) over(await run(seed));
  }));
}

/** What a person needs to see why. */
export function report({ seed, problems, log }: Verdict): string {
  return [`seed ${seed}: SEED=${seed} npm run test:model`, ...problems.map((problem) => `  ✗ ${problem}`), 'what happened:', ...log.map((line) => `  ${line}`)].join('\n');
}
