import { expect } from 'chai';
import { VirtualTimeScheduler, concatMap, ignoreElements, merge, tap, timer } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { aboutConnection } from '../../lib/model/request.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { itemExponentialFailureRateLimiter } from '../../lib/workqueue/rate-limiter.ts';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import { counts, drain, request } from './queue-scene.ts';

/** What a worker that takes everything at once is handed, and when. */
const handedOut$ = (queue: WorkQueue<string>) => queue.available$.pipe(concatMap(() => drain(queue)));

/** Does something at the given frames. */
const at = (steps: readonly (readonly [frame: number, step: () => void])[]) =>
  merge(...steps.map(([frame, step]) => timer(frame).pipe(tap(step), ignoreElements())));

describe('WorkQueue, delays in virtual time', () => {
  it('adds an item when its time has passed, once', marbles(({ expectObservable }) => { // client-go: TestSimpleQueue; controller-runtime: TestItemIsOnlyReturnedAfterAfterHasPassed
    const queue = new WorkQueue<string>();
    const steps$ = at([[0, () => { queue.addAfter('a', 5); }]]);
    expectObservable(merge(handedOut$(queue), steps$), '^-------------------!').toBe('-----a--------------');
  }));

  it('takes the earlier of two times of an item', marbles(({ expectObservable }) => { // client-go: TestDeduping
    const queue = new WorkQueue<string>();
    const steps$ = at([
      [0, () => { queue.addAfter('a', 5); queue.addAfter('a', 7); }],
      [10, () => { queue.addAfter('b', 4); queue.addAfter('a', 5); queue.addAfter('a', 3); }],
    ]);
    expectObservable(merge(handedOut$(queue), steps$), '^-------------------!').toBe('-----a-------ab-----');
  }));

  it('adds what is due first first, whatever came first', marbles(({ expectObservable }) => { // client-go: TestAddTwoFireEarly
    const queue = new WorkQueue<string>();
    const steps$ = at([
      [0, () => { queue.addAfter('a', 10); queue.addAfter('b', 3); }],
      [5, () => { queue.addAfter('c', 12); }],
    ]);
    expectObservable(merge(handedOut$(queue), steps$), '^-------------------!').toBe('---b------a------c--');
  }));

  it('runs by the scheduler it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    const queue = new WorkQueue<string>({ scheduler });
    const frames: number[] = [];
    queue.available$.subscribe(() => frames.push(scheduler.now()));
    queue.addAfter('foo', 7);
    queue.addRateLimited('bar');
    scheduler.flush();
    expect(frames).to.deep.equal([5, 7]);
    drain(queue);
    for (let i = 1; i < 100; i++) queue.addRateLimited(`one of the burst ${i}`);
    scheduler.schedule(() => { queue.addRateLimited('after ten seconds, 100 tokens later'); }, 10_000);
    scheduler.flush();
    expect(frames.at(-1)).to.equal(7 + 10_000 + 5);
  });
});

