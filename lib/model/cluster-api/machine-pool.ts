import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Condition, DeprecatedCondition } from './condition.ts';
import type { MachineCounts } from './machine-counts.ts';
import type { MachineTemplate } from './machine-template.ts';

/** A MachinePool of Cluster API, v1beta2: a group of hosts that the infrastructure itself keeps at a number. */
export interface MachinePool extends KubernetesObject {
  readonly spec: MachinePoolSpec;
  readonly status?: MachinePoolStatus;
}

/** What a MachinePool is to be. */
export interface MachinePoolSpec {
  readonly clusterName: string;
  /** @default 1 */
  readonly replicas?: number;
  readonly template: MachineTemplate;
  /** One for each host, by its provider. */
  readonly providerIDList?: readonly string[];
  readonly failureDomains?: readonly string[];
}

/** What has become of a MachinePool. */
export interface MachinePoolStatus extends MachineCounts {
  readonly observedGeneration?: number;
  readonly phase?: 'Pending' | 'Provisioning' | 'Provisioned' | 'Running' | 'ScalingUp' | 'ScalingDown' | 'Scaling' | 'Deleting' | 'Failed' | 'Unknown';
  readonly conditions?: readonly Condition[];
  /** What its providers have done for it; once true, a field stays true. */
  readonly initialization?: { readonly infrastructureProvisioned?: boolean; readonly bootstrapDataSecretCreated?: boolean };
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
