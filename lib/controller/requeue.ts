import { ClusterNotConnectedError } from '../model/errors.ts';
import { formatKey } from '../model/object-key.ts';
import type { Request } from '../model/request.ts';
import type { WorkQueue } from '../workqueue/work-queue.ts';
import { findCause } from './nested-cause.ts';
import type { ControllerMetrics, ReconcileResult } from './controller-metrics.ts';
import type { Parking } from './parking.ts';
import type { ReconcileRun } from './reconcile.ts';
import type { Result } from './result.ts';
import { TerminalError } from './terminal-error.ts';

/** Puts a request back as its reconcile asks for, with the priority that it had. */
export function requeueAfterResult(queue: WorkQueue<Request>, { request }: ReconcileRun, result: Result): ReconcileResult {
  const { requeueAfter = 0, requeue = false } = result;
  if (requeueAfter > 0) {
    queue.forget(request);
    queue.add(request, { after: requeueAfter, priority: result.priority ?? queue.priorityOf(request) });
    return 'requeue_after';
  }
  if (requeue) {
    queue.add(request, { rateLimited: true, priority: result.priority ?? queue.priorityOf(request) });
    return 'requeue';
  }
  queue.forget(request);
  return 'success';
}

/** Puts the request of a reconcile that failed back, with the priority that it had, and says why: unless nothing but an event of its cluster, or of itself, will mend it. */
export function requeueAfterError(
  { queue, parking, metrics }: { readonly queue: WorkQueue<Request>; readonly parking: Parking; readonly metrics: ControllerMetrics | undefined }, run: ReconcileRun, error: unknown,
): ReconcileResult {
  const { request, logger, attempt } = run;
  if (findCause(error, TerminalError) !== undefined) {
    queue.forget(request);
    metrics?.terminal();
    logger.error({ err: error, attempt }, 'the reconcile failed and is not tried again');
    return 'error';
  }
  const cluster = findCause(error, ClusterNotConnectedError)?.cluster;
  const next = cluster === undefined ? 'backOff' : parking.verdict(cluster, run.since);
  if (cluster !== undefined && next === 'park') {
    // A plain copy: what came from the connection is never parked, and this one has seen what it came with.
    queue.park({ ...request }, cluster);
    logger.debug({ err: error }, 'the reconcile waits for the connection of its cluster');
    return 'requeue';
  }
  if (next === 'again') {
    queue.add(request, { priority: queue.priorityOf(request) });
    return 'requeue';
  }
  if (next === 'gone' && cluster !== undefined && request.cluster !== undefined && formatKey(request.cluster) === formatKey(cluster)) {
    // Its object went with the cluster. Should one of that name come, its source tells of what it has.
    queue.forget(request);
    logger.debug({ err: error }, 'the cluster of the request is gone; it is not tried again');
    return 'success';
  }
  queue.add(request, { rateLimited: true, priority: queue.priorityOf(request) });
  logger.error({ err: error, attempt }, 'the reconcile failed and is tried again');
  return 'error';
}
