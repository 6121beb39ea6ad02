// The public surface of 'clustercache/kinds', with its contracts. Written by `npm run api`; a spec compares it.

import { CoreV1Event, V1APIService, V1ClusterRole, V1ClusterRoleBinding, V1ConfigMap, V1ControllerRevision, V1CronJob, V1CustomResourceDefinition, V1DaemonSet, V1Deployment, V1EndpointSlice, V1Endpoints, V1Ingress, V1IngressClass, V1Job, V1Lease, V1LimitRange, V1MutatingWebhookConfiguration, V1Namespace, V1NetworkPolicy, V1Node, V1PersistentVolume, V1PersistentVolumeClaim, V1Pod, V1PodDisruptionBudget, V1PriorityClass, V1ReplicaSet, V1ReplicationController, V1ResourceQuota, V1Role, V1RoleBinding, V1Secret, V1Service, V1ServiceAccount, V1StatefulSet, V1StorageClass, V1ValidatingWebhookConfiguration, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';

/**
 * What a class of client-node's models is as the JSON that the API server sends: read-only all through, dates as strings, and the fields under the
 * names that they have there (`continue`, not `_continue`). An IntOrString stays one.
 */
export type Plain<T> = unknown extends T ? unknown : T extends Date ? string : T extends readonly (infer Item)[] ? readonly Plain<Item>[] : T extends object ? {
    readonly [Field in keyof T as JsonName<T, Field>]: Plain<T[Field]>;
} : T;

/** Containers that run together on one node. */
export type Pod = Plain<V1Pod>;
/** The kind {@link Pod}, v1. */
export declare const Pod: Kind<Pod>;

/** A machine that runs Pods. Cluster-scoped. */
export type Node = Plain<V1Node>;
/** The kind {@link Node}, v1. */
export declare const Node: Kind<Node>;

/** A scope for names. Cluster-scoped. */
export type Namespace = Plain<V1Namespace>;
/** The kind {@link Namespace}, v1. */
export declare const Namespace: Kind<Namespace>;

/** Confidential values, in base64. */
export type Secret = Plain<V1Secret>;
/** The kind {@link Secret}, v1. */
export declare const Secret: Kind<Secret>;

/** Values that are not confidential. */
export type ConfigMap = Plain<V1ConfigMap>;
/** The kind {@link ConfigMap}, v1. */
export declare const ConfigMap: Kind<ConfigMap>;

/** A stable address in front of Pods. */
export type Service = Plain<V1Service>;
/** The kind {@link Service}, v1. */
export declare const Service: Kind<Service>;

/** The addresses behind a Service; EndpointSlice has taken its place. */
export type Endpoints = Plain<V1Endpoints>;
/** The kind {@link Endpoints}, v1. */
export declare const Endpoints: Kind<Endpoints>;

/** An identity for Pods. */
export type ServiceAccount = Plain<V1ServiceAccount>;
/** The kind {@link ServiceAccount}, v1. */
export declare const ServiceAccount: Kind<ServiceAccount>;

/** What happened to an object, in the core group. */
export type Event = Plain<CoreV1Event>;
/** The kind {@link Event}, v1. */
export declare const Event: Kind<Event>;

/** A piece of storage. Cluster-scoped. */
export type PersistentVolume = Plain<V1PersistentVolume>;
/** The kind {@link PersistentVolume}, v1. */
export declare const PersistentVolume: Kind<PersistentVolume>;

/** A request for storage. */
export type PersistentVolumeClaim = Plain<V1PersistentVolumeClaim>;
/** The kind {@link PersistentVolumeClaim}, v1. */
export declare const PersistentVolumeClaim: Kind<PersistentVolumeClaim>;

/** What ReplicaSet was before. */
export type ReplicationController = Plain<V1ReplicationController>;
/** The kind {@link ReplicationController}, v1. */
export declare const ReplicationController: Kind<ReplicationController>;

/** Limits on what a Namespace may use. */
export type ResourceQuota = Plain<V1ResourceQuota>;
/** The kind {@link ResourceQuota}, v1. */
export declare const ResourceQuota: Kind<ResourceQuota>;

/** Limits on what a Pod or container may use. */
export type LimitRange = Plain<V1LimitRange>;
/** The kind {@link LimitRange}, v1. */
export declare const LimitRange: Kind<LimitRange>;

/** Replicated Pods with rolling updates. */
export type Deployment = Plain<V1Deployment>;
/** The kind {@link Deployment}, apps/v1. */
export declare const Deployment: Kind<Deployment>;

/** A Pod on every node. */
export type DaemonSet = Plain<V1DaemonSet>;
/** The kind {@link DaemonSet}, apps/v1. */
export declare const DaemonSet: Kind<DaemonSet>;

/** Replicated Pods with identities of their own. */
export type StatefulSet = Plain<V1StatefulSet>;
/** The kind {@link StatefulSet}, apps/v1. */
export declare const StatefulSet: Kind<StatefulSet>;

/** A number of equal Pods. */
export type ReplicaSet = Plain<V1ReplicaSet>;
/** The kind {@link ReplicaSet}, apps/v1. */
export declare const ReplicaSet: Kind<ReplicaSet>;

/** A past state of a StatefulSet or DaemonSet. */
export type ControllerRevision = Plain<V1ControllerRevision>;
/** The kind {@link ControllerRevision}, apps/v1. */
export declare const ControllerRevision: Kind<ControllerRevision>;

/** Pods that run to completion. */
export type Job = Plain<V1Job>;
/** The kind {@link Job}, batch/v1. */
export declare const Job: Kind<Job>;

/** Jobs on a schedule. */
export type CronJob = Plain<V1CronJob>;
/** The kind {@link CronJob}, batch/v1. */
export declare const CronJob: Kind<CronJob>;

/** Some of the addresses behind a Service. */
export type EndpointSlice = Plain<V1EndpointSlice>;
/** The kind {@link EndpointSlice}, discovery.k8s.io/v1. */
export declare const EndpointSlice: Kind<EndpointSlice>;

/** HTTP routes into the cluster. */
export type Ingress = Plain<V1Ingress>;
/** The kind {@link Ingress}, networking.k8s.io/v1. */
export declare const Ingress: Kind<Ingress>;

/** Which controller serves an Ingress. Cluster-scoped. */
export type IngressClass = Plain<V1IngressClass>;
/** The kind {@link IngressClass}, networking.k8s.io/v1. */
export declare const IngressClass: Kind<IngressClass>;

/** Which traffic Pods may send and receive. */
export type NetworkPolicy = Plain<V1NetworkPolicy>;
/** The kind {@link NetworkPolicy}, networking.k8s.io/v1. */
export declare const NetworkPolicy: Kind<NetworkPolicy>;

/** A lock with an expiry, as leader election uses it. */
export type Lease = Plain<V1Lease>;
/** The kind {@link Lease}, coordination.k8s.io/v1. */
export declare const Lease: Kind<Lease>;

/** How many Pods may be evicted at a time. */
export type PodDisruptionBudget = Plain<V1PodDisruptionBudget>;
/** The kind {@link PodDisruptionBudget}, policy/v1. */
export declare const PodDisruptionBudget: Kind<PodDisruptionBudget>;

/** A number of replicas that follows a metric. */
export type HorizontalPodAutoscaler = Plain<V2HorizontalPodAutoscaler>;
/** The kind {@link HorizontalPodAutoscaler}, autoscaling/v2. */
export declare const HorizontalPodAutoscaler: Kind<HorizontalPodAutoscaler>;

/** How important Pods are. Cluster-scoped. */
export type PriorityClass = Plain<V1PriorityClass>;
/** The kind {@link PriorityClass}, scheduling.k8s.io/v1. */
export declare const PriorityClass: Kind<PriorityClass>;

/** How volumes are provisioned. Cluster-scoped. */
export type StorageClass = Plain<V1StorageClass>;
/** The kind {@link StorageClass}, storage.k8s.io/v1. */
export declare const StorageClass: Kind<StorageClass>;

/** What may be done in one Namespace. */
export type Role = Plain<V1Role>;
/** The kind {@link Role}, rbac.authorization.k8s.io/v1. */
export declare const Role: Kind<Role>;

/** Who has a role in one Namespace. */
export type RoleBinding = Plain<V1RoleBinding>;
/** The kind {@link RoleBinding}, rbac.authorization.k8s.io/v1. */
export declare const RoleBinding: Kind<RoleBinding>;

/** What may be done in the whole cluster. Cluster-scoped. */
export type ClusterRole = Plain<V1ClusterRole>;
/** The kind {@link ClusterRole}, rbac.authorization.k8s.io/v1. */
export declare const ClusterRole: Kind<ClusterRole>;

/** Who has a role in the whole cluster. Cluster-scoped. */
export type ClusterRoleBinding = Plain<V1ClusterRoleBinding>;
/** The kind {@link ClusterRoleBinding}, rbac.authorization.k8s.io/v1. */
export declare const ClusterRoleBinding: Kind<ClusterRoleBinding>;

/** A kind that was added to the API. Cluster-scoped. */
export type CustomResourceDefinition = Plain<V1CustomResourceDefinition>;
/** The kind {@link CustomResourceDefinition}, apiextensions.k8s.io/v1. */
export declare const CustomResourceDefinition: Kind<CustomResourceDefinition>;

/** A group version that another server serves. Cluster-scoped. */
export type APIService = Plain<V1APIService>;
/** The kind {@link APIService}, apiregistration.k8s.io/v1. */
export declare const APIService: Kind<APIService>;

/** Who may change objects on admission. Cluster-scoped. */
export type MutatingWebhookConfiguration = Plain<V1MutatingWebhookConfiguration>;
/** The kind {@link MutatingWebhookConfiguration}, admissionregistration.k8s.io/v1. */
export declare const MutatingWebhookConfiguration: Kind<MutatingWebhookConfiguration>;

/** Who may refuse objects on admission. Cluster-scoped. */
export type ValidatingWebhookConfiguration = Plain<V1ValidatingWebhookConfiguration>;
/** The kind {@link ValidatingWebhookConfiguration}, admissionregistration.k8s.io/v1. */
export declare const ValidatingWebhookConfiguration: Kind<ValidatingWebhookConfiguration>;

/** A Cluster of Cluster API. */
export type Cluster = ClusterObject;
/** The kind {@link Cluster}, cluster.x-k8s.io/v1beta2: served by Cluster API from 1.11. */
export declare const Cluster: Kind<Cluster>;

// Named by the above, and not exported themselves.

/** A Cluster API Cluster, v1beta1 or v1beta2: the fields that are read here; all others are kept. */
interface Cluster extends KubernetesObject {
    readonly spec?: {
        readonly paused?: boolean;
        readonly controlPlaneEndpoint?: {
            readonly host?: string;
            readonly port?: number;
        };
        readonly [field: string]: unknown;
    };
    readonly status?: {
        /** v1beta1 */
        readonly infrastructureReady?: boolean;
        /** v1beta2 */
        readonly initialization?: {
            readonly infrastructureProvisioned?: boolean;
            readonly controlPlaneInitialized?: boolean;
        };
        readonly [field: string]: unknown;
    };
}

type Dashed<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}-${Dashed<Tail>}` : Name;

type IsJsonSchema<T> = 'x_kubernetes_validations' extends keyof T ? true : false;

/** The models cannot have fields named by words of the language, or with a dash or a dollar in them. */
type JsonName<T, Field> = Field extends `_${infer Name}` ? Name : Field extends `x_kubernetes_${infer Name}` ? `x-kubernetes-${Dashed<Name>}` : Field extends 'ref' | 'schema' ? IsJsonSchema<T> extends true ? `$${Field}` : Field : Field;

/**
 * Names a kind of object and carries the TypeScript type of its objects: `defineKind<MyType>({ apiVersion, kind })`.
 * The plural and the scope are asked of each cluster.
 */
interface Kind<T> {
    readonly apiVersion: string;
    readonly kind: string;
    readonly [objectType]?: T;
}

/** Any Kubernetes object, as plain JSON. */
interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: ObjectMeta;
}

/** The metadata that this library reads; whatever else the API server sends is kept. Times are RFC 3339 strings. */
interface ObjectMeta {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly ownerReferences?: readonly OwnerReference[];
    readonly managedFields?: readonly unknown[];
}

interface OwnerReference {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
    readonly blockOwnerDeletion?: boolean;
}

declare const objectType: unique symbol;
