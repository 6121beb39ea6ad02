import { KubeConfig } from '@kubernetes/client-node';
import { type Observable, asyncScheduler, finalize, mergeMap } from 'rxjs';
import { setTimeout as delay } from 'node:timers/promises';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { withManagement } from '../../lib/kubernetes/management.ts';
import type { RestClient } from '../../lib/kubernetes/rest-client.ts';
import { leaderElection } from '../../lib/manager/leader-election.ts';
import { type Leadership, LeadershipLostError } from '../../lib/manager/leadership.ts';
import { defineKind } from '../../lib/model/kubernetes-object.ts';

/** What a candidate is told as its first message; the second, whatever it is, tells it to stop. */
export interface CandidateOrders {
  readonly kubeconfig: string;
  readonly identity: string;
  readonly namespace: string;
  /** Of the Lease and of the ConfigMap that its leader writes. */
  readonly name: string;
  /** ms. */
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  /** ms between two writes. */
  readonly writeInterval: number;
}

/** What a candidate tells. */
export type CandidateReport =
  | { readonly type: 'waiting'; readonly holder: string }
  /** `requests`: ms that the last requests took by which it came to lead, the first write among them. */
  | { readonly type: 'wrote'; readonly generation: number; readonly requests: number }
  /** A write was not sent: its term was over. */
  | { readonly type: 'fenced'; readonly generation: number }
  | { readonly type: 'lost'; readonly generation: number };

const CONFIG_MAP = defineKind<{ readonly data: Readonly<Record<string, string>> }>({ apiVersion: 'v1', kind: 'ConfigMap' });
/** ms for a write: more than a server takes, less than it takes to lose a Lease. */
const TIMEOUT = 1_000;
/** Requests from the moment when a Lease is out to the first write: read it, take it, write. */
const TO_LEAD = 3;

function report(message: CandidateReport): Promise<void> {
  return new Promise((resolve) => { process.send?.(message, () => resolve()); });
}

/** A candidate for a Lease that writes for as long as it leads, each write with the number of its term; when it has lost, it closes its connections and ends, as a controller does. */
function candidacy(rest: RestClient, stop: AbortSignal, { identity, namespace, name, leaseDuration, renewDeadline, retryPeriod, writeInterval }: CandidateOrders): Observable<unknown> {
  const took: number[] = [];
  const timed = async <T>(call: Promise<T>): Promise<T> => {
    const begun = performance.now();
    try {
      return await call;
    } finally {
      took.push(performance.now() - begun);
    }
  };
  const { get, create, update } = createUncachedClient({ rest });

  const released = new AbortController();

  async function write(leadership: Leadership): Promise<void> {
    const { patch } = createUncachedClient({ rest, fence: leadership.ended });
    const { generation } = leadership;
    for (let counter = 0; !stop.aborted; counter += 1) {
      const data = { generation: String(generation), counter: String(counter), by: identity };
      try {
        await timed(patch(CONFIG_MAP, { namespace, name }, { data }, { type: 'merge', timeout: TIMEOUT }));
        if (counter === 0) void report({ type: 'wrote', generation, requests: took.slice(-TO_LEAD).reduce((sum, ms) => sum + ms, 0) });
      } catch (error) {
        if (error instanceof LeadershipLostError) return void report({ type: 'fenced', generation });
      }
      await delay(writeInterval);
    }
    // Only when nothing is under way any more.
    released.abort();
  }

  return leaderElection({
    client: { get: (...args) => timed(get(...args)), create: (...args) => timed(create(...args)), update: (...args) => timed(update(...args)) },
    lease: { namespace, name }, identity, leaseDuration, renewDeadline, retryPeriod, signal: released.signal,
  }).pipe(mergeMap(async (state) => {
    switch (state.phase) {
      case 'waiting': return report({ type: 'waiting', holder: state.holder });
      case 'leading': return write(state.leadership);
      case 'lost':
        rest.transport.close(state.error);
        return report({ type: 'lost', generation: state.generation });
      case 'released':
    }
  }));
}

process.once('message', (orders: CandidateOrders) => {
  const stop = new AbortController();
  process.once('message', () => stop.abort());
  const config = new KubeConfig();
  config.loadFromString(orders.kubeconfig);
  withManagement(config, { userAgent: orders.identity, timeout: TIMEOUT, scheduler: asyncScheduler, random: Math.random }, (rest) => candidacy(rest, stop.signal, orders)).pipe(finalize(() => process.disconnect?.())).subscribe();
});
process.once('disconnect', () => process.exit());
