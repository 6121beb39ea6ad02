import type { ClusterCache } from 'clustercache';
import { formatKey } from 'clustercache';
import { Pod } from 'clustercache/kinds';
import { type Observable, map, scan } from 'rxjs';

/** How many Pods there are, in all and in each cluster that has some. */
export interface Inventory {
  readonly pods: number;
  readonly byCluster: ReadonlyMap<string, number>;
}

/** Counts the Pods of all clusters: emits after every Pod that comes or goes. What an outage hides is counted after it, and a cluster that is deleted takes its Pods along. */
export function inventory(clusters: Pick<ClusterCache, 'fleetObjects$'>): Observable<Inventory> {
  return clusters.fleetObjects$(Pod).pipe(
    scan((byCluster, event) => {
      const change = event.type === 'added' ? 1 : event.type === 'deleted' ? -1 : 0;
      const cluster = formatKey(event.cluster);
      const count = (byCluster.get(cluster) ?? 0) + change;
      if (count === 0) byCluster.delete(cluster);
      else byCluster.set(cluster, count);
      return byCluster;
    }, new Map<string, number>()),
    map((byCluster) => ({ pods: [...byCluster.values()].reduce((sum, count) => sum + count, 0), byCluster })),
  );
}
