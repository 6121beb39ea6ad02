import { KubeConfig, CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'chai';
import { kubeconfig } from '../../ground-truth/kubeconfig.ts';
import { type ClusterCacheOptions, ClusterCache, type ClusterEvent, ClusterNotConnectedError, ConnectError, type ConnectionState, type KubernetesObject, defineKind, isConflict, isNotFound } from '../../lib/index.ts';
import { Certificates } from '../../lib/testing/certificates.ts';
import type { Backend, Environment, Login, TestServer } from '../backends/backend.ts';
import { eventually } from './eventually.ts';
import { Recorder } from './recorder.ts';

const NAMESPACE = 'default';
const CLUSTERS = `/apis/cluster.x-k8s.io/v1beta2/namespaces/${NAMESPACE}/clusters`;
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const CONFIG_MAP = defineKind<KubernetesObject & { readonly data?: Readonly<Record<string, string>> }>({ apiVersion: 'v1', kind: 'ConfigMap' });
/** Short, so that a spec sees in a second what takes a minute. */
const TIMING = { healthProbe: { interval: 100, timeout: 400, failureThreshold: 3 }, connectionCreationRetryInterval: 300 };
/** ms for whatever is to happen: far above the timing, and below what mocha waits. */
const SOON = 8_000;
/** A real server remembers a revoked token for 10 s. */
const REVOKED = 20_000;

/** The whole line, through the public surface: from Cluster objects and Secrets to connections and events. */
export function describeClusterCache(backend: Backend): void {
  describe(`ClusterCache, ${backend.name} server`, function () {
    this.timeout(40_000);
    let environment: Environment;
    let management: TestServer;
    let workload: TestServer;
    let clusters: ClusterCache;
    let events: Recorder<ClusterEvent>;
    let count = 0;
    let name: string;
    let states: Recorder<ConnectionState>;

    before(async () => {
      environment = await backend.start({ workloads: 1 });
      management = environment.management;
      workload = environment.workloads[0] as TestServer;
      clusters = await started();
      events = new Recorder(clusters.events$);
    });

    after(async () => {
      events?.close();
      await clusters?.stop();
      await environment?.stop();
    });

    beforeEach(() => {
      count += 1;
      name = `cluster-${count}`;
      states = new Recorder(clusters.connection$(key()));
    });

    afterEach(async () => {
      states.close();
      await workload.path.heal();
      for (const path of [`${CLUSTERS}/${name}`, `${SECRETS}/${name}-kubeconfig`]) await management.raw.send(path, { method: 'DELETE' });
    });

    const started = async (options: Partial<ClusterCacheOptions> = {}): Promise<ClusterCache> => {
      const kubeConfig = new KubeConfig();
      kubeConfig.loadFromString(kubeconfig({ ...management, url: management.url, ca: management.ca, credential: (await management.login('token')).credential, name: 'management' }));
      const cache = new ClusterCache({ management: kubeConfig, client: { userAgent: 'suite' }, ...TIMING, ...options });
      await cache.start();
      return cache;
    };

    const key = (): { readonly namespace: string; readonly name: string } => ({ namespace: NAMESPACE, name });

    const createCluster = async ({ provisioned = true, labels = {} }: { readonly provisioned?: boolean; readonly labels?: object } = {}): Promise<void> => {
      await management.raw.create(CLUSTERS, {
        apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name, labels },
        spec: { infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerCluster', name } },
      });
      if (provisioned) await provision(true);
    };

    const provision = (infrastructureProvisioned: boolean): Promise<unknown> => management.raw.merge(`${CLUSTERS}/${name}/status`, { status: { initialization: { infrastructureProvisioned } } });

    const secret = (login: Pick<Login, 'credential'>, ca = workload.ca): object => ({
      apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret',
      metadata: { name: `${name}-kubeconfig`, labels: { 'cluster.x-k8s.io/cluster-name': name } },
      data: { value: Buffer.from(kubeconfig({ url: workload.url, ca, credential: login.credential, name })).toString('base64') },
    });

    const createSecret = (login: Pick<Login, 'credential'>, ca?: string): Promise<unknown> => management.raw.create(SECRETS, secret(login, ca));
    const replaceSecret = (login: Pick<Login, 'credential'>): Promise<unknown> => management.raw.update(`${SECRETS}/${name}-kubeconfig`, secret(login));

    const phase = (wanted: string, ms = SOON): Promise<ConnectionState> => states.next((state) => described(state) === wanted, ms);
    const seen = (): string[] => states.values.map(described).filter((state, index, all) => state !== all[index - 1]);
    const connect = async (kind: Login['kind'] = 'token'): Promise<Login> => {
      const login = await workload.login(kind);
      await createSecret(login);
      await createCluster();
      await phase('connected');
      return login;
    };
    /** Does something, and waits for the first state from then on that is the wanted one. */
    const upon = async (action: () => unknown, wanted: string, ms = SOON): Promise<ConnectionState> => {
      const from = states.values.length;
      const found = states.next((state) => states.values.indexOf(state) >= from && described(state) === wanted, ms);
      await Promise.all([action(), found]);
      return found;
    };

    it('waits for the infrastructure, then for the kubeconfig, then connects at once and probes', async () => {
      await createCluster({ provisioned: false });
      await phase('pending infrastructureNotProvisioned');
      await provision(true);
      const missing = await phase('pending kubeconfigMissing');
      expect('error' in missing && missing.error?.message).to.match(/^error creating REST config: error getting kubeconfig secret/);
      expect(() => clusters.getUncachedClient(key())).to.throw(ClusterNotConnectedError);
      await createSecret(await workload.login('token'));
      await phase('connected');
      expect(seen()).to.deep.equal(['absent unknown', 'pending infrastructureNotProvisioned', 'pending kubeconfigMissing', 'connecting', 'connected']);
      const first = clusters.getLastProbeSuccessTimestamp(key());
      await states.next(({ health: { lastProbeSuccessTime } }) => Number(lastProbeSuccessTime) > Number(first), SOON);
      expect(clusters.getHealthCheckingState(key()).consecutiveFailures).to.equal(0);
      expect(events.values.filter((event) => event.key.name === name).map(({ type }) => type)).to.deep.equal(['connected']);
    });

    for (const kind of ['token', 'rsa', 'ec'] as const) {
      it(`connects with a login by ${kind}`, () => connect(kind));
    }

    it('finds a kubeconfig Secret that has neither the type nor the label', async () => {
      const { metadata, data } = secret(await workload.login('token')) as { readonly metadata: { readonly name: string }; readonly data: object };
      await management.raw.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name: metadata.name }, data });
      await createCluster();
      await phase('connected');
    });

    it('reads and writes through the uncached client', async () => {
      await connect();
      const client = clusters.getUncachedClient(key());
      const object = { namespace: NAMESPACE, name: `${name}-map` };
      const created = await client.create(CONFIG_MAP, { apiVersion: 'v1', kind: 'ConfigMap', metadata: object, data: { a: '1' } });
      expect((await client.get(CONFIG_MAP, object)).data).to.deep.equal({ a: '1' });
      await client.update(CONFIG_MAP, { ...created, data: { a: '2' } });
      expect(await client.update(CONFIG_MAP, { ...created, data: { a: '3' } }).catch((error: unknown) => isConflict(error))).to.equal(true);
      expect((await client.list(CONFIG_MAP, { namespace: NAMESPACE })).items.find(({ metadata }) => metadata?.name === object.name)?.data).to.deep.equal({ a: '2' });
      await client.delete(CONFIG_MAP, object);
      expect(await client.get(CONFIG_MAP, object).catch((error: unknown) => isNotFound(error))).to.equal(true);
    });

    it('lends its connection to the API classes of client-node', async () => {
      await connect();
      const before = workload.path.accepted;
      const { items } = await clusters.getRESTConfig(key()).makeApiClient(CoreV1Api).listNamespace();
      expect(items.map(({ metadata }) => metadata?.name)).to.include('kube-system');
      expect(workload.path.accepted).to.equal(before);
    });

    it('survives a cut: a new socket, no disconnect', async () => {
      await connect();
      const sockets = workload.path.accepted;
      workload.path.cut();
      const since = Date.now();
      await states.next(({ health: { lastProbeSuccessTime } }) => Number(lastProbeSuccessTime) > since, SOON);
      expect(workload.path.accepted).to.be.above(sockets);
      expect(seen().filter((state) => state.startsWith('disconnected'))).to.deep.equal([]);
    });

    it('disconnects after as many failed probes as the threshold allows, and reconnects when the path is whole again', async () => {
      await connect();
      const client = clusters.getUncachedClient(key());
      const lost = await upon(() => workload.path.mute(), 'disconnected probeFailureThreshold');
      expect(lost.health.consecutiveFailures).to.equal(3);
      await upon(() => workload.path.heal(), 'connected');
      expect(clusters.getHealthCheckingState(key()).consecutiveFailures).to.equal(0);
      expect(await client.get(CONFIG_MAP, { namespace: NAMESPACE, name: 'x' }).catch((error: unknown) => error)).to.be.instanceOf(ClusterNotConnectedError);
      expect(events.values.filter((event) => event.key.name === name).map(({ type }) => type)).to.deep.equal(['connected', 'disconnected', 'connected']);
    });

    it('says which stage of a connect failed: a port where nobody listens, another authority, a wrong token', async () => {
      const login = await workload.login('token');
      await workload.path.refuse();
      await createSecret(login);
      await createCluster();
      expect(await stageOf(phase('disconnected connectFailed'))).to.equal('dial');
      await workload.path.heal();
      await phase('connected');
      await management.raw.update(`${SECRETS}/${name}-kubeconfig`, secret(login, Certificates.create().ca));
      const unchanged = await states.next((state) => state.phase === 'connected' && state.error !== undefined, SOON);
      expect('error' in unchanged && unchanged.error instanceof ConnectError && unchanged.error.stage, 'the old connection goes on').to.equal('tls');
      await upon(() => management.raw.delete(`${CLUSTERS}/${name}`), 'absent deleted');
      await replaceSecret({ credential: { token: 'nonsense' } });
      await createCluster();
      await states.next((state) => state.phase === 'disconnected' && state.error instanceof ConnectError && state.error.stage === 'reachability', SOON);
    });

    it('swaps a token in place: no new socket, no disconnect', async () => {
      await connect();
      const sockets = workload.path.accepted;
      await replaceSecret(await workload.login('token'));
      await events.next((event) => event.type === 'kubeconfigRotated' && event.key.name === name, SOON);
      const since = Date.now();
      await states.next(({ health: { lastProbeSuccessTime } }) => Number(lastProbeSuccessTime) > since, SOON);
      expect(workload.path.accepted).to.equal(sockets);
      expect(seen().at(-1)).to.equal('connected');
      expect(seen().filter((state) => state.startsWith('disconnected'))).to.deep.equal([]);
    });

    it('makes the new connection before it ends the old one when the certificate changes', async () => {
      await connect('rsa');
      const sockets = workload.path.accepted;
      await replaceSecret(await workload.login('ec'));
      await events.next((event) => event.type === 'kubeconfigRotated' && event.key.name === name, SOON);
      expect(workload.path.accepted).to.equal(sockets + 1);
      expect(seen().filter((state) => state.startsWith('disconnected') || state.startsWith('connecting')).slice(1)).to.deep.equal([]);
    });

    it('disconnects on a 401, tries again at once, and connects when a good kubeconfig comes', async () => {
      const login = await connect();
      const unauthorized = states.next((state) => described(state) === 'disconnected unauthorized', REVOKED);
      await login.revoke();
      await unauthorized;
      await states.next((state) => state.phase === 'disconnected' && state.reason === 'connectFailed', SOON);
      const good = await workload.login('token');
      await upon(() => replaceSecret(good), 'connected');
    });

    it('stays connected without its Secret, for as long as the connection lives', async () => {
      await connect();
      await management.raw.delete(`${SECRETS}/${name}-kubeconfig`);
      const since = Date.now();
      await states.next(({ health: { lastProbeSuccessTime } }) => Number(lastProbeSuccessTime) > since + 300, SOON);
      expect(seen().at(-1)).to.equal('connected');
      await upon(() => workload.path.refuse(), 'pending kubeconfigMissing');
    });

    it('lets go when the infrastructure is not ready any more, and when the Cluster is deleted', async () => {
      await connect();
      const open = workload.path.open;
      await upon(() => provision(false), 'pending infrastructureNotProvisioned');
      await eventually(() => workload.path.open < open, SOON);
      await upon(() => provision(true), 'connected');
      await upon(() => management.raw.delete(`${CLUSTERS}/${name}`), 'absent deleted');
      expect(events.values.at(-1)).to.deep.include({ type: 'removed' });
    });

    it('sees only the Clusters of its watch filter', async () => {
      const filtered = await started({ watchFilterValue: 'mine' });
      try {
        await createSecret(await workload.login('token'));
        const recorder = new Recorder(filtered.connection$(key()));
        await createCluster({ labels: { 'cluster.x-k8s.io/watch-filter': 'mine' } });
        await recorder.next((state) => state.phase === 'connected', SOON);
        await management.raw.merge(`${CLUSTERS}/${name}`, { metadata: { labels: { 'cluster.x-k8s.io/watch-filter': 'yours' } } });
        await recorder.next((state) => described(state) === 'absent filtered', SOON);
        recorder.close();
      } finally {
        await filtered.stop();
      }
    });

    it('reads what changed while the management cluster could not be reached', async () => {
      await connect();
      await management.path.refuse();
      await management.raw.delete(`${CLUSTERS}/${name}`);
      await management.path.heal();
      await phase('absent deleted', 15_000);
    });

    it('lives through the end of every server and its return', async () => {
      await connect();
      await upon(() => workload.kill(), 'disconnected probeFailureThreshold');
      await upon(() => workload.restart(), 'connected', 15_000);
    });

    it('leaves nothing on stop: streams complete, sockets are closed', async () => {
      await connect();
      const other = await started();
      const recorder = new Recorder(other.connection$(key()));
      await recorder.next((state) => state.phase === 'connected', SOON);
      await other.stop();
      expect(recorder.ended).to.equal(true);
      expect(described(recorder.values.at(-1) as ConnectionState)).to.equal('absent stopped');
    });
  });
}

function described(state: ConnectionState): string {
  return 'reason' in state ? `${state.phase} ${state.reason}` : state.phase;
}

async function stageOf(failed: Promise<ConnectionState>): Promise<unknown> {
  const state = await failed;
  return 'error' in state && state.error instanceof ConnectError ? state.error.stage : undefined;
}
