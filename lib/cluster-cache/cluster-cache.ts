import type { KubeConfig } from '@kubernetes/client-node';
import type { KeyObject } from 'node:crypto';
import { type Observable, Subject, Subscription, distinctUntilChanged, filter, map, takeUntil } from 'rxjs';
import type { Client, Reader } from '../client/client.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import { podMetadata } from '../kubernetes/in-cluster.ts';
import type { ClusterEvent } from '../model/cluster-event.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type HealthCheckingState, unknownHealth } from '../model/health.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectEvent } from '../model/object-event.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { text } from '../model/option-check.ts';
import type { WatchHandle, Watcher } from '../model/watcher.ts';
import { type Accessor, checkClientOptions } from './accessor.ts';
import { ClientCertificateKeys } from './client-certificate-keys.ts';
import { type ClusterCacheOptions, type ResolvedOptions, resolveOptions } from './cluster-cache-options.ts';
import { idOf } from './cluster-id.ts';
import type { ClusterDelta } from './cluster-filter.ts';
import { type ClusterParking, clusterParking } from './cluster-parking.ts';
import type { ConnectionState } from './cluster-record.ts';
import { type ClusterSourceOption, type ClusterToRequests, type Source, clusterEvents, clusterSource } from './cluster-source.ts';
import { type Diagnosis, diagnosisOf } from './diagnosis.ts';
import { Fleet } from './fleet.ts';
import { managementCluster } from './management-cluster.ts';
import { type FleetObjectEvent, checkObjects, objectsOf, objectsOfFleet } from './object-streams.ts';
import { Watches, checkWatcher } from './watches.ts';

/**
 * A live, health-checked connection to every workload cluster of a management cluster.
 *
 * Nothing runs before `start`, and nothing after `stop`. Streams may be subscribed before, and complete with `stop`; they never error. Getters are
 * synchronous, never touch the network and, for a cluster that is not connected, throw a `ClusterNotConnectedError`. A state is kept before it is told:
 * whoever is told "connected" can get the client at once.
 */
