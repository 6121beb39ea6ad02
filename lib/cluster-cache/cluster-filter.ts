import { type OperatorFunction, map } from 'rxjs';
import { type Cluster, matchesWatchFilter } from '../model/cluster.ts';
import type { AbsentReason } from '../model/connection-state.ts';
import type { Delta } from '../model/delta.ts';
import type { Logger } from '../model/logger.ts';

/** A change of a Cluster that passes the filters; one that does not, or no longer does, is deleted with the reason. */
export type ClusterDelta =
  | { readonly type: 'applied'; readonly key: string; readonly value: Cluster }
  | { readonly type: 'deleted'; readonly key: string; readonly reason: Extract<AbsentReason, 'deleted' | 'filtered'> };

export interface ClusterFilterOptions {
  readonly watchFilterValue?: string | undefined;
  readonly clusterFilter?: ((cluster: Cluster) => boolean) | undefined;
  readonly logger: Logger;
}

/** Holds every change against the watch-filter label and the predicate. */
export function filterClusters({ watchFilterValue, clusterFilter, logger }: ClusterFilterOptions): OperatorFunction<Delta<string, Cluster>, ClusterDelta> {
  const passes = (key: string, cluster: Cluster): boolean => {
    if (!matchesWatchFilter(cluster, watchFilterValue)) return false;
    try {
      return clusterFilter?.(cluster) ?? true;
    } catch (error) {
      logger.error({ cluster: key, err: error }, 'clusterFilter failed; the cluster is left out');
      return false;
    }
  };
  return map((delta): ClusterDelta => {
    if (delta.type === 'deleted') return { ...delta, reason: 'deleted' };
    return passes(delta.key, delta.value) ? delta : { type: 'deleted', key: delta.key, reason: 'filtered' };
  });
}
