import { type KeyObject, X509Certificate } from 'node:crypto';
import type { V1Secret } from '@kubernetes/client-node';
import { dump } from 'js-yaml';
import { CLUSTER_GROUP, CLUSTER_NAME_LABEL, kubeconfigSecretName } from '../model/cluster.ts';
import { KubeconfigError } from '../model/errors.ts';
import type { KubernetesObject, OwnerReference } from '../model/kubernetes-object.ts';
import type { Plain } from '../model/plain.ts';
import { parseSecretName } from '../model/secret-name.ts';
import { certificateOf, newClientCertificate, pemOf, privateKeyOf } from './client-certificate.ts';
import { type Fields, PREFIX, listField, mapping, own, readDocument, stringField } from './kubeconfig-document.ts';
import { pemField } from './kubeconfig-material.ts';

/** The Secret that holds a cluster's kubeconfig; the same type as the kind `Secret` has. */
export type KubeconfigSecret = Plain<V1Secret>;

/** The type of Cluster API's Secrets: a controller may adopt and renew one of it, and leaves those of users alone. */
export const CLUSTER_SECRET_TYPE: string = `${CLUSTER_GROUP}/secret`;
/** The key under which the Secret holds the kubeconfig. */
const VALUE = 'value';

/** Who signs the certificate of a kubeconfig, and for which key. */
export interface KubeconfigSigning {
  /** PEM. It is also what the kubeconfig trusts the server by. */
  readonly caCertificate: string;
  /** PEM: RSA, or EC on P-256, P-384 or P-521. */
  readonly caPrivateKey: string;
  /** The user's own key, PEM or a KeyObject. */
  readonly privateKey: KeyObject | string;
  /** ms that the certificate holds. @default a year, as Cluster API's */
  readonly ttl?: number | undefined;
  /** @default the wall clock */
  readonly now?: Date | undefined;
}

/**
 * Writes an administrator's kubeconfig for a cluster, in YAML: cluster `<c>`, user `<c>-admin`, context `<c>-admin@<c>`, with a new client certificate of the
 * user `kubernetes-admin` in the group `system:masters`. `endpoint` is `host:port`, or a URL. Throws a TypeError where it is none, and what {@link
 * newClientCertificate} throws.
 */
export function newKubeconfig(clusterName: string, endpoint: string, { caCertificate, caPrivateKey, privateKey, ttl, now }: KubeconfigSigning): string {
  const key = privateKeyOf(privateKey, 'privateKey');
  const certificate = newClientCertificate({ commonName: 'kubernetes-admin', organizations: ['system:masters'], privateKey: key, caCertificate, caPrivateKey, ttl, now });
  const user = `${clusterName}-admin`;
  const context = `${user}@${clusterName}`;
  return dump({
    apiVersion: 'v1', kind: 'Config',
    clusters: [{ name: clusterName, cluster: { server: serverOf(endpoint), 'certificate-authority-data': base64(certificateOf(caCertificate, 'caCertificate').toString()) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(pemOf(key)) } }],
    contexts: [{ name: context, context: { cluster: clusterName, user } }],
    'current-context': context,
  }, { lineWidth: -1 });
}

/** What a kubeconfig Secret has beside the kubeconfig. */
export interface KubeconfigSecretFields {
  /** @default the Cluster, not as its controller */
  readonly owner?: OwnerReference | undefined;
  /** Further labels. @default none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** @default none */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * The Secret that holds a cluster's kubeconfig, as Cluster API's contract for control planes wants it. `cluster` is the Cluster as the API server has it.
 * Throws a TypeError where it has no name, or no uid to be an owner by.
 */
export function generateKubeconfigSecret(cluster: KubernetesObject, kubeconfig: string, { owner, labels, annotations }: KubeconfigSecretFields = {}): KubeconfigSecret {
  const { namespace, name = '', uid = '' } = cluster.metadata ?? {};
  if (name === '') throw new TypeError('cluster.metadata.name must be a non-empty string; it is missing or empty');
  if (owner === undefined && uid === '') throw new TypeError('cluster.metadata.uid must be a non-empty string where no other owner is given; it is missing or empty');
  return {
    apiVersion: 'v1', kind: 'Secret',
    metadata: {
      name: kubeconfigSecretName(name),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [CLUSTER_NAME_LABEL]: name, ...labels },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [owner ?? { apiVersion: cluster.apiVersion ?? `${CLUSTER_GROUP}/v1beta2`, kind: 'Cluster', name, uid }],
    },
    type: CLUSTER_SECRET_TYPE,
    data: { [VALUE]: base64(kubeconfig) },
  };
}

/**
 * The Secret with a new kubeconfig in it, for the same server. Throws as {@link newKubeconfig}, and where its name or its content is not that of a kubeconfig
 * Secret.
 */
export function regeneratedKubeconfigSecret<T extends KubeconfigSecret>(secret: T, signing: KubeconfigSigning): T {
  const { clusterName } = parseSecretName(secret.metadata?.name ?? '');
  const kubeconfig = newKubeconfig(clusterName, serverIn(documentOf(secret), clusterName), signing);
  return { ...secret, data: { ...secret.data, [VALUE]: base64(kubeconfig) } };
}

/**
 * Whether a client certificate of the Secret's kubeconfig expires in less than `threshold` ms. Of a kubeconfig without client certificates none does. Throws a
 * `KubeconfigError` where the Secret has no kubeconfig that can be read.
 */
export function needsClientCertRotation(secret: KubeconfigSecret, threshold: number, now: Date = new Date()): boolean {
  const users = listField(documentOf(secret), 'users', '');
  return users.some((user, index) => {
    const path = `users[${index}].user`;
    const pem = pemField(mapping(own(mapping(user, `users[${index}]`), 'user') ?? {}, path), 'client-certificate-data', path);
    return pem !== undefined && expiryOf(pem, path).getTime() - now.getTime() < threshold;
  });
}

function expiryOf(pem: string, path: string): Date {
  try {
    return new X509Certificate(pem).validToDate;
  } catch {
    throw new KubeconfigError('KUBECONFIG_BAD_CERTIFICATE', `${PREFIX}: ${path}.client-certificate-data must be a PEM certificate in base64; got something else`);
  }
}

function documentOf({ data }: KubeconfigSecret): Fields {
  const value = data?.[VALUE];
  if (value === undefined) throw new KubeconfigError('KUBECONFIG_KEY_MISSING', `missing key "${VALUE}" in secret data`);
  return readDocument(Buffer.from(value, 'base64'));
}

function serverIn(document: Fields, clusterName: string): string {
  for (const [index, value] of listField(document, 'clusters', '').entries()) {
    const path = `clusters[${index}]`;
    const entry = mapping(value, path);
    if (own(entry, 'name') !== clusterName) continue;
    const server = stringField(mapping(own(entry, 'cluster') ?? {}, `${path}.cluster`), 'server', `${path}.cluster`);
    if (server !== undefined) return server;
  }
  throw new KubeconfigError('KUBECONFIG_CLUSTER_NOT_FOUND', `${PREFIX}: clusters must have one of the name ${JSON.stringify(clusterName)}, with a server; there is none`);
}

/** `https://host:port`, whatever slashes stand in front of it. */
function serverOf(endpoint: string): string {
  const server = /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint.replace(/^\/+/, '')}`;
  const url = URL.parse(server);
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') throw new TypeError('endpoint must be host:port or a URL such as https://host:6443; got something else');
  return server;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
