import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'chai';
import { filter, firstValueFrom, toArray } from 'rxjs';
import { useFakeTimers } from 'sinon';
import { type Client, type ClusterCache, ClusterCacheError, defineKind } from '../../lib/index.ts';
import { LeadershipLostError } from '../../lib/manager/leadership.ts';
import type { Manager } from '../../lib/manager/manager.ts';
import { setupWithManager } from '../../lib/manager/setup-with-manager.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { CONFIG_MAP, ManagerScene, SHORT_ELECTION, SOON, aConfigMap, failureOf } from './manager-scene.ts';

const HOUR = 3_600_000;
const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });

describe('a Manager with leader election', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: ManagerScene;
    beforeEach(async () => { scene = await ManagerScene.create(); });
    afterEach(() => scene[Symbol.asyncDispose]());

    const elected = (options: Parameters<ManagerScene['manager']>[0] = {}): Manager => scene.manager({ leaderElection: SHORT_ELECTION, ...options });
    /** The event loop stands still until the Lease cannot be held any more, as on a machine that was paused. */
    const holdUp = (): void => {
      const until = performance.now() + SHORT_ELECTION.renewDeadline + 50;
      while (performance.now() < until) { /* nothing else runs */ }
    };
    const everyWrite = ({ create, update, patch, delete: remove, deleteAllOf, status }: Client): readonly Promise<unknown>[] => {
      const key = { namespace: 'default', name: 'a' };
      return [
        create(CONFIG_MAP, aConfigMap('a')), update(CONFIG_MAP, aConfigMap('a')), patch(CONFIG_MAP, key, {}, { type: 'merge' }), remove(CONFIG_MAP, key),
        deleteAllOf(CONFIG_MAP, { namespace: 'default' }), status.update(CONFIG_MAP, aConfigMap('a')), status.patch(CONFIG_MAP, key, {}, { type: 'merge' }),
      ];
    };
    const clientsOf = (clusters: ClusterCache): readonly Client[] => {
      const cluster = scene.fleet.key('cluster-1');
      return [clusters.getClient(cluster), clusters.getClient(cluster, { readOwnWrites: true }), clusters.getUncachedClient(cluster)];
    };
    const workloadWrites = (): number => scene.fleet.workload('cluster-1').requests.filter(({ method }) => method !== 'GET').length;
    const writes = (): number => scene.fleet.managementServer.requests.filter(({ method, resource }) => method !== 'GET' && resource === 'configmaps').length;

    // controller-runtime: manager_test.go, "should disable gracefulShutdown when stopping to lead", "should allow multiple managers …", leader_election_test.go
    it('has everything warm and nothing at work on a replica that does not lead, and takes over when the leader stops', async () => {
      const first = elected();
      first.add(scene.runnable('first'));
      void first.start();
      await firstValueFrom(first.elected$);

      const second = elected({ server: { port: 0, host: '127.0.0.1' } });
      const clusters = setupWithManager(second);
      second.add(scene.runnable('second')).add(scene.runnable('everywhere', { group: 'others' }));
      void second.start();
      await firstValueFrom(clusters.clusterEvents$());
      await eventually(() => scene.log.includes('everywhere runs'), SOON);
      expect(second.isLeader).to.equal(false);
      expect((await firstValueFrom(second.leadership$)).phase).to.equal('waiting');
      expect((await fetch(`http://127.0.0.1:${second.address?.port}/readyz`)).status).to.equal(200);
      expect(await (await fetch(`http://127.0.0.1:${second.address?.port}/metrics`)).text()).to.include('leader_election_master_status{name="spec"} 0');
      expect((await clusters.getClient(scene.fleet.key('cluster-1')).list(NODE)).items).to.have.length(1);
      expect((await second.client.list(CONFIG_MAP)).items).to.be.an('array');
      expect(scene.log).not.to.include('second starts');

      await first.stop();
      const stopped = performance.now();
      await firstValueFrom(second.elected$);
      expect(performance.now() - stopped, 'ms: it need not wait until the Lease has run out').to.be.lessThan(SHORT_ELECTION.leaseDuration);
      expect(scene.log.indexOf('second starts')).to.be.greaterThan(scene.log.indexOf('first is over'));
      expect(second.isLeader).to.equal(true);
    });

    it('writes nothing on a replica that does not lead', async () => {
      const first = elected();
      void first.start();
      await firstValueFrom(first.elected$);
      const follower = elected();
      void follower.start();
      await firstValueFrom(follower.leadership$.pipe(filter(({ phase, holder }) => phase === 'waiting' && holder !== '')));
      for (const call of [follower.client, follower.uncachedClient].flatMap(everyWrite)) expect(await failureOf(call)).to.be.instanceOf(ClusterCacheError).and.include({ code: 'NOT_LEADER' });
      expect(writes()).to.equal(0);
    });

    it('writes nothing to a workload cluster either, which it reads and watches all the same', async () => {
      const first = elected();
      void first.start();
      await firstValueFrom(first.elected$);
      const follower = elected();
      const clusters = setupWithManager(follower);
      void follower.start();
      await firstValueFrom(clusters.clusterEvents$());
      const cluster = scene.fleet.key('cluster-1');
      for (const call of clientsOf(clusters).flatMap(everyWrite)) expect(await failureOf(call)).to.be.instanceOf(ClusterCacheError).and.include({ code: 'NOT_LEADER' });
      const core = clusters.getRESTConfig(cluster).makeApiClient(CoreV1Api);
      expect(await failureOf(core.createNamespacedConfigMap({ namespace: 'default', body: aConfigMap('a') }))).to.include({ code: 'NOT_LEADER' });
      expect(workloadWrites()).to.equal(0);

      const told = firstValueFrom(clusters.objects$(cluster, CONFIG_MAP).pipe(filter(({ type }) => type === 'added')));
      scene.fleet.workload('cluster-1').create({ ...CONFIG_MAP, ...aConfigMap('b') });
      await told;
      for (const client of clientsOf(clusters)) expect(await client.get(CONFIG_MAP, { namespace: 'default', name: 'b' })).to.have.nested.property('metadata.name', 'b');
      expect((await core.readNamespacedConfigMap({ namespace: 'default', name: 'b' })).metadata).to.have.property('name', 'b');
    });

    it('writes to a workload cluster by the clock too', async () => {
      const manager = elected();
      const clusters = setupWithManager(manager);
      const failure = failureOf(manager.start());
      await Promise.all([firstValueFrom(manager.elected$), firstValueFrom(clusters.clusterEvents$())]);
      const client = clusters.getClient(scene.fleet.key('cluster-1'));
      await client.create(CONFIG_MAP, aConfigMap('a'));
      holdUp();
      const error = await failureOf(client.create(CONFIG_MAP, aConfigMap('b')));
      expect(error).to.include({ code: 'NOT_LEADER' }).and.have.property('cause').that.is.instanceOf(LeadershipLostError);
      expect(await failure).to.include({ code: 'LEADERSHIP_LOST' });
      expect(workloadWrites()).to.equal(1);
    });

    // client-go: leaderelection_test.go, TestTryAcquireOrRenew and the like decide by the observed time; nothing there stops a write
    it('asks the clock and not a timer: who was held up for too long writes nothing more', async () => {
      const manager = elected();
      const failure = failureOf(manager.start());
      await firstValueFrom(manager.elected$);
      await manager.client.create(CONFIG_MAP, aConfigMap('a'));
      holdUp();
      expect(manager.isLeader).to.equal(false);
      const error = await failureOf(manager.client.create(CONFIG_MAP, aConfigMap('b')));
      expect(error).to.include({ code: 'NOT_LEADER' }).and.have.property('cause').that.is.instanceOf(LeadershipLostError);
      expect(await failure).to.include({ code: 'LEADERSHIP_LOST' });
      expect(writes()).to.equal(1);
    });

    it('ends at once when the Lease cannot be renewed, whatever is under way', async () => {
      const manager = elected({ server: { port: 0, host: '127.0.0.1' } });
      const clusters = setupWithManager(manager);
      const started = Promise.withResolvers<AbortSignal>();
      manager.add(({ signal }) => {
        started.resolve(signal);
        return new Promise(() => {});
      });
      manager.add(scene.runnable('controller'));
      const states = firstValueFrom(manager.leadership$.pipe(toArray()));
      const failure = failureOf(manager.start());
      const signal = await started.promise;
      const { managementServer } = scene.fleet;
      managementServer.inject({ fault: 'hang', match: /configmaps/ });
      const underWay = failureOf(manager.client.create(CONFIG_MAP, aConfigMap('late')));
      await firstValueFrom(clusters.clusterEvents$());
      scene.fleet.workload('cluster-1').inject({ fault: 'hang', match: /configmaps/ });
      const underWayElsewhere = failureOf(clusters.getClient(scene.fleet.key('cluster-1')).create(CONFIG_MAP, aConfigMap('late')));
      await eventually(() => writes() === 1 && workloadWrites() === 1, SOON);
      managementServer.inject({ fault: 'serverError', match: /leases/ });
      expect(await failure).to.be.instanceOf(LeadershipLostError).and.include({ code: 'LEADERSHIP_LOST' });
      expect(await underWayElsewhere).to.include({ code: 'CLOSED' });
      expect(await underWay).to.include({ code: 'CLOSED' }).and.have.property('cause').that.is.instanceOf(LeadershipLostError);
      expect(signal.aborted).to.equal(true);
      expect(scene.log.at(-1)).to.equal('controller is over');
      expect((await states).at(-1)).to.include({ phase: 'lost' });
      expect(manager).to.include({ isLeader: false, address: undefined });
      expect(await failureOf(manager.client.create(CONFIG_MAP, aConfigMap('later')))).to.include({ code: 'NOT_LEADER' });
      await eventually(() => managementServer.counters.openConnections === 0, SOON);
    });

    it('stops for a lost Lease in the middle of a graceful stop', async () => {
      const manager = elected();
      const never = new Promise<void>(() => {});
      manager.add(scene.runnable('controller', { stopping: () => never }));
      const failure = failureOf(manager.start());
      await eventually(() => scene.log.includes('controller runs'), SOON);
      const stopped = manager.stop();
      scene.fleet.managementServer.inject({ fault: 'serverError', match: /leases/ });
      await stopped;
      expect(await failure).to.include({ code: 'LEADERSHIP_LOST' });
    });

    it('takes no notice of a wall clock that is set', async () => {
      const manager = elected();
      const run = manager.start();
      await firstValueFrom(manager.elected$);
      for (const jump of [HOUR, -HOUR]) {
        const wall = useFakeTimers({ now: Date.now() + jump, toFake: ['Date'], shouldAdvanceTime: false });
        try {
          const renewals = (): number => scene.fleet.managementServer.requests.filter(({ verb, resource }) => verb === 'update' && resource?.startsWith('leases')).length;
          const before = renewals();
          await eventually(() => renewals() >= before + 3, SOON);
          expect(manager.isLeader).to.equal(true);
          await manager.client.create(CONFIG_MAP, aConfigMap(jump > 0 ? 'ahead' : 'behind'));
        } finally {
          wall.restore();
        }
      }
      await manager.stop();
      await run;
    });
  });
});
