import { type Observable, defer, filter, map } from 'rxjs';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import type { LatestByKey } from '../operators/latest-by-key.ts';
import type { ClusterRecord } from './cluster-record.ts';

/** What a work queue has to know to park the requests of a cluster while it has no connection; to be spread into its options. */
export interface ClusterParking {
  /** Whether a cluster is known, and not connected. */
  readonly parkWhile: (cluster: ObjectKey) => boolean;
  /** A cluster, whenever it is connected, or is gone: nothing is to be waited for then. Completes on `stop`; never errors. */
  readonly released$: Observable<ObjectKey>;
}

export function clusterParking(records: () => LatestByKey<ClusterRecord>): ClusterParking {
  return Object.freeze({
    parkWhile: (cluster: ObjectKey) => {
      const phase = records().get(formatKey(cluster))?.state.phase;
      return phase !== undefined && phase !== 'connected' && phase !== 'absent';
    },
    released$: defer(() => records().changes$).pipe(
      filter(({ event }) => event?.type === 'connected' || event?.type === 'removed'),
      map(({ state }) => state.cluster),
    ),
  });
}
