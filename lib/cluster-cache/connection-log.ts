import { ConnectError } from '../model/errors.ts';
import { type Logger, silentLogger } from '../model/logger.ts';
import { formatKey } from '../model/object-key.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { Connection } from './cluster-connection.ts';

/** Says of a change what an operator would look for: connects and disconnects at info, failed connects at warn, each probe that failed at debug. */
export function logChange(
  logger: Logger, before: ClusterRecord | undefined, after: ClusterRecord,
  swapped?: { readonly replaced: { readonly view: Connection }; readonly sameCluster: boolean },
): void {
  if (logger === silentLogger) return;
  const { state } = after;
  const cluster = formatKey(state.cluster);
  if (swapped?.sameCluster === false) {
    logger.warn({ cluster, before: swapped.replaced.view.clusterUid, after: state.phase === 'connected' ? state.connection.clusterUid : undefined }, 'the kubeconfig now leads to another cluster');
  }
  switch (state.phase) {
    case 'connected':
      if (before?.state.phase !== 'connected') return logger.info({ cluster, server: state.connection.server, stages: state.connection.stages }, 'connected');
      if (after.event?.type === 'kubeconfigRotated') return logger.info({ cluster, server: state.connection.server }, 'kubeconfig rotated');
      if (state.error !== undefined && state.error !== before.state.error) return logger.warn({ cluster, ...failureOf(state.error), retryAt: state.retryAt }, 'the newer kubeconfig cannot be used; the connection goes on');
      if (state.health.consecutiveFailures > before.state.health.consecutiveFailures) logger.debug({ cluster, failures: state.health.consecutiveFailures }, 'probe failed');
      return undefined;
    case 'disconnected':
      if (before?.state.phase === 'connected') return logger.info({ cluster, reason: state.reason, ...failureOf(state.error), retryAt: state.retryAt }, 'disconnected');
      return logger.warn({ cluster, ...failureOf(state.error), retryAt: state.retryAt }, 'connect failed');
    case 'pending':
      return logger.info({ cluster, reason: state.reason }, 'waiting');
    case 'absent':
      return logger.info({ cluster, reason: state.reason }, 'removed');
    case 'connecting':
      return logger.debug({ cluster, attempt: state.attempt }, 'connecting');
  }
}

function failureOf(error: Error & { readonly code?: string }): object {
  const { code, message } = error;
  return error instanceof ConnectError ? { code, stage: error.stage, message } : { code, message };
}
