import type { Condition, KubeadmControlPlane, Machine, MachineDeployment, MachineHealthCheck, MachinePool, MachineSet, MachineSpec, MachineTemplate } from '../../lib/kinds.ts';

/** With every field that the type has, down to its leaves. */
type Whole<T> =
  T extends readonly (infer Item)[] ? readonly Whole<Item>[] :
  T extends object ? { readonly [Field in keyof T]-?: Whole<T[Field]> } :
  T;
type WholeObject<T extends { readonly spec: unknown; readonly status?: unknown }> = Whole<Pick<T, 'spec' | 'status'>>;

const TIME = '2026-01-02T03:04:05Z';
const condition: Whole<Condition> = { type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: TIME, observedGeneration: 1 };
const deprecated = { type: 'Ready', status: 'False', severity: 'Error', reason: 'A', message: 'b', lastTransitionTime: TIME };
const failure = { failureReason: 'A', failureMessage: 'b' };
const counts = { replicas: 3, readyReplicas: 2, availableReplicas: 2, upToDateReplicas: 1, versions: [{ version: 'v1.36.3', replicas: 3 }] };
const selector = { matchLabels: { role: 'worker' }, matchExpressions: [{ key: 'role', operator: 'In', values: ['worker'] }] };
const reference = (kind: string) => ({ apiGroup: 'infrastructure.cluster.x-k8s.io', kind, name: 'a' });

const machineSpec: Whole<MachineSpec> = {
  clusterName: 'a', version: 'v1.36.3', providerID: 'a://b', failureDomain: 'a', minReadySeconds: 10,
  bootstrap: { configRef: { apiGroup: 'bootstrap.cluster.x-k8s.io', kind: 'KubeadmConfig', name: 'a' }, dataSecretName: 'a' },
  infrastructureRef: reference('DockerMachine'),
  readinessGates: [{ conditionType: 'A', polarity: 'Negative' }],
  deletion: { nodeDrainTimeoutSeconds: 60, nodeVolumeDetachTimeoutSeconds: 60, nodeDeletionTimeoutSeconds: 0 },
  taints: [{ key: 'a', value: 'b', effect: 'NoSchedule', propagation: 'Always' }],
};
const template: Whole<MachineTemplate> = { metadata: { labels: { role: 'worker' }, annotations: { a: 'b' } }, spec: machineSpec };

export const machine: WholeObject<Machine> = {
  spec: machineSpec,
  status: {
    observedGeneration: 1, phase: 'Running', lastUpdated: TIME, failureDomain: 'a', certificatesExpiryDate: TIME,
    conditions: [condition],
    initialization: { infrastructureProvisioned: true, bootstrapDataSecretCreated: true },
    nodeRef: { name: 'a' },
    nodeInfo: {
      machineID: 'a', systemUUID: 'a', bootID: 'a', kernelVersion: 'a', osImage: 'a', containerRuntimeVersion: 'a', kubeletVersion: 'a', kubeProxyVersion: 'a', operatingSystem: 'a', architecture: 'a', swap: { capacity: 1 },
    },
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
    deletion: { nodeDrainStartTime: TIME, waitForNodeVolumeDetachStartTime: TIME, waitForPreDrainHookStartTime: TIME, waitForPreTerminateHookStartTime: TIME },
    deprecated: { v1beta1: { conditions: [deprecated], ...failure } },
  },
};

export const machineSet: WholeObject<MachineSet> = {
  spec: { clusterName: 'a', replicas: 3, selector, template, machineNaming: { template: '{{ .random }}' }, deletion: { order: 'Oldest' } },
  status: {
    ...counts, observedGeneration: 1, selector: 'role=worker', conditions: [condition],
    deprecated: { v1beta1: { conditions: [deprecated], ...failure, fullyLabeledReplicas: 3, readyReplicas: 2, availableReplicas: 2 } },
  },
};

