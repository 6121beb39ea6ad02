import { CLUSTER_GROUP, CLUSTER_NAME_LABEL, type Cluster, kubeconfigSecretName } from '../model/cluster.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';

interface Named {
  readonly name?: string;
  /** @default 'default' */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function metadata({ name = 'a', namespace, labels, annotations }: Named): { readonly name: string } {
  return { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) };
}

/** A Cluster; ready to connect to unless `ready` is false. */
export function aCluster({ version = 'v1beta2', ready = true, paused, namespace = 'default', ...named }: Named & {
  readonly version?: 'v1beta1' | 'v1beta2';
  /** Whether its infrastructure is provisioned. @default true */
  readonly ready?: boolean;
  readonly paused?: boolean;
} = {}): Cluster {
  const { name } = metadata(named);
  const infrastructureRef = { kind: 'FakeCluster', name, ...(version === 'v1beta2' ? { apiGroup: `infrastructure.${CLUSTER_GROUP}` } : { apiVersion: `infrastructure.${CLUSTER_GROUP}/v1beta1` }) };
  return {
    apiVersion: `${CLUSTER_GROUP}/${version}`, kind: 'Cluster', metadata: metadata({ ...named, namespace }),
    spec: { infrastructureRef, ...(paused !== undefined && { paused }) },
    status: version === 'v1beta2' ? { initialization: { infrastructureProvisioned: ready } } : { infrastructureReady: ready },
  };
}

/** The Secret with the kubeconfig of a cluster, as Cluster API writes it. */
export function aKubeconfigSecret({ cluster, kubeconfig, namespace = 'default', conventional = true }: {
  /** Its name. */
  readonly cluster: string;
  readonly kubeconfig: string;
  readonly namespace?: string;
  /** With the type and the label that Cluster API gives it. @default true */
  readonly conventional?: boolean;
}): KubernetesObject & { readonly data: Readonly<Record<string, string>>; readonly type: string } {
  return {
    apiVersion: 'v1', kind: 'Secret',
    metadata: metadata({ name: kubeconfigSecretName(cluster), namespace, ...(conventional && { labels: { [CLUSTER_NAME_LABEL]: cluster } }) }),
    data: { value: Buffer.from(kubeconfig).toString('base64') }, type: conventional ? `${CLUSTER_GROUP}/secret` : 'Opaque',
  };
}

/** A Node; ready unless `ready` is false. */
export function aNode({ providerID, ready = true, ...named }: Named & { readonly providerID?: string; readonly ready?: boolean } = {}): KubernetesObject & { readonly spec: object; readonly status: object } {
  const { name } = metadata(named);
  return {
    apiVersion: 'v1', kind: 'Node', metadata: metadata(named),
    spec: { providerID: providerID ?? `fake:////${name}` },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', reason: ready ? 'KubeletReady' : 'KubeletNotReady' }], addresses: [{ type: 'Hostname', address: name }] },
  };
}

/** A Pod with one container. */
export function aPod({ node, phase = 'Running', image = 'registry.example/app:1', namespace = 'default', ...named }: Named & {
  /** The name of its Node. @default none: not scheduled */
  readonly node?: string;
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  readonly image?: string;
} = {}): KubernetesObject & { readonly spec: object; readonly status: object } {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: metadata({ ...named, namespace }),
    spec: { ...(node !== undefined && { nodeName: node }), containers: [{ name: 'app', image }], restartPolicy: 'Always' },
    status: { phase },
  };
}
