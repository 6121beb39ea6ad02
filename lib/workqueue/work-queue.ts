import { Observable, type Observer, Subject, asyncScheduler, filter, firstValueFrom, map, takeUntil } from 'rxjs';
import { type Logger, harmless, silentLogger } from '../model/logger.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type Request, isAboutConnection } from '../model/request.ts';
import { clockOf } from '../operators/clock.ts';
import { DelayedItems } from './delayed-items.ts';
import { clusterKey } from './item-key.ts';
import { ItemReading } from './item-reading.ts';
import { ItemTable } from './item-table.ts';
import { Meter } from './meter.ts';
import { defaultControllerRateLimiter } from './rate-limiter.ts';
import type { WorkQueueReadings } from './work-queue-metrics.ts';
import { type AddOptions, type WorkQueueOptions, checkWorkQueueOptions } from './work-queue-options.ts';

/**
 * What is to be done, once each: client-go's work queue, for which clusters take turns. An item that is added while it waits is there once; one that is added while it
 * is processed is handed out once more after `done`, and never to two workers at a time. An Observer, so that streams can be subscribed with it:
 * `cache.events$.pipe(filter(isDisconnected), map(toRequest)).subscribe(queue)`.
 */
export class WorkQueue<T = Request> implements Observer<T>, WorkQueueReadings {
  readonly name: string;
  /**
   * Emits, synchronously, when {@link poll} may have something: at once where it has, and whenever more becomes ready. What becomes ready while it emits is told when it
   * has emitted. Completes once the queue is shut down and nothing is ready or processed any more; never errors.
   */
  readonly available$: Observable<void>;
  readonly #logger: Logger;
  readonly #read: ItemReading<T>;
  readonly #meter: Meter | undefined;
  readonly #items: ItemTable<T>;
  readonly #delayed: DelayedItems<T>;
  readonly #wake$ = new Subject<void>();
  readonly #idle$ = new Subject<void>();
  readonly #closed$ = new Subject<void>();
  #phase: 'open' | 'draining' | 'shutDown' = 'open';
  /** How often something became ready that nobody was told of yet. */
  #wakes = 0;
  /** Until the first item is parked. */
  #unfollowed$: Observable<ObjectKey> | undefined;

