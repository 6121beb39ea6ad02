import { hash, randomBytes } from 'node:crypto';
import { KubeconfigError } from '../model/errors.ts';
import { oneLine } from '../model/one-line.ts';
import { readClusterEntry } from './kubeconfig-cluster.ts';
import { type Fields, PREFIX, listField, mapping, own, readDocument, stringField } from './kubeconfig-document.ts';
import { type KubeconfigPolicy, strictPolicy } from './kubeconfig-policy.ts';
import { readUserEntry } from './kubeconfig-user.ts';
import { Endpoint } from './endpoint.ts';

/** The kubeconfig of a workload cluster, as far as its current context goes; its credentials are in the endpoint, which shows none. */
export interface Kubeconfig {
  readonly contextName: string;
  readonly clusterName: string;
  readonly endpoint: Endpoint;
  /** Equal for kubeconfigs that differ in nothing that matters but the Authorization. */
  readonly fingerprint: string;
  readonly authorizationFingerprint: string;
  /** When the client certificate expires. */
  readonly certificateExpiry?: Date;
  /** When the token says that it expires. */
  readonly tokenExpiry?: Date;
}

/** Fingerprints are kept and compared, not the secrets; with a key of this process they tell nobody else anything. */
const FINGERPRINT_KEY = randomBytes(32).toString('base64');

/**
 * Reads a kubeconfig, in full and before any I/O. Throws a `KubeconfigError` with a code of its own for everything that cannot be used or is not allowed
 * (`refused`); the message names the field, what was expected and what came, and quotes nothing but server and context names.
 */
export function parseKubeconfig(text: string | Uint8Array, policy: Partial<KubeconfigPolicy> = {}): Kubeconfig {
  const document = readDocument(text);
  const contextName = stringField(document, 'current-context', 'the document');
  if (contextName === undefined) throw new KubeconfigError('KUBECONFIG_NO_CURRENT_CONTEXT', `${PREFIX}: current-context must name a context; it is missing or empty`);
  const context = entry(document, 'contexts', 'context', contextName);
  if (context === undefined) throw notFound('KUBECONFIG_CONTEXT_NOT_FOUND', `current-context ${quoted(contextName)}`, 'contexts');

  const clusterName = stringField(context.fields, 'cluster', context.path);
  if (clusterName === undefined) throw new KubeconfigError('KUBECONFIG_CLUSTER_NOT_FOUND', `${PREFIX}: ${context.path}.cluster must name a cluster; it is missing or empty`);
  const cluster = entry(document, 'clusters', 'cluster', clusterName);
  if (cluster === undefined) throw notFound('KUBECONFIG_CLUSTER_NOT_FOUND', `${context.path}.cluster`, 'clusters');
  const userName = stringField(context.fields, 'user', context.path);
  const user = userName === undefined ? undefined : entry(document, 'users', 'user', userName);
  if (userName !== undefined && user === undefined) throw notFound('KUBECONFIG_USER_NOT_FOUND', `${context.path}.user`, 'users');

  const { server, proxy, ...trust } = readClusterEntry(cluster.fields, cluster.path, { ...strictPolicy, ...policy });
  const { authorization, impersonation, tokenExpiry, certificate } = user === undefined ? {} : readUserEntry(user.fields, user.path);
  const tls = server.protocol === 'http:' ? undefined : { ...trust, ...(certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key }) };
  return {
    contextName, clusterName,
    endpoint: new Endpoint({
      server,
      ...(tls === undefined ? {} : { tls }),
      ...(proxy === undefined ? {} : { proxy }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(impersonation === undefined ? {} : { impersonation }),
    }),
    fingerprint: fingerprintOf([server.href, tls, proxy?.href, impersonation, authorization === undefined]),
    authorizationFingerprint: fingerprintOf([authorization]),
    ...(certificate === undefined ? {} : { certificateExpiry: certificate.expiry }),
    ...(tokenExpiry === undefined ? {} : { tokenExpiry }),
  };
}

/** Equal for equal values, and telling nothing about them. */
export function fingerprintOf(value: unknown): string {
  return hash('sha256', `${FINGERPRINT_KEY} ${JSON.stringify(value)}`, 'base64url');
}

/** The body of a named entry of `contexts`, `clusters` or `users`, and where it stands. */
function entry(document: Fields, list: string, body: string, name: string): { readonly fields: Fields; readonly path: string } | undefined {
  let found: { readonly fields: Fields; readonly path: string } | undefined;
  for (const [index, value] of listField(document, list, '').entries()) {
    const path = `${list}[${index}]`;
    const fields = mapping(value, path);
    if (own(fields, 'name') !== name) continue;
    if (found !== undefined) throw new KubeconfigError('KUBECONFIG_DUPLICATE_NAME', `${PREFIX}: ${list} must have each name once; ${found.path} and ${path}.${body} have the same`);
    found = { fields: mapping(own(fields, body) ?? {}, `${path}.${body}`), path: `${path}.${body}` };
  }
  return found;
}

function notFound(code: string, what: string, list: string): KubeconfigError {
  return new KubeconfigError(code, `${PREFIX}: ${what} must be the name of one of ${list}; there is none of that name`);
}

/** A context's name, as one bounded line. */
function quoted(name: string): string {
  return JSON.stringify(oneLine(name, 63));
}
