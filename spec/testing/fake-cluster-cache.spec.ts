import { expect } from 'chai';
import { type Observable, VirtualTimeScheduler, distinctUntilChanged, filter, firstValueFrom, map, timer } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import {
  type Client, ClusterCacheError, ClusterNotConnectedError, type ClusterEvent, Controller, type KubernetesObject, Manager, NodeProviderIDIndex, type ObjectEvent, defineKind, enqueueRequestForObject, kindSource,
  setupWithManager, toRequest, watchForProbeFailure,
} from '../../lib/index.ts';
import { ConfigMap, Node, Pod } from '../../lib/kinds.ts';
import { type FakeClusterCache, type FakeClusterCacheOptions, newFakeClusterCache, newFakeEmptyClusterCache } from '../../lib/testing/fake-cluster-cache.ts';
import { InMemoryFleet } from '../../lib/testing/in-memory-fleet.ts';
import { aCluster, aNode, aPod, marbles } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';

const KEY = { namespace: 'tenants', name: 'one' };
const OTHER = { namespace: 'tenants', name: 'other' };
const Cluster = defineKind({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });
/** s; a little behind the last thing of each timeline. */
const END = 320;

const PHASES = { absent: 'a', pending: 'p', connecting: 'i', connected: 'c', disconnected: 'd' };

/** c connected, d disconnected, D disconnected that tells of 50 s without a success too, f probeFailing(50), F probeFailing(300), r probeRecovered. */
function letterOf({ type, after }: ClusterEvent): string {
  switch (type) {
    case 'connected': return 'c';
    case 'disconnected': return after === undefined ? 'd' : 'D';
    case 'probeFailing': return after === 50_000 ? 'f' : 'F';
    case 'probeRecovered': return 'r';
    case 'kubeconfigRotated': return 'k';
    case 'removed': return 'x';
  }
}

/** Letters at seconds, as a marble row: `{ 0: 'c', 50: 'f' }` is `c 49999ms f`; several letters at one second are one frame. */
function seconds(letters: Readonly<Record<string, string>>): string {
  let frame = 0;
  return Object.entries(letters).map(([at, text]) => {
    const wait = Number(at) * 1000 - frame;
    const group = text.length > 1 ? `(${text})` : text;
    frame += wait + (text.length > 1 ? text.length + 2 : 1);
    return `${wait > 0 ? `${wait}ms ` : ''}${group}`;
  }).join(' ');
}

interface Expected {
  readonly phases?: Readonly<Record<string, string>>;
  /** Failed probes in a row, where there are any. */
  readonly failures?: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, string>>;
}

/** What a cluster looks like to a consumer of states, of health and of events, while the script does things to it at seconds. */
const timeline = (script: (clusters: FakeClusterCache, at: (second: number, action: () => void) => void) => void, expected: Expected, options: Partial<FakeClusterCacheOptions> = {}) =>
  marbles(({ expectObservable }: RunHelpers) => {
    const clusters = newFakeClusterCache({ key: KEY, ...options });
    const at = (second: number, action: () => void) => { timer(second * 1000).subscribe(action); };
    script(clusters, at);
    const until = `${END}s !`;
    const letters = <T>(row: Readonly<Record<string, string>> | undefined, letter$: Observable<T>) => {
      if (row !== undefined) expectObservable(letter$, until).toBe(seconds(row));
    };
    letters(expected.phases, clusters.connection$(KEY).pipe(map(({ phase }) => PHASES[phase]), distinctUntilChanged()));
    letters(expected.failures, clusters.health$(KEY).pipe(map(({ consecutiveFailures }) => consecutiveFailures.toString(36)), distinctUntilChanged(), filter((failures) => failures !== '0')));
    letters(expected.events, clusters.clusterEvents$(watchForProbeFailure(50_000), watchForProbeFailure(300_000)).pipe(map(letterOf)));
    at(END + 1, () => { void clusters.stop(); });
  });

