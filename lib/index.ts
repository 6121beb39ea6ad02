// The cluster cache
export { ClusterCache } from './cluster-cache/cluster-cache.ts';
export type { ClientCacheOptions, ClientOptions, ClusterCacheOptions, ClusterTiming, HealthProbeOptions, MetricsRegistry } from './cluster-cache/cluster-cache-options.ts';
export type { ConnectionState } from './cluster-cache/cluster-record.ts';
export type { Connection } from './cluster-cache/cluster-connection.ts';
export type { Diagnosis, InformerDiagnosis } from './cluster-cache/diagnosis.ts';
export type { AbsentReason, DisconnectReason, PendingReason } from './model/connection-state.ts';
export type { HealthCheckingState } from './model/health.ts';
export type { Cluster } from './model/cluster.ts';

// Events to controllers
export type { ClusterEvent } from './model/cluster-event.ts';
export { isConnected, isDisconnected, isRemoved } from './model/cluster-event.ts';
export type { Request } from './model/request.ts';
export { toRequest } from './model/request.ts';
export type { ClusterSourceOption, ClusterToRequests, Source } from './cluster-cache/cluster-source.ts';
export { watchForProbeFailure, watchForRemoval, withoutInitialEvents } from './cluster-cache/cluster-source.ts';

// The connection stream by itself
export { connectionStream } from './connection/connection-stream.ts';
export type { ConnectionStreamInput } from './connection/connection-stream.ts';
export type { ConnectionOptions } from './connection/connection-options.ts';
export type { Dialer, ReadyTarget, TargetState, UnreadyTarget } from './connection/dialer.ts';
export type { StreamState } from './connection/stream-state.ts';

// Clients
export type * from './client/client.ts';
export type { Kind, KubernetesObject, ObjectList, ObjectMeta, OwnerReference, Status } from './model/kubernetes-object.ts';
export { defineKind } from './model/kubernetes-object.ts';
export type { ObjectKey, ObjectName } from './model/object-key.ts';
export { formatKey, keyOf, parseKey } from './model/object-key.ts';

// Objects that are kept
export type { AddedEvent, DeletedEvent, EventCause, ObjectChange, ObjectEvent, SyncedEvent, UpdatedEvent } from './model/object-event.ts';
export type { ObjectsSelection } from './informer/selection.ts';
export type { FleetObjectEvent } from './cluster-cache/object-streams.ts';
export { conflateChanges } from './informer/conflate-changes.ts';
export type { ByObject, CacheIndex, CacheOptions } from './informer/cache-options.ts';
export { defineIndex } from './informer/cache-options.ts';
export { NodeProviderIDIndex } from './informer/node-provider-id-index.ts';
export { stripManagedFields } from './model/strip-managed-fields.ts';
export type { EventHandler, Predicate, WatchHandle, Watcher } from './model/watcher.ts';

// Kubeconfigs
export type { KubeconfigPolicy } from './kubernetes/kubeconfig-policy.ts';

// Errors
export {
  ClusterCacheError, ClusterNotConnectedError, ConnectError, InconclusiveProbeError, KubeconfigError, ProbeFailureThresholdError, ProbeTimeoutError,
  SelectorError, TransportError, UnauthorizedError,
} from './model/errors.ts';
export type { ConnectStage, StageTiming } from './model/errors.ts';
export {
  StatusError, isUnauthorized, isForbidden, isNotFound, isAlreadyExists, isConflict, isGone, isInvalid, isTooManyRequests, isTimeout, isServerError,
} from './kubernetes/status-error.ts';

// Logging
export type { LogFields, Logger } from './model/logger.ts';
