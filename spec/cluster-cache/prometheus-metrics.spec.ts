import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { ClusterCache, defineKind } from '../../lib/index.ts';
import type { Cluster } from '../../lib/model/cluster.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SOON } from './fleet-scene.ts';

const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
const CLUSTER = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });
const isProbe = ({ path }: { readonly path: string }): boolean => path === '/';

interface Documented {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The first table of docs/metrics.md; the second is the controllers'. */
function documented(): Documented[] {
  const [text = ''] = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').split('\n## ', 1);
  return [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \|/gm)].map(([, name = '', type = '', labels = '']) => ({
    name, type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label).filter((label) => ['cluster_name', 'cluster_namespace', 'status', 'stage', 'reason', 'kind', 'cause'].includes(label)),
  }));
}

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

async function samples(registry: Registry, name: string): Promise<Sample[]> {
  const metric = registry.getSingleMetric(name);
  if (metric === undefined) throw new Error(`there is no metric ${name}`);
  return (await metric.get()).values as Sample[];
}

/** The value of the series with these labels, `undefined` where there is none. */
async function value(registry: Registry, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  return (await samples(registry, name)).find((sample) => Object.entries(labels).every(([label, wanted]) => sample.labels[label] === wanted))?.value;
}

const ONE = { cluster_name: 'cluster-1', cluster_namespace: 'default' };

