/** Checked by the compiler alone: what types the kinds have. */
import type { V1Lease } from '@kubernetes/client-node';
import type { Client } from '../../lib/client/client.ts';
import {
  Cluster, type Condition, ConfigMap, type CustomResourceDefinition, type Deployment, type KubeadmControlPlane, type Lease, Machine, MachineDeployment, type MachineHealthCheck, Node, type Plain, Pod, Secret,
} from '../../lib/kinds.ts';
import { type Kind, type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';

type Same<A, B> = [A, B] extends [B, A] ? true : false;

/** A kind's objects are of its type. */
export async function reads(client: Client): Promise<void> {
  const pod = await client.get(Pod, { namespace: 'default', name: 'a' });
  const nodes = await client.list(Node, { limit: 10 });
  const facts: readonly [Same<typeof pod, Pod>, Same<typeof nodes.items, readonly Node[]>] = [true, true];
  const asObject: KubernetesObject = pod;
  const providerID: string | undefined = nodes.items[0]?.spec?.providerID;
  void [facts, asObject, providerID];

  // @ts-expect-error an object that was read is read-only
  pod.metadata = {};
  // @ts-expect-error down to its leaves
  pod.spec?.containers[0]?.ports?.push({ containerPort: 1 });
  // @ts-expect-error a Node has no containers
  void nodes.items[0]?.spec?.containers;
  // @ts-expect-error a namespace is no name
  void client.get(Pod, { namespace: 'default' });
  // @ts-expect-error an index is asked by a value
  void client.list(Pod, { index: { field: 'spec.nodeName' } });
}

/** Dates are the strings that they are in JSON, and fields have the names that they have there. */
export function isPlain(pod: Pod, lease: Lease, definition: CustomResourceDefinition, deployment: Deployment): void {
  const created: string | undefined = pod.metadata?.creationTimestamp;
  const renewed: string | undefined = lease.spec?.renewTime;
  const facts: readonly [Same<typeof created, NonNullable<Pod['metadata']>['creationTimestamp']>, Same<Plain<V1Lease>, Lease>] = [true, true];
  const maxSurge: number | string | undefined = deployment.spec?.strategy?.rollingUpdate?.maxSurge;
  const schema = definition.spec.versions[0]?.schema?.openAPIV3Schema;
  const described: readonly (string | undefined)[] = [schema?.$ref, schema?.['x-kubernetes-list-type'], schema?.properties?.['a']?.description];
  const labels: Readonly<Record<string, string>> | undefined = pod.metadata?.labels;
  void [facts, created, renewed, maxSurge, described, schema?.default, schema?.['x-kubernetes-int-or-string'], labels];
  // @ts-expect-error the model's name for `default`
  void schema?.['_default'];
  // @ts-expect-error the model's name for `x-kubernetes-list-type`
  void schema?.x_kubernetes_list_type;
}

/** What is written is of the kind; the type comes from the kind, not from the object. */
export async function writes(client: Client): Promise<void> {
  await client.create(ConfigMap, { metadata: { namespace: 'default', name: 'a' }, data: { key: 'value' } });
  const secret = await client.create(Secret, { metadata: { generateName: 'a-' }, stringData: { key: 'value' } });
  await client.update(Secret, { ...secret, data: {} });
  await client.status.update(Cluster, { metadata: { namespace: 'default', name: 'a' }, status: { initialization: { infrastructureProvisioned: true } } });
  await client.patch(Pod, { namespace: 'default', name: 'a' }, { metadata: { labels: { a: null } } }, { type: 'merge' });
  await client.patch(Pod, { namespace: 'default', name: 'a' }, { spec: {} }, { type: 'apply', fieldManager: 'a', force: true });

  // @ts-expect-error a ConfigMap has no spec
  await client.create(ConfigMap, { metadata: { name: 'a' }, spec: {} });
  // @ts-expect-error data are strings
  await client.update(ConfigMap, { metadata: { name: 'a' }, data: { key: 1 } });
  // @ts-expect-error somebody must own what is applied
  await client.patch(Pod, { name: 'a' }, {}, { type: 'apply' });
  // @ts-expect-error only what is applied can be forced
  await client.patch(Pod, { name: 'a' }, {}, { type: 'merge', force: true });
  // @ts-expect-error a patch says what it is
  await client.patch(Pod, { name: 'a' }, {});
}

/** A kind without a type of its own takes any fields; one with a type its own. */
export async function writesUntyped(client: Client): Promise<void> {
  await client.create(defineKind({ apiVersion: 'example.org/v1', kind: 'Widget' }), { metadata: { name: 'a' }, spec: { size: 1 } });
  interface Widget extends KubernetesObject { readonly spec: { readonly size: number } }
  const widget: Kind<Widget> = defineKind<Widget>({ apiVersion: 'example.org/v1', kind: 'Widget' });
  await client.create(widget, { metadata: { name: 'a' }, spec: { size: 1 } });
  // @ts-expect-error its size is a number
  await client.create(widget, { metadata: { name: 'a' }, spec: { size: 'large' } });
}

/** Cluster API's kinds have the fields of v1beta2, under the names of the CRDs. */
export async function clusterApi(client: Client, controlPlane: KubeadmControlPlane, healthCheck: MachineHealthCheck): Promise<void> {
  const machine = await client.get(Machine, { namespace: 'default', name: 'a' });
  const cluster: string = machine.spec.clusterName;
  const nodeName: string | undefined = machine.status?.nodeRef?.name;
  const ready: Condition | undefined = machine.status?.conditions?.find(({ type }) => type === 'Ready');
  const seconds: number | undefined = machine.spec.deletion?.nodeDrainTimeoutSeconds;
  const counts: readonly (number | undefined)[] = [controlPlane.status?.upToDateReplicas, healthCheck.status?.remediationsAllowed];
  const phases: Same<NonNullable<MachineDeployment['status']>['phase'], 'ScalingUp' | 'ScalingDown' | 'Running' | 'Failed' | 'Unknown' | undefined> = true;
  const kept: unknown = controlPlane.spec.kubeadmConfigSpec?.['diskSetup'];
  void [cluster, nodeName, ready, seconds, counts, phases, kept];

  // @ts-expect-error v1beta1's name and unit
  void machine.spec.nodeDrainTimeout;
  // @ts-expect-error the Node is named, and nothing else of it
  void machine.status?.nodeRef?.uid;
  // @ts-expect-error what v1beta1 told went to status.deprecated
  void machine.status?.failureReason;
  // @ts-expect-error a condition is no boolean
  if (ready?.status === true) return;
  // @ts-expect-error an object that was read is read-only
  machine.spec.version = 'v1.36.3';
  // @ts-expect-error the JSON has `providerID`
  void machine.spec.providerId;
  // @ts-expect-error a reference has a group, and no version
  void machine.spec.infrastructureRef.apiVersion;

  const template = { spec: { clusterName: 'a', bootstrap: { dataSecretName: 'a' }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerMachineTemplate', name: 'a' } } };
  await client.create(MachineDeployment, { metadata: { name: 'a' }, spec: { clusterName: 'a', selector: {}, template, rollout: { strategy: { type: 'OnDelete' } } } });
  // @ts-expect-error without a template there is nothing to make
  await client.create(MachineDeployment, { metadata: { name: 'a' }, spec: { clusterName: 'a', selector: {} } });
  // @ts-expect-error no such strategy
  await client.create(MachineDeployment, { metadata: { name: 'a' }, spec: { clusterName: 'a', selector: {}, template, rollout: { strategy: { type: 'Recreate' } } } });
}
