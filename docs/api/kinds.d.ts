// The public surface of 'clustercache/kinds', with its contracts. Written by `npm run api`; a spec compares it.

import { CoreV1Event, V1APIService, V1CSIDriver, V1CSINode, V1CertificateSigningRequest, V1ClusterRole, V1ClusterRoleBinding, V1ConfigMap, V1ControllerRevision, V1CronJob, V1CustomResourceDefinition, V1DaemonSet, V1Deployment, V1EndpointSlice, V1Endpoints, V1Ingress, V1IngressClass, V1Job, V1Lease, V1LimitRange, V1MutatingWebhookConfiguration, V1Namespace, V1NetworkPolicy, V1Node, V1PersistentVolume, V1PersistentVolumeClaim, V1Pod, V1PodDisruptionBudget, V1PriorityClass, V1ReplicaSet, V1ReplicationController, V1ResourceQuota, V1Role, V1RoleBinding, V1RuntimeClass, V1Secret, V1Service, V1ServiceAccount, V1StatefulSet, V1StorageClass, V1ValidatingAdmissionPolicy, V1ValidatingAdmissionPolicyBinding, V1ValidatingWebhookConfiguration, V1VolumeAttachment, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';

/** One aspect of an object's state, as its controller last saw it: the same in every kind that has conditions since `metav1.Condition`. */
export interface Condition {
    /** Such as `Ready`; no two of an object are of the same type. */
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
    /** For programs: one word. */
    readonly reason: string;
    /** For people; may be empty. */
    readonly message: string;
    /** When the status last changed, in RFC 3339. */
    readonly lastTransitionTime: string;
    /** The `metadata.generation` that it was seen of; below the object's own, it is not up to date. */
    readonly observedGeneration?: number;
}

/** Points to an object of a provider in the same namespace. Its version is the one that the provider's contract with Cluster API names. */
export interface ContractReference {
    readonly apiGroup: string;
    readonly kind: string;
    readonly name: string;
}

/** What Machines are made from. */
export interface MachineTemplate {
    readonly metadata?: MachineTemplateMeta;
    readonly spec: MachineSpec;
}

/** What a Machine is to be. */
export interface MachineSpec {
    /** The Cluster that it belongs to, in the same namespace. */
    readonly clusterName: string;
    /** How it becomes a Node: by a provider's object, or by a Secret that holds the script. */
    readonly bootstrap: {
        readonly configRef?: ContractReference;
        readonly dataSecretName?: string;
    };
    /** What it runs on. */
    readonly infrastructureRef: ContractReference;
    /** Of Kubernetes, such as `v1.36.3`. */
    readonly version?: string;
    /** The same as that of its Node. */
    readonly providerID?: string;
    /** Where it is to run. */
    readonly failureDomain?: string;
    /** Seconds for which it must be ready to be available. @default 0 */
    readonly minReadySeconds?: number;
    /** Conditions beside the known ones without which it is not ready. */
    readonly readinessGates?: readonly {
        readonly conditionType: string;
        /** Whether the condition is to be true or false. @default 'Positive' */
        readonly polarity?: 'Positive' | 'Negative';
    }[];
    readonly deletion?: MachineDeletion;
    /** Of its Node. */
    readonly taints?: readonly {
        readonly key: string;
        readonly value?: string;
        readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        /** Whether it is put back where somebody took it off. */
        readonly propagation: 'Always' | 'OnInitialization';
    }[];
}

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

/** That a volume is to be at a node, and whether it is. Cluster-scoped. */
export type VolumeAttachment = Plain<V1VolumeAttachment>;
/** The kind {@link VolumeAttachment}, storage.k8s.io/v1. */
export declare const VolumeAttachment: Kind<VolumeAttachment>;

/** What a driver of volumes can do. Cluster-scoped. */
export type CSIDriver = Plain<V1CSIDriver>;
/** The kind {@link CSIDriver}, storage.k8s.io/v1. */
export declare const CSIDriver: Kind<CSIDriver>;

/** Which drivers of volumes a node has. Cluster-scoped. */
export type CSINode = Plain<V1CSINode>;
/** The kind {@link CSINode}, storage.k8s.io/v1. */
export declare const CSINode: Kind<CSINode>;

/** What containers are run by. Cluster-scoped. */
export type RuntimeClass = Plain<V1RuntimeClass>;
/** The kind {@link RuntimeClass}, node.k8s.io/v1. */
export declare const RuntimeClass: Kind<RuntimeClass>;

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

/** A request for a certificate, and the certificate. Cluster-scoped. */
export type CertificateSigningRequest = Plain<V1CertificateSigningRequest>;
/** The kind {@link CertificateSigningRequest}, certificates.k8s.io/v1. */
export declare const CertificateSigningRequest: Kind<CertificateSigningRequest>;

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

/** Rules by which objects are refused on admission. Cluster-scoped. */
export type ValidatingAdmissionPolicy = Plain<V1ValidatingAdmissionPolicy>;
/** The kind {@link ValidatingAdmissionPolicy}, admissionregistration.k8s.io/v1. */
export declare const ValidatingAdmissionPolicy: Kind<ValidatingAdmissionPolicy>;

/** What a ValidatingAdmissionPolicy is for. Cluster-scoped. */
export type ValidatingAdmissionPolicyBinding = Plain<V1ValidatingAdmissionPolicyBinding>;
/** The kind {@link ValidatingAdmissionPolicyBinding}, admissionregistration.k8s.io/v1. */
export declare const ValidatingAdmissionPolicyBinding: Kind<ValidatingAdmissionPolicyBinding>;

/** A Cluster of Cluster API. */
export type Cluster = ClusterObject;
/** The kind {@link Cluster}, cluster.x-k8s.io/v1beta2: served by Cluster API from 1.11. */
export declare const Cluster: Kind<Cluster>;

/** A host that is, or is to be, a Node of a workload cluster. */
export type Machine = MachineObject;
/** The kind {@link Machine}, cluster.x-k8s.io/v1beta2. */
export declare const Machine: Kind<Machine>;

/** A number of equal Machines. */
export type MachineSet = MachineSetObject;
/** The kind {@link MachineSet}, cluster.x-k8s.io/v1beta2. */
export declare const MachineSet: Kind<MachineSet>;

/** Replicated Machines with rolling updates. */
export type MachineDeployment = MachineDeploymentObject;
/** The kind {@link MachineDeployment}, cluster.x-k8s.io/v1beta2. */
export declare const MachineDeployment: Kind<MachineDeployment>;

/** Hosts that the infrastructure itself keeps at a number. */
export type MachinePool = MachinePoolObject;
/** The kind {@link MachinePool}, cluster.x-k8s.io/v1beta2. */
export declare const MachinePool: Kind<MachinePool>;

/** Which Machines are unhealthy, and whether they are replaced. */
export type MachineHealthCheck = MachineHealthCheckObject;
/** The kind {@link MachineHealthCheck}, cluster.x-k8s.io/v1beta2. */
export declare const MachineHealthCheck: Kind<MachineHealthCheck>;

/** The control plane of a Cluster, on Machines that kubeadm sets up. */
export type KubeadmControlPlane = KubeadmControlPlaneObject;
/** The kind {@link KubeadmControlPlane}, controlplane.cluster.x-k8s.io/v1beta2. */
export declare const KubeadmControlPlane: Kind<KubeadmControlPlane>;

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

/** A condition of v1beta1, which objects of v1beta2 carry on under `status.deprecated.v1beta1`. */
interface DeprecatedCondition {
    readonly type: string;
    readonly status: string;
    /** How bad a status of `False` is: `Error`, `Warning` or `Info`. */
    readonly severity?: string;
    readonly reason?: string;
    readonly message?: string;
    /** In RFC 3339. */
    readonly lastTransitionTime: string;
}

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

/** The configuration of kubeadm and of the host around it: what most controllers read, the rest is kept. */
interface KubeadmConfigSpec {
    readonly clusterConfiguration?: {
        readonly [field: string]: unknown;
    };
    readonly initConfiguration?: {
        readonly [field: string]: unknown;
    };
    readonly joinConfiguration?: {
        readonly [field: string]: unknown;
    };
    readonly files?: readonly {
        readonly path: string;
        readonly [field: string]: unknown;
    }[];
    readonly bootCommands?: readonly string[];
    readonly preKubeadmCommands?: readonly string[];
    readonly postKubeadmCommands?: readonly string[];
    readonly users?: readonly {
        readonly name: string;
        readonly [field: string]: unknown;
    }[];
    readonly ntp?: {
        readonly servers?: readonly string[];
        readonly enabled?: boolean;
    };
    /** @default 'cloud-config' */
    readonly format?: 'cloud-config' | 'ignition';
    readonly verbosity?: number;
    readonly [field: string]: unknown;
}

/** A KubeadmControlPlane, v1beta2: the control plane of a Cluster, on Machines that kubeadm sets up. */
interface KubeadmControlPlane extends KubernetesObject {
    readonly spec: KubeadmControlPlaneSpec;
    readonly status?: KubeadmControlPlaneStatus;
}

/** What a KubeadmControlPlane is to be. */
interface KubeadmControlPlaneSpec {
    /** Of Kubernetes, such as `v1.36.3`. */
    readonly version: string;
    /** Odd, where etcd runs beside it. @default 1 */
    readonly replicas?: number;
    readonly machineTemplate: {
        readonly metadata?: MachineTemplateMeta;
        readonly spec: Pick<MachineSpec, 'infrastructureRef' | 'deletion' | 'readinessGates' | 'taints'>;
    };
    /** What kubeadm is told. Fields that are not named here are kept. */
    readonly kubeadmConfigSpec?: KubeadmConfigSpec;
    /** How old Machines give way to new ones. */
    readonly rollout?: {
        /** From this time on all Machines are replaced that were made before it, in RFC 3339. */
        readonly after?: string;
        /** Machines whose certificates expire in fewer days are replaced. */
        readonly before?: {
            readonly certificatesExpiryDays?: number;
        };
        readonly strategy?: {
            readonly type: 'RollingUpdate';
            /** Whether a new Machine is made before an old one goes: 1 or 0. @default 1 */
            readonly rollingUpdate?: {
                readonly maxSurge?: number | string;
            };
        };
    };
    readonly remediation?: {
        /** How often a Machine that replaced an unhealthy one is replaced in its turn. @default without end */
        readonly maxRetry?: number;
        /** Seconds between two tries. @default 0 */
        readonly retryPeriodSeconds?: number;
        /** Seconds of health after which the tries are counted from 0. @default 3600 */
        readonly minHealthyPeriodSeconds?: number;
    };
    /** A Go template of the names of its Machines. */
    readonly machineNaming?: {
        readonly template?: string;
    };
}

/** What has become of a KubeadmControlPlane. */
interface KubeadmControlPlaneStatus extends MachineCounts {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    /** Once it has answered, it stays true. */
    readonly initialization?: {
        readonly controlPlaneInitialized?: boolean;
    };
    /** The lowest that one of its Machines runs; `versions` has taken its place. */
    readonly version?: string;
    /** Its selector as text. */
    readonly selector?: string;
    /** `time` is in RFC 3339. */
    readonly lastRemediation?: {
        readonly machine: string;
        readonly time: string;
        readonly retryCount: number;
    };
    readonly deprecated?: {
        readonly v1beta1?: {
            readonly conditions?: readonly DeprecatedCondition[];
            readonly failureReason?: string;
            readonly failureMessage?: string;
            readonly updatedReplicas?: number;
            readonly readyReplicas?: number;
            readonly unavailableReplicas?: number;
        };
    };
}

/** Any Kubernetes object, as plain JSON. */
interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: ObjectMeta;
}

