import type { SchedulerLike } from 'rxjs';
import type { AbsentReason } from '../model/connection-state.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { unknownHealth } from '../model/health.ts';
import type { Logger } from '../model/logger.ts';
import { formatKey, parseKey } from '../model/object-key.ts';
import { clockOf } from '../operators/clock.ts';
import { LatestByKey } from '../operators/latest-by-key.ts';
import { Accessors } from './accessors.ts';
import type { ResolvedOptions } from './cluster-cache-options.ts';
import type { ClusterCaches } from './cluster-caches.ts';
import type { ClusterChange } from './cluster-change.ts';
import type { ClusterDelta } from './cluster-filter.ts';
import { type ClusterMetrics, type KeptKind, noMetrics } from './cluster-metrics.ts';
import { type ClusterRecord, type ConnectionState, nextRecord } from './cluster-record.ts';
import { logChange } from './connection-log.ts';

/** All that is known of the clusters, by `namespace/name`. One writer: a state is kept, and what it brings can be used, before anybody is told of it. */
export class Fleet {
  /** The state of each cluster that has one. */
  readonly records = new LatestByKey<ClusterRecord>();
  /** What is kept of each cluster that has a state. */
  readonly caches = new LatestByKey<ClusterCaches>();
  readonly accessors: Accessors;
  #metrics: ClusterMetrics = noMetrics;
  /** Of the Clusters that there are, with or without a state yet, and of those that are left out. */
  readonly #known = new Set<string>();
  readonly #filtered = new Set<string>();
  readonly #scheduler: SchedulerLike;
  readonly #logger: Logger;
  readonly #clock: () => number;
  #ended = false;

  constructor({ management, scheduler, logger }: Pick<ResolvedOptions, 'management' | 'scheduler' | 'logger'>) {
    this.accessors = new Accessors(management.fence);
    this.#scheduler = scheduler;
    this.#logger = logger;
    this.#clock = clockOf(scheduler);
  }

  get metrics(): ClusterMetrics {
    return this.#metrics;
  }

  /** From now on it is measured. */
  measureBy(metrics: ClusterMetrics): void {
    this.#metrics = metrics;
    metrics.keep(() => this.#kept());
  }

  knows(id: string): boolean {
    return this.#known.has(id);
  }

  /** The state of a cluster that has none. */
  absent(id: string): Extract<ConnectionState, { phase: 'absent' }> {
    const reason: AbsentReason = this.#ended ? 'stopped' : this.#filtered.has(id) ? 'filtered' : 'unknown';
    return { cluster: parseKey(id), phase: 'absent', reason, since: new Date(this.#scheduler.now()), health: unknownHealth };
  }

  /** Keeps what is known of a Cluster up to date where nothing of its connection changes. */
  follow(delta: ClusterDelta): void {
    const { key } = delta;
    if (delta.type === 'deleted') {
      this.#known.delete(key);
      if (delta.reason === 'filtered') this.#filtered.add(key);
      else this.#filtered.delete(key);
      return;
    }
    this.#known.add(key);
    this.#filtered.delete(key);
    const record = this.records.get(key);
    if (record !== undefined) this.records.amend(key, { ...record, cluster: delta.value });
  }

  /** A cluster's state is now another. */
  write({ cluster, caches, state, connection, fingerprint }: ClusterChange): void {
    const id = formatKey(state.cluster);
    const before = this.records.get(id);
    const change = { cluster, state, ...(fingerprint === undefined ? {} : { fingerprint }) };
    const record = nextRecord(before, change, new Date(this.#scheduler.now()), this.#clock());
    const connectionBefore = before?.state.phase === 'connected' ? before.state.connection : undefined;
    if (connection !== undefined) caches.recognize(connection);
    const swapped = connection?.view === connectionBefore ? undefined : this.accessors.follow(caches, connection);
    // After the handles: whoever is told of what another cluster has asks for that cluster's. A connect that is under way may be reading what it waits for.
    if (state.phase !== 'connecting') caches.follow(connection);
    if (state.phase === 'absent') this.caches.delete(id, caches);
    else if (this.caches.get(id) !== caches) this.caches.set(id, caches);
    this.#metrics.changed(before, record);
    logChange(this.#logger, before, record, swapped);
    if (this.#ended) return; // by the logger
    if (state.phase === 'absent') {
      this.records.delete(id, record);
    } else {
      this.records.set(id, record);
    }
  }

  /** Nothing that was handed out may be used any more. */
  fence(): void {
    this.#ended = true;
    this.accessors.endAll(new ClusterCacheError('STOPPED', 'the cluster cache is stopped'));
  }

  /** Ends every stream, after the last state of each cluster. */
  end(): void {
    this.caches.complete();
    for (const { cluster, state } of [...this.records.values()]) {
      const id = formatKey(state.cluster);
      this.records.delete(id, { cluster, state: { ...this.absent(id), health: state.health } });
    }
    this.records.complete();
    this.#known.clear();
  }

  *#kept(): Generator<KeptKind> {
    for (const { informers } of this.caches.values()) {
      for (const { kind, store, age, runs } of informers.all()) if (runs) yield { kind: kind.kind, objects: store.size, age };
    }
  }
}
