import { expect } from 'chai';
import { leavesNothingOpen } from '../leaks.ts';
import { LIMITS } from './look.ts';
import { type Verdict, soak } from './soak.ts';

/** ms. */
const MINUTE = 60_000;
/** ms for making 100 servers, for the broken ones to fail, and for stopping all. */
const AROUND = 120_000;

const CLUSTERS = 100;
const CONSUMERS = 100;

/** A real minute, with a cluster cache's own timing: `npm run test:soak`. `npm test` runs it in small. */
describe(`the soak, ${CLUSTERS} clusters and ${CONSUMERS} consumers`, function () {
  this.timeout(MINUTE + AROUND);
  leavesNothingOpen();

  describe('for a minute', () => {
    // Cluster API: TestClusterCacheConcurrency, whose own check of the last success cannot fail.
    it('finds no good cluster whose last success is older than 12 s, no broken one whose last failure is older than 36 s, and nothing else that is wrong', async () => {
      const verdict = await soak({ clusters: CLUSTERS, consumers: CONSUMERS, duration: MINUTE, limits: LIMITS });
      tell(verdict);
      expect([...verdict.problems]).to.deep.equal([]);
      // A fifth is looked at a fifth of the time; a machine that is busy looks less often.
      expect(verdict.looks.good, 'looks at good clusters').to.be.greaterThan(10_000);
      expect(verdict.looks.broken, 'looks at broken clusters').to.be.greaterThan(2_000);
      expect(verdict.reconciles, 'one for each good cluster at least').to.be.at.least(CLUSTERS * 0.8);
      expect(verdict.reconcileErrors).to.equal(0);
    });

    it('finds it where the probes of one cluster hang for 13 s', async () => {
      const verdict = await soak({
        clusters: 10, consumers: 10, duration: 25_000, limits: LIMITS,
        disturb: (fleet, [first]) => {
          const hang = fleet.break(first?.name ?? '', { fault: 'hang', match: ({ path }) => path === '/' });
          setTimeout(() => { void hang.remove(); }, 13_000);
        },
      });
      tell(verdict);
      expect([...verdict.problems.keys()]).to.deep.equal(['cluster-001 was probed with success too long ago, more than 12000']);
    });
  });
});

function tell({ looks, oldest, reconciles, problems }: Verdict): void {
  process.stdout.write(`    ${looks.good} looks at good clusters, the oldest success ${oldest.success} ms; ${looks.broken} at broken ones, the oldest failure ${oldest.failure} ms; ${reconciles} reconciles\n`);
  for (const [problem, times] of problems) process.stdout.write(`    ✗ ${problem} (${times} times)\n`);
}