describe('the metrics of a ClusterCache', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene | undefined;
    let registry: Registry;
    const started = async (...[options, fleet]: Parameters<typeof FleetScene.create>): Promise<FleetScene> => {
      registry = new Registry();
      return scene = await FleetScene.started({ metrics: registry, ...options }, fleet);
    };
    afterEach(async () => {
      await scene?.stop();
      scene = undefined;
    });
    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      const deadline = performance.now() + SOON;
      while (!await holds()) {
        if (performance.now() > deadline) throw new Error(`there was no moment when ${holds}`);
        await new Promise((resolve) => { setImmediate(resolve); });
      }
    };

    it('are those of docs/metrics.md, with their types and labels, and no other', async () => {
      const { clusters } = await started();
      const rows = documented();
      expect(rows.length).to.be.above(8);
      expect(registry.getMetricsAsArray().map(({ name, type }) => `${name} ${type}`)).to.have.members(rows.map(({ name, type }) => `${name} ${type}`));
      for (const { name, labels } of rows) {
        const { labelNames = [] } = registry.getSingleMetric(name) as unknown as { readonly labelNames?: readonly string[] };
        expect([...labelNames].filter((label) => label !== 'le').toSorted(), name).to.deep.equal(labels.toSorted());
      }
      await clusters.stop();
      expect(registry.getMetricsAsArray()).to.deep.equal([]);
    });

    it('follow a cluster from its connect over its probes to its loss and its end', async () => {
      const own = await started({}, { clusters: 2 });
      await own.phase('connected');
      await own.probed();
      expect(await value(registry, 'capi_cluster_cache_connection_up', ONE)).to.equal(1);
      expect(await value(registry, 'capi_cluster_cache_healthcheck', ONE)).to.equal(1);
      expect(await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'success' })).to.be.above(0);
      expect(await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'error' })).to.equal(undefined);
      for (const stage of ['dial', 'tls', 'reachability', 'discovery']) {
        const counts = (await samples(registry, 'clustercache_connect_stage_duration_seconds')).filter(({ labels, metricName }) => labels['stage'] === stage && metricName?.endsWith('_count') === true);
        expect(counts.map((sample) => sample.value), stage).to.deep.equal([2]);
      }
      expect((await samples(registry, 'clustercache_probe_duration_seconds')).find(({ metricName }) => metricName?.endsWith('_count'))?.value).to.be.above(0);

      await own.upon(() => own.fleet.break('cluster-1', { fault: 'serverError', match: isProbe }), ({ phase }) => phase === 'disconnected');
      expect(await value(registry, 'capi_cluster_cache_connection_up', ONE)).to.equal(0);
      expect(await value(registry, 'capi_cluster_cache_healthcheck', ONE)).to.equal(0);
      expect(await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'error' }), 'the one that ended it counts').to.equal(3);
      expect(await value(registry, 'clustercache_disconnects_total', { reason: 'probeFailureThreshold' })).to.equal(1);
      await own.states().next((state) => state.phase === 'disconnected' && state.reason === 'connectFailed', SOON);
      expect(await value(registry, 'clustercache_connect_failures_total', { stage: 'reachability' })).to.be.above(0);
      expect(await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'error' }), 'a failed connect is no probe').to.equal(3);

      own.fleet.managementServer.delete(CLUSTER, own.key);
      await own.phase('absent deleted');
      for (const { name, labels } of documented()) {
        if (labels.includes('cluster_name')) expect((await samples(registry, name)).filter((sample) => sample.labels['cluster_name'] === 'cluster-1'), name).to.deep.equal([]);
      }
      expect(await value(registry, 'capi_cluster_cache_connection_up', { cluster_name: 'cluster-2' })).to.equal(1);
    });

    it('count a probe that was answered 429 for neither', async () => {
      const own = await started();
      await own.phase('connected');
      await own.probed();
      own.fleet.break('cluster-1', { fault: 'tooManyRequests', match: isProbe });
      const states = own.states().values.length;
      await own.states().count(states + 3, SOON);
      const counted = await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'success' });
      await own.states().count(states + 6, SOON);
      expect(await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'success' })).to.equal(counted);
      expect(await value(registry, 'capi_cluster_cache_healthchecks_total', { ...ONE, status: 'error' })).to.equal(undefined);
    });

    it('count a newer kubeconfig that cannot be connected as a failed connect, each attempt once', async () => {
      const own = await started();
      await own.phase('connected');
      const closed = own.workload.kubeconfig({ name: 'cluster-1', server: 'https://127.0.0.1:1' });
      own.fleet.putKubeconfig('cluster-1', closed);
      await until(async () => await value(registry, 'clustercache_connect_failures_total', { stage: 'dial' }) === 2);
      expect(await value(registry, 'clustercache_disconnects_total')).to.equal(undefined);
    });

    it('measure how long calls waited for their token', async () => {
      const own = await started({ client: { userAgent: 'spec', qps: 20, burst: 3 } });
      await own.phase('connected');
      const client = own.clusters.getUncachedClient(own.key);
      await Promise.all([1, 2, 3].map(() => client.list(NODE)));
      const waits = await samples(registry, 'clustercache_rate_limiter_wait_seconds');
      expect(waits.find(({ metricName }) => metricName?.endsWith('_sum'))?.value).to.be.within(0.05, 2);
    });

    it('count lists by their cause, and what interrupted the watches', async () => {
      const own = await started({ random: () => 0 });
      expect(await value(registry, 'clustercache_lists_total', { kind: 'Cluster', cause: 'initial' })).to.equal(1);
      expect(await value(registry, 'clustercache_lists_total', { kind: 'Secret', cause: 'initial' })).to.equal(1);
      const server = own.fleet.managementServer;
      await eventually(() => server.counters.openWatches === 2, SOON);
      server.inject({ fault: 'gone', match: ({ verb }) => verb === 'watch', times: 2 });
      server.endWatches();
      await until(async () => await value(registry, 'clustercache_lists_total', { kind: 'Cluster', cause: 'watchExpired' }) === 1 && await value(registry, 'clustercache_lists_total', { kind: 'Secret', cause: 'watchExpired' }) === 1);
      await until(async () => Number(await value(registry, 'clustercache_watch_interruptions_total', { kind: 'Cluster' })) > 0);
    });

    it('of two caches in one registry: the second does not start, and takes nothing of the first away', async () => {
      const own = await started();
      const second = new ClusterCache({ management: own.fleet.management, client: { userAgent: 'spec' }, metrics: registry });
      const error = await second.start().catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error).with.property('message').match(/a registry of this cluster cache alone/);
      await second.stop();
      expect(registry.getMetricsAsArray()).to.have.length(documented().length);
    });
  });
});
