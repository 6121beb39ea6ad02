import { expect } from 'chai';
import { NEVER, VirtualTimeScheduler, map, merge, of, throwError, timer } from 'rxjs';
import { Controller } from '../../lib/controller/controller.ts';
import type { Reconcile } from '../../lib/controller/reconcile.ts';
import type { ClusterConnectionState } from '../../lib/model/connection-state.ts';
import { ClusterCacheError, ClusterNotConnectedError } from '../../lib/model/errors.ts';
import { unknownHealth } from '../../lib/model/health.ts';
import { type Request, aboutConnection } from '../../lib/model/request.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { begun, recordingLogger, request } from './controller-scene.ts';

const CLUSTER = { namespace: 'default', name: 'c' };
const OTHER = { namespace: 'default', name: 'other' };

function state(phase: 'pending' | 'connecting' | 'connected' | 'disconnected' | 'absent', cluster = CLUSTER): ClusterConnectionState<unknown> {
  const own = { cluster, since: new Date(0), health: unknownHealth };
  switch (phase) {
    case 'pending': return { ...own, phase, reason: 'kubeconfigMissing' };
    case 'connecting': return { ...own, phase, attempt: 0 };
    case 'connected': return { ...own, phase, connection: {} };
    case 'disconnected': return { ...own, phase, reason: 'connectFailed', error: new ClusterCacheError('X', 'x') };
    case 'absent': return { ...own, phase, reason: 'deleted' };
  }
}

const states = { p: state('pending'), i: state('connecting'), c: state('connected'), d: state('disconnected'), g: state('absent'), o: state('connected', OTHER) };
const asRequests = map((name: string): Request => request(name));
const notConnected = new ClusterNotConnectedError('client', { cluster: CLUSTER });
const unreachable: Reconcile = () => throwError(() => notConnected);

