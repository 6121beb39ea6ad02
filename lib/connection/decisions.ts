import type { DisconnectReason } from '../model/connection-state.ts';
import { InconclusiveProbeError, ProbeFailureThresholdError, UnauthorizedError } from '../model/errors.ts';
import type { ProbeOutcome } from '../model/health.ts';

/** Why a connection that was up is no more. */
export interface Loss {
  readonly reason: Exclude<DisconnectReason, 'connectFailed'>;
  readonly error: unknown;
}

/** What a probe that ended with `error` (or without one) says of the cluster. */
export function outcomeOf(error: unknown): ProbeOutcome {
  if (error === undefined) return 'success';
  return error instanceof InconclusiveProbeError ? 'inconclusive' : 'failure';
}

/** Why the connection ends with this probe, if it does: `failures` in a row, the last with `error`. */
export function lossOf(error: unknown, failures: number, failureThreshold: number): Loss | undefined {
  if (error instanceof UnauthorizedError) return { reason: 'unauthorized', error };
  if (failures < failureThreshold) return undefined;
  return { reason: 'probeFailureThreshold', error: new ProbeFailureThresholdError(failures, { cause: error }) };
}

/** A connection that is lost within this part of the retry interval was none: 300 ms by default. */
const STILLBORN = 0.01;

/**
 * ms to wait before dialling again; 0 is at once. New credentials are likely there after a 401, and a socket that died says nothing of the
 * next one, unless it died at birth, which would be a loop as fast as the server can hang up; whoever failed five probes or a dial is given time.
 * Up to a tenth is taken off by `random`, so that a fleet does not return in step. `lived`: ms that the connection was up.
 */
export function retryDelay(reason: DisconnectReason, lived: number, retryInterval: number, random: () => number): number {
  switch (reason) {
    case 'unauthorized':
      return 0;
    case 'connectionLost':
      return lived < retryInterval * STILLBORN ? retryInterval * (1 - 0.1 * random()) : 0;
    case 'connectFailed':
    case 'probeFailureThreshold':
      return retryInterval * (1 - 0.1 * random());
  }
}
