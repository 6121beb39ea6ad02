import { KubeConfig } from '@kubernetes/client-node';
import { filter } from 'rxjs';
import { ClusterCache, isDisconnected } from '../lib/index.ts';
import { Tally, USER_AGENT } from './contestant.ts';
import { KINDS, NAMESPACE, PLURALS } from './outages-commands.ts';
import type { OutageContestant } from './outages-contestant.ts';
import type { Timing } from './scenario.ts';

/** The key of a cluster of the fleet. */
export const keyOfCluster = (name: string): { readonly namespace: string; readonly name: string } => ({ namespace: NAMESPACE, name });

/** A cluster cache with its defaults, where `timing` has nothing else; its bucket is never empty. */
export function cacheOf(management: string, { probeInterval, probeTimeout, retryInterval }: Timing = {}): ClusterCache {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(management);
  return new ClusterCache({
    management: kubeConfig, client: { userAgent: USER_AGENT, qps: 1_000, burst: 1_000 },
    healthProbe: { interval: probeInterval, timeout: probeTimeout }, connectionCreationRetryInterval: retryInterval,
  });
}

/** `objects$` of each kind and cluster. */
export const outageClustercache: OutageContestant = {
  async follow({ server, management, timing, seen }) {
    const cache = cacheOf(management, timing);
    const synced = new Tally();
    let disconnects = 0;
    cache.events$.pipe(filter(isDisconnected)).subscribe(() => { disconnects += 1; });
    for (const cluster of Object.keys(await server.tell('kubeconfigs', {}))) {
      for (const plural of PLURALS) {
        cache.objects$(keyOfCluster(cluster), KINDS[plural]).subscribe((event) => {
          if (event.type === 'synced') synced.add();
          else seen({ cluster, plural, type: event.type, name: event.key.name, resourceVersion: event.object.metadata?.resourceVersion ?? '', at: Date.now() });
        });
      }
    }
    await cache.start();
    return {
      synced: (clusters) => synced.reached(clusters * PLURALS.length),
      disconnects: () => disconnects,
    };
  },
};
