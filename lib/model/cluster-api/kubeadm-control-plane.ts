import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Condition, DeprecatedCondition } from './condition.ts';
import type { MachineCounts } from './machine-counts.ts';
import type { MachineTemplateMeta } from './machine-template.ts';
import type { MachineSpec } from './machine.ts';

/** A KubeadmControlPlane, v1beta2: the control plane of a Cluster, on Machines that kubeadm sets up. */
export interface KubeadmControlPlane extends KubernetesObject {
  readonly spec: KubeadmControlPlaneSpec;
  readonly status?: KubeadmControlPlaneStatus;
}

/** What a KubeadmControlPlane is to be. */
export interface KubeadmControlPlaneSpec {
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
    readonly before?: { readonly certificatesExpiryDays?: number };
    readonly strategy?: {
      readonly type: 'RollingUpdate';
      /** Whether a new Machine is made before an old one goes: 1 or 0. @default 1 */
      readonly rollingUpdate?: { readonly maxSurge?: number | string };
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
  readonly machineNaming?: { readonly template?: string };
}

/** The configuration of kubeadm and of the host around it: what most controllers read, the rest is kept. */
export interface KubeadmConfigSpec {
  readonly clusterConfiguration?: { readonly [field: string]: unknown };
  readonly initConfiguration?: { readonly [field: string]: unknown };
  readonly joinConfiguration?: { readonly [field: string]: unknown };
  readonly files?: readonly { readonly path: string; readonly [field: string]: unknown }[];
  readonly bootCommands?: readonly string[];
  readonly preKubeadmCommands?: readonly string[];
  readonly postKubeadmCommands?: readonly string[];
  readonly users?: readonly { readonly name: string; readonly [field: string]: unknown }[];
  readonly ntp?: { readonly servers?: readonly string[]; readonly enabled?: boolean };
  /** @default 'cloud-config' */
  readonly format?: 'cloud-config' | 'ignition';
  readonly verbosity?: number;
  readonly [field: string]: unknown;
}

/** What has become of a KubeadmControlPlane. */
export interface KubeadmControlPlaneStatus extends MachineCounts {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  /** Once it has answered, it stays true. */
  readonly initialization?: { readonly controlPlaneInitialized?: boolean };
  /** The lowest that one of its Machines runs; `versions` has taken its place. */
  readonly version?: string;
  /** Its selector as text. */
  readonly selector?: string;
  /** `time` is in RFC 3339. */
  readonly lastRemediation?: { readonly machine: string; readonly time: string; readonly retryCount: number };
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
