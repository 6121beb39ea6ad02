import { KubeConfig } from '@kubernetes/client-node';
import { of } from 'rxjs';
import { ClusterCache, type ObjectKey, stripManagedFields } from '../lib/index.ts';
import { Pod } from '../lib/kinds.ts';
import { FakeApiServer, aCluster } from '../lib/testing/index.ts';
import type { SyncContestant } from './sync-contestant.ts';

/** A management cluster of one Cluster, in this process: it is asked three times. */
const management = await FakeApiServer.start();
const key = { namespace: 'default', name: 'cluster' };
management.create(aCluster(key));

/** The public `ClusterCache`, started, with one cluster; without managedFields, as the floor. */
export async function clusterCacheOf({ kubeconfig, shareParts }: { readonly kubeconfig: string; readonly shareParts: boolean }): Promise<StartedClusterCache> {
  const own = new KubeConfig();
  own.loadFromString(management.kubeconfig());
  const clusters = new ClusterCache({
    management: own, kubeconfigSource: () => of(kubeconfig),
    client: { userAgent: 'bench' },
    cache: { defaultTransform: stripManagedFields, shareParts },
  });
  await clusters.start();
  return {
    clusters, cluster: key,
    close: async () => {
      await clusters.stop();
      await management.stop();
    },
  };
}

export interface StartedClusterCache {
  readonly clusters: ClusterCache;
  readonly cluster: ObjectKey;
  close(): Promise<void>;
}

/** Its objects, and nothing that is done with them. */
export function syncClustercache({ shareParts }: { readonly shareParts: boolean }): SyncContestant {
  return {
    async sync({ kubeconfig }) {
      const { clusters, cluster, close } = await clusterCacheOf({ kubeconfig, shareParts });
      let size = 0;
      let modified = 0;
      await new Promise<void>((resolve) => {
        clusters.objects$(cluster, Pod).subscribe(({ type }) => {
          if (type === 'added') size += 1;
          else if (type === 'updated') modified += 1;
          else if (type === 'synced') resolve();
        });
      });
      return { size: () => size, modified: () => modified, close };
    },
  };
}
