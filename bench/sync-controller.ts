import { Controller, type ControllerContext, type EventSource, enqueueRequestForObject, kindSource } from '../lib/index.ts';
import { Pod } from '../lib/kinds.ts';
import { clusterCacheOf } from './sync-clustercache.ts';
import type { SyncContestant } from './sync-contestant.ts';

/**
 * A controller of one worker whose reconciles do nothing: it is done when each pod has been reconciled. `waits`: with the pods as a manager's controllers have those of the management
 * cluster, all of them in its queue before the first reconcile; otherwise as those of workload clusters, reconciled as they come.
 */
export function syncController({ waits }: { readonly waits: boolean }): SyncContestant {
  return {
    async sync({ kubeconfig, count }) {
      const { clusters, cluster, close } = await clusterCacheOf({ kubeconfig, shareParts: true });
      let modified = 0;
      const enqueue = enqueueRequestForObject();
      const pods: EventSource = kindSource(Pod, (change, of) => {
        if (change.type === 'updated') modified += 1;
        return enqueue(change, of);
      }, [], waits ? {} : { clusters, cluster });
      const context: ControllerContext = waits ? { management: { objects$: (kind, selection) => clusters.objects$(cluster, kind, selection) } } : {};
      const controller = new Controller({ name: 'bench', sources: [pods], reconcile: async () => {} });
      let size = 0;
      await new Promise<void>((resolve) => {
        controller.results$.subscribe(() => {
          if (size < count && (size += 1) === count) resolve();
        });
        void controller.start(context);
      });
      return {
        size: () => size,
        modified: () => modified,
        close: async () => {
          await controller.stop();
          await close();
        },
      };
    },
  };
}
