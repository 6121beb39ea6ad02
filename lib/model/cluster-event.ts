import type { Cluster } from './cluster.ts';
import type { DisconnectReason, PendingReason } from './connection-state.ts';
import type { ObjectKey } from './object-key.ts';

/** What controllers are told of a cluster. `after` is the duration of the `watchForProbeFailure` that a probe event belongs to, in ms. */
export interface ClusterEvent {
  readonly type: 'connected' | 'disconnected' | 'probeFailing' | 'probeRecovered' | 'kubeconfigRotated' | 'removed';
  readonly key: ObjectKey;
  readonly cluster: Cluster;
  readonly at: Date;
  readonly reason?: DisconnectReason | PendingReason;
  readonly after?: number;
}

/** For `filter`: a cluster has a connection now. */
export const isConnected = (event: ClusterEvent): boolean => event.type === 'connected';

/** For `filter`: a cluster's connection is gone. */
export const isDisconnected = (event: ClusterEvent): boolean => event.type === 'disconnected';

/** For `filter`: a cluster is gone, or filtered out. */
export const isRemoved = (event: ClusterEvent): boolean => event.type === 'removed';
