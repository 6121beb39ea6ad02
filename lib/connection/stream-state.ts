import type { DisconnectReason } from '../model/connection-state.ts';
import { type HealthCheckingState, type ProbeOutcome, recordProbe, unknownHealth } from '../model/health.ts';

/** The state of one connection. `since` is when its phase began; times are the scheduler's. */
export type StreamState<C> = { readonly since: Date; readonly health: HealthCheckingState } & (
  | { readonly phase: 'pending'; readonly reason: string; readonly error?: unknown }
  | { readonly phase: 'connecting'; readonly attempt: number }
  /** `error`: why the newest target is not in use; `retryAt`: when it is tried again. */
  | { readonly phase: 'connected'; readonly connection: C; readonly fingerprint: string; readonly error?: unknown; readonly retryAt?: Date }
  | { readonly phase: 'disconnected'; readonly reason: DisconnectReason; readonly error: unknown; readonly retryAt?: Date });

/** What happened to a connection. */
export type StreamEvent<C> = { readonly at: Date } & (
  | { readonly type: 'withdrawn'; readonly reason: string; readonly error?: unknown }
  | { readonly type: 'kept'; readonly error?: unknown }
  | { readonly type: 'dialling'; readonly attempt: number }
  | { readonly type: 'dialFailed'; readonly error: unknown; readonly retryAt: Date }
  | { readonly type: 'connected'; readonly connection: C; readonly fingerprint: string }
  | { readonly type: 'updated'; readonly fingerprint: string }
  | { readonly type: 'probed'; readonly outcome: ProbeOutcome }
  | { readonly type: 'lost'; readonly reason: Exclude<DisconnectReason, 'connectFailed'>; readonly error: unknown; readonly retryAt?: Date });

/** Before the first event; never emitted. */
export const initialState: StreamState<never> = Object.freeze({ phase: 'pending', reason: 'unknown', since: new Date(0), health: unknownHealth });

/** The state after one more event. Returns the same object where nothing changed that anybody could see. */
export function transition<C>(state: StreamState<C>, event: StreamEvent<C>): StreamState<C> {
  const { health } = state;
  const { at } = event;
  switch (event.type) {
    case 'withdrawn':
      return { phase: 'pending', reason: event.reason, ...errorOf(event), since: state.phase === 'pending' && state.reason === event.reason ? state.since : at, health };
    case 'kept':
      return state.phase === 'connected' ? { ...connectedOf(state), ...errorOf(event) } : state;
    case 'dialling':
      return state.phase === 'connected' ? state : { phase: 'connecting', attempt: event.attempt, since: at, health };
    case 'dialFailed': {
      const { error, retryAt } = event;
      if (state.phase === 'connected') return { ...connectedOf(state), error, retryAt };
      return { phase: 'disconnected', reason: 'connectFailed', error, retryAt, since: at, health: recordProbe(health, 'failure', at) };
    }
    case 'connected': {
      const { connection, fingerprint } = event;
      const since = state.phase === 'connected' ? state.since : at;
      return { phase: 'connected', connection, fingerprint, since, health: recordProbe(health, 'success', at) };
    }
    case 'updated':
      if (state.phase !== 'connected' || (state.fingerprint === event.fingerprint && state.error === undefined)) return state;
      return { ...connectedOf(state), fingerprint: event.fingerprint };
    case 'probed':
      return { ...state, health: recordProbe(health, event.outcome, at) };
    case 'lost': {
      const { reason, error } = event;
      const retryAt = event.retryAt === undefined ? {} : { retryAt: event.retryAt };
      // What ended the connection was a probe, or evidence that no probe gave.
      const counted = reason === 'connectionLost' ? health : recordProbe(health, 'failure', at);
      return { phase: 'disconnected', reason, error, ...retryAt, since: at, health: counted };
    }
  }
}

type Connected<C> = Extract<StreamState<C>, { phase: 'connected' }>;

/** A connected state without what it said of a newer target. */
function connectedOf<C>({ connection, fingerprint, since, health }: Connected<C>): Connected<C> {
  return { phase: 'connected', connection, fingerprint, since, health };
}

function errorOf({ error }: { readonly error?: unknown }): { readonly error?: unknown } {
  return error === undefined ? {} : { error };
}