/** A Machine of Cluster API, v1beta2: a host that is, or is to be, a Node. */
interface Machine extends KubernetesObject {
    readonly spec: MachineSpec;
    readonly status?: MachineStatus;
}

/** How many Machines an object has, as its controller last counted them. A count that was not made is not there. */
interface MachineCounts {
    readonly replicas?: number;
    /** Of those, whose condition `Ready` is true. */
    readonly readyReplicas?: number;
    /** Whose condition `Available` is true: ready for `minReadySeconds`. */
    readonly availableReplicas?: number;
    /** Whose condition `UpToDate` is true. */
    readonly upToDateReplicas?: number;
    /** By the version of Kubernetes that they run. */
    readonly versions?: readonly {
        readonly version: string;
        readonly replicas?: number;
    }[];
}

/** How long the parts of a Machine's deletion may take, in seconds; 0 is for ever. */
interface MachineDeletion {
    /** Draining the Node. @default 0 */
    readonly nodeDrainTimeoutSeconds?: number;
    /** Waiting for the Node's volumes to be detached. @default 0 */
    readonly nodeVolumeDetachTimeoutSeconds?: number;
    /** Deleting the Node. @default 10 */
    readonly nodeDeletionTimeoutSeconds?: number;
}

/** A MachineDeployment of Cluster API, v1beta2: replicated Machines with rolling updates. */
interface MachineDeployment extends KubernetesObject {
    readonly spec: MachineDeploymentSpec;
    readonly status?: MachineDeploymentStatus;
}

