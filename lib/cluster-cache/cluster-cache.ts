import type { KubeConfig } from '@kubernetes/client-node';
import type { KeyObject } from 'node:crypto';
import { type Observable, Subscription, distinctUntilChanged, filter, firstValueFrom, map } from 'rxjs';
import type { Client } from '../client/client.ts';
import { generateClientCertificateKey } from '../kubernetes/certificate.ts';
import { podMetadata } from '../kubernetes/in-cluster.ts';
import { withManagement } from '../kubernetes/management.ts';
import type { ClusterEvent } from '../model/cluster-event.ts';
import type { AbsentReason } from '../model/connection-state.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type HealthCheckingState, unknownHealth } from '../model/health.ts';
import { type ObjectKey, formatKey, parseKey } from '../model/object-key.ts';
import { text } from '../model/option-check.ts';
import { clockOf } from '../operators/clock.ts';
import { LatestByKey } from '../operators/latest-by-key.ts';
import type { Accessor } from './accessor.ts';
import { Accessors } from './accessors.ts';
import type { ClusterDelta } from './cluster-filter.ts';
import { type ClusterMetrics, noMetrics } from './cluster-metrics.ts';
import { type ClusterRecord, type ConnectionState, nextRecord } from './cluster-record.ts';
import { type ClusterSourceOption, type ClusterToRequests, type Source, clusterEvents, clusterSource } from './cluster-source.ts';
import { type Diagnosis, diagnosisOf } from './diagnosis.ts';
import type { ClusterChange } from './cluster-change.ts';
import { logChange } from './connection-log.ts';
import { managementCluster } from './management-cluster.ts';
import { type ClusterCacheOptions, type ResolvedOptions, resolveOptions } from './cluster-cache-options.ts';

/**
 * A live, health-checked connection to every workload cluster of a management cluster.
 *
 * Nothing runs before `start`, and nothing after `stop`. Streams may be subscribed before, and complete with `stop`; they never error. Getters are
 * synchronous, never touch the network and, for a cluster that is not connected, throw a `ClusterNotConnectedError`. A state is kept before it is told:
 * whoever is told "connected" can get the client at once.
 */
