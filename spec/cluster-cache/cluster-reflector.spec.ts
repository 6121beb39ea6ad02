import { expect } from 'chai';
import { NEVER, type Observable, asyncScheduler, concat, map, of, takeUntil, timer } from 'rxjs';
import { type ClusterReflectorEvent, reflectClusters } from '../../lib/cluster-cache/cluster-reflector.ts';
import type { ApiResource } from '../../lib/kubernetes/rest-client.ts';
import { TransportError } from '../../lib/model/errors.ts';
import type { Kind } from '../../lib/model/kubernetes-object.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { failsAfter } from '../informer/scripted-lister-watcher.ts';
import { statusError } from '../informer/status-errors.ts';
import { type RestScript, failing, scriptedRestClient } from '../kubernetes/scripted-rest-client.ts';

const cluster = (name: string, resourceVersion: string, uid = name) => ({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name, namespace: 'ns', uid, resourceVersion } });
const clusterList = (items: readonly object[], resourceVersion = '9') => ({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'ClusterList', metadata: { resourceVersion }, items });
const notFound = () => statusError(404, 'NotFound');

/** Serves the kind in these versions; a version is asked of every time. */
const serving = (...versions: string[]) => ({ apiVersion }: Kind<unknown>): Observable<ApiResource> => {
  const version = apiVersion.split('/')[1] ?? '';
  return versions.includes(version) ? of({ basePath: `/apis/${apiVersion}`, plural: 'clusters', kind: 'Cluster', namespaced: true, hasStatus: true }) : failing(notFound());
};

interface Expectation extends RestScript { readonly namespace?: string; readonly until: number }

/** What is asked for, and what is told, line by line with their times in ms. */
const tells = ({ namespace, until, ...script }: Expectation, expected: string) => marbles(({ flush }) => {
  const rest = scriptedRestClient(script);
  reflectClusters({ rest, random: () => 0, ...(namespace === undefined ? {} : { namespace }) }).pipe(takeUntil(timer(until)))
    .subscribe((event) => rest.log.push(`${asyncScheduler.now()} ${textOf(event)}`));
  flush();
  expect(rest.log.map((line) => line.replace(/\?.*/, '')).join('\n')).to.equal(expected.trim().split('\n').map((line) => line.trim()).join('\n'));
  expect(rest.running.size).to.equal(0);
});

function textOf(event: ClusterReflectorEvent): string {
  switch (event.type) {
    case 'applied': return `applied ${event.key}@${event.value.metadata?.resourceVersion}`;
    case 'deleted': return `deleted ${event.key}`;
    case 'listing': return `listing ${event.cause}`;
    case 'synced': return 'synced';
    case 'interrupted': case 'notServed': return `${event.type}: ${event.error instanceof Error && 'code' in event.error ? event.error.code : event.error}, ${event.delay}`;
  }
}

