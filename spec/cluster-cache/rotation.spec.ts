import { expect } from 'chai';
import { type Client, ClusterNotConnectedError, ConnectError, type KubernetesObject, defineKind } from '../../lib/index.ts';
import { Certificates, FakeApiServer, TcpProxy, aPod } from '../../lib/testing/index.ts';
import { rejection } from '../client/served-cluster.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SOON } from './fleet-scene.ts';
import { ToldObjects } from './told-objects.ts';
import { Traffic } from './traffic.ts';
import { Tunnels } from './tunnels.ts';

const CONFIG_MAP = defineKind({ apiVersion: 'v1', kind: 'ConfigMap' });
const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const POD = defineKind({ apiVersion: 'v1', kind: 'Pod' });
const KINDS = [CONFIG_MAP, NODE, POD] as const;
const SECRET = defineKind({ apiVersion: 'v1', kind: 'Secret' });
/** So many calls that none waits for its turn. */
const CLIENT = { userAgent: 'spec', qps: 10_000, burst: 10_000 };
const aConfigMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name } });

describe('a kubeconfig that is replaced', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    let stack: AsyncDisposableStack;
    let client: Client;
    let told: ToldObjects<KubernetesObject>[];
    let traffic: Traffic;

    /** A connected cluster of which three kinds are followed, and that is read and written all the time. */
    const busy = async (user: 'token' | 'clientCertificate' = 'token'): Promise<void> => {
      scene = await FleetScene.started({ client: CLIENT }, { user, workload: { recorded: 20_000 } });
      await scene.phase('connected');
      scene.workload.create(aPod({ name: 'a' }));
      told = KINDS.map((kind) => new ToldObjects<KubernetesObject>(scene.clusters.objects$(scene.key, kind)));
      await Promise.all(told.map((each) => each.told('synced')));
      await eventually(() => scene.workload.counters.openWatches === KINDS.length, SOON);
      client = scene.clusters.getClient(scene.key);
      traffic = new Traffic(client, scene.clusters.getUncachedClient(scene.key));
      await more(5);
    };
    /** So many rounds of calls from now on. */
    const more = (rounds: number): Promise<void> => {
      const from = traffic.rounds;
      return eventually(() => traffic.rounds >= from + rounds, SOON);
    };
    const rotated = (count: number): Promise<void> => eventually(() => scene.told().filter((type) => type === 'kubeconfigRotated').length === count, SOON);
    const watchRequests = () => scene.workload.requests.filter(({ verb }) => verb === 'watch');
    /** Nothing is missing, nothing came twice, and nobody was told of anything but objects. */
    const nobodyNoticed = async (): Promise<void> => {
      await more(5);
      await traffic.stop();
      expect(traffic.failures).to.deep.equal([]);
      scene.workload.create(aConfigMap('last'));
      await eventually(() => told[0]?.objects.has('default/last') === true, SOON);
      for (const [index, kind] of KINDS.entries()) {
        expect(told[index]?.illegal).to.deep.equal([]);
        expect(told[index]?.lines.filter((line) => line.startsWith('deleted'))).to.deep.equal([]);
        expect([...told[index]?.objects.values() ?? []].toSorted(byName)).to.deep.equal(scene.workload.list(kind));
      }
      expect(scene.workload.counters.lists, 'what the traffic lists apart').to.include({ nodes: 1, pods: 1 });
      expect(scene.workload.requests.filter(({ verb, path }) => verb === 'list' && path.startsWith('/api/v1/configmaps'))).to.have.length(1);
      expect(scene.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
      expect(scene.told().filter((type) => type !== 'kubeconfigRotated')).to.deep.equal(['connected']);
      expect(scene.clusters.getClient(scene.key)).to.equal(client);
      for (const each of told) each.close();
    };

    beforeEach(() => { stack = new AsyncDisposableStack(); });
    afterEach(async () => {
      await traffic.stop();
      await scene.stop();
      await stack.disposeAsync();
    });

    it('by the same: nothing happens', async () => {
      await busy();
      const { connectionsAccepted } = scene.workload.counters;
      scene.fleet.managementServer.patch(SECRET, { namespace: 'default', name: 'cluster-1-kubeconfig' }, { metadata: { annotations: { touched: 'yes' } } });
      scene.fleet.putKubeconfig('cluster-1', JSON.stringify(JSON.parse(scene.fleet.kubeconfig('cluster-1'))));
      await more(50);
      await scene.probed();
      expect(scene.told()).to.deep.equal(['connected']);
      expect(scene.workload.counters).to.include({ connectionsAccepted, openWatches: KINDS.length });
      expect(watchRequests()).to.have.length(KINDS.length);
      await nobodyNoticed();
    });

    it('by one with another token: it is used from the next request on, and no watch is touched', async () => {
      await busy();
      const before = scene.fleet.kubeconfig('cluster-1');
      const { connectionsAccepted } = scene.workload.counters;
      scene.fleet.putKubeconfig('cluster-1', scene.workload.kubeconfig({ userName: 'another' }));
      await rotated(1);
      await more(20); // what was sent with the old one has been answered
      scene.workload.users.revokeToken((JSON.parse(before) as { readonly users: readonly [{ readonly user: { readonly token: string } }] }).users[0].user.token);
      await more(20);
      await scene.probed();
      expect(scene.workload.counters).to.include({ connectionsAccepted, openWatches: KINDS.length });
      expect(watchRequests()).to.have.length(KINDS.length);
      expect(scene.workload.requests.at(-1)?.user).to.equal('another');
      await nobodyNoticed();
    });

    /** Another way to the same cluster; the old connection must end, and how many there are of the new. */
    const WAYS: Readonly<Record<string, { readonly user?: 'clientCertificate'; readonly kubeconfig: () => Promise<string> | string }>> = {
      'another client certificate': { user: 'clientCertificate', kubeconfig: () => scene.workload.kubeconfig({ user: 'clientCertificate', userName: 'another' }) },
      'one more authority': { kubeconfig: () => scene.workload.kubeconfig({ ca: `${scene.workload.ca}${Certificates.create().ca}`, userName: 'another' }) },
      'another address': { kubeconfig: async () => scene.workload.kubeconfig({ server: `https://127.0.0.1:${stack.use(await TcpProxy.to(scene.workload.port)).port}`, userName: 'another' }) },
      'a proxy': { kubeconfig: async () => scene.workload.kubeconfig({ cluster: { 'proxy-url': stack.use(await Tunnels.listen()).url }, userName: 'another' }) },
    };
    for (const [what, { user, kubeconfig }] of Object.entries(WAYS)) {
      it(`by one with ${what}: watches move there where they are, calls too, and the old connection ends`, async () => {
        await busy(user);
        const { connectionsAccepted } = scene.workload.counters;
        const old = scene.workload.requests.at(-1)?.connection;
        scene.fleet.putKubeconfig('cluster-1', await kubeconfig());
        await rotated(1);
        await eventually(() => watchRequests().length === 2 * KINDS.length, SOON);
        await eventually(() => scene.workload.counters.openConnections === 1 && scene.workload.counters.openWatches === KINDS.length, SOON);
        expect(scene.workload.counters.connectionsAccepted).to.equal(connectionsAccepted + 1);
        await more(20);
        const { connection, user: name } = scene.workload.requests.at(-1) ?? {};
        expect([name, connection === old]).to.deep.equal(['another', false]);
        for (const { path, connection: own, status } of watchRequests().slice(KINDS.length)) expect([own, status], path).to.deep.equal([connection, 200]);
        await nobodyNoticed();
      });
    }

    it('again and again, by all sorts: nobody notices', async () => {
      await busy();
      const kubeconfigs = Array.from({ length: 12 }, (_, count) => (count % 3 === 0 ? scene.workload.kubeconfig({ userName: `token-${count}` }) : scene.workload.kubeconfig({ user: 'clientCertificate', userName: `certificate-${count}` })));
      for (const [index, kubeconfig] of kubeconfigs.entries()) {
        scene.fleet.putKubeconfig('cluster-1', kubeconfig);
        await rotated(index + 1);
      }
      await eventually(() => scene.workload.counters.openConnections === 1 && scene.workload.counters.openWatches === KINDS.length, SOON);
      await nobodyNoticed();
    });

    it('by one that cannot connect: the old one serves, and the state and the diagnosis say so, until a good one comes', async () => {
      await busy();
      const nobody = await TcpProxy.to(1);
      const server = `https://127.0.0.1:${nobody.port}`;
      await nobody.close();
      scene.fleet.putKubeconfig('cluster-1', scene.workload.kubeconfig({ server }));
      const state = await scene.states().next((each) => each.phase === 'connected' && each.error !== undefined, SOON);
      expect('error' in state && state.error).to.be.instanceOf(ConnectError).and.include({ stage: 'dial', code: 'ECONNREFUSED' });
      expect(scene.clusters.diagnose(scene.key)).to.deep.include({ phase: 'connected', server: scene.workload.url }).and.have.nested.property('error.stage', 'dial');
      await more(50);
      expect(watchRequests()).to.have.length(KINDS.length);
      scene.fleet.putKubeconfig('cluster-1', scene.workload.kubeconfig({ user: 'clientCertificate', userName: 'another' }));
      await eventually(() => watchRequests().length === 2 * KINDS.length, SOON);
      await eventually(() => scene.clusters.diagnose(scene.key).error === undefined, SOON);
      await nobodyNoticed();
    });

    describe('by one of another cluster', () => {
      const other = async (): Promise<FakeApiServer> => {
        const server = stack.use(await FakeApiServer.start({ certificates: Certificates.shared() }));
        server.create(aConfigMap('b'));
        server.create(aConfigMap('c'));
        return server;
      };
      const quiet = async (): Promise<ToldObjects<KubernetesObject>> => {
        await busy();
        await traffic.stop();
        scene.workload.create(aConfigMap('a'));
        scene.workload.create(aConfigMap('b'));
        const [objects] = told;
        if (objects === undefined) throw new Error('nothing is followed');
        await eventually(() => objects.objects.size === 3, SOON);
        return objects;
      };

      it('tells the deletes, then its own objects, and fences the handles of the old one', async () => {
        const objects = await quiet();
        const uncached = scene.clusters.getUncachedClient(scene.key);
        const watched: string[] = [];
        scene.clusters.watch(scene.key, { name: 'spec', kind: CONFIG_MAP, eventHandler: ({ type, key }) => { watched.push(`${type} ${key.name}`); } });
        const server = await other();
        const from = objects.lines.length;
        scene.fleet.putKubeconfig('cluster-1', server.kubeconfig({ name: 'cluster-1' }));
        await eventually(() => objects.objects.size === 2 && objects.lines.length === from + 6, SOON);
        expect(objects.lines.slice(from)).to.deep.equal(['deleted default/a relist', 'deleted default/b relist', 'deleted default/traffic relist', 'added default/b initial', 'added default/c initial', 'synced']);
        expect(objects.illegal).to.deep.equal([]);
        expect([...objects.objects.values()]).to.deep.equal(server.list(CONFIG_MAP));
        expect(watched.slice(-5)).to.deep.equal(['deleted a', 'deleted b', 'deleted traffic', 'added b', 'added c']);

        const requests = [scene.workload.counters.requests, server.counters.requests];
        const calls = [client.get(CONFIG_MAP, { namespace: 'default', name: 'b' }), client.get(CONFIG_MAP, { namespace: 'default', name: 'b' }, { stale: true }), client.list(CONFIG_MAP), client.create(CONFIG_MAP, aConfigMap('d')), uncached.get(NODE, { name: 'a' }), uncached.create(CONFIG_MAP, aConfigMap('d'))];
        for (const call of calls) expect(await rejection(call)).to.be.instanceOf(ClusterNotConnectedError);
        expect(scene.workload.counters.requests, 'the old cluster is asked nothing').to.equal(requests[0]);
        expect(server.find(CONFIG_MAP, { namespace: 'default', name: 'd' })).to.equal(undefined);
        await eventually(() => scene.workload.counters.openConnections === 0, SOON);
        expect((await scene.clusters.getClient(scene.key).list(CONFIG_MAP)).items).to.deep.equal(server.list(CONFIG_MAP));
        expect(scene.seen(), 'it was connected all the time').to.deep.equal(['absent unknown', 'connecting', 'connected']);
        for (const each of told) each.close();
      });

      it('takes another address for another cluster where it may not be asked who it is, and another token for the same', async () => {
        scene = await FleetScene.create({ client: CLIENT });
        scene.workload.forbid(undefined, ({ path }) => path === '/api/v1/namespaces/kube-system');
        scene.workload.create(aConfigMap('a'));
        await scene.clusters.start();
        await scene.phase('connected');
        const objects = new ToldObjects(scene.clusters.objects$(scene.key, CONFIG_MAP));
        await objects.told('synced');
        const before = scene.clusters.getClient(scene.key);
        scene.fleet.putKubeconfig('cluster-1', scene.workload.kubeconfig({ userName: 'another' }));
        await rotated(1);
        expect(scene.clusters.getClient(scene.key)).to.equal(before);
        expect(objects.lines).to.have.length(2);
        scene.fleet.putKubeconfig('cluster-1', scene.workload.kubeconfig({ server: `https://127.0.0.1:${stack.use(await TcpProxy.to(scene.workload.port)).port}` }));
        await eventually(() => objects.lines.length === 5, SOON);
        expect(objects.lines.slice(2)).to.deep.equal(['deleted default/a relist', 'added default/a initial', 'synced']);
        expect(await rejection(before.get(CONFIG_MAP, { namespace: 'default', name: 'a' }))).to.be.instanceOf(ClusterNotConnectedError);
        objects.close();
      });
    });
  });
});

function byName(a: KubernetesObject, b: KubernetesObject): number {
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1;
}
