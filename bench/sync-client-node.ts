import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import type { SyncContestant } from './sync-contestant.ts';

/** What a user of client-node writes: its informer, which lists everything in one body and keeps managedFields. */
export const syncClientNode: SyncContestant = {
  async sync({ kubeconfig }) {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
    let modified = 0;
    informer.on('update', () => { modified += 1; });
    informer.on('error', () => { /* the server is gone */ });
    await informer.start();
    return {
      size: () => informer.list().length,
      modified: () => modified,
      close: () => informer.stop(),
    };
  },
};
