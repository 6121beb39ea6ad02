import { expect } from 'chai';
import { Latencies, now } from '../../bench/latencies.ts';

describe('latencies of the bench', () => {
  const ended = (...latencies: readonly number[]): Latencies => {
    const all = new Latencies();
    for (const [i, ms] of latencies.entries()) {
      all.begin(String(i), 1_000);
      all.end(String(i), 1_000 + ms);
    }
    return all;
  };

  it('have quantiles that are among them: the least that is not exceeded by that share', () => {
    const hundred = ended(...Array.from({ length: 100 }, (_, i) => 100 - i));
    expect([0, 0.5, 0.99, 1].map((share) => hundred.quantile(share))).to.deep.equal([1, 50, 99, 100]);
    expect(ended(3, 1, 2).quantile(0.5)).to.equal(2);
    expect(new Latencies().quantile(0.5)).to.deep.equal(NaN);
  });

  it('are counted from the first beginning, and once', () => {
    const latencies = new Latencies();
    latencies.begin('a', 10);
    latencies.begin('a', 12);
    expect([latencies.pending, latencies.count]).to.deep.equal([1, 0]);
    latencies.end('a', 15);
    latencies.end('a', 20);
    latencies.end('b', 20);
    expect([latencies.pending, latencies.count]).to.deep.equal([0, 1]);
    expect(latencies.quantile(1)).to.equal(5);
  });

  it('forget what has ended, and nothing that is under way', () => {
    const latencies = ended(1, 2);
    latencies.begin('c', 0);
    latencies.clear();
    latencies.end('c', 7);
    expect([latencies.count, latencies.quantile(0.5)]).to.deep.equal([1, 7]);
  });

  it('are read off a clock that goes on', () => {
    const before = now();
    expect(now()).to.be.at.least(before);
  });
});
