import type { KeyObject } from 'node:crypto';
import { asyncScheduler, firstValueFrom } from 'rxjs';
import { generateClientCertificateKey } from '../kubernetes/certificate.ts';
import {
  type KubeconfigSecret, type KubeconfigSecretFields, type KubeconfigSigning, generateKubeconfigSecret, newKubeconfig, regeneratedKubeconfigSecret,
} from '../kubernetes/kubeconfig-secret.ts';
import { isNotFound } from '../kubernetes/status-error.ts';
import type { Cluster } from '../model/cluster.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type Kind, defineKind } from '../model/kubernetes-object.ts';
import { type ObjectKey, formatKey, keyOf } from '../model/object-key.ts';
import { parseSecretName, secretName } from '../model/secret-name.ts';
import type { CallOptions, Client } from './client.ts';

/** The certificate authority of a cluster, PEM. */
export interface CertificateAuthority {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Options of {@link regenerateSecret}. */
export interface RegenerateKubeconfigOptions extends CallOptions {
  /** Who signs the client certificate. @default the cluster's Secret `<cluster>-ca` says, by `tls.crt` and `tls.key` */
  readonly ca?: CertificateAuthority | undefined;
  /** PEM or a KeyObject. @default a new RSA key of 2048 bits, made off the main thread */
  readonly privateKey?: KeyObject | string | undefined;
  /** ms that the client certificate holds. @default a year, as Cluster API's */
  readonly ttl?: number | undefined;
  /** @default the wall clock */
  readonly now?: Date | undefined;
}

/** Options of {@link createKubeconfigSecret}. */
export interface CreateKubeconfigOptions extends RegenerateKubeconfigOptions, KubeconfigSecretFields {
  /** `host:port`. @default the Cluster's `spec.controlPlaneEndpoint` */
  readonly endpoint?: string | undefined;
}

const SECRET: Kind<KubeconfigSecret> = defineKind<KubeconfigSecret>({ apiVersion: 'v1', kind: 'Secret' });

/**
 * Creates the Secret `<cluster>-kubeconfig` on the management cluster, with a new administrator's kubeconfig in it; resolves to it as it is stored. Rejects
 * with a `ClusterCacheError` of code `DEPENDENT_CERTIFICATE_NOT_FOUND` where the cluster's `<cluster>-ca` is not there (yet), with `isAlreadyExists` where the
 * kubeconfig is, with what {@link newKubeconfig} throws, and as the calls of `client` do.
 */
export async function createKubeconfigSecret(client: Pick<Client, 'get' | 'create'>, cluster: Cluster, options: CreateKubeconfigOptions = {}): Promise<KubeconfigSecret> {
  const { signal, timeout, endpoint = endpointOf(cluster), owner, labels, annotations } = options;
  const { namespace, name } = keyOf(cluster);
  const kubeconfig = newKubeconfig(name, endpoint, await signingOf(client, { namespace, name }, options));
  return client.create(SECRET, generateKubeconfigSecret(cluster, kubeconfig, { owner, labels, annotations }), { signal, timeout });
}

/**
 * Puts a new kubeconfig for the same server into a kubeconfig Secret, as it was read; resolves to it as it is stored. Rejects with a conflict where somebody
 * has written to it since it was read, and otherwise as {@link createKubeconfigSecret}.
 */
export async function regenerateSecret<T extends KubeconfigSecret>(client: Pick<Client, 'get' | 'update'>, secret: T, options: RegenerateKubeconfigOptions = {}): Promise<T> {
  const { signal, timeout } = options;
  const { namespace, name } = keyOf(secret);
  const regenerated = regeneratedKubeconfigSecret(secret, await signingOf(client, { namespace, name: parseSecretName(name).clusterName }, options));
  return client.update(SECRET as Kind<T>, regenerated, { signal, timeout });
}

async function signingOf(client: Pick<Client, 'get'>, cluster: ObjectKey, options: RegenerateKubeconfigOptions): Promise<KubeconfigSigning> {
  const { signal, timeout, ttl, now = new Date(asyncScheduler.now()) } = options;
  const { certificate, privateKey: caPrivateKey } = options.ca ?? await readAuthority(client, cluster, { signal, timeout });
  const privateKey = options.privateKey ?? await firstValueFrom(generateClientCertificateKey());
  return { caCertificate: certificate, caPrivateKey, privateKey, ttl, now };
}

async function readAuthority(client: Pick<Client, 'get'>, cluster: ObjectKey, call: CallOptions): Promise<CertificateAuthority> {
  const key = { namespace: cluster.namespace, name: secretName(cluster.name, 'ca') };
  try {
    const { data } = await client.get(SECRET, key, call);
    const field = (name: string): string => {
      const value = data?.[name];
      if (value === undefined || value === '') throw new ClusterCacheError('BAD_CERTIFICATE', `Secret ${formatKey(key)} must have the key ${name}; it is missing or empty`, { cluster });
      return Buffer.from(value, 'base64').toString('latin1');
    };
    return { certificate: field('tls.crt'), privateKey: field('tls.key') };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new ClusterCacheError('DEPENDENT_CERTIFICATE_NOT_FOUND', `could not find secret ca: there is no Secret ${formatKey(key)}`, { cause: error, cluster });
  }
}

function endpointOf({ spec }: Cluster): string {
  const { host = '', port } = spec?.controlPlaneEndpoint ?? {};
  if (host === '' || port === undefined) throw new TypeError('options.endpoint must be host:port where the Cluster has no spec.controlPlaneEndpoint; got undefined');
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