describe('clusters', () => {
  it('reads the Clusters as v1beta2', tells({ resource: serving('v1beta1', 'v1beta2'), request: () => clusterList([cluster('a', '1'), cluster('b', '2')]), until: 10 }, `
    0 discover cluster.x-k8s.io/v1beta2
    0 listing initial
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    0 applied ns/a@1
    0 applied ns/b@2
    0 synced
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    10 released /apis/cluster.x-k8s.io/v1beta2/clusters`));

  it('reads them as v1beta1 where v1beta2 is not served, and of one namespace if told so', tells({ resource: serving('v1beta1'), request: () => clusterList([]), namespace: 'ns', until: 10 }, `
    0 discover cluster.x-k8s.io/v1beta2
    0 discover cluster.x-k8s.io/v1beta1
    0 listing initial
    0 GET /apis/cluster.x-k8s.io/v1beta1/namespaces/ns/clusters
    0 synced
    0 GET /apis/cluster.x-k8s.io/v1beta1/namespaces/ns/clusters
    10 released /apis/cluster.x-k8s.io/v1beta1/namespaces/ns/clusters`));

  it('drops the managedFields', marbles(({ flush }) => {
    const told: unknown[] = [];
    const rest = scriptedRestClient({ resource: serving('v1beta2'), request: () => clusterList([{ ...cluster('a', '1'), metadata: { ...cluster('a', '1').metadata, managedFields: [{}] } }]) });
    reflectClusters({ rest }).pipe(takeUntil(timer(1))).subscribe((event) => { if (event.type === 'applied') told.push(event.value); });
    flush();
    expect(told).to.deep.equal([cluster('a', '1')]);
  }));

  it('waits for the CRD, and says so, at most ten seconds at a time, and asks discovery anew each time', tells({
    resource: (() => {
      let asked = 0;
      return (kind: Kind<unknown>) => (++asked <= 10 ? serving()(kind) : serving('v1beta2')(kind));
    })(),
    request: () => clusterList([]), until: 15_601,
  }, `
    0 discover cluster.x-k8s.io/v1beta2
    0 discover cluster.x-k8s.io/v1beta1
    0 forget cluster.x-k8s.io/v1beta2
    0 forget cluster.x-k8s.io/v1beta1
    0 notServed: NotFound, 800
    800 discover cluster.x-k8s.io/v1beta2
    800 discover cluster.x-k8s.io/v1beta1
    800 forget cluster.x-k8s.io/v1beta2
    800 forget cluster.x-k8s.io/v1beta1
    800 notServed: NotFound, 1600
    2400 discover cluster.x-k8s.io/v1beta2
    2400 discover cluster.x-k8s.io/v1beta1
    2400 forget cluster.x-k8s.io/v1beta2
    2400 forget cluster.x-k8s.io/v1beta1
    2400 notServed: NotFound, 3200
    5600 discover cluster.x-k8s.io/v1beta2
    5600 discover cluster.x-k8s.io/v1beta1
    5600 forget cluster.x-k8s.io/v1beta2
    5600 forget cluster.x-k8s.io/v1beta1
    5600 notServed: NotFound, 5000
    10600 discover cluster.x-k8s.io/v1beta2
    10600 discover cluster.x-k8s.io/v1beta1
    10600 forget cluster.x-k8s.io/v1beta2
    10600 forget cluster.x-k8s.io/v1beta1
    10600 notServed: NotFound, 5000
    15600 discover cluster.x-k8s.io/v1beta2
    15600 listing initial
    15600 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    15600 synced
    15600 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    15601 released /apis/cluster.x-k8s.io/v1beta2/clusters`));

  it('does not take a management cluster that cannot be reached for one without the CRD, and asks again when it can be reached', tells({
    resource: () => failing(new TransportError('ECONNREFUSED', 'refused', { stage: 'dial' })), revived$: timer(5_000).pipe(map(() => {})), until: 10_001,
  }, `
    0 discover cluster.x-k8s.io/v1beta2
    0 interrupted: ECONNREFUSED, Infinity
    5000 discover cluster.x-k8s.io/v1beta2
    5000 interrupted: ECONNREFUSED, Infinity
    10000 discover cluster.x-k8s.io/v1beta2
    10000 interrupted: ECONNREFUSED, Infinity`));

  it('does not ask in a loop where the management cluster can be reached and does not answer', tells({
    resource: () => failing(new TransportError('RESET', 'reset', { stage: 'response' })), revived$: of(undefined), until: 4_801,
  }, `
    0 discover cluster.x-k8s.io/v1beta2
    0 interrupted: RESET, Infinity
    0 discover cluster.x-k8s.io/v1beta2
    0 interrupted: RESET, Infinity
    1600 discover cluster.x-k8s.io/v1beta2
    1600 interrupted: RESET, Infinity
    4800 discover cluster.x-k8s.io/v1beta2
    4800 interrupted: RESET, Infinity`));

  it('discovers again when the version vanishes, and tells what is really gone, and nothing else, as deleted', tells((() => {
    let vanished = false;
    return {
      resource: (kind: Kind<unknown>) => serving(vanished ? 'v1beta1' : 'v1beta2')(kind),
      request: ({ path }: { path: string }) => (path.includes('v1beta2')
        ? clusterList([cluster('kept', '1'), cluster('gone', '2'), cluster('again', '3', 'old')])
        : clusterList([cluster('kept', '1'), cluster('again', '8', 'new')])),
      lines: () => {
        if (vanished) return NEVER;
        vanished = true;
        return failsAfter(5_000, notFound());
      },
      until: 6_000,
    };
  })(), `
    0 discover cluster.x-k8s.io/v1beta2
    0 listing initial
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    0 applied ns/kept@1
    0 applied ns/gone@2
    0 applied ns/again@3
    0 synced
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    5000 forget cluster.x-k8s.io/v1beta2
    5000 forget cluster.x-k8s.io/v1beta1
    5000 notServed: NotFound, 800
    5800 discover cluster.x-k8s.io/v1beta2
    5800 discover cluster.x-k8s.io/v1beta1
    5800 listing vanished
    5800 GET /apis/cluster.x-k8s.io/v1beta1/clusters
    5800 applied ns/kept@1
    5800 deleted ns/again
    5800 applied ns/again@8
    5800 deleted ns/gone
    5800 synced
    5800 GET /apis/cluster.x-k8s.io/v1beta1/clusters
    6000 released /apis/cluster.x-k8s.io/v1beta1/clusters`));

  it('does not tell a delete twice, and waits as after a first failure, each time that the version vanishes', tells((() => {
    let vanished = 0;
    return {
      resource: serving('v1beta2'),
      request: () => clusterList(vanished === 0 ? [cluster('a', '1')] : []),
      lines: () => (vanished++ === 0 ? concat(of({ type: 'DELETED', object: cluster('a', '12') }), failsAfter(2_000, notFound())) : failsAfter(2_000, notFound())),
      until: 5_000,
    };
  })(), `
    0 discover cluster.x-k8s.io/v1beta2
    0 listing initial
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    0 applied ns/a@1
    0 synced
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    0 deleted ns/a
    2000 forget cluster.x-k8s.io/v1beta2
    2000 forget cluster.x-k8s.io/v1beta1
    2000 notServed: NotFound, 800
    2800 discover cluster.x-k8s.io/v1beta2
    2800 listing vanished
    2800 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    2800 synced
    2800 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    4800 forget cluster.x-k8s.io/v1beta2
    4800 forget cluster.x-k8s.io/v1beta1
    4800 notServed: NotFound, 800`));

  it('does not ask in a loop where discovery promises a version that a list does not find', marbles(({ flush }) => {
    const rest = scriptedRestClient({ resource: serving('v1beta2'), request: () => failing(notFound()) });
    reflectClusters({ rest, random: () => 0 }).pipe(takeUntil(timer(60_000))).subscribe();
    flush();
    expect(rest.requests).to.have.length.within(10, 16);
  }));

  it('goes on with a watch that broke where it was, and tells of it', tells({
    resource: serving('v1beta2'), request: () => clusterList([cluster('a', '1')]),
    lines: ({ path }) => (path.includes('resourceVersion=9')
      ? concat(of({ type: 'MODIFIED', object: cluster('a', '12') }), failsAfter(2_000, new TransportError('RESET', 'reset', { stage: 'response' })))
      : concat(of({ type: 'DELETED', object: cluster('a', '14') }), NEVER)),
    revived$: timer(500).pipe(map(() => {})), until: 3_000,
  }, `
    0 discover cluster.x-k8s.io/v1beta2
    0 listing initial
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    0 applied ns/a@1
    0 synced
    0 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    0 applied ns/a@12
    2000 interrupted: RESET, Infinity
    2500 GET /apis/cluster.x-k8s.io/v1beta2/clusters
    2500 deleted ns/a
    3000 released /apis/cluster.x-k8s.io/v1beta2/clusters`));
});
