import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { ManagementTroubles } from '../../lib/cli/management-troubles.ts';
import { ClusterCache } from '../../lib/index.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { leavesNothingOpen } from '../leaks.ts';

describe('ManagementTroubles', () => {
  leavesNothingOpen();

  it('say in one line what a cluster cache cannot read, and why', async () => {
    await using server = await FakeApiServer.start();
    const management = new KubeConfig();
    management.loadFromString(server.kubeconfig());
    server.inject({ fault: 'refuse' });
    const troubles = new ManagementTroubles();
    const line = firstValueFrom(troubles.line$);
    const clusters = new ClusterCache({ management, client: { userAgent: 'spec' }, logger: troubles });
    const started = clusters.start().catch(() => {});
    expect(await line).to.match(/^reading the management cluster failed: (Cluster|Secret): .*connection refused \(ECONNREFUSED\)$/);
    await clusters.stop();
    await started;
  });
});
