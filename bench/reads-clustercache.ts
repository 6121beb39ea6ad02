import { KubeConfig } from '@kubernetes/client-node';
import { filter, firstValueFrom } from 'rxjs';
import { ClusterCache, defineIndex, isConnected } from '../lib/index.ts';
import { Store } from '../lib/informer/store.ts';
import { Pod } from '../lib/kinds.ts';
import { USER_AGENT } from './contestant.ts';
import { fleetOf } from './reads-fleet.ts';
import { type InMemory, type PodsToRead, UID } from './reads.ts';

const index = defineIndex<Pod>({ kind: Pod, field: UID, extractValue: ({ metadata }) => metadata?.uid });

/** The reader of a cluster cache with an index; and a store by itself, which is what a reader asks. */
export async function clustercacheOf(pods: PodsToRead): Promise<InMemory> {
  const { management, cluster } = await fleetOf(pods);
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(management);
  const cache = new ClusterCache({ management: kubeConfig, client: { userAgent: USER_AGENT }, cache: { indexes: [index] } });
  const connected = firstValueFrom(cache.events$.pipe(filter(isConnected)));
  await cache.start();
  const { key } = await connected;
  if (key.name !== cluster) throw new Error(`${key.name} is connected, and not ${cluster}`);
  const reader = cache.getReader(key);
  const store = new Store<Pod>();
  const list = { count: 0 };
  for (const pod of (await reader.list(Pod)).items) store.apply(pod, 'initial', list);
  return {
    awaited: (pod) => reader.get(Pod, pod),
    get: ({ namespace, name }) => store.get(namespace, name),
    awaitedIndexed: (value) => reader.list(Pod, { index: { field: UID, value } }),
  };
}
