import type { Condition } from './cluster-api/condition.ts';
import { rfc3339, transitioned } from './conditions.ts';
import type { HealthCheckingState } from './health.ts';

/** The condition of a Cluster that says whether its workload cluster answers. */
export const REMOTE_CONNECTION_PROBE = 'RemoteConnectionProbe';

/** ms without a successful probe after which a connection counts as failed: Cluster API's `--remote-connection-grace-period`, four probes with their timeouts. */
export const REMOTE_CONNECTION_GRACE = 50_000;

/** ms after which what was last known of a cluster's objects is not to be trusted any more: Cluster API's `--remote-conditions-grace-period`. */
export const REMOTE_CONDITIONS_GRACE = 300_000;

/**
 * Failures in a row before a first success from which on it is known that there is no connection: as many as a connection ends by. Fewer are a controller that
 * has just started.
 */
const FAILURES = 5;

const NOT_YET = 'Remote connection not established yet';

/**
 * Cluster API's condition `RemoteConnectionProbe` of a Cluster, by the health that the cache tells and the condition that the Cluster has; `now` and the
 * health's times are of one clock, `grace` is in ms. A success within the grace is True, whatever failed since; one as old as the grace, or older, is False, and says when it was: `watchForProbeFailure(grace)` is told just then.
 * Without any success what the Cluster has is kept, until five failures in a row say False. `existing` itself is returned where nothing changes.
 */
export function remoteConnectionProbeCondition(health: HealthCheckingState, now: Date, grace: number = REMOTE_CONNECTION_GRACE, existing?: Condition): Condition {
  const { lastProbeSuccessTime, consecutiveFailures } = health;
  if (lastProbeSuccessTime === undefined && consecutiveFailures < FAILURES && existing !== undefined) return existing;
  const told = { type: REMOTE_CONNECTION_PROBE, observedGeneration: existing?.observedGeneration };
  const failed = (message: string): Condition => transitioned(existing, { ...told, status: 'False', reason: 'ProbeFailed', message }, now);
  if (lastProbeSuccessTime === undefined) return failed(consecutiveFailures < FAILURES ? NOT_YET : 'Remote connection probe failed');
  if (now.getTime() - lastProbeSuccessTime.getTime() >= grace) return failed(`Remote connection probe failed, probe last succeeded at ${rfc3339(lastProbeSuccessTime)}`);
  return transitioned(existing, { ...told, status: 'True', reason: 'ProbeSucceeded' }, now);
}

/** What {@link connectionDownCondition} goes by. */
export interface ConnectionDownInput {
  readonly health: HealthCheckingState;
  readonly now: Date;
  /** When the cluster's control plane became initialized: before, no probe could succeed. */
  readonly initializedAt: Date;
  /** Whether the cluster's objects could not be read for want of a connection (`ClusterNotConnectedError`). */
  readonly notConnected: boolean;
  /** ms. @default 300_000 */
  readonly grace?: number | undefined;
  /** What the object has of the type. */
  readonly existing?: Condition | undefined;
}

/**
 * A condition of an object on the management cluster that is about objects of the workload cluster – a Machine's `NodeHealthy`, a control plane's
 * `EtcdClusterHealthy` – as far as the connection goes. Where the last success, or the control plane's initialization if that is later, is `grace` or more
 * ago, it is Unknown by reason of `ConnectionDown`. Before, what was last known stays, and is Unknown only where there is nothing. `undefined`: the connection
 * says nothing against it, look at the objects.
 */
export function connectionDownCondition(type: string, input: ConnectionDownInput): Condition | undefined {
  const { health: { lastProbeSuccessTime, consecutiveFailures }, now, initializedAt, notConnected, grace = REMOTE_CONDITIONS_GRACE, existing } = input;
  const told = { type, observedGeneration: existing?.observedGeneration };
  const down = (message: string): Condition => transitioned(existing, { ...told, status: 'Unknown', reason: 'ConnectionDown', message }, now);
  if (lastProbeSuccessTime === undefined && consecutiveFailures < FAILURES) return existing ?? down(NOT_YET);
  const last = lastProbeSuccessTime === undefined ? '' : `Last successful probe at ${rfc3339(lastProbeSuccessTime)}`;
  const since = Math.max(lastProbeSuccessTime?.getTime() ?? -Infinity, initializedAt.getTime());
  if (now.getTime() - since >= grace) return down(last);
  return notConnected ? existing ?? down(last) : undefined;
}