/** What a MachineDeployment is to be. */
interface MachineDeploymentSpec {
    readonly clusterName: string;
    /** @default 1, or what the autoscaler's annotations allow */
    readonly replicas?: number;
    readonly selector: MachineQuery;
    readonly template: MachineTemplate;
    /** How old Machines give way to new ones. */
    readonly rollout?: {
        /** From this time on all Machines are replaced that were made before it, in RFC 3339. */
        readonly after?: string;
        readonly strategy?: {
            readonly type: 'RollingUpdate' | 'OnDelete';
            /** Numbers, or percentages of `replicas`. @default one more, none less */
            readonly rollingUpdate?: {
                readonly maxSurge?: number | string;
                readonly maxUnavailable?: number | string;
            };
        };
    };
    /** How many Machines are remediated at a time: a number, or a percentage of `replicas`. @default all */
    readonly remediation?: {
        readonly maxInFlight?: number | string;
    };
    /** A Go template of the names of its Machines. */
    readonly machineNaming?: {
        readonly template?: string;
    };
    /** Which Machines go first when there are too many. @default 'Random' */
    readonly deletion?: {
        readonly order?: 'Random' | 'Newest' | 'Oldest';
    };
    readonly paused?: boolean;
}

/** What has become of a MachineDeployment. */
interface MachineDeploymentStatus extends MachineCounts {
    readonly observedGeneration?: number;
    readonly phase?: 'ScalingUp' | 'ScalingDown' | 'Running' | 'Failed' | 'Unknown';
    readonly conditions?: readonly Condition[];
    /** Its selector as text. */
    readonly selector?: string;
    readonly deprecated?: {
        readonly v1beta1?: {
            readonly conditions?: readonly DeprecatedCondition[];
            readonly updatedReplicas?: number;
            readonly readyReplicas?: number;
            readonly availableReplicas?: number;
            readonly unavailableReplicas?: number;
        };
    };
}

