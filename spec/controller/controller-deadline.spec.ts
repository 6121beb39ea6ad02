import { expect } from 'chai';
import { EMPTY, Subject, map, throwError, timer } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Controller } from '../../lib/controller/controller.ts';
import { Pace } from '../../lib/controller/pace.ts';
import { ReconcileTimeoutError } from '../../lib/controller/reconcile-timeout-error.ts';
import type { Request } from '../../lib/model/request.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { begun, recordingLogger, request } from './controller-scene.ts';

const asRequests = map((name: string): Request => request(name));

describe('the deadline of a Controller', () => {
  it('unsubscribes an Observable, has its request retried with backoff, and its worker go on', marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
    const hanging$ = cold<void>('-');
    const sources = [hot('ab').pipe(asRequests)];
    expectObservable(begun({ sources, deadline: 10, reconcile: ({ name }) => (name === 'a' ? hanging$ : EMPTY) }), '^ 49ms !').toBe('a 9ms b 4ms a 19ms a');
    expectSubscriptions(hanging$.subscriptions).toBe(['^ 9ms !', '15ms ^ 9ms !', '35ms ^ 9ms !']);
  }));

  it('is counted from the start of each, and takes nothing from what ends before', marbles(({ hot, expectObservable }) => {
    const sources = [hot('a 7ms b').pipe(asRequests)];
    const reconcile = ({ name }: Request) => (name === 'a' ? timer(9).pipe(map(() => ({ requeueAfter: 20 }))) : timer(99).pipe(map(() => undefined)));
    expectObservable(begun({ sources, deadline: 10, maxConcurrentReconciles: 2, reconcile }), '^ 36ms !').toBe('a 7ms b 14ms b 5ms a');
  }));

  describe('by the clock', () => {
    leavesNothingOpen();

    let clock: SinonFakeTimers;
    beforeEach(() => { clock = useFakeTimers(); });
    afterEach(() => { clock.restore(); });

    it('gives the worker of a promise that never settles back, reports it once, and starts its request again only when it has settled', async () => {
      const logger = recordingLogger();
      const requests = new Subject<Request>();
      const started: string[] = [];
      const results: string[] = [];
      const hanging = Promise.withResolvers<void>();
      let signal: AbortSignal | undefined;
      const controller = new Controller({ name: 'machine', sources: [requests], deadline: 10_000, logger, reconcile: ({ name }, context) => {
        started.push(`${Date.now()} ${name}`);
        if (name !== 'a' || started.length > 1) return undefined;
        ({ signal } = context);
        return hanging.promise;
      } });
      controller.results$.subscribe(({ request: { name }, result, duration, error }) => results.push(`${name} ${result} ${duration} ${error instanceof ReconcileTimeoutError ? error.code : ''}`));
      void controller.start();
      requests.next(request('a'));
      requests.next(request('b'));
      await clock.tickAsync(9_999);
      expect(started).to.deep.equal(['0 a']);
      expect(signal?.aborted).to.equal(false);
      await clock.tickAsync(1);
      expect(started).to.deep.equal(['0 a', '10000 b']);
      expect(signal?.reason).to.be.instanceOf(ReconcileTimeoutError).and.have.property('message', 'the reconcile did not end within 10000 ms');
      expect(results).to.deep.equal(['a error 10000 RECONCILE_TIMEOUT', 'b success 0 ']);
      // Its retry has been due for long, and it changes once more.
      requests.next(request('a'));
      await clock.tickAsync(100_000);
      expect(started).to.have.length(2);
      expect(logger.of('error')).to.have.length(1);
      hanging.reject(new Error('too late'));
      await clock.tickAsync(0);
      expect(started).to.deep.equal(['0 a', '10000 b', '110000 a']);
      expect(results).to.deep.equal(['a error 10000 RECONCILE_TIMEOUT', 'b success 0 ', 'a success 0 ']);
      expect(logger.of('error')).to.have.length(1);
      await controller.stop();
      expect(clock.countTimers()).to.equal(0);
    });

    it('does not end the wait of stop() for what has not settled', async () => {
      const requests = new Subject<Request>();
      const hanging = Promise.withResolvers<void>();
      const controller = new Controller({ name: 'machine', sources: [requests], deadline: 10, reconcile: () => hanging.promise });
      void controller.start();
      requests.next(request('a'));
      await clock.tickAsync(20);
      let isStopped = false;
      const stopped = controller.stop().finally(() => { isStopped = true; });
      await clock.tickAsync(1_000);
      expect(isStopped).to.equal(false);
      hanging.resolve();
      await stopped;
    });

    it('has one timer, however many reconciles there are, and none after stop()', async () => {
      const requests = new Subject<Request>();
      const controller = new Controller({ name: 'machine', sources: [requests], deadline: 10_000, maxConcurrentReconciles: 50, reconcile: async () => { await Promise.resolve(); } });
      void controller.start();
      for (let at = 0; at < 1_000; at += 1) requests.next(request(`machine-${at}`));
      expect(clock.countTimers()).to.be.at.most(2); // and the end of this turn
      await clock.tickAsync(30_000);
      expect(clock.countTimers()).to.equal(0);
      requests.next(request('a'));
      await controller.stop();
      await clock.tickAsync(0);
      expect(clock.countTimers()).to.equal(0);
    });
  });
});

describe('the minimum interval of a Controller', () => {
  it('keeps the starts of one request apart, and holds up no other', marbles(({ hot, expectObservable }) => {
    const sources = [hot('aba-b 20ms a').pipe(asRequests)];
    expectObservable(begun({ sources, minInterval: 10, reconcile() {} }), '^ 50ms !').toBe('ab 8ms ab 13ms a');
  }));

  it('is counted from the start of a reconcile, not from its end', marbles(({ hot, expectObservable }) => {
    const sources = [hot('a-a').pipe(asRequests)];
    expectObservable(begun({ sources, minInterval: 10, reconcile: () => timer(7).pipe(map(() => {})) }), '^ 50ms !').toBe('a 9ms a');
  }));

  it('holds for retries too, which are no sooner for it', marbles(({ hot, expectObservable }) => {
    const sources = [hot('a').pipe(asRequests)];
    expectObservable(begun({ sources, minInterval: 12, reconcile: () => throwError(() => new Error('boom')) }), '^ 70ms !').toBe('a 11ms a 11ms a 19ms a');
  }));

  it('is off by default', marbles(({ hot, expectObservable }) => {
    expectObservable(begun({ sources: [hot('aaa').pipe(asRequests)], reconcile() {} }), '^----!').toBe('aaa');
  }));

  it('remembers a request only until the first start after it has passed', () => {
    const pace = new Pace(10);
    for (let at = 0; at < 100; at += 1) pace.wait(`a${at}`, at / 100);
    expect(pace.size).to.equal(100);
    expect(pace.wait('a5', 5)).to.equal(5.05);
    expect(pace.wait('b', 10.5)).to.equal(0);
    expect(pace.size).to.equal(50);
    expect(pace.wait('b', 99)).to.equal(0);
    expect(pace.size).to.equal(1);
  });
});
