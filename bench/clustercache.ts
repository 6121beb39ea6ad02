import { KubeConfig } from '@kubernetes/client-node';
import { Registry } from 'prom-client';
import { filter } from 'rxjs';
import { Accessors } from '../lib/cluster-cache/accessors.ts';
import type { LiveConnection } from '../lib/cluster-cache/cluster-connection.ts';
import { ClusterCache, type ObjectKey, defineKind, isConnected } from '../lib/index.ts';
import { type Contestant, type FollowOptions, type Following, Tally, USER_AGENT, WATCH_PATHS } from './contestant.ts';

const NAMESPACE = defineKind({ apiVersion: 'v1', kind: 'Namespace' });
/** ms in which a watch must be open. */
const WATCH_TIMEOUT = 10_000;

/** The public `ClusterCache`, metrics on. Its watches, which are the stores' to open, are opened on the connection as the stores do. */
export const clustercache: Contestant = {
  async follow({ management, watches, probeInterval, observed }: FollowOptions): Promise<Following> {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(management);
    const cache = new ClusterCache({
      management: kubeConfig,
      // The bucket would make 200 calls take 9 s.
      client: { userAgent: USER_AGENT, qps: 100_000, burst: 100_000 },
      healthProbe: { interval: probeInterval },
      metrics: new Registry(),
    });
    const tally = new Tally();
    const probes = new Map<string, number>();
    let some: ObjectKey | undefined;
    let late = 0;
    if (observed) {
      cache.connections$.subscribe(({ cluster, health: { lastProbeTime }, phase }) => {
        if (phase !== 'connected' || lastProbeTime === undefined) return;
        const before = probes.get(cluster.name);
        probes.set(cluster.name, lastProbeTime.getTime());
        if (before !== undefined) late = Math.max(late, lastProbeTime.getTime() - before - probeInterval);
      });
    }
    cache.events$.pipe(filter(isConnected)).subscribe(({ key }) => {
      some ??= key;
      if (!watches) tally.add();
    });
    if (watches) onConnection((connection) => {
      let missing = WATCH_PATHS.length;
      for (const path of WATCH_PATHS) {
        connection.rest.lines({ path, timeout: WATCH_TIMEOUT }).subscribe({
          next: (line) => {
            JSON.parse(line);
            if ((missing -= 1) === 0) tally.add();
          },
          error: () => { /* the fleet is gone */ },
        });
      }
    });
    const started = cache.start();

    return {
      connected: async (count) => {
        await started;
        await tally.reached(count);
      },
      probe() { /* it does by itself */ },
      async call(times) {
        if (some === undefined) throw new Error('nothing is connected');
        const client = cache.getUncachedClient(some);
        for (let i = 0; i < times; i++) await client.get(NAMESPACE, { name: 'kube-system' });
      },
      latest: () => {
        const now = Date.now();
        return Math.max(late, ...[...probes.values()].map((probedAt) => now - probedAt - probeInterval));
      },
      stop: () => cache.stop(),
    };
  },
};

/** The connections themselves are nobody's to see: the bench listens where the cache keeps them. */
function onConnection(listener: (connection: LiveConnection) => void): void {
  const { follow } = Accessors.prototype;
  Accessors.prototype.follow = function listened(cluster, connection) {
    const swapped = follow.call(this, cluster, connection);
    if (connection !== undefined) listener(connection);
    return swapped;
  };
}
