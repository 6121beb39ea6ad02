import { type SchedulerLike, asyncScheduler } from 'rxjs';
import { type Filled, checkOptions, count, duration, filled, optional, procedure, schedulerLike } from '../model/option-check.ts';

export interface ConnectionOptions {
  /** ms from the end of one probe to the start of the next. @default 10_000, as Cluster API */
  readonly probeInterval?: number | undefined;
  /** ms after which an unanswered probe has failed. @default 5_000, as Cluster API */
  readonly probeTimeout?: number | undefined;
  /** Failed probes in a row that end a connection. @default 5, as Cluster API: a cluster is given up after 50 to 75 s */
  readonly failureThreshold?: number | undefined;
  /** ms after a failed connect, or a connection ended by its probes, until the next connect. @default 30_000, as Cluster API */
  readonly retryInterval?: number | undefined;
  /** Spreads a fleet's probes and reconnects in time; in [0, 1), where 0 spreads nothing. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
}

export type ResolvedConnectionOptions = Filled<ConnectionOptions>;

export const connectionDefaults: ResolvedConnectionOptions = Object.freeze({
  probeInterval: 10_000, probeTimeout: 5_000, failureThreshold: 5, retryInterval: 30_000, random: Math.random, scheduler: asyncScheduler,
});

const shape = {
  probeInterval: optional(duration), probeTimeout: optional(duration), failureThreshold: optional(count),
  retryInterval: optional(duration), random: optional(procedure), scheduler: optional(schedulerLike),
};

/** Fills in the defaults. Throws a TypeError that names the field, what was expected and what came. */
export function resolveConnectionOptions(options: ConnectionOptions = {}): ResolvedConnectionOptions {
  checkOptions('options', options, shape);
  return filled(connectionDefaults, options);
}
