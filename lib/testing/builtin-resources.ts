import type { Resource } from './resource.ts';

type Builtin = Pick<Resource, 'kind' | 'plural'> & Partial<Resource>;

const group = (name: string, namespaced: boolean, resources: readonly Builtin[], versions: readonly string[] = ['v1']): Resource[] =>
  resources.map((resource) => ({ group: name, versions, singular: resource.kind.toLowerCase(), namespaced, ...resource }));

/** The resources of a bare kube-apiserver that controllers meet. */
export const builtinResources: readonly Resource[] = Object.freeze([
  ...group('', false, [
    { kind: 'Namespace', plural: 'namespaces', shortNames: ['ns'], status: true, deletesToObject: true, verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'], selectableFields: { 'status.phase': ['status', 'phase'] } },
    { kind: 'Node', plural: 'nodes', shortNames: ['no'], status: true, createsWithStatus: true, selectableFields: { 'spec.unschedulable': ['spec', 'unschedulable'] } },
    { kind: 'PersistentVolume', plural: 'persistentvolumes', shortNames: ['pv'], status: true, deletesToObject: true },
  ]),
  ...group('', true, [
    { kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
    { kind: 'Endpoints', plural: 'endpoints', shortNames: ['ep'] },
    {
      kind: 'Event', plural: 'events', shortNames: ['ev'],
      selectableFields: { reason: ['reason'], type: ['type'], 'involvedObject.kind': ['involvedObject', 'kind'], 'involvedObject.name': ['involvedObject', 'name'], 'involvedObject.namespace': ['involvedObject', 'namespace'], 'involvedObject.uid': ['involvedObject', 'uid'] },
    },
    { kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', shortNames: ['pvc'], status: true, deletesToObject: true },
    {
      kind: 'Pod', plural: 'pods', shortNames: ['po'], categories: ['all'], status: true, generation: true, deletesToObject: true,
      selectableFields: { 'spec.nodeName': ['spec', 'nodeName'], 'spec.restartPolicy': ['spec', 'restartPolicy'], 'spec.schedulerName': ['spec', 'schedulerName'], 'spec.serviceAccountName': ['spec', 'serviceAccountName'], 'spec.hostNetwork': ['spec', 'hostNetwork'], 'status.phase': ['status', 'phase'], 'status.podIP': ['status', 'podIP'], 'status.nominatedNodeName': ['status', 'nominatedNodeName'] },
    },
    { kind: 'PodTemplate', plural: 'podtemplates', generation: true, deletesToObject: true },
    { kind: 'Secret', plural: 'secrets', selectableFields: { type: ['type'] } },
    { kind: 'Service', plural: 'services', shortNames: ['svc'], categories: ['all'], status: true, deletesToObject: true },
    { kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'], deletesToObject: true },
  ]),
  ...group('apiextensions.k8s.io', false, [
    { kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', shortNames: ['crd', 'crds'], categories: ['api-extensions'], status: true, generation: true },
  ]),
  ...group('apps', true, [
    { kind: 'ControllerRevision', plural: 'controllerrevisions' },
    { kind: 'DaemonSet', plural: 'daemonsets', shortNames: ['ds'], categories: ['all'], status: true, generation: true },
    { kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'], categories: ['all'], status: true, generation: true },
    { kind: 'ReplicaSet', plural: 'replicasets', shortNames: ['rs'], categories: ['all'], status: true, generation: true },
    { kind: 'StatefulSet', plural: 'statefulsets', shortNames: ['sts'], categories: ['all'], status: true, generation: true },
  ]),
  ...group('batch', true, [
    { kind: 'CronJob', plural: 'cronjobs', shortNames: ['cj'], categories: ['all'], status: true, generation: true },
    { kind: 'Job', plural: 'jobs', categories: ['all'], status: true, generation: true },
  ]),
  ...group('coordination.k8s.io', true, [{ kind: 'Lease', plural: 'leases' }]),
  ...group('discovery.k8s.io', true, [{ kind: 'EndpointSlice', plural: 'endpointslices', generation: true }]),
  ...group('networking.k8s.io', true, [
    { kind: 'Ingress', plural: 'ingresses', shortNames: ['ing'], status: true, generation: true },
    { kind: 'NetworkPolicy', plural: 'networkpolicies', shortNames: ['netpol'], generation: true },
  ]),
  ...group('policy', true, [{ kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', shortNames: ['pdb'], status: true, generation: true }]),
  ...group('rbac.authorization.k8s.io', true, [{ kind: 'Role', plural: 'roles' }, { kind: 'RoleBinding', plural: 'rolebindings' }]),
  ...group('rbac.authorization.k8s.io', false, [{ kind: 'ClusterRole', plural: 'clusterroles' }, { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' }]),
  ...group('storage.k8s.io', false, [{ kind: 'StorageClass', plural: 'storageclasses', shortNames: ['sc'], deletesToObject: true }]),
]);
