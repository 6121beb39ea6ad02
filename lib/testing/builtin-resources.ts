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
    { kind: 'LimitRange', plural: 'limitranges', shortNames: ['limits'] },
    { kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', shortNames: ['pvc'], status: true, deletesToObject: true },
    {
      kind: 'Pod', plural: 'pods', shortNames: ['po'], categories: ['all'], status: true, generation: true, deletesToObject: true,
      selectableFields: { 'spec.nodeName': ['spec', 'nodeName'], 'spec.restartPolicy': ['spec', 'restartPolicy'], 'spec.schedulerName': ['spec', 'schedulerName'], 'spec.serviceAccountName': ['spec', 'serviceAccountName'], 'spec.hostNetwork': ['spec', 'hostNetwork'], 'status.phase': ['status', 'phase'], 'status.podIP': ['status', 'podIP'], 'status.nominatedNodeName': ['status', 'nominatedNodeName'] },
    },
    { kind: 'PodTemplate', plural: 'podtemplates', generation: true, deletesToObject: true },
    { kind: 'ReplicationController', plural: 'replicationcontrollers', shortNames: ['rc'], categories: ['all'], status: true, generation: true, deletesToObject: true, selectableFields: { 'status.replicas': ['status', 'replicas'] } },
    { kind: 'ResourceQuota', plural: 'resourcequotas', shortNames: ['quota'], status: true, deletesToObject: true },
    { kind: 'Secret', plural: 'secrets', selectableFields: { type: ['type'] } },
    { kind: 'Service', plural: 'services', shortNames: ['svc'], categories: ['all'], status: true, deletesToObject: true },
    { kind: 'ServiceAccount', plural: 'serviceaccounts', shortNames: ['sa'], deletesToObject: true },
  ]),
  ...group('admissionregistration.k8s.io', false, [
    { kind: 'MutatingWebhookConfiguration', plural: 'mutatingwebhookconfigurations', categories: ['api-extensions'], generation: true },
    { kind: 'ValidatingAdmissionPolicy', plural: 'validatingadmissionpolicies', categories: ['api-extensions'], status: true, generation: true },
    { kind: 'ValidatingAdmissionPolicyBinding', plural: 'validatingadmissionpolicybindings', categories: ['api-extensions'], generation: true },
    { kind: 'ValidatingWebhookConfiguration', plural: 'validatingwebhookconfigurations', categories: ['api-extensions'], generation: true },
  ]),
  ...group('apiextensions.k8s.io', false, [
    { kind: 'CustomResourceDefinition', plural: 'customresourcedefinitions', shortNames: ['crd', 'crds'], categories: ['api-extensions'], status: true, generation: true },
  ]),
  ...group('apiregistration.k8s.io', false, [{ kind: 'APIService', plural: 'apiservices', categories: ['api-extensions'], status: true }]),
  ...group('apps', true, [
    { kind: 'ControllerRevision', plural: 'controllerrevisions' },
    { kind: 'DaemonSet', plural: 'daemonsets', shortNames: ['ds'], categories: ['all'], status: true, generation: true },
    { kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'], categories: ['all'], status: true, generation: true },
    { kind: 'ReplicaSet', plural: 'replicasets', shortNames: ['rs'], categories: ['all'], status: true, generation: true },
    { kind: 'StatefulSet', plural: 'statefulsets', shortNames: ['sts'], categories: ['all'], status: true, generation: true },
  ]),
  ...group('autoscaling', true, [{ kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', shortNames: ['hpa'], categories: ['all'], status: true }], ['v2']),
  ...group('batch', true, [
    { kind: 'CronJob', plural: 'cronjobs', shortNames: ['cj'], categories: ['all'], status: true, generation: true },
    { kind: 'Job', plural: 'jobs', categories: ['all'], status: true, generation: true },
  ]),
  ...group('certificates.k8s.io', false, [{ kind: 'CertificateSigningRequest', plural: 'certificatesigningrequests', shortNames: ['csr'], status: true, selectableFields: { 'spec.signerName': ['spec', 'signerName'] } }]),
  ...group('coordination.k8s.io', true, [{ kind: 'Lease', plural: 'leases' }]),
  ...group('discovery.k8s.io', true, [{ kind: 'EndpointSlice', plural: 'endpointslices', generation: true }]),
  ...group('networking.k8s.io', true, [
    { kind: 'Ingress', plural: 'ingresses', shortNames: ['ing'], status: true, generation: true },
    { kind: 'NetworkPolicy', plural: 'networkpolicies', shortNames: ['netpol'], generation: true },
  ]),
  ...group('networking.k8s.io', false, [{ kind: 'IngressClass', plural: 'ingressclasses', generation: true }]),
  ...group('node.k8s.io', false, [{ kind: 'RuntimeClass', plural: 'runtimeclasses' }]),
  ...group('policy', true, [{ kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', shortNames: ['pdb'], status: true, generation: true }]),
  ...group('rbac.authorization.k8s.io', true, [{ kind: 'Role', plural: 'roles' }, { kind: 'RoleBinding', plural: 'rolebindings' }]),
  ...group('rbac.authorization.k8s.io', false, [{ kind: 'ClusterRole', plural: 'clusterroles' }, { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' }]),
  ...group('scheduling.k8s.io', false, [{ kind: 'PriorityClass', plural: 'priorityclasses', shortNames: ['pc'], generation: true }]),
  ...group('storage.k8s.io', false, [
    { kind: 'CSIDriver', plural: 'csidrivers', deletesToObject: true },
    { kind: 'CSINode', plural: 'csinodes', deletesToObject: true },
    { kind: 'StorageClass', plural: 'storageclasses', shortNames: ['sc'], deletesToObject: true },
    { kind: 'VolumeAttachment', plural: 'volumeattachments', status: true, deletesToObject: true },
  ]),
]);
