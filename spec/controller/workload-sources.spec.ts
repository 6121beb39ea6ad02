import { expect } from 'chai';
import { enqueueRequestForObject, enqueueRequestForOwner, enqueueRequestsFromMapFunc } from '../../lib/controller/event-handlers.ts';
import { kindSource } from '../../lib/controller/kind-source.ts';
import type { SourceEvent } from '../../lib/controller/source.ts';
import { ConfigMap, Deployment } from '../../lib/kinds.ts';
import { FleetScene, SOON } from '../cluster-cache/fleet-scene.ts';
import { Recorder } from '../suites/recorder.ts';
import { aContext } from './source-scene.ts';

const aConfigMap = (name: string, owner?: string) => ({
  apiVersion: 'v1', kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...(owner !== undefined && { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: owner, uid: owner }] }) },
});

/** A request in short: `cluster-1 default/a -100`. */
const lineOf = (event: SourceEvent): string => (event.type === 'synced' ? event.type : `${event.request.cluster?.name ?? ''} ${event.request.namespace}/${event.request.name} ${event.priority}`);

describe('a kindSource on an embedded fleet', () => {
  let scene: FleetScene;
  before(async () => {
    scene = await FleetScene.create({}, { clusters: 2 });
    for (const name of ['cluster-1', 'cluster-2']) scene.fleet.workload(name).create(aConfigMap('first', 'web'));
    await scene.clusters.start();
    await scene.phase('connected', 'cluster-1');
    await scene.phase('connected', 'cluster-2');
  });
  after(() => scene.stop());

  it('of all clusters asks for what there is, what comes, and what changed during an outage', async () => {
    const source = kindSource(ConfigMap, enqueueRequestForObject(), ({ key }) => key.name !== 'kube-root-ca.crt', { clusters: scene.clusters });
    const told = new Recorder(source.start(aContext().context));
    expect(told.values.map(lineOf)[0], 'it waits for no cluster').to.equal('synced');
    const line = async (wanted: string) => { await told.next((event) => lineOf(event) === wanted, SOON); };
    await Promise.all(['cluster-1 default/first -100', 'cluster-2 default/first -100'].map(line));
    scene.workload.create(aConfigMap('second'));
    await line('cluster-1 default/second 0');
    await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
    scene.workload.create(aConfigMap('third'));
    await scene.fleet.heal('cluster-1');
    await line('cluster-1 default/third 0');
    expect(told.values.map(lineOf).filter((each) => each.endsWith('-100')), 'the reconnect is no first list').to.have.length(2);
    told.close();
  });

  it('of one cluster asks for owners in it, and for what a mapper makes later', async () => {
    const options = { clusters: scene.clusters, cluster: scene.fleet.key('cluster-2') };
    const owners = new Recorder(kindSource(ConfigMap, enqueueRequestForOwner(Deployment), [], options).start(aContext().context));
    const mapped = new Recorder(kindSource(ConfigMap, enqueueRequestsFromMapFunc(async ({ metadata }, cluster) => {
      const found = await scene.clusters.getClient(cluster ?? scene.key).list(ConfigMap, { namespace: metadata?.namespace });
      return found.items.filter((item) => item.metadata?.name === metadata?.name && metadata?.name === 'first').map(() => ({ namespace: 'mapped', name: cluster?.name ?? '' }));
    }), [], options).start(aContext().context));
    await owners.next((event) => lineOf(event) === 'cluster-2 default/web -100', SOON);
    await mapped.next((event) => lineOf(event) === ' mapped/cluster-2 -100', SOON);
    owners.close();
    mapped.close();
  });
});
