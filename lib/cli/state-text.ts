import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import { type ClusterCacheError, ConnectError } from '../model/errors.ts';
import { plain } from './text-layout.ts';
import type { Style } from './paint.ts';

export type Phase = ConnectionState['phase'];

/** In the order in which a person wants to hear of them. */
export const PHASES: readonly Phase[] = ['disconnected', 'connecting', 'pending', 'connected', 'absent'];

export const SIGNS: Readonly<Record<Phase, string>> = { connected: '●', connecting: '◌', pending: '○', disconnected: '✗', absent: '·' };

/** Whether a state is one that a person should look at. */
export function isProblem(state: ConnectionState): boolean {
  return state.phase === 'disconnected' || (state.phase === 'connected' && (state.error !== undefined || state.health.consecutiveFailures > 0));
}

export function styleOf(state: ConnectionState): Style {
  switch (state.phase) {
    case 'connected': return isProblem(state) ? 'yellow' : 'green';
    case 'connecting': return 'yellow';
    case 'disconnected': return 'red';
    case 'pending': return 'cyan';
    case 'absent': return 'dim';
  }
}

/** Why a cluster is in its phase, in a word or two; a failed connect with its stage. */
export function reasonOf(state: ConnectionState): string {
  switch (state.phase) {
    case 'connecting': return state.attempt > 1 ? `attempt ${state.attempt}` : '';
    case 'connected': return state.error === undefined ? '' : `oldKubeconfig${stageSuffix(state.error)}`;
    case 'disconnected': return `${state.reason}${stageSuffix(state.error)}`;
    case 'pending': case 'absent': return state.reason;
  }
}

function stageSuffix(error: ClusterCacheError): string {
  return error instanceof ConnectError ? `: ${error.stage}` : '';
}

/** What went wrong, at which stage of a connect, and what to look at, each on one line. */
export function troubleOf(state: ConnectionState): { readonly stage?: string; readonly message: string; readonly hint?: string } | undefined {
  const error = 'error' in state ? state.error : undefined;
  if (error === undefined) return undefined;
  const message = plain(error.message);
  return error instanceof ConnectError ? { stage: error.stage, message, hint: plain(error.hint) } : { message };
}
