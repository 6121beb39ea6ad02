import type {
  CoreV1Event, V1APIService, V1CSIDriver, V1CSINode, V1CertificateSigningRequest, V1ClusterRole, V1ClusterRoleBinding, V1ConfigMap,
  V1ControllerRevision, V1CronJob, V1CustomResourceDefinition, V1DaemonSet, V1Deployment, V1EndpointSlice, V1Endpoints, V1Ingress, V1IngressClass,
  V1Job, V1Lease, V1LimitRange, V1MutatingWebhookConfiguration, V1Namespace, V1NetworkPolicy, V1Node, V1PersistentVolume, V1PersistentVolumeClaim,
  V1Pod, V1PodDisruptionBudget, V1PriorityClass, V1ReplicaSet, V1ReplicationController, V1ResourceQuota, V1Role, V1RoleBinding, V1RuntimeClass,
  V1Secret, V1Service, V1ServiceAccount, V1StatefulSet, V1StorageClass, V1ValidatingAdmissionPolicy, V1ValidatingAdmissionPolicyBinding,
  V1ValidatingWebhookConfiguration, V1VolumeAttachment, V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import type { KubeadmControlPlane as KubeadmControlPlaneObject } from './model/cluster-api/kubeadm-control-plane.ts';
import type { MachineDeployment as MachineDeploymentObject } from './model/cluster-api/machine-deployment.ts';
import type { MachineHealthCheck as MachineHealthCheckObject } from './model/cluster-api/machine-health-check.ts';
import type { MachinePool as MachinePoolObject } from './model/cluster-api/machine-pool.ts';
import type { MachineSet as MachineSetObject } from './model/cluster-api/machine-set.ts';
import type { Machine as MachineObject } from './model/cluster-api/machine.ts';
import type { Cluster as ClusterObject } from './model/cluster.ts';
import { type Kind, defineKind } from './model/kubernetes-object.ts';
import type { Plain } from './model/plain.ts';

export type { Condition } from './model/cluster-api/condition.ts';
export type { ContractReference } from './model/cluster-api/contract-reference.ts';
export type { MachineTemplate } from './model/cluster-api/machine-template.ts';
export type { MachineSpec } from './model/cluster-api/machine.ts';
export type { Plain };

// Core

/** Containers that run together on one node. */
export type Pod = Plain<V1Pod>;
/** The kind {@link Pod}, v1. */
export const Pod: Kind<Pod> = defineKind<Pod>({ apiVersion: 'v1', kind: 'Pod' });

/** A machine that runs Pods. Cluster-scoped. */
export type Node = Plain<V1Node>;
/** The kind {@link Node}, v1. */
export const Node: Kind<Node> = defineKind<Node>({ apiVersion: 'v1', kind: 'Node' });

/** A scope for names. Cluster-scoped. */
export type Namespace = Plain<V1Namespace>;
/** The kind {@link Namespace}, v1. */
export const Namespace: Kind<Namespace> = defineKind<Namespace>({ apiVersion: 'v1', kind: 'Namespace' });

/** Confidential values, in base64. */
export type Secret = Plain<V1Secret>;
/** The kind {@link Secret}, v1. */
export const Secret: Kind<Secret> = defineKind<Secret>({ apiVersion: 'v1', kind: 'Secret' });

/** Values that are not confidential. */
export type ConfigMap = Plain<V1ConfigMap>;
/** The kind {@link ConfigMap}, v1. */
export const ConfigMap: Kind<ConfigMap> = defineKind<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' });

/** A stable address in front of Pods. */
export type Service = Plain<V1Service>;
/** The kind {@link Service}, v1. */
export const Service: Kind<Service> = defineKind<Service>({ apiVersion: 'v1', kind: 'Service' });

/** The addresses behind a Service; EndpointSlice has taken its place. */
export type Endpoints = Plain<V1Endpoints>;
/** The kind {@link Endpoints}, v1. */
export const Endpoints: Kind<Endpoints> = defineKind<Endpoints>({ apiVersion: 'v1', kind: 'Endpoints' });

/** An identity for Pods. */
export type ServiceAccount = Plain<V1ServiceAccount>;
/** The kind {@link ServiceAccount}, v1. */
export const ServiceAccount: Kind<ServiceAccount> = defineKind<ServiceAccount>({ apiVersion: 'v1', kind: 'ServiceAccount' });

/** What happened to an object, in the core group. */
export type Event = Plain<CoreV1Event>;
/** The kind {@link Event}, v1. */
export const Event: Kind<Event> = defineKind<Event>({ apiVersion: 'v1', kind: 'Event' });

/** A piece of storage. Cluster-scoped. */
export type PersistentVolume = Plain<V1PersistentVolume>;
/** The kind {@link PersistentVolume}, v1. */
export const PersistentVolume: Kind<PersistentVolume> = defineKind<PersistentVolume>({ apiVersion: 'v1', kind: 'PersistentVolume' });

/** A request for storage. */
export type PersistentVolumeClaim = Plain<V1PersistentVolumeClaim>;
/** The kind {@link PersistentVolumeClaim}, v1. */
export const PersistentVolumeClaim: Kind<PersistentVolumeClaim> = defineKind<PersistentVolumeClaim>({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' });

/** What ReplicaSet was before. */
export type ReplicationController = Plain<V1ReplicationController>;
/** The kind {@link ReplicationController}, v1. */
export const ReplicationController: Kind<ReplicationController> = defineKind<ReplicationController>({ apiVersion: 'v1', kind: 'ReplicationController' });

/** Limits on what a Namespace may use. */
export type ResourceQuota = Plain<V1ResourceQuota>;
/** The kind {@link ResourceQuota}, v1. */
export const ResourceQuota: Kind<ResourceQuota> = defineKind<ResourceQuota>({ apiVersion: 'v1', kind: 'ResourceQuota' });

/** Limits on what a Pod or container may use. */
export type LimitRange = Plain<V1LimitRange>;
/** The kind {@link LimitRange}, v1. */
export const LimitRange: Kind<LimitRange> = defineKind<LimitRange>({ apiVersion: 'v1', kind: 'LimitRange' });

// Workloads

/** Replicated Pods with rolling updates. */
export type Deployment = Plain<V1Deployment>;
/** The kind {@link Deployment}, apps/v1. */
export const Deployment: Kind<Deployment> = defineKind<Deployment>({ apiVersion: 'apps/v1', kind: 'Deployment' });

/** A Pod on every node. */
export type DaemonSet = Plain<V1DaemonSet>;
/** The kind {@link DaemonSet}, apps/v1. */
export const DaemonSet: Kind<DaemonSet> = defineKind<DaemonSet>({ apiVersion: 'apps/v1', kind: 'DaemonSet' });

/** Replicated Pods with identities of their own. */
export type StatefulSet = Plain<V1StatefulSet>;
/** The kind {@link StatefulSet}, apps/v1. */
export const StatefulSet: Kind<StatefulSet> = defineKind<StatefulSet>({ apiVersion: 'apps/v1', kind: 'StatefulSet' });

/** A number of equal Pods. */
export type ReplicaSet = Plain<V1ReplicaSet>;
/** The kind {@link ReplicaSet}, apps/v1. */
export const ReplicaSet: Kind<ReplicaSet> = defineKind<ReplicaSet>({ apiVersion: 'apps/v1', kind: 'ReplicaSet' });

/** A past state of a StatefulSet or DaemonSet. */
export type ControllerRevision = Plain<V1ControllerRevision>;
/** The kind {@link ControllerRevision}, apps/v1. */
export const ControllerRevision: Kind<ControllerRevision> = defineKind<ControllerRevision>({ apiVersion: 'apps/v1', kind: 'ControllerRevision' });

// Batch

/** Pods that run to completion. */
export type Job = Plain<V1Job>;
/** The kind {@link Job}, batch/v1. */
export const Job: Kind<Job> = defineKind<Job>({ apiVersion: 'batch/v1', kind: 'Job' });

/** Jobs on a schedule. */
export type CronJob = Plain<V1CronJob>;
/** The kind {@link CronJob}, batch/v1. */
export const CronJob: Kind<CronJob> = defineKind<CronJob>({ apiVersion: 'batch/v1', kind: 'CronJob' });

// Networking and discovery

/** Some of the addresses behind a Service. */
export type EndpointSlice = Plain<V1EndpointSlice>;
/** The kind {@link EndpointSlice}, discovery.k8s.io/v1. */
export const EndpointSlice: Kind<EndpointSlice> = defineKind<EndpointSlice>({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' });

/** HTTP routes into the cluster. */
export type Ingress = Plain<V1Ingress>;
/** The kind {@link Ingress}, networking.k8s.io/v1. */
export const Ingress: Kind<Ingress> = defineKind<Ingress>({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' });

/** Which controller serves an Ingress. Cluster-scoped. */
export type IngressClass = Plain<V1IngressClass>;
/** The kind {@link IngressClass}, networking.k8s.io/v1. */
export const IngressClass: Kind<IngressClass> = defineKind<IngressClass>({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' });

/** Which traffic Pods may send and receive. */
export type NetworkPolicy = Plain<V1NetworkPolicy>;
/** The kind {@link NetworkPolicy}, networking.k8s.io/v1. */
export const NetworkPolicy: Kind<NetworkPolicy> = defineKind<NetworkPolicy>({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' });

// Coordination, policy, scheduling, storage and runtimes

/** A lock with an expiry, as leader election uses it. */
export type Lease = Plain<V1Lease>;
/** The kind {@link Lease}, coordination.k8s.io/v1. */
export const Lease: Kind<Lease> = defineKind<Lease>({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' });

/** How many Pods may be evicted at a time. */
export type PodDisruptionBudget = Plain<V1PodDisruptionBudget>;
/** The kind {@link PodDisruptionBudget}, policy/v1. */
export const PodDisruptionBudget: Kind<PodDisruptionBudget> = defineKind<PodDisruptionBudget>({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' });

/** A number of replicas that follows a metric. */
export type HorizontalPodAutoscaler = Plain<V2HorizontalPodAutoscaler>;
/** The kind {@link HorizontalPodAutoscaler}, autoscaling/v2. */
export const HorizontalPodAutoscaler: Kind<HorizontalPodAutoscaler> = defineKind<HorizontalPodAutoscaler>({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' });

/** How important Pods are. Cluster-scoped. */
export type PriorityClass = Plain<V1PriorityClass>;
/** The kind {@link PriorityClass}, scheduling.k8s.io/v1. */
export const PriorityClass: Kind<PriorityClass> = defineKind<PriorityClass>({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' });

/** How volumes are provisioned. Cluster-scoped. */
export type StorageClass = Plain<V1StorageClass>;
/** The kind {@link StorageClass}, storage.k8s.io/v1. */
export const StorageClass: Kind<StorageClass> = defineKind<StorageClass>({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' });

/** That a volume is to be at a node, and whether it is. Cluster-scoped. */
export type VolumeAttachment = Plain<V1VolumeAttachment>;
/** The kind {@link VolumeAttachment}, storage.k8s.io/v1. */
export const VolumeAttachment: Kind<VolumeAttachment> = defineKind<VolumeAttachment>({ apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment' });

/** What a driver of volumes can do. Cluster-scoped. */
export type CSIDriver = Plain<V1CSIDriver>;
/** The kind {@link CSIDriver}, storage.k8s.io/v1. */
export const CSIDriver: Kind<CSIDriver> = defineKind<CSIDriver>({ apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver' });

/** Which drivers of volumes a node has. Cluster-scoped. */
export type CSINode = Plain<V1CSINode>;
/** The kind {@link CSINode}, storage.k8s.io/v1. */
export const CSINode: Kind<CSINode> = defineKind<CSINode>({ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode' });

/** What containers are run by. Cluster-scoped. */
export type RuntimeClass = Plain<V1RuntimeClass>;
/** The kind {@link RuntimeClass}, node.k8s.io/v1. */
export const RuntimeClass: Kind<RuntimeClass> = defineKind<RuntimeClass>({ apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass' });

// Access

/** What may be done in one Namespace. */
export type Role = Plain<V1Role>;
/** The kind {@link Role}, rbac.authorization.k8s.io/v1. */
export const Role: Kind<Role> = defineKind<Role>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' });

/** Who has a role in one Namespace. */
export type RoleBinding = Plain<V1RoleBinding>;
/** The kind {@link RoleBinding}, rbac.authorization.k8s.io/v1. */
export const RoleBinding: Kind<RoleBinding> = defineKind<RoleBinding>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' });

/** What may be done in the whole cluster. Cluster-scoped. */
export type ClusterRole = Plain<V1ClusterRole>;
/** The kind {@link ClusterRole}, rbac.authorization.k8s.io/v1. */
export const ClusterRole: Kind<ClusterRole> = defineKind<ClusterRole>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' });

/** Who has a role in the whole cluster. Cluster-scoped. */
export type ClusterRoleBinding = Plain<V1ClusterRoleBinding>;
/** The kind {@link ClusterRoleBinding}, rbac.authorization.k8s.io/v1. */
export const ClusterRoleBinding: Kind<ClusterRoleBinding> = defineKind<ClusterRoleBinding>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding' });

/** A request for a certificate, and the certificate. Cluster-scoped. */
export type CertificateSigningRequest = Plain<V1CertificateSigningRequest>;
/** The kind {@link CertificateSigningRequest}, certificates.k8s.io/v1. */
export const CertificateSigningRequest: Kind<CertificateSigningRequest> = defineKind<CertificateSigningRequest>({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest' });

// Extension

/** A kind that was added to the API. Cluster-scoped. */
export type CustomResourceDefinition = Plain<V1CustomResourceDefinition>;
/** The kind {@link CustomResourceDefinition}, apiextensions.k8s.io/v1. */
export const CustomResourceDefinition: Kind<CustomResourceDefinition> = defineKind<CustomResourceDefinition>({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' });

/** A group version that another server serves. Cluster-scoped. */
export type APIService = Plain<V1APIService>;
/** The kind {@link APIService}, apiregistration.k8s.io/v1. */
export const APIService: Kind<APIService> = defineKind<APIService>({ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' });

/** Who may change objects on admission. Cluster-scoped. */
export type MutatingWebhookConfiguration = Plain<V1MutatingWebhookConfiguration>;
/** The kind {@link MutatingWebhookConfiguration}, admissionregistration.k8s.io/v1. */
export const MutatingWebhookConfiguration: Kind<MutatingWebhookConfiguration> = defineKind<MutatingWebhookConfiguration>({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration' });

/** Who may refuse objects on admission. Cluster-scoped. */
export type ValidatingWebhookConfiguration = Plain<V1ValidatingWebhookConfiguration>;
/** The kind {@link ValidatingWebhookConfiguration}, admissionregistration.k8s.io/v1. */
export const ValidatingWebhookConfiguration: Kind<ValidatingWebhookConfiguration> = defineKind<ValidatingWebhookConfiguration>({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' });

/** Rules by which objects are refused on admission. Cluster-scoped. */
export type ValidatingAdmissionPolicy = Plain<V1ValidatingAdmissionPolicy>;
/** The kind {@link ValidatingAdmissionPolicy}, admissionregistration.k8s.io/v1. */
export const ValidatingAdmissionPolicy: Kind<ValidatingAdmissionPolicy> = defineKind<ValidatingAdmissionPolicy>({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy' });

/** What a ValidatingAdmissionPolicy is for. Cluster-scoped. */
export type ValidatingAdmissionPolicyBinding = Plain<V1ValidatingAdmissionPolicyBinding>;
/** The kind {@link ValidatingAdmissionPolicyBinding}, admissionregistration.k8s.io/v1. */
export const ValidatingAdmissionPolicyBinding: Kind<ValidatingAdmissionPolicyBinding> = defineKind<ValidatingAdmissionPolicyBinding>({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' });

// Cluster API: served from 1.11; fields have the names that they have in the CRDs of v1beta2

/** A Cluster of Cluster API. */
export type Cluster = ClusterObject;
/** The kind {@link Cluster}, cluster.x-k8s.io/v1beta2: served by Cluster API from 1.11. */
export const Cluster: Kind<Cluster> = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });

/** A host that is, or is to be, a Node of a workload cluster. */
export type Machine = MachineObject;
/** The kind {@link Machine}, cluster.x-k8s.io/v1beta2. */
export const Machine: Kind<Machine> = defineKind<Machine>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine' });

/** A number of equal Machines. */
export type MachineSet = MachineSetObject;
/** The kind {@link MachineSet}, cluster.x-k8s.io/v1beta2. */
export const MachineSet: Kind<MachineSet> = defineKind<MachineSet>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineSet' });

/** Replicated Machines with rolling updates. */
export type MachineDeployment = MachineDeploymentObject;
/** The kind {@link MachineDeployment}, cluster.x-k8s.io/v1beta2. */
export const MachineDeployment: Kind<MachineDeployment> = defineKind<MachineDeployment>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineDeployment' });

/** Hosts that the infrastructure itself keeps at a number. */
export type MachinePool = MachinePoolObject;
/** The kind {@link MachinePool}, cluster.x-k8s.io/v1beta2. */
export const MachinePool: Kind<MachinePool> = defineKind<MachinePool>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachinePool' });

/** Which Machines are unhealthy, and whether they are replaced. */
export type MachineHealthCheck = MachineHealthCheckObject;
/** The kind {@link MachineHealthCheck}, cluster.x-k8s.io/v1beta2. */
export const MachineHealthCheck: Kind<MachineHealthCheck> = defineKind<MachineHealthCheck>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineHealthCheck' });

/** The control plane of a Cluster, on Machines that kubeadm sets up. */
export type KubeadmControlPlane = KubeadmControlPlaneObject;
/** The kind {@link KubeadmControlPlane}, controlplane.cluster.x-k8s.io/v1beta2. */
export const KubeadmControlPlane: Kind<KubeadmControlPlane> = defineKind<KubeadmControlPlane>({ apiVersion: 'controlplane.cluster.x-k8s.io/v1beta2', kind: 'KubeadmControlPlane' });
