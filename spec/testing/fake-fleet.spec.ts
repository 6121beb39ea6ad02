import { expect } from 'chai';
import { KubeConfig } from '@kubernetes/client-node';
import type { Cluster } from '../../lib/model/cluster.ts';
import type { Kind, KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import { RawClient, type RawCredential } from '../../ground-truth/raw-client.ts';
import { FakeFleet, type FakeFleetOptions } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';

const CLUSTER: Kind<Cluster> = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' };
const SECRET: Kind<KubernetesObject & { readonly data?: Readonly<Record<string, string>> }> = { apiVersion: 'v1', kind: 'Secret' };

describe('FakeFleet', () => {
  leavesNothingOpen();

  describe('in one process', () => {
    const started: AsyncDisposable[] = [];
    const start = async (options?: FakeFleetOptions) => {
      const fleet = await FakeFleet.start(options);
      started.push(fleet);
      return fleet;
    };
    /** What a client does that reads the Secret and connects: the status of one request, or the code of its failure. */
    const status = async (fleet: FakeFleet, name: string, kubeconfig = written(fleet, name)) => {
      const client = clientOf(kubeconfig);
      try {
        return (await client.send('/api/v1/nodes')).status;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      } finally {
        client.close();
      }
    };
    afterEach(async () => { for (const fleet of started.splice(0)) await fleet[Symbol.asyncDispose](); });

    it('has a management server with Clusters and Secrets that lead to workload servers with a Node each', async () => {
      const fleet = await start({ clusters: 2, namespace: 'fleet' });
      expect(fleet.names).to.deep.equal(['cluster-1', 'cluster-2']);
      expect(fleet.managementServer.list(CLUSTER, { namespace: 'fleet' }).map(({ status: { initialization } = {} }) => initialization)).to.deep.equal([{ infrastructureProvisioned: true }, { infrastructureProvisioned: true }]);
      expect(fleet.managementServer.get(SECRET, { namespace: 'fleet', name: 'cluster-1-kubeconfig' })).to.containSubset({ type: 'cluster.x-k8s.io/secret', metadata: { labels: { 'cluster.x-k8s.io/cluster-name': 'cluster-1' } } });
      const client = clientOf(written(fleet, 'cluster-2'));
      expect((await client.get('/api/v1/nodes')).items?.map(({ metadata }) => metadata?.name)).to.deep.equal(['cluster-2-node-1']);
      client.close();
      expect(fleet.workload('cluster-1').uid).not.to.equal(fleet.workload('cluster-2').uid);
    });

    it('hands out the kubeconfig of the management cluster, ready to use', async () => {
      const fleet = await start({ clusters: 1 });
      const client = clientOf(fleet.management.exportConfig());
      expect((await client.get('/apis/cluster.x-k8s.io/v1beta2/clusters')).items).to.have.length(1);
      client.close();
    });

    for (const [how, rotate] of [
      ['token', (fleet: FakeFleet) => fleet.rotateToken('cluster-1')],
      ['client certificate', (fleet: FakeFleet) => fleet.rotateCertificate('cluster-1')],
      ['authority', (fleet: FakeFleet) => fleet.rotateAuthority('cluster-1')],
    ] as const) {
      it(`rotates a ${how}: the new kubeconfig is in the Secret and works, the old one does not`, async () => {
        const fleet = await start({ clusters: 1, user: 'clientCertificate' });
        const before = written(fleet, 'cluster-1');
        expect(await status(fleet, 'cluster-1')).to.equal(200);
        await rotate(fleet);
        expect(written(fleet, 'cluster-1')).not.to.equal(before);
        expect([await status(fleet, 'cluster-1'), await status(fleet, 'cluster-1', before)]).to.deep.equal([200, how === 'authority' ? 'SELF_SIGNED_CERT_IN_CHAIN' : 401]);
      });
    }

    it('breaks one cluster and heals it, and leaves the others alone', async () => {
      const fleet = await start({ clusters: 3, broken: { 'cluster-3': { fault: 'serverError', status: 503 } } });
      fleet.break('cluster-2', { fault: 'refuse' });
      const all = async () => [await status(fleet, 'cluster-1'), await status(fleet, 'cluster-2'), await status(fleet, 'cluster-3')];
      expect(await all()).to.deep.equal([200, 'ECONNREFUSED', 503]);
      await Promise.all(fleet.names.map((name) => fleet.heal(name)));
      expect(await all()).to.deep.equal([200, 200, 200]);
    });

    it('adds and removes a cluster', async () => {
      const fleet = await start({ clusters: 1 });
      expect(await fleet.add('late', { ready: false, kubeconfig: false, labels: { l: '1' } })).to.deep.equal({ namespace: 'default', name: 'late' });
      expect([fleet.managementServer.get(CLUSTER, fleet.key('late')).metadata?.labels, fleet.managementServer.find(SECRET, fleet.key('late-kubeconfig'))]).to.deep.equal([{ l: '1' }, undefined]);
      fleet.putKubeconfig('late');
      fleet.setInfrastructureReady('late', true);
      expect(fleet.managementServer.get(CLUSTER, fleet.key('late')).status).to.deep.equal({ initialization: { infrastructureProvisioned: true } });
      const kubeconfig = written(fleet, 'late');
      await fleet.remove('late');
      expect([fleet.names, fleet.managementServer.list(CLUSTER).length, fleet.managementServer.list(SECRET).length]).to.deep.equal([['cluster-1'], 1, 1]);
      expect(await status(fleet, 'late', kubeconfig)).to.equal('ECONNREFUSED');
      expect(() => fleet.workload('late')).to.throw('there is no cluster late');
    });

    it('takes a kubeconfig Secret away and brings any other in its place', async () => {
      const fleet = await start({ clusters: 1 });
      fleet.deleteKubeconfig('cluster-1');
      expect(fleet.managementServer.list(SECRET)).to.deep.equal([]);
      fleet.putKubeconfig('cluster-1', 'nonsense');
      expect(written(fleet, 'cluster-1')).to.equal('nonsense');
      fleet.putKubeconfig('cluster-1');
      expect(await status(fleet, 'cluster-1')).to.equal(200);
    });

    it('numbers many clusters so that their names sort', async () => {
      expect((await start({ clusters: 12 })).names.slice(8, 11)).to.deep.equal(['cluster-09', 'cluster-10', 'cluster-11']);
    });

    it('of a thousand clusters starts and stops within seconds', async () => {
      const begun = performance.now();
      const fleet = await start({ clusters: 1_000 });
      expect([await status(fleet, 'cluster-0001'), await status(fleet, 'cluster-1000')]).to.deep.equal([200, 200]);
      await fleet.stop();
      expect(performance.now() - begun).to.be.below(8_000);
    });
  });
});

function written(fleet: FakeFleet, name: string): string {
  return Buffer.from(fleet.managementServer.get(SECRET, { ...fleet.key(name), name: `${name}-kubeconfig` }).data?.['value'] ?? '', 'base64').toString();
}

/** Reads a kubeconfig as client-node does. */
function clientOf(kubeconfig: string): RawClient {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(kubeconfig);
  const [cluster, user] = [kubeConfig.getCurrentCluster(), kubeConfig.getCurrentUser()];
  const decoded = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();
  const credential: RawCredential = user?.token === undefined ? { cert: decoded(user?.certData), key: decoded(user?.keyData) } : { token: user.token };
  return new RawClient({ url: cluster?.server ?? '', ca: decoded(cluster?.caData), credential });
}
