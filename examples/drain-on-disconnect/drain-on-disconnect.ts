import { type Client, type ClusterCache, type Request, WorkQueue, isConnected, isDisconnected, isNotFound, toRequest } from 'clustercache';
import { Cluster } from 'clustercache/kinds';
import { filter, firstValueFrom, map } from 'rxjs';

/** The annotation of a Cluster that no traffic should be sent to. */
export const DRAINED = 'traffic.example.com/drained';

/**
 * Marks every Cluster that is disconnected, and takes the mark off when it is back, or where it is connected as this begins. A Cluster that cannot be marked is tried
 * again, later each time, and delays no other; one that is gone is not. Resolves when the signal has aborted and what was under way is done.
 */
export async function drainOnDisconnect(clusters: Pick<ClusterCache, 'clusterEvents$' | 'connection$'>, client: Client, signal: AbortSignal): Promise<void> {
  const queue = new WorkQueue<Request>({ name: 'drain-on-disconnect' });
  const events = clusters.clusterEvents$().pipe(filter((event) => isDisconnected(event) || isConnected(event)), map(toRequest)).subscribe(queue);
  const end = (): void => {
    events.unsubscribe();
    queue.shutDown();
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  for (let request = await queue.get(); request !== undefined; request = await queue.get()) {
    try {
      // The state of now, not of the event: it may have come back while this waited.
      const { phase } = await firstValueFrom(clusters.connection$(request));
      await client.patch(Cluster, request, { metadata: { annotations: { [DRAINED]: phase === 'connected' ? null : 'true' } } }, { type: 'merge' });
      queue.forget(request);
    } catch (error) {
      if (isNotFound(error)) queue.forget(request);
      else queue.addRateLimited(request);
    } finally {
      queue.done(request);
    }
  }
}
