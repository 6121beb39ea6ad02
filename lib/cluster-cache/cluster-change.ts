import type { StreamState } from '../connection/stream-state.ts';
import type { Cluster } from '../model/cluster.ts';
import type { PendingReason } from '../model/connection-state.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { ClusterCaches } from './cluster-caches.ts';
import type { ConnectionState } from './cluster-record.ts';
import type { LiveConnection } from './cluster-connection.ts';

/** A change of one cluster's state, with the connection that there is now. */
export interface ClusterChange {
  readonly cluster: Cluster;
  readonly caches: ClusterCaches;
  readonly state: ConnectionState;
  readonly connection?: LiveConnection;
  readonly fingerprint?: string;
}

/** A stream's state as the cluster's. */
export function changeOf(cluster: ObjectKey, state: StreamState<LiveConnection>): Omit<ClusterChange, 'cluster' | 'caches'> {
  const { since, health } = state;
  const common = { cluster, since, health };
  switch (state.phase) {
    case 'pending':
      return { state: { ...common, phase: 'pending', reason: state.reason as PendingReason, ...errorOf(state.error, cluster) } };
    case 'connecting':
      return { state: { ...common, phase: 'connecting', attempt: state.attempt } };
    case 'connected': {
      const { connection, fingerprint, error, retryAt } = state;
      return { state: { ...common, phase: 'connected', connection: connection.view, ...errorOf(error, cluster), ...retryOf(retryAt) }, connection, fingerprint };
    }
    case 'disconnected': {
      const { reason, error, retryAt } = state;
      return { state: { ...common, phase: 'disconnected', reason, error: asClusterCacheError(error, cluster), ...retryOf(retryAt) } };
    }
  }
}

const retryOf = (retryAt: Date | undefined) => (retryAt === undefined ? {} : { retryAt });
const errorOf = (error: unknown, cluster: ObjectKey) => (error === undefined ? {} : { error: asClusterCacheError(error, cluster) });

function asClusterCacheError(error: unknown, cluster: ObjectKey): ClusterCacheError {
  if (error instanceof ClusterCacheError) return error;
  return new ClusterCacheError('UNEXPECTED', error instanceof Error ? error.message : 'something failed without an error', { cause: error, cluster });
}