  constructor(options: WorkQueueOptions<T> = {}) {
    checkWorkQueueOptions(options);
    const { name = '', keyOf, fair = true, scheduler = asyncScheduler, logger = silentLogger, metrics, released$ } = options;
    this.name = name;
    this.#logger = harmless(logger);
    this.#read = new ItemReading(options, options.rateLimiter ?? defaultControllerRateLimiter({ keyOf, scheduler }), this.#logger);
    this.#meter = metrics && new Meter(metrics, clockOf(scheduler), this.#logger);
    this.#items = new ItemTable(this.#read, this.#meter, fair);
    this.#delayed = new DelayedItems(scheduler, (key, item, priority) => { this.#put(key, item, priority); });
    this.#unfollowed$ = released$;
    this.available$ = new Observable((subscriber) => {
      subscriber.add(this.#wake$.pipe(filter(() => this.length > 0)).subscribe(subscriber));
      if (this.length > 0) subscriber.next();
    });
    this.#meter?.record((metrics) => metrics.keep(this));
  }

  /** How many are ready to be handed out: client-go's `Len`, without what is processed, delayed or parked. What waits for a cluster that is lost counts until its turn comes. */
  get length(): number { return this.#items.ready; }
  /** How many are delayed. */
  get waiting(): number { return this.#delayed.size; }
  /** How many wait for the connection of a cluster. */
  get parked(): number { return this.#items.parked; }
  /** How many are handed out and not done. */
  get processing(): number { return this.#items.processing; }
  /** Whether it takes no more items. */
  get shuttingDown(): boolean { return this.#phase !== 'open'; }

  /** As {@link add}; what is no item is logged, for what a stream's observer throws would end the process. */
  next(item: T): void {
    try {
      this.add(item);
    } catch (err) {
      this.error(err);
    }
  }

  /** A source failed: logged, for the others go on. */
  error(err: unknown): void {
    this.#logger.error({ err, queue: this.name }, 'a source of the work queue failed');
  }

  /** A source has nothing more, which says nothing of the others. */
  complete(): void {}

  /**
   * The item is to be done. One that waits already keeps its place, or takes the last one of a higher priority; the item itself is the one that came first, unless the other is
   * about connections. Ignored once the queue shuts down. Throws a TypeError where the item, the priority or the delay can be none.
   */
  add(item: T, { priority = 0, after = 0, rateLimited = false }: AddOptions = {}): void {
    if (!Number.isFinite(priority)) throw new TypeError(`priority must be a finite number; got ${String(priority)}`);
    if (!Number.isFinite(after)) throw new TypeError(`after must be a finite number of milliseconds; got ${String(after)}`);
    const key = this.#read.keyOf(item);
    if (key === undefined || this.shuttingDown) return;
    const limit = rateLimited ? this.#read.delayOf(item) : after;
    const ms = after > 0 ? Math.min(after, limit) : limit;
    if (ms <= 0) return this.#put(key, item, priority);
    this.#meter?.record((metrics) => metrics.retried());
    this.#delayed.add(key, item, priority, ms);
  }

  /** Adds it when the time has passed; at once where there is none. Of two delays of one item the earlier end holds. An add meanwhile takes none of it back, as in client-go. */
  addAfter(item: T, ms: number): void {
    this.add(item, { after: ms });
  }

  /** Adds it when the rate limiter says. */
  addRateLimited(item: T): void {
    this.add(item, { rateLimited: true });
  }

  /** The item has succeeded, or nobody tries it any more: its rate limiter begins anew. It is processed, or waits, as before. */
  forget(item: T): void {
    if (this.#read.keyOf(item) !== undefined) this.#read.forget(item);
  }

  /** How often the rate limiter was asked for the item since it was forgotten. */
  numRequeues(item: T): number {
    return this.#read.keyOf(item) === undefined ? 0 : this.#read.failuresOf(item);
  }

  /** What an item that is processed was handed out with: whoever adds it again may wish to keep it. `undefined` for all others. */
  priorityOf(item: T): number | undefined {
    const key = this.#knownKey(item);
    return key === undefined ? undefined : this.#items.workOn(key)?.priority;
  }

  /**
   * The item waits, without retries, until its cluster is released, or an equal item about connections is added. One that is processed is parked once it is done, in place
   * of what was added meanwhile. Where there is nothing to wait for any more, because `parkWhile` says so or a release came while it was processed, it is added by the rate
   * limiter instead; an item about connections always is. Ignored once the queue shuts down. Throws a TypeError for what is no item or names no cluster.
   */
  park(item: T, cluster: ObjectKey): void {
    const key = this.#read.keyOf(item);
    clusterKey(cluster);
    if (key === undefined || this.shuttingDown) return;
    const work = this.#items.workOn(key);
    const mustWait = this.#read.isParking(cluster) ?? work?.hasSeenReleaseOf(cluster) !== true;
    if (isAboutConnection(item) || !mustWait) return this.add(item, { rateLimited: true, priority: work?.priority });
    this.#items.park(key, item, cluster);
    this.#followReleases();
  }

  /** The cluster's items that are parked are ready again; unless `parkWhile` says that they must wait on. Throws a TypeError for what names no cluster. */
  release(cluster: ObjectKey): void {
    clusterKey(cluster);
    if (this.#read.isParking(cluster) === true) return;
    this.#items.release(cluster);
    this.#wake();
  }

  /** The next item, which is processed from now on: whoever takes it must call {@link done}. `undefined` where none is ready. */
  poll(): T | undefined {
    const work = this.#items.take();
    if (this.parked > 0) this.#followReleases();
    return work?.item;
  }

  /** As {@link poll}, but waits for an item; who waits longest has the next one. `undefined` once the queue shuts down and none is ready. */
  get(): Promise<T | undefined> {
    const item = this.poll();
    if (item !== undefined || this.shuttingDown) return Promise.resolve(item);
    const next$ = this.#wake$.pipe(map(() => this.poll()), filter((found) => found !== undefined || this.shuttingDown));
    return firstValueFrom(next$, { defaultValue: undefined });
  }

  /** The item is processed no more; if it was added meanwhile it is ready once more, even while the queue shuts down. Nothing where it is not processed. */
  done(item: T): void {
    const key = this.#knownKey(item);
    if (key === undefined || !this.#items.done(key)) return;
    this.#wake();
    if (this.processing === 0 && this.#idle$.observed) this.#idle$.next();
    this.#endIfOver();
  }

  /** Takes no more items, and drops what is delayed or parked; what is ready is still handed out. Ends the wait of {@link shutDownWithDrain}. Idempotent. */
  shutDown(): void {
    this.#phase = 'shutDown';
    this.#close();
    this.#idle$.next();
  }

  /** As {@link shutDown}; resolves when nothing is processed any more, or somebody calls {@link shutDown}. Whoever processes an item must say `done`, or it never does. */
  async shutDownWithDrain(): Promise<void> {
    this.#phase = 'draining';
    this.#close();
    while (this.processing > 0 && this.#phase === 'draining') await firstValueFrom(this.#idle$);
  }

  /** For metrics; nothing is reckoned where the queue has none. */
  unfinished(): { readonly total: number; readonly longest: number } {
    return this.#items.unfinished();
  }

  #put(key: string, item: T, priority: number): void {
    this.#items.add(key, item, priority);
    this.#wake();
  }

  /** Of what may be an item or not. */
  #knownKey(item: T): string | undefined {
    return item === undefined || item === null ? undefined : this.#read.keyOf(item);
  }

  #followReleases(): void {
    const released$ = this.#unfollowed$;
    if (released$ === undefined) return;
    this.#unfollowed$ = undefined;
    released$.pipe(takeUntil(this.#closed$)).forEach((cluster) => { this.release(cluster); }).catch((err: unknown) => {
      this.#logger.error({ err, queue: this.name }, 'the releases of the work queue failed');
    });
  }

  /** What becomes ready while it is told is told afterwards: workers that do all they do at once would be one inside another. */
  #wake(): void {
    if (this.parked > 0) this.#followReleases();
    if (!this.#wake$.observed) return;
    this.#wakes += 1;
    if (this.#wakes > 1) return;
    while (this.#wakes > 0) {
      const told = this.#wakes;
      this.#wake$.next();
      this.#wakes -= told;
    }
  }

  #close(): void {
    this.#closed$.next();
    this.#delayed.clear();
    this.#items.close();
    this.#wake();
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.shuttingDown && this.length === 0 && this.processing === 0) this.#wake$.complete();
  }
}
