import { expect } from 'chai';
import { getEventListeners } from 'node:events';
import { EMPTY, NEVER, Observable, Subject, map, of, timer } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Controller, type ControllerContext } from '../../lib/controller/controller.ts';
import type { ControllerOptions } from '../../lib/controller/controller-options.ts';
import type { Reconcile } from '../../lib/controller/reconcile.ts';
import type { EventSource, SourceContext, SourceEvent } from '../../lib/controller/source.ts';
import { ClusterCacheError } from '../../lib/model/errors.ts';
import type { Request } from '../../lib/model/request.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { begun, recordingLogger, request, source, synced, told } from './controller-scene.ts';

const asRequests = map((name: string): Request => request(name));
const events = { s: synced, a: told('a'), b: told('b'), c: told('c') };

const thrown = async (promise: Promise<unknown>): Promise<unknown> => promise.then(() => { throw new Error('it did not reject'); }, (error: unknown) => error);

describe('the life of a Controller', () => {
  leavesNothingOpen();

  describe('its start', () => {
    // controller-runtime: "should wait for each informer to sync"
    it('waits until every source has told what there was', marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first$ = cold<SourceEvent>('a-s', events);
      const second$ = cold<SourceEvent>('b----s', events);
      const plain$ = cold('c');
      const sources = [source('first', first$), source('second', second$), plain$.pipe(asRequests)];
      expectObservable(begun({ sources, reconcile() {} }), '^-------!').toBe('-----(abc)');
      for (const { subscriptions } of [first$, second$, plain$]) expectSubscriptions(subscriptions).toBe('^-------!');
    }));

    it('does not wait for a source that has ended', marbles(({ cold, expectObservable }) => {
      const sources = [source('ended', cold<SourceEvent>('a-|', events)), source('empty', EMPTY)];
      expectObservable(begun({ sources, reconcile() {} }), '^-------!').toBe('--a');
    }));

    it('hands its sources what they need', () => {
      let given: SourceContext | undefined;
      const own: EventSource = { name: 'own', start: (context) => { given = context; return NEVER; } };
      const management = { objects$: () => EMPTY };
      const controller = new Controller({ name: 'machine', sources: [own], reconcile() {} });
      void controller.start({ management });
      void controller.stop();
      expect(given).to.include({ controllerName: 'machine', management });
      expect(given).to.have.keys('controllerName', 'management', 'logger', 'scheduler');
    });

    it('hands its reconciles the client', () => {
      const clients: unknown[] = [];
      const client = {} as NonNullable<ControllerContext['client']>;
      const controller = new Controller({ name: 'machine', sources: [of(request('a'))], reconcile: (_request, context) => { clients.push(context.client); } });
      void controller.start({ client });
      void controller.stop();
      expect(clients).to.deep.equal([client]);
    });

    // controller-runtime: "should return an error if it gets started more than once"
    it('rejects the second time, and the first goes on', async () => {
      const requests = new Subject<Request>();
      const names: string[] = [];
      const controller = new Controller({ name: 'machine', sources: [requests], reconcile: ({ name }) => { names.push(name); } });
      const started = controller.start();
      expect(await thrown(controller.start())).to.include({ code: 'CONTROLLER_STARTED' }).and.have.property('message', 'the controller machine was started more than once: was it added to two managers?');
      requests.next(request('a'));
      await controller.stop();
      await started;
      expect(names).to.deep.equal(['a']);
    });

    it('takes what was put into the queue before', () => {
      const names: string[] = [];
      const controller = new Controller({ name: 'machine', sources: [], reconcile: ({ name }) => { names.push(name); } });
      controller.queue.add(request('a'));
      void controller.start();
      controller.queue.add(request('b'));
      void controller.stop();
      expect(names).to.deep.equal(['a', 'b']);
    });

    describe('by the clock', () => {
      let clock: SinonFakeTimers;
      beforeEach(() => { clock = useFakeTimers(); });
      afterEach(() => { clock.restore(); });

      // controller-runtime: "should error when cache sync timeout occurs"
      it('rejects after 2 min with the sources that have not told, once', async () => {
        const left: string[] = [];
        const silent = (name: string) => source(name, new Observable(() => () => { left.push(name); }));
        const controller = new Controller({ name: 'machine', sources: [silent('Machine'), source('Cluster', of(synced)), silent('Node of all workload clusters')], reconcile() {} });
        let failure: unknown;
        controller.start().catch((error: unknown) => { failure = error; });
        await clock.tickAsync(119_999);
        expect(failure).to.equal(undefined);
        await clock.tickAsync(1);
        expect(failure).to.be.instanceOf(ClusterCacheError).and.include({
          code: 'CACHE_SYNC_TIMEOUT', message: 'the controller machine waited for its sources for 120000 ms in vain: Machine, Node of all workload clusters',
        });
        expect(left).to.deep.equal(['Machine', 'Node of all workload clusters']);
        expect(clock.countTimers()).to.equal(0);
      });

      it('waits for as long as it is told to, and then holds no timer', async () => {
        const controller = new Controller({ name: 'machine', sources: [source('Machine', timer(900).pipe(map(() => synced)))], cacheSyncTimeout: 1_000, reconcile() {} });
        let ended = false;
        controller.start().finally(() => { ended = true; }).catch(() => {});
        await clock.tickAsync(5_000);
        expect(clock.countTimers()).to.equal(0);
        expect(ended).to.equal(false);
        await controller.stop();
      });
    });

    // controller-runtime: "should return an error if there is an error starting the Source"
    it('rejects with the source that cannot be started, and lets go of the others', async () => {
      let isLeft = false;
      let isStarted = false;
      const before = source('Machine', new Observable(() => () => { isLeft = true; }));
      const after: EventSource = { name: 'after', start: () => { isStarted = true; return NEVER; } };
      const broken: EventSource = { name: 'Cluster', start: () => { throw new Error('no cache'); } };
      const controller = new Controller({ name: 'machine', sources: [before, broken, after], reconcile() {} });
      const failure = await thrown(controller.start());
      expect(failure).to.be.instanceOf(ClusterCacheError).and.include({ code: 'SOURCE_FAILED', message: 'the source Cluster of the controller machine failed: no cache' });
      expect((failure as Error).cause).to.be.an('error').with.property('message', 'no cache');
      expect([isLeft, isStarted]).to.deep.equal([true, false]);
    });
  });

  describe('a source that fails while it runs', () => {
    it('ends the controller, for it can be started once only: what runs is awaited, and start() rejects', async () => {
      const told$ = new Subject<SourceEvent>();
      const running = Promise.withResolvers<void>();
      const controller = new Controller({ name: 'machine', sources: [source('Machine', told$)], reconcile: () => running.promise });
      let isOver = false;
      const failure = thrown(controller.start()).then((error) => { isOver = true; return error; });
      told$.next(synced);
      told$.next(told('a'));
      told$.error(new Error('boom'));
      await Promise.resolve();
      expect(isOver).to.equal(false);
      running.resolve();
      expect(await failure).to.include({ code: 'SOURCE_FAILED', message: 'the source Machine of the controller machine failed: boom' });
    });

    it('is subscribed again where it is a plain Observable: after 0.8 s, and then less and less often', marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const logger = recordingLogger();
      const requests = cold('a--#', undefined, new Error('boom'));
      const failingAtOnce = cold('#', undefined, new Error('boom'));
      expectObservable(begun({ sources: [requests.pipe(asRequests)], logger, reconcile() {} }), '^ 2s !').toBe('a 802ms a 802ms a');
      expectObservable(begun({ sources: [failingAtOnce.pipe(asRequests)], reconcile() {} }), '^ 3s !').toBe('');
      expectSubscriptions(failingAtOnce.subscriptions).toBe(['(^!)', '800ms (^!)', '2400ms (^!)']);
    }));

    it('is no matter where what it tells of is no request', () => {
      const logger = recordingLogger();
      const names: string[] = [];
      const controller = new Controller({ name: 'machine', sources: [of(undefined as unknown as Request, {} as Request, request('a'))], logger, reconcile: ({ name }) => { names.push(name); } });
      void controller.start();
      void controller.stop();
      expect(names).to.deep.equal(['a']);
      expect(logger.of('error').map(({ message, fields }) => [message, fields['source']])).to.deep.equal(Array.from({ length: 2 }, () => ['what a source told of is no request', 'sources[0]']));
    });
  });

  describe('its stop', () => {
    it('begins nothing any more, cancels what runs, and waits for it', async () => {
      const requests = new Subject<Request>();
      const names: string[] = [];
      const reasons: unknown[] = [];
      const running = Promise.withResolvers<void>();
      const controller = new Controller({ name: 'machine', sources: [requests], reconcile: async ({ name }, { signal }) => {
        names.push(name);
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        await running.promise;
      } });
      const steps: string[] = [];
      const started = controller.start().finally(() => steps.push('start() resolved'));
      requests.next(request('a'));
      requests.next(request('b'));
      const stopped = controller.stop().finally(() => steps.push('stop() resolved'));
      expect(controller.stop()).to.equal(controller.stop());
      expect(requests.observed).to.equal(false);
      controller.queue.add(request('c'));
      expect(reasons).to.have.length(1);
      expect(reasons[0]).to.include({ code: 'CONTROLLER_STOPPED' });
      await new Promise((resolve) => { setImmediate(resolve); });
      expect(steps).to.deep.equal([]);
      running.resolve();
      await Promise.all([started, stopped]);
      expect(steps).to.have.members(['start() resolved', 'stop() resolved']);
      expect(names).to.deep.equal(['a']);
    });

    it('aborts the signal also for who looks at it only then', async () => {
      const resumed = Promise.withResolvers<void>();
      let aborted: boolean | undefined;
      const controller = new Controller({ name: 'machine', sources: [of(request('a'))], reconcile: async (_request, context) => {
        await resumed.promise;
        aborted = context.signal.aborted;
      } });
      void controller.start();
      const stopped = controller.stop();
      resumed.resolve();
      await stopped;
      expect(aborted).to.equal(true);
    });

    it('unsubscribes an Observable, which is its end', marbles(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const work$ = cold<void>('-');
      expectObservable(begun({ sources: [hot('-ab').pipe(asRequests)], maxConcurrentReconciles: 2, reconcile: () => work$ }), '^-----!').toBe('-ab');
      expectSubscriptions(work$.subscriptions).toBe(['-^----!', '--^---!']);
    }));

    it('reports no failure of what was cancelled by it', async () => {
      const logger = recordingLogger();
      const results: unknown[] = [];
      const sources = [of(request('a'), request('b'))];
      const reconcile: Reconcile = ({ name }, { signal }) => (name === 'a' ? NEVER : new Promise((_resolve, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)); }));
      const controller = new Controller({ name: 'machine', sources, logger, maxConcurrentReconciles: 2, reconcile });
      controller.results$.subscribe((result) => results.push(result));
      void controller.start();
      await controller.stop();
      expect(logger.of('error')).to.deep.equal([]);
      expect(results).to.deep.equal([]);
    });

    it('comes with the signal, by `await using`, and before everything else', async () => {
      const abort = new AbortController();
      const options: ControllerOptions = { name: 'machine', sources: [of(request('a'))], reconcile: () => { throw new Error('must not be called'); } };
      const logger = recordingLogger();
      abort.abort();
      let isStarted = false;
      const own: EventSource = { name: 'own', start: () => { isStarted = true; return NEVER; } };
      await new Controller({ ...options, sources: [own], logger }).start({ signal: abort.signal });
      expect(isStarted).to.equal(false);
      const stopped = new Controller({ ...options, logger });
      await stopped.stop();
      await stopped.start();
      const inTime = new AbortController();
      const controller = new Controller({ ...options, logger, sources: [source('silent', NEVER)] });
      const started = controller.start({ signal: inTime.signal });
      inTime.abort();
      await started;
      {
        await using disposed = new Controller({ ...options, logger, sources: [source('silent', NEVER)] });
        void disposed.start();
      }
      expect(logger.of('error')).to.deep.equal([]);
    });

    it('lets go of the signal, and of the timers of what was to be tried again', async () => {
      const clock = useFakeTimers();
      try {
        const { signal } = new AbortController();
        const controller = new Controller({ name: 'machine', sources: [of(request('a'))], reconcile: () => { throw new Error('boom'); } });
        void controller.start({ signal });
        expect([clock.countTimers() > 0, getEventListeners(signal, 'abort').length]).to.deep.equal([true, 1]);
        await controller.stop();
        await clock.tickAsync(0);
        expect([clock.countTimers(), getEventListeners(signal, 'abort').length]).to.deep.equal([0, 0]);
      } finally {
        clock.restore();
      }
    });

    it('completes the results', async () => {
      const steps: string[] = [];
      const controller = new Controller({ name: 'machine', sources: [of(request('a'))], reconcile() {} });
      controller.results$.subscribe({ next: ({ request: { name }, result }) => steps.push(`${name} ${result}`), complete: () => steps.push('complete') });
      void controller.start();
      await controller.stop();
      expect(steps).to.deep.equal(['a success', 'complete']);
    });

    it('may be called by a source', async () => {
      const names: string[] = [];
      const own$ = new Observable<Request>((subscriber) => {
        subscriber.next(request('a'));
        void controller.stop();
      });
      const controller: Controller = new Controller({ name: 'machine', sources: [own$], reconcile: ({ name }) => { names.push(name); } });
      await controller.start();
      expect(names).to.deep.equal([]);
    });

    it('may be called by a reconcile', async () => {
      const names: string[] = [];
      const controller: Controller = new Controller({ name: 'machine', sources: [of(request('a'), request('b'))], reconcile: ({ name }) => {
        names.push(name);
        void controller.stop();
      } });
      await controller.start();
      expect(names).to.deep.equal(['a']);
    });
  });

  describe('its options', () => {
    const valid: ControllerOptions = { name: 'machine', sources: [], reconcile() {} };
    const refused: readonly [options: object, message: string][] = [
      [{ name: '' }, 'options.name must be a non-empty string; got ""'],
      [{ reconcile: 5 }, 'options.reconcile must be a function; got 5'],
      [{ sources: undefined }, 'options.sources must be an array; got undefined'],
      [{ sources: [NEVER, {}] }, 'options.sources.1 must be an Observable of requests, or a source with a name and start(); got an object of Object'],
      [{ sources: [null] }, 'options.sources.0 must be an Observable of requests, or a source with a name and start(); got null'],
      [{ maxConcurrentReconciles: 0 }, 'options.maxConcurrentReconciles must be a whole number, 1 or more; got 0'],
      [{ rateLimiter: { when() {} } }, 'options.rateLimiter must be a rate limiter with when(), forget() and numRequeues(); got an object of Object'],
      [{ priority: 1 }, 'options.priority must be a function; got 1'],
      [{ minInterval: 0 }, 'options.minInterval must be a number of milliseconds, above 0 and at most 2147483647; got 0'],
      [{ deadline: Infinity }, 'options.deadline must be a number of milliseconds, above 0 and at most 2147483647; got Infinity'],
      [{ clusters: {} }, 'options.clusters must be a ClusterCache, or an object with connections$; got an object of Object'],
      [{ metrics: {} }, 'options.metrics must be a Registry of prom-client; got an object of Object'],
      [{ maxConcurrency: 5 }, 'options.maxConcurrency must be one of name, reconcile, sources, maxConcurrentReconciles, rateLimiter, priority, minInterval, deadline, clusterOf, parkWhile, released$, clusters, cacheSyncTimeout, metrics, logger, scheduler; got an unknown field'],
    ];
    for (const [options, message] of refused) {
      it(`are refused with: ${message}`, () => {
        expect(() => new Controller({ ...valid, ...options })).to.throw(TypeError, message).with.property('message', message);
      });
    }
  });
});

