import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { fleetOf } from './reads-fleet.ts';
import type { InMemory, PodsToRead } from './reads.ts';

/** Its informer, which reads without a promise and has no index. */
export async function clientNodeOf(pods: PodsToRead): Promise<InMemory> {
  const { kubeconfig } = await fleetOf(pods);
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
  await informer.start();
  return { get: ({ namespace, name }) => informer.get(name, namespace) };
}
