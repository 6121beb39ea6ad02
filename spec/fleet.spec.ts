import { expect } from 'chai';
import { Registry } from 'prom-client';
import { bufferCount, filter, firstValueFrom, take, tap } from 'rxjs';
import { ClusterCache, isConnected } from '../lib/index.ts';
import { FakeFleet } from '../lib/testing/index.ts';
import { leavesNothingOpen } from './leaks.ts';

const CLUSTERS = 1_000;

describe('a fleet of 1000', function () {
  this.timeout(60_000);
  leavesNothingOpen();

  describe('in one process', () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => { warnings.push(warning); };
    let fleet: FakeFleet | undefined;
    let clusters: ClusterCache | undefined;

    before(async () => {
      process.on('warning', warned);
      fleet = await FakeFleet.start({ clusters: CLUSTERS });
    });

    after(async () => {
      await clusters?.stop();
      await fleet?.stop();
      process.off('warning', warned);
    });

    it('connects, holds its connections and stops, without a warning', async () => {
      if (fleet === undefined) throw new Error('there is no fleet');
      const metrics = new Registry();
      clusters = new ClusterCache({ management: fleet.management, client: { userAgent: 'spec' }, metrics });
      let lost = 0;
      const connected = firstValueFrom(clusters.events$.pipe(
        tap(({ type }) => { if (type === 'disconnected') lost += 1; }),
        filter(isConnected), take(CLUSTERS), bufferCount(CLUSTERS),
      ));
      await clusters.start();
      const keys = new Set((await connected).map(({ key: { name } }) => name));
      expect(keys.size).to.equal(CLUSTERS);

      // Every cluster is probed once more within its interval of 10 s: half of them are enough to tell that they are held.
      const probed = new Set<string>();
      await firstValueFrom(clusters.connections$.pipe(filter(({ cluster, since, health: { lastProbeSuccessTime } }) => {
        if (lastProbeSuccessTime !== undefined && lastProbeSuccessTime > since) probed.add(cluster.name);
        return probed.size > CLUSTERS / 2;
      })));
      expect(lost).to.equal(0);
      const { counters } = fleet.workload('cluster-0001');
      expect(counters.connectionsAccepted).to.equal(1);
      expect(await metrics.metrics()).to.contain('capi_cluster_cache_connection_up{cluster_name="cluster-1000",cluster_namespace="default"} 1');

      const begun = performance.now();
      await clusters.stop();
      expect(performance.now() - begun).to.be.below(5_000);
      expect(metrics.getMetricsAsArray()).to.deep.equal([]);
      expect(warnings.map(({ message }) => message)).to.deep.equal([]);
    });
  });
});
