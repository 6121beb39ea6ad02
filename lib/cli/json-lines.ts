import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import { ConnectError } from '../model/errors.ts';

/** One state as one line of JSON; `event` where something happened that the state does not show. */
export function jsonLine(state: ConnectionState, at: Date, event?: string): string {
  const { cluster, phase, since, health } = state;
  return escaped(JSON.stringify({
    at,
    cluster: { namespace: cluster.namespace, name: cluster.name },
    phase,
    ...'reason' in state ? { reason: state.reason } : {},
    ...errorOf(state),
    since,
    health,
    ...'retryAt' in state && state.retryAt !== undefined ? { retryAt: state.retryAt } : {},
    ...event === undefined ? {} : { event },
  }));
}

function errorOf(state: ConnectionState): { readonly error?: { readonly code: string; readonly stage?: string; readonly message: string; readonly hint?: string } } {
  const error = 'error' in state ? state.error : undefined;
  if (error === undefined) return {};
  const { code, message } = error;
  return { error: error instanceof ConnectError ? { code, stage: error.stage, message, hint: error.hint } : { code, message } };
}

/** JSON lets the control characters above ASCII stand as they are; a terminal would obey them. */
function escaped(json: string): string {
  return json.replace(/[\u007f-\u009f\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
