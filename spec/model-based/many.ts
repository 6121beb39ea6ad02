import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Coverage } from './coverage.ts';
import { type Verdict, report } from './run.ts';
import type { Assignment } from './worker.ts';

const { SEED, RUNS, FROM } = process.env;
/** The seeds of a day's runs; one seed by `SEED`, `RUNS` times: the network has a say in what happens. */
const COUNT = Number(RUNS ?? (SEED === undefined ? 500 : 1));
const SEEDS = Array.from({ length: COUNT }, (_, index) => (SEED === undefined ? Number(FROM ?? 1) + index : Number(SEED)));
/** More gain nothing: the servers of a program are in the same process. */
const WORKERS = Math.min(4, availableParallelism());
/** Programs at once in one process: most of the time each waits. */
const WIDTH = 8;
/** ms that a run takes at most, with eight of them at once on a machine that is busy: the bound of the agreement and as much again. */
const LONGEST = 60_000;

/** Hundreds of programs in processes of their own; `npm test` runs ten of them. */
describe(`the model-based test, ${COUNT} programs`, function () {
  this.timeout(LONGEST * Math.ceil(1 + COUNT / WORKERS / WIDTH));

  it('subscribers, reads and lists agree with the servers in every one', async () => {
    const coverage = new Coverage();
    const failed: Verdict[] = [];
    let over = 0;
    await Promise.all(Array.from({ length: WORKERS }, async (_, index) => {
      const worker = fork(fileURLToPath(new URL('worker.ts', import.meta.url)));
      worker.on('message', (verdict: Verdict) => {
        over += 1;
        coverage.add(verdict.coverage);
        if (verdict.problems.length > 0) failed.push(verdict);
      });
      const assignment: Assignment = { seeds: SEEDS.filter((_seed, at) => at % WORKERS === index), width: WIDTH };
      worker.send(assignment);
      await once(worker, 'exit');
    }));
    process.stdout.write(`${failed.map(report).join('\n\n')}\n${String(coverage)}\n`);
    expect(failed.map(({ seed }) => seed), 'seeds that failed').to.deep.equal([]);
    expect(over, 'programs that came to an end').to.equal(COUNT);
  });
});
