import { type Cluster, CLUSTER_GROUP } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { type Resource, groupVersion } from './resource.ts';

const shared = {
  group: CLUSTER_GROUP, versions: ['v1beta2', 'v1beta1'], namespaced: true, categories: ['cluster-api'], status: true, generation: true, custom: true,
} satisfies Partial<Resource>;

/** The custom resources of Cluster API 1.14, stored as v1beta2. Of the conversion, the field that says that there is something to connect to. */
export const clusterApiResources: readonly Resource[] = Object.freeze([
  { ...shared, kind: 'Cluster', plural: 'clusters', singular: 'cluster', shortNames: ['cl'], convert: convertCluster },
  { ...shared, kind: 'MachineDeployment', plural: 'machinedeployments', singular: 'machinedeployment', shortNames: ['md'] },
  { ...shared, kind: 'MachineSet', plural: 'machinesets', singular: 'machineset', shortNames: ['ms'] },
  { ...shared, kind: 'Machine', plural: 'machines', singular: 'machine', shortNames: ['ma'] },
  { ...shared, kind: 'MachinePool', plural: 'machinepools', singular: 'machinepool', shortNames: ['mp'] },
  { ...shared, kind: 'MachineHealthCheck', plural: 'machinehealthchecks', singular: 'machinehealthcheck', shortNames: ['mhc', 'mhcs'] },
  { ...shared, group: `controlplane.${CLUSTER_GROUP}`, kind: 'KubeadmControlPlane', plural: 'kubeadmcontrolplanes', singular: 'kubeadmcontrolplane', shortNames: ['kcp'] },
]);

function convertCluster(object: KubernetesObject, version: string): KubernetesObject {
  const { status, ...rest } = object as Cluster;
  const converted = { ...rest, apiVersion: groupVersion(CLUSTER_GROUP, version) };
  if (status === undefined) return converted;
  const { infrastructureReady, initialization = {}, ...others } = status;
  const { infrastructureProvisioned = infrastructureReady, ...initialized } = initialization;
  if (version === 'v1beta1') {
    return { ...converted, status: { ...others, ...(Object.keys(initialized).length > 0 && { initialization: initialized }), ...(infrastructureProvisioned !== undefined && { infrastructureReady: infrastructureProvisioned }) } } as KubernetesObject;
  }
  const hub = { ...(infrastructureProvisioned !== undefined && { infrastructureProvisioned }), ...initialized };
  return { ...converted, status: { ...others, ...(Object.keys(hub).length > 0 && { initialization: hub }) } } as KubernetesObject;
}
