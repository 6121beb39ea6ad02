import { expect } from 'chai';
import { type Cluster, defineKind } from '../../lib/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { FleetScene } from './fleet-scene.ts';

const CLUSTER = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });
/** Why a controller would leave a Cluster alone; the connection is for those who ask all the same. */
const PAUSES = [['its spec', { spec: { paused: true } }], ['its annotation', { metadata: { annotations: { 'cluster.x-k8s.io/paused': '' } } }]] as const;

describe('a Cluster that is paused, or on its way out', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    afterEach(() => scene.stop());

    for (const [where, pause] of PAUSES) {
      it(`is connected and probed as any other while it is paused by ${where}`, async () => {
        scene = await FleetScene.started({}, { clusters: 0 });
        await scene.fleet.add('cluster-1', { ready: false });
        const { managementServer } = scene.fleet;
        managementServer.patch(CLUSTER, scene.key, pause);
        await scene.phase('pending infrastructureNotProvisioned');
        scene.fleet.setInfrastructureReady('cluster-1', true);
        await scene.phase('connected');
        await scene.probed();
        managementServer.patch(CLUSTER, scene.key, { spec: { paused: false }, metadata: { annotations: { 'cluster.x-k8s.io/paused': null } } });
        managementServer.patch(CLUSTER, scene.key, pause);
        await scene.probed();
        expect(scene.told()).to.deep.equal(['connected']);
      });
    }

    it('stays connected and probed while finalizers hold it, and ends with it', async () => {
      scene = await FleetScene.started();
      await scene.phase('connected');
      const { managementServer } = scene.fleet;
      managementServer.patch(CLUSTER, scene.key, { metadata: { finalizers: ['spec/hold'] } });
      managementServer.delete(CLUSTER, scene.key);
      expect(managementServer.get(CLUSTER, scene.key).metadata?.deletionTimestamp).to.be.a('string');
      await scene.probed();
      expect(scene.clusters.getClient(scene.key)).to.be.an('object');
      expect(scene.told()).to.deep.equal(['connected']);
      await scene.upon(() => managementServer.patch(CLUSTER, scene.key, { metadata: { finalizers: null } }), ({ phase }) => phase === 'absent');
      expect(scene.told()).to.deep.equal(['connected', 'removed']);
    });
  });
});
