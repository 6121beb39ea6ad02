import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { BehaviorSubject, type Observable } from 'rxjs';
import { Registry } from 'prom-client';
import { kubeconfig } from '../../ground-truth/kubeconfig.ts';
import { ClusterCache, type ClusterEvent, type KubernetesObject, type ObjectEvent, defineKind } from '../../lib/index.ts';
import { compareResourceVersions } from '../../lib/model/resource-version.ts';
import type { Backend, Environment, TestServer } from '../backends/backend.ts';
import { eventually } from './eventually.ts';
import { Recorder } from './recorder.ts';

type Mapped = KubernetesObject & { readonly data?: Readonly<Record<string, string>> };

const CLUSTERS = '/apis/cluster.x-k8s.io/v1beta2/namespaces/default/clusters';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const CONFIG_MAP = defineKind<Mapped>({ apiVersion: 'v1', kind: 'ConfigMap' });
const SELECTED = 'suite=informer';
const KEY = { namespace: 'default', name: 'workload' };
/** Short, so that a spec sees in a second what takes a minute. */
const TIMING = { healthProbe: { interval: 200, timeout: 600, failureThreshold: 3 }, connectionCreationRetryInterval: 300 };
/** ms for whatever is to happen: a real API server takes seconds to start. */
const SOON = 30_000;
/** Objects of a large list, and how many are made at a time. */
const MANY = 20_000;
const AT_ONCE = 64;

