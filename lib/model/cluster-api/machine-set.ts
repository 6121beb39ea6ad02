import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Condition, DeprecatedCondition } from './condition.ts';
import type { MachineCounts } from './machine-counts.ts';
import type { MachineQuery } from './machine-query.ts';
import type { MachineTemplate } from './machine-template.ts';

/** A MachineSet of Cluster API, v1beta2: a number of equal Machines. */
export interface MachineSet extends KubernetesObject {
  readonly spec: MachineSetSpec;
  readonly status?: MachineSetStatus;
}

/** What a MachineSet is to be. */
export interface MachineSetSpec {
  readonly clusterName: string;
  /** @default 1, or what the autoscaler's annotations allow */
  readonly replicas?: number;
  readonly selector: MachineQuery;
  readonly template: MachineTemplate;
  /** A Go template of the names of its Machines. */
  readonly machineNaming?: { readonly template?: string };
  /** Which Machines go first when there are too many. @default 'Random' */
  readonly deletion?: { readonly order?: 'Random' | 'Newest' | 'Oldest' };
}

/** What has become of a MachineSet. */
export interface MachineSetStatus extends MachineCounts {
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
