import { expect } from 'chai';
import { backoffDelay, reflectorBackoff } from '../../lib/operators/backoff.ts';

const delays = (random: () => number, count = 8) => Array.from({ length: count }, (_, failures) => backoffDelay(failures, reflectorBackoff, random));

describe('backoffDelay', () => {
  it('doubles from 800 ms to 30 s', () => {
    expect(delays(() => 0)).to.deep.equal([800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('draws each wait from [d, 2d)', () => {
    expect(delays(() => 0.5, 3)).to.deep.equal([1200, 2400, 4800]);
    expect(backoffDelay(20, reflectorBackoff, () => 1 - 2 ** -53)).to.be.at.most(60_000);
  });

  it('stays at its maximum after a thousand failures and more', () => {
    expect(backoffDelay(5_000, reflectorBackoff, () => 0)).to.equal(30_000);
  });
});
