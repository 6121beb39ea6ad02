import { CoreV1Api, KubeConfig, type KubernetesObject, makeInformer } from '@kubernetes/client-node';
import { Tally } from './contestant.ts';
import { PLURALS } from './outages-commands.ts';
import type { OutageContestant, Seen } from './outages-contestant.ts';

/** ms after an error until an informer is started again, as client-node's documentation has it. */
const RESTART = 5_000;

/** What a user of client-node writes: an informer for each kind and cluster, started again after an error as its documentation says. */
export const outageClientNode: OutageContestant = {
  async follow({ server, seen }) {
    const synced = new Tally();
    for (const [cluster, text] of Object.entries(await server.tell('kubeconfigs', {}))) {
      const config = new KubeConfig();
      config.loadFromString(text);
      const core = config.makeApiClient(CoreV1Api);
      const lists = { nodes: () => core.listNode(), pods: () => core.listPodForAllNamespaces(), configmaps: () => core.listConfigMapForAllNamespaces() };
      for (const plural of PLURALS) {
        const informer = makeInformer<KubernetesObject>(config, `/api/v1/${plural}`, lists[plural]);
        const told = (type: Seen['type']) => ({ metadata: { name = '', resourceVersion = '' } = {} }: KubernetesObject): void => seen({ cluster, plural, type, name, resourceVersion, at: Date.now() });
        informer.on('add', told('added'));
        informer.on('update', told('updated'));
        informer.on('delete', told('deleted'));
        const restart = (): void => { setTimeout(() => void informer.start().catch(restart), RESTART); };
        informer.on('error', restart);
        void informer.start().then(() => synced.add(), restart);
      }
    }
    return {
      synced: (clusters) => synced.reached(clusters * PLURALS.length),
      disconnects: () => 0,
    };
  },
};
