import { expect } from 'chai';
import { type Failure, type Recovery, noFailures, recoverFrom } from '../../lib/informer/recovery.ts';
import { reflectorBackoff } from '../../lib/operators/backoff.ts';

const failure = (own: Partial<Failure> = {}): Failure => ({ at: 200_000, healthyFor: 0, expired: false, ...own });
const after = (failures: number, relistedAt?: number): Recovery => ({ failures, ...(relistedAt === undefined ? {} : { relistedAt }) });

describe('recoverFrom', () => {
  const tables: readonly [title: string, failure: Failure, before: Recovery, expected: ReturnType<typeof recoverFrom>][] = [
    ['waits as the policy says', failure(), noFailures, { failures: 1, delay: 800, atLeast: 800 }],
    ['waits ever longer', failure(), after(3), { failures: 4, delay: 6_400, atLeast: 800 }],
    ['waits no longer than the policy\'s longest', failure(), after(50), { failures: 51, delay: 30_000, atLeast: 800 }],
    ['begins anew after two minutes of health', failure({ healthyFor: 120_000 }), after(5), { failures: 1, delay: 800, atLeast: 800 }],
    ['does not after less', failure({ healthyFor: 119_999 }), after(5), { failures: 6, delay: 25_600, atLeast: 800 }],
    ['waits as long as the server asks, and is not woken before', failure({ retryAfter: 7_000 }), noFailures, { failures: 1, delay: 7_000, atLeast: 7_000 }],
    ['waits longer than that where it would anyway', failure({ retryAfter: 1_000 }), after(3), { failures: 4, delay: 6_400, atLeast: 1_000 }],
    ['believes no server that asks for more than two minutes', failure({ retryAfter: 1e12 }), noFailures, { failures: 1, delay: 120_000, atLeast: 120_000 }],
    ['lists at once what has expired', failure({ expired: true }), after(2), { failures: 2, relistedAt: 200_000, delay: 0, atLeast: 0 }],
    ['lists at once again after two minutes', failure({ expired: true }), after(0, 80_000), { failures: 0, relistedAt: 200_000, delay: 0, atLeast: 0 }],
    ['waits where that comes again sooner', failure({ expired: true }), after(0, 80_001), { failures: 1, relistedAt: 80_001, delay: 800, atLeast: 800 }],
    ['waits for the server to be reached, a watch that was up not a moment longer', failure({ unreachable: true, healthyFor: 1_000 }), noFailures, { failures: 1, delay: Infinity, atLeast: 0 }],
    ['waits the policy\'s time at least where nothing was up', failure({ unreachable: true, healthyFor: 999 }), after(2), { failures: 3, delay: Infinity, atLeast: 3_200 }],
  ];
  for (const [title, own, before, expected] of tables) {
    it(title, () => expect(recoverFrom(own, before, reflectorBackoff, () => 0)).to.deep.equal(expected));
  }

  it('spreads its waits, but not what the server asks for', () => {
    expect(recoverFrom(failure(), noFailures, reflectorBackoff, () => 0.5)).to.deep.equal({ failures: 1, delay: 1_200, atLeast: 800 });
    expect(recoverFrom(failure({ retryAfter: 7_000 }), noFailures, reflectorBackoff, () => 0.5).delay).to.equal(7_000);
  });
});