/** A MachineHealthCheck of Cluster API, v1beta2: which Machines are unhealthy, and whether they are replaced. */
interface MachineHealthCheck extends KubernetesObject {
    readonly spec: MachineHealthCheckSpec;
    readonly status?: MachineHealthCheckStatus;
}

/** What a MachineHealthCheck looks at, and what it does. */
interface MachineHealthCheckSpec {
    readonly clusterName: string;
    /** The Machines that it looks at. */
    readonly selector: MachineQuery;
    readonly checks?: {
        /** Seconds within which a Machine must have a Node; 0 is for ever. @default 600 */
        readonly nodeStartupTimeoutSeconds?: number;
        /** Conditions of a Node that make its Machine unhealthy when they have lasted for this many seconds. */
        readonly unhealthyNodeConditions?: readonly {
            readonly type: string;
            readonly status: string;
            readonly timeoutSeconds: number;
        }[];
        /** The same of the Machine's own conditions. */
        readonly unhealthyMachineConditions?: readonly {
            readonly type: string;
            readonly status: Condition['status'];
            readonly timeoutSeconds: number;
        }[];
    };
    readonly remediation?: {
        /** How many may be unhealthy for any to be remediated. */
        readonly triggerIf?: {
            /** A number, or a percentage of the Machines. @default all */
            readonly unhealthyLessThanOrEqualTo?: number | string;
            /** `[3-5]`; goes before the other. */
            readonly unhealthyInRange?: string;
        };
        /** What remediates in the place of the Machine's owner. */
        readonly templateRef?: {
            readonly apiVersion: string;
            readonly kind: string;
            readonly name: string;
        };
    };
}

