import { type ObjectKey, formatKey } from './object-key.ts';
import { oneLine } from './one-line.ts';

export interface ClusterCacheErrorOptions {
  readonly cause?: unknown;
  readonly cluster?: ObjectKey | undefined;
}

/** The base of every error of this library. `code` is stable; `message` is for people. */
export class ClusterCacheError extends Error {
  override readonly name: string = 'ClusterCacheError';
  readonly code: string;
  /** The cluster that it is about, if it is about one. */
  readonly cluster?: ObjectKey;

  constructor(code: string, message: string, { cause, cluster }: ClusterCacheErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (cluster !== undefined) this.cluster = cluster;
  }

  /** What a log keeps of it: an Error alone would be `{}`. */
  toJSON(): object {
    const { name, code, message, cluster } = this;
    return { name, code, message, ...(cluster === undefined ? {} : { cluster }) };
  }
}

/** There is no connection to the cluster now; `connection$` tells when there is one again. */
export class ClusterNotConnectedError extends ClusterCacheError {
  override readonly name = 'ClusterNotConnectedError';

  constructor(what: string, options: ClusterCacheErrorOptions & { readonly cluster: ObjectKey }) {
    super('CLUSTER_NOT_CONNECTED', `error getting ${what}: connection to the workload cluster is down (${formatKey(options.cluster)})`, options);
  }
}

/** The credentials were refused: 401. A probe that errors with it ends the connection at once. */
export class UnauthorizedError extends ClusterCacheError {
  override readonly name = 'UnauthorizedError';

  constructor(message = 'the server has asked for the client to provide credentials', options?: ClusterCacheErrorOptions) {
    super('UNAUTHORIZED', message, options);
  }
}

/** A probe was answered, but not with what was asked for (429): alive, and neither a success nor a failure. */
export class InconclusiveProbeError extends ClusterCacheError {
  override readonly name = 'InconclusiveProbeError';

  constructor(message = 'the probe was answered without a verdict', options?: ClusterCacheErrorOptions) {
    super('INCONCLUSIVE_PROBE', message, options);
  }
}

/** A probe did not end within its timeout. */
export class ProbeTimeoutError extends ClusterCacheError {
  override readonly name = 'ProbeTimeoutError';

  constructor(timeout: number) {
    super('PROBE_TIMEOUT', `the probe was not answered within ${timeout} ms`);
  }
}

/** As many probes in a row failed as the threshold allows; the last failure is the cause. */
export class ProbeFailureThresholdError extends ClusterCacheError {
  override readonly name = 'ProbeFailureThresholdError';

  constructor(failures: number, options: ClusterCacheErrorOptions = {}) {
    const last = options.cause instanceof Error ? `, the last with: ${options.cause.message}` : '';
    super('PROBE_FAILURE_THRESHOLD', `${failures} probes in a row failed${last}`, options);
  }
}

/** Where a connect can fail, in the order in which it goes. */
export const CONNECT_STAGES = ['secret', 'kubeconfig', 'policy', 'dial', 'tls', 'reachability', 'discovery', 'inCluster', 'sync'] as const;
export type ConnectStage = (typeof CONNECT_STAGES)[number];

/** How long one stage of a connect took, in ms; a failed one is the last. */
export interface StageTiming {
  readonly stage: ConnectStage;
  readonly duration: number;
  readonly failed?: boolean;
}

/** A connect failed; `stage` says where, the message begins with Go's stable text, `hint` says what to look at. */
export class ConnectError extends ClusterCacheError {
  override readonly name = 'ConnectError';
  readonly stage: ConnectStage;
  readonly hint: string;
  /** How it went up to there. */
  readonly stages: readonly StageTiming[];

  constructor(code: string, message: string, options: ClusterCacheErrorOptions & { readonly stage: ConnectStage; readonly hint: string; readonly stages?: readonly StageTiming[] }) {
    super(code, message, options);
    this.stage = options.stage;
    this.hint = options.hint;
    this.stages = options.stages ?? [];
  }
}

/** A kubeconfig that cannot or must not be used, said without any of its content but server and context names. */
export class KubeconfigError extends ClusterCacheError {
  override readonly name = 'KubeconfigError';
  /** It was understood, and asks for what the policy does not allow. */
  readonly refused: boolean;

  constructor(code: string, message: string, options: ClusterCacheErrorOptions & { readonly refused?: boolean } = {}) {
    super(code, message, options);
    this.refused = options.refused ?? false;
  }
}

/** A label or field selector that no API server would take: refused before anything is sent. */
export class SelectorError extends ClusterCacheError {
  override readonly name = 'SelectorError';
  /** What could have stood there. */
  readonly expected: string;
  /** What stood there instead, cut short; empty where the text had come to its end. */
  readonly found: string;

  constructor(kind: 'label' | 'field', selector: string, { expected, found }: { readonly expected: string; readonly found: string }) {
    const short = oneLine(found, LONGEST_QUOTE);
    super('INVALID_SELECTOR', `${kind} selector ${JSON.stringify(oneLine(selector, LONGEST_QUOTE))} is invalid: expected ${expected}; got ${found === '' ? 'its end' : JSON.stringify(short)}`);
    this.expected = expected;
    this.found = short;
  }
}

/** Most characters of a selector in a message: three requirements with prefixed keys, two lines of a terminal. */
const LONGEST_QUOTE = 160;

/** What an exchange with an API server died of, where no answer came. `stage` tells a dial from a TLS failure from the rest. */
export class TransportError extends ClusterCacheError {
  override readonly name = 'TransportError';
  readonly stage: 'dial' | 'proxy' | 'tls' | 'request' | 'response';
  /** Whether the server may have acted on the request. False where it certainly did not. */
  readonly outcomeUnknown: boolean;

  constructor(code: string, message: string, options: ClusterCacheErrorOptions & { readonly stage: TransportError['stage']; readonly outcomeUnknown?: boolean }) {
    super(code, message, options);
    this.stage = options.stage;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}
