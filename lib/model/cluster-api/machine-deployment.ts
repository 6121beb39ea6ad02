import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Condition, DeprecatedCondition } from './condition.ts';
import type { MachineCounts } from './machine-counts.ts';
import type { MachineQuery } from './machine-query.ts';
import type { MachineTemplate } from './machine-template.ts';

/** A MachineDeployment of Cluster API, v1beta2: replicated Machines with rolling updates. */
export interface MachineDeployment extends KubernetesObject {
  readonly spec: MachineDeploymentSpec;
  readonly status?: MachineDeploymentStatus;
}

/** What a MachineDeployment is to be. */
export interface MachineDeploymentSpec {
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
      readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
    };
  };
  /** How many Machines are remediated at a time: a number, or a percentage of `replicas`. @default all */
  readonly remediation?: { readonly maxInFlight?: number | string };
  /** A Go template of the names of its Machines. */
  readonly machineNaming?: { readonly template?: string };
  /** Which Machines go first when there are too many. @default 'Random' */
  readonly deletion?: { readonly order?: 'Random' | 'Newest' | 'Oldest' };
  readonly paused?: boolean;
}

/** What has become of a MachineDeployment. */
export interface MachineDeploymentStatus extends MachineCounts {
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
