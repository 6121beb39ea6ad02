import { type Observable, Observable as Rx, type Subscription, asyncScheduler, distinctUntilChanged, filter, map, of, throwError, timer, switchMap, NEVER, concat } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { expect } from 'chai';
import { type ClusterSourceOption, type ClusterToRequests, clusterEvents, clusterSource, watchForProbeFailure, watchForRemoval, withoutInitialEvents } from '../../lib/cluster-cache/cluster-source.ts';
import { type ClusterRecord, nextRecord } from '../../lib/cluster-cache/cluster-record.ts';
import { ManagementReader } from '../../lib/cluster-cache/management-reader.ts';
import type { LiveConnection } from '../../lib/cluster-cache/cluster-connection.ts';
import { changeOf } from '../../lib/cluster-cache/cluster-change.ts';
import { connectionStream } from '../../lib/connection/connection-stream.ts';
import type { TargetState } from '../../lib/connection/dialer.ts';
import type { ClusterEvent } from '../../lib/model/cluster-event.ts';
import { ClusterCacheError, UnauthorizedError } from '../../lib/model/errors.ts';
import type { LogFields } from '../../lib/model/logger.ts';
import { silentLogger } from '../../lib/model/logger.ts';
import { isAboutConnection } from '../../lib/model/request.ts';
import { LatestByKey } from '../../lib/operators/latest-by-key.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/*
 * The timelines that controllers rely on, with the defaults: a probe 10 s after the last one ended, 5 s for each, 5 in a row, 30 s to the next connect.
 * Sources ask for 50 s and 300 s. Time 0 is when the first connect ends, or the first attempt begins where none does.
 */
const KEY = { namespace: 'default', name: 'one' };
const DURATIONS = [watchForProbeFailure(50_000), watchForProbeFailure(300_000)];
const END = 320;

type Answer = () => Observable<unknown>;
const ok: Answer = () => of();
const hangs: Answer = () => NEVER;
const refused: Answer = () => throwError(() => new ClusterCacheError('ECONNREFUSED', 'connection refused'));
const timedOut: Answer = () => timer(5_000).pipe(switchMap(refused));
const unauthorized: Answer = () => throwError(() => new UnauthorizedError());

interface Scenario {
  /** What a connect does at a second of the scenario. */
  readonly connect?: (second: number, target: string) => Answer;
  readonly probe?: (second: number, target: string) => Answer;
  /** Seconds at which another kubeconfig comes. */
  readonly rotations?: Readonly<Record<number, string>>;
}

/** A cluster with the real stream, records and source, on a scripted dialer. */
function play({ connect = () => ok, probe = () => ok, rotations = {} }: Scenario): LatestByKey<ClusterRecord> & { readonly running: Subscription } {
  const second = () => asyncScheduler.now() / 1000;
  const target$ = concat(
    of<TargetState<string>>({ ready: true, target: 'first', fingerprint: 'first' }),
    ...Object.entries(rotations).map(([at, name]) => timer(Number(at) * 1000).pipe(map((): TargetState<string> => ({ ready: true, target: name, fingerprint: name })))),
    NEVER,
  );
  const state$ = connectionStream<string, LiveConnection>({
    target$,
    dialer: {
      connect: (target) => concat(connect(second(), target)() as Observable<never>, of({ target, view: { server: 'https://one', inCluster: false, stages: [] } } as unknown as LiveConnection)),
      probe: (connection) => probe(second(), (connection as unknown as { target: string }).target)(),
      close() {},
    },
    options: { random: () => 0 },
  });
  const records = new LatestByKey<ClusterRecord>();
  const running = state$.subscribe((state) => {
    const { connection: _, ...change } = { cluster: { metadata: KEY }, ...changeOf(KEY, state) };
    records.set('default/one', nextRecord(records.get('default/one'), change, new Date(asyncScheduler.now()), asyncScheduler.now()));
  });
  return Object.assign(records, { running });
}

/** Letters at seconds, as a marble row: `{ 0: 'c', 50: 'f' }` is `c 49999ms f`; several letters at one second are one frame. */
function seconds(letters: Readonly<Record<string, string>>): string {
  let frame = 0;
  return Object.entries(letters).map(([at, text]) => {
    const wait = Number(at) * 1000 - frame;
    const group = text.length > 1 ? `(${text})` : text;
    frame += wait + (text.length > 1 ? text.length + 2 : 1);
    return `${wait > 0 ? `${wait}ms ` : ''}${group}`;
  }).join(' ');
}