/** What a MachineHealthCheck has seen. */
interface MachineHealthCheckStatus {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly expectedMachines?: number;
    readonly currentHealthy?: number;
    /** How many more Machines may be remediated. */
    readonly remediationsAllowed?: number;
    /** The names of the Machines that it looks at. */
    readonly targets?: readonly string[];
    readonly deprecated?: {
        readonly v1beta1?: {
            readonly conditions?: readonly DeprecatedCondition[];
        };
    };
}

/** A MachinePool of Cluster API, v1beta2: a group of hosts that the infrastructure itself keeps at a number. */
interface MachinePool extends KubernetesObject {
    readonly spec: MachinePoolSpec;
    readonly status?: MachinePoolStatus;
}

/** What a MachinePool is to be. */
interface MachinePoolSpec {
    readonly clusterName: string;
    /** @default 1 */
    readonly replicas?: number;
    readonly template: MachineTemplate;
    /** One for each host, by its provider. */
    readonly providerIDList?: readonly string[];
    readonly failureDomains?: readonly string[];
}

/** What has become of a MachinePool. */
interface MachinePoolStatus extends MachineCounts {
    readonly observedGeneration?: number;
    readonly phase?: 'Pending' | 'Provisioning' | 'Provisioned' | 'Running' | 'ScalingUp' | 'ScalingDown' | 'Scaling' | 'Deleting' | 'Failed' | 'Unknown';
    readonly conditions?: readonly Condition[];
    /** What its providers have done for it; once true, a field stays true. */
    readonly initialization?: {
        readonly infrastructureProvisioned?: boolean;
        readonly bootstrapDataSecretCreated?: boolean;
    };
    /** Its Nodes, in the workload cluster. */
    readonly nodeRefs?: readonly {
        readonly apiVersion?: string;
        readonly kind?: string;
        readonly namespace?: string;
        readonly name?: string;
        readonly uid?: string;
        readonly resourceVersion?: string;
        readonly fieldPath?: string;
    }[];
    readonly deprecated?: {
        readonly v1beta1?: {
            readonly conditions?: readonly DeprecatedCondition[];
            readonly failureReason?: string;
            readonly failureMessage?: string;
            readonly readyReplicas?: number;
            readonly availableReplicas?: number;
            readonly unavailableReplicas?: number;
        };
    };
}

/** Which Machines belong to an object, by their labels: all that is said must hold. */
interface MachineQuery {
    readonly matchLabels?: Readonly<Record<string, string>>;
    readonly matchExpressions?: readonly {
        readonly key: string;
        /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
        readonly operator: string;
        /** Of the first two operators. */
        readonly values?: readonly string[];
    }[];
}

