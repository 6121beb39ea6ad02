import { type BackoffPolicy, backoffDelay } from '../operators/backoff.ts';
import { type Pause, noPause } from '../operators/pause.ts';

/** What is remembered of the failures so far. */
export interface Recovery {
  /** In a row, without news from a watch or `resetAfter` ms of health between them. */
  readonly failures: number;
  /** When a list was last begun without a wait because a resourceVersion had expired. */
  readonly relistedAt?: number;
}

/** One list or watch that failed. */
export interface Failure {
  /** When, and for how many ms what failed had been healthy. */
  readonly at: number;
  readonly healthyFor: number;
  /** A resourceVersion or continue token expired: the server is well, and a list will do. */
  readonly expired: boolean;
  /** No answer came, and somebody tries to reach the server: there is no use in asking before that succeeds. @default false */
  readonly unreachable?: boolean;
  /** ms that the server asked to be left alone for. */
  readonly retryAfter?: number | undefined;
}

export const noFailures: Recovery = Object.freeze({ failures: 0 });

/** A server that asks for more is asked again after this: a wrong clock or a wrong unit must not end a reflector. ms */
export const LONGEST_RETRY_AFTER = 120_000;

/** A watch that was up for less has failed, whatever it delivered: a server that ends each at once would be asked as fast as it can answer. client-go's figure. ms */
export const SHORTEST_WATCH = 1_000;

/**
 * What a failure changes and how long to wait after it. An expired resourceVersion is listed at once, but only once in `resetAfter` ms; a watch that was up and whose
 * connection is lost goes on as soon as there is another; every other failure waits, so that no answer of a server, however quick, makes a reflector ask in
 * a loop. Pure but for `random`.
 */
export function recoverFrom({ at, healthyFor, expired, unreachable = false, retryAfter }: Failure, before: Recovery, policy: BackoffPolicy, random: () => number): Recovery & Pause {
  const failures = healthyFor >= policy.resetAfter ? 0 : before.failures;
  const { relistedAt } = before;
  if (expired && (relistedAt === undefined || at - relistedAt >= policy.resetAfter)) return { failures, relistedAt: at, ...noPause };
  const asked = retryAfter === undefined ? 0 : Math.min(retryAfter, LONGEST_RETRY_AFTER);
  const delay = Math.max(asked, backoffDelay(failures, policy, random));
  const wait = unreachable
    ? { delay: Infinity, atLeast: healthyFor >= SHORTEST_WATCH ? 0 : delay }
    : { delay, atLeast: Math.max(asked, policy.initial) };
  return { failures: failures + 1, ...(relistedAt === undefined ? {} : { relistedAt }), ...wait };
}
