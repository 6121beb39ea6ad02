import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type SchedulerLike, asyncScheduler } from 'rxjs';
import type { Client } from '../client/client.ts';
import { type Logger, harmless, silentLogger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type Filled, checkOptions, duration, filled, flag, having, optional, procedure, schedulerLike, text } from '../model/option-check.ts';

export interface LeaderElectionOptions {
  /** Reads and writes the Lease, live and unfenced. Its user needs the verbs get, create and update on `leases.coordination.k8s.io`. */
  readonly client: Pick<Client, 'get' | 'create' | 'update'>;
  /** The Lease that all candidates share. It is made where there is none. */
  readonly lease: ObjectKey;
  /** Who this candidate is; no two may have the same. @default `HOSTNAME_UUID`, new for every call, as controller-runtime */
  readonly identity?: string | undefined;
  /** ms that a Lease must stay unchanged before another candidate takes it; kept in whole seconds, rounded up. @default 15_000, as client-go */
  readonly leaseDuration?: number | undefined;
  /** ms after which a leader that could not renew the Lease leads no more. @default 10_000, as client-go */
  readonly renewDeadline?: number | undefined;
  /** ms between two tries to acquire or to renew the Lease. @default 2_000, as client-go */
  readonly retryPeriod?: number | undefined;
  /** Whether a leader that is told to stop gives the Lease back, so that the next one need not wait. @default true: what it led has ended by then */
  readonly releaseOnCancel?: boolean | undefined;
  /**
   * Ends it: where it leads, the Lease is given back, and only then it completes. Unsubscribing gives it back too, and nobody hears when that is done.
   * @default none
   */
  readonly signal?: AbortSignal | undefined;
  /** @default none: silent */
  readonly logger?: Logger | undefined;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
  /** Spreads the tries of those who wait; in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
}

export type ResolvedLeaderElectionOptions = Omit<Filled<LeaderElectionOptions>, 'signal'> & Pick<LeaderElectionOptions, 'signal'>;

/**
 * A candidate that waits tries again after 1 to so many retryPeriods, drawn anew each time, so that candidates do not meet. client-go has the same number and draws from 1 to 2.2 with it: nobody
 * would lead for up to leaseDuration + 4.4 retryPeriods after a crash. Here it is leaseDuration + 1.2 retryPeriods and the time of three requests.
 */
export const JITTER_FACTOR = 1.2;

export const leaderElectionDefaults = Object.freeze({
  leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000, releaseOnCancel: true, logger: silentLogger, scheduler: asyncScheduler, random: Math.random,
});

const shape = {
  client: having('a client', 'get', 'create', 'update'), lease: { namespace: text, name: text }, identity: optional(text),
  leaseDuration: optional(duration), renewDeadline: optional(duration), retryPeriod: optional(duration), releaseOnCancel: optional(flag),
  signal: optional(having('an AbortSignal', 'addEventListener', 'removeEventListener')),
  logger: optional(having('a logger', 'debug', 'info', 'warn', 'error')), scheduler: optional(schedulerLike), random: optional(procedure),
};

/** Fills in the defaults. Throws a TypeError that names the field, what was expected and what came. */
export function resolveLeaderElectionOptions(options: LeaderElectionOptions): ResolvedLeaderElectionOptions {
  checkOptions('leaderElection', options, shape);
  const resolved = filled({ ...leaderElectionDefaults, identity: `${hostname()}_${randomUUID()}` }, options);
  checkTimings(resolved);
  return { ...resolved, logger: harmless(resolved.logger) };
}

/**
 * Throws a TypeError unless leaseDuration > renewDeadline > retryPeriod × {@link JITTER_FACTOR}: a leader must have given up before another may begin, and
 * must have tried more than once by then.
 */
export function checkTimings({ leaseDuration, renewDeadline, retryPeriod }: Pick<ResolvedLeaderElectionOptions, 'leaseDuration' | 'renewDeadline' | 'retryPeriod'>): void {
  if (leaseDuration > renewDeadline && renewDeadline > retryPeriod * JITTER_FACTOR) return;
  throw new TypeError(`leaderElection must have leaseDuration > renewDeadline > retryPeriod × ${JITTER_FACTOR}; `
    + `got leaseDuration ${leaseDuration}, renewDeadline ${renewDeadline}, retryPeriod ${retryPeriod}`);
}