export const machineDeployment: WholeObject<MachineDeployment> = {
  spec: {
    clusterName: 'a', replicas: 3, selector, template, machineNaming: { template: '{{ .random }}' }, deletion: { order: 'Newest' }, paused: false,
    rollout: { after: TIME, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '30%', maxUnavailable: 0 } } },
    remediation: { maxInFlight: '20%' },
  },
  status: {
    ...counts, observedGeneration: 1, phase: 'ScalingUp', selector: 'role=worker', conditions: [condition],
    deprecated: { v1beta1: { conditions: [deprecated], updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, unavailableReplicas: 1 } },
  },
};

export const machinePool: WholeObject<MachinePool> = {
  spec: { clusterName: 'a', replicas: 3, template, providerIDList: ['a://b'], failureDomains: ['a'] },
  status: {
    ...counts, observedGeneration: 1, phase: 'Scaling', conditions: [condition],
    initialization: { infrastructureProvisioned: true, bootstrapDataSecretCreated: true },
    nodeRefs: [{ apiVersion: 'v1', kind: 'Node', namespace: '', name: 'a', uid: 'a', resourceVersion: '1', fieldPath: 'a' }],
    deprecated: { v1beta1: { conditions: [deprecated], ...failure, readyReplicas: 2, availableReplicas: 2, unavailableReplicas: 1 } },
  },
};

export const machineHealthCheck: WholeObject<MachineHealthCheck> = {
  spec: {
    clusterName: 'a', selector,
    checks: {
      nodeStartupTimeoutSeconds: 600,
      unhealthyNodeConditions: [{ type: 'Ready', status: 'Unknown', timeoutSeconds: 300 }],
      unhealthyMachineConditions: [{ type: 'A', status: 'False', timeoutSeconds: 300 }],
    },
    remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '40%', unhealthyInRange: '[1-3]' }, templateRef: { apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1', kind: 'A', name: 'a' } },
  },
  status: { observedGeneration: 1, conditions: [condition], expectedMachines: 3, currentHealthy: 2, remediationsAllowed: 1, targets: ['a'], deprecated: { v1beta1: { conditions: [deprecated] } } },
};

/** Of what kubeadm is told, some: its type is open. */
export const kubeadmControlPlane: WholeObject<KubeadmControlPlane> = {
  spec: {
    version: 'v1.36.3', replicas: 3, machineNaming: { template: '{{ .kubeadmControlPlane.name }}-{{ .random }}' },
    machineTemplate: {
      metadata: { labels: { a: 'b' }, annotations: { a: 'b' } },
      spec: { infrastructureRef: reference('DockerMachineTemplate'), readinessGates: [{ conditionType: 'A', polarity: 'Positive' }], deletion: { nodeDrainTimeoutSeconds: 60, nodeVolumeDetachTimeoutSeconds: 60, nodeDeletionTimeoutSeconds: 10 }, taints: [{ key: 'a', value: 'b', effect: 'NoExecute', propagation: 'OnInitialization' }] },
    },
    kubeadmConfigSpec: {
      clusterConfiguration: { certificatesDir: '/a' }, initConfiguration: { nodeRegistration: { criSocket: 'a' } }, joinConfiguration: { skipPhases: ['a'] },
      files: [{ path: '/a', content: 'a' }], users: [{ name: 'a', sudo: 'a' }], bootCommands: ['a'], preKubeadmCommands: ['a'], postKubeadmCommands: ['a'],
      ntp: { servers: ['a'], enabled: true }, format: 'cloud-config', verbosity: 1, mounts: [['a', 'b']],
    },
    rollout: { after: TIME, before: { certificatesExpiryDays: 21 }, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
    remediation: { maxRetry: 3, retryPeriodSeconds: 60, minHealthyPeriodSeconds: 3600 },
  },
  status: {
    ...counts, observedGeneration: 1, version: 'v1.36.3', selector: 'a=b', conditions: [condition], initialization: { controlPlaneInitialized: true }, lastRemediation: { machine: 'a', time: TIME, retryCount: 0 },
    deprecated: { v1beta1: { conditions: [deprecated], ...failure, updatedReplicas: 1, readyReplicas: 2, unavailableReplicas: 1 } },
  },
};
