import type { Cluster } from '../model/cluster.ts';
import type { ClusterEvent } from '../model/cluster-event.ts';
import type { ClusterConnectionState } from '../model/connection-state.ts';
import { ConnectError, type StageTiming } from '../model/errors.ts';
import type { Connection } from './cluster-connection.ts';

/** The one state of a cluster's connection; see {@link ClusterConnectionState}. */
export type ConnectionState = ClusterConnectionState<Connection>;

/** All that is kept of one cluster between two changes. */
export interface ClusterRecord {
  readonly cluster: Cluster;
  readonly state: ConnectionState;
  /** Of the kubeconfig in use. */
  readonly fingerprint?: string;
  /** By the clock: the last successful probe or, before there was one, the first attempt. */
  readonly heardAt?: number;
  /** How the last connect went, or the last that failed. */
  readonly stages?: readonly StageTiming[];
  /** What controllers are told of the change that led here. */
  readonly event?: ClusterEvent;
}

type RecordChange = Pick<ClusterRecord, 'cluster' | 'state' | 'fingerprint'>;

/** The record after a change that was seen at `at`, `elapsed` by the clock: derives the event, and the time that probe failures count from. */
export function nextRecord(before: ClusterRecord | undefined, change: RecordChange, at: Date, elapsed: number): ClusterRecord {
  const { state } = change;
  const event = eventOf(before, change, at);
  const isFirstAttempt = before?.heardAt === undefined && state.phase === 'connecting';
  const heardAt = isFirstAttempt || succeeded(before?.state, state) ? elapsed : before?.heardAt;
  const stages = stagesOf(state) ?? before?.stages;
  return { ...change, ...(heardAt === undefined ? {} : { heardAt }), ...(stages === undefined ? {} : { stages }), ...(event === undefined ? {} : { event }) };
}

/** Of the connect that a state tells of. */
function stagesOf(state: ConnectionState): readonly StageTiming[] | undefined {
  if ('error' in state && state.error instanceof ConnectError && state.error.stages.length > 0) return state.error.stages;
  return state.phase === 'connected' ? state.connection.stages : undefined;
}

function succeeded(before: ConnectionState | undefined, { health }: ConnectionState): boolean {
  return health.lastProbeSuccessTime !== undefined && health.lastProbeSuccessTime !== before?.health.lastProbeSuccessTime;
}

function eventOf(before: ClusterRecord | undefined, { cluster, state, fingerprint }: RecordChange, at: Date): ClusterEvent | undefined {
  const wasConnected = before?.state.phase === 'connected';
  const event = { key: state.cluster, cluster, at };
  switch (state.phase) {
    case 'connected':
      if (!wasConnected) return { ...event, type: 'connected' };
      return before.fingerprint === fingerprint ? undefined : { ...event, type: 'kubeconfigRotated' };
    case 'disconnected':
    case 'pending':
      return wasConnected ? { ...event, type: 'disconnected', reason: state.reason } : undefined;
    case 'absent':
      return state.reason === 'stopped' || before === undefined ? undefined : { ...event, type: 'removed' };
    case 'connecting':
      return undefined;
  }
}