/** A MachineSet of Cluster API, v1beta2: a number of equal Machines. */
interface MachineSet extends KubernetesObject {
    readonly spec: MachineSetSpec;
    readonly status?: MachineSetStatus;
}

/** What a MachineSet is to be. */
interface MachineSetSpec {
    readonly clusterName: string;
    /** @default 1, or what the autoscaler's annotations allow */
    readonly replicas?: number;
    readonly selector: MachineQuery;
    readonly template: MachineTemplate;
    /** A Go template of the names of its Machines. */
    readonly machineNaming?: {
        readonly template?: string;
    };
    /** Which Machines go first when there are too many. @default 'Random' */
    readonly deletion?: {
        readonly order?: 'Random' | 'Newest' | 'Oldest';
    };
}

/** What has become of a MachineSet. */
interface MachineSetStatus extends MachineCounts {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    /** Its selector as text. */
    readonly selector?: string;
    readonly deprecated?: {
        readonly v1beta1?: {
            readonly conditions?: readonly DeprecatedCondition[];
            readonly failureReason?: string;
            readonly failureMessage?: string;
            readonly fullyLabeledReplicas?: number;
            readonly readyReplicas?: number;
            readonly availableReplicas?: number;
        };
    };
}

/** What has become of a Machine. Times are in RFC 3339. */
interface MachineStatus {
    readonly observedGeneration?: number;
    readonly phase?: 'Pending' | 'Provisioning' | 'Provisioned' | 'Running' | 'Updating' | 'Deleting' | 'Deleted' | 'Failed' | 'Unknown';
    /** When the phase last changed. */
    readonly lastUpdated?: string;
    /** `Available`, `Ready`, `UpToDate` and others. */
    readonly conditions?: readonly Condition[];
    /** What its providers have done for it; once true, a field stays true. */
    readonly initialization?: {
        readonly infrastructureProvisioned?: boolean;
        readonly bootstrapDataSecretCreated?: boolean;
    };
    /** Its Node, in the workload cluster. */
    readonly nodeRef?: {
        readonly name: string;
    };
    /** What its Node says of itself. */
    readonly nodeInfo?: {
        readonly machineID: string;
        readonly systemUUID: string;
        readonly bootID: string;
        readonly kernelVersion: string;
        readonly osImage: string;
        readonly containerRuntimeVersion: string;
        readonly kubeletVersion: string;
        readonly kubeProxyVersion: string;
        readonly operatingSystem: string;
        readonly architecture: string;
        /** In bytes. */
        readonly swap?: {
            readonly capacity?: number;
        };
    };
    readonly addresses?: readonly {
        readonly type: 'Hostname' | 'ExternalIP' | 'InternalIP' | 'ExternalDNS' | 'InternalDNS';
        readonly address: string;
    }[];
    /** Where it runs. */
    readonly failureDomain?: string;
    /** When the first of its certificates expires; of control planes. */
    readonly certificatesExpiryDate?: string;
    /** Since when its deletion has been at what it does. */
    readonly deletion?: {
        readonly nodeDrainStartTime?: string;
        readonly waitForNodeVolumeDetachStartTime?: string;
        readonly waitForPreDrainHookStartTime?: string;
        readonly waitForPreTerminateHookStartTime?: string;
    };
    readonly deprecated?: {
        readonly v1beta1?: {
            readonly conditions?: readonly DeprecatedCondition[];
            readonly failureReason?: string;
            readonly failureMessage?: string;
        };
    };
}

/** Labels and annotations that Machines are made with. */
interface MachineTemplateMeta {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
}

/** The metadata that this library reads; whatever else the API server sends is kept. Times are RFC 3339 strings. */
interface ObjectMeta {
    readonly name?: string;
    readonly generateName?: string;
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
