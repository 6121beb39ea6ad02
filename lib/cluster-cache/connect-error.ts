import { isUnauthorized, isForbidden, isNotFound } from '../kubernetes/status-error.ts';
import { ClusterCacheError, ConnectError, type ConnectStage, type StageTiming, TransportError } from '../model/errors.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';

/** Go's texts; they stand at the start of a message. */
const PREFIX: Readonly<Record<ConnectStage, string>> = {
  secret: 'error creating REST config: error getting kubeconfig secret',
  kubeconfig: 'error creating REST config: error parsing kubeconfig',
  policy: 'error creating REST config: error parsing kubeconfig',
  dial: 'error creating HTTP client and mapper: cluster is not reachable',
  tls: 'error creating HTTP client and mapper: cluster is not reachable',
  reachability: 'error creating HTTP client and mapper: cluster is not reachable',
  discovery: 'error getting REST mapping',
  inCluster: "error checking if we're running on workload cluster",
  sync: 'error when waiting for cache to sync',
};

export interface ConnectErrorContext {
  readonly cluster: ObjectKey;
  /** The origin of the API server. */
  readonly server?: string;
  /** The stages that went well before, and how long the one that failed took, in ms. */
  readonly stages?: readonly StageTiming[];
  readonly duration?: number;
}

/** Where a connect failed and what to look at. `stage` is where it was; a transport error knows better whether it was the dial or TLS. */
export function connectError(error: unknown, stage: ConnectStage, { cluster, server = 'the server', stages = [], duration }: ConnectErrorContext): ConnectError {
  if (error instanceof ConnectError) return error;
  const at = stageOf(error, stage);
  const failed = duration === undefined ? [] : [{ stage: at, duration, failed: true }];
  const code = error instanceof ClusterCacheError ? error.code : 'CONNECT_FAILED';
  const text = error instanceof Error ? error.message : String(error);
  const message = text.startsWith(PREFIX[at]) ? text : `${PREFIX[at]}: ${text}`;
  return new ConnectError(code, message, { cause: error, cluster, stage: at, hint: hintOf(error, at, code, cluster, server), stages: [...stages, ...failed] });
}

function stageOf(error: unknown, stage: ConnectStage): ConnectStage {
  // A Secret is on the management cluster: a dial that failed there says nothing of this one.
  if (!(error instanceof TransportError) || stage === 'secret') return stage;
  switch (error.stage) {
    case 'dial': case 'proxy': return 'dial';
    case 'tls': return 'tls';
    case 'request': case 'response': return stage;
  }
}

/** What there is an option for. */
const POLICY_OPTIONS: ReadonlySet<string> = new Set(['KUBECONFIG_INSECURE_SKIP_TLS_VERIFY', 'KUBECONFIG_PLAIN_HTTP']);

/** What a person should look at, in one sentence. */
function hintOf(error: unknown, stage: ConnectStage, code: string, cluster: ObjectKey, server: string): string {
  switch (stage) {
    case 'secret': return `look at the Secret ${formatKey(cluster)}-kubeconfig on the management cluster: it holds the kubeconfig under the key "value"`;
    case 'kubeconfig': return `look at the kubeconfig in the Secret ${formatKey(cluster)}-kubeconfig`;
    case 'policy': return POLICY_OPTIONS.has(code) ? 'mend the kubeconfig, or allow it by kubeconfigPolicy' : 'mend the kubeconfig: it comes from whoever may write a Secret, so this is never allowed';
    case 'dial': return dialHint(error, code, server);
    case 'tls': return tlsHint(code, server);
    case 'reachability': return reachabilityHint(error, server);
    case 'discovery': return `look at what the user of the kubeconfig may read of ${server}/api/v1`;
    case 'inCluster': return 'look at whether the user of the kubeconfig may get the Pod that POD_NAMESPACE and POD_NAME name';
    case 'sync': return 'look at what the user of the kubeconfig may list and watch';
  }
}

function dialHint(error: unknown, code: string, server: string): string {
  if (error instanceof TransportError && error.stage === 'proxy') return 'look at the proxy-url of the kubeconfig and at whether the proxy lets this address through';
  switch (code) {
    case 'ECONNREFUSED': return `nothing listens at ${server}: look at whether its API server runs, and at the address in the kubeconfig`;
    case 'ENOTFOUND': case 'EAI_AGAIN': return `look at the name in ${server} and at the DNS of this machine`;
    default: return `look at the address in the kubeconfig and at the route and the firewalls between here and ${server}`;
  }
}

function tlsHint(code: string, server: string): string {
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID': return `${server} has a certificate for another name: look at the server address and tls-server-name in the kubeconfig`;
    case 'CERT_HAS_EXPIRED': case 'CERT_NOT_YET_VALID': return `look at the dates of the certificate of ${server} and at the clock of this machine`;
    case 'SELF_SIGNED_CERT_IN_CHAIN': case 'DEPTH_ZERO_SELF_SIGNED_CERT': case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE': case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY': case 'CERT_SIGNATURE_FAILURE':
      return `the certificate of ${server} is not signed by the kubeconfig's certificate-authority-data: look at whether the CA was rotated`;
    case 'DIAL_TIMEOUT': return `something accepts connections at ${server} and then says nothing: look at the load balancer, the firewalls and the API server behind it`;
    default: return `look at whether ${server} speaks TLS, and takes the client certificate of the kubeconfig`;
  }
}

function reachabilityHint(error: unknown, server: string): string {
  if (isUnauthorized(error)) return 'the credentials were refused: look at whether the token or client certificate of the kubeconfig has expired or was revoked';
  if (isForbidden(error)) return 'the user of the kubeconfig may not read the path of the probe: set healthProbe.path to one it may, such as /livez';
  if (isNotFound(error)) return `look at the path in the server address of the kubeconfig, ${server}`;
  return `look at whether the API server at ${server} is overloaded or just starting`;
}
