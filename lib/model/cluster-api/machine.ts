import type { KubernetesObject } from '../kubernetes-object.ts';
import type { Condition, DeprecatedCondition } from './condition.ts';
import type { ContractReference } from './contract-reference.ts';

/** A Machine of Cluster API, v1beta2: a host that is, or is to be, a Node. */
export interface Machine extends KubernetesObject {
  readonly spec: MachineSpec;
  readonly status?: MachineStatus;
}

/** What a Machine is to be. */
export interface MachineSpec {
  /** The Cluster that it belongs to, in the same namespace. */
  readonly clusterName: string;
  /** How it becomes a Node: by a provider's object, or by a Secret that holds the script. */
  readonly bootstrap: { readonly configRef?: ContractReference; readonly dataSecretName?: string };
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

/** How long the parts of a Machine's deletion may take, in seconds; 0 is for ever. */
export interface MachineDeletion {
  /** Draining the Node. @default 0 */
  readonly nodeDrainTimeoutSeconds?: number;
  /** Waiting for the Node's volumes to be detached. @default 0 */
  readonly nodeVolumeDetachTimeoutSeconds?: number;
  /** Deleting the Node. @default 10 */
  readonly nodeDeletionTimeoutSeconds?: number;
}

/** What has become of a Machine. Times are in RFC 3339. */
export interface MachineStatus {
  readonly observedGeneration?: number;
  readonly phase?: 'Pending' | 'Provisioning' | 'Provisioned' | 'Running' | 'Updating' | 'Deleting' | 'Deleted' | 'Failed' | 'Unknown';
  /** When the phase last changed. */
  readonly lastUpdated?: string;
  /** `Available`, `Ready`, `UpToDate` and others. */
  readonly conditions?: readonly Condition[];
  /** What its providers have done for it; once true, a field stays true. */
  readonly initialization?: { readonly infrastructureProvisioned?: boolean; readonly bootstrapDataSecretCreated?: boolean };
  /** Its Node, in the workload cluster. */
  readonly nodeRef?: { readonly name: string };
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
    readonly swap?: { readonly capacity?: number };
  };
  readonly addresses?: readonly { readonly type: 'Hostname' | 'ExternalIP' | 'InternalIP' | 'ExternalDNS' | 'InternalDNS'; readonly address: string }[];
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
    readonly v1beta1?: { readonly conditions?: readonly DeprecatedCondition[]; readonly failureReason?: string; readonly failureMessage?: string };
  };
}
