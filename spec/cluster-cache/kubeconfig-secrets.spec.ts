import { expect } from 'chai';
import { NEVER, type Observable, Subject, asyncScheduler, defer, map, of, takeUntil, timer } from 'rxjs';
import { createKubeconfigSecrets } from '../../lib/cluster-cache/kubeconfig-secrets.ts';
import type { KubeconfigReading } from '../../lib/cluster-cache/kubeconfig-reading.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { statusError } from '../informer/status-errors.ts';
import { type Answer, failing, scriptedRestClient } from '../kubernetes/scripted-rest-client.ts';

const key = (name: string) => ({ namespace: 'ns', name });
const base64 = (text: string) => Buffer.from(text).toString('base64');

interface Scene {
  /** Emits a line of the metadata watch. */
  readonly watch: Subject<object>;
  /** The resourceVersions of the Secrets that a list has, by name. */
  readonly listed: Record<string, string>;
  /** What a GET of a Secret answers, by name. */
  readonly secrets: Record<string, () => Answer>;
  readonly log: string[];
  /** What was accepted as the answers to the requests of paths that begin so. */
  readonly accepted: (path: string) => (string | undefined)[];
  readonly running: () => number;
  readonly subscribe: (name: string, until: number) => void;
  readonly secretsOf: ReturnType<typeof createKubeconfigSecrets>;
}

const metadata = (name: string, resourceVersion: string) => ({ name, namespace: 'ns', uid: name, resourceVersion, labels: { large: 'x'.repeat(100) } });
const secret = (value: string, resourceVersion: string) => ({ metadata: metadata('s', resourceVersion), data: { value: base64(value), other: base64('not ours') } });

/** A management cluster in virtual time: its log has the GETs of Secrets and what `kubeconfig$` emits. */
const scene = (play: (scene: Scene) => (() => void), { concurrency = 32, listAfter = 0 } = {}) => marbles(({ flush }) => {
  const watch = new Subject<object>();
  const listed: Record<string, string> = {};
  const secrets: Record<string, () => Answer> = {};
  const log: string[] = [];
  const rest = scriptedRestClient({
    request: ({ path, limited }) => {
      const [, name] = /\/secrets\/(.+)$/.exec(path) ?? [];
      if (name === undefined) {
        return defer(() => timer(listAfter).pipe(map(() => ({
          apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadataList', metadata: { resourceVersion: '100' },
          items: Object.entries(listed).map((listing) => ({ metadata: metadata(...listing) })),
        }))));
      }
      log.push(`${asyncScheduler.now()} GET ${name}${limited === false ? '' : ' limited'}`);
      return secrets[name]?.() ?? failing(statusError(404, 'NotFound'));
    },
    lines: () => watch,
  });
  const secretsOf = createKubeconfigSecrets({ rest, random: () => 0, concurrency });
  const check = play({
    watch, listed, secrets, log, secretsOf,
    accepted: (path) => rest.requests.filter((request) => request.path.startsWith(path)).map(({ headers }) => headers?.['accept']),
    running: () => rest.running.size,
    subscribe: (name, until) => { secretsOf.kubeconfig$(key(name)).pipe(takeUntil(timer(until))).subscribe((reading) => log.push(`${asyncScheduler.now()} ${name}: ${textOf(reading)}`)); },
  });
  flush();
  check();
  expect(rest.running.size, 'requests that nobody released').to.equal(0);
});

function textOf(reading: KubeconfigReading): string {
  switch (reading.type) {
    case 'present': return reading.kubeconfig;
    case 'absent': return 'absent';
    case 'unusable': return reading.error.message;
    case 'unreadable': return `unreadable (${reading.error instanceof Error && 'code' in reading.error ? reading.error.code : reading.error}), ${reading.delay}`;
  }
}

const at = (time: number, act: () => void) => timer(time).subscribe(act);
const modified = (name: string, resourceVersion: string) => ({ type: 'MODIFIED', object: { metadata: metadata(name, resourceVersion) } });

