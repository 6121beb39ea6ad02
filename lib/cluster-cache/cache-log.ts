import type { ObjectTrouble } from '../informer/cluster-informers.ts';
import type { InformerProgress } from '../informer/informer-options.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import { type Logger, silentLogger } from '../model/logger.ts';
import type { ClusterMetrics } from './cluster-metrics.ts';

/** Counts lists by their cause, and what was cut. */
export function countReading(metrics: ClusterMetrics, { kind }: Kind<unknown>, event: InformerProgress): void {
  switch (event.type) {
    case 'listing': return metrics.listed(kind, event.cause);
    case 'interrupted': case 'vanished': case 'notServed': return metrics.interrupted(kind);
    case 'synced': case 'watching': case 'progressed': case 'rejected': case 'offline':
  }
}

/** Says what an operator would look for: lists and interruptions at debug, for they mend themselves; what cannot be read at warn; what is left out at error. */
export function logReading(logger: Logger, cluster: string, { apiVersion, kind }: Kind<unknown>, event: InformerProgress): void {
  if (logger === silentLogger) return;
  const fields = { cluster, apiVersion, kind };
  switch (event.type) {
    case 'listing': return logger.debug({ ...fields, cause: event.cause }, 'listing');
    case 'synced': return logger.debug({ ...fields, cause: event.cause }, 'synced');
    case 'interrupted': return logger.debug({ ...fields, during: event.during, err: event.error }, 'reading was interrupted');
    case 'notServed': case 'vanished': return logger.warn({ ...fields, err: event.error }, 'the cluster does not serve the kind');
    case 'rejected': return logger.error({ ...fields, err: event.error }, 'an object is left out');
    case 'watching': case 'progressed': case 'offline':
  }
}

/** An object with which something of the user's own failed. */
export function logTrouble(logger: Logger, cluster: string, { kind: { apiVersion, kind }, object, during, field, error }: ObjectTrouble): void {
  const fields = { cluster, apiVersion, kind, object, ...(field === undefined ? {} : { field }), err: error };
  if (during === 'transform') logger.error(fields, 'the transform failed; the object is kept as the API server sent it');
  else logger.error(fields, 'the index failed; the object is kept, and not found by it');
}
