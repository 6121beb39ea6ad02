import type { Random } from './random.ts';

/** What the pods of one Deployment have in common. */
export interface Deployment {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  /** Of each container its image's digest. */
  readonly digests: readonly string[];
  /** `spec` without containers, volumes and the node. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly volumes: readonly object[];
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly resources: { readonly limits?: Readonly<Record<string, string>>; readonly requests: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

const WORDS = ['billing', 'catalog', 'checkout', 'gateway', 'identity', 'inventory', 'ledger', 'mailer', 'orders', 'payments', 'pricing', 'reports', 'search', 'shipping', 'stock', 'tax'];
const ROLES = ['api', 'worker', 'frontend', 'scheduler', 'consumer'];
const SIDECARS = ['proxy', 'metrics', 'log-shipper'];
/** How many of them each of twenty Deployments has, whatever the seed: it is what the size of pods depends on most. */
const SIDECARS_OF = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0];
const SETTINGS = ['DATABASE_HOST', 'DATABASE_NAME', 'CACHE_URL', 'QUEUE_URL', 'LOG_LEVEL', 'REGION', 'FEATURES', 'WORKERS', 'TIMEOUT_SECONDS', 'TRACING_ENDPOINT'];
const REGISTRY = 'registry.example.com';
const DIGEST_LENGTH = 64;

/** Deployment number `number` of a cluster that has so many namespaces. */
export function deployment(random: Random, number: number, namespaces: number): Deployment {
  const [word, role] = [random.of(WORDS), random.of(ROLES)];
  const name = `${word}-${number}`;
  const version = `${random.between(1, 4)}.${random.between(0, 30)}.${random.between(0, 9)}`;
  const sidecars = random.some(SIDECARS, SIDECARS_OF[number % SIDECARS_OF.length] ?? 0);
  const containers = [mainContainer(random, role, `${REGISTRY}/${word}/${role}:${version}`), ...sidecars.map((sidecar) => sidecarContainer(random, sidecar))];
  const configured = random.next() < 0.4;
  return {
    name,
    namespace: `team-${number % namespaces}`,
    labels: { app: name, 'app.kubernetes.io/version': version },
    containers: configured ? containers.map((container, at) => (at === 0 ? mounting(container, { name: 'config', readOnly: true, mountPath: '/etc/app' }) : container)) : containers,
    digests: containers.map(() => random.hex(DIGEST_LENGTH)),
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: random.of([30, 30, 60]),
      dnsPolicy: 'ClusterFirst',
      ...(random.next() < 0.2 && { nodeSelector: { 'node.kubernetes.io/pool': random.of(['general', 'memory', 'batch']) } }),
      serviceAccountName: name,
      serviceAccount: name,
      securityContext: random.of([{}, { fsGroup: 2_000, runAsNonRoot: true, runAsUser: 1_000 }]),
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((taint) => ({ key: `node.kubernetes.io/${taint}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    volumes: configured ? [{ name: 'config', configMap: { name, defaultMode: 420 } }] : [],
  };
}

/** A container that has one more volume. */
export function mounting(container: Container, mount: object): Container {
  return { ...container, volumeMounts: [...(container['volumeMounts'] ?? []) as object[], mount] };
}

function mainContainer(random: Random, role: string, image: string): Container {
  const httpGet = (path: string) => ({ path, port: 8_080, scheme: 'HTTP' });
  const timing = { timeoutSeconds: random.of([1, 5]), periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  return {
    name: role, image,
    ports: [{ name: 'http', containerPort: 8_080, protocol: 'TCP' }],
    env: [
      ...random.some(SETTINGS, random.between(1, 2)).map((name) => ({ name, value: `${name.toLowerCase().replaceAll('_', '-')}.${random.of(WORDS)}.svc` })),
      ...(random.next() < 0.4 ? [{ name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }] : []),
    ],
    resources: { limits: { memory: random.of(['256Mi', '512Mi', '1Gi']) }, requests: { cpu: random.of(['100m', '250m', '500m']), memory: random.of(['128Mi', '256Mi']) } },
    livenessProbe: { httpGet: httpGet('/healthz'), ...timing },
    readinessProbe: { httpGet: httpGet('/ready'), ...timing },
    ...alike,
  };
}

function sidecarContainer(random: Random, name: string): Container {
  return {
    name, image: `${REGISTRY}/platform/${name}:${random.between(1, 3)}.${random.between(0, 9)}`,
    args: [`--name=${name}`, '--log-format=json'],
    env: [{ name: 'LOG_LEVEL', value: random.of(['info', 'warn']) }],
    resources: { requests: { cpu: '10m', memory: random.of(['32Mi', '64Mi']) } },
    ...alike,
  };
}

const alike = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: 'IfNotPresent' };
