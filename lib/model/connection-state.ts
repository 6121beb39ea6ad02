import type { ClusterCacheError } from './errors.ts';
import type { HealthCheckingState } from './health.ts';
import type { ObjectKey } from './object-key.ts';

export type AbsentReason = 'unknown' | 'deleted' | 'filtered' | 'stopped';
export type PendingReason = 'infrastructureNotProvisioned' | 'kubeconfigMissing';
export type DisconnectReason = 'connectFailed' | 'unauthorized' | 'probeFailureThreshold' | 'connectionLost';

/** The one state of a cluster's connection; everything else is derived from it. `since` is when the phase began. */
export type ClusterConnectionState<C> = {
  readonly cluster: ObjectKey;
  readonly since: Date;
  readonly health: HealthCheckingState;
} & (
  | { readonly phase: 'absent'; readonly reason: AbsentReason }
  | { readonly phase: 'pending'; readonly reason: PendingReason; readonly error?: ClusterCacheError }
  | { readonly phase: 'connecting'; readonly attempt: number }
  /** `error` and `retryAt`: a newer kubeconfig is there, could not be connected, and is tried again then. */
  | { readonly phase: 'connected'; readonly connection: C; readonly error?: ClusterCacheError; readonly retryAt?: Date }
  | { readonly phase: 'disconnected'; readonly reason: DisconnectReason; readonly error: ClusterCacheError; readonly retryAt?: Date }
);
