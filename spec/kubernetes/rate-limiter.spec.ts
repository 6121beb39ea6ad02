import { expect } from 'chai';
import { Subscription, map, mergeMap } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { tokenBucket } from '../../lib/kubernetes/rate-limiter.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** A token every 5 frames; made inside `marbles`, its time is virtual. */
const slow = (burst = 2) => tokenBucket({ qps: 200, burst });

describe('tokenBucket', () => {
  it('gives the burst at once, then a token per 1/qps s, first come first served', marbles(({ hot, expectObservable }) => {
    const asks = '     (abcd)----e----';
    const expected = ' (ab)-c----d----e';
    const limiter = slow();
    expectObservable(hot(asks).pipe(mergeMap((ask) => limiter.acquire().pipe(map(() => ask))))).toBe(expected);
  }));

  it('fills up while nobody asks, to the burst and not further', marbles(({ hot, expectObservable }) => {
    const asks = '     (ab)-----------------(cde)-';
    const expected = ' (ab)-----------------(cd)-e';
    const limiter = slow();
    expectObservable(hot(asks).pipe(mergeMap((ask) => limiter.acquire().pipe(map(() => ask))))).toBe(expected);
  }));

  it('takes no token for who stopped waiting', marbles(({ cold, hot, expectObservable }) => {
    const limiter = slow();
    const ask = (name: string) => limiter.acquire().pipe(map(() => name));
    expectObservable(hot('(ab)---').pipe(mergeMap(ask))).toBe('(ab)---');
    expectObservable(cold('c').pipe(mergeMap(ask)), '^-! ').toBe('---');
    expectObservable(cold('d').pipe(mergeMap(ask))).toBe('   -----d');
  }));

  it('gives a token synchronously where there is one', marbles(() => {
    const limiter = slow();
    const seen: string[] = [];
    limiter.acquire().subscribe({ next: () => seen.push('token'), complete: () => seen.push('done') });
    expect(seen).to.deep.equal(['token', 'done']);
  }));

  it('counts who waits', marbles(() => {
    const limiter = slow();
    const all = new Subscription();
    for (let i = 0; i < 5; i++) all.add(limiter.acquire().subscribe());
    expect(limiter.waiting).to.equal(3);
    all.unsubscribe();
    expect(limiter.waiting).to.equal(0);
  }));

  it('lets none past who waits, not even one who asks when a token is given', marbles(({ flush }) => {
    const limiter = slow(1);
    const seen: string[] = [];
    limiter.acquire().subscribe();
    limiter.acquire().subscribe(() => {
      seen.push('first');
      limiter.acquire().subscribe(() => seen.push('third'));
    });
    limiter.acquire().subscribe(() => seen.push('second'));
    flush();
    expect(seen).to.deep.equal(['first', 'second', 'third']);
  }));

  it('never waits where the rate has no bound', () => {
    const limiter = tokenBucket({ qps: Infinity, burst: 1 });
    limiter.acquire().subscribe();
    const clock = useFakeTimers();
    try {
      let taken = false;
      limiter.acquire().subscribe(() => { taken = true; });
      clock.tick(1);
      expect(taken).to.equal(true);
    } finally {
      clock.restore();
    }
  });

  describe('by the default scheduler', () => {
    let clock: SinonFakeTimers;
    beforeEach(() => { clock = useFakeTimers(); });
    afterEach(() => clock.restore());

    it('is not disturbed by a wall clock that jumps', () => {
      const limiter = tokenBucket({ qps: 10, burst: 1 });
      const seen: number[] = [];
      const begun = performance.now();
      for (let i = 0; i < 4; i++) limiter.acquire().subscribe(() => seen.push(performance.now() - begun));
      clock.tick(50);
      clock.setSystemTime(clock.now - 3_600_000);
      clock.tick(100);
      clock.setSystemTime(clock.now + 7_200_000);
      clock.tick(500);
      expect(seen).to.deep.equal([0, 100, 200, 300]);
    });

    it('runs no timer while nobody waits', () => {
      const limiter = tokenBucket({ qps: 10, burst: 1 });
      limiter.acquire().subscribe();
      expect(clock.countTimers()).to.equal(0);
      const waits = limiter.acquire().subscribe();
      expect(clock.countTimers()).to.equal(1);
      waits.unsubscribe();
      expect(clock.countTimers()).to.equal(0);
      limiter.acquire().subscribe();
      clock.tick(100);
      expect([limiter.waiting, clock.countTimers()]).to.deep.equal([0, 0]);
    });
  });
});
