import type { KubeConfig } from '@kubernetes/client-node';
import { type SchedulerLike, asyncScheduler } from 'rxjs';
import { type MetricsRegistry, cacheShape } from '../cluster-cache/cluster-cache-options.ts';
import { type ManagementConnection, managementSource } from '../cluster-cache/management-connection.ts';
import type { CacheOptions } from '../informer/cache-options.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import { type Logger, harmless, silentLogger } from '../model/logger.ts';
import { type Check, type Filled, checkOptions, duration, filled, flag, having, headerText, list, optional, procedure, schedulerLike, text } from '../model/option-check.ts';
import { checkTimings, leaderElectionDefaults } from './leader-election-options.ts';
import type { TerminationSignal } from './termination-signals.ts';

/** How the replicas of a program agree on the one that works; the durations are as client-go has them. */
export interface ManagerElectionOptions {
  /** The Lease that all replicas share. It is made where there is none. */
  readonly leaseName: string;
  readonly leaseNamespace: string;
  /** Who this replica is; no two may have the same. @default the host's name with a random UUID, as controller-runtime */
  readonly identity?: string | undefined;
  /** ms that the Lease must stay unchanged before another replica takes it. @default 15_000, as client-go */
  readonly leaseDuration?: number | undefined;
  /** ms after which a leader that could not renew it leads no more. @default 10_000, as client-go */
  readonly renewDeadline?: number | undefined;
  /** ms between two tries to acquire or to renew it. @default 2_000, as client-go */
  readonly retryPeriod?: number | undefined;
  /** Whether a leader that stops gives it back, so that the next one need not wait; at most `renewDeadline` is spent on it. @default true: what it led has ended by then */
  readonly releaseOnCancel?: boolean | undefined;
}

export interface ServerOptions {
  /** 0: one that is free; `manager.address` tells which. */
  readonly port: number;
  /** @default all interfaces: it is the kubelet that asks, and Prometheus */
  readonly host?: string | undefined;
}

/** How the manager's own clients behave. */
export interface ManagerClientOptions {
  /** ms for one call. @default 10_000, as a cluster cache's */
  readonly timeout?: number | undefined;
  readonly cache?: { /** Kinds that are read live, always. @default none */ readonly disableFor?: readonly Kind<unknown>[] | undefined } | undefined;
}

export interface ManagerOptions {
  /** The management cluster. It is the user's own: exec plugins and files are used. */
  readonly kubeConfig: KubeConfig | ManagementConnection;
  /** The User-Agent of every request to it. @default 'clustercache-manager': better the program's name, for it is how an API server's log tells who calls */
  readonly userAgent?: string | undefined;
  /** Only this namespace is kept in memory, of kinds that are in namespaces. @default all */
  readonly namespace?: string | undefined;
  /** @default none: whoever runs, leads */
  readonly leaderElection?: ManagerElectionOptions | undefined;
  /** Where `/healthz`, `/readyz` and `/metrics` are served, by plain http. @default false: nowhere */
  readonly server?: ServerOptions | false | undefined;
  /** What is kept of the management cluster, and for how long. */
  readonly cache?: CacheOptions | undefined;
  readonly client?: ManagerClientOptions | undefined;
  /** ms from the first word to stop until whatever still runs is given up. @default 30_000, as controller-runtime, and the time that a Pod is given to end */
  readonly gracefulShutdownTimeout?: number | undefined;
  /** Where metrics go: a Registry of prom-client. @default a new one where there is a server, which then needs that package; `false`: nowhere */
  readonly metrics?: MetricsRegistry | false | undefined;
  /** What the process may be sent that stops the manager. Listened to from `start` until the first comes. @default SIGTERM and SIGINT, as controller-runtime */
  readonly signals?: readonly TerminationSignal[] | undefined;
  /** @default silent */
  readonly logger?: Logger | undefined;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
  /** Spreads what is tried again; in [0, 1). @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** The options with every default filled in. */
export interface ResolvedManagerOptions extends Filled<Omit<ManagerOptions, 'namespace' | 'leaderElection' | 'client' | 'metrics'>>, Pick<ManagerOptions, 'namespace' | 'leaderElection' | 'metrics'> {
  readonly client: { readonly timeout: number; readonly disableFor: readonly Kind<unknown>[] };
}

export const managerDefaults = Object.freeze({
  userAgent: 'clustercache-manager',
  server: false,
  cache: Object.freeze({}),
  gracefulShutdownTimeout: 30_000,
  signals: Object.freeze(['SIGTERM', 'SIGINT'] as const),
  logger: silentLogger,
  scheduler: asyncScheduler,
  random: Math.random,
});

const CLIENT_TIMEOUT = 10_000;
const LAST_PORT = 65_535;

const port: Check = (value) => (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LAST_PORT ? undefined : `a port, 0 to ${LAST_PORT}`);
const signalNames: Check = (value) => (Array.isArray(value) && value.every((name) => name === 'SIGTERM' || name === 'SIGINT') ? undefined : "an array of 'SIGTERM' and 'SIGINT'");
const electionShape = {
  leaseName: text, leaseNamespace: text, identity: optional(text),
  leaseDuration: optional(duration), renewDeadline: optional(duration), retryPeriod: optional(duration), releaseOnCancel: optional(flag),
};

/** Fills in the defaults. Throws a TypeError that names the field, what was expected and what came. */
export function resolveManagerOptions(options: ManagerOptions): ResolvedManagerOptions {
  checkOptions('options', options, {
    kubeConfig: managementSource,
    userAgent: optional(headerText),
    namespace: optional(text),
    leaderElection: electionShape,
    server: options?.server === false ? () => undefined : { port, host: optional(text) },
    cache: cacheShape,
    client: { timeout: optional(duration), cache: { disableFor: optional(list) } },
    gracefulShutdownTimeout: optional(duration),
    metrics: options?.metrics === false ? () => undefined : optional(having('a Registry of prom-client, or false', 'registerMetric', 'getSingleMetric', 'removeSingleMetric')),
    signals: optional(signalNames),
    logger: optional(having('a logger with debug(), info(), warn() and error()', 'debug', 'info', 'warn', 'error')),
    scheduler: optional(schedulerLike),
    random: optional(procedure),
  });
  const { client: { timeout = CLIENT_TIMEOUT, cache: { disableFor = [] } = {} } = {}, leaderElection } = options;
  if (leaderElection !== undefined) checkTimings(filled(leaderElectionDefaults, leaderElection));
  const resolved = filled(managerDefaults, options);
  return { ...resolved, client: { timeout, disableFor }, logger: harmless(resolved.logger) };
}
