// The cluster cache
export { ClusterCache } from './cluster-cache/cluster-cache.ts';
export type { ClientCacheOptions, ClientOptions, ClusterCacheOptions, ClusterTiming, HealthProbeOptions, MetricsRegistry } from './cluster-cache/cluster-cache-options.ts';
export type { ConnectionState } from './cluster-cache/cluster-record.ts';
export type { ClusterParking } from './cluster-cache/cluster-parking.ts';
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
export type { ClusterMapContext, ClusterSourceOption, ClusterToRequests, Source } from './cluster-cache/cluster-source.ts';
export { watchForProbeFailure, watchForRemoval, withoutInitialEvents } from './cluster-cache/cluster-source.ts';

// Work queues
export { WorkQueue } from './workqueue/work-queue.ts';
export type { AddOptions, WorkQueueOptions } from './workqueue/work-queue-options.ts';
export type { BucketOptions, ExponentialFailureOptions, RateLimiter } from './workqueue/rate-limiter.ts';
export { bucketRateLimiter, defaultControllerRateLimiter, itemExponentialFailureRateLimiter, maxOfRateLimiter } from './workqueue/rate-limiter.ts';
export type { WorkQueueMetrics, WorkQueueReadings } from './workqueue/work-queue-metrics.ts';

// Controllers
export { Controller } from './controller/controller.ts';
export type { ControllerContext } from './controller/controller.ts';
export type { ControllerOptions } from './controller/controller-options.ts';
export type { Reconcile, ReconcileContext } from './controller/reconcile.ts';
export type { ReconcileOutcome } from './controller/workers.ts';
export type { Result } from './controller/result.ts';
export { TerminalError } from './controller/terminal-error.ts';
export { ReconcileTimeoutError } from './controller/reconcile-timeout-error.ts';
export type { ControllerSource, EventSource, ManagementObjects, ObjectHandler, ObjectPredicate, SourceContext, SourceEvent } from './controller/source.ts';
export { LOW_PRIORITY } from './controller/source.ts';
export type { KindSourceOptions } from './controller/kind-source.ts';
export { kindSource } from './controller/kind-source.ts';
export type { ChannelSourceOptions } from './controller/channel-source.ts';
export { channelSource } from './controller/channel-source.ts';
export type { ObjectToRequests, OwnerOptions } from './controller/event-handlers.ts';
export { enqueueRequestForObject, enqueueRequestForOwner, enqueueRequestsFromMapFunc } from './controller/event-handlers.ts';
export type { ClusterMapper, ClusterToObjectsOptions } from './controller/cluster-to-objects.ts';
export { clusterToObjects } from './controller/cluster-to-objects.ts';
export type { PredicateFuncs } from './controller/predicates.ts';
export {
  and, or, not, predicateFuncs, objectPredicate, annotationChangedPredicate, generationChangedPredicate, labelChangedPredicate, labelSelectorPredicate, resourceVersionChangedPredicate,
} from './controller/predicates.ts';
export {
  clusterControlPlaneInitialized, clusterInfrastructureProvisioned, clusterNotPaused, clusterPaused, clusterPausedTransitions, clusterPausedTransitionsOrInfrastructureProvisioned, clusterUnpaused,
  hasPausedAnnotation, hasWatchLabel, isClusterPaused, isControlPlaneInitialized, isPaused, resourceHasFilterLabel, resourceNotPaused, resourceNotPausedAndHasFilterLabel,
} from './controller/cluster-api-predicates.ts';

// The manager
export { Manager } from './manager/manager.ts';
export type { ManagerClientOptions, ManagerElectionOptions, ManagerOptions, ResolvedManagerOptions, ServerOptions } from './manager/manager-options.ts';
export type { HealthCheck } from './manager/health-checks.ts';
export type { RunContext, RunFunction, Runnable, RunnableGroupName } from './manager/runnable.ts';
export type { TerminationSignal } from './manager/termination-signals.ts';
export { setupWithManager } from './manager/setup-with-manager.ts';
export type { ClusterCacheControllerOptions, ManagedClusterCacheOptions } from './manager/setup-with-manager.ts';
export { leaderElection } from './manager/leader-election.ts';
export type { LeadershipState } from './manager/leader-election.ts';
export type { LeaderElectionOptions } from './manager/leader-election-options.ts';
export type { Leadership } from './manager/leadership.ts';
export { LeadershipLostError } from './manager/leadership.ts';

// What controllers write
export { retryOnConflict } from './client/retry-on-conflict.ts';
export type { ConflictRetryOptions } from './client/retry-on-conflict.ts';
export { ConditionConflictError, patchHelper } from './client/object-patch.ts';
export type { PatchHelper, PatchHelperOptions, PatchingClient } from './client/object-patch.ts';
export { createOrPatch } from './client/create-or-patch.ts';
export type { CreateOrPatchOptions, CreateOrPatchResult, Mutate } from './client/create-or-patch.ts';
export { addFinalizer, containsFinalizer, removeFinalizer } from './model/finalizer.ts';
export { AlreadyOwnedError, controllerOf, hasOwnerReference, removeOwnerReference, setControllerReference, setOwnerReference } from './model/owner-reference.ts';
export type { OwnerReferenceOptions } from './model/owner-reference.ts';
export { getCondition, isConditionFalse, isConditionTrue, isConditionUnknown, removeCondition, setCondition } from './model/conditions.ts';
export type { NewCondition } from './model/conditions.ts';

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
export type { EventHandler, Predicate, Requests, WatchHandle, Watcher } from './model/watcher.ts';

// Conditions of a cluster's connection
export { REMOTE_CONDITIONS_GRACE, REMOTE_CONNECTION_GRACE, REMOTE_CONNECTION_PROBE, connectionDownCondition, remoteConnectionProbeCondition } from './model/remote-connection.ts';
export type { ConnectionDownInput } from './model/remote-connection.ts';
export type { Condition } from './model/cluster-api/condition.ts';

// Kubeconfigs and certificates
export type { KubeconfigPolicy } from './kubernetes/kubeconfig-policy.ts';
export { CERTIFICATE_TTL, newClientCertificate } from './kubernetes/client-certificate.ts';
export type { ClientCertificateOptions } from './kubernetes/client-certificate.ts';
export { CLUSTER_SECRET_TYPE, generateKubeconfigSecret, needsClientCertRotation, newKubeconfig, regeneratedKubeconfigSecret } from './kubernetes/kubeconfig-secret.ts';
export type { KubeconfigSecret, KubeconfigSecretFields, KubeconfigSigning } from './kubernetes/kubeconfig-secret.ts';
export { createKubeconfigSecret, regenerateSecret } from './client/cluster-kubeconfig.ts';
export type { CertificateAuthority, CreateKubeconfigOptions, RegenerateKubeconfigOptions } from './client/cluster-kubeconfig.ts';
export { parseSecretName, secretName } from './model/secret-name.ts';
export type { SecretPurpose } from './model/secret-name.ts';

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
