import type { ClusterCache } from 'clustercache';
import { formatKey } from 'clustercache';
import { Pod } from 'clustercache/kinds';
import { type Observable, defer, filter, map } from 'rxjs';

/** How many Pods there are, in all and in each cluster that has some. */
export interface Inventory {
  readonly pods: number;
  /** The same map all along. */
  readonly byCluster: ReadonlyMap<string, number>;
}

/** Counts the Pods of all clusters: emits after every Pod that comes or goes. What an outage hides is counted after it, and a cluster that is deleted takes its Pods along. */
export function inventory(clusters: Pick<ClusterCache, 'fleetObjects$'>): Observable<Inventory> {
  return defer(() => {
    const byCluster = new Map<string, number>();
    let pods = 0;
    return clusters.fleetObjects$(Pod).pipe(filter(({ type }) => type === 'added' || type === 'deleted'), map(({ type, cluster }) => {
      const change = type === 'added' ? 1 : -1;
      const [key, count] = [formatKey(cluster), (byCluster.get(formatKey(cluster)) ?? 0) + change];
      pods += change;
      if (count === 0) byCluster.delete(key);
      else byCluster.set(key, count);
      return { pods, byCluster };
    }));
  });
}
