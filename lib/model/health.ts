/** What is known of a cluster's API server from probing it; a connect counts as a probe. Absent is "never". */
export interface HealthCheckingState {
  /** When the last probe or connect ended. */
  readonly lastProbeTime?: Date;
  /** When the last successful one ended. */
  readonly lastProbeSuccessTime?: Date;
  /** Failed probes and connects in a row. */
  readonly consecutiveFailures: number;
}

export type ProbeOutcome = 'success' | 'failure' | 'inconclusive';

export const unknownHealth: HealthCheckingState = Object.freeze({ consecutiveFailures: 0 });

/** The health after one more probe or connect that ended at `at`. An inconclusive one neither counts nor clears failures. */
export function recordProbe(health: HealthCheckingState, outcome: ProbeOutcome, at: Date): HealthCheckingState {
  switch (outcome) {
    case 'success': return { lastProbeTime: at, lastProbeSuccessTime: at, consecutiveFailures: 0 };
    case 'failure': return { ...health, lastProbeTime: at, consecutiveFailures: health.consecutiveFailures + 1 };
    case 'inconclusive': return { ...health, lastProbeTime: at };
  }
}
