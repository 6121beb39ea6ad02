import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Condition, DeprecatedCondition } from './condition.ts';
import type { MachineQuery } from './machine-query.ts';

/** A MachineHealthCheck of Cluster API, v1beta2: which Machines are unhealthy, and whether they are replaced. */
export interface MachineHealthCheck extends KubernetesObject {
  readonly spec: MachineHealthCheckSpec;
  readonly status?: MachineHealthCheckStatus;
}

/** What a MachineHealthCheck looks at, and what it does. */
export interface MachineHealthCheckSpec {
  readonly clusterName: string;
  /** The Machines that it looks at. */
  readonly selector: MachineQuery;
  readonly checks?: {
    /** Seconds within which a Machine must have a Node; 0 is for ever. @default 600 */
    readonly nodeStartupTimeoutSeconds?: number;
    /** Conditions of a Node that make its Machine unhealthy when they have lasted for this many seconds. */
    readonly unhealthyNodeConditions?: readonly { readonly type: string; readonly status: string; readonly timeoutSeconds: number }[];
    /** The same of the Machine's own conditions. */
    readonly unhealthyMachineConditions?: readonly { readonly type: string; readonly status: Condition['status']; readonly timeoutSeconds: number }[];
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
    readonly templateRef?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  };
}

/** What a MachineHealthCheck has seen. */
export interface MachineHealthCheckStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly expectedMachines?: number;
  readonly currentHealthy?: number;
  /** How many more Machines may be remediated. */
  readonly remediationsAllowed?: number;
  /** The names of the Machines that it looks at. */
  readonly targets?: readonly string[];
  readonly deprecated?: { readonly v1beta1?: { readonly conditions?: readonly DeprecatedCondition[] } };
}
