import { expect } from 'chai';
import { EMPTY, type Observable, VirtualTimeScheduler, concat, defer, map, of, range, throwError, timer } from 'rxjs';
import { Controller } from '../../lib/controller/controller.ts';
import type { Reconcile } from '../../lib/controller/reconcile.ts';
import type { Result } from '../../lib/controller/result.ts';
import { TerminalError } from '../../lib/controller/terminal-error.ts';
import type { Request } from '../../lib/model/request.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { begun, recordingLogger, request, source, synced, told } from './controller-scene.ts';

const asRequests = map((name: string): Request => request(name));
const failing: Reconcile = () => throwError(() => new Error('boom'));

/** Does in turn what it is given, and the last of it for ever. */
function inTurn(...steps: readonly Reconcile[]): Reconcile {
  let calls = 0;
  return (...asked) => {
    const step = steps[Math.min(calls, steps.length - 1)];
    calls += 1;
    return step?.(...asked);
  };
}

const lasting = (ms: number, result?: Result): Observable<Result | void> => timer(ms).pipe(map(() => result));
const succeeding: Reconcile = () => {};

describe('Controller', () => {
  describe('a request whose reconcile fails', () => {
    const ways: readonly [title: string, reconcile: Reconcile][] = [
      ['by a throw', () => { throw new Error('boom'); }],
      ["by an Observable's error", failing],
      ['by a result that is none', () => 'yes' as unknown as Result],
      ['by a result that is null', () => of(null as unknown as Result)],
      ['by a result with a field that nobody reads', () => ({ requeAfter: 30_000 }) as Result],
      ['by a negative wait', () => ({ requeueAfter: -1 })],
      ['by a wait without an end', () => ({ requeueAfter: Infinity })],
    ];
    for (const [title, reconcile] of ways) {
      // controller-runtime: "should requeue a Request if there is an error and continue processing items"
      it(`${title} is tried again after 5 ms, and twice as long after every further failure`, marbles(({ hot, expectObservable }) => {
        const sources = [hot('--a').pipe(asRequests)];
        expectObservable(begun({ sources, reconcile }), '^ 60ms !').toBe('--a 4ms a 9ms a 19ms a');
      }));
    }

    it('holds no other one up', marbles(({ hot, expectObservable }) => {
      const sources = [hot('ab').pipe(asRequests)];
      const reconcile: Reconcile = ({ name }) => (name === 'a' ? throwError(() => new Error('boom')) : undefined);
      expectObservable(begun({ sources, reconcile }), '^ 12ms !').toBe('ab---a');
    }));

    it('waits for at most 1000 s', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a').pipe(asRequests)];
      // After 18 failures, the last wait 5 · 2^17 ms = 655.36 s, it would be 1310.72 s.
      const times: string[] = ['a'];
      for (let failures = 0; failures < 20; failures += 1) times.push(`${Math.min(5 * 2 ** failures, 1_000_000) - 1}ms a`);
      expectObservable(begun({ sources, reconcile: failing }), '^ 3310715ms !').toBe(times.join(' '));
    }));

    it('waits for no others that failed: there is no bucket', () => {
      const scheduler = new VirtualTimeScheduler();
      const times = new Set<number>();
      const controller = new Controller({ name: 'many', scheduler, sources: [range(300).pipe(map((at) => request(`a${at}`)))], reconcile: (_request, { attempt }) => {
        if (attempt === 1) throw new Error('boom');
        times.add(scheduler.now());
      } });
      void controller.start();
      scheduler.flush();
      void controller.stop();
      expect([...times]).to.deep.equal([5]);
    });

    it('waits as its rate limiter says', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a').pipe(asRequests)];
      const rateLimiter = { when: () => 3, forget() {}, numRequeues: () => 0 };
      expectObservable(begun({ sources, rateLimiter, reconcile: failing }), '^--------!').toBe('a--a--a--');
    }));

    // controller-runtime: "should forget the Request if Reconciler is successful"
    it('begins anew with 5 ms after a success', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a 29ms a').pipe(asRequests)];
      const reconcile = inTurn(failing, failing, succeeding, failing, succeeding);
      expectObservable(begun({ sources, reconcile }), '^ 60ms !').toBe('a 4ms a 9ms a 14ms a 4ms a');
    }));

    it('is told which attempt it is', () => {
      const scheduler = new VirtualTimeScheduler();
      const attempts: number[] = [];
      const controller = new Controller({ name: 'attempts', scheduler, sources: [of(request('a'))], reconcile: (_request, { attempt }) => {
        attempts.push(attempt);
        return attempts.length < 4 ? failing(_request, {} as never) : attempts.length < 6 ? { requeueAfter: 1 } : undefined;
      } });
      void controller.start();
      scheduler.flush();
      void controller.stop();
      expect(attempts).to.deep.equal([1, 2, 3, 4, 1, 1]);
    });

    it('is logged with its controller, its request and its error', () => {
      const logger = recordingLogger();
      const controller = new Controller({ name: 'machine', sources: [of({ ...request('a'), cluster: { namespace: 'default', name: 'c' } })], logger, reconcile: failing });
      void controller.start();
      void controller.stop();
      const [record] = logger.of('error');
      expect(record?.message).to.equal('the reconcile failed and is tried again');
      expect(record?.fields).to.include({ controller: 'machine', request: 'default/c//default/a', attempt: 1 });
      expect(record?.fields['err']).to.be.an('error').with.property('message', 'boom');
      expect(record?.fields['reconcileId']).to.match(/^[0-9a-f-]{36}$/);
    });
  });

  describe('a terminal error', () => {
    const ways: readonly [title: string, error: () => Error][] = [
      ['by itself', () => new TerminalError('never')],
      ['as the cause of the cause of another one', () => new Error('a', { cause: new Error('b', { cause: new TerminalError('never') }) })],
    ];
    for (const [title, error] of ways) {
      // controller-runtime: "should not requeue a Request if there is a terminal error"
      it(`${title} is not retried; the next change is`, marbles(({ hot, expectObservable }) => {
        const sources = [hot('a 49ms a').pipe(asRequests)];
        expectObservable(begun({ sources, reconcile: () => throwError(error) }), '^ 99ms !').toBe('a 49ms a');
      }));
    }

    it('forgets what failed before', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a 29ms a').pipe(asRequests)];
      const reconcile = inTurn(failing, failing, () => { throw new TerminalError('never'); }, failing, succeeding);
      expectObservable(begun({ sources, reconcile }), '^ 60ms !').toBe('a 4ms a 9ms a 14ms a 4ms a');
    }));

    it('has a code, and is logged', () => {
      const logger = recordingLogger();
      const error = new TerminalError('no such flavor', { cluster: { namespace: 'default', name: 'c' } });
      const controller = new Controller({ name: 'machine', sources: [of(request('a'))], logger, reconcile: () => { throw error; } });
      void controller.start();
      void controller.stop();
      expect(error.toJSON()).to.deep.equal({ name: 'TerminalError', code: 'TERMINAL', message: 'no such flavor', cluster: { namespace: 'default', name: 'c' } });
      expect(logger.of('error').map(({ message, fields }) => [message, fields['err']])).to.deep.equal([['the reconcile failed and is not tried again', error]]);
    });

    it('an error that is its own cause is an error like any other', marbles(({ hot, expectObservable }) => {
      const error = new Error('boom');
      error.cause = error;
      expectObservable(begun({ sources: [hot('a').pipe(asRequests)], reconcile: () => { throw error; } }), '^-----!').toBe('a----a');
    }));
  });

  describe('a result', () => {
    // controller-runtime: "should requeue a Request after a duration (but not rate-limited) if the Result sets RequeueAfter (regardless of Requeue)"
    it('with requeueAfter has the request tried again after that time, whatever else it asks for', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a').pipe(asRequests)];
      expectObservable(begun({ sources, reconcile: () => ({ requeueAfter: 20, requeue: true }) }), '^ 50ms !').toBe('a 19ms a 19ms a');
    }));

    it('with requeueAfter forgets what failed before', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a').pipe(asRequests)];
      const reconcile = inTurn(failing, failing, () => ({ requeueAfter: 20 }), failing, succeeding);
      expectObservable(begun({ sources, reconcile }), '^ 60ms !').toBe('a 4ms a 9ms a 19ms a 4ms a');
    }));

    it('with requeueAfter does not hold up what changes meanwhile, which takes nothing of it back', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a 4ms a').pipe(asRequests)];
      expectObservable(begun({ sources, reconcile: inTurn(() => ({ requeueAfter: 20 }), succeeding) }), '^ 60ms !').toBe('a 4ms a 14ms a');
    }));

    // controller-runtime: "should requeue a Request with rate limiting if the Result sets Requeue:true and continue processing items"
    it('with requeue has the request tried again as after a failure', marbles(({ hot, expectObservable }) => {
      const sources = [hot('a').pipe(asRequests)];
      expectObservable(begun({ sources, reconcile: () => ({ requeue: true }) }), '^ 30ms !').toBe('a 4ms a 9ms a');
    }));

    it('without either is a success, and so is one that waits for no time', marbles(({ hot, expectObservable }) => {
      const sources = [hot('abc').pipe(asRequests)];
      const results: Readonly<Record<string, Result>> = { a: {}, b: { requeue: false, requeueAfter: 0 }, c: { priority: 3 } };
      expectObservable(begun({ sources, reconcile: ({ name }) => results[name] }), '^ 99ms !').toBe('abc');
    }));

    it('of an Observable is its last value when it completes; without a value it is a success', marbles(({ hot, expectObservable }) => {
      const sources = [hot('ab').pipe(asRequests)];
      const reconcile: Reconcile = ({ name }) => (name === 'b' ? EMPTY : concat(of({ requeueAfter: 1 }), lasting(4, { requeueAfter: 20 })));
      expectObservable(begun({ sources, reconcile }), '^ 40ms !').toBe('a---b 19ms a');
    }));

    it('of a promise is what it resolves to; a rejection is a failure', async () => {
      const scheduler = new VirtualTimeScheduler();
      const controller = new Controller({
        name: 'promising', sources: [of(request('a'))], scheduler,
        reconcile: inTurn(() => Promise.resolve({ requeueAfter: 7 }), () => Promise.reject(new Error('boom')), async () => {}),
      });
      const results: unknown[] = [];
      controller.results$.subscribe(({ result, error }) => results.push([scheduler.now(), result, (error as Error | undefined)?.message]));
      void controller.start();
      for (let turn = 0; turn < 3; turn += 1) {
        for (let step = 0; step < 5; step += 1) await Promise.resolve();
        scheduler.flush();
      }
      await controller.stop();
      expect(results).to.deep.equal([[0, 'requeue_after', undefined], [7, 'error', 'boom'], [12, 'success', undefined]]);
    });
  });

  describe('the priority of a request', () => {
    const events = { s: synced, l: told('l', -100), n: told('n'), h: told('h', 5), b: told('b', 10) };
    const blocking = lasting(9);

    it('decides who is first', marbles(({ hot, expectObservable }) => {
      const sources = [source('events', hot('sblnh', events))];
      expectObservable(begun({ sources, reconcile: ({ name }) => (name === 'b' ? blocking : undefined) }), '^ 20ms !').toBe('-b 8ms (hnl)');
    }));

    it('is what the controller says of it, given what the source says', marbles(({ hot, expectObservable }) => {
      const sources = [source('events', hot('sblnh', events))];
      const priority = ({ name }: Request, given: number): number => (name === 'l' ? given + 103 : given);
      expectObservable(begun({ sources, priority, reconcile: ({ name }) => (name === 'b' ? blocking : undefined) }), '^ 20ms !').toBe('-b 8ms (hln)');
    }));

    it('is that of the source where the controller cannot say', () => {
      const logger = recordingLogger();
      const names: string[] = [];
      const priority = ({ name }: Request): number => (name === 'a' ? NaN : (undefined as unknown as { readonly none: number }).none);
      const controller = new Controller({ name: 'machine', sources: [of(request('a'), request('b'))], logger, priority, reconcile: ({ name }) => { names.push(name); } });
      void controller.start();
      void controller.stop();
      expect(names).to.deep.equal(['a', 'b']);
      expect(logger.of('error').map(({ message }) => message)).to.deep.equal(Array.from({ length: 2 }, () => 'a request has the priority of its source, for its own cannot be told'));
    });

    // controller-runtime: "should retain the priority when the reconciler requests a requeue", "… with RequeueAfter", "… when there was an error"
    const ways: readonly [title: string, first: Reconcile][] = [['a requeue', () => ({ requeue: true })], ['a requeueAfter', () => ({ requeueAfter: 5 })], ['a failure', failing]];
    for (const [title, first] of ways) {
      it(`is kept over ${title}: what is due since 6 ms comes after what changed at 7 ms`, marbles(({ hot, expectObservable }) => {
        const sources = [source('events', hot('slb----n', events))];
        const low = inTurn(first, succeeding);
        const reconcile: Reconcile = (asked, context) => (asked.name === 'b' ? blocking : asked.name === 'l' ? low(asked, context) : undefined);
        expectObservable(begun({ sources, reconcile }), '^ 20ms !').toBe('-lb 8ms (nl)');
      }));
    }

    it('is what the result says, where it says so', marbles(({ hot, expectObservable }) => {
      const sources = [source('events', hot('slb----n', events))];
      const low = inTurn(() => ({ requeueAfter: 5, priority: 1 }), succeeding);
      const reconcile: Reconcile = (asked, context) => (asked.name === 'b' ? blocking : asked.name === 'l' ? low(asked, context) : undefined);
      expectObservable(begun({ sources, reconcile }), '^ 20ms !').toBe('-lb 8ms (ln)');
    }));
  });

  it('hands each reconcile a logger that says which it is', () => {
    const logger = recordingLogger();
    const ids: string[] = [];
    const controller = new Controller({ name: 'machine', sources: [of(request('a'), request('b', 'c'))], logger, reconcile: (_request, context) => {
      ids.push(context.reconcileId);
      context.logger.info({ step: 1 }, 'working');
      context.logger.warn({}, 'still working');
    } });
    void controller.start();
    void controller.stop();
    const told = [...logger.of('info'), ...logger.of('warn')].filter(({ message }) => message.endsWith('working'));
    expect(told.map(({ message, fields }) => ({ message, ...fields }))).to.deep.equal([
      { message: 'working', controller: 'machine', request: 'default/a', reconcileId: ids[0], step: 1 }, { message: 'working', controller: 'machine', request: 'default/c//default/b', reconcileId: ids[1], step: 1 },
      { message: 'still working', controller: 'machine', request: 'default/a', reconcileId: ids[0] }, { message: 'still working', controller: 'machine', request: 'default/c//default/b', reconcileId: ids[1] },
    ]);
    expect(new Set(ids).size).to.equal(2);
  });

  it('goes on where the logger throws', () => {
    const fail = () => { throw new Error('no space left'); };
    const names: string[] = [];
    const controller = new Controller({ name: 'machine', sources: [of(request('a'), request('b'))], logger: { debug: fail, info: fail, warn: fail, error: fail }, reconcile: ({ name }, { logger }) => {
      names.push(name);
      logger.info({}, 'working');
      throw new Error('boom');
    } });
    void controller.start();
    void controller.stop();
    expect(names).to.deep.equal(['a', 'b']);
  });

  it('works on a scheduler that it is given', () => {
    const scheduler = new VirtualTimeScheduler();
    const times: number[] = [];
    const controller = new Controller({ name: 'virtual', scheduler, sources: [of(request('a'))], reconcile: () => defer(() => {
      times.push(scheduler.now());
      return times.length < 4 ? throwError(() => new Error('boom')) : EMPTY;
    }) });
    void controller.start();
    scheduler.flush();
    void controller.stop();
    expect(times).to.deep.equal([0, 5, 15, 35]);
  });
});