export class ClusterCache implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #fleet: Fleet;
  readonly #keys = new ClientCertificateKeys();
  readonly #watches = new Watches();
  readonly #ended = new Subject<void>();
  #disposeMetrics: (() => void) | undefined;
  #running: Subscription | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /** Throws a TypeError that names the option, what was expected and what came. */
  constructor(options: ClusterCacheOptions) {
    this.#options = resolveOptions(options);
    this.#fleet = new Fleet(this.#options);
    const { all$, changes$ } = this.#fleet.records;
    this.connections$ = all$.pipe(map(({ state }) => state));
    this.events$ = changes$.pipe(map(({ event }) => event), filter((event) => event !== undefined));
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
  readonly connections$: Observable<ConnectionState>;

  /** What happens to clusters, from now on: connected, disconnected, kubeconfigRotated, removed. Completes on `stop`. */
  readonly events$: Observable<ClusterEvent>;

  /** A cluster's state at once (`absent` for one that is not known), then every change, for as long as it takes: it may come back. Completes on `stop`. */
  connection$(key: ObjectKey): Observable<ConnectionState> {
    const id = idOf(key);
    return this.#fleet.records.watch(id).pipe(map((record) => record?.state ?? this.#fleet.absent(id)), distinctUntilChanged(saysTheSame));
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
    return clusterEvents(this.#fleet.records, options, this.#options.scheduler);
  }

  /**
   * The events of `clusterEvents$` as the requests that `map` makes of them; `removed` only where asked for. While a cluster is being mapped only its newest
   * event waits; a `map` that throws or rejects is logged. Completes on `stop`; never errors.
   */
  getClusterSource(controllerName: string, map: ClusterToRequests, ...options: readonly ClusterSourceOption[]): Source {
    const expected = text(controllerName);
    if (expected !== undefined) throw new TypeError(`controllerName must be ${expected}; got ${JSON.stringify(controllerName)}`);
    if (typeof map !== 'function') throw new TypeError(`map must be a function of a cluster and its event; got ${typeof map}`);
    const { scheduler, logger, management } = this.#options;
    return clusterSource(this.#fleet.records, { controllerName, connections$: this.connections$, map, reader: management.client, options, scheduler, logger });
  }

  /** To be spread into a work queue's options: a cluster's requests wait while it is not connected, without retries; not those that are about its connection. */
  readonly parking: ClusterParking = clusterParking(() => this.#fleet.records);

  /** A cluster's client of the moment, as `getClient` has it, or `undefined` while there is no connection: at once, then when that changes. Completes on `stop`. */
  client$(key: ObjectKey): Observable<Client | undefined> {
    return this.connection$(key).pipe(map(({ phase }) => (phase === 'connected' ? this.getClient(key) : undefined)), distinctUntilChanged());
  }

  /**
   * The objects of a kind of one cluster: what there is as `added`, then `synced`, then every change. Goes on over every outage, rotation and reconnect with exactly what
   * changed meanwhile, deletes included, each with its cause. Where the cluster is removed, or another one is behind its name, its objects are told as
   * deleted; then, with `synced` once more, what the next one has. A subscriber that takes too long is told the rest conflated by object.
   *
   * The first subscriber has the kind listed and kept, the last one's leave lets it go after a linger. Completes on `stop`, without deletes; never errors. Throws a
   * TypeError, or a `SelectorError`, for options that are none.
   */
  objects$<T extends object>(key: ObjectKey, kind: Kind<T>, options: ObjectsSelection = {}): Observable<ObjectEvent<T>> {
    const id = idOf(key);
    checkObjects(kind, options);
    return objectsOf(this.#fleet.caches, id, kind, options).pipe(takeUntil(this.#ended));
  }

  /** The same of every cluster, each event with its `cluster`. */
  fleetObjects$<T extends object>(kind: Kind<T>, options: ObjectsSelection = {}): Observable<FleetObjectEvent<T>> {
    checkObjects(kind, options);
    return objectsOfFleet(this.#fleet.caches, kind, options).pipe(takeUntil(this.#ended));
  }

  // ── Handles ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * A client that reads from memory and writes live. The first read of a kind has it listed, and waits for that at most the client's timeout; kinds of
   * `client.cache.disableFor` are read live. With `readOwnWrites` a read waits until it shows what this very client has written. Goes on over a rotation of the kubeconfig;
   * after a disconnect every call fails with a `ClusterNotConnectedError`, but for reads with `stale: true`.
   */
  getClient(key: ObjectKey, options: { readonly readOwnWrites?: boolean } = {}): Client {
    checkClientOptions(options);
    return this.#accessor(key, 'client').clientFor(options);
  }

  /** The reading side of `getClient`. */
  getReader(key: ObjectKey): Reader {
    return this.#accessor(key, 'client reader').client;
  }

  /**
   * Has a watcher told of what there is of a kind in one cluster, and then of every change, until it is taken back or the cluster is removed: over every disconnect,
   * without another call. The same name is watched once for each cluster, and the same handle returned. Throws a TypeError for what is no watcher, then a
   * `ClusterNotConnectedError`, then one of code `WATCH_CONFLICT` where the name is taken by a watch of another kind or selector.
   */
  watch<T extends object>(key: ObjectKey, watcher: Watcher<T>): WatchHandle {
    checkWatcher(watcher);
    const { caches } = this.#accessor(key, 'watch');
    return this.#watches.add(caches, watcher, this.#options.logger, (watch$) => watch$.pipe(takeUntil(this.#ended)).subscribe());
  }

  /** A client that reads and writes live. It goes on over a rotation of the kubeconfig, and fails with a `ClusterNotConnectedError` after a disconnect. */
  getUncachedClient(key: ObjectKey): Client {
    return this.#accessor(key, 'uncached client').uncachedClient;
  }

  /** A KubeConfig of client-node whose API classes use the connection's own sockets and token bucket, and end with it. Frozen. */
  getRESTConfig(key: ObjectKey): KubeConfig {
    return this.#accessor(key, 'REST config').restConfig();
  }

  /** What is known of a cluster's health now; of an unknown cluster nothing. Throws for what is no key, and for nothing else. */
  getHealthCheckingState(key: ObjectKey): HealthCheckingState {
    return this.#fleet.records.get(idOf(key))?.state.health ?? unknownHealth;
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
    if (!this.#fleet.knows(id)) {
      throw new ClusterCacheError('CLUSTER_UNKNOWN', `error getting client certificate private key: there is no cluster ${id}`, { cluster: key });
    }
    return this.#keys.of(id);
  }

  /** Why a cluster is in the state it is in: the stages of its last connect, its error, its credentials' expiry, its sockets. Throws for what is no key, and for nothing else. */
  diagnose(key: ObjectKey): Diagnosis {
    const id = idOf(key);
    const { records, accessors, caches } = this.#fleet;
    const { state = this.#fleet.absent(id), stages = [] } = records.get(id) ?? {};
    return diagnosisOf(state, stages, accessors.connection(key), caches.get(id));
  }

  // ── The one subscription ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #start(signal: AbortSignal | undefined): Promise<void> {
    const { metrics, logger, management } = this.#options;
    const running = this.#running = new Subscription();
    let lastFailure: unknown;
    const gaveUp = () => new ClusterCacheError('START_ABORTED', startFailure(lastFailure), { cause: lastFailure ?? signal?.reason });
    if (signal?.aborted === true) void this.stop();
    if (this.#stopped !== undefined) throw gaveUp();
    if (metrics !== undefined) {
      const { prometheusMetrics } = await import('./prometheus-metrics.ts');
      if (running.closed) throw gaveUp(); // stopped meanwhile: nobody would take them out of the registry again
      try {
        const registered = prometheusMetrics(metrics);
        this.#fleet.measureBy(registered);
        this.#disposeMetrics = () => registered.dispose();
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
      const changes$ = management.connect((rest) => managementCluster({
        rest, options: this.#options, metrics: this.#fleet.metrics, pod: podMetadata(),
        onCluster: (delta) => this.#follow(delta),
        onSynced: resolve,
        onInterrupted: (kind, error) => {
          lastFailure = error;
          logger.warn({ kind, err: error }, 'reading the management cluster failed');
        },
      }));
      running.add(changes$.subscribe({ next: (change) => this.#fleet.write(change), error: (error: unknown) => {
        reject(error);
        // Nothing runs any more: whoever listens is to know.
        logger.error({ err: error }, 'the cluster cache has failed');
        void this.stop();
      } }));
    });
  }

  #end(): void {
    // First of all: whoever follows objects is to hear the end, and not that they are gone.
    this.#ended.next();
    this.#ended.complete();
    this.#fleet.fence();
    this.#running?.unsubscribe();
    this.#fleet.end();
    this.#keys.clear();
    this.#disposeMetrics?.();
  }

  #follow(delta: ClusterDelta): void {
    if (delta.type === 'deleted') this.#keys.delete(delta.key);
    this.#fleet.follow(delta);
  }

  /** Throws a TypeError for what is no key, a `ClusterNotConnectedError` where there is no connection. */
  #accessor(key: ObjectKey, what: string): Accessor {
    idOf(key);
    return this.#fleet.accessors.get(key, what);
  }
}

function saysTheSame(a: ConnectionState, b: ConnectionState): boolean {
  return a === b || (a.phase === 'absent' && b.phase === 'absent' && a.reason === b.reason);
}

function startFailure(lastFailure: unknown): string {
  return `the cluster cache was stopped before the first lists were in${lastFailure instanceof Error ? `: ${lastFailure.message}` : ''}`;
}
