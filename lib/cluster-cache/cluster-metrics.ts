import { Observable } from 'rxjs';
import type { ListCause } from '../informer/reflector-event.ts';
import type { RateLimiter } from '../kubernetes/rate-limiter.ts';
import { ConnectError } from '../model/errors.ts';
import type { ClusterRecord } from './cluster-record.ts';

/** What there is to measure. Durations are in ms. */
export interface ClusterMetrics {
  /** A cluster's record changed; with `absent`, the cluster's series go. */
  changed(before: ClusterRecord | undefined, after: ClusterRecord): void;
  /** A probe was answered with success. */
  probed(duration: number): void;
  /** A call that found no token had one after waiting for so long. */
  waited(duration: number): void;
  /** A cluster was asked for all objects of a kind. */
  listed(kind: string, cause: ListCause): void;
  /** A list or a watch ended before its time, or could not be had. */
  interrupted(kind: string): void;
  /** Where to look for what is kept of the workload clusters, whenever that is to be shown. */
  keep(kept: () => Iterable<KeptKind>): void;
}

/** One kind of one cluster that is kept. */
export interface KeptKind {
  readonly kind: string;
  readonly objects: number;
  /** ms since it was last heard of, a bookmark included; `undefined` before the first list is in. */
  readonly age: number | undefined;
}

export const noMetrics: ClusterMetrics = Object.freeze({ changed() {}, probed() {}, waited() {}, listed() {}, interrupted() {}, keep() {} });

/** What the change says of the probe that it came from, if it came from one. */
export function probeStatus(before: ClusterRecord | undefined, { state }: ClusterRecord): 'success' | 'error' | undefined {
  if (before?.state.phase !== 'connected' || before.state.health.lastProbeTime === state.health.lastProbeTime) return undefined;
  if (state.health.lastProbeSuccessTime === state.health.lastProbeTime) return 'success';
  return state.health.consecutiveFailures > before.state.health.consecutiveFailures ? 'error' : undefined;
}

/** The failed connect that the change came from, if it came from one: a newer kubeconfig's beside a connection that goes on is one too. */
export function failedConnect(before: ClusterRecord | undefined, { state }: ClusterRecord): ConnectError | undefined {
  const { error } = state.phase === 'disconnected' || (state.phase === 'connected' && state.retryAt !== undefined) ? state : {};
  if (!(error instanceof ConnectError)) return undefined;
  return before !== undefined && 'error' in before.state && before.state.error === error ? undefined : error;
}

/** The limiter, with its waits measured; itself where nobody measures. */
export function measured(limiter: RateLimiter, metrics: ClusterMetrics, clock: () => number): RateLimiter {
  if (metrics === noMetrics) return limiter;
  return {
    acquire: () => new Observable((subscriber) => {
      let begun: number | undefined;
      const turn = limiter.acquire().subscribe(() => {
        if (begun !== undefined) metrics.waited(clock() - begun);
        subscriber.next();
        subscriber.complete();
      });
      if (!turn.closed) begun = clock();
      return turn;
    }),
    get waiting() { return limiter.waiting; },
  };
}
