import type { ConnectionState } from '../../lib/cluster-cache/cluster-record.ts';
import type { Connection } from '../../lib/cluster-cache/cluster-connection.ts';
import { type ClusterCacheError, ConnectError } from '../../lib/model/errors.ts';

/** The instant of every spec of the command line. */
export const NOW = Date.parse('2026-11-23T12:00:00.000Z');

/** An instant so many seconds before it. */
export const ago = (seconds: number) => new Date(NOW - seconds * 1_000);

const health = (consecutiveFailures: number, last = 3) => ({ lastProbeTime: ago(last), lastProbeSuccessTime: ago(last), consecutiveFailures });
const key = (name: string) => ({ namespace: 'fleet', name });

export const refused = new ConnectError('ECONNREFUSED', 'error creating HTTP client and mapper: cluster is not reachable: connect ECONNREFUSED 10.0.0.7:6443', {
  stage: 'dial', hint: 'nothing listens at https://10.0.0.7:6443: look at whether its API server runs',
});

export function connected(name: string, failures = 0): ConnectionState {
  return { cluster: key(name), phase: 'connected', since: ago(600), health: health(failures), connection: {} as Connection };
}

export function connecting(name: string, attempt = 1): ConnectionState {
  return { cluster: key(name), phase: 'connecting', attempt, since: ago(1), health: { consecutiveFailures: 0 } };
}

export function pending(name: string): ConnectionState {
  return { cluster: key(name), phase: 'pending', reason: 'kubeconfigMissing', since: ago(90), health: { consecutiveFailures: 0 } };
}

export function disconnected(name: string, error: ClusterCacheError = refused, retryIn = 18): ConnectionState {
  return { cluster: key(name), phase: 'disconnected', reason: 'connectFailed', error, since: ago(12), retryAt: new Date(NOW + retryIn * 1_000), health: { lastProbeTime: ago(12), consecutiveFailures: 3 } };
}

export function absent(name: string, reason: 'deleted' | 'stopped' = 'deleted'): ConnectionState {
  return { cluster: key(name), phase: 'absent', reason, since: ago(0), health: { consecutiveFailures: 0 } };
}