describe('WorkQueue, delays', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers(); });
  afterEach(() => { clock.restore(); });

  it('adds an item that is processed once it is done, where its time comes before', () => { // client-go: TestDeduping, its end
    const queue = new WorkQueue<string>();
    queue.add('foo');
    queue.poll();
    queue.addAfter('foo', 5);
    expect(counts(queue)).to.deep.equal({ length: 0, waiting: 1, parked: 0, processing: 1 });
    clock.tick(5);
    expect(counts(queue)).to.deep.equal({ length: 0, waiting: 0, parked: 0, processing: 1 });
    queue.done('foo');
    expect(queue.length).to.equal(1);
  });

  it('adds what is due at once in the order of the times', () => { // client-go: TestCopyShifting; controller-runtime: TestMultipleItemsWithAfterAreReturnedInCorrectOrder
    const queue = new WorkQueue<string>();
    for (const [item, ms] of [['foo', 1000], ['bar', 500], ['baz', 250], ['qux', 500]] as const) queue.addAfter(item, ms);
    clock.setSystemTime(0);
    clock.tick(2000);
    expect(drain(queue)).to.deep.equal(['baz', 'bar', 'qux', 'foo']);
  });

  it('adds at once what is to wait for no time', () => {
    const queue = new WorkQueue<string>();
    queue.addAfter('foo', 0);
    queue.addAfter('bar', -5);
    expect(counts(queue)).to.deep.equal({ length: 2, waiting: 0, parked: 0, processing: 0 });
  });

  it('counts what is delayed apart from what is ready', () => { // controller-runtime: doesn't include non-ready items in Len(); TestItemsAreInludedInLenAndMetricsOnceTheyAreReady
    const queue = new WorkQueue<string>();
    for (let i = 0; i < 2; i++) {
      queue.add('foo', { after: 500 });
      queue.add('baz');
      queue.add('bar', { after: 500 });
      queue.add('bal');
      expect(counts(queue)).to.deep.equal({ length: 2, waiting: 2, parked: 0, processing: 0 });
      clock.tick(1000);
      expect(counts(queue)).to.deep.equal({ length: 4, waiting: 0, parked: 0, processing: 0 });
      drain(queue);
    }
  });

  it('goes on with a delay although the item is added meanwhile', () => { // as client-go; controller-runtime's priority queue would take it back
    const queue = new WorkQueue<string>();
    queue.addAfter('foo', 50);
    queue.add('foo');
    expect(drain(queue)).to.deep.equal(['foo']);
    clock.tick(50);
    expect(drain(queue)).to.deep.equal(['foo']);
  });

  it('hands a delayed item out by its priority', () => { // controller-runtime: TestHighPriorityItemThatBecameReadyIsReturnedBeforeLowPriorityItem
    const queue = new WorkQueue<string>();
    queue.add('foo', { priority: -100 });
    queue.add('prio', { after: 1000 });
    queue.add('highest', { after: 1000, priority: 1 });
    queue.add('highest', { after: 1000, priority: 2 });
    queue.add('before', { priority: 1, after: 999 });
    clock.tick(1000);
    expect(drain(queue)).to.deep.equal(['highest', 'before', 'prio', 'foo']);
  });

  it('has one timer, for what is due first, and none where nothing is delayed', () => {
    const queue = new WorkQueue<string>();
    expect(clock.countTimers()).to.equal(0);
    for (let i = 0; i < 100; i++) queue.addAfter(`item ${i}`, 1000 - i);
    for (let i = 0; i < 100; i++) queue.addAfter(`later ${i}`, 2000 + i);
    expect(clock.countTimers()).to.equal(1);
    clock.tick(901);
    expect([queue.length, clock.countTimers()]).to.deep.equal([1, 1]);
    clock.tick(2000);
    expect([queue.length, clock.countTimers()]).to.deep.equal([200, 0]);
  });

  it('keeps no timer once it is shut down', () => {
    for (const shutDown of [(queue: WorkQueue<string>) => { queue.shutDown(); }, (queue: WorkQueue<string>) => { void queue.shutDownWithDrain(); }]) {
      const queue = new WorkQueue<string>();
      queue.addAfter('foo', 1000);
      shutDown(queue);
      expect([queue.waiting, clock.countTimers()]).to.deep.equal([0, 0]);
      clock.tick(2000);
      expect(queue.length).to.equal(0);
    }
  });

  it('goes by the monotonic clock: a step of the wall clock neither hurries nor delays', () => {
    const queue = new WorkQueue<string>();
    queue.addAfter('foo', 60_000);
    clock.setSystemTime(-3_600_000);
    queue.addAfter('bar', 1000);
    clock.tick(1000);
    expect(drain(queue)).to.deep.equal(['bar']);
    clock.setSystemTime(3_600_000);
    queue.addAfter('baz', 1000);
    clock.tick(1000);
    expect(drain(queue)).to.deep.equal(['baz']);
    clock.tick(58_000);
    expect(drain(queue)).to.deep.equal(['foo']);
  });

  it('waits longer than a timer can', () => {
    const queue = new WorkQueue<string>();
    const month = 31 * 24 * 3_600_000;
    queue.addAfter('foo', month);
    clock.tick(month - 1);
    expect(queue.length).to.equal(0);
    clock.tick(1);
    expect(queue.length).to.equal(1);
  });

  it('adds the request about connections, of two that name the same', () => {
    const queue = new WorkQueue();
    const about = aboutConnection(request('a/1'));
    for (const item of [request('a/1'), about, request('a/1')]) queue.addAfter(item, 5);
    clock.tick(5);
    expect(drain(queue)[0]).to.equal(about);
  });

  describe('addRateLimited', () => {
    it('waits as the rate limiter says, longer with every failure, until the item is forgotten', () => { // client-go: TestRateLimitingQueue
      const queue = new WorkQueue<string>({ rateLimiter: itemExponentialFailureRateLimiter({ baseDelay: 1, maxDelay: 1000 }) });
      const wait = (item: string): number => {
        queue.addRateLimited(item);
        for (let ms = 0; ; ms++, clock.tick(1)) {
          if (drain(queue).length > 0) return ms;
        }
      };
      expect([wait('one'), wait('one'), queue.numRequeues('one')]).to.deep.equal([1, 2, 2]);
      expect([wait('two'), wait('two')]).to.deep.equal([1, 2]);
      queue.forget('one');
      expect([queue.numRequeues('one'), wait('one'), wait('two')]).to.deep.equal([0, 1, 4]);
    });

    it('by default is as patient as client-go: 5 ms, 10, 20, and all items together 10 a second after the first 100', () => {
      const queue = new WorkQueue<string>();
      for (const ms of [5, 10, 20]) {
        queue.addRateLimited('foo');
        clock.tick(ms - 1);
        expect(queue.length).to.equal(0);
        clock.tick(1);
        expect(drain(queue)).to.deep.equal(['foo']);
      }
      for (let i = 0; i < 100; i++) queue.addRateLimited(`item ${i}`);
      clock.tick(5);
      expect(drain(queue).length).to.equal(97);
      clock.tick(1000);
      expect(drain(queue).length, 'the bucket is empty').to.equal(3);
    });

    it('waits as long as `after`, where that is shorter', () => { // controller-runtime: AddWithOpts
      const queue = new WorkQueue<string>({ rateLimiter: itemExponentialFailureRateLimiter({ baseDelay: 100 }) });
      queue.add('foo', { rateLimited: true, after: 10 });
      queue.add('bar', { rateLimited: true, after: 1000 });
      clock.tick(10);
      expect(drain(queue)).to.deep.equal(['foo']);
      clock.tick(90);
      expect(drain(queue)).to.deep.equal(['bar']);
    });

    it('of two items does not let one wait for the other', () => { // controller-runtime: TestWhenAddingMultipleItemsWithRatelimitTrueTheyDontAffectEachOther
      const rateLimiter = itemExponentialFailureRateLimiter<string>();
      const queue = new WorkQueue<string>({ rateLimiter });
      for (let i = 0; i < 7; i++) rateLimiter.when('bar');
      queue.addRateLimited('foo');
      queue.addRateLimited('bar');
      clock.tick(5);
      expect(drain(queue)).to.deep.equal(['foo']);
      clock.tick(634);
      expect(drain(queue)).to.deep.equal([]);
      clock.tick(1);
      expect(drain(queue)).to.deep.equal(['bar']);
    });

    it('tells items apart as the queue does', () => {
      const queue = new WorkQueue<{ readonly id: number }>({ keyOf: ({ id }) => String(id) });
      queue.addRateLimited({ id: 1 });
      queue.addRateLimited({ id: 1 });
      expect([queue.numRequeues({ id: 1 }), queue.numRequeues({ id: 2 })]).to.deep.equal([2, 0]);
    });
  });
});