describe('a fake cluster cache', () => {
  leavesNothingOpen();

  describe('in virtual time', () => {
    it('plays a black hole after the connect', timeline((clusters) => { clusters.workload(KEY).inject({ fault: 'hang' }); }, {
      phases: { 0: 'c', 75: 'd', 105: 'i', 110: 'd', 140: 'i', 145: 'd', 175: 'i', 180: 'd', 210: 'i', 215: 'd', 245: 'i', 250: 'd', 280: 'i', 285: 'd', 315: 'i' },
      failures: { 15: '1', 30: '2', 45: '3', 60: '4', 75: '5', 110: '6', 145: '7', 180: '8', 215: '9', 250: 'a', 285: 'b' },
      events: { 0: 'c', 50: 'f', 75: 'd', 300: 'F' },
    }));

    it('plays refused connections: at 50 s one event, not two', timeline((clusters) => { clusters.workload(KEY).inject({ fault: 'refuse' }); }, {
      failures: { 10: '1', 20: '2', 30: '3', 40: '4', 50: '5', 80: '6', 110: '7', 140: '8', 170: '9', 200: 'a', 230: 'b', 260: 'c', 290: 'd' },
      events: { 0: 'c', 50: 'D', 300: 'F' },
    }));

    it('plays a cluster that never connects: counted from the first attempt', timeline(() => {}, {
      phases: { 0: 'i', 5: 'd', 35: 'i', 40: 'd', 70: 'i', 75: 'd', 105: 'i', 110: 'd', 140: 'i', 145: 'd', 175: 'i', 180: 'd', 210: 'i', 215: 'd', 245: 'i', 250: 'd', 280: 'i', 285: 'd', 315: 'i' },
      failures: { 5: '1', 40: '2', 75: '3', 110: '4', 145: '5', 180: '6', 215: '7', 250: '8', 285: '9' },
      events: { 50: 'f', 300: 'F' },
    }, { broken: { fault: 'hang' } }));

    it('plays one 401: reconnected in the same tick', timeline((clusters) => { clusters.failProbes(KEY, 1, { fault: 'unauthorized' }); }, {
      phases: { 0: 'c', 10: 'dic' },
      events: { 0: 'c', 10: 'dc' },
    }));

    it('plays credentials that are refused before the Secret is rotated: one failed reconnect, and connected with the rotation', timeline((clusters, at) => {
      at(10, () => clusters.disconnect(KEY, 'unauthorized'));
      at(15, () => clusters.rotateKubeconfig(KEY));
    }, {
      phases: { 0: 'c', 10: 'did', 15: 'ic' },
      events: { 0: 'c', 10: 'd', 15: 'c' },
    }));

    it('plays a black hole until 69 s: told when the fifth probe succeeds', timeline((clusters, at) => {
      const hole = clusters.workload(KEY).inject({ fault: 'hang' });
      at(69, () => { void hole.remove(); });
    }, {
      phases: { 0: 'c' },
      failures: { 15: '1', 30: '2', 45: '3', 60: '4' },
      events: { 0: 'c', 50: 'f', 70: 'r' },
    }));

    it('fails as many probes as it is told to, each at its time', timeline((clusters) => clusters.failProbes(KEY, 2), {
      phases: { 0: 'c' },
      failures: { 10: '1', 20: '2' },
      events: { 0: 'c' },
    }));

    it('disconnects at once, and connects at once, at any time', timeline((clusters, at) => {
      at(3, () => clusters.disconnect(KEY));
      at(7, () => clusters.connect(KEY));
      at(8, () => clusters.disconnect(KEY, 'probeFailureThreshold'));
    }, {
      phases: { 0: 'c', 3: 'd', 7: 'ic', 8: 'd', 38: 'id', 68: 'id', 98: 'id', 128: 'id', 158: 'id', 188: 'id', 218: 'id', 248: 'id', 278: 'id', 308: 'id' },
      failures: { 3: '12345', 8: '12345', 38: '6', 68: '7', 98: '8', 128: '9', 158: 'a', 188: 'b', 218: 'c', 248: 'd', 278: 'e', 308: 'f' },
      events: { 0: 'c', 3: 'd', 7: 'c', 8: 'd', 57: 'f', 307: 'F' },
    }));

    it('disconnects at once while a probe hangs', timeline((clusters, at) => {
      clusters.failProbes(KEY, 9, { fault: 'hang' });
      at(12, () => clusters.disconnect(KEY, 'unauthorized'));
      at(14, () => clusters.connect(KEY));
      at(15, () => clusters.failProbes(KEY, 9, { fault: 'hang' }));
      at(26, () => clusters.disconnect(KEY));
      at(28, () => clusters.connect(KEY));
    }, {
      phases: { 0: 'c', 12: 'did', 14: 'ic', 26: 'd', 28: 'ic' },
      events: { 0: 'c', 12: 'd', 14: 'c', 26: 'd', 28: 'c' },
    }));

    it('rotates a kubeconfig without a disconnect', timeline((clusters, at) => at(4, () => clusters.rotateKubeconfig(KEY)), { phases: { 0: 'c' }, events: { 0: 'c', 4: 'k' } }));

    it('tells followers of objects of what changes when it changes, and after an outage of what changed meanwhile', marbles(({ expectObservable }) => {
      const clusters = newFakeClusterCache({ key: KEY, objects: [aNode({ name: 'a' })] });
      const server = clusters.workload(KEY);
      const at = (second: number, action: () => void) => { timer(second * 1000).subscribe(action); };
      at(2, () => server.create(aNode({ name: 'b' })));
      at(5, () => clusters.disconnect(KEY));
      at(6, () => server.delete(Node, { name: 'a' }));
      at(9, () => clusters.connect(KEY));
      const told = (event: ObjectEvent<Node>) => (event.type === 'synced' ? 's' : `${{ added: '+', updated: '~', deleted: '-' }[event.type]}${event.key.name} ${event.cause}`);
      expectObservable(clusters.objects$(KEY, Node).pipe(map(told)), '20s !').toBe('(as) 1996ms b 6999ms c', { a: '+a initial', s: 's', b: '+b watch', c: '-a reconnect' });
    }));

    it('has a controller reconcile what its sources tell of, when they do', marbles(({ expectObservable }) => {
      const clusters = newFakeClusterCache({ key: KEY, objects: [aNode({ name: 'a' })] });
      const controller = new Controller({
        name: 'nodes', clusters, maxConcurrentReconciles: 9,
        sources: [kindSource(Node, enqueueRequestForObject(), [], { clusters }), kindSource(Cluster, enqueueRequestForObject())],
        // A Node is read as long as there is a connection: `getClient` throws where there is none, and the request waits for it.
        reconcile: ({ cluster }) => { if (cluster !== undefined) clusters.getClient(cluster); },
      });
      void controller.start({ management: clusters.managementObjects, client: clusters.managementClient });
      const at = (second: number, action: () => void) => { timer(second * 1000).subscribe(action); };
      at(2, () => clusters.workload(KEY).create(aNode({ name: 'b' })));
      at(4, () => clusters.disconnect(KEY));
      at(5, () => controller.queue.add({ namespace: '', name: 'a', cluster: KEY }));
      at(9, () => clusters.connect(KEY));
      at(12, () => { void controller.stop(); });
      const letters = { a: 'a success', b: 'b success', w: 'a requeue' };
      const result$ = controller.results$.pipe(map(({ request, result }) => `${request.name} ${result}`));
      // What there was at the start is reconciled in the turn in which the controller is started, before anybody can listen.
      expectObservable(result$, '13s !').toBe('2s b 2999ms w 3999ms a 2999ms |', letters);
      at(13, () => { void clusters.stop(); });
    }));

    it('takes a scheduler of the caller\'s own', () => {
      const scheduler = new VirtualTimeScheduler();
      scheduler.maxFrames = 60_000;
      const clusters = newFakeClusterCache({ key: KEY, scheduler, broken: { fault: 'slow', delay: 700 } });
      const told: string[] = [];
      clusters.connection$(KEY).subscribe(({ phase }) => told.push(`${scheduler.now()} ${phase}`));
      scheduler.flush();
      // GET / and then discovery together with the Namespace kube-system.
      expect(told.slice(0, 3)).to.deep.equal(['0 connecting', '1400 connected', '12100 connected']);
      void clusters.stop();
    });
  });

  describe('in real time', () => {
    let clusters: FakeClusterCache;
    const made = (options: Partial<FakeClusterCacheOptions> = {}): FakeClusterCache => clusters = newFakeClusterCache({ key: KEY, ...options });
    const phase = (key = KEY) => clusters.diagnose(key).phase;

    afterEach(() => clusters.stop());

    // Cluster API: NewFakeClusterCache.
    it('is connected when it is made, and reads and writes the objects that are there', async () => {
      made({ objects: [aNode({ name: 'a', providerID: 'p://a' }), aPod({ name: 'p', namespace: 'apps' })], cache: { indexes: [NodeProviderIDIndex] } });
      expect(phase()).to.equal('connected');
      const client = clusters.getClient(KEY);
      expect((await client.list(Node)).items.map(({ metadata }) => metadata?.name)).to.deep.equal(['a']);
      expect((await client.list(Node, { index: { field: 'spec.providerID', value: 'p://a' } })).items).to.have.length(1);
      await client.create(ConfigMap, { metadata: { name: 'made', namespace: 'apps' }, data: { a: '1' } });
      expect(clusters.workload(KEY).get(ConfigMap, { namespace: 'apps', name: 'made' })).to.have.property('data').that.deep.equals({ a: '1' });
      expect((await clusters.getReader(KEY).get(Pod, { namespace: 'apps', name: 'p' })).metadata?.name).to.equal('p');
      expect((await clusters.getUncachedClient(KEY).list(Node)).items).to.have.length(1);
    });

    it('opens no socket for a KubeConfig\'s clients either', async () => {
      made({ objects: [aNode({ name: 'a' })] });
      const { CoreV1Api } = await import('@kubernetes/client-node');
      const { items } = await clusters.getRESTConfig(KEY).makeApiClient(CoreV1Api).listNode();
      expect(items.map(({ metadata }) => metadata?.name)).to.deep.equal(['a']);
      expect(clusters.diagnose(KEY).sockets).to.equal(0);
    });

    it('throws for a cluster that is not there, as the real one does', () => {
      made();
      expect(() => clusters.getClient(OTHER)).to.throw(ClusterNotConnectedError);
      expect(() => clusters.workload(OTHER)).to.throw('there is no cluster tenants/other');
    });

    // Cluster API: NewFakeEmptyClusterCache.
    it('begins with no cluster, where it is asked to, and connects those it is told to', async () => {
      clusters = newFakeEmptyClusterCache();
      const told: string[] = [];
      clusters.events$.subscribe(({ type, key }) => told.push(`${type} ${key.name}`));
      expect(() => clusters.getClient(KEY)).to.throw(ClusterNotConnectedError);
      clusters.connect(KEY);
      clusters.connect(KEY);
      clusters.connect(OTHER);
      expect([phase(), phase(OTHER)]).to.deep.equal(['connected', 'connected']);
      expect(told).to.deep.equal(['connected one', 'connected other']);
      clusters.workload(KEY).create(aNode({ name: 'a' }));
      expect((await clusters.getUncachedClient(OTHER).list(Node)).items, 'each has objects of its own').to.have.length(0);
    });

    for (const reason of ['unauthorized', 'probeFailureThreshold'] as const) {
      it(`ends a connection by ${reason} before disconnect() returns, and lets no other be made until connect()`, async () => {
        made({ connectionCreationRetryInterval: 5 });
        const told: string[] = [];
        clusters.events$.subscribe(({ type, reason: why }) => told.push(`${type} ${why}`));
        const client = clusters.getClient(KEY);
        clusters.disconnect(KEY, reason);
        expect(phase()).to.equal('disconnected');
        expect(told).to.deep.equal([`disconnected ${reason}`]);
        expect(() => clusters.getClient(KEY)).to.throw(ClusterNotConnectedError);
        expect(await client.list(Node).catch((error: unknown) => error)).to.be.instanceOf(ClusterNotConnectedError);
        await firstValueFrom(clusters.health$(KEY).pipe(filter(({ consecutiveFailures }) => consecutiveFailures > 6)));
        expect(told, 'its reconnects fail').to.have.length(1);
        clusters.connect(KEY);
        expect(phase()).to.equal('connected');
        expect(told).to.deep.equal([`disconnected ${reason}`, 'connected undefined']);
        expect((await clusters.getClient(KEY).list(Node)).items).to.have.length(0);
      });
    }

    it('goes on with the handed out client over a rotation', async () => {
      made({ objects: [aNode({ name: 'a' })] });
      const client = clusters.getUncachedClient(KEY);
      const token = () => {
        const { data } = clusters.managementServer.get<KubernetesObject & { readonly data?: { readonly value: string } }>({ apiVersion: 'v1', kind: 'Secret' }, { namespace: KEY.namespace, name: 'one-kubeconfig' });
        return /"token": "(\w+)"/.exec(Buffer.from(data?.value ?? '', 'base64').toString())?.[1] ?? '';
      };
      const isLetIn = (bearer: string) => clusters.workload(KEY).users.authenticate(`Bearer ${bearer}`, undefined) !== undefined;
      const before = token();
      expect(isLetIn(before)).to.equal(true);
      clusters.rotateKubeconfig(KEY);
      expect([isLetIn(before), isLetIn(token())], 'the old token, and the new one').to.deep.equal([false, true]);
      expect((await client.list(Node)).items).to.have.length(1);
      expect(clusters.getClient(KEY)).to.equal(clusters.getClient(KEY));
    });

    it('connects again what lost its infrastructure, its kubeconfig or its Cluster', () => {
      made();
      const { managementServer } = clusters;
      managementServer.patch(Cluster, KEY, { status: { initialization: { infrastructureProvisioned: false } } });
      expect(phase()).to.equal('pending');
      clusters.connect(KEY);
      expect(phase()).to.equal('connected');
      managementServer.delete(Cluster, KEY);
      expect(phase()).to.equal('absent');
      managementServer.delete({ apiVersion: 'v1', kind: 'Secret' }, { namespace: KEY.namespace, name: 'one-kubeconfig' });
      clusters.connect(KEY);
      expect(phase()).to.equal('connected');
    });

    it('has the management cluster at hand', async () => {
      made();
      const { managementClient } = clusters;
      const cluster = await managementClient.get(Cluster, KEY);
      expect(cluster.metadata?.name).to.equal('one');
    });

    it('tells a watch of what is there and of every change', () => {
      made({ objects: [aNode({ name: 'a' })] });
      const told: string[] = [];
      const watcher = { name: 'nodes', kind: Node, eventHandler: ({ type, key }: { readonly type: string; readonly key: { readonly name: string } }) => { told.push(`${type} ${key.name}`); return []; } };
      const handle = clusters.watch(KEY, watcher);
      expect(clusters.watch(KEY, watcher)).to.equal(handle);
      clusters.workload(KEY).create(aNode({ name: 'b' }));
      clusters.workload(KEY).delete(Node, { name: 'a' });
      handle.stop();
      clusters.workload(KEY).create(aNode({ name: 'c' }));
      expect(told).to.deep.equal(['added a', 'added b', 'deleted a']);
    });

    it('tells everybody of one change after the other, also where who is told changes something', () => {
      made();
      const server = clusters.workload(KEY);
      const told: [string[], string[]] = [[], []];
      for (const [at, names] of told.entries()) {
        clusters.objects$(KEY, Node).subscribe((event) => {
          if (event.type === 'synced') return;
          names.push(`${event.type} ${event.key.name}`);
          if (at > 0 || event.type !== 'added' || event.key.name !== 'a') return;
          server.create(aNode({ name: 'b' }));
          server.delete(Node, { name: 'a' });
        });
      }
      server.create(aNode({ name: 'a' }));
      expect(told).to.deep.equal([['added a', 'added b', 'deleted a'], ['added a', 'added b', 'deleted a']]);
    });

    it('takes the watches that are there already for watched, and tells nobody', () => {
      made({ objects: [aNode({ name: 'a' })], watches: ['nodes'] });
      const told: unknown[] = [];
      const watcher = { name: 'nodes', kind: Node, eventHandler: (change: unknown) => { told.push(change); return []; } };
      const handle = clusters.watch(KEY, watcher);
      expect(clusters.watch(KEY, watcher)).to.equal(handle);
      clusters.watch(KEY, { ...watcher, name: 'others' });
      expect(told).to.have.length(1);
      expect(() => clusters.watch(OTHER, watcher)).to.throw(ClusterNotConnectedError);
    });

    it('hands out the client that it was given, while the cluster is connected', () => {
      const client = { get() {}, list() {} } as unknown as Client;
      made({ client });
      clusters.connect(OTHER);
      expect([clusters.getClient(KEY), clusters.getReader(KEY), clusters.getUncachedClient(KEY)]).to.deep.equal([client, client, client]);
      expect(clusters.getClient(OTHER)).to.not.equal(client);
      const told: boolean[] = [];
      clusters.client$(KEY).subscribe((current) => told.push(current === client));
      clusters.disconnect(KEY);
      expect(() => clusters.getClient(KEY)).to.throw(ClusterNotConnectedError);
      clusters.connect(KEY);
      expect(told).to.deep.equal([true, false, true]);
    });

    it('hands out what is made of the real client, once for each', async () => {
      let writes = 0;
      const counting = (client: Client): Client => ({ ...client, create: (...call) => { writes += 1; return client.create(...call); } });
      made({ client: counting });
      expect(clusters.getClient(KEY)).to.equal(clusters.getClient(KEY));
      await clusters.getClient(KEY).create(Node, aNode({ name: 'a' }) as Node);
      expect([writes, (await clusters.getClient(KEY).list(Node)).items.length]).to.deep.equal([1, 1]);
    });

    // Cluster API: TestGetWorkloadCluster.
    it('lets a reconcile that needs the cluster wait for its connection, and reads it then', async () => {
      made({ broken: { fault: 'refuse' }, objects: [aNode({ name: 'a' })] });
      await using controller = new Controller({
        name: 'nodes', clusters, sources: [],
        reconcile: async ({ cluster = KEY }) => { await clusters.getClient(cluster).get(Node, { namespace: '', name: 'a' }); },
      });
      void controller.start();
      const next = () => firstValueFrom(controller.results$);
      const waits = next();
      controller.queue.add({ ...KEY, cluster: KEY });
      expect((await waits).error).to.be.instanceOf(ClusterNotConnectedError).with.property('message').that.contains('connection to the workload cluster is down');
      expect(controller.queue.parked).to.equal(1);
      const reads = next();
      clusters.connect(KEY);
      expect(await reads).to.include({ result: 'success' });
    });

    it('says why there is no workload cluster where its kubeconfig is missing', () => {
      made();
      clusters.managementServer.create(aCluster(OTHER));
      expect(clusters.diagnose(OTHER)).to.deep.include({ phase: 'pending', reason: 'kubeconfigMissing' });
      expect(clusters.diagnose(OTHER).error?.message).to.contain('error getting kubeconfig secret: Secret "other-kubeconfig" not found');
      expect(() => clusters.getClient(OTHER)).to.throw(ClusterNotConnectedError);
    });

    it('runs a manager and its cluster cache on a fleet without sockets', async () => {
      clusters = newFakeEmptyClusterCache();
      const fleet = new InMemoryFleet();
      fleet.add(KEY, [aNode({ name: 'a' })]);
      await using manager = new Manager({ kubeConfig: fleet, userAgent: 'spec', server: false, signals: [] });
      const managed = setupWithManager(manager, {});
      const seen: string[] = [];
      const done = Promise.withResolvers<void>();
      manager.add(new Controller({
        name: 'clusters', sources: [managed.getClusterSource('clusters', (_cluster, event) => [toRequest(event)])],
        reconcile: async ({ cluster = KEY }, { client }) => {
          seen.push((await client?.get(Cluster, cluster))?.metadata?.name ?? '', ...(await managed.getClient(cluster).list(Node)).items.map(({ metadata }) => metadata?.name ?? ''));
          done.resolve();
        },
      }));
      const ended = manager.start();
      await done.promise;
      await manager.stop();
      await ended;
      fleet.stop();
      expect(seen).to.deep.equal(['one', 'a']);
    });

    it('is seen through by no option: what is wrong is told as by the real one', () => {
      clusters = newFakeEmptyClusterCache();
      expect(() => newFakeClusterCache({ key: 'one' } as never)).to.throw(TypeError, 'a cluster\'s key must be');
      expect(() => newFakeClusterCache({ key: KEY, objects: {} } as never)).to.throw(TypeError, 'options.objects must be an array');
      expect(() => newFakeClusterCache({ key: KEY, client: 1 } as never)).to.throw(TypeError, 'options.client must be a client');
      expect(() => newFakeClusterCache({ key: KEY, healthProbe: { interval: -1 } })).to.throw(TypeError, 'options.healthProbe.interval');
      expect(() => newFakeClusterCache({ key: KEY, surprise: 1 } as never)).to.throw(TypeError, 'options.surprise');
    });

    it('stops like the real one', async () => {
      made();
      let completed = false;
      clusters.connections$.subscribe({ complete: () => { completed = true; } });
      await clusters.stop();
      expect([completed, phase()]).to.deep.equal([true, 'absent']);
      expect(clusters.workload(KEY).counters.openWatches).to.equal(0);
      expect(await clusters.start().catch((error: unknown) => error)).to.be.instanceOf(ClusterCacheError);
    });
  });
});
