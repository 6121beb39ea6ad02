import type { KubernetesObject, ObjectMeta } from '../lib/model/kubernetes-object.ts';
import { type Deployment, deployment, mounting } from './deployment.ts';
import { type Fields, fieldsOf } from './pod-fields.ts';
import { Random } from './random.ts';

/** A pod, as far as the bench looks into it. */
export interface Pod extends KubernetesObject {
  readonly metadata: ObjectMeta & { readonly name: string; readonly namespace: string; readonly generateName: string; readonly resourceVersion: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: PodStatus;
}

interface PodStatus {
  readonly conditions: readonly { readonly type: string; readonly lastTransitionTime: string }[];
  readonly containerStatuses: readonly { readonly restartCount: number; readonly containerID: string }[];
  readonly [field: string]: unknown;
}

/** Who writes a pod into the API server: its first state, and its status. */
export const MANAGERS = { creator: 'kube-controller-manager', status: 'kubelet' } as const;

const DEPLOYMENTS = 200;
const NAMESPACES = 40;
/** Pods that have a ReplicaSet, and so a hash and a checksum, in common: Deployments of a fleet are small, whatever those here are. */
const REPLICAS = 10;
const NODES = 500;
/** Spreads the numbers of pods over the seeds: 2^32 divided by the golden ratio. */
const STRIDE = 0x9e3779b9;
/** Of the oldest pod; the others follow within thirty days. */
const FIRST_CREATED = Date.UTC(2026, 0, 5, 8);
const CREATED_WITHIN = 30 * 86_400;
const FIRST_RESOURCE_VERSION = 1_000_000;
/** Of the container runtime. */
const ID_LENGTH = 64;

export interface PodsOptions {
  /** The same seed and count make the same pods. */
  readonly seed: number;
  readonly count: number;
}

/**
 * Pods with the variety of a real cluster, one Deployment after the other: 7.1 KB of JSON each on average, 3.9 KB without managedFields. Made when they are
 * asked for. A real kube-apiserver makes the same of what {@link asCreated} leaves of one, followed by its status.
 */
export function* podsOf({ seed, count }: PodsOptions): Generator<Pod, void, undefined> {
  const perDeployment = Math.max(1, Math.ceil(count / DEPLOYMENTS));
  for (let number = 0; number * perDeployment < count; number++) {
    const random = new Random(seed + Math.imul(number, STRIDE));
    const owner = deployment(random, number, NAMESPACES);
    let revision = replicaSet(random);
    for (let i = 0; i < perDeployment && number * perDeployment + i < count; i++) {
      if (i > 0 && i % REPLICAS === 0) revision = replicaSet(random);
      yield pod(random, owner, revision, FIRST_RESOURCE_VERSION + number * perDeployment + i);
    }
  }
}

/** The same pod after change `number` of its status: a container was started again, under a resourceVersion that is higher by as much. */
export function modified(pod: Pod, number: number): Pod {
  const { metadata, status } = pod;
  const time = timeAt(FIRST_CREATED / 1_000 + CREATED_WITHIN + number);
  return {
    ...pod,
    metadata: { ...metadata, resourceVersion: String(Number(metadata.resourceVersion) + number) },
    status: {
      ...status,
      conditions: status.conditions.map((condition) => (condition.type.endsWith('Ready') ? { ...condition, lastTransitionTime: time } : condition)),
      containerStatuses: status.containerStatuses.map((container, at) => (at === 0 ? { ...container, restartCount: container.restartCount + number, state: { running: { startedAt: time } } } : container)),
    },
  };
}

/** What the controller of a ReplicaSet posts; the server adds the rest. */
export function asCreated({ apiVersion = 'v1', kind = 'Pod', metadata, spec }: Pod): KubernetesObject & { readonly spec: object } {
  const { uid: _, resourceVersion: __, generation: ___, creationTimestamp: ____, managedFields: _____, ...given } = metadata;
  return { apiVersion, kind, metadata: given, spec };
}

interface ReplicaSet {
  readonly uid: string;
  readonly hash: string;
  readonly checksum: string;
}

function replicaSet(random: Random): ReplicaSet {
  return { uid: random.uuid(), hash: random.suffix(10), checksum: random.hex(ID_LENGTH) };
}

function pod(random: Random, owner: Deployment, { uid: ownerUid, hash, checksum }: ReplicaSet, resourceVersion: number): Pod {
  const replicaSetName = `${owner.name}-${hash}`;
  const created = FIRST_CREATED / 1_000 + random.between(0, CREATED_WITHIN);
  const accessVolume = `kube-api-access-${random.suffix(5)}`;
  const given = {
    generateName: `${replicaSetName}-`,
    labels: { ...owner.labels, 'pod-template-hash': hash },
    annotations: { 'checksum/config': checksum },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSetName, uid: ownerUid, controller: true, blockOwnerDeletion: true }],
  };
  const spec = {
    volumes: [...owner.volumes, { name: accessVolume, projected: { sources: PROJECTED, defaultMode: 420 } }],
    containers: owner.containers.map((container) => mounting(container, { name: accessVolume, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' })),
    ...owner.spec,
    nodeName: `node-${String(random.between(1, NODES)).padStart(3, '0')}.example.com`,
  };
  const started = created + random.between(2, 40);
  const status = statusOf(random, owner, created, started);
  const { qosClass: _, ...reported } = status; // it is the server's own
  return {
    kind: 'Pod', apiVersion: 'v1',
    metadata: {
      name: `${replicaSetName}-${random.suffix(5)}`, namespace: owner.namespace, uid: random.uuid(), resourceVersion: String(resourceVersion), generation: 1, creationTimestamp: timeAt(created), ...given,
      managedFields: [
        managed(MANAGERS.creator, created, { 'f:metadata': fieldsOf('metadata', given), 'f:spec': fieldsOf('spec', spec) }),
        { ...managed(MANAGERS.status, started, { 'f:status': fieldsOf('status', reported) }), subresource: 'status' },
      ],
    },
    spec, status,
  };
}

function statusOf(random: Random, { containers, digests }: Deployment, created: number, started: number): PodStatus {
  const condition = (type: string, at: number) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: timeAt(at) });
  const [hostIP, podIP] = [`10.0.${random.between(0, 3)}.${random.between(1, 254)}`, `10.244.${random.between(0, 255)}.${random.between(1, 254)}`];
  return {
    phase: 'Running',
    conditions: [condition('PodReadyToStartContainers', started), condition('Initialized', created), condition('Ready', started), condition('ContainersReady', started), condition('PodScheduled', created)],
    hostIP, hostIPs: [{ ip: hostIP }], podIP, podIPs: [{ ip: podIP }],
    startTime: timeAt(created),
    containerStatuses: containers.map(({ name, image }, at) => ({
      name, state: { running: { startedAt: timeAt(started - 1) } }, lastState: {}, ready: true, restartCount: random.of([0, 0, 0, 0, 1, 2]),
      image, imageID: `${image.split(':')[0]}@sha256:${digests[at]}`, containerID: `containerd://${random.hex(ID_LENGTH)}`, started: true,
    })),
    qosClass: 'Burstable',
  };
}

/** What a service account's volume is made of, in every pod. */
const PROJECTED = [
  { serviceAccountToken: { expirationSeconds: 3_607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
];

function managed(manager: string, seconds: number, fieldsV1: Fields) {
  return { manager, operation: 'Update', apiVersion: 'v1', time: timeAt(seconds), fieldsType: 'FieldsV1', fieldsV1 };
}

function timeAt(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}
