import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'chai';
import { type KubernetesObject, defineKind } from '../../lib/index.ts';
import { rejection } from '../client/served-cluster.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { FleetScene } from './fleet-scene.ts';

const CONFIG_MAP = defineKind<KubernetesObject>({ apiVersion: 'v1', kind: 'ConfigMap' });
const NODE = defineKind<KubernetesObject>({ apiVersion: 'v1', kind: 'Node' });
/** A connect asks for the core group and for the Namespace kube-system. */
const OF_A_CONNECT = 2;

describe('the token bucket of a cluster', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    afterEach(() => scene.stop());

    // client-go has one for each REST client, and controller-runtime a REST client for each kind.
    it('is one for all kinds and all clients of it, and for no other cluster; probes need none', async () => {
      scene = await FleetScene.started({ client: { userAgent: 'spec', qps: 0.001, burst: OF_A_CONNECT + 2, timeout: 300 } }, { clusters: 2 });
      for (const name of scene.fleet.names) await scene.phase('connected', name);
      await scene.clusters.getUncachedClient(scene.key).list(NODE);
      await scene.clusters.getRESTConfig(scene.key).makeApiClient(CoreV1Api).listNamespace();
      const asked = scene.workload.requests.filter(({ path }) => path !== '/').length;

      expect(await rejection(scene.clusters.getClient(scene.key).list(CONFIG_MAP))).to.include({ code: 'CACHE_NOT_SYNCED' });
      const waits = rejection(scene.clusters.getUncachedClient(scene.key).list(CONFIG_MAP));
      await scene.probed();
      expect(scene.workload.requests.filter(({ path }) => path !== '/')).to.have.length(asked);
      expect((await scene.clusters.getUncachedClient(scene.fleet.key('cluster-2')).list(NODE)).items).to.have.length(1);
      await scene.clusters.stop();
      await waits;
    });
  });
});