const PHASES = { absent: 'a', pending: 'p', connecting: 'i', connected: 'c', disconnected: 'd' };

/** c connected, d disconnected, D disconnected that tells of 50 s without a success too, f probeFailing(50), F probeFailing(300), r probeRecovered. */
function letterOf({ type, after }: ClusterEvent): string {
  switch (type) {
    case 'connected': return 'c';
    case 'disconnected': return after === undefined ? 'd' : 'D';
    case 'probeFailing': return after === 50_000 ? 'f' : 'F';
    case 'probeRecovered': return 'r';
    case 'kubeconfigRotated': return 'k';
    case 'removed': return 'x';
  }
}

/** Checks what one scenario looks like to a consumer of states, of health and of events. */
const timeline = (scenario: Scenario, expected: { phases?: Record<string, string>; failures?: Record<string, string>; events: Record<string, string> }) => marbles(({ expectObservable }: RunHelpers) => {
  const watching = <T>(project: (records: LatestByKey<ClusterRecord>) => Observable<T>) => new Rx<T>((subscriber) => {
    const records = play(scenario);
    subscriber.add(project(records).subscribe(subscriber));
    subscriber.add(records.running);
  });
  const until = `${END}s !`;
  const state$ = watching((records) => records.all$.pipe(map(({ state }) => state)));
  if (expected.phases !== undefined) expectObservable(state$.pipe(map(({ phase }) => PHASES[phase]), distinctUntilChanged()), until).toBe(seconds(expected.phases));
  if (expected.failures !== undefined) {
    expectObservable(state$.pipe(map(({ health }) => health.consecutiveFailures.toString(36)), distinctUntilChanged(), filter((failures) => failures !== '0')), until).toBe(seconds(expected.failures));
  }
  expectObservable(watching((records) => clusterEvents(records, DURATIONS, asyncScheduler).pipe(map(letterOf))), until).toBe(seconds(expected.events));
});