/** What is kept of a workload cluster, through the public surface: over cuts, outages, rotations and a server that forgets. */
export function describeInformer(backend: Backend): void {
  describe(`kept objects, ${backend.name} server`, function () {
    this.timeout(120_000);
    let environment: Environment;
    let server: TestServer;
    let clusters: ClusterCache;
    let metrics: Registry;
    let objects: Recorder<ObjectEvent<Mapped>>;
    let events: Recorder<ClusterEvent>;
    let kubeconfigs: BehaviorSubject<string>;

    before(async () => {
      environment = await backend.start({ workloads: 1, goawayChance: 0.02 });
      server = environment.workloads[0] as TestServer;
      const { management } = environment;
      await management.raw.create(CLUSTERS, {
        apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: KEY.name },
        spec: { infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerCluster', name: KEY.name } },
      });
      await management.raw.merge(`${CLUSTERS}/${KEY.name}/status`, { status: { initialization: { infrastructureProvisioned: true } } });
    });

    after(() => environment?.stop());

    beforeEach(async () => {
      await server.raw.delete(`${CONFIG_MAPS}?labelSelector=${SELECTED}`);
      for (const name of ['a', 'b', 'c']) await create(name);
      kubeconfigs = new BehaviorSubject(await login('rsa'));
      metrics = new Registry();
      clusters = new ClusterCache({ management: await managed(), kubeconfigSource: (): Observable<string> => kubeconfigs, client: { userAgent: 'suite', qps: 1_000, burst: 1_000 }, metrics, ...TIMING });
      events = new Recorder(clusters.events$);
      objects = new Recorder(clusters.objects$(KEY, CONFIG_MAP, { labelSelector: SELECTED }));
      await clusters.start();
      await objects.next(({ type }) => type === 'synced', SOON);
    });

    afterEach(async () => {
      objects.close();
      events.close();
      await server.path.heal();
      await clusters.stop();
    });

    const login = async (kind: 'token' | 'rsa' | 'ec'): Promise<string> => kubeconfig({ url: server.url, ca: server.ca, credential: (await server.login(kind)).credential, name: KEY.name });
    const managed = async (): Promise<KubeConfig> => {
      const { management } = environment;
      const config = new KubeConfig();
      config.loadFromString(kubeconfig({ url: management.url, ca: management.ca, credential: (await management.login('rsa')).credential, name: 'management' }));
      return config;
    };
    const create = (name: string): Promise<unknown> => server.raw.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { suite: 'informer' } }, data: { a: '1' } });
    const change = (name: string, a: string): Promise<unknown> => server.raw.merge(`${CONFIG_MAPS}/${name}`, { data: { a } });
    const remove = (name: string): Promise<unknown> => server.raw.delete(`${CONFIG_MAPS}/${name}`);

    /** What was told of objects from the `from`th event on. */
    const told = (from = 0): string[] => objects.values.slice(from).flatMap((event) => (event.type === 'synced' ? [] : [`${event.type} ${event.key.name}${event.type === 'deleted' ? '' : ` ${event.object.data?.['a']}`} (${event.cause})`]));
    const folded = (): Map<string, Mapped> => {
      const all = new Map<string, Mapped>();
      for (const event of objects.values) {
        if (event.type === 'synced') continue;
        expect(all.has(event.key.name), `${event.type} ${event.key.name}`).to.equal(event.type !== 'added');
        if (event.type === 'deleted') all.delete(event.key.name);
        else all.set(event.key.name, event.object);
      }
      return all;
    };
    const lists = async (): Promise<Readonly<Record<string, number>>> => {
      const { values } = await (metrics.getSingleMetric('clustercache_lists_total') ?? expect.fail('no metric')).get();
      return Object.fromEntries(values.filter(({ labels }) => labels['kind'] === 'ConfigMap').map(({ labels, value }) => [String(labels['cause']), value]));
    };
    /** The fold of the events, what is read from memory, and what the server has, are the same. */
    const agree = async (): Promise<void> => {
      const reader = clusters.getReader(KEY);
      const live = await clusters.getUncachedClient(KEY).list(CONFIG_MAP, { labelSelector: SELECTED });
      await reader.observed(CONFIG_MAP, live.items.map(({ metadata }) => metadata?.resourceVersion ?? '0').reduce((a, b) => ((compareResourceVersions(a, b) ?? 0) < 0 ? b : a), '0'));
      await eventually(() => folded().size === live.items.length, SOON);
      expect((await reader.list(CONFIG_MAP, { labelSelector: SELECTED })).items).to.deep.equal(live.items);
      expect([...folded().values()].toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1))).to.deep.equal(live.items);
    };
    const seen = (name: string, a: string): Promise<unknown> => objects.next((event) => event.type !== 'synced' && event.key.name === name && event.object.data?.['a'] === a, SOON);

    it('tells what there is, then what is made, changed and deleted', async () => {
      await change('a', '2');
      await remove('b');
      await create('d');
      await seen('d', '1');
      expect(told()).to.deep.equal(['added a 1 (initial)', 'added b 1 (initial)', 'added c 1 (initial)', 'updated a 2 (watch)', 'deleted b (watch)', 'added d 1 (watch)']);
      expect(await lists()).to.deep.equal({ initial: 1 });
      await agree();
    });

    it('goes on after a disconnect by failed probes with exactly what changed meanwhile, and without a list', async () => {
      const from = objects.values.length;
      await server.path.refuse();
      await events.next(({ type }) => type === 'disconnected', SOON);
      await change('a', '2');
      await remove('b');
      await create('d');
      await server.path.heal();
      await seen('d', '1');
      expect(told(from)).to.deep.equal(['updated a 2 (reconnect)', 'deleted b (reconnect)', 'added d 1 (reconnect)']);
      expect(await lists()).to.deep.equal({ initial: 1 });
      await agree();
    });

    it('lists once where the server has forgotten, and tells the exact difference', async () => {
      const from = objects.values.length;
      await server.path.refuse();
      await change('a', '2');
      await remove('b');
      await create('d');
      await server.forgetHistory();
      await server.path.heal();
      await seen('d', '1');
      await eventually(() => told(from).length === 3, SOON);
      expect(told(from).toSorted()).to.deep.equal(['added d 1 (relist)', 'deleted b (relist)', 'updated a 2 (relist)']);
      expect(await lists()).to.deep.equal({ initial: 1, watchExpired: 1 });
      await agree();
    });

    it('lists at most once when the server is killed and comes back', async () => {
      await server.kill();
      await server.restart();
      await change('a', '2');
      await seen('a', '2');
      const { initial, watchExpired = 0, ...others } = await lists();
      expect({ initial, others }).to.deep.equal({ initial: 1, others: {} });
      expect(watchExpired).to.be.at.most(1);
      await agree();
    });

    it('moves to a new certificate without a list, and loses nothing that is written meanwhile', async () => {
      const from = objects.values.length;
      for (let round = 1; round <= 30; round += 1) {
        await change('a', `round ${round}`);
        if (round === 10) kubeconfigs.next(await login('ec'));
        if (round === 20) kubeconfigs.next(await login('rsa'));
      }
      await seen('a', 'round 30');
      await eventually(() => events.values.filter(({ type }) => type === 'kubeconfigRotated').length === 2, SOON);
      expect(told(from).map((line) => line.replace(/ \(\w+\)$/, ''))).to.deep.equal(Array.from({ length: 30 }, (_, index) => `updated a round ${index + 1}`));
      expect(await lists()).to.deep.equal({ initial: 1 });
      expect(events.values.map(({ type }) => type)).to.deep.equal(['connected', 'kubeconfigRotated', 'kubeconfigRotated']);
    });

    it('loses nothing where the server says GOAWAY again and again', async () => {
      const from = objects.values.length;
      const client = clusters.getUncachedClient(KEY);
      for (let round = 1; round <= 100; round += 1) {
        await Promise.all([change('a', `round ${round}`), client.get(CONFIG_MAP, { namespace: 'default', name: 'b' }), client.get(CONFIG_MAP, { namespace: 'default', name: 'c' })]);
      }
      await seen('a', 'round 100');
      expect(told(from).map((line) => line.replace(/ \(\w+\)$/, ''))).to.deep.equal(Array.from({ length: 100 }, (_, index) => `updated a round ${index + 1}`));
      expect(await lists()).to.deep.equal({ initial: 1 });
    });

    it(`keeps ${MANY} objects`, async () => {
      const names = Array.from({ length: MANY }, (_, index) => `many-${index.toString().padStart(5, '0')}`);
      await Promise.all(Array.from({ length: AT_ONCE }, async (_, worker) => {
        for (let index = worker; index < MANY; index += AT_ONCE) await create(names[index] ?? '');
      }));
      await eventually(() => objects.values.length >= MANY + 4, SOON);
      const late = new Recorder(clusters.objects$(KEY, CONFIG_MAP, { labelSelector: SELECTED }));
      await late.next(({ type }) => type === 'synced', SOON);
      late.close();
      expect(late.values.filter(({ type }) => type === 'added')).to.have.length(MANY + 3);
      await agree();
      expect(await lists()).to.deep.equal({ initial: 1 });
    });
  });
}
