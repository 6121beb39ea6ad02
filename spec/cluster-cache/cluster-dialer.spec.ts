import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncScheduler, firstValueFrom } from 'rxjs';
import { clusterDialer } from '../../lib/cluster-cache/cluster-dialer.ts';
import { noMetrics } from '../../lib/cluster-cache/cluster-metrics.ts';
import { resolveOptions } from '../../lib/cluster-cache/cluster-cache-options.ts';
import type { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { inClusterEndpoint } from '../../lib/kubernetes/in-cluster.ts';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { tokenBucket } from '../../lib/kubernetes/rate-limiter.ts';
import { ConnectError } from '../../lib/model/errors.ts';
import { lanes } from '../../lib/operators/lanes.ts';
import { type FakeApiServer, FakeFleet, TcpProxy, aPod } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';

const POD = { namespace: 'default', name: 'controller', uid: '42' };
const SOON = 5_000;

describe('the dialer of a cluster, in a Pod of that cluster', () => {
  leavesNothingOpen();

  describe('on sockets', () => {
    let fleet: FakeFleet;
    let server: FakeApiServer;
    let proxy: TcpProxy;
    let folder: string;
    beforeEach(async () => {
      fleet = await FakeFleet.start({ clusters: 1 });
      server = fleet.workload('cluster-1');
      server.create({ ...aPod({ name: POD.name }), metadata: { ...POD } });
      proxy = await TcpProxy.to(server.port);
      folder = await mkdtemp(join(tmpdir(), 'in-cluster-'));
      await writeFile(join(folder, 'ca.crt'), server.ca);
    });
    afterEach(async () => {
      await proxy.close();
      await fleet.stop();
      await rm(folder, { recursive: true });
    });

    const dialer = (inside: (endpoint: Endpoint) => Endpoint) => {
      const options = resolveOptions({ management: fleet.management, client: { userAgent: 'spec' }, healthProbe: { timeout: 500 } });
      return clusterDialer({
        key: fleet.key('cluster-1'), options, timing: options, connects: lanes({ width: 1, slowWidth: 1, patience: 250, scheduler: asyncScheduler }),
        limiter: tokenBucket({ qps: 20, burst: 30 }), pod: POD, metrics: noMetrics, inside,
      });
    };
    const throughProxy = (endpoint: Endpoint) => inClusterEndpoint(endpoint, { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(proxy.port) }, join(folder, 'ca.crt'));
    const target = () => ({ kubeconfig: parseKubeconfig(fleet.kubeconfig('cluster-1')) });

    it('goes by the in-cluster address with the credentials of the kubeconfig, and leaves the other', async () => {
      const inside = dialer(throughProxy);
      const connection = await firstValueFrom(inside.connect(target()));
      expect(connection.view.inCluster).to.equal(true);
      expect(connection.view.stages.map(({ stage }) => stage)).to.deep.equal(['dial', 'tls', 'reachability', 'discovery', 'inCluster', 'dial', 'tls', 'reachability']);
      expect(proxy.open).to.equal(1);
      await eventually(() => server.counters.openConnections === 1, SOON);
      expect(server.requests.at(-1)).to.include({ user: 'cluster-1-admin' });
      inside.close(connection);
      await eventually(() => server.counters.openConnections === 0, SOON);
    });

    it('fails to connect where the in-cluster address does not answer, and leaves nothing', async () => {
      await proxy.refuse();
      const error = await firstValueFrom(dialer(throughProxy).connect(target())).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(ConnectError).and.include({ stage: 'dial', code: 'ECONNREFUSED' });
      await eventually(() => server.counters.openConnections === 0, SOON);
    });

    it('fails at the stage inCluster where it may not read the Pod, or has no in-cluster configuration', async () => {
      const nowhere = await firstValueFrom(dialer((endpoint) => inClusterEndpoint(endpoint, {})).connect(target())).catch((reason: unknown) => reason);
      expect(nowhere).to.be.instanceOf(ConnectError).and.include({ stage: 'inCluster', code: 'NOT_IN_CLUSTER' });
      const unread = await firstValueFrom(dialer((endpoint) => inClusterEndpoint(endpoint, { KUBERNETES_SERVICE_HOST: 'x', KUBERNETES_SERVICE_PORT: '1' }, join(folder, 'none'))).connect(target())).catch((reason: unknown) => reason);
      expect(unread).to.be.instanceOf(ConnectError).and.include({ stage: 'inCluster', code: 'NOT_IN_CLUSTER' });
      server.forbid(undefined, ({ resource }) => resource === 'pods');
      const forbidden = await firstValueFrom(dialer(throughProxy).connect(target())).catch((reason: unknown) => reason);
      expect(forbidden).to.be.instanceOf(ConnectError).and.include({ stage: 'inCluster', code: 'Forbidden' });
      expect((forbidden as ConnectError).message).to.match(/^error checking if we're running on workload cluster: /);
      await eventually(() => server.counters.openConnections === 0, SOON);
    });
  });
});