describe('a reconcile that finds its cluster without a connection', () => {
  const ways: readonly [title: string, error: unknown][] = [
    ['thrown', notConnected],
    ['as the cause of another error', new Error('cannot get the Nodes', { cause: notConnected })],
    ['as the cause of a cause', new Error('a', { cause: new Error('b', { cause: notConnected }) })],
  ];
  for (const [title, error] of ways) {
    it(`(${title}) is not retried; its request waits until the cluster is connected`, marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const connections$ = cold('d 99ms i 19ms c--c', states);
      const clusters = { connections$ };
      expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile: () => { throw error; } }), '^ 121ms !').toBe('--a 117ms a');
      expectSubscriptions(connections$.subscriptions).toBe('^ 121ms !');
    }));
  }

  it('waits until the cluster is gone, too', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('p 99ms g', states) };
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile: unreachable }), '^ 103ms !').toBe('--a 97ms a');
  }));

  it('is woken by its own cluster alone', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('(do) 46ms (gp)', { ...states, g: state('absent', OTHER) }) };
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile: unreachable }), '^ 103ms !').toBe('--a');
  }));

  it('leaves its backoff as it was', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d-c--d--c', states) };
    let calls = 0;
    const reconcile: Reconcile = () => {
      calls += 1;
      throw calls === 1 || calls === 3 ? notConnected : new Error('boom');
    };
    // Parked at 1; at 2 its first failure, that is due at 7; parked then, and at 8 its second failure: 10 ms, and 20.
    expectObservable(begun({ sources: [hot('-a').pipe(asRequests)], clusters, reconcile }), '^ 45ms !').toBe('-aa----aa 9ms a 19ms a');
  }));

  it('is tried again at once where the cluster was connected meanwhile', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d---c', states) };
    const reconcile: Reconcile = ({ name }, context) => timer(5).pipe(map(() => {
      if (context.attempt > 0 && name === 'a' && calls++ === 0) throw notConnected;
    }));
    let calls = 0;
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile }), '^ 45ms !').toBe('--a----a');
  }));

  it('is tried again at once where the cluster went meanwhile, and then with backoff', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d---g', states) };
    const reconcile: Reconcile = () => timer(5).pipe(map(() => { throw notConnected; }));
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile }), '^ 45ms !').toBe('--a----a 9ms a 14ms a');
  }));

  it('is forgotten where it is about an object of a cluster that went, after a last try', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d---g 9ms c', states) };
    const a = { ...request('a'), cluster: CLUSTER };
    // The cluster is there again when the object is told of once more, and the error made up.
    expectObservable(begun({ sources: [hot('--a 16ms a', { a })], clusters, reconcile: unreachable }), '^ 45ms !').toBe('--a-a 14ms a 4ms a 9ms a');
  }));

  it('backs off where the cluster is connected all the time: no hot loop', marbles(({ hot, cold, expectObservable }) => {
    const logger = recordingLogger();
    const clusters = { connections$: cold('c---c', states) };
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, logger, reconcile: unreachable }), '^ 45ms !').toBe('--a 4ms a 9ms a 19ms a');
  }));

  it('backs off where it heard nothing but of the health of a cluster that is connected', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('c---c', states) };
    const reconcile: Reconcile = () => timer(3).pipe(map(() => { throw notConnected; }));
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile }), '^ 15ms !').toBe('--a 7ms a');
  }));

  it('backs off where nobody knows the cluster, and waits when somebody does', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('---------p 89ms c', states) };
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile: unreachable }), '^ 103ms !').toBe('--a 4ms a 9ms a 81ms a');
  }));

  it('backs off where no connections are known', marbles(({ hot, expectObservable }) => {
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], reconcile: unreachable }), '^ 25ms !').toBe('--a 4ms a 9ms a');
  }));

  it('is woken, and backs off, when the connections have ended or failed', marbles(({ hot, cold, expectObservable }) => {
    for (const end of ['|', '#']) {
      const clusters = { connections$: cold(`d---------${end}`, states) };
      expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, reconcile: unreachable }), '^ 30ms !').toBe('--a-------a 4ms a 9ms a');
    }
  }));

  it('waits for the connections of its sources, and of what starts the controller, as well', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const fromSource = cold('d 49ms c', states);
    const fromManager = cold('d 49ms c', { d: state('disconnected', OTHER), c: state('connected', OTHER) });
    const source$ = Object.assign(hot('-ab').pipe(asRequests), { connections$: fromSource });
    const reconcile: Reconcile = ({ name }) => { throw new ClusterNotConnectedError('client', { cluster: name === 'a' ? CLUSTER : OTHER }); };
    expectObservable(begun({ sources: [source$], reconcile }, { connections$: fromManager }), '^ 52ms !').toBe('-ab 47ms (ba)');
    for (const { subscriptions } of [fromSource, fromManager]) expectSubscriptions(subscriptions).toBe('^ 52ms !');
  }));

  it('follows the connections of one cluster cache once, however many say them', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const connections$ = cold('d', states);
    const sources = ['-a', '--b'].map((told) => Object.assign(hot(told).pipe(asRequests), { connections$: connections$ }));
    expectObservable(begun({ sources, clusters: { connections$ }, reconcile() {} }), '^-----!').toBe('-ab');
    expectSubscriptions(connections$.subscriptions).toBe(['^-----!']);
  }));

  it('waits as well where it is about the connection, and is woken by the next word of that', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d', states) };
    const sources = [hot('--a 19ms a').pipe(map((name) => aboutConnection({ ...request(name), cluster: CLUSTER })))];
    expectObservable(begun({ sources, clusters, reconcile: unreachable }), '^ 99ms !').toBe('--a 19ms a');
  }));

  it('does not keep a change of an object of the management cluster waiting: it may be on its way out', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d', states) };
    expectObservable(begun({ sources: [hot('--a 19ms a').pipe(asRequests)], clusters, reconcile: unreachable }), '^ 99ms !').toBe('--a 19ms a');
    // The same where it changes while it is reconciled.
    const reconcile: Reconcile = () => timer(10).pipe(map(() => { throw notConnected; }));
    expectObservable(begun({ sources: [hot('--a--a').pipe(asRequests)], clusters, reconcile }), '^ 99ms !').toBe('--a 9ms a');
  }));

  it('waits on where it is about an object of the cluster, whatever is said of that', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d', states) };
    const sources = [hot('--a 19ms a').pipe(map((name) => request(name, 'c')))];
    expectObservable(begun({ sources, clusters, reconcile: unreachable }), '^ 99ms !').toBe('--a');
  }));

  it('holds no worker, and is told as a requeue that is no failure', () => {
    const scheduler = new VirtualTimeScheduler();
    const logger = recordingLogger();
    const results: string[] = [];
    const controller = new Controller({
      name: 'machine', scheduler, logger, sources: [of(request('a'), request('b'))], clusters: { connections$: of(states.d, states.o).pipe((first$) => merge(first$, NEVER)) },
      reconcile: ({ name }) => { if (name === 'a') throw notConnected; },
    });
    controller.results$.subscribe(({ request: { name }, result, error }) => results.push(`${name} ${result} ${error instanceof ClusterNotConnectedError}`));
    void controller.start();
    scheduler.flush();
    expect(controller.queue.parked).to.equal(1);
    void controller.stop();
    expect(results).to.deep.equal(['a requeue true', 'b success false']);
    expect(logger.of('error')).to.deep.equal([]);
    expect(logger.of('debug').map(({ message }) => message)).to.include('the reconcile waits for the connection of its cluster');
  });
});

describe('a controller that parks', () => {
  it('for a reason of its own lets what finds its cluster without a connection wait for that, too', marbles(({ hot, cold, expectObservable }) => {
    const clusters = { connections$: cold('d 99ms i 19ms c--c', states) };
    expectObservable(begun({ sources: [hot('--a').pipe(asRequests)], clusters, parkWhile: () => false, reconcile: unreachable }), '^ 121ms !').toBe('--a 117ms a');
  }));

  it('leaves the requests of a lost cluster where they are, and no other, until the cluster is released', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const of = { a: { ...request('a'), cluster: CLUSTER }, b: { ...request('b'), cluster: OTHER } };
    let isLost = true;
    const released$ = cold('10ms r|', { r: CLUSTER }).pipe(map((cluster) => { isLost = false; return cluster; }));
    const source$ = hot('--a-b', of);
    expectObservable(begun({ sources: [source$], parkWhile: ({ name }) => name === CLUSTER.name && isLost, released$, reconcile: () => {} }), '^ 20ms !').toBe('----b 7ms a');
    expectSubscriptions(source$.subscriptions).toBe('^ 20ms !');
  }));
});
