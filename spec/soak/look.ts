/** How old what is known of a cluster may be, in ms. */
export interface Limits {
  /** Since the last probe of a good one succeeded. */
  readonly success: number;
  /** Since the last connect to a broken one failed. */
  readonly failure: number;
}

/** Cluster API's: a probe every 10 s and a connect every 30 s, and a fifth of that for everything that is slow. */
export const LIMITS: Limits = Object.freeze({ success: 12_000, failure: 36_000 });

/** What a consumer found when it looked at one cluster. Instants are of the wall clock, in ms. */
export interface Look {
  readonly cluster: string;
  /** Whether it can be connected to at all. */
  readonly good: boolean;
  readonly at: number;
  readonly phase: string;
  /** What getting the client failed with. */
  readonly clientError?: unknown;
  /** What listing its Nodes failed with. */
  readonly listError?: unknown;
  /** The Nodes that were listed. */
  readonly nodes?: readonly string[];
  readonly lastSuccess?: number;
  readonly lastFailure?: number;
}

/** What is wrong with that; nothing where all is well. */
export function findings(look: Look, limits: Limits): readonly string[] {
  return look.good ? ofGood(look, limits) : ofBroken(look, limits);
}

function ofGood({ cluster, at, phase, clientError, listError, nodes = [], lastSuccess }: Look, limits: Limits): readonly string[] {
  const found: string[] = [];
  if (phase !== 'connected') found.push(`is ${phase}`);
  if (clientError !== undefined) found.push(`has no client: ${told(clientError)}`);
  else if (listError !== undefined) found.push(`cannot be read: ${told(listError)}`);
  else if (!nodes.includes(`${cluster}-node-1`)) found.push(`shows the Nodes ${nodes.join(', ')}`);
  if (lastSuccess === undefined) found.push('was never probed with success');
  else if (at - lastSuccess > limits.success) found.push(`was probed with success ${at - lastSuccess} ms ago, more than ${limits.success}`);
  return found.map((text) => `${cluster} ${text}`);
}

function ofBroken({ cluster, at, phase, clientError, lastSuccess, lastFailure }: Look, limits: Limits): readonly string[] {
  const found: string[] = [];
  if (phase === 'connected' || lastSuccess !== undefined) found.push('is connected, or was');
  if (clientError === undefined) found.push('has a client');
  if (lastFailure === undefined) found.push('has never failed to connect');
  else if (at - lastFailure > limits.failure) found.push(`has failed to connect ${at - lastFailure} ms ago, more than ${limits.failure}`);
  return found.map((text) => `${cluster} ${text}`);
}

function told(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}
