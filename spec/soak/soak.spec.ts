import { expect } from 'chai';
import { leavesNothingOpen } from '../leaks.ts';
import { LIMITS, type Look, findings } from './look.ts';
import { soak } from './soak.ts';

const NOW = 1_000_000;
const good = (look: Partial<Look> = {}): Look => ({ cluster: 'a', good: true, at: NOW, phase: 'connected', nodes: ['a-node-1'], lastSuccess: NOW - 12_000, ...look });
const broken = (look: Partial<Look> = {}): Look => ({ cluster: 'a', good: false, at: NOW, phase: 'connecting', clientError: new Error('down'), lastFailure: NOW - 36_000, ...look });

describe('a look of the soak', () => {
  for (const [what, look, expected] of [
    ['a good cluster that was probed 12 s ago', good(), []],
    ['a good cluster that was probed longer ago', good({ lastSuccess: NOW - 12_001 }), ['a was probed with success 12001 ms ago, more than 12000']],
    ['a good cluster that was never probed', (({ lastSuccess: _, ...look }) => look)(good()), ['a was never probed with success']],
    ['a good cluster that is not connected', good({ phase: 'disconnected', clientError: new Error('down') }), ['a is disconnected', 'a has no client: down']],
    ['a good cluster that cannot be read', good({ listError: new Error('no') }), ['a cannot be read: no']],
    ['a good cluster that shows the Nodes of another', good({ nodes: ['b-node-1'] }), ['a shows the Nodes b-node-1']],
    ['a broken cluster that failed 36 s ago', broken(), []],
    ['a broken cluster that failed longer ago', broken({ lastFailure: NOW - 36_001 }), ['a has failed to connect 36001 ms ago, more than 36000']],
    ['a broken cluster that has not failed yet', (({ lastFailure: _, ...look }) => look)(broken()), ['a has never failed to connect']],
    ['a broken cluster that is connected', (({ clientError: _, ...look }) => look)(broken({ phase: 'connected', lastSuccess: NOW })), ['a is connected, or was', 'a has a client']],
  ] as const) {
    it(`at ${what} finds ${expected.length === 0 ? 'nothing' : expected.join(' and ')}`, () => {
      expect(findings(look, LIMITS)).to.deep.equal(expected);
    });
  }
});

/** ms: how long it may be late on a busy machine, beyond the interval. */
const LATE = 2_000;
const SMALL = {
  clusters: 10, consumers: 10, duration: 1_500, limits: { success: 300 + LATE, failure: 500 + LATE },
  timing: { healthProbe: { interval: 300, timeout: 5_000 }, connectionCreationRetryInterval: 500 },
} as const;

describe('the soak in small', function () {
  this.timeout(30_000);
  leavesNothingOpen();

  describe('on real sockets', () => {
    it('finds nothing that is wrong, and reconciles every good cluster', async () => {
      // Without the one on the internet: what a network says of it takes a dial's timeout, or no time at all.
      const { looks, problems, reconciles, reconcileErrors } = await soak({ ...SMALL, limits: { ...SMALL.limits, failure: 500 + 4_000 + LATE } });
      expect([...problems]).to.deep.equal([]);
      expect([looks.good > 0, looks.broken > 0, reconciles >= 8, reconcileErrors]).to.deep.equal([true, true, true, 0]);
    });

    it('finds the cluster whose probes hang, and the broken ones where they are tried too seldom', async () => {
      const { problems } = await soak({
        ...SMALL, timing: { ...SMALL.timing, connectionCreationRetryInterval: 60_000 }, duration: SMALL.limits.failure + 1_000,
        disturb: (fleet, [, second]) => { fleet.break(second?.name ?? '', { fault: 'hang', match: ({ path }) => path === '/' }); },
      });
      expect([...problems.keys()].toSorted()).to.deep.equal([
        'cluster-002 was probed with success too long ago, more than 2300',
        'cluster-005 has failed to connect too long ago, more than 2500', 'cluster-010 has failed to connect too long ago, more than 2500',
      ]);
    });
  });
});
