import { expect } from 'chai';
import { Registry } from 'prom-client';
import { type Observable, firstValueFrom, take, toArray } from 'rxjs';
import { ClusterCache, ClusterCacheError, type ConnectionState, TransportError, defineKind, watchForProbeFailure } from '../../lib/index.ts';
import { FakeFleet } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SHORT, SOON, described } from './fleet-scene.ts';

const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'no failure', (error: unknown) => error);

describe('the life of a ClusterCache', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene | undefined;
    const create = async (...options: Parameters<typeof FleetScene.create>): Promise<FleetScene> => scene = await FleetScene.create(...options);
    const started = async (...options: Parameters<typeof FleetScene.create>): Promise<FleetScene> => scene = await FleetScene.started(...options);
    afterEach(async () => {
      await scene?.stop();
      scene = undefined;
    });

    describe('start', () => {
      it('resolves when the first lists of Clusters and Secrets are in', async () => {
        const { clusters, fleet } = await create({}, { clusters: 2 });
        fleet.managementServer.inject({ fault: 'slow', delay: 150, match: /\/secrets/, times: 1 });
        await clusters.start();
        expect(fleet.managementServer.counters.lists).to.deep.equal({ 'clusters.cluster.x-k8s.io': 1, secrets: 1 });
      });

      it('is the same promise when called again', async () => {
        const { clusters } = await create();
        const first = clusters.start();
        expect(clusters.start()).to.equal(first);
        await first;
      });

      it('waits for a management cluster that cannot be reached, and says why it waited when it is given up', async () => {
        const { clusters, fleet } = await create();
        const refused = fleet.managementServer.inject({ fault: 'refuse' });
        const failure = failureOf(clusters.start(AbortSignal.timeout(300)));
        const error = await failure;
        expect(error).to.be.instanceOf(ClusterCacheError).and.include({ code: 'START_ABORTED' });
        expect((error as Error).message).to.match(/ECONNREFUSED|refused/);
        expect((error as Error).cause).to.be.instanceOf(TransportError);
        await refused.remove();
      });

      it('rejects for a signal that is aborted already, with its reason, and stops', async () => {
        const { clusters, key } = await create();
        const states = firstValueFrom(clusters.connection$(key).pipe(toArray()));
        const reason = new Error('not today');
        const error = await failureOf(clusters.start(AbortSignal.abort(reason)));
        expect(error).to.be.instanceOf(ClusterCacheError).and.include({ code: 'START_ABORTED', cause: reason });
        expect((await states).at(-1)).to.include({ phase: 'absent' });
      });

      it('rejects after stop', async () => {
        const { clusters, fleet } = await create();
        await clusters.stop();
        expect(await failureOf(clusters.start())).to.include({ code: 'START_ABORTED' });
        expect(fleet.managementServer.counters.requests).to.equal(0);
      });

      it('rejects after stop, though it resolved before', async () => {
        const { clusters } = await create();
        await clusters.start();
        await clusters.stop();
        expect(await failureOf(clusters.start())).to.include({ code: 'START_ABORTED' });
      });

      it('rejects when it is stopped meanwhile', async () => {
        const { clusters, fleet } = await create();
        fleet.managementServer.inject({ fault: 'hang' });
        const failure = failureOf(clusters.start());
        await eventually(() => fleet.managementServer.counters.requests > 0, SOON);
        await clusters.stop();
        expect(await failure).to.include({ code: 'START_ABORTED' });
      });

      it('stops everything when its signal is aborted later', async () => {
        const { clusters, key, fleet } = await create();
        const controller = new AbortController();
        await clusters.start(controller.signal);
        const states = firstValueFrom(clusters.connection$(key).pipe(toArray()));
        controller.abort();
        expect((await states).at(-1)).to.include({ phase: 'absent', reason: 'stopped' });
        await eventually(() => fleet.managementServer.counters.openConnections === 0, SOON);
      });

      it('rejects for a management kubeconfig that cannot be used, and ends', async () => {
        const { clusters, fleet } = await create();
        const kubeConfig = fleet.management;
        kubeConfig.setCurrentContext('nowhere');
        const lost = new ClusterCache({ management: kubeConfig, client: { userAgent: 'spec' } });
        const ended = firstValueFrom(lost.connections$.pipe(toArray()));
        expect(await failureOf(lost.start())).to.include({ code: 'MANAGEMENT_KUBECONFIG' });
        expect(await ended).to.deep.equal([]);
        await clusters.stop();
      });
    });

    describe('stop', () => {
      it('is the same promise when called again, and also the end of `await using`', async () => {
        const fleet = await FakeFleet.start({ clusters: 0 });
        let disposed: ClusterCache;
        {
          await using clusters = new ClusterCache({ management: fleet.management, client: { userAgent: 'spec' }, ...SHORT });
          await clusters.start();
          disposed = clusters;
        }
        expect(disposed.stop()).to.equal(disposed.stop());
        await eventually(() => fleet.managementServer.counters.openConnections === 0, SOON);
        await fleet.stop();
      });

      it('while clusters connect leaves no socket', async () => {
        const { clusters, fleet } = await started({}, { clusters: 3, broken: { 'cluster-1': { fault: 'hang' }, 'cluster-2': { fault: 'halfOpen' }, 'cluster-3': { fault: 'slow', delay: 100 } } });
        await eventually(() => ['cluster-1', 'cluster-2', 'cluster-3'].every((name) => fleet.workload(name).counters.openConnections > 0), SOON);
        await clusters.stop();
        for (const name of ['cluster-1', 'cluster-3']) await eventually(() => fleet.workload(name).counters.openConnections === 0, SOON);
        await fleet.heal('cluster-2');
        await eventually(() => fleet.workload('cluster-2').counters.openConnections === 0, SOON);
      });

      it('in the same turn as start leaves nothing in the registry of metrics', async () => {
        const metrics = new Registry();
        const { clusters } = await create({ metrics });
        const failure = failureOf(clusters.start());
        await clusters.stop();
        await failure;
        expect(metrics.getMetricsAsArray().map(({ name }) => name)).to.deep.equal([]);
      });

      it('from inside a state tells every subscriber the end, once', async () => {
        const { clusters, fleet } = await create({}, { clusters: 3 });
        const told: string[][] = [];
        for (const name of ['cluster-1', 'cluster-2', 'cluster-3', 'cluster-1']) {
          const own: string[] = [];
          told.push(own);
          clusters.connection$(fleet.key(name)).subscribe({
            next: (state) => {
              own.push(described(state));
              if (name === 'cluster-2' && state.phase === 'connected') void clusters.stop();
              if (state.phase === 'absent' && state.reason === 'stopped') void clusters.stop();
            },
            complete: () => own.push('complete'),
          });
        }
        await clusters.start();
        await eventually(() => told.every((own) => own.at(-1) === 'complete'), SOON);
        for (const own of told) expect(own.slice(-2)).to.deep.equal(['absent stopped', 'complete']);
        expect(clusters.stop()).to.equal(clusters.stop());
      });

      it('from inside the logger keeps nothing', async () => {
        let stop = (): void => {};
        const record = (_fields: object, message: string) => { if (message === 'connected') stop(); };
        const { clusters, key } = await create({ logger: { debug: record, info: record, warn: record, error: record } });
        stop = () => { void clusters.stop(); };
        const states = firstValueFrom(clusters.connection$(key).pipe(toArray()));
        await clusters.start();
        expect((await states).at(-1)).to.include({ phase: 'absent', reason: 'stopped' });
        expect(await firstValueFrom(clusters.connection$(key))).to.include({ phase: 'absent', reason: 'stopped' });
        expect(() => clusters.getUncachedClient(key)).to.throw('connection to the workload cluster is down');
      });

      it('ends calls that wait for their turn, at once', async () => {
        const { clusters, key, phase } = bound(await started({ client: { userAgent: 'spec', qps: 0.01, burst: 3 } }));
        await phase('connected');
        const client = clusters.getUncachedClient(key);
        const calls = Array.from({ length: 5 }, () => failureOf(client.list(NODE)));
        await calls[0];
        const begun = performance.now();
        await clusters.stop();
        const last = await calls[4];
        expect(last).to.be.instanceOf(TransportError).and.include({ code: 'CLOSED', outcomeUnknown: false });
        expect(performance.now() - begun).to.be.below(500);
      });

      it('completes all streams, and those that are asked for later', async () => {
        const { clusters, key, phase } = bound(await started());
        await phase('connected');
        const streams: readonly Observable<unknown>[] = [clusters.connection$(key), clusters.connections$, clusters.events$, clusters.health$(key), clusters.lastProbeSuccess$(key), clusters.clusterEvents$(watchForProbeFailure(50)), clusters.getClusterSource('spec', () => [])];
        const ends = streams.map((stream) => firstValueFrom(stream.pipe(toArray())));
        await clusters.stop();
        await Promise.all(ends);
        for (const stream of streams) await firstValueFrom(stream.pipe(toArray()));
        expect(await firstValueFrom(clusters.connections$.pipe(toArray()))).to.deep.equal([]);
        expect(await firstValueFrom(clusters.connection$(key))).to.include({ phase: 'absent', reason: 'stopped' });
      });
    });

    describe('a subscriber', () => {
      it('that leaves with the first event leaves no timer', async () => {
        const { clusters, phase } = bound(await started({}, { clusters: 2 }));
        await phase('connected', 'cluster-1');
        await phase('connected', 'cluster-2');
        const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
        const before = timers();
        const events = await firstValueFrom(clusters.clusterEvents$(watchForProbeFailure(2 ** 31 - 1)).pipe(take(1), toArray()));
        expect(events.map(({ type }) => type)).to.deep.equal(['connected']);
        await eventually(() => timers() <= before, 1_000);
      });

      it('that leaves in the middle of a state disturbs no other', async () => {
        const { clusters, fleet, phase, seen } = bound(await create({}, { clusters: 2 }));
        const left: ConnectionState[] = [];
        const leaving = clusters.connections$.subscribe((state) => {
          left.push(state);
          leaving.unsubscribe();
        });
        scene?.states('cluster-1');
        await clusters.start();
        await phase('connected');
        expect(left).to.have.length(1);
        expect(seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
        await fleet.remove('cluster-1');
        await phase('absent deleted');
      });
    });
  });
});

/** Methods that may be taken off their object. */
function bound(scene: FleetScene): { [K in 'clusters' | 'fleet' | 'key' | 'workload' | 'phase' | 'upon' | 'seen' | 'probed' | 'told' | 'states']: FleetScene[K] } {
  const { clusters, fleet, key, workload } = scene;
  return { clusters, fleet, key, workload, phase: scene.phase.bind(scene), upon: scene.upon.bind(scene), seen: scene.seen.bind(scene), probed: scene.probed.bind(scene), told: scene.told.bind(scene), states: scene.states.bind(scene) };
}