export class ClusterCache implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #records = new LatestByKey<ClusterRecord>();
  readonly #accessors = new Accessors();
  /** Of the Clusters that there are, with or without a state yet, and of those that are left out. */
  readonly #known = new Set<string>();
  readonly #filtered = new Set<string>();
  readonly #keys = new Map<string, Promise<KeyObject>>();
  readonly #clock: () => number;
  #metrics: ClusterMetrics & { dispose?(): void } = noMetrics;
  #running: Subscription | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /** Throws a TypeError that names the option, what was expected and what came. */
  constructor(options: ClusterCacheOptions) {
    this.#options = resolveOptions(options);
    this.#clock = clockOf(this.#options.scheduler);
  }

  /**
   * Resolves when the first lists of Clusters and kubeconfig Secrets are in; connects are under way then. A management cluster that cannot be
   * reached is tried for as long as it takes. Rejects when its kubeconfig cannot be used (which ends it), when `signal` is aborted or `stop` called before, with the last
   * failure as the cause. A signal that is aborted, then or later, stops it. A second call returns the first one's promise; after `stop` it rejects.
   */
  start(signal?: AbortSignal): Promise<void> {
    if (this.#started === undefined || this.#stopped !== undefined) this.#started = this.#start(signal);
    return this.#started;
  }

  /** Ends everything: streams complete after their last state, `absent(stopped)`; connections, timers and sockets are gone when it resolves. Idempotent. */
  stop(): Promise<void> {
    if (this.#stopped === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      // Kept first: whoever is told the end may stop once more.
      this.#stopped = promise;
      this.#end();
      // Sockets that were destroyed close in the next turn of the event loop.
      setImmediate(resolve);
    }
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  // ── Streams ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The state of every known cluster at once, then every change of any; a cluster's last is `absent`. Completes on `stop`. */
  readonly connections$: Observable<ConnectionState> = this.#records.all$.pipe(map(({ state }) => state));

  /** What happens to clusters, from now on: connected, disconnected, kubeconfigRotated, removed. Completes on `stop`. */
  readonly events$: Observable<ClusterEvent> = this.#records.changes$.pipe(map(({ event }) => event), filter((event) => event !== undefined));

  /** A cluster's state at once (`absent` for one that is not known), then every change, for as long as it takes: it may come back. Completes on `stop`. */
  connection$(key: ObjectKey): Observable<ConnectionState> {
    const id = idOf(key);
    return this.#records.watch(id).pipe(map((record) => record?.state ?? this.#absent(id)), distinctUntilChanged(saysTheSame));
  }

  /** A cluster's health at once, then after every probe and connect. Completes on `stop`. */
  health$(key: ObjectKey): Observable<HealthCheckingState> {
    return this.connection$(key).pipe(map(({ health }) => health), distinctUntilChanged());
  }

  /** When a cluster was last probed or connected with success: at once, then when that changes; `undefined` for never. Completes on `stop`. */
  lastProbeSuccess$(key: ObjectKey): Observable<Date | undefined> {
    return this.health$(key).pipe(map(({ lastProbeSuccessTime }) => lastProbeSuccessTime), distinctUntilChanged((a, b) => a?.getTime() === b?.getTime()));
  }

  /**
   * `connected` of every connected cluster at once (an option turns that off), then every event of `events$` and, for each `watchForProbeFailure(ms)`,
   * `probeFailing` when that time has passed since the last success, and `probeRecovered`. Each subscriber has its own; completes on `stop`.
   */
  clusterEvents$(...options: readonly ClusterSourceOption[]): Observable<ClusterEvent> {
    return clusterEvents(this.#records, options, this.#options.scheduler);
  }

  /**
   * The events of `clusterEvents$` as the requests that `map` makes of them; `removed` only where asked for. While a cluster is being mapped only its newest
   * event waits; a `map` that throws or rejects is logged. Completes on `stop`; never errors.
   */
  getClusterSource(controllerName: string, map: ClusterToRequests, ...options: readonly ClusterSourceOption[]): Source {
    const expected = text(controllerName);
    if (expected !== undefined) throw new TypeError(`controllerName must be ${expected}; got ${JSON.stringify(controllerName)}`);
    if (typeof map !== 'function') throw new TypeError(`map must be a function of a cluster and its event; got ${typeof map}`);
    const { scheduler, logger } = this.#options;
    return clusterSource(this.#records, { controllerName, map, options, scheduler, logger });
  }

  // ── Handles ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A client that reads and writes live. It goes on over a rotation of the kubeconfig, and fails with a `ClusterNotConnectedError` after a disconnect. */
  getUncachedClient(key: ObjectKey): Client {
    return this.#accessor(key, 'uncached client').client;
  }

  /** A KubeConfig of client-node whose API classes use the connection's own sockets and token bucket, and end with it. Frozen. */
  getRESTConfig(key: ObjectKey): KubeConfig {
    return this.#accessor(key, 'REST config').restConfig();
  }

  /** What is known of a cluster's health now; of an unknown cluster nothing. Throws for what is no key, and for nothing else. */
  getHealthCheckingState(key: ObjectKey): HealthCheckingState {
    return this.#records.get(idOf(key))?.state.health ?? unknownHealth;
  }

  /** When a cluster was last probed or connected with success. Throws for what is no key, and for nothing else. */
  getLastProbeSuccessTimestamp(key: ObjectKey): Date | undefined {
    return this.getHealthCheckingState(key).lastProbeSuccessTime;
  }

  /**
   * The RSA key, 2048 bits, to make this cluster's client certificates with: made when first asked for, off the main thread, connected or not, and kept until
   * the cluster is removed. Rejects for a cluster that is not known.
   */
  async getClientCertificatePrivateKey(key: ObjectKey): Promise<KeyObject> {
    const id = idOf(key);
    if (!this.#known.has(id)) {
      throw new ClusterCacheError('CLUSTER_UNKNOWN', `error getting client certificate private key: there is no cluster ${id}`, { cluster: key });
    }
    const made = this.#keys.get(id) ?? firstValueFrom(generateClientCertificateKey());
    this.#keys.set(id, made);
    made.catch(() => { if (this.#keys.get(id) === made) this.#keys.delete(id); }); // the next to ask has it made again
    return made;
  }

  /** Why a cluster is in the state it is in: the stages of its last connect, its error, its credentials' expiry, its sockets. Throws for what is no key, and for nothing else. */
  diagnose(key: ObjectKey): Diagnosis {
    const id = idOf(key);
    const { state = this.#absent(id), stages = [] } = this.#records.get(id) ?? {};
    return diagnosisOf(state, stages, this.#accessors.connection(key));
  }

  // ── The one subscription ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #start(signal: AbortSignal | undefined): Promise<void> {
    const { metrics, logger, scheduler, random, client, management } = this.#options;
    const running = this.#running = new Subscription();
    let lastFailure: unknown;
    const gaveUp = () => new ClusterCacheError('START_ABORTED', startFailure(lastFailure), { cause: lastFailure ?? signal?.reason });
    if (signal?.aborted === true) void this.stop();
    if (this.#stopped !== undefined) throw gaveUp();
    if (metrics !== undefined) {
      const { prometheusMetrics } = await import('./prometheus-metrics.ts');
      if (running.closed) throw gaveUp(); // stopped meanwhile: nobody would take them out of the registry again
      try {
        this.#metrics = prometheusMetrics(metrics);
      } catch (error) {
        void this.stop();
        throw error;
      }
    }

    await new Promise<void>((resolve, reject) => {
      const abort = () => { void this.stop(); };
      signal?.addEventListener('abort', abort);
      running.add(() => {
        signal?.removeEventListener('abort', abort);
        reject(gaveUp());
      });
      if (running.closed) return;
      const changes$ = withManagement(management, { userAgent: client.userAgent, timeout: client.timeout, scheduler, random }, (rest) => managementCluster({
        rest, options: this.#options, metrics: this.#metrics, pod: podMetadata(),
        onCluster: (delta) => this.#follow(delta),
        onSynced: resolve,
        onInterrupted: (kind, error) => {
          lastFailure = error;
          logger.warn({ kind, err: error }, 'reading the management cluster failed');
        },
      }));
      running.add(changes$.subscribe({ next: (change) => this.#write(change), error: (error: unknown) => {
        reject(error);
        // Nothing runs any more: whoever listens is to know.
        logger.error({ err: error }, 'the cluster cache has failed');
        void this.stop();
      } }));
    });
  }

  #end(): void {
    const reason = new ClusterCacheError('STOPPED', 'the cluster cache is stopped');
    this.#running?.unsubscribe();
    this.#accessors.endAll(reason);
    for (const { cluster, state } of [...this.#records.values()]) {
      this.#records.delete(formatKey(state.cluster), { cluster, state: { ...this.#absent(formatKey(state.cluster)), health: state.health } });
    }
    this.#records.complete();
    this.#known.clear();
    this.#keys.clear();
    this.#metrics.dispose?.();
  }

  /** Keeps what is known of a Cluster up to date where nothing of its connection changes. */
  #follow(delta: ClusterDelta): void {
    const { key } = delta;
    if (delta.type === 'deleted') {
      this.#known.delete(key);
      this.#keys.delete(key);
      if (delta.reason === 'filtered') this.#filtered.add(key);
      else this.#filtered.delete(key);
      return;
    }
    this.#known.add(key);
    this.#filtered.delete(key);
    const record = this.#records.get(key);
    if (record !== undefined) this.#records.amend(key, { ...record, cluster: delta.value });
  }

  /** The only writer: keeps, then tells. */
  #write({ cluster, state, connection, fingerprint }: ClusterChange): void {
    const id = formatKey(state.cluster);
    const before = this.#records.get(id);
    const change = { cluster, state, ...(fingerprint === undefined ? {} : { fingerprint }) };
    const record = nextRecord(before, change, new Date(this.#options.scheduler.now()), this.#clock());
    const connectionBefore = before?.state.phase === 'connected' ? before.state.connection : undefined;
    const swapped = connection?.view === connectionBefore ? undefined : this.#accessors.follow(state.cluster, connection);
    this.#metrics.changed(before, record);
    logChange(this.#options.logger, before, record, swapped);
    if (this.#stopped !== undefined) return; // by the logger
    if (state.phase === 'absent') {
      this.#records.delete(id, record);
    } else {
      this.#records.set(id, record);
    }
  }

  /** Throws a TypeError for what is no key, a `ClusterNotConnectedError` where there is no connection. */
  #accessor(key: ObjectKey, what: string): Accessor {
    idOf(key);
    return this.#accessors.get(key, what);
  }

  #absent(id: string): Extract<ConnectionState, { phase: 'absent' }> {
    const reason: AbsentReason = this.#stopped !== undefined ? 'stopped' : this.#filtered.has(id) ? 'filtered' : 'unknown';
    return { cluster: parseKey(id), phase: 'absent', reason, since: new Date(this.#options.scheduler.now()), health: unknownHealth };
  }
}

function saysTheSame(a: ConnectionState, b: ConnectionState): boolean {
  return a === b || (a.phase === 'absent' && b.phase === 'absent' && a.reason === b.reason);
}

function idOf(key: ObjectKey): string {
  if (typeof key?.name !== 'string' || typeof key.namespace !== 'string') {
    throw new TypeError(`a cluster's key must be an object with a namespace and a name; got ${key === null ? 'null' : typeof key}`);
  }
  return formatKey(key);
}

function startFailure(lastFailure: unknown): string {
  const text = 'the cluster cache was stopped before the first lists were in';
  return lastFailure instanceof Error ? `${text}: ${lastFailure.message}` : text;
}