describe('createKubeconfigSecrets', () => {
  it('lists and watches the metadata of Secrets alone, once for all clusters', scene(({ subscribe, listed, accepted, secretsOf }) => {
    listed['a-kubeconfig'] = '1';
    secretsOf.synced$.pipe(takeUntil(timer(10))).subscribe();
    subscribe('a', 10);
    subscribe('b', 10);
    return () => {
      expect(accepted('/api/v1/secrets?limit')).to.deep.equal(['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json']);
      expect(accepted('/api/v1/secrets?watch=true')).to.deep.equal(['application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json']);
    };
  }));

  it('reads the Secret of a cluster that is asked for, and no other', scene(({ subscribe, listed, secrets, log }) => {
    Object.assign(listed, { 'a-kubeconfig': '1', 'b-kubeconfig': '2', 'a-ca': '3', 'a': '4' });
    secrets['a-kubeconfig'] = () => secret('kubeconfig of a', '1');
    subscribe('a', 10);
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 a: kubeconfig of a']);
  }));

  it('says absent when the first list is in, not before, and reads the Secret when it appears', scene(({ subscribe, secrets, watch, log }) => {
    secrets['a-kubeconfig'] = () => secret('new', '101');
    subscribe('a', 1_000);
    at(500, () => watch.next(modified('a-kubeconfig', '101')));
    return () => expect(log).to.deep.equal(['50 a: absent', '500 GET a-kubeconfig', '500 a: new']);
  }, { listAfter: 50 }));

  it('reads it again when its version changes, and tells only other bytes', scene(({ subscribe, listed, secrets, watch, log }) => {
    listed['a-kubeconfig'] = '1';
    const bytes = ['old', 'old', 'new'];
    let version = 100;
    secrets['a-kubeconfig'] = () => secret(bytes.shift() ?? '', String(version));
    subscribe('a', 1_000);
    at(100, () => { version = 101; watch.next(modified('a-kubeconfig', '101')); });
    at(200, () => { version = 102; watch.next(modified('a-kubeconfig', '102')); });
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 a: old', '100 GET a-kubeconfig', '200 GET a-kubeconfig', '200 a: new']);
  }));

  it('does not read a version again that it has read ahead of the watch', scene(({ subscribe, listed, secrets, watch, log }) => {
    listed['a-kubeconfig'] = '1';
    secrets['a-kubeconfig'] = () => secret('ahead', '120');
    subscribe('a', 1_000);
    at(100, () => watch.next(modified('a-kubeconfig', '110')));
    at(200, () => watch.next(modified('a-kubeconfig', '120')));
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 a: ahead']);
  }));

  it('takes a read back when there is a newer version', scene(({ subscribe, listed, secrets, watch, log }) => {
    listed['a-kubeconfig'] = '1';
    const answers: Observable<object>[] = [timer(300).pipe(map(() => secret('old', '1'))), of(secret('new', '101'))];
    secrets['a-kubeconfig'] = () => answers.shift() ?? NEVER;
    subscribe('a', 1_000);
    at(100, () => watch.next(modified('a-kubeconfig', '101')));
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '100 GET a-kubeconfig', '100 a: new']);
  }));

  it('says absent when the Secret is deleted, and when a read does not find it', scene(({ subscribe, listed, secrets, watch, log }) => {
    listed['a-kubeconfig'] = '1';
    listed['b-kubeconfig'] = '1';
    secrets['a-kubeconfig'] = () => secret('here', '1');
    subscribe('a', 1_000);
    subscribe('b', 1_000);
    at(100, () => watch.next({ ...modified('a-kubeconfig', '101'), type: 'DELETED' }));
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 a: here', '0 GET b-kubeconfig', '0 b: absent', '100 a: absent']);
  }));

  it('says that a Secret without the key has no kubeconfig', scene(({ subscribe, listed, secrets, log }) => {
    listed['a-kubeconfig'] = '1';
    listed['b-kubeconfig'] = '1';
    secrets['a-kubeconfig'] = () => ({ metadata: metadata('a-kubeconfig', '1'), data: { other: base64('x') } });
    secrets['b-kubeconfig'] = () => ({ metadata: metadata('b-kubeconfig', '1') });
    subscribe('a', 10);
    subscribe('b', 10);
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 a: missing key "value" in secret data', '0 GET b-kubeconfig', '0 b: missing key "value" in secret data']);
  }));

  it('tries a read that failed again, ever more slowly, and says why', scene(({ subscribe, listed, secrets, log }) => {
    listed['a-kubeconfig'] = '1';
    const answers: (() => Answer)[] = [() => failing(statusError(403, 'Forbidden')), () => failing(new TransportError('RESET', 'reset', { stage: 'response' })), () => '<html>top-secret', () => secret('at last', '1')];
    secrets['a-kubeconfig'] = () => answers.shift()?.() ?? '';
    subscribe('a', 10_000);
    return () => expect(log).to.deep.equal([
      '0 GET a-kubeconfig', '0 a: unreadable (Forbidden), 800',
      '800 GET a-kubeconfig', '800 a: unreadable (RESET), 1600',
      '2400 GET a-kubeconfig', '2400 a: unreadable (SECRET_GARBAGE), 3200',
      '5600 GET a-kubeconfig', '5600 a: at last',
    ]);
  }));

  it('tells the kubeconfig again after it was unreadable, though its bytes are the same', scene(({ subscribe, listed, secrets, watch, log }) => {
    listed['a-kubeconfig'] = '1';
    const answers: (() => Answer)[] = [() => secret('same', '1'), () => failing(statusError(500, 'InternalError')), () => secret('same', '101')];
    secrets['a-kubeconfig'] = () => answers.shift()?.() ?? '';
    subscribe('a', 10_000);
    at(100, () => watch.next(modified('a-kubeconfig', '101')));
    return () => expect(log.filter((line) => line.includes(' a: '))).to.deep.equal(['0 a: same', '100 a: unreadable (InternalError), 800', '900 a: same']);
  }));

  it('reads at most as many at a time as it may, and a cluster that is no longer asked for gives its turn up', scene(({ subscribe, listed, secrets, log }) => {
    for (const name of ['a', 'b', 'c', 'd']) {
      listed[`${name}-kubeconfig`] = '1';
      secrets[`${name}-kubeconfig`] = () => timer(100).pipe(map(() => secret(name, '1')));
      subscribe(name, name === 'c' ? 50 : 1_000);
    }
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 GET b-kubeconfig', '100 a: a', '100 GET d-kubeconfig', '100 b: b', '200 d: d']);
  }, { concurrency: 2 }));

  it('tells a second subscriber the current kubeconfig, read for it', scene(({ subscribe, listed, secrets, log }) => {
    listed['a-kubeconfig'] = '1';
    secrets['a-kubeconfig'] = () => secret('current', '1');
    subscribe('a', 1_000);
    at(500, () => subscribe('a', 100));
    return () => expect(log).to.deep.equal(['0 GET a-kubeconfig', '0 a: current', '500 GET a-kubeconfig', '500 a: current']);
  }));

  it('emits synced once the first list is in, to late subscribers at once, and ends the watch with its last subscriber', scene(({ secretsOf, log, running }) => {
    const listen = (until: number) => secretsOf.synced$.pipe(takeUntil(timer(until))).subscribe({ next: () => log.push(`${asyncScheduler.now()} synced`), complete: () => log.push(`${asyncScheduler.now()} ended`) });
    listen(300);
    at(100, () => listen(100));
    at(250, () => log.push(`${asyncScheduler.now()} running ${running()}`));
    at(350, () => log.push(`${asyncScheduler.now()} running ${running()}`));
    return () => expect(log).to.deep.equal(['50 synced', '100 synced', '200 ended', '250 running 1', '300 ended', '350 running 0']);
  }, { listAfter: 50 }));

  it('tells how reading the metadata goes', marbles(({ flush }) => {
    const told: string[] = [];
    const rest = scriptedRestClient({ request: () => failing(statusError(403, 'Forbidden')) });
    const { synced$ } = createKubeconfigSecrets({ rest, random: () => 0, observe: ({ type }) => told.push(`${asyncScheduler.now()} ${type}`) });
    synced$.pipe(takeUntil(timer(900))).subscribe();
    flush();
    expect(told).to.deep.equal(['0 listing', '0 interrupted', '800 listing', '800 interrupted']);
  }));
});
