import type { KubeConfig } from '@kubernetes/client-node';
import type { RequestOptions } from 'node:https';
import type { Observable } from 'rxjs';
import { KubeconfigError } from '../model/errors.ts';
import { abortable } from '../operators/abortable.ts';
import { Endpoint, type TlsMaterial } from './endpoint.ts';

/**
 * Where the user's own KubeConfig leads, with the credentials it has now: client-node runs its exec plugin, or reads its files, on every subscription.
 * Emits once; errors with a `KubeconfigError` that says what client-node said.
 */
export function managementEndpoint(kubeConfig: KubeConfig): Observable<Endpoint> {
  return abortable(async () => {
    const cluster = kubeConfig.getCurrentCluster();
    if (cluster === null) throw unusable('its current context must name a cluster; load it first, for instance with loadFromDefault()');
    const server = URL.parse(cluster.server);
    if (server === null || !['https:', 'http:'].includes(server.protocol)) throw unusable('its server must be a URL at https://');
    const proxy = cluster.proxyUrl === undefined ? undefined : URL.parse(cluster.proxyUrl);
    if (proxy === null || (proxy !== undefined && !['https:', 'http:'].includes(proxy.protocol))) throw unusable('its proxy-url must be a URL at http:// or https://');
    const options = await authenticated(kubeConfig);
    const { Authorization: bearer, ...others } = (options.headers ?? {}) as Readonly<Record<string, string>>;
    const authorization = bearer ?? (typeof options.auth === 'string' ? `Basic ${Buffer.from(options.auth).toString('base64')}` : undefined);
    return new Endpoint({
      server,
      ...(server.protocol === 'http:' ? {} : { tls: tlsOf(options) }),
      ...(proxy === undefined ? {} : { proxy }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(Object.keys(others).length === 0 ? {} : { impersonation: others }),
    });
  });
}

async function authenticated(kubeConfig: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await kubeConfig.applyToHTTPSOptions(options);
  } catch (cause) {
    throw unusable(cause instanceof Error ? cause.message : 'it could not be authenticated with', cause);
  }
  // client-node leaves the cluster's trust out where the context has no user.
  const cluster = kubeConfig.getCurrentCluster();
  if (kubeConfig.getCurrentUser() === null && cluster?.caData !== undefined) options.ca = Buffer.from(cluster.caData, 'base64');
  return options;
}

function tlsOf({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): TlsMaterial {
  const [caText, certText, keyText] = [ca, cert, key].map(pemText);
  return {
    insecureSkipVerify: rejectUnauthorized === false,
    ...(caText === undefined ? {} : { ca: caText }),
    ...(certText === undefined ? {} : { cert: certText }),
    ...(keyText === undefined ? {} : { key: keyText }),
    ...(servername === undefined ? {} : { servername }),
  };
}

function pemText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Buffer.isBuffer(value) ? value.toString('latin1') : undefined;
}

function unusable(because: string, cause?: unknown): KubeconfigError {
  return new KubeconfigError('MANAGEMENT_KUBECONFIG', `the management cluster's kubeconfig cannot be used: ${because}`, { cause });
}
