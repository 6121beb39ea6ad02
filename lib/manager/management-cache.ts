import { type Observable, Subject, defer, takeUntil } from 'rxjs';
import { createCachedClient } from '../client/cached-client.ts';
import type { Client } from '../client/client.ts';
import { createUncachedClient } from '../client/uncached-client.ts';
import { logReading, logTrouble } from '../cluster-cache/cache-log.ts';
import { clusterCacheDefaults } from '../cluster-cache/cluster-cache-options.ts';
import { listLanes } from '../cluster-cache/list-lanes.ts';
import { checkObjects } from '../cluster-cache/object-streams.ts';
import type { ManagementObjects } from '../controller/source.ts';
import { ClusterInformers } from '../informer/cluster-informers.ts';
import type { CacheOptions } from '../informer/cache-options.ts';
import { type KindPlan, KindPlans, idOfKind } from '../informer/kind-plans.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import type { Fence } from '../kubernetes/fence.ts';
import { followingRestClient } from '../kubernetes/following-rest-client.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectEvent } from '../model/object-event.ts';
import { filled } from '../model/option-check.ts';
import type { ResolvedManagerOptions } from './manager-options.ts';

/** What the management cluster is called in log records, where others have a cluster's key. */
const MANAGEMENT = 'management';

/** What is kept of the management cluster, and the clients that read it. It is idle before it has a connection, and over after its end. */
export class ManagementCache implements ManagementObjects {
  /** Reads from memory and writes live. The first read of a kind has it listed and kept. */
  readonly client: Client;
  /** Reads and writes live. */
  readonly uncachedClient: Client;
  /** The same without the fence, and beyond the end: a Lease is written by who does not lead, and given back last of all. */
  readonly unfencedClient: Client;
  readonly #informers: ClusterInformers;
  readonly #ended = new Subject<void>();
  #rest: RestClient | undefined;
  #isOver = false;

  constructor({ cache, client: { timeout, disableFor }, namespace, logger, scheduler, random }: ResolvedManagerOptions, fence: Fence) {
    const { syncPeriod, linger, maxConcurrentLists } = filled(clusterCacheDefaults.cache, cache);
    const informers = this.#informers = new ClusterInformers({
      plans: namespace === undefined ? new KindPlans(cache) : new NamespacePlans(cache, namespace),
      syncPeriod, linger, random, scheduler, admit: listLanes(maxConcurrentLists, scheduler).admit,
      observe: (kind, event) => logReading(logger, MANAGEMENT, kind, event),
      onTrouble: (trouble) => logTrouble(logger, MANAGEMENT, trouble),
    });
    const rest = followingRestClient(() => {
      if (this.#rest === undefined || this.#isOver) throw this.#notConnected();
      return this.#rest;
    });
    const liveKinds = new Set(disableFor.map(idOfKind));
    const isUp = () => this.#rest !== undefined && !this.#isOver;
    this.unfencedClient = createUncachedClient({ rest: followingRestClient(() => {
      if (this.#rest === undefined) throw this.#notConnected();
      return this.#rest;
    }) });
    this.uncachedClient = createUncachedClient({ rest, fence });
    this.client = createCachedClient({
      live: this.uncachedClient, timeout, scheduler,
      cacheOf: (kind) => (liveKinds.has(idOfKind(kind)) ? undefined : informers.of(kind)),
      connection: {
        cluster: undefined, ended$: this.#ended,
        get isUp() { return isUp(); },
        leadsTo: () => true,
        notConnected: () => this.#notConnected(),
      },
    });
  }

  /** See `Manager.objects$`. */
  objects$<T extends object>(kind: Kind<T>, options: ObjectsSelection = {}): Observable<ObjectEvent<T>> {
    checkObjects(kind, options);
    return defer(() => (this.#isOver ? [] : this.#informers.of<T>(kind).objects$(options))).pipe(takeUntil(this.#ended));
  }

  /** Keeps the indexed kinds while it is subscribed. Never emits. */
  get indexed$(): Observable<never> {
    return this.#informers.indexed$;
  }

  /** Emits once when the indexed kinds are in, and completes. Errors with a 404 for one that is not served. */
  whenIndexed(): Observable<unknown> {
    return this.#informers.whenIndexed();
  }

  /** Reads over this connection from now on. */
  follow(rest: RestClient): void {
    this.#rest = rest;
    this.#informers.follow({ rest, cluster: this });
  }

  /** Nothing is read or handed out any more; streams complete, without deletes. Idempotent. */
  end(): void {
    this.#isOver = true;
    // First of all: whoever follows objects is to hear the end, and not that they are gone.
    this.#ended.next();
    this.#ended.complete();
    this.#informers.end();
  }

  #notConnected(): ClusterCacheError {
    return this.#isOver ? new ClusterCacheError('STOPPED', 'the manager is stopped') : new ClusterCacheError('NOT_STARTED', 'the manager is not started');
  }
}

/** One namespace of every kind that says nothing else. */
class NamespacePlans extends KindPlans {
  readonly #namespaces: readonly string[];

  constructor(options: CacheOptions, namespace: string) {
    super(options);
    this.#namespaces = [namespace];
  }

  override of(kind: Kind<unknown>): KindPlan {
    const plan = super.of(kind);
    return { ...plan, namespaces: plan.namespaces ?? this.#namespaces };
  }
}
