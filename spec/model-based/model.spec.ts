import { AssertionError, expect } from 'chai';
import { leavesNothingOpen } from '../leaks.ts';
import { Coverage } from './coverage.ts';
import { programOf } from './program.ts';
import { type Verdict, report, runAll } from './run.ts';

/** Of every twelfth the lists have more than one page, every fifth is calm. */
const SEEDS = Array.from({ length: 10 }, (_, index) => index + 4);
/** Programs at once: most of the time each waits. */
const WIDTH = 5;

describe('a program of random operations, faults and rotations', function () {
  leavesNothingOpen();
  // Each agrees within seconds, and on a busy machine within the bound.
  this.timeout(60_000);

  describe('run on real sockets', () => {
    const verdicts = new Map(SEEDS.map((seed) => [seed, Promise.withResolvers<Verdict>()]));
    let all: Promise<void>;

    before(() => {
      all = runAll(SEEDS, WIDTH, (verdict) => verdicts.get(verdict.seed)?.resolve(verdict));
      all.catch((error: unknown) => { for (const { reject } of verdicts.values()) reject(error); });
    });
    after(() => all);

    for (const seed of SEEDS) {
      it(`seed ${seed}: store, subscribers and lists agree with the servers`, async () => {
        const verdict = await verdicts.get(seed)?.promise;
        if (verdict === undefined || verdict.problems.length > 0) throw new AssertionError(verdict === undefined ? 'it did not run' : report(verdict));
      });
    }

    it('does what it is for: each sort of fault, rotation and 410 occurs', async () => {
      const coverage = new Coverage();
      for (const { promise } of verdicts.values()) coverage.add((await promise).coverage);
      for (const what of ['rotations: token', 'rotations: certificate', 'rotations: authority', 'lists: watchExpired', 'interruptions: watch', 'events: updated by reconnect', 'checks: the very next state']) {
        expect(coverage.get(what), what).to.be.greaterThan(0);
      }
    });
  });

  it('is the same for the same seed', () => {
    expect(programOf(7)).to.deep.equal(programOf(7));
    expect(programOf(7)).to.not.deep.equal(programOf(8));
  });

  for (const seed of SEEDS) {
    it(`seed ${seed}: has 200 operations, five faults, a rotation and, unless it is calm, something that is forgotten`, () => {
      const { steps, calm } = programOf(seed);
      const count = (...what: readonly string[]): number => steps.filter((step) => what.includes(step.do)).length;
      expect(count('put', 'delete', 'recreate', 'own', 'read', 'subscribe', 'unsubscribe')).to.be.at.least(200);
      expect(count('break')).to.be.at.least(5);
      expect(count('rotate')).to.be.at.least(1);
      expect(count('compact', 'restart') > 0).to.equal(!calm);
    });
  }
});
