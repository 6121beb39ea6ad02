import { KubeConfig } from '@kubernetes/client-node';
import { of } from 'rxjs';
import { ClusterCache, stripManagedFields } from '../lib/index.ts';
import { Pod } from '../lib/kinds.ts';
import { FakeApiServer, aCluster } from '../lib/testing/index.ts';
import type { SyncContestant } from './sync-contestant.ts';

/** A management cluster of one Cluster, in this process: it is asked three times. */
const management = await FakeApiServer.start();
const key = { namespace: 'default', name: 'cluster' };
management.create(aCluster(key));

/** The public `ClusterCache`, without managedFields, as the floor. */
export function syncClustercache({ shareParts }: { readonly shareParts: boolean }): SyncContestant {
  return {
    async sync({ kubeconfig }) {
      const own = new KubeConfig();
      own.loadFromString(management.kubeconfig());
      const clusters = new ClusterCache({
        management: own, kubeconfigSource: () => of(kubeconfig),
        client: { userAgent: 'bench' },
        cache: { defaultTransform: stripManagedFields, shareParts },
      });
      await clusters.start();
      let size = 0;
      let modified = 0;
      await new Promise<void>((resolve) => {
        clusters.objects$(key, Pod).subscribe(({ type }) => {
          if (type === 'added') size += 1;
          else if (type === 'updated') modified += 1;
          else if (type === 'synced') resolve();
        });
      });
      return {
        size: () => size,
        modified: () => modified,
        close: async () => {
          await clusters.stop();
          await management.stop();
        },
      };
    },
  };
}
