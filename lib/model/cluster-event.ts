import { type Cluster } from './cluster.ts';
import { type DisconnectReason, type PendingReason } from './connection-state.ts';
import { type ObjectKey } from './object-key.ts';

/** What controllers are told of a cluster. `after` is the duration of the `watchForProbeFailure` that a probe event belongs to, in ms. */
export interface ClusterEvent {
  readonly type: 'connected' | 'disconnected' | 'probeFailing' | 'probeRecovered' | 'kubeconfigRotated' | 'removed';
  readonly key: ObjectKey;
  readonly cluster: Cluster;
  readonly at: Date;
  readonly reason?: DisconnectReason | PendingReason;
  readonly after?: number;
}

/** Names one object that a controller should look at. */
export type Request = ObjectKey & { readonly cluster?: ObjectKey };
