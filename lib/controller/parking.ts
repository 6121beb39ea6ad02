import { Observable } from 'rxjs';
import type { ClusterConnectionState } from '../model/connection-state.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';

/** As a cluster cache has it: the state of every known cluster at once, then every change of any; a cluster's last is `absent`. */
export type Connections = Observable<ClusterConnectionState<unknown>>;

/**
 * What becomes of a request whose cluster was not connected: `park` waits for the cluster's next event, `again` tries at once, since there was one meanwhile, `gone` says that
 * the cluster went before, and `backOff` retries as after any error, since no event is sure to come.
 */
export type ParkingVerdict = 'park' | 'again' | 'gone' | 'backOff';

/** Clusters that are remembered to be gone, the newest: far more than go while a request of one is still on its way. */
const REMEMBERED = 1_000;

interface KnownCluster {
  readonly cluster: ObjectKey;
  connected: boolean;
  /** By the count of events: when it was last connected. */
  connectedAt: number;
}

/** What is known of the clusters' connections, so that what waits for one is woken by it and not by a timer. */
export class Parking {
  readonly #clusters = new Map<string, KnownCluster>();
  /** Those that were known, and went; the newest last. */
  readonly #gone = new Set<string>();
  #events = 0;
  #lastAbsence = 0;

  /** Whether a cluster is known, and not connected. */
  isLost(cluster: ObjectKey): boolean {
    return this.#clusters.get(formatKey(cluster))?.connected === false;
  }

  /** How many events there were: an instant to ask {@link verdict} about. */
  get now(): number {
    return this.#events;
  }

  /**
   * Follows the connections for as long as it is subscribed and calls `release` for each cluster that gets connected, or is gone. Where the connections end, every cluster of
   * theirs is released. Never emits; completes and errors with the connections.
   */
  follow(connections$: Connections, release: (cluster: ObjectKey) => void): Observable<never> {
    return new Observable((subscriber) => {
      const own = new Set<string>();
      const forget = () => {
        for (const key of own) this.#leave(key, release);
        own.clear();
      };
      subscriber.add(connections$.subscribe({
        next: ({ cluster, phase }) => {
          const key = formatKey(cluster);
          if (phase === 'absent') {
            own.delete(key);
            return this.#leave(key, release);
          }
          own.add(key);
          this.#enter(key, cluster, phase === 'connected', release);
        },
        error: (error: unknown) => { forget(); subscriber.error(error); },
        complete: () => { forget(); subscriber.complete(); },
      }));
      subscriber.add(() => { for (const key of own) this.#clusters.delete(key); });
    });
  }

  /** For a reconcile that began when {@link now} was `since`, and found the cluster without a connection. */
  verdict(cluster: ObjectKey, since: number): ParkingVerdict {
    const key = formatKey(cluster);
    const known = this.#clusters.get(key);
    // One that was never heard of may never come. If any went while the reconcile ran it may have been this one, which is an event that the reconcile has not seen.
    if (known === undefined) return this.#lastAbsence > since ? 'again' : this.#gone.has(key) ? 'gone' : 'backOff';
    if (known.connectedAt > since) return 'again';
    // It has been connected all the time: somebody else's connection, or an error that is made up. No event will mend that.
    return known.connected ? 'backOff' : 'park';
  }

  #enter(key: string, cluster: ObjectKey, connected: boolean, release: (cluster: ObjectKey) => void): void {
    let known = this.#clusters.get(key);
    if (known === undefined) this.#clusters.set(key, known = { cluster, connected: false, connectedAt: 0 });
    this.#gone.delete(key);
    // Its health is told as well, with every probe.
    if (known.connected === connected) return;
    known.connected = connected;
    if (!connected) return;
    known.connectedAt = this.#events += 1;
    release(cluster);
  }

  #leave(key: string, release: (cluster: ObjectKey) => void): void {
    const known = this.#clusters.get(key);
    if (known === undefined) return;
    this.#clusters.delete(key);
    this.#remember(key);
    this.#lastAbsence = this.#events += 1;
    release(known.cluster);
  }

  #remember(key: string): void {
    this.#gone.add(key);
    if (this.#gone.size <= REMEMBERED) return;
    for (const oldest of this.#gone) {
      this.#gone.delete(oldest);
      return;
    }
  }
}