describe('the timeline of a cluster', () => {
  it('that is a black hole after the connect', timeline({
    connect: (second) => (second === 0 ? ok : timedOut), probe: () => hangs,
  }, {
    phases: { 0: 'c', 75: 'd', 105: 'i', 110: 'd', 140: 'i', 145: 'd', 175: 'i', 180: 'd', 210: 'i', 215: 'd', 245: 'i', 250: 'd', 280: 'i', 285: 'd', 315: 'i' },
    failures: { 15: '1', 30: '2', 45: '3', 60: '4', 75: '5', 110: '6', 145: '7', 180: '8', 215: '9', 250: 'a', 285: 'b' },
    events: { 0: 'c', 50: 'f', 75: 'd', 300: 'F' },
  }));

  it('whose connections are refused after the connect: at 50 s one event, not two', timeline({
    connect: (second) => (second === 0 ? ok : refused), probe: () => refused,
  }, {
    failures: { 10: '1', 20: '2', 30: '3', 40: '4', 50: '5', 80: '6', 110: '7', 140: '8', 170: '9', 200: 'a', 230: 'b', 260: 'c', 290: 'd' },
    events: { 0: 'c', 50: 'D', 300: 'F' },
  }));

  it('that never connects: counted from the first attempt', timeline({
    connect: () => timedOut,
  }, {
    phases: { 0: 'i', 5: 'd', 35: 'i', 40: 'd', 70: 'i', 75: 'd', 105: 'i', 110: 'd', 140: 'i', 145: 'd', 175: 'i', 180: 'd', 210: 'i', 215: 'd', 245: 'i', 250: 'd', 280: 'i', 285: 'd', 315: 'i' },
    failures: { 5: '1', 40: '2', 75: '3', 110: '4', 145: '5', 180: '6', 215: '7', 250: '8', 285: '9' },
    events: { 50: 'f', 300: 'F' },
  }));

  it('that answers 401 when the new kubeconfig is there already: reconnected in the same tick', timeline({
    probe: (second) => (second === 10 ? unauthorized : ok),
  }, {
    phases: { 0: 'c', 10: 'dic' },
    events: { 0: 'c', 10: 'dc' },
  }));

  it('that answers 401 before its Secret is rotated: one failed reconnect, and connected with the rotation', timeline({
    connect: (second, target) => (second === 0 || target === 'second' ? ok : unauthorized),
    probe: (_second, target) => (target === 'first' ? unauthorized : ok),
    rotations: { 15: 'second' },
  }, {
    phases: { 0: 'c', 10: 'did', 15: 'ic' },
    events: { 0: 'c', 10: 'd', 15: 'c' },
  }));

  it('that is a black hole until 69 s: told when its fifth probe succeeds', timeline({
    probe: (second) => (second < 65 ? hangs : second < 70 ? () => timer(4_000).pipe(switchMap(ok)) : ok),
  }, {
    phases: { 0: 'c' },
    failures: { 15: '1', 30: '2', 45: '3', 60: '4' },
    events: { 0: 'c', 50: 'f', 70: 'r' },
  }));

  it('that is well: nothing is told after the connect', timeline({}, { phases: { 0: 'c' }, events: { 0: 'c' } }));

  it('that is a black hole twice: a success re-arms what was told', timeline({
    connect: (second) => (second === 0 ? ok : timedOut), probe: (second) => (second === 55 ? ok : hangs),
  }, {
    failures: { 15: '1', 30: '2', 45: '3', 70: '1', 85: '2', 100: '3', 115: '4', 130: '5', 165: '6', 200: '7', 235: '8', 270: '9', 305: 'a' },
    events: { 0: 'c', 50: 'f', 55: 'r', 105: 'f', 130: 'd' },
  }));

  it('that connects at the second attempt, in time: that alone is told', timeline({
    connect: (second) => (second < 35 ? timedOut : ok),
  }, { events: { 35: 'c' } }));

  it('that connects when it was told to be failing: its recovery is the connect', timeline({
    connect: (second) => (second < 70 ? timedOut : ok),
  }, { events: { 50: 'f', 70: 'c' } }));

  it('whose kubeconfig is rotated while it is well', timeline({
    rotations: { 15: 'second' },
  }, { phases: { 0: 'c' }, events: { 0: 'c', 15: 'k' } }));
});

describe('clusterEvents$', () => {
  it('begins with the connected clusters, unless asked not to', marbles(({ expectObservable }) => {
    const late = (options: Parameters<typeof clusterEvents>[1]) => new Rx<string>((subscriber) => {
      const records = play({});
      subscriber.add(timer(25_000).pipe(switchMap(() => clusterEvents(records, options, asyncScheduler)), map(letterOf)).subscribe(subscriber));
      subscriber.add(records.running);
    });
    expectObservable(late([]), '60s !').toBe('25s c');
    expectObservable(late([withoutInitialEvents()]), '60s !').toBe('60s -');
  }));

  it('tells a late subscriber of what is overdue at once, and of the rest on time', marbles(({ expectObservable }) => {
    const late$ = new Rx<string>((subscriber) => {
      const records = play({ connect: () => timedOut });
      subscriber.add(timer(100_000).pipe(switchMap(() => clusterEvents(records, DURATIONS, asyncScheduler)), map(letterOf)).subscribe(subscriber));
      subscriber.add(records.running);
    });
    expectObservable(late$, '320s !').toBe('100s f 199999ms F');
  }));

  it('says of each event of which cluster it is, when it was and why', marbles(({ expectObservable }) => {
    const blackHole: Scenario = { connect: (second) => (second === 0 ? ok : timedOut), probe: () => hangs };
    const told$ = new Rx<ClusterEvent>((subscriber) => {
      const records = play(blackHole);
      subscriber.add(clusterEvents(records, DURATIONS, asyncScheduler).subscribe(subscriber));
      subscriber.add(records.running);
    });
    const event = { key: KEY, cluster: { metadata: KEY } };
    expectObservable(told$, '320s !').toBe(seconds({ 0: 'c', 50: 'f', 75: 'd', 300: 'F' }), {
      c: { ...event, type: 'connected', at: new Date(0) },
      f: { ...event, type: 'probeFailing', at: new Date(50_000), after: 50_000 },
      d: { ...event, type: 'disconnected', at: new Date(75_000), reason: 'probeFailureThreshold' },
      F: { ...event, type: 'probeFailing', at: new Date(300_000), after: 300_000 },
    });
  }));
});

