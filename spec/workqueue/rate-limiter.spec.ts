import { expect } from 'chai';
import { VirtualTimeScheduler } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import {
  type RateLimiter, bucketRateLimiter, defaultControllerRateLimiter, itemExponentialFailureRateLimiter, maxOfRateLimiter,
} from '../../lib/workqueue/rate-limiter.ts';
import { request } from './queue-scene.ts';

const whens = (limiter: RateLimiter<string>, item: string, times: number): readonly number[] => Array.from({ length: times }, () => limiter.when(item));

describe('workqueue rate limiters', () => {
  describe('itemExponentialFailureRateLimiter', () => {
    it('doubles the wait of an item with every failure, until it is forgotten', () => { // client-go: TestItemExponentialFailureRateLimiter
      const limiter = itemExponentialFailureRateLimiter<string>({ baseDelay: 1, maxDelay: 1000 });
      expect(whens(limiter, 'one', 5)).to.deep.equal([1, 2, 4, 8, 16]);
      expect(limiter.numRequeues('one')).to.equal(5);
      expect(whens(limiter, 'two', 2)).to.deep.equal([1, 2]);
      expect(limiter.numRequeues('two')).to.equal(2);
      limiter.forget('one');
      expect(limiter.numRequeues('one')).to.equal(0);
      expect(limiter.when('one')).to.equal(1);
      expect(limiter.when('two')).to.equal(4);
    });

    it('never waits longer than the longest wait, after however many failures', () => { // client-go: TestItemExponentialFailureRateLimiterOverFlow
      const limiter = itemExponentialFailureRateLimiter<string>({ baseDelay: 1, maxDelay: 1_000_000 });
      whens(limiter, 'one', 5);
      expect(limiter.when('one')).to.equal(32);
      expect(whens(limiter, 'one', 2000).at(-1)).to.equal(1_000_000);
      const slow = itemExponentialFailureRateLimiter<string>({ baseDelay: 60_000, maxDelay: 3_600_000_000 });
      whens(slow, 'two', 2);
      expect(slow.when('two')).to.equal(240_000);
      expect(whens(slow, 'two', 2000).at(-1)).to.equal(3_600_000_000);
    });

    it('begins with 5 ms and ends with 1000 s', () => {
      const waits = whens(itemExponentialFailureRateLimiter(), 'one', 20);
      expect([waits[0], waits[17], waits[18], waits[19]]).to.deep.equal([5, 655_360, 1_000_000, 1_000_000]);
    });

    it('tells requests apart by what they name, and other items by the key it is given', () => {
      const limiter = itemExponentialFailureRateLimiter<object>();
      expect([limiter.when(request('a/x')), limiter.when(request('a/x')), limiter.when(request('x'))]).to.deep.equal([5, 10, 5]);
      const byId = itemExponentialFailureRateLimiter<{ readonly id: number }>({ keyOf: ({ id }) => String(id) });
      expect([byId.when({ id: 1 }), byId.when({ id: 1 }), byId.when({ id: 2 })]).to.deep.equal([5, 10, 5]);
    });
  });

  describe('bucketRateLimiter', () => {
    let clock: SinonFakeTimers;
    beforeEach(() => { clock = useFakeTimers(); });
    afterEach(() => { clock.restore(); });

    it('lets a burst go at once, and then one item after the other', () => { // golang.org/x/time/rate: Reserve
      const limiter = bucketRateLimiter<string>({ qps: 10, burst: 3 });
      expect(whens(limiter, 'any', 5)).to.deep.equal([0, 0, 0, 100, 200]);
      clock.tick(100);
      expect(limiter.when('another')).to.equal(200);
      clock.tick(10_000);
      expect(whens(limiter, 'any', 4)).to.deep.equal([0, 0, 0, 100]);
    });

    it('by default lets 100 go at once, and then 10 a second', () => {
      expect(whens(bucketRateLimiter(), 'any', 102).slice(99)).to.deep.equal([0, 100, 200]);
    });

    it('knows no failures', () => {
      const limiter = bucketRateLimiter<string>({ qps: 10, burst: 1 });
      whens(limiter, 'one', 2);
      limiter.forget('one');
      expect([limiter.numRequeues('one'), limiter.when('one')]).to.deep.equal([0, 200]);
    });

    it('goes by the monotonic clock, or by the scheduler it is given', () => {
      const limiter = bucketRateLimiter<string>({ qps: 10, burst: 1 });
      limiter.when('one');
      clock.setSystemTime(1e12);
      expect(limiter.when('one')).to.equal(100);
      const scheduler = new VirtualTimeScheduler();
      const virtual = bucketRateLimiter<string>({ qps: 10, burst: 1, scheduler });
      const waits: number[] = [];
      for (const ms of [0, 0, 150]) scheduler.schedule(() => { waits.push(virtual.when('one')); }, ms);
      scheduler.flush();
      expect(waits).to.deep.equal([0, 100, 50]);
    });
  });

  describe('maxOfRateLimiter', () => {
    it('is as strict as the strictest, and asks all of them every time', () => { // client-go: TestMaxOfRateLimiter
      const limiter = maxOfRateLimiter(
        itemExponentialFailureRateLimiter<string>({ baseDelay: 5, maxDelay: 1000 }),
        itemExponentialFailureRateLimiter<string>({ baseDelay: 1, maxDelay: 3_000 }),
        bucketRateLimiter<string>({ qps: 20, burst: 3, scheduler: new VirtualTimeScheduler() }),
      );
      expect(whens(limiter, 'one', 5)).to.deep.equal([5, 10, 20, 50, 100]);
      expect(limiter.numRequeues('one')).to.equal(5);
      expect(limiter.when('two')).to.equal(150);
      limiter.forget('one');
      expect([limiter.numRequeues('one'), limiter.numRequeues('two'), limiter.when('one')]).to.deep.equal([0, 1, 200]);
      expect(whens(limiter, 'one', 11).at(-1)).to.equal(2048);
    });

    it('of none waits for nothing', () => {
      const limiter = maxOfRateLimiter<string>();
      expect([limiter.when('one'), limiter.numRequeues('one')]).to.deep.equal([0, 0]);
    });
  });

  describe('defaultControllerRateLimiter', () => {
    it('is an item by itself, and all items together', () => { // client-go: DefaultControllerRateLimiter
      const limiter = defaultControllerRateLimiter<string>({ scheduler: new VirtualTimeScheduler() });
      expect(whens(limiter, 'one', 4)).to.deep.equal([5, 10, 20, 40]);
      for (let i = 0; i < 96; i++) expect(limiter.when(`item ${i}`)).to.equal(5);
      expect(limiter.when('two')).to.equal(100);
      expect(limiter.when('one')).to.equal(200);
    });
  });

  const wrong: readonly (readonly [what: string, make: () => unknown, message: string])[] = [
    ['a base delay of 0', () => itemExponentialFailureRateLimiter({ baseDelay: 0 }), 'options.baseDelay must be a number of milliseconds above 0; got 0'],
    ['a longest wait without end', () => itemExponentialFailureRateLimiter({ maxDelay: Infinity }), 'options.maxDelay must be a number of milliseconds above 0; got Infinity'],
    ['a misspelt field', () => itemExponentialFailureRateLimiter({ basedelay: 5 } as object), 'options.basedelay must be one of baseDelay, maxDelay, keyOf; got an unknown field'],
    ['a rate that is none', () => bucketRateLimiter({ qps: 0 }), 'options.qps must be a number above 0; got 0'],
    ['a burst that is none', () => bucketRateLimiter({ burst: 0.5 }), 'options.burst must be a whole number, 1 or more; got 0.5'],
    ['a limiter that is none', () => maxOfRateLimiter({ when: () => 0 } as unknown as RateLimiter<string>), 'limiters.0 must be a rate limiter; got an object of Object'],
  ];
  for (const [what, make, message] of wrong) {
    it(`take no ${what}`, () => {
      expect(make).to.throw(TypeError, message);
    });
  }
});
