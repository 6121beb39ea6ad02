import { expect } from 'chai';
import { type Client, ClusterNotConnectedError, type KubernetesObject, NodeProviderIDIndex, defineKind } from '../../lib/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';
import { rejection } from '../client/served-cluster.ts';
import { FleetScene, SOON } from './fleet-scene.ts';

interface ConfigMap extends KubernetesObject { readonly data?: Readonly<Record<string, string>> }
const CONFIG_MAP = defineKind<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' });
const NODE = defineKind<KubernetesObject>({ apiVersion: 'v1', kind: 'Node' });
const A = { namespace: 'default', name: 'a' };
const aConfigMap = (name: string, data: Readonly<Record<string, string>> = {}, namespace = 'default'): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data });
/** So many calls that none waits for its turn. */
const CLIENT = { userAgent: 'spec', qps: 1_000, burst: 1_000 };

describe('a client of a connected cluster', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    const connected = async (...options: Parameters<typeof FleetScene.started>): Promise<Client> => {
      scene = await FleetScene.started({ client: CLIENT, ...options[0] }, options[1]);
      await scene.phase('connected');
      return scene.clusters.getClient(scene.key);
    };
    const listsOf = (resource: string): number => scene.workload.counters.lists[resource] ?? 0;
    const watchesOf = (resource: string): number => scene.workload.counters.watches[resource] ?? 0;
    afterEach(() => scene.stop());

    describe('reads', () => {
      it('a kind with one list and one watch, and then from memory, for every client and reader of the cluster', async () => {
        const client = await connected();
        scene.workload.create(aConfigMap('a', { x: '1' }));
        await Promise.all([client.list(CONFIG_MAP), client.get(CONFIG_MAP, A), scene.clusters.getReader(scene.key).get(CONFIG_MAP, A)]);
        await eventually(() => scene.workload.counters.openWatches === 1, SOON);
        const isProbe = ({ path }: { readonly path: string }): boolean => path === '/';
        const requests = scene.workload.requests.filter((request) => !isProbe(request)).length;
        for (let count = 0; count < 50; count += 1) {
          expect((await client.get({ ...CONFIG_MAP }, A)).data).to.deep.equal({ x: '1' });
          expect((await scene.clusters.getReader(scene.key).list(CONFIG_MAP, { namespace: 'default' })).items).to.have.length(1);
        }
        expect(scene.workload.requests.filter((request) => !isProbe(request))).to.have.length(requests);
        expect([listsOf('configmaps'), watchesOf('configmaps')]).to.deep.equal([1, 1]);
      });

      it('what was written by anybody as soon as it has been told of it', async () => {
        const client = await connected();
        await client.list(CONFIG_MAP);
        const created = await client.create(CONFIG_MAP, aConfigMap('a', { x: '1' }));
        await client.observed(CONFIG_MAP, created.metadata?.resourceVersion ?? '');
        expect(await client.get(CONFIG_MAP, A)).to.deep.equal(created);
        const { metadata } = scene.workload.update(aConfigMap('a', { x: '2' }));
        await client.observed(CONFIG_MAP, metadata?.resourceVersion ?? '');
        expect((await client.get(CONFIG_MAP, A)).data).to.deep.equal({ x: '2' });
        await client.delete(CONFIG_MAP, A);
        await client.observed(CONFIG_MAP, scene.workload.resourceVersion);
        expect(await rejection(client.get(CONFIG_MAP, A))).to.include({ code: 'NotFound', message: 'configmaps "a" not found' });
        expect(listsOf('configmaps')).to.equal(1);
      });

      it('kinds of disableFor live, each time', async () => {
        const client = await connected({ client: { ...CLIENT, cache: { disableFor: [CONFIG_MAP] } } });
        scene.workload.create(aConfigMap('a', { x: '1' }));
        expect((await client.get(CONFIG_MAP, A)).data).to.deep.equal({ x: '1' });
        scene.workload.update(aConfigMap('a', { x: '2' }));
        expect((await client.get<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' }, A)).data).to.deep.equal({ x: '2' });
        expect((await client.list(CONFIG_MAP)).items).to.have.length(1);
        expect(await rejection(client.observed(CONFIG_MAP, '1'))).to.include({ code: 'NOT_CACHED' });
        expect(await rejection(client.list(CONFIG_MAP, { index: { field: 'a', value: 'b' } }))).to.include({ code: 'NOT_CACHED' });
        expect([listsOf('configmaps'), watchesOf('configmaps')]).to.deep.equal([1, 0]);
      });

      it('a kind that takes its time after the timeout of the first read, which has said so, without another list', async () => {
        const client = await connected({ client: { ...CLIENT, timeout: 200 } });
        scene.workload.create(aConfigMap('a'));
        const slow = scene.workload.inject({ fault: 'slow', delay: 500, match: ({ verb, resource }) => verb === 'list' && resource === 'configmaps' });
        const begun = performance.now();
        const error = await rejection(client.get(CONFIG_MAP, A));
        expect(error).to.include({ code: 'CACHE_NOT_SYNCED', message: 'failed waiting for ConfigMap (v1) informer to sync within 200 ms' });
        expect(performance.now() - begun).to.be.within(199, 450);
        expect(await client.get(CONFIG_MAP, A, { timeout: SOON })).to.have.property('metadata');
        expect([slow.hits, listsOf('configmaps')]).to.deep.equal([1, 1]);
      });

      it('indexed kinds without a wait: they are in before it counts as connected', async () => {
        const client = await connected({ cache: { indexes: [NodeProviderIDIndex] } });
        expect([listsOf('nodes'), scene.workload.counters.requests > 0]).to.deep.equal([1, true]);
        scene.workload.inject({ fault: 'hang', match: /\/nodes/ });
        const { items } = await client.list(NODE, { index: { field: 'spec.providerID', value: 'fake:////cluster-1-node-1' } });
        expect(items.map(({ metadata }) => metadata?.name)).to.deep.equal(['cluster-1-node-1']);
        expect(await rejection(client.list(NODE, { index: { field: 'spec.podCIDR', value: 'a' } }))).to.include({ code: 'INDEX_UNKNOWN', message: 'Node (v1) has no index "spec.podCIDR": declare it in options.cache.indexes' });
      });

      it('only what byObject lets in, each namespace by a list of its own, as its transform makes it', async () => {
        const client = await connected({ cache: {
          defaultTransform: (object) => ({ ...object, metadata: { ...object.metadata, annotations: { by: 'default' } } }),
          byObject: [{ kind: CONFIG_MAP, namespaces: ['default', 'kube-public'], labelSelector: 'app=web', transform: (object) => ({ ...object, metadata: { ...object.metadata, annotations: { by: 'its own' } } }) }],
        } });
        for (const namespace of ['default', 'kube-public', 'kube-system']) {
          for (const app of ['web', 'db']) scene.workload.create({ ...aConfigMap(`${app}-1`, {}, namespace), metadata: { namespace, name: `${app}-1`, labels: { app } } });
        }
        const { items } = await client.list(CONFIG_MAP);
        expect(items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name} ${metadata?.annotations?.['by']}`)).to.deep.equal(['default/web-1 its own', 'kube-public/web-1 its own']);
        expect((await client.list(NODE)).items[0]?.metadata?.annotations).to.deep.equal({ by: 'default' });
        expect(await rejection(client.get(CONFIG_MAP, { namespace: 'kube-system', name: 'web-1' }))).to.include({ code: 'NOT_CACHED' });
        const lists = scene.workload.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'configmaps').map(({ path }) => path);
        expect(lists).to.deep.equal(['default', 'kube-public'].map((namespace) => `/api/v1/namespaces/${namespace}/configmaps?labelSelector=app%3Dweb&limit=500`));
      });

      it('a kind that nobody reads any more is let go after the linger, and listed anew when it is read again', async () => {
        const client = await connected({ cache: { linger: 100 } });
        scene.workload.create(aConfigMap('a', { x: '1' }));
        await client.get(CONFIG_MAP, A);
        await eventually(() => scene.workload.counters.openWatches === 1, SOON);
        await eventually(() => scene.workload.counters.openWatches === 0, SOON);
        scene.workload.update(aConfigMap('a', { x: '2' }));
        expect((await client.get(CONFIG_MAP, A)).data).to.deep.equal({ x: '2' });
        expect(listsOf('configmaps')).to.equal(2);
      });
    });

    describe('observed', () => {
      it('resolves with a bookmark where nothing of the kind happens', async () => {
        const client = await connected({}, { workload: { bookmarkInterval: 50 } });
        await client.list(CONFIG_MAP);
        scene.workload.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
        const { resourceVersion } = scene.workload;
        await client.observed(CONFIG_MAP, resourceVersion, { timeout: SOON });
        expect(Number((await client.list(CONFIG_MAP)).resourceVersion)).to.be.at.least(Number(resourceVersion));
      });
    });

    describe('that waits for its own writes', () => {
      it('reads what it wrote, deleted and marked when the watch has come back; another one reads what is kept', async () => {
        const other = await connected();
        const own = scene.clusters.getClient(scene.key, { readOwnWrites: true });
        scene.workload.create(aConfigMap('b'));
        await own.list(CONFIG_MAP);
        await eventually(() => scene.workload.counters.openWatches === 1, SOON);
        const late = scene.workload.inject({ fault: 'slow', delay: 500, match: ({ verb }) => verb === 'watch' });
        scene.workload.endWatches();
        await eventually(() => late.hits > 0, SOON);

        const created = await own.create(CONFIG_MAP, aConfigMap('a'));
        await own.delete(CONFIG_MAP, { namespace: 'default', name: 'b' });
        expect((await other.list(CONFIG_MAP)).items.map(({ metadata }) => metadata?.name), 'an older state').to.deep.equal(['b']);
        expect(await rejection(own.get(CONFIG_MAP, A, { timeout: 50 }))).to.include({ code: 'NOT_OBSERVED' });
        const [get, list] = [own.get(CONFIG_MAP, A), own.list(CONFIG_MAP)];
        expect(await get).to.deep.equal(created);
        expect((await list).items).to.deep.equal([created]);
        expect(listsOf('configmaps')).to.equal(1);
      });

      it('does not wait for the writes of another client', async () => {
        const other = await connected();
        const own = scene.clusters.getClient(scene.key, { readOwnWrites: true });
        await own.list(CONFIG_MAP);
        await eventually(() => scene.workload.counters.openWatches === 1, SOON);
        scene.workload.inject({ fault: 'serverError', status: 503, match: ({ verb }) => verb === 'watch' });
        scene.workload.endWatches();
        await other.create(CONFIG_MAP, aConfigMap('a'));
        expect((await own.list(CONFIG_MAP)).items).to.deep.equal([]);
      });
    });

    describe('while the cluster is out', () => {
      it('rejects reads and writes, but for stale reads, which say their age; kept handles stay so after the reconnect', async () => {
        const client = await connected();
        const own = scene.clusters.getClient(scene.key, { readOwnWrites: true });
        const handles = [client, own, scene.clusters.getReader(scene.key) as Client];
        scene.workload.create(aConfigMap('a', { x: '1' }));
        await client.list(CONFIG_MAP);
        const calls = (handle: Client): Promise<unknown>[] => [
          handle.get(CONFIG_MAP, A), handle.list(CONFIG_MAP), handle.observed(CONFIG_MAP, '1'), handle.create(CONFIG_MAP, aConfigMap('b')), handle.update(CONFIG_MAP, aConfigMap('a')),
          handle.patch(CONFIG_MAP, A, {}, { type: 'merge' }), handle.delete(CONFIG_MAP, A), handle.deleteAllOf(CONFIG_MAP, { namespace: 'default' }), handle.status.update(NODE, { metadata: { name: 'a' } }),
        ];
        const allRejected = async (): Promise<void> => {
          for (const call of handles.flatMap(calls)) expect(await rejection(call)).to.be.instanceOf(ClusterNotConnectedError).and.deep.include({ cluster: scene.key });
        };

        await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        await allRejected();
        expect(() => scene.clusters.getClient(scene.key)).to.throw(ClusterNotConnectedError, 'error getting client: connection to the workload cluster is down');
        expect(() => scene.clusters.getReader(scene.key)).to.throw(ClusterNotConnectedError, 'error getting client reader: connection to the workload cluster is down');
        for (const handle of handles) expect((await handle.get(CONFIG_MAP, A, { stale: true })).data).to.deep.equal({ x: '1' });
        const { items, staleFor: before = 0 } = await client.list(CONFIG_MAP, { stale: true });
        expect(items).to.have.length(1);
        const begun = performance.now();
        expect(before).to.be.above(0);
        for (let age = before; age < before + 20;) {
          age = (await client.list(CONFIG_MAP, { stale: true })).staleFor ?? 0;
          expect(age - before, 'as much older as time has passed, but for rounding').to.be.below(performance.now() - begun + 2);
        }
        expect(await rejection(client.get(NODE, { name: 'a' }, { stale: true })), 'nothing is kept of Nodes').to.be.instanceOf(ClusterNotConnectedError);

        await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
        await allRejected();
        const next = scene.clusters.getClient(scene.key);
        expect(next).to.not.equal(client);
        await next.create(CONFIG_MAP, aConfigMap('b'));
        await next.observed(CONFIG_MAP, scene.workload.resourceVersion);
        expect((await next.list(CONFIG_MAP)).items).to.have.length(2);
        expect((await client.list(CONFIG_MAP, { stale: true })).items, 'a stale read is of what is kept now').to.have.length(2);
        expect(listsOf('configmaps'), 'the watch went on where it was').to.equal(1);
      });

      it('rejects what waits for it, at once', async () => {
        const client = await connected();
        scene.workload.inject({ fault: 'hang', match: /configmaps/ });
        const waiting = [client.get(CONFIG_MAP, A), client.list(CONFIG_MAP), client.observed(CONFIG_MAP, '1')].map((call) => rejection(call));
        await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        for (const error of await Promise.all(waiting)) expect(error).to.be.instanceOf(ClusterNotConnectedError);
      });
    });

    describe('client$', () => {
      it('has the client while there is one, the same over a new token, another after an outage', async () => {
        await connected();
        const clients = new Recorder(scene.clusters.client$(scene.key));
        const [first] = clients.values;
        expect(first).to.equal(scene.clusters.getClient(scene.key));
        scene.fleet.rotateToken('cluster-1');
        await scene.events.next(({ type }) => type === 'kubeconfigRotated', SOON);
        expect(clients.values).to.deep.equal([first]);
        await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        expect(clients.values).to.deep.equal([first, undefined]);
        await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
        expect(clients.values).to.have.length(3);
        expect(clients.values[2]).to.equal(scene.clusters.getClient(scene.key)).and.not.equal(first);
        await scene.clusters.stop();
        expect([clients.values.at(-1), clients.ended]).to.deep.equal([undefined, true]);
      });

      it('is undefined for a cluster that is not known, until it is', async () => {
        await connected();
        const clients = new Recorder(scene.clusters.client$(scene.fleet.key('cluster-2')));
        expect(clients.values).to.deep.equal([undefined]);
        await scene.fleet.add('cluster-2');
        await clients.next((client) => client !== undefined, SOON);
        expect(clients.values).to.have.length(2);
        clients.close();
      });
    });
  });
});
