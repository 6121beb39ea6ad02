import { readFileSync } from 'node:fs';
import { type Observable, catchError, map, of, throwError } from 'rxjs';
import { ClusterCacheError, TransportError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { Endpoint } from './endpoint.ts';
import type { RestClient } from './rest-client.ts';
import { isNotFound } from './status-error.ts';

/** The Pod that this process runs in. */
export interface PodMetadata {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Who we are by POD_NAMESPACE, POD_NAME and POD_UID; `undefined` unless all three are set. */
export function podMetadata(environment: Environment = process.env): PodMetadata | undefined {
  const { POD_NAMESPACE: namespace, POD_NAME: name, POD_UID: uid } = environment;
  return namespace && name && uid ? { namespace, name, uid } : undefined;
}

/** Whether the cluster has the very Pod that this process runs in. Emits once; errors where the cluster does not say. */
export function runningOnWorkloadCluster(rest: RestClient, { namespace, name, uid }: PodMetadata): Observable<boolean> {
  return rest.request({ path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}` }).pipe(
    map(({ body }) => uidOf(body) === uid),
    catchError((error: unknown) => (isNotFound(error) ? of(false) : throwError(() => error))),
  );
}

function uidOf(pod: string): string | undefined {
  try {
    return (JSON.parse(pod) as KubernetesObject | null)?.metadata?.uid;
  } catch {
    throw new TransportError('GARBAGE', "the server's answer is garbage: the Pod cannot be read", { stage: 'response' }); // without the text, which the parser quotes
  }
}

/** Where Kubernetes puts the CA of the cluster that a Pod runs on. */
const CA_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

/**
 * The kubeconfig's credentials at the cluster's own address: host and CA of the in-cluster configuration, no proxy, no other server name. Throws a
 * ClusterCacheError where there is no such configuration.
 */
export function inClusterEndpoint(endpoint: Endpoint, environment: Environment = process.env, caFile: string = CA_FILE): Endpoint {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
  if (!host || !port) throw new ClusterCacheError('NOT_IN_CLUSTER', 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be set where POD_NAMESPACE, POD_NAME and POD_UID are');
  const { servername: _, ca: __, ...tls } = endpoint.tls ?? { insecureSkipVerify: false };
  const server = new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  return endpoint.at(server, { ...tls, insecureSkipVerify: false, ca: readCa(caFile) });
}

function readCa(caFile: string): string {
  try {
    return readFileSync(caFile, 'utf8');
  } catch (cause) {
    throw new ClusterCacheError('NOT_IN_CLUSTER', `the service account's CA could not be read from ${caFile}`, { cause });
  }
}