describe('clusterSource', () => {
  /** The requests of a cluster's story, and what is logged. */
  function sourceOf(scenario: Scenario, map: ClusterToRequests, options: readonly ClusterSourceOption[] = DURATIONS) {
    const logged: LogFields[] = [];
    const logger = { ...silentLogger, error: (fields: LogFields) => { logged.push(fields); } };
    const requests$ = new Rx<{ readonly name: string }>((subscriber) => {
      const records = play(scenario);
      subscriber.add(clusterSource(records, { controllerName: 'spec', connections$: NEVER, map, reader: new ManagementReader(), options, scheduler: asyncScheduler, logger }).subscribe(subscriber));
      subscriber.add(records.running);
      // The Cluster goes when all is said: `absent`, as the cluster cache has it.
      subscriber.add(timer(310_000).subscribe(() => {
        const state = { cluster: KEY, since: new Date(310_000), health: { consecutiveFailures: 0 }, phase: 'absent', reason: 'deleted' } as const;
        records.running.unsubscribe();
        records.delete('default/one', nextRecord(records.get('default/one'), { cluster: { metadata: KEY }, state }, new Date(310_000), 310_000));
      }));
    });
    return { requests$, logged };
  }
  const blackHole: Scenario = { connect: (second) => (second === 0 ? ok : timedOut), probe: () => hangs };
  const byLetter: ClusterToRequests = (_cluster, event) => [{ namespace: 'ns', name: event.type === 'removed' ? 'x' : letterOf(event) }];
  const names = map(({ name }: { readonly name: string }) => name);

  // Cluster API: TestSendEventsToClusterSources and TestClusterSource: connect, disconnect, and each duration once
  it('asks for what the mapper makes of each event, and of a removal nothing', marbles(({ expectObservable }) => {
    expectObservable(sourceOf(blackHole, byLetter).requests$.pipe(names), '320s !').toBe(seconds({ 0: 'c', 50: 'f', 75: 'd', 300: 'F' }));
  }));

  it('asks for what the mapper makes of a removal where it is asked to', marbles(({ expectObservable }) => {
    expectObservable(sourceOf(blackHole, byLetter, [...DURATIONS, watchForRemoval()]).requests$.pipe(names), '320s !').toBe(seconds({ 0: 'c', 50: 'f', 75: 'd', 300: 'F', 310: 'x' }));
  }));

  it('asks for connects and disconnects alone without durations', marbles(({ expectObservable }) => {
    expectObservable(sourceOf(blackHole, byLetter, []).requests$.pipe(names), '320s !').toBe(seconds({ 0: 'c', 75: 'd' }));
  }));

  it('tells nothing more once it is left', marbles(({ expectObservable }) => {
    expectObservable(sourceOf(blackHole, byLetter).requests$.pipe(names), '60s !').toBe(seconds({ 0: 'c', 50: 'f' }));
  }));

  it('goes on after a mapper that throws', marbles(({ expectObservable, flush }) => {
    const { requests$, logged } = sourceOf(blackHole, (cluster, event, context) => { if (event.type === 'probeFailing') throw new Error('not now'); return byLetter(cluster, event, context); });
    expectObservable(requests$.pipe(names), '320s !').toBe(seconds({ 0: 'c', 75: 'd' }));
    flush();
    expect(logged.map(({ cluster, event }) => `${String(cluster)} ${String(event)}`)).to.deep.equal(['default/one probeFailing', 'default/one probeFailing']);
  }));

  it('asks in the name of the connection, so that no queue parks it, and leaves what the mapper returned as it is', marbles(({ expectObservable }) => {
    const own = Object.freeze({ namespace: 'ns', name: 'a', cluster: KEY });
    const { requests$ } = sourceOf(blackHole, () => [own]);
    expectObservable(requests$.pipe(map((request) => [isAboutConnection(request), isAboutConnection(own), request])), '60s !').toBe(seconds({ 0: 'a', 50: 'a' }), { a: [true, false, own] });
  }));
});
