import type { ConnectionState } from '../cluster-cache/cluster-record.ts';

/** Whether a state says something that the one before did not: another probe that succeeded is no news. */
export function isNews(before: ConnectionState | undefined, now: ConnectionState): boolean {
  if (before === undefined) return true;
  return before.phase !== now.phase
    || before.since.getTime() !== now.since.getTime()
    || before.health.consecutiveFailures !== now.health.consecutiveFailures
    || fieldOf(before, 'reason') !== fieldOf(now, 'reason')
    || fieldOf(before, 'attempt') !== fieldOf(now, 'attempt')
    || fieldOf(before, 'error') !== fieldOf(now, 'error')
    || timeOf(before) !== timeOf(now);
}

function fieldOf(state: ConnectionState, field: 'reason' | 'attempt' | 'error'): unknown {
  return (state as Readonly<Record<string, unknown>>)[field];
}

function timeOf(state: ConnectionState): number | undefined {
  return 'retryAt' in state ? state.retryAt?.getTime() : undefined;
}
