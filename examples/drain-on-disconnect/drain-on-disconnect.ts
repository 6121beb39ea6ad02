import { type Client, type ClusterCache, type Request, WorkQueue, isConnected, isDisconnected, toRequest } from 'clustercache';
import { Cluster } from 'clustercache/kinds';
import { filter, firstValueFrom, map } from 'rxjs';

/** The annotation of a Cluster that no traffic should be sent to. */
export const DRAINED = 'traffic.example.com/drained';

/**
 * Marks every Cluster that is disconnected, and takes the mark off when it is back. A Cluster that cannot be marked is tried again, later each time, and delays no
 * other. Resolves when the signal has aborted and what was under way is done.
 */
export async function drainOnDisconnect(clusters: Pick<ClusterCache, 'events$' | 'connection$'>, client: Client, signal: AbortSignal): Promise<void> {
  const queue = new WorkQueue<Request>({ name: 'drain-on-disconnect' });
  clusters.events$.pipe(filter((event) => isDisconnected(event) || isConnected(event)), map(toRequest)).subscribe(queue);
  signal.addEventListener('abort', () => queue.shutDown());
  for (let request = await queue.get(); request !== undefined; request = await queue.get()) {
    try {
      // The state of now, not of the event: it may have come back while this waited.
      const { phase } = await firstValueFrom(clusters.connection$(request));
      await client.patch(Cluster, request, { metadata: { annotations: { [DRAINED]: phase === 'connected' ? null : 'true' } } }, { type: 'merge' });
      queue.forget(request);
    } catch {
      queue.addRateLimited(request);
    } finally {
      queue.done(request);
    }
  }
}
