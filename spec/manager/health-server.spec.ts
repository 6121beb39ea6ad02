import { expect } from 'chai';
import { Counter, Registry } from 'prom-client';
import { firstValueFrom } from 'rxjs';
import { Controller } from '../../lib/controller/controller.ts';
import type { Manager } from '../../lib/manager/manager.ts';
import { setupWithManager } from '../../lib/manager/setup-with-manager.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { ManagerScene, SHORT_ELECTION, failureOf } from './manager-scene.ts';

const ON_LOOPBACK = { port: 0, host: '127.0.0.1' } as const;

// controller-runtime: manager_test.go, "should serve metrics endpoint", "should serve liveness endpoint", "should serve readiness endpoint"
describe('the server of a Manager', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: ManagerScene;
    beforeEach(async () => { scene = await ManagerScene.create(); });
    afterEach(() => scene[Symbol.asyncDispose]());

    const run = async (manager: Manager): Promise<(path: string, method?: string) => Promise<readonly [status: number, body: string, contentType: string | null]>> => {
      void manager.start();
      await firstValueFrom(manager.elected$);
      return async (path, method = 'GET') => {
        const answer = await fetch(`http://127.0.0.1:${manager.address?.port}${path}`, { method });
        return [answer.status, await answer.text(), answer.headers.get('content-type')];
      };
    };

    it('answers for the process, and for whether it is ready', async () => {
      const ask = await run(scene.manager({ server: ON_LOOPBACK }));
      const PLAIN = 'text/plain; charset=utf-8';
      expect(await ask('/healthz')).to.deep.equal([200, 'ok', PLAIN]);
      expect(await ask('/readyz')).to.deep.equal([200, 'ok', PLAIN]);
      expect(await ask('/readyz/')).to.deep.equal([200, 'ok', PLAIN]);
      expect(await ask('/readyz?verbose')).to.deep.equal([200, '[+]ping ok\n[+]informer-sync ok\n[+]shutdown ok\nreadyz check passed\n', PLAIN]);
      expect(await ask('/readyz?verbose&exclude=ping')).to.deep.equal([200, '[+]ping excluded: ok\n[+]informer-sync ok\n[+]shutdown ok\nreadyz check passed\n', PLAIN]);
      expect(await ask('/readyz/informer-sync')).to.deep.equal([200, 'ok', PLAIN]);
      expect((await ask('/healthz', 'HEAD'))).to.deep.equal([200, '', PLAIN]);
      expect((await ask('/healthz', 'POST'))[0]).to.equal(405);
      for (const path of ['/', '/readyz/none', '/readyz/ping/more', '/livez']) expect((await ask(path))[0], path).to.equal(404);
      expect((await ask('/healthz/%E0%A4%A'))[0], 'a path that is no text').to.equal(500);
    });

    it('asks the checks that were added, at any time', async () => {
      const manager = scene.manager({ server: ON_LOOPBACK }).addReadyCheck('database', () => { throw new Error('down'); });
      const ask = await run(manager);
      expect(await ask('/readyz')).to.deep.include('[+]ping ok\n[+]informer-sync ok\n[+]shutdown ok\n[-]database failed: reason withheld\nreadyz check failed\n').and.include(500);
      manager.addHealthCheck('loop', async () => { throw new Error('stuck'); });
      expect((await ask('/healthz'))[0]).to.equal(500);
      manager.addHealthCheck('loop', () => {}).addReadyCheck('database', () => {});
      expect([(await ask('/healthz'))[0], (await ask('/readyz'))[0]]).to.deep.equal([200, 200]);
    });

    it('shows the metrics of the manager, of its cluster cache and of its controllers, from one registry', async () => {
      const manager = scene.manager({ server: ON_LOOPBACK, leaderElection: SHORT_ELECTION });
      const clusters = setupWithManager(manager);
      setupWithManager(manager, { namespace: 'other' });
      manager.add(new Controller({ name: 'machines', sources: [], reconcile: () => {} }));
      const ask = await run(manager);
      await firstValueFrom(clusters.clusterEvents$());
      const [status, body, contentType] = await ask('/metrics');
      expect([status, contentType]).to.deep.equal([200, new Registry().contentType]);
      expect(body).to.include('leader_election_master_status{name="spec"} 1\n')
        .and.include('capi_cluster_cache_connection_up{cluster_name="cluster-1",cluster_namespace="default"} 1\n')
        .and.include('controller_runtime_max_concurrent_reconciles{controller="machines"} 1\n');
    });

    it('shows a registry that it is given, and takes its own metrics out of it at the end', async () => {
      const metrics = new Registry();
      const answers = new Counter({ registers: [metrics], name: 'answers_total', help: 'All.' });
      answers.inc(42);
      const manager = scene.manager({ server: ON_LOOPBACK, metrics, leaderElection: SHORT_ELECTION });
      setupWithManager(manager);
      const ask = await run(manager);
      expect((await ask('/metrics'))[1]).to.include('answers_total 42\n').and.include('leader_election_master_status');
      await manager.stop();
      expect(metrics.getMetricsAsArray().map(({ name }) => name)).to.deep.equal(['answers_total']);
    });

    it('has no metrics where told so', async () => {
      const manager = scene.manager({ server: ON_LOOPBACK, metrics: false });
      const ask = await run(manager);
      expect(manager.metrics).to.equal(undefined);
      expect((await ask('/metrics'))[0]).to.equal(404);
    });

    it('does not wait for whoever keeps a connection open', async () => {
      const manager = scene.manager({ server: ON_LOOPBACK });
      manager.addHealthCheck('hangs', () => new Promise(() => {}));
      const ask = await run(manager);
      const open = failureOf(ask('/healthz'));
      await ask('/readyz');
      await manager.stop();
      expect(await open).to.be.instanceOf(TypeError);
    });
  });
});
