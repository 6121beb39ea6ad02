import type {
  CoreV1Event, V1ClusterRole, V1ClusterRoleBinding, V1ConfigMap, V1CronJob, V1CustomResourceDefinition, V1DaemonSet,
  V1Deployment, V1EndpointSlice, V1Endpoints, V1Job, V1Lease, V1Namespace, V1Node, V1PersistentVolume,
  V1PersistentVolumeClaim, V1Pod, V1ReplicaSet, V1Role, V1RoleBinding, V1Secret, V1Service, V1ServiceAccount,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { type Cluster as ClusterObject, CLUSTER_GROUP } from './model/cluster.ts';
import { defineKind } from './model/kubernetes-object.ts';
import type { Plain } from './model/plain.ts';

export type { Plain } from './model/plain.ts';

// The core group

/** Containers that run together on one node. */
export type Pod = Plain<V1Pod>;
/** Containers that run together on one node. */
export const Pod = defineKind<Pod>({ apiVersion: 'v1', kind: 'Pod' });

/** A machine of a cluster. */
export type Node = Plain<V1Node>;
/** A machine of a cluster. */
export const Node = defineKind<Node>({ apiVersion: 'v1', kind: 'Node' });

/** A scope for names. */
export type Namespace = Plain<V1Namespace>;
/** A scope for names. */
export const Namespace = defineKind<Namespace>({ apiVersion: 'v1', kind: 'Namespace' });

/** Something confidential; its `data` is in base64. */
export type Secret = Plain<V1Secret>;
/** Something confidential; its `data` is in base64. */
export const Secret = defineKind<Secret>({ apiVersion: 'v1', kind: 'Secret' });

/** Settings. */
export type ConfigMap = Plain<V1ConfigMap>;
/** Settings. */
export const ConfigMap = defineKind<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' });

/** A stable address in front of Pods. */
export type Service = Plain<V1Service>;
/** A stable address in front of Pods. */
export const Service = defineKind<Service>({ apiVersion: 'v1', kind: 'Service' });

/** What is behind a Service; EndpointSlice has taken its place. */
export type Endpoints = Plain<V1Endpoints>;
/** What is behind a Service; EndpointSlice has taken its place. */
export const Endpoints = defineKind<Endpoints>({ apiVersion: 'v1', kind: 'Endpoints' });

/** An identity for Pods. */
export type ServiceAccount = Plain<V1ServiceAccount>;
/** An identity for Pods. */
export const ServiceAccount = defineKind<ServiceAccount>({ apiVersion: 'v1', kind: 'ServiceAccount' });

/** Something that happened to an object. */
export type Event = Plain<CoreV1Event>;
/** Something that happened to an object. */
export const Event = defineKind<Event>({ apiVersion: 'v1', kind: 'Event' });

/** A piece of storage. */
export type PersistentVolume = Plain<V1PersistentVolume>;
/** A piece of storage. */
export const PersistentVolume = defineKind<PersistentVolume>({ apiVersion: 'v1', kind: 'PersistentVolume' });

/** A claim to a piece of storage. */
export type PersistentVolumeClaim = Plain<V1PersistentVolumeClaim>;
/** A claim to a piece of storage. */
export const PersistentVolumeClaim = defineKind<PersistentVolumeClaim>({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' });

// Workloads

/** Replicas of a Pod, replaced step by step. */
export type Deployment = Plain<V1Deployment>;
/** Replicas of a Pod, replaced step by step. */
export const Deployment = defineKind<Deployment>({ apiVersion: 'apps/v1', kind: 'Deployment' });

/** One Pod on every node. */
export type DaemonSet = Plain<V1DaemonSet>;
/** One Pod on every node. */
export const DaemonSet = defineKind<DaemonSet>({ apiVersion: 'apps/v1', kind: 'DaemonSet' });

/** Pods with names and storage of their own. */
export type StatefulSet = Plain<V1StatefulSet>;
/** Pods with names and storage of their own. */
export const StatefulSet = defineKind<StatefulSet>({ apiVersion: 'apps/v1', kind: 'StatefulSet' });

/** Replicas of a Pod. */
export type ReplicaSet = Plain<V1ReplicaSet>;
/** Replicas of a Pod. */
export const ReplicaSet = defineKind<ReplicaSet>({ apiVersion: 'apps/v1', kind: 'ReplicaSet' });

/** Pods that run to their end. */
export type Job = Plain<V1Job>;
/** Pods that run to their end. */
export const Job = defineKind<Job>({ apiVersion: 'batch/v1', kind: 'Job' });

/** Jobs by a timetable. */
export type CronJob = Plain<V1CronJob>;
/** Jobs by a timetable. */
export const CronJob = defineKind<CronJob>({ apiVersion: 'batch/v1', kind: 'CronJob' });

// Other groups of Kubernetes

/** Some of what is behind a Service. */
export type EndpointSlice = Plain<V1EndpointSlice>;
/** Some of what is behind a Service. */
export const EndpointSlice = defineKind<EndpointSlice>({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' });

/** Who holds something, and how fresh that is: leader election, heartbeats of nodes. */
export type Lease = Plain<V1Lease>;
/** Who holds something, and how fresh that is: leader election, heartbeats of nodes. */
export const Lease = defineKind<Lease>({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' });

/** What may be done in a namespace. */
export type Role = Plain<V1Role>;
/** What may be done in a namespace. */
export const Role = defineKind<Role>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' });

/** Who may do it. */
export type RoleBinding = Plain<V1RoleBinding>;
/** Who may do it. */
export const RoleBinding = defineKind<RoleBinding>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' });

/** What may be done in a whole cluster. */
export type ClusterRole = Plain<V1ClusterRole>;
/** What may be done in a whole cluster. */
export const ClusterRole = defineKind<ClusterRole>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' });

/** Who may do it. */
export type ClusterRoleBinding = Plain<V1ClusterRoleBinding>;
/** Who may do it. */
export const ClusterRoleBinding = defineKind<ClusterRoleBinding>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' });

/** A kind that somebody has added. */
export type CustomResourceDefinition = Plain<V1CustomResourceDefinition>;
/** A kind that somebody has added. */
export const CustomResourceDefinition = defineKind<CustomResourceDefinition>({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' });

// Cluster API

/** A workload cluster, as its management cluster knows it. */
export type Cluster = ClusterObject;
/** A workload cluster, as its management cluster knows it. */
export const Cluster = defineKind<Cluster>({ apiVersion: `${CLUSTER_GROUP}/v1beta2`, kind: 'Cluster' });
