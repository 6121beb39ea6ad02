import { expect } from 'chai';
import { NEVER, type Observable, asyncScheduler, concat, defer, map, of, takeUntil, timer } from 'rxjs';
import { reflectServed } from '../../lib/informer/served-reflector.ts';
import type { ApiResource } from '../../lib/kubernetes/rest-client.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { type Kind, defineKind } from '../../lib/model/kubernetes-object.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { failing, type RestScript, scriptedRestClient } from '../kubernetes/scripted-rest-client.ts';
import { statusError } from './status-errors.ts';

const kinds = ['v2', 'v1'].map((version) => defineKind({ apiVersion: `example.org/${version}`, kind: 'Widget' }));
const versionOf = ({ apiVersion }: Pick<Kind<unknown>, 'apiVersion'>) => apiVersion.replace('example.org/', '');
const resource = (kind: Kind<unknown>): ApiResource => ({ basePath: `/apis/${kind.apiVersion}`, plural: 'widgets', kind: 'Widget', namespaced: true, hasStatus: false });
const unserved = () => failing(statusError(404, 'NotFound'));
const refused = () => failing(new TransportError('ECONNREFUSED', 'refused', { stage: 'dial' }));
const reached = (after: number) => timer(after).pipe(map(() => {}));

interface Scene extends Omit<RestScript, 'resource'> {
  /** What discovery says at a time; of a version, the first after the time. */
  readonly serves: (version: string, at: number) => Observable<unknown>;
  readonly reflected?: (version: string, at: number) => Observable<{ readonly type: string; readonly error?: unknown }>;
  readonly awake$?: Observable<unknown>;
  readonly until: number;
}

/** What is asked of discovery and what is told, with their times in ms. */
const tells = ({ serves, reflected = () => concat(of({ type: 'synced' }), NEVER), awake$, until, ...script }: Scene, expected: string) => marbles(({ flush }) => {
  const rest = scriptedRestClient({ ...script, resource: (kind) => serves(versionOf(kind), asyncScheduler.now()).pipe(map(() => resource(kind))) });
  reflectServed({
    rest, kinds, random: () => 0, ...(awake$ === undefined ? {} : { awake$ }),
    reflected: ({ basePath }) => defer(() => {
      const version = basePath.replace('/apis/example.org/', '');
      rest.log.push(`${asyncScheduler.now()} reflects ${version}`);
      return reflected(version, asyncScheduler.now());
    }),
  }).pipe(takeUntil(timer(until))).subscribe((event) => rest.log.push(`${asyncScheduler.now()} ${event.type}${'delay' in event ? ` ${event.delay}` : ''}`));
  flush();
  expect(rest.log.map((line) => line.replace('example.org/', '')).join('\n')).to.equal(expected.trim().split('\n').map((line) => line.trim()).join('\n'));
});

const yes = of(true);

describe('reflectServed', () => {
  it('reflects the best version that is served', tells({ serves: () => yes, until: 1 }, `
    0 discover v2
    0 reflects v2
    0 synced`));

  it('reflects the next best where the best is not served', tells({ serves: (version) => (version === 'v1' ? yes : unserved()), until: 1 }, `
    0 discover v2
    0 discover v1
    0 reflects v1
    0 synced`));

  it('does not take another version where discovery of the best fails', tells({ serves: (version) => (version === 'v1' ? yes : failing(statusError(503, 'ServiceUnavailable'))), until: 801 }, `
    0 discover v2
    0 interrupted 800
    800 discover v2
    800 interrupted 1600`));

  it('asks anew, ever more slowly, for what is not served yet', tells({ serves: (_, at) => (at < 5_600 ? unserved() : yes), until: 5_601 }, `
    0 discover v2
    0 discover v1
    0 forget v2
    0 forget v1
    0 notServed 800
    800 discover v2
    800 discover v1
    800 forget v2
    800 forget v1
    800 notServed 1600
    2400 discover v2
    2400 discover v1
    2400 forget v2
    2400 forget v1
    2400 notServed 3200
    5600 discover v2
    5600 reflects v2
    5600 synced`));

  it('asks earlier when there is a reason to, though not before the shortest wait', tells({
    serves: (_, at) => (at < 800 ? unserved() : yes), awake$: reached(100), until: 900,
  }, `
    0 discover v2
    0 discover v1
    0 forget v2
    0 forget v1
    0 notServed 800
    800 discover v2
    800 reflects v2
    800 synced`));

  it('asks earlier when the server was dialled again', tells({
    serves: (_, at) => (at < 2_000 ? unserved() : yes), alive$: reached(1_000), until: 2_000,
  }, `
    0 discover v2
    0 discover v1
    0 forget v2
    0 forget v1
    0 notServed 800
    800 discover v2
    800 discover v1
    800 forget v2
    800 forget v1
    800 notServed 1600
    1800 discover v2
    1800 discover v1
    1800 forget v2
    1800 forget v1
    1800 notServed 3200`));

  it('asks what got no answer again when the server can be reached, and not before', tells({
    serves: (_, at) => (at < 60_000 ? refused() : yes), revived$: reached(60_000), until: 60_001,
  }, `
    0 discover v2
    0 interrupted Infinity
    60000 discover v2
    60000 reflects v2
    60000 synced`));

  it('does not ask in a loop where the server can be reached and does not answer', tells({ serves: refused, revived$: of(undefined), until: 4_801 }, `
    0 discover v2
    0 interrupted Infinity
    0 discover v2
    0 interrupted Infinity
    1600 discover v2
    1600 interrupted Infinity
    4800 discover v2
    4800 interrupted Infinity`));

  it('asks discovery anew when the kind vanishes, tells that once, and reflects what is served then', tells({
    serves: (version, at) => (at < 5_000 || version === 'v1' ? yes : unserved()),
    reflected: (_, at) => (at < 5_000 ? concat(of({ type: 'synced' }), timer(5_000).pipe(map(() => ({ type: 'vanished', error: statusError(404, 'NotFound') }))), NEVER) : concat(of({ type: 'synced' }), NEVER)),
    until: 5_801,
  }, `
    0 discover v2
    0 reflects v2
    0 synced
    5000 forget v2
    5000 forget v1
    5000 notServed 800
    5800 discover v2
    5800 discover v1
    5800 reflects v1
    5800 synced`));

  it('waits ever longer where discovery promises what a list does not find, and as at first after it was found', tells({
    serves: () => yes,
    reflected: (_, at) => concat(at === 2_400 ? of({ type: 'synced' }) : of(), of({ type: 'vanished', error: statusError(404, 'NotFound') })),
    until: 3_200,
  }, `
    0 discover v2
    0 reflects v2
    0 forget v2
    0 forget v1
    0 notServed 800
    800 discover v2
    800 reflects v2
    800 forget v2
    800 forget v1
    800 notServed 1600
    2400 discover v2
    2400 reflects v2
    2400 synced
    2400 forget v2
    2400 forget v1
    2400 notServed 800`));

  it('asks for nothing, and holds no timer, after it was unsubscribed during a wait', marbles(({ flush }) => {
    const rest = scriptedRestClient({ resource: unserved });
    reflectServed({ rest, kinds, random: () => 0, reflected: () => NEVER }).pipe(takeUntil(timer(100))).subscribe();
    flush();
    expect(asyncScheduler.now()).to.equal(100);
    expect(rest.log).to.have.length(4);
  }));
});
