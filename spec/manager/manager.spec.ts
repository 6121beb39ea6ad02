import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import { firstValueFrom, take, toArray } from 'rxjs';
import { Controller } from '../../lib/controller/controller.ts';
import { kindSource } from '../../lib/controller/kind-source.ts';
import { type ClusterCache, ClusterCacheError, ClusterNotConnectedError, KubeconfigError } from '../../lib/index.ts';
import { Manager } from '../../lib/manager/manager.ts';
import { setupWithManager } from '../../lib/manager/setup-with-manager.ts';
import { itemExponentialFailureRateLimiter } from '../../lib/workqueue/rate-limiter.ts';
import { SHORT } from '../cluster-cache/fleet-scene.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { CONFIG_MAP, ManagerScene, SHORT_ELECTION, SOON, aConfigMap, failureOf } from './manager-scene.ts';

const HOUR = 3_600_000;

describe('a Manager', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: ManagerScene;
    beforeEach(async () => { scene = await ManagerScene.create(); });
    afterEach(() => scene[Symbol.asyncDispose]());

    describe('start', () => {
      // controller-runtime: manager_test.go, "should start the cache before starting anything else", "should start additional clusters before anything else"
      it('fills the caches before anything else begins, and has controllers last', async () => {
        const manager = scene.manager({ server: { port: 0, host: '127.0.0.1' } });
        const slow = Promise.withResolvers<void>();
        manager.add(scene.runnable('controller'));
        manager.add(scene.runnable('webhook', { group: 'others' }));
        manager.add(scene.runnable('cache', { group: 'caches', starting: slow.promise }));
        const run = manager.start();
        await eventually(() => scene.log.length > 0, SOON);
        expect(scene.log).to.deep.equal(['cache starts']);
        expect(manager.address, 'the server listens first').to.include({ host: '127.0.0.1' });
        slow.resolve();
        await eventually(() => scene.log.includes('controller runs'), SOON);
        expect(scene.log).to.deep.equal(['cache starts', 'cache runs', 'webhook starts', 'controller starts', 'webhook runs', 'controller runs']);
        await manager.stop();
        await run;
      });

      it('keeps the indexed kinds from the start on', async () => {
        scene.fleet.managementServer.create({ ...CONFIG_MAP, ...aConfigMap('a') });
        const manager = scene.manager({ cache: { indexes: [{ kind: CONFIG_MAP, field: 'metadata.name', extractValue: (object) => object.metadata?.name }] } });
        const found = Promise.withResolvers<number>();
        manager.add(async ({ client }) => found.resolve((await client.list(CONFIG_MAP, { index: { field: 'metadata.name', value: 'a' } })).items.length));
        void manager.start();
        expect(await found.promise).to.equal(1);
      });

      it('waits for a management cluster that cannot be reached, and is not ready meanwhile', async () => {
        const refused = scene.fleet.managementServer.inject({ fault: 'refuse' });
        const manager = scene.manager({ server: { port: 0, host: '127.0.0.1' } });
        setupWithManager(manager);
        manager.add(scene.runnable('controller'));
        void manager.start();
        await eventually(() => manager.address !== undefined, SOON);
        const answer = await fetch(`http://127.0.0.1:${manager.address?.port}/readyz`);
        expect([answer.status, await answer.text()]).to.deep.equal([500, '[+]ping ok\n[-]informer-sync failed: reason withheld\n[+]shutdown ok\nreadyz check failed\n']);
        expect(scene.log).to.deep.equal([]);
        await refused.remove();
        await eventually(() => scene.log.includes('controller runs'), SOON);
      });

      it('rejects where the kubeconfig cannot be used', async () => {
        const { management } = scene.fleet;
        management.setCurrentContext('nowhere');
        expect(await failureOf(scene.manager({ kubeConfig: management }).start())).to.be.instanceOf(KubeconfigError);
      });

      it('rejects where the port is taken, with the system\'s error', async () => {
        const first = scene.manager({ server: { port: 0, host: '127.0.0.1' } });
        void first.start();
        await eventually(() => first.address !== undefined, SOON);
        const second = scene.manager({ server: { port: first.address?.port ?? 0, host: '127.0.0.1' } });
        expect(await failureOf(second.start())).to.include({ code: 'EADDRINUSE' });
      });

      it('is the same promise when called again, and rejects after stop', async () => {
        const manager = scene.manager();
        const run = manager.start();
        expect(manager.start()).to.equal(run);
        await manager.stop();
        await run;
        const stopped = scene.manager();
        await stopped.stop();
        expect(await failureOf(stopped.start())).to.include({ code: 'STOPPED' });
      });

      it('resolves for a signal that is aborted already, without beginning anything', async () => {
        const manager = scene.manager({ server: { port: 0 } });
        manager.add(scene.runnable('controller'));
        await manager.start(AbortSignal.abort());
        expect(scene.log).to.deep.equal([]);
        expect(scene.fleet.managementServer.counters).to.include({ requests: 0 });
      });

      // controller-runtime: manager_test.go, "should return an error if any Components fail to Start"
      it('stops everything and rejects with what a runnable failed with', async () => {
        const manager = scene.manager();
        const failure = new Error('no license');
        manager.add(scene.runnable('controller'));
        manager.add(async () => {
          await eventually(() => scene.log.includes('controller runs'), SOON);
          throw failure;
        });
        expect(await failureOf(manager.start())).to.equal(failure);
        expect(scene.log.slice(-2)).to.deep.equal(['controller stops', 'controller is over']);
      });
    });

    describe('add', () => {
      // controller-runtime: manager_test.go, "should immediately start the Component if the Manager has already Started"
      it('begins at once with what is added later', async () => {
        const manager = scene.manager();
        manager.add(scene.runnable('first'));
        void manager.start();
        await eventually(() => scene.log.includes('first runs'), SOON);
        for (const group of ['caches', 'others', 'leader'] as const) manager.add(scene.runnable(`late ${group}`, { group }));
        expect(scene.log.slice(2)).to.deep.equal(['late caches starts', 'late others starts', 'late leader starts']);
        await manager.stop();
        expect(scene.log.filter((line) => line.endsWith('over'))).to.have.members(['first is over', 'late caches is over', 'late others is over', 'late leader is over']);
      });

      it('takes nothing after the end', async () => {
        const manager = scene.manager();
        await manager.stop();
        expect(() => manager.add(() => {})).to.throw(ClusterCacheError).with.property('code', 'STOPPED');
      });

      it('takes nothing that cannot be started', () => {
        const manager = scene.manager();
        for (const [wrong, got] of [[undefined, 'undefined'], [null, 'null'], [5, 'number'], [{}, 'object']] as const) {
          expect(() => manager.add(wrong as never)).to.throw(TypeError, `manager.add takes a Controller, an object with start(), or a function; got ${got}`);
        }
      });

      // controller-runtime: controller_test.go, "should return an error if two controllers are registered with the same name"
      it('takes no two controllers of one name', () => {
        const manager = scene.manager();
        const controller = () => new Controller({ name: 'machines', sources: [], reconcile: () => {} });
        manager.add(controller());
        expect(() => manager.add(controller())).to.throw(ClusterCacheError, '"machines"').with.property('code', 'DUPLICATE_CONTROLLER');
      });
    });

    describe('a controller', () => {
      it('follows the management cluster and reads it from memory, over the one connection', async () => {
        const { managementServer } = scene.fleet;
        const manager = scene.manager({ leaderElection: SHORT_ELECTION });
        const clusters = setupWithManager(manager);
        const other = setupWithManager(manager, { namespace: 'other' });
        const seen: string[] = [];
        manager.add(new Controller({
          name: 'config', sources: [kindSource(CONFIG_MAP, ({ key }) => [key])],
          reconcile: async ({ name, namespace }, { client }) => {
            const { metadata } = await client?.get(CONFIG_MAP, { name, namespace }) ?? {};
            if (metadata?.name !== undefined) seen.push(metadata.name);
          },
        }));
        void manager.start();
        managementServer.create({ ...CONFIG_MAP, ...aConfigMap('a') });
        await eventually(() => seen.includes('a'), SOON);
        await manager.client.create(CONFIG_MAP, aConfigMap('b'));
        await eventually(() => seen.includes('b'), SOON);
        await firstValueFrom(clusters.clusterEvents$());
        expect(managementServer.counters).to.deep.include({ connectionsAccepted: 1, lists: { 'clusters.cluster.x-k8s.io': 2, secrets: 2, configmaps: 1 } });
        expect(other.getHealthCheckingState(scene.fleet.key('cluster-1'))).to.include({ consecutiveFailures: 0 });
        await manager.stop();
      });

      it('is told of the connections of the manager\'s cluster caches', async () => {
        const manager = scene.manager();
        setupWithManager(manager);
        const phases = Promise.withResolvers<readonly string[]>();
        manager.add(async ({ connections$ }) => {
          phases.resolve((await firstValueFrom(connections$.pipe(take(2), toArray()))).map(({ phase }) => phase));
        });
        void manager.start();
        expect((await phases.promise).at(-1)).to.equal('connected');
      });

      it('hears of a cluster cache that is added after its start, and backs off where nobody knows the cluster', async () => {
        const cluster = scene.fleet.key('cluster-1');
        const refused = scene.fleet.workload('cluster-1').inject({ fault: 'refuse' });
        const reconciled: string[] = [];
        const caches: ClusterCache[] = [];
        const controller = new Controller({
          name: 'nodes', sources: [], rateLimiter: itemExponentialFailureRateLimiter({ baseDelay: HOUR, maxDelay: HOUR }),
          reconcile: ({ name }) => {
            const [clusters] = caches;
            if (clusters === undefined) throw new ClusterNotConnectedError('client', { cluster });
            clusters.getClient(cluster);
            reconciled.push(name);
          },
        });
        const manager = scene.manager().add(controller);
        void manager.start();
        await firstValueFrom(manager.elected$);
        controller.queue.add({ namespace: '', name: 'early', cluster });
        await eventually(() => controller.queue.waiting === 1, SOON);

        const clusters = setupWithManager(manager, SHORT);
        caches.push(clusters);
        await firstValueFrom(clusters.connections$);
        controller.queue.add({ namespace: '', name: 'late', cluster });
        await eventually(() => controller.queue.parked === 1, SOON);
        await refused.remove();
        await eventually(() => reconciled.includes('late'), SOON);
        await manager.stop();
      });
    });

    describe('stop', () => {
      // controller-runtime: manager_test.go, "should wait for runnables to stop", "should stop all runnables in order …" (runnable_group_test.go)
      it('goes the other way round, waits for each, and is not ready from its first moment', async () => {
        const manager = scene.manager({ server: { port: 0, host: '127.0.0.1' }, leaderElection: SHORT_ELECTION });
        const clusters = setupWithManager(manager);
        const isConnected = (): boolean => clusters.getHealthCheckingState(scene.fleet.key('cluster-1')).lastProbeSuccessTime !== undefined;
        const atWork = Promise.withResolvers<void>();
        const seen: Record<string, unknown> = {};
        manager.add(scene.runnable('controller', { stopping: async () => {
          const { port } = manager.address ?? {};
          seen['ready'] = (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
          seen['healthy'] = (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
          seen['written'] = (await manager.client.create(CONFIG_MAP, aConfigMap('last'))).metadata?.name;
          seen['connected'] = clusters.getClient(scene.fleet.key('cluster-1')) !== undefined;
          seen['leads'] = manager.isLeader;
          await atWork.promise;
        } }));
        manager.add(scene.runnable('webhook', { group: 'others' }));
        manager.add(scene.runnable('cache', { group: 'caches' }));
        const run = manager.start();
        await eventually(() => scene.log.includes('controller runs') && isConnected(), SOON);
        scene.log.length = 0;
        const stopped = manager.stop();
        await eventually(() => 'leads' in seen, SOON);
        expect(seen).to.deep.equal({ ready: 500, healthy: 200, written: 'last', connected: true, leads: true });
        expect(scene.log).to.deep.equal(['controller stops']);
        atWork.resolve();
        await stopped;
        await run;
        expect(scene.log).to.deep.equal(['controller stops', 'controller is over', 'webhook stops', 'webhook is over', 'cache stops', 'cache is over']);
        expect(manager).to.include({ isLeader: false, address: undefined });
        const lease = scene.fleet.managementServer.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }, { namespace: 'default', name: 'spec' });
        expect(lease, 'the Lease is given back').to.have.nested.property('spec.holderIdentity', '');
        await eventually(() => scene.fleet.managementServer.counters.openConnections === 0, SOON);
      });

      it('awaits the reconciles that run', async () => {
        const manager = scene.manager();
        const begun = Promise.withResolvers<void>();
        const work = Promise.withResolvers<void>();
        const controller = new Controller({ name: 'slow', sources: [], reconcile: async () => {
          begun.resolve();
          await work.promise;
          scene.log.push('reconciled');
        } });
        controller.queue.add({ namespace: 'default', name: 'a' });
        manager.add(controller);
        const run = manager.start().then(() => scene.log.push('stopped'));
        await begun.promise;
        void manager.stop();
        for (let turn = 0; turn < 10; turn += 1) await setImmediate();
        expect(scene.log).to.deep.equal([]);
        work.resolve();
        await run;
        expect(scene.log).to.deep.equal(['reconciled', 'stopped']);
      });

      // controller-runtime: manager_test.go, "should return an error if the graceful shutdown times out", and the like
      it('gives up after gracefulShutdownTimeout, names what still runs, and does not give the Lease back', async () => {
        const manager = scene.manager({ gracefulShutdownTimeout: 100, leaderElection: SHORT_ELECTION });
        const never = new Promise<void>(() => {});
        manager.add(scene.runnable('stuck', { stopping: () => never })).add(function alsoStuck() { return never; }).add(scene.runnable('good'));
        manager.add(scene.runnable('cache', { group: 'caches' }));
        const failure = failureOf(manager.start());
        await eventually(() => scene.log.includes('good runs'), SOON);
        await manager.stop();
        expect(await failure).to.be.instanceOf(ClusterCacheError).and.include({
          code: 'SHUTDOWN_TIMEOUT', message: 'not everything stopped within 100 ms; still running: stuck, alsoStuck',
        });
        expect(scene.log.at(-1)).to.equal('cache is over');
        const lease = scene.fleet.managementServer.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }, { namespace: 'default', name: 'spec' });
        expect(lease).to.have.nested.property('spec.holderIdentity').that.is.not.equal('');
      });

      // controller-runtime: manager/internal.go, engageStopProcedure waits for the end of the election after the graceful shutdown's timeout is over
      it('gives the Lease back also where that takes until after gracefulShutdownTimeout', async () => {
        const manager = scene.manager({ gracefulShutdownTimeout: 100, leaderElection: SHORT_ELECTION });
        const run = manager.start();
        await firstValueFrom(manager.elected$);
        scene.fleet.managementServer.inject({ fault: 'slow', delay: 150, match: /leases/ });
        await manager.stop();
        await run;
        expect(scene.fleet.managementServer.find({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }, { namespace: 'default', name: 'spec' })).to.have.nested.property('spec.holderIdentity', '');
      });

      it('waits no longer than renewDeadline for a Lease that cannot be given back', async () => {
        const manager = scene.manager({ leaderElection: SHORT_ELECTION });
        const run = manager.start();
        await firstValueFrom(manager.elected$);
        scene.fleet.managementServer.inject({ fault: 'hang', match: /leases/ });
        const begun = performance.now();
        await manager.stop();
        await run;
        expect(performance.now() - begun, 'ms, with as much again for a slow machine').to.be.lessThan(2 * SHORT_ELECTION.renewDeadline);
      });

      it('comes with the signal that start was given, and may be called again and again', async () => {
        const manager = scene.manager();
        const ending = new AbortController();
        const run = manager.start(ending.signal);
        await firstValueFrom(manager.elected$);
        ending.abort();
        await run;
        await Promise.all([manager.stop(), manager.stop(), manager[Symbol.asyncDispose]()]);
      });

      it('comes with SIGTERM to the process, to which it listens from start to then', async () => {
        const listeners = (): readonly number[] => [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')];
        const before = listeners();
        const manager = scene.manager({ signals: ['SIGTERM', 'SIGINT'] });
        expect(listeners()).to.deep.equal(before);
        const run = manager.start();
        expect(listeners()).to.deep.equal(before.map((count) => count + 1));
        await firstValueFrom(manager.elected$);
        process.emit('SIGTERM', 'SIGTERM');
        expect(listeners(), 'the next one ends the process').to.deep.equal(before);
        await run;
        const stopped = scene.manager({ signals: ['SIGTERM', 'SIGINT'] });
        const other = stopped.start();
        await stopped.stop();
        await other;
        expect(listeners()).to.deep.equal(before);
      });

      it('in the middle of its start leaves nothing running', async () => {
        for (const turns of [0, 1, 2, 3, 5, 8]) {
          const manager = scene.manager({ server: { port: 0, host: 'localhost' }, leaderElection: SHORT_ELECTION });
          setupWithManager(manager);
          const run = manager.start();
          for (let turn = 0; turn < turns; turn += 1) await setImmediate();
          await manager.stop();
          await run;
          expect(manager.address).to.equal(undefined);
        }
      });
    });

    describe('its clients', () => {
      it('reject before the start and after the end', async () => {
        const manager = scene.manager();
        for (const client of [manager.client, manager.uncachedClient]) {
          expect(await failureOf(client.get(CONFIG_MAP, { namespace: 'default', name: 'a' }))).to.include({ code: 'NOT_STARTED' });
          expect(await failureOf(client.create(CONFIG_MAP, aConfigMap('a')))).to.include({ code: 'NOT_STARTED' });
        }
        const run = manager.start();
        await firstValueFrom(manager.elected$);
        await manager.stop();
        await run;
        for (const client of [manager.client, manager.uncachedClient]) {
          expect(await failureOf(client.get(CONFIG_MAP, { namespace: 'default', name: 'a' }))).to.include({ code: 'STOPPED' });
          expect(await failureOf(client.create(CONFIG_MAP, aConfigMap('a')))).to.include({ code: 'STOPPED' });
        }
      });

      it('write to every cluster where there is no leader election', async () => {
        const manager = scene.manager();
        const clusters = setupWithManager(manager);
        void manager.start();
        await firstValueFrom(clusters.clusterEvents$());
        const cluster = scene.fleet.key('cluster-1');
        for (const [at, client] of [manager.client, clusters.getClient(cluster), clusters.getUncachedClient(cluster)].entries()) {
          expect(await client.create(CONFIG_MAP, aConfigMap(`a-${at}`))).to.have.nested.property('metadata.name', `a-${at}`);
        }
        const core = clusters.getRESTConfig(cluster).makeApiClient(CoreV1Api);
        expect((await core.createNamespacedConfigMap({ namespace: 'default', body: aConfigMap('b') })).metadata).to.have.property('name', 'b');
      });

      it('say of what is not there that it is not, and of no cluster: the management cluster has no key', async () => {
        const manager = scene.manager();
        void manager.start();
        await firstValueFrom(manager.elected$);
        for (const client of [manager.client, manager.uncachedClient]) {
          expect(await failureOf(client.get(CONFIG_MAP, { namespace: 'default', name: 'missing' }))).to.include({ code: 'NotFound', cluster: undefined });
        }
        expect(await failureOf(manager.client.list(CONFIG_MAP, { index: { field: 'data.a', value: 'a' } }))).to.include({ code: 'INDEX_UNKNOWN', cluster: undefined });
      });

      it('keep one namespace where told to', async () => {
        const manager = scene.manager({ namespace: 'default' });
        void manager.start();
        await firstValueFrom(manager.elected$);
        await manager.client.list(CONFIG_MAP);
        expect(scene.fleet.managementServer.requests.filter(({ resource }) => resource === 'configmaps').map(({ namespace }) => namespace)).to.deep.include('default').and.not.include(undefined);
      });

      it('tell who follows objects of the end, and not that they are gone', async () => {
        scene.fleet.managementServer.create({ ...CONFIG_MAP, ...aConfigMap('a') });
        const manager = scene.manager();
        const told = firstValueFrom(manager.objects$(CONFIG_MAP).pipe(toArray()));
        void manager.start();
        await manager.client.list(CONFIG_MAP).catch(() => {});
        await firstValueFrom(manager.elected$);
        await manager.client.list(CONFIG_MAP);
        await manager.stop();
        expect((await told).map(({ type }) => type)).to.deep.equal(['added', 'synced']);
        expect(await firstValueFrom(manager.objects$(CONFIG_MAP).pipe(toArray()))).to.deep.equal([]);
      });
    });

    it('refuses options that are none, by name', () => {
      const { management: kubeConfig } = scene.fleet;
      const cases: readonly (readonly [object, RegExp])[] = [
        [{ kubeConfig: {} }, /options\.kubeConfig must be a KubeConfig/],
        [{ server: { port: 70_000 } }, /options\.server\.port must be a port, 0 to 65535; got 70000/],
        [{ leaderElection: { leaseName: 'a' } }, /options\.leaderElection\.leaseNamespace must be a non-empty string/],
        [{ leaderElection: { ...SHORT_ELECTION, renewDeadline: 2_000 } }, /leaseDuration > renewDeadline/],
        [{ signals: ['SIGKILL'] }, /options\.signals must be an array of 'SIGTERM' and 'SIGINT'/],
        [{ gracefulShutdownTimeout: 0 }, /options\.gracefulShutdownTimeout must be a number of milliseconds/],
        [{ leaderElections: {} }, /options\.leaderElections must be one of/],
      ];
      for (const [options, message] of cases) expect(() => new Manager({ kubeConfig, ...options })).to.throw(TypeError, message);
      expect(() => setupWithManager(scene.manager(), {}, { maxConcurrentReconciles: 0 })).to.throw(TypeError, 'controllerOptions.maxConcurrentReconciles');
    });
  });
});
