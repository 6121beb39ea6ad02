import { clusterToObjects } from '../../lib/controller/cluster-to-objects.ts';
import { ConfigMap } from '../../lib/kinds.ts';
import { expect } from 'chai';
import { CoreV1Api } from '@kubernetes/client-node';
import { BehaviorSubject, NEVER, Subject, concat, firstValueFrom, of, throwError } from 'rxjs';
import { useFakeTimers } from 'sinon';
import {
  type Cluster, ClusterCache, type ClusterCacheOptions, ClusterNotConnectedError, ConnectError, type ConnectionState, KubeconfigError, type LogFields, type Request, TransportError, defineKind,
  toRequest, watchForProbeFailure, watchForRemoval, withoutInitialEvents,
} from '../../lib/index.ts';
import { type FakeFleetOptions, aCluster, aPod } from '../../lib/testing/index.ts';
import { hurried } from '../hurried.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';
import { FleetScene, SOON, described } from './fleet-scene.ts';

const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const CLUSTER = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'no failure', (error: unknown) => error);
type Connected = Extract<ConnectionState, { phase: 'connected' }>;
type Disconnected = Extract<ConnectionState, { phase: 'disconnected' }>;

/** A logger that keeps what it is told. */
function recordingLogger() {
  const records: { readonly level: string; readonly fields: LogFields; readonly message: string }[] = [];
  const at = (level: string) => (fields: LogFields, message: string) => { records.push({ level, fields, message }); };
  return { records, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

describe('ClusterCache', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene | undefined;
    const create = async (options: Partial<ClusterCacheOptions> = {}, fleet: FakeFleetOptions = {}): Promise<FleetScene> => scene = await FleetScene.create(options, fleet);
    const started = async (options: Partial<ClusterCacheOptions> = {}, fleet: FakeFleetOptions = {}): Promise<FleetScene> => scene = await FleetScene.started(options, fleet);
    const connected = async (options: Partial<ClusterCacheOptions> = {}, fleet: FakeFleetOptions = {}): Promise<FleetScene> => {
      const own = await started(options, fleet);
      for (const name of own.fleet.names) await own.phase('connected', name);
      return own;
    };
    afterEach(async () => {
      await scene?.stop();
      scene = undefined;
    });

    describe('options', () => {
      it('clusterFilter: leaves out the Clusters for which it is false, lets go of those it turns against, and takes them back', async () => {
        const own = await connected({ clusterFilter: ({ metadata }) => metadata?.labels?.['mine'] !== 'no' }, { clusters: 2 });
        own.fleet.managementServer.patch(CLUSTER, own.key, { metadata: { labels: { mine: 'no' } } });
        await own.phase('absent filtered');
        await eventually(() => own.workload.counters.openConnections === 0, SOON);
        expect(() => own.clusters.getUncachedClient(own.key)).to.throw(ClusterNotConnectedError);
        expect(await firstValueFrom(own.clusters.connection$(own.key))).to.include({ phase: 'absent', reason: 'filtered' });
        await own.upon(() => own.fleet.managementServer.patch(CLUSTER, own.key, { metadata: { labels: { mine: null } } }), ({ phase }) => phase === 'connected');
        expect(own.told()).to.deep.equal(['connected', 'removed', 'connected']);
        expect(own.told('cluster-2')).to.deep.equal(['connected']);
      });

      it('clusterFilter: where it throws, the Cluster is left out and the error logged; the others go on', async () => {
        const { records, logger } = recordingLogger();
        const own = await started({ logger, clusterFilter: ({ metadata }) => {
          if (metadata?.name === 'cluster-1') throw new Error('not this one');
          return true;
        } }, { clusters: 2 });
        await own.phase('connected', 'cluster-2');
        expect(await firstValueFrom(own.clusters.connection$(own.key))).to.include({ phase: 'absent', reason: 'filtered' });
        expect(records.filter(({ level }) => level === 'error').map(({ fields, message }) => `${String(fields['cluster'])}: ${message}`)).to.include('default/cluster-1: clusterFilter failed; the cluster is left out');
        expect(own.workload.counters.requests).to.equal(0);
      });

      it('watchFilterValue: sees the Clusters with exactly this label', async () => {
        const own = await create({ watchFilterValue: 'blue' }, { clusters: 0 });
        await own.fleet.add('plain');
        await own.fleet.add('blue', { labels: { 'cluster.x-k8s.io/watch-filter': 'blue' } });
        await own.fleet.add('bluer', { labels: { 'cluster.x-k8s.io/watch-filter': 'bluer' } });
        const all = new Recorder(own.clusters.connections$);
        await own.clusters.start();
        await own.phase('connected', 'blue');
        expect(new Set(all.values.map(({ cluster }) => cluster.name))).to.deep.equal(new Set(['blue']));
        all.close();
      });

      it('namespace: sees the Clusters of this one, and reads no other', async () => {
        const own = await create({ namespace: 'ours' }, { namespace: 'ours' });
        own.fleet.managementServer.create(aCluster({ name: 'theirs', namespace: 'default' }));
        await own.clusters.start();
        await own.phase('connected');
        expect(await firstValueFrom(own.clusters.connection$({ namespace: 'default', name: 'theirs' }))).to.include({ phase: 'absent', reason: 'unknown' });
        for (const { path, resource } of own.fleet.managementServer.requests) if (resource !== undefined) expect(path).to.include('/namespaces/ours/');
      });

      it('kubeconfigSource: instead of the Secrets, which are not asked for', async () => {
        const source = new BehaviorSubject<string | undefined>(undefined);
        const own = await started({ kubeconfigSource: () => source });
        await own.phase('pending kubeconfigMissing');
        source.next(own.fleet.kubeconfig('cluster-1'));
        await own.phase('connected');
        source.next(undefined);
        await own.states().next((state) => state.phase === 'connected' && state.error !== undefined, SOON);
        source.complete();
        await own.probed();
        expect(own.fleet.managementServer.requests.filter(({ resource }) => resource === 'secrets')).to.deep.equal([]);
      });

      it('kubeconfigSource: one that fails is logged, disturbs no other, and is subscribed again', async () => {
        const { records, logger } = recordingLogger();
        const failing = new Set(['cluster-1']);
        let own: FleetScene | undefined = undefined;
        const kubeconfigOf = (name: string): string => own?.fleet.kubeconfig(name) ?? '';
        own = await create({
          logger, scheduler: hurried(40),
          kubeconfigSource: ({ name }) => {
            if (!failing.has(name)) return concat(of(kubeconfigOf(name)), NEVER);
            failing.delete(name);
            return throwError(() => new Error('the vault is closed'));
          },
        }, { clusters: 2 });
        own.states();
        own.states('cluster-2');
        await own.clusters.start();
        const pending = await own.phase('pending kubeconfigMissing') as Extract<ConnectionState, { phase: 'pending' }>;
        expect(pending.error).to.be.instanceOf(ConnectError).and.include({ stage: 'secret' });
        await own.phase('connected', 'cluster-2');
        await own.phase('connected');
        expect(records.filter(({ message }) => message === 'kubeconfigSource failed').map(({ fields }) => fields['cluster'])).to.deep.equal(['default/cluster-1']);
      });

      it('kubeconfigSource: what is neither text nor undefined is a typed error', async () => {
        const own = await started({ kubeconfigSource: () => of(42 as unknown as string) });
        const pending = await own.phase('pending kubeconfigMissing') as Extract<ConnectionState, { phase: 'pending' }>;
        expect(pending.error).to.include({ code: 'KUBECONFIG_WRONG_TYPE' });
        expect(pending.error?.cause).to.be.instanceOf(KubeconfigError);
      });

      it('timing: of one cluster; what it leaves out is the fleet\'s', async () => {
        const own = await connected({ timing: ({ metadata }) => (metadata?.name === 'cluster-2' ? { healthProbe: { path: '/readyz' } } : {}) }, { clusters: 2 });
        await own.probed();
        await own.probed('cluster-2');
        const probes = (name: string) => new Set(own.fleet.workload(name).requests.map(({ path }) => path).filter((path) => path === '/' || path === '/readyz'));
        expect([probes('cluster-1'), probes('cluster-2')]).to.deep.equal([new Set(['/']), new Set(['/readyz'])]);
      });

      for (const [title, timing] of [['throws', () => { throw new Error('no timing'); }], ['returns nonsense', () => ({ healthProbe: { interval: -1 } })]] as const) {
        it(`timing: one that ${title} is logged, and the fleet's is used`, async () => {
          const { records, logger } = recordingLogger();
          const own = await connected({ logger, timing });
          await own.probed();
          expect(records.filter(({ level }) => level === 'error').map(({ message }) => message)).to.deep.equal(['timing failed; the defaults are used']);
        });
      }

      it('logger: one that throws ends nothing', async () => {
        const broken = (): never => { throw new Error('the disk is full'); };
        const own = await started({
          logger: { debug: broken, info: broken, warn: broken, error: broken },
          clusterFilter: ({ metadata }) => {
            if (metadata?.name === 'cluster-1') throw new Error('not this one');
            return true;
          },
        }, { clusters: 2 });
        await own.phase('connected', 'cluster-2');
        expect(await firstValueFrom(own.clusters.connection$(own.key))).to.include({ phase: 'absent', reason: 'filtered' });
      });

      it('userAgent: on every request, to every server', async () => {
        const own = await connected({ client: { userAgent: 'machine-controller/1.0 (spec)' } });
        await own.clusters.getUncachedClient(own.key).list(NODE);
        await own.clusters.getRESTConfig(own.key).makeApiClient(CoreV1Api).listNode();
        for (const server of [own.workload, own.fleet.managementServer]) {
          expect(new Set(server.requests.map(({ headers }) => headers['user-agent']))).to.deep.equal(new Set(['machine-controller/1.0 (spec)']));
        }
      });

      const valid = { client: { userAgent: 'spec' } };
      const refusals: readonly (readonly [title: string, options: object, message: RegExp])[] = [
        ['management', { ...valid, management: {} }, /options\.management must be a KubeConfig/],
        ['client', { client: undefined }, /options\.client must be an object; got undefined/],
        ['client.userAgent', { client: {} }, /options\.client\.userAgent must be a non-empty string.*; got undefined/],
        ['client.userAgent with a line break', { client: { userAgent: 'a\nb' } }, /options\.client\.userAgent must be/],
        ['client.qps', { client: { userAgent: 'a', qps: 0 } }, /options\.client\.qps must be a number above 0; got 0/],
        ['client.burst', { client: { userAgent: 'a', burst: 0.5 } }, /options\.client\.burst must be a whole number/],
        ['client.timeout', { client: { userAgent: 'a', timeout: '10s' } }, /options\.client\.timeout must be a number of milliseconds.*; got "10s"/],
        ['a misspelt field', { ...valid, healthprobe: {} }, /options\.healthprobe must be one of .*healthProbe/],
        ['healthProbe', { ...valid, healthProbe: null }, /options\.healthProbe must be an object; got null/],
        ['healthProbe.path', { ...valid, healthProbe: { path: 'livez' } }, /options\.healthProbe\.path must be a path that begins with '\/'/],
        ['healthProbe.path with a space', { ...valid, healthProbe: { path: '/a b' } }, /options\.healthProbe\.path/],
        ['healthProbe.failureThreshold', { ...valid, healthProbe: { failureThreshold: 0 } }, /options\.healthProbe\.failureThreshold must be a whole number, 1 or more; got 0/],
        ['connectionCreationRetryInterval', { ...valid, connectionCreationRetryInterval: Infinity }, /options\.connectionCreationRetryInterval .*; got Infinity/],
        ['maxConcurrentConnects', { ...valid, maxConcurrentConnects: 0 }, /options\.maxConcurrentConnects/],
        ['namespace', { ...valid, namespace: '' }, /options\.namespace must be a non-empty string; got ""/],
        ['watchFilterValue', { ...valid, watchFilterValue: 1 }, /options\.watchFilterValue must be a string; got 1/],
        ['clusterFilter', { ...valid, clusterFilter: true }, /options\.clusterFilter must be a function; got true/],
        ['kubeconfigSource', { ...valid, kubeconfigSource: NEVER }, /options\.kubeconfigSource must be a function; got an object of Observable/],
        ['kubeconfigPolicy', { ...valid, kubeconfigPolicy: { allowExec: true } }, /options\.kubeconfigPolicy\.allowExec must be one of/],
        ['timing', { ...valid, timing: {} }, /options\.timing must be a function/],
        ['metrics', { ...valid, metrics: {} }, /options\.metrics must be a Registry of prom-client/],
        ['scheduler', { ...valid, scheduler: {} }, /options\.scheduler must be a scheduler/],
        ['logger', { ...valid, logger: { info() {} } }, /options\.logger must be a logger/],
        ['random', { ...valid, random: 0 }, /options\.random must be a function; got 0/],
      ];
      it('that are wrong are a TypeError with the field, what was expected and what came', async () => {
        const { fleet } = await create({}, { clusters: 0 });
        for (const [title, options, message] of refusals) {
          expect(() => new ClusterCache({ management: fleet.management, ...options } as ClusterCacheOptions), title).to.throw(TypeError, message);
        }
        expect(() => new ClusterCache(undefined as unknown as ClusterCacheOptions)).to.throw(TypeError, 'options must be an object; got undefined');
      });
    });

    describe('streams', () => {
      it('connections$: every cluster there is, then every change', async () => {
        const own = await connected({}, { clusters: 2 });
        const all = new Recorder(own.clusters.connections$);
        expect(all.values.map((state) => `${state.cluster.name} ${described(state)}`)).to.have.members(['cluster-1 connected', 'cluster-2 connected']);
        await own.fleet.remove('cluster-2');
        await all.next((state) => state.cluster.name === 'cluster-2' && state.phase === 'absent', SOON);
        await own.fleet.add('cluster-3');
        await all.next((state) => state.cluster.name === 'cluster-3' && state.phase === 'connected', SOON);
        all.close();
      });

      it('events$: what happens from now on, and nothing from before', async () => {
        const own = await connected();
        const late = new Recorder(own.clusters.events$);
        await own.fleet.remove('cluster-1');
        const removed = await late.next(() => true, SOON);
        expect(late.values.map(({ type }) => type)).to.deep.equal(['removed']);
        expect(removed.key).to.deep.equal({ namespace: 'default', name: 'cluster-1' });
        expect(removed.cluster.metadata?.name).to.equal('cluster-1');
        expect(removed.at).to.be.instanceOf(Date);
        late.close();
      });

      it('health$ and lastProbeSuccess$: at once, then when they change', async () => {
        const own = await connected();
        const health = new Recorder(own.clusters.health$(own.key));
        const successes = new Recorder(own.clusters.lastProbeSuccess$(own.key));
        const never = new Recorder(own.clusters.lastProbeSuccess$({ namespace: 'default', name: 'nobody' }));
        await successes.count(3, SOON);
        own.fleet.break('cluster-1', { fault: 'serverError' });
        const failed = await health.next(({ consecutiveFailures }) => consecutiveFailures === 1, SOON);
        expect(failed.lastProbeSuccessTime).to.deep.equal(successes.values.at(-1));
        expect(new Set(successes.values.map(Number)).size).to.equal(successes.values.length);
        expect(never.values).to.deep.equal([undefined]);
        for (const recorder of [health, successes, never]) recorder.close();
      });

      it('connection$: a deleted cluster is absent, and comes back under its name', async () => {
        const own = await connected();
        own.fleet.managementServer.delete(CLUSTER, own.key);
        await own.phase('absent deleted');
        await own.upon(() => own.fleet.managementServer.create(aCluster({ name: 'cluster-1' })), ({ phase }) => phase === 'connected');
        expect(own.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected', 'absent deleted', 'connecting', 'connected']);
      });

      it('clusterEvents$: begins with the connected clusters unless asked not to, tells once of a failing probe, and of its recovery', async () => {
        const own = await connected({ healthProbe: { interval: 50, timeout: 200, failureThreshold: 1_000 } });
        const events = new Recorder(own.clusters.clusterEvents$(watchForProbeFailure(300), watchForProbeFailure(500)));
        const silent = new Recorder(own.clusters.clusterEvents$(withoutInitialEvents()));
        expect(events.values.map(({ type }) => type)).to.deep.equal(['connected']);
        own.fleet.break('cluster-1', { fault: 'serverError' });
        const begun = own.clusters.getLastProbeSuccessTimestamp(own.key);
        await events.count(3, SOON);
        const failing = events.values.slice(1);
        expect(failing.map(({ type, after }) => `${type} ${after}`)).to.deep.equal(['probeFailing 300', 'probeFailing 500']);
        for (const { at, after = 0 } of failing) expect(at.getTime() - Number(begun)).to.be.within(after - 60, after + 250);
        await own.fleet.heal('cluster-1');
        const recovered = await events.next(({ type }) => type === 'probeRecovered', SOON);
        expect(recovered).to.include({ after: 500 });
        expect(silent.values).to.deep.equal([]);
        events.close();
        silent.close();
      });
    });

    describe('getClusterSource', () => {
      it('lends its mapper a reader of the management cluster', async () => {
        const own = await connected({}, { clusters: 1 });
        own.fleet.managementServer.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'a', labels: { 'cluster.x-k8s.io/cluster-name': 'cluster-1' } } });
        const requests = new Recorder(own.clusters.getClusterSource('spec', clusterToObjects(ConfigMap)));
        await requests.count(1, SOON);
        expect(requests.values).to.deep.equal([{ namespace: 'default', name: 'a' }]);
        requests.close();
      });

      it('is the requests that a mapper makes of events, at once or later', async () => {
        const own = await connected({}, { clusters: 2 });
        const direct = new Recorder(own.clusters.getClusterSource('spec', (cluster) => [{ namespace: 'default', name: `${cluster.metadata?.name}-a` }, { namespace: 'default', name: `${cluster.metadata?.name}-b` }]));
        const later = new Recorder(own.clusters.getClusterSource('spec', async (_cluster, event) => [toRequest(event)]));
        expect(direct.values.map(({ name }) => name)).to.have.members(['cluster-1-a', 'cluster-1-b', 'cluster-2-a', 'cluster-2-b']);
        await later.count(2, SOON);
        expect(later.values).to.deep.include({ namespace: 'default', name: 'cluster-1', cluster: { namespace: 'default', name: 'cluster-1' } });
        direct.close();
        later.close();
      });

      it('conflates what comes while a cluster is mapped, and delays no other', async () => {
        const own = await connected({}, { clusters: 2 });
        const release = new Subject<void>();
        const mapped: string[] = [];
        const source = new Recorder(own.clusters.getClusterSource('spec', async ({ metadata }, event): Promise<Request[]> => {
          mapped.push(`${metadata?.name} ${event.type}`);
          if (metadata?.name === 'cluster-1' && event.type === 'connected' && mapped.length < 3) await firstValueFrom(release);
          return [toRequest(event)];
        }));
        await source.next(({ name }) => name === 'cluster-2', SOON);
        await own.upon(() => own.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        await own.upon(() => own.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
        release.next();
        await eventually(() => mapped.filter((text) => text.startsWith('cluster-1')).length === 2, SOON);
        expect(mapped.filter((text) => text.startsWith('cluster-1')), 'the disconnect was overtaken').to.deep.equal(['cluster-1 connected', 'cluster-1 connected']);
        source.close();
      });

      it('goes on after a mapper that throws, rejects or returns nothing, and logs it', async () => {
        const { records, logger } = recordingLogger();
        const own = await connected({ logger }, { clusters: 4 });
        const mapper = (cluster: Cluster): Request[] | Promise<Request[]> => {
          switch (cluster.metadata?.name) {
            case 'cluster-1': throw new Error('thrown');
            case 'cluster-2': return Promise.reject(new Error('rejected'));
            case 'cluster-3': return undefined as unknown as Request[];
            default: return [{ namespace: 'default', name: 'fine' }];
          }
        };
        const source = new Recorder(own.clusters.getClusterSource('spec', mapper));
        await source.count(1, SOON);
        await eventually(() => records.filter(({ message }) => message === 'mapping a cluster to requests failed').length === 3, SOON);
        for (const { fields } of records.filter(({ message }) => message === 'mapping a cluster to requests failed')) expect(fields).to.include({ controller: 'spec', event: 'connected' });
        expect(source.ended).to.equal(false);
        source.close();
      });

      it('hands on removals only where they are asked for', async () => {
        const own = await connected();
        const without = new Recorder(own.clusters.getClusterSource('spec', (_cluster, event) => [{ namespace: '', name: event.type }]));
        const withThem = new Recorder(own.clusters.getClusterSource('spec', (_cluster, event) => [{ namespace: '', name: event.type }], watchForRemoval()));
        await own.fleet.remove('cluster-1');
        await withThem.count(2, SOON);
        expect(withThem.values.map(({ name }) => name)).to.deep.equal(['connected', 'removed']);
        expect(without.values.map(({ name }) => name)).to.deep.equal(['connected']);
        without.close();
        withThem.close();
      });

      it('tells a controller of the connections that it is of', async () => {
        const { clusters } = await create({}, { clusters: 0 });
        expect(clusters.getClusterSource('spec', () => []).connections$).to.equal(clusters.connections$);
      });

      it('wants a controller name, a mapper and options that are some', async () => {
        const { clusters } = await create({}, { clusters: 0 });
        expect(() => clusters.getClusterSource('', () => [])).to.throw(TypeError, /controllerName must be a non-empty string; got ""/);
        expect(() => clusters.getClusterSource('spec', 'x' as unknown as () => [])).to.throw(TypeError, /map must be a function.*; got string/);
        expect(() => clusters.getClusterSource('spec', () => [], { probeFailureAfter: 0 })).to.throw(TypeError, /probeFailureAfter must be a number of milliseconds/);
        expect(() => watchForProbeFailure(-1)).to.throw(TypeError, /milliseconds must be/);
      });
    });

    describe('handles', () => {
      it('of a cluster that is not connected throw Go\'s text', async () => {
        const { clusters, key } = await create();
        for (const [get, what] of [[() => clusters.getUncachedClient(key), 'uncached client'], [() => clusters.getRESTConfig(key), 'REST config']] as const) {
          expect(get).to.throw(ClusterNotConnectedError).with.property('message').match(new RegExp(`^error getting ${what}: connection to the workload cluster is down`));
          expect(get).to.throw(ClusterNotConnectedError).with.property('cluster').deep.equal(key);
        }
      });

      it('that never throw: health and last success of a cluster that nobody knows', async () => {
        const { clusters } = await create();
        expect(clusters.getHealthCheckingState({ namespace: 'x', name: 'y' })).to.deep.equal({ consecutiveFailures: 0 });
        expect(clusters.getLastProbeSuccessTimestamp({ namespace: 'x', name: 'y' })).to.equal(undefined);
      });

      it('the private key for client certificates: one for a cluster, connected or not, gone with it', async () => {
        const own = await started({}, { clusters: 2 });
        const { clusters, key, fleet } = own;
        expect(await failureOf(clusters.getClientCertificatePrivateKey({ namespace: 'default', name: 'nobody' }))).to.include({ code: 'CLUSTER_UNKNOWN' });
        const first = await clusters.getClientCertificatePrivateKey(key);
        expect(first.asymmetricKeyType).to.equal('rsa');
        expect(first.asymmetricKeyDetails?.modulusLength).to.equal(2048);
        const [again, other] = await Promise.all([clusters.getClientCertificatePrivateKey(key), clusters.getClientCertificatePrivateKey(fleet.key('cluster-2'))]);
        expect(again).to.equal(first);
        expect(other.equals(first)).to.equal(false);
        await own.phase('connected');
        await own.upon(() => fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        expect(await clusters.getClientCertificatePrivateKey(key), 'over a disconnect').to.equal(first);
        fleet.managementServer.delete(CLUSTER, key);
        await own.phase('absent deleted');
        expect(await failureOf(clusters.getClientCertificatePrivateKey(key))).to.include({ code: 'CLUSTER_UNKNOWN' });
        await own.upon(() => fleet.managementServer.create(aCluster({ name: 'cluster-1' })), ({ phase }) => phase === 'connecting');
        expect((await clusters.getClientCertificatePrivateKey(key)).equals(first)).to.equal(false);
      });

      it('the private key is there as soon as start has resolved, before the Secret is read', async () => {
        const own = await create();
        const slow = own.fleet.managementServer.inject({ fault: 'hang', match: /-kubeconfig$/ });
        await own.clusters.start();
        expect((await own.clusters.getClientCertificatePrivateKey(own.key)).type).to.equal('private');
        await slow.remove();
      });

      it('diagnose: of a connected cluster its stages, expiry and sockets; of a failed connect where it failed and what to do', async () => {
        const own = await connected({}, { user: 'clientCertificate' });
        const well = own.clusters.diagnose(own.key);
        expect(well).to.include({ phase: 'connected', server: own.workload.url, clusterUid: own.workload.uid, inCluster: false, protocol: 'h2', sockets: 1 });
        expect(well.stages.map(({ stage }) => stage)).to.deep.equal(['dial', 'tls', 'reachability', 'discovery']);
        expect(well.certificateExpiry).to.be.instanceOf(Date);
        expect(well.lastActivity).to.be.instanceOf(Date);
        expect(structuredClone(well), 'plain values').to.deep.equal(well);

        await own.fleet.add('cluster-2', { kubeconfig: false });
        own.fleet.break('cluster-2', { fault: 'unauthorized' });
        own.fleet.putKubeconfig('cluster-2');
        await own.phase('disconnected connectFailed', 'cluster-2');
        const failed = own.clusters.diagnose(own.fleet.key('cluster-2'));
        expect(failed).to.include({ phase: 'disconnected', reason: 'connectFailed', sockets: 0 });
        expect(failed.error).to.include({ stage: 'reachability', code: 'Unauthorized' }).and.property('hint').match(/credentials/);
        expect(failed.stages.map(({ stage, failed: at }) => [stage, at === true])).to.deep.equal([['dial', false], ['tls', false], ['reachability', true]]);
        expect(failed.retryAt).to.be.instanceOf(Date);
        await own.states('cluster-2').next(({ phase }) => phase === 'connecting', SOON);
        expect(own.clusters.diagnose(own.fleet.key('cluster-2')).stages.at(-1), 'while it is tried again').to.include({ stage: 'reachability', failed: true });
        await own.upon(() => own.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        expect(own.clusters.diagnose(own.key), 'of the connect before the loss').to.include({ reason: 'probeFailureThreshold' }).and.property('stages').length(4);
        expect(own.clusters.diagnose({ namespace: 'x', name: 'y' })).to.deep.include({ phase: 'absent', reason: 'unknown', stages: [], sockets: 0, streams: 0 });
      });

      it('kept from before a disconnect stay dead after the reconnect, for reads and writes alike', async () => {
        const own = await connected();
        const client = own.clusters.getUncachedClient(own.key);
        const api = own.clusters.getRESTConfig(own.key).makeApiClient(CoreV1Api);
        await own.upon(() => own.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        await own.upon(() => own.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
        for (const call of [client.get(NODE, { name: 'cluster-1-node-1' }), client.delete(NODE, { name: 'cluster-1-node-1' }), api.listNode()]) {
          expect(await failureOf(call)).to.be.instanceOf(ClusterNotConnectedError);
        }
        expect((await own.clusters.getUncachedClient(own.key).list(NODE)).items).to.have.length(1);
      });
    });

    describe('a rotation', () => {
      const certificateOf = ({ workload }: FleetScene): string => workload.kubeconfig({ name: 'cluster-1', user: 'clientCertificate' });
      const rotated = async (own: FleetScene, kubeconfig: string): Promise<void> => {
        const rotations = own.told().filter((type) => type === 'kubeconfigRotated').length;
        own.fleet.putKubeconfig('cluster-1', kubeconfig);
        await eventually(() => own.told().filter((type) => type === 'kubeconfigRotated').length > rotations, SOON);
      };

      it('of the certificate: the client goes on, and a call under way ends where it began', async () => {
        const own = await connected({}, { user: 'clientCertificate' });
        const client = own.clusters.getUncachedClient(own.key);
        await client.list(NODE);
        const slow = own.workload.inject({ fault: 'slow', delay: 600, match: /\/nodes\/cluster-1-node-1$/, times: 1 });
        const call = client.get(NODE, { name: 'cluster-1-node-1' });
        await eventually(() => slow.hits === 1, SOON);
        await rotated(own, certificateOf(own));
        expect(own.workload.counters.openConnections, 'the old one waits for its call').to.equal(2);
        expect((await call).metadata?.name).to.equal('cluster-1-node-1');
        await eventually(() => own.workload.counters.openConnections === 1, SOON);
        expect((await client.list(NODE)).items).to.have.length(1);
        expect(own.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
      });

      it('of the certificate: stop ends a call that is under way on the replaced connection', async () => {
        const own = await connected({}, { user: 'clientCertificate' });
        const client = own.clusters.getUncachedClient(own.key);
        const hang = own.workload.inject({ fault: 'hang', match: /\/nodes\/cluster-1-node-1$/ });
        const call = failureOf(client.delete(NODE, { name: 'cluster-1-node-1' }));
        await eventually(() => hang.hits === 1, SOON);
        await rotated(own, certificateOf(own));
        await own.clusters.stop();
        expect(await call).to.be.instanceOf(TransportError).and.include({ code: 'CLOSED', outcomeUnknown: true });
        await eventually(() => own.workload.counters.openConnections === 0, SOON);
      });

      it('to another cluster: what was handed out is fenced off, what is asked for now leads there', async () => {
        const { records, logger } = recordingLogger();
        const own = await connected({ logger });
        const old = own.clusters.getUncachedClient(own.key);
        await own.fleet.add('other', { ready: false });
        await rotated(own, own.fleet.kubeconfig('other'));
        expect(await failureOf(old.list(NODE))).to.be.instanceOf(ClusterNotConnectedError);
        expect((await own.clusters.getUncachedClient(own.key).list(NODE)).items.map(({ metadata }) => metadata?.name)).to.deep.equal(['other-node-1']);
        expect(((await firstValueFrom(own.clusters.connection$(own.key))) as Connected).connection.clusterUid).to.equal(own.fleet.workload('other').uid);
        const warning = records.find(({ message }) => message === 'the kubeconfig now leads to another cluster');
        expect(warning?.fields).to.deep.equal({ cluster: 'default/cluster-1', before: own.workload.uid, after: own.fleet.workload('other').uid });
      });

      it('while waiting for the retry: is dialled at once', async () => {
        const own = await create({ connectionCreationRetryInterval: 60_000 });
        own.fleet.putKubeconfig('cluster-1', own.fleet.kubeconfig('cluster-1').replace(/"token": ".*"/, '"token": "wrong"'));
        await own.clusters.start();
        await own.phase('disconnected connectFailed');
        own.fleet.putKubeconfig('cluster-1');
        await own.phase('connected');
      });

      for (const [title, text, code] of [['is no kubeconfig', '{', 'KUBECONFIG_NOT_YAML'], ['has no context', '{}', 'KUBECONFIG_NO_CURRENT_CONTEXT']] as const) {
        it(`to what ${title}: the connection goes on and its state says so, until a good one comes`, async () => {
          const own = await connected();
          own.fleet.putKubeconfig('cluster-1', text);
          const state = await own.states().next((now) => now.phase === 'connected' && now.error !== undefined, SOON) as Connected;
          expect(state.error).to.include({ code });
          expect(state.retryAt).to.be.instanceOf(Date);
          await own.probed();
          await own.clusters.getUncachedClient(own.key).list(NODE);
          await own.upon(() => own.fleet.putKubeconfig('cluster-1'), (now) => now.phase === 'connected' && now.error === undefined);
          expect(own.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
        });
      }

      it('of a token, in place: what was handed out goes on, with the new one', async () => {
        const own = await connected();
        const client = own.clusters.getUncachedClient(own.key);
        const api = own.clusters.getRESTConfig(own.key).makeApiClient(CoreV1Api);
        await rotated(own, own.workload.kubeconfig({ name: 'cluster-1', userName: 'newcomer' }));
        expect((await client.list(NODE)).items).to.have.length(1);
        expect((await api.listNode()).items).to.have.length(1);
        expect(own.workload.requests.slice(-2).map(({ user }) => user)).to.deep.equal(['newcomer', 'newcomer']);
        expect(own.workload.counters.connectionsAccepted).to.equal(1);
      });
    });

    describe('on the workload cluster itself', () => {
      const NAMES = ['POD_NAMESPACE', 'POD_NAME', 'POD_UID', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];
      let before: (string | undefined)[];
      beforeEach(() => { before = NAMES.map((name) => process.env[name]); });
      afterEach(() => {
        for (const [index, name] of NAMES.entries()) {
          if (before[index] === undefined) delete process.env[name];
          else process.env[name] = before[index];
        }
      });

      it('that has no such Pod, or another of its name, is connected as the kubeconfig says', async () => {
        Object.assign(process.env, { POD_NAMESPACE: 'default', POD_NAME: 'controller', POD_UID: '42' });
        const own = await create({}, { clusters: 2 });
        own.workload.create(aPod({ name: 'controller' }));
        await own.clusters.start();
        for (const name of own.fleet.names) {
          const state = await own.phase('connected', name) as Connected;
          expect(state.connection.inCluster).to.equal(false);
          expect(state.connection.stages.map(({ stage }) => stage)).to.deep.equal(['dial', 'tls', 'reachability', 'discovery', 'inCluster']);
        }
      });

      it('without an in-cluster configuration: fails at the stage inCluster', async () => {
        Object.assign(process.env, { POD_NAMESPACE: 'default', POD_NAME: 'controller', POD_UID: '42' });
        for (const name of ['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']) delete process.env[name];
        const own = await create();
        own.workload.create({ ...aPod({ name: 'controller' }), metadata: { name: 'controller', namespace: 'default', uid: '42' } });
        await own.clusters.start();
        const { error } = await own.phase('disconnected connectFailed') as Disconnected;
        expect(error).to.be.instanceOf(ConnectError).and.include({ stage: 'inCluster', code: 'NOT_IN_CLUSTER' });
        expect(error.message).to.match(/^error checking if we're running on workload cluster: KUBERNETES_SERVICE_HOST/);
      });
    });

    describe('a wall clock that jumps', () => {
      it('changes no probe, no retry and no event', async () => {
        const own = await connected({ healthProbe: { interval: 50, timeout: 300, failureThreshold: 3 }, connectionCreationRetryInterval: 300 });
        const clock = useFakeTimers({ now: Date.now(), toFake: ['Date'] });
        const events = new Recorder(own.clusters.clusterEvents$(withoutInitialEvents(), watchForProbeFailure(400)));
        try {
          for (const jump of [3_600_000, -7_200_000]) {
            clock.setSystemTime(Date.now() + jump);
            const probes = own.states().values.length;
            const begun = performance.now();
            await own.states().count(probes + 4, SOON);
            expect(performance.now() - begun).to.be.within(150, 1_500);
          }
          expect(own.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
          expect(events.values).to.deep.equal([]);

          const broken = performance.now();
          const lost = own.upon(() => own.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
          clock.setSystemTime(Date.now() - 3_600_000);
          await lost;
          await own.fleet.heal('cluster-1');
          clock.setSystemTime(Date.now() - 3_600_000);
          await own.upon(() => {}, ({ phase }) => phase === 'connected');
          expect(performance.now() - broken).to.be.within(300, 2_500);
          own.fleet.break('cluster-1', { fault: 'serverError' });
          clock.setSystemTime(Date.now() - 86_400_000);
          const failing = performance.now();
          await events.next(({ type, after }) => (type === 'probeFailing' || type === 'disconnected') && after === 400, SOON);
          expect(performance.now() - failing).to.be.below(1_500);
        } finally {
          events.close();
          clock.restore();
        }
      });
    });
  });
});
