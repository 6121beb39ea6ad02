import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { Observable } from 'rxjs';
import { KubeconfigError } from '../model/errors.ts';
import { oneLine } from '../model/one-line.ts';
import { abortable } from '../operators/abortable.ts';
import { Endpoint, type TlsMaterial } from './endpoint.ts';

/**
 * Where a KubeConfig leads, with the credentials that it has when it is asked. `renewed`: the server did not take the last ones, so that a plugin is run again although
 * what it said has not expired. Emits once; errors with a `KubeconfigError`.
 */
export type EndpointSource = (renewed?: boolean) => Observable<Endpoint>;

/**
 * The endpoint of the user's own KubeConfig, by client-node's authentication: exec plugins, OIDC, files and the token file of a Pod, which is read every time.
 * Errors tell what the system or the plugin said, and nothing that was read from either.
 */
export function managementEndpoints(kubeConfig: KubeConfig): EndpointSource {
  let source = kubeConfig;
  return (renewed = false) => abortable(async () => {
    const cluster = kubeConfig.getCurrentCluster();
    if (cluster === null) throw unusable('its current context must name a cluster; load it first, for instance with loadFromDefault()');
    const user = kubeConfig.getCurrentUser();
    const server = urlOf(cluster.server, 'server must be a URL at https:// or http://');
    const proxy = cluster.proxyUrl ? urlOf(cluster.proxyUrl, 'proxy-url must be a URL at http:// or https://') : undefined;
    const isPlain = server.protocol === 'http:';
    // A copy knows nothing of what a plugin has said before. client-node takes http only together with a flag that means nothing there.
    if (user !== null && ((renewed && isByPlugin(user)) || (isPlain && source === kubeConfig))) source = copyOf(cluster, user, isPlain);

    const options = user === null ? {} : await authenticated(source, user);
    const { authorization, ...identity } = await headersOf(options, user);
    return new Endpoint({
      server,
      ...(isPlain ? {} : { tls: await tlsOf(cluster, options) }),
      ...(proxy === undefined ? {} : { proxy }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(Object.keys(identity).length === 0 ? {} : { impersonation: identity }),
    });
  });
}

function urlOf(text: string, expected: string): URL {
  const url = URL.parse(text);
  if (url !== null && ['https:', 'http:'].includes(url.protocol)) return url;
  throw unusable(`its ${expected}`);
}

function copyOf(cluster: Cluster, user: User, isPlain: boolean): KubeConfig {
  const copy = new KubeConfig();
  copy.loadFromClusterAndUser({ ...cluster, skipTLSVerify: isPlain || cluster.skipTLSVerify }, user);
  return copy;
}

interface AuthProvider {
  readonly name?: unknown;
  readonly config?: { readonly exec?: unknown; readonly tokenFile?: unknown };
}

function isByPlugin({ exec, authProvider }: User): boolean {
  const provider = authProvider as AuthProvider | null | undefined;
  return Boolean(exec) || provider?.name === 'exec' || Boolean(provider?.config?.exec);
}

async function authenticated(source: KubeConfig, user: User): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await source.applyToHTTPSOptions(options);
  } catch (error) {
    throw unusable(`it could not be authenticated with: ${reasonOf(error, user)}`);
  }
  return options;
}

/** The headers of client-node, `authorization` among them in that spelling. */
async function headersOf({ headers = {}, auth }: RequestOptions, user: User | null): Promise<Record<string, string> & { readonly authorization?: string }> {
  const given = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase() === 'authorization' ? 'authorization' : name, String(value).trim()]);
  const basic = typeof auth === 'string' ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  const fromFile = user === null || user.token || isByPlugin(user) ? undefined : (user.authProvider as AuthProvider | null | undefined)?.config?.tokenFile;
  // client-node keeps the file's content for a minute, the line break at its end included.
  const bearer = typeof fromFile === 'string' && fromFile !== '' ? { authorization: `Bearer ${(await read(fromFile, 'token file')).trim()}` } : {};
  return { ...basic, ...Object.fromEntries(given), ...bearer };
}

/** The trust is read here: client-node leaves it out where the context has no user. */
async function tlsOf({ caFile, caData, skipTLSVerify, tlsServerName }: Cluster, { ca, cert, key }: RequestOptions): Promise<TlsMaterial> {
  const [caText, certText, keyText] = [ca, cert, key].map(pemText);
  const authorities = caText ?? (caFile ? await read(caFile, 'certificate-authority') : caData ? Buffer.from(caData, 'base64').toString('latin1') : undefined);
  return {
    insecureSkipVerify: skipTLSVerify,
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(certText === undefined ? {} : { cert: certText }),
    ...(keyText === undefined ? {} : { key: keyText }),
    ...(tlsServerName ? { servername: tlsServerName } : {}),
  };
}

function pemText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('latin1') : undefined;
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(`its ${what} cannot be read: ${reasonOf(error, null)}`);
  }
}

/** Most characters of what a plugin says of its failure. */
const LONGEST_REASON = 500;

/** What the system or a plugin says. Not what a parser or a library says: that may quote what it was given, and that is a credential. */
function reasonOf(error: unknown, user: User | null): string {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (error instanceof Error && typeof code === 'string' && typeof syscall === 'string') return oneLine(error.message, LONGEST_REASON);
  const isSaid = error instanceof Error && error.constructor === Error && error.name === 'Error';
  if (user === null || !isByPlugin(user)) return 'client-node cannot use its user';
  return (isSaid && oneLine(error.message, LONGEST_REASON)) || 'its plugin failed, or printed no ExecCredential';
}

function unusable(because: string): KubeconfigError {
  return new KubeconfigError('MANAGEMENT_KUBECONFIG', `the management cluster's kubeconfig cannot be used: ${because}`);
}
