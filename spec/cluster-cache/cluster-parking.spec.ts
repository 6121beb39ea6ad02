import { expect } from 'chai';
import { WorkQueue, toRequest } from '../../lib/index.ts';
import { FleetScene } from './fleet-scene.ts';

describe('the parking of a cluster cache, in a work queue', () => {
  let scene: FleetScene;
  let queue: WorkQueue;

  beforeEach(async () => {
    scene = await FleetScene.started({}, { clusters: 2 });
    queue = new WorkQueue({ ...scene.clusters.parking });
    await scene.phase('connected');
    await scene.phase('connected', 'cluster-2');
    await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
  });

  afterEach(async () => {
    queue.shutDown();
    await scene.stop();
  });

  it('lets the requests of a cluster wait while it is not connected, but those about its connection', async () => {
    queue.add({ namespace: 'a', name: 'waits', cluster: scene.key });
    queue.add({ namespace: 'a', name: 'goes', cluster: scene.fleet.key('cluster-2') });
    queue.add(toRequest({ key: scene.key }));
    expect([queue.parked, queue.length]).to.deep.equal([1, 2]);

    await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
    expect([queue.parked, queue.length]).to.deep.equal([0, 3]);
  });

  it('lets them go when the cluster is gone, and holds none of one that nobody knows', async () => {
    queue.add({ namespace: 'a', name: 'a', cluster: scene.key });
    queue.add({ namespace: 'a', name: 'a', cluster: { namespace: 'default', name: 'unknown' } });
    expect([queue.parked, queue.length]).to.deep.equal([1, 1]);

    await scene.upon(() => scene.fleet.remove('cluster-1'), ({ phase }) => phase === 'absent');
    expect([queue.parked, queue.length]).to.deep.equal([0, 2]);
  });
});
