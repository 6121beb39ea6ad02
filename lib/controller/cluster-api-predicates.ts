import { type Cluster, isInfrastructureProvisioned, matchesWatchFilter, WATCH_FILTER_LABEL } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectChange } from '../model/object-event.ts';
import { checkOptions, optional, words } from '../model/option-check.ts';
import { or } from './predicates.ts';
import type { ObjectPredicate } from './source.ts';

// ── The watch filter ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether an object has the label `cluster.x-k8s.io/watch-filter` with this value; an empty value is no label's. Cluster API's `labels.HasWatchLabel`. */
export function hasWatchLabel({ metadata }: KubernetesObject, value: string): boolean {
  return value !== '' && metadata?.labels?.[WATCH_FILTER_LABEL] === value;
}

/**
 * Changes of objects that are this controller's by the label `cluster.x-k8s.io/watch-filter`, of an update by the labels after it; everything for an empty or undefined value. Throws a
 * TypeError for what is no string. Cluster API's `predicates.ResourceHasFilterLabel`.
 */
export function resourceHasFilterLabel(watchFilterValue: string | undefined): ObjectPredicate<KubernetesObject> {
  checkOptions('resourceHasFilterLabel', { watchFilterValue }, { watchFilterValue: optional(words) });
  return ({ object }) => matchesWatchFilter(object, watchFilterValue);
}

// ── Paused ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const PAUSED_ANNOTATION = 'cluster.x-k8s.io/paused';

/** Whether an object has the annotation `cluster.x-k8s.io/paused`, whatever its value. Cluster API's `annotations.HasPaused`. */
export function hasPausedAnnotation({ metadata }: KubernetesObject): boolean {
  return metadata?.annotations?.[PAUSED_ANNOTATION] !== undefined;
}

/** Whether a Cluster is paused: by `spec.paused`, or by its annotation. */
export function isClusterPaused(cluster: Cluster): boolean {
  return cluster.spec?.paused === true || hasPausedAnnotation(cluster);
}

/** Whether an object is left alone: because its Cluster is, by `spec.paused`, or by its own annotation. Cluster API's `annotations.IsPaused`. */
export function isPaused(cluster: Cluster | undefined, object: KubernetesObject): boolean {
  return cluster?.spec?.paused === true || hasPausedAnnotation(object);
}

/** Changes of objects without the annotation `cluster.x-k8s.io/paused`; of an update by the one after it. Cluster API's `predicates.ResourceNotPaused`. */
export function resourceNotPaused({ object }: ObjectChange<KubernetesObject>): boolean {
  return !hasPausedAnnotation(object);
}

/** Changes that {@link resourceNotPaused} and {@link resourceHasFilterLabel} let pass. Cluster API's `predicates.ResourceNotPausedAndHasFilterLabel`. */
export function resourceNotPausedAndHasFilterLabel(watchFilterValue: string | undefined): ObjectPredicate<KubernetesObject> {
  const hasFilterLabel = resourceHasFilterLabel(watchFilterValue);
  return (change) => resourceNotPaused(change) && hasFilterLabel(change);
}

/** Changes of Clusters that are paused; of an update by the one after it. */
export function clusterPaused({ object }: ObjectChange<Cluster>): boolean {
  return isClusterPaused(object);
}

/** Changes of Clusters that are not paused; of an update by the one after it. */
export function clusterNotPaused({ object }: ObjectChange<Cluster>): boolean {
  return !isClusterPaused(object);
}

/** Updates that pause a Cluster or let it go on, and nothing else. Cluster API's `predicates.ClusterPausedTransitions`. */
export function clusterPausedTransitions(change: ObjectChange<Cluster>): boolean {
  return change.type === 'updated' && isClusterPaused(change.previous) !== isClusterPaused(change.object);
}

/** Clusters that are new and not paused, and updates that let one go on. Cluster API's `predicates.ClusterUnpaused`. */
export function clusterUnpaused(change: ObjectChange<Cluster>): boolean {
  if (change.type === 'added') return !isClusterPaused(change.object);
  return clusterPausedTransitions(change) && !isClusterPaused(change.object);
}

// ── What a Cluster has become ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Updates by which a Cluster's infrastructure comes to be provisioned, and nothing else: v1beta2's `initialization.infrastructureProvisioned`, v1beta1's `infrastructureReady`.
 * Cluster API's `predicates.ClusterUpdateInfraReady`.
 */
export function clusterInfrastructureProvisioned(change: ObjectChange<Cluster>): boolean {
  return change.type === 'updated' && !isInfrastructureProvisioned(change.previous) && isInfrastructureProvisioned(change.object);
}

/** Updates that one of the two lets pass. Cluster API's `predicates.ClusterPausedTransitionsOrInfrastructureProvisioned`. */
export const clusterPausedTransitionsOrInfrastructureProvisioned: ObjectPredicate<Cluster> = or(clusterPausedTransitions, clusterInfrastructureProvisioned);

/**
 * Updates by which a Cluster's control plane comes to be initialized, and nothing else. Cluster API's `predicates.ClusterControlPlaneInitialized`.
 */
export function clusterControlPlaneInitialized(change: ObjectChange<Cluster>): boolean {
  return change.type === 'updated' && !isControlPlaneInitialized(change.previous) && isControlPlaneInitialized(change.object);
}

/**
 * Whether a Cluster's control plane has answered once: v1beta2's `initialization.controlPlaneInitialized`, or else the condition `ControlPlaneInitialized`, which v1beta1 has too and
 * v1beta2 carries on under `deprecated`.
 */
export function isControlPlaneInitialized({ status }: Cluster): boolean {
  const conditions = status as ClusterConditions | undefined;
  return status?.initialization?.controlPlaneInitialized ?? initializedBy(conditions) ?? initializedBy(conditions?.deprecated?.v1beta1) ?? false;
}

/** The conditions of a Cluster; those of v1beta1 are where v1beta2 has its own. */
interface Conditions { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
interface ClusterConditions extends Conditions { readonly deprecated?: { readonly v1beta1?: Conditions } }

function initializedBy(status: Conditions | undefined): boolean | undefined {
  const condition = status?.conditions?.find(({ type }) => type === 'ControlPlaneInitialized');
  return condition === undefined ? undefined : condition.status === 'True';
}
