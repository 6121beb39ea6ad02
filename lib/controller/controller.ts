import { type Observable, Subject, Subscription, isObservable, retry, timer } from 'rxjs';
import type { Client } from '../client/client.ts';
import type { MetricsRegistry } from '../cluster-cache/cluster-cache-options.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type Logger, harmless, silentLogger } from '../model/logger.ts';
import { type Request, aboutConnection } from '../model/request.ts';
import { backoffDelay, reflectorBackoff } from '../operators/backoff.ts';
import { itemExponentialFailureRateLimiter } from '../workqueue/rate-limiter.ts';
import { WorkQueue } from '../workqueue/work-queue.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import { type ControllerOptions, type ResolvedControllerOptions, resolveControllerOptions, sourceName } from './controller-options.ts';
import { DeferredQueueMetrics } from './deferred-queue-metrics.ts';
import { type Connections, Parking } from './parking.ts';
import type { ControllerSource, ManagementObjects } from './source.ts';
import { type ReconcileOutcome, Workers } from './workers.ts';

/** What a controller is started with: by its manager, or by hand. */
export interface ControllerContext {
  /** Stops the controller when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** The management cluster's cache, for the sources that follow its objects. */
  readonly management?: ManagementObjects | undefined;
  /** The management cluster's client, for the reconciles. */
  readonly client?: Client | undefined;
  /** Connections to wait for, beside those of the options and the sources. */
  readonly connections$?: Connections | undefined;
  /** Where the options have none. */
  readonly metrics?: MetricsRegistry | undefined;
  /** Where the options have none. */
  readonly logger?: Logger | undefined;
}

/**
 * Has the objects that its sources tell of reconciled: each request by one reconcile at a time, again after a failure, and in between as often as it asks for. controller-runtime's
 * `controller.Controller`. It is started once; everything that it holds goes with `stop`.
 */
export class Controller implements AsyncDisposable {
  readonly name: string;
  /** What waits to be reconciled. Anything may be added to it, before the start too. */
  readonly queue: WorkQueue<Request>;
  /** What every reconcile came to, when it has ended or its deadline has passed. Completes when the controller has ended; never errors. */
  readonly results$: Observable<ReconcileOutcome>;
  readonly #options: ResolvedControllerOptions;
  readonly #queueMetrics = new DeferredQueueMetrics();
  readonly #results = new Subject<ReconcileOutcome>();
  readonly #parking = new Parking();
  /** What it listens to. */
  readonly #listening = new Subscription();
  /** What reconciles that run need. */
  readonly #working = new Subscription();
  #logger: Logger;
  #metrics: (ControllerMetrics & { dispose(): void }) | undefined;
  #workers: Workers | undefined;
  #start: PromiseWithResolvers<void> | undefined;
  #ended: Promise<void> | undefined;

  /** Throws a TypeError that names the option, what was expected and what came. */
  constructor(options: ControllerOptions) {
    this.#options = resolveControllerOptions(options);
    const { name, clusterOf, parkWhile, released$, scheduler, rateLimiter } = this.#options;
    this.name = name;
    this.results$ = this.#results.asObservable();
    this.#logger = harmless(options.logger ?? silentLogger);
    const logger: Logger = {
      debug: (fields, message) => this.#logger.debug(fields, message),
      info: (fields, message) => this.#logger.info(fields, message),
      warn: (fields, message) => this.#logger.warn(fields, message),
      error: (fields, message) => this.#logger.error(fields, message),
    };
    this.queue = new WorkQueue<Request>({
      name, clusterOf, released$, scheduler, logger, metrics: this.#queueMetrics, rateLimiter: rateLimiter ?? itemExponentialFailureRateLimiter<Request>(),
      // Whatever else the caller waits for: what waits for a connection waits until there is one.
      parkWhile: parkWhile === undefined ? undefined : (cluster) => parkWhile(cluster) || this.#parking.isLost(cluster),
    });
  }

  /**
   * Starts the sources, waits until each has told what there was, and then the workers. Resolves when the controller has been stopped and what ran has ended. Rejects with a
   * `ClusterCacheError` when it could not be started (`CACHE_SYNC_TIMEOUT`, `SOURCE_FAILED`, `METRICS_TAKEN`), when a source that can be started once only fails later, and with
   * `CONTROLLER_STARTED` the second time. After `stop`, or with a signal that is aborted, it resolves without having begun.
   */
  start(context: ControllerContext = {}): Promise<void> {
    if (this.#start !== undefined) return Promise.reject(new ClusterCacheError('CONTROLLER_STARTED', `the controller ${this.name} was started more than once: was it added to two managers?`));
    if (this.#ended !== undefined) return this.#ended;
    this.#start = Promise.withResolvers();
    if (context.logger !== undefined && this.#options.logger === undefined) this.#logger = harmless(context.logger);
    this.#follow(context.signal);
    const metrics = this.#options.metrics ?? context.metrics;
    if (metrics !== undefined) void this.#measure(metrics, context);
    else this.#listen(context);
    return this.#start.promise;
  }

  /**
   * Begins no reconcile any more and cancels what runs: its signal aborts, an Observable is unsubscribed. Resolves when all of it has ended, what is over its deadline included; a manager
   * waits for that no longer than its graceful shutdown's timeout. What is left in the queue is dropped: the sources of the next process tell of it. Idempotent.
   */
  stop(): Promise<void> {
    return this.#end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  // ── Start ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #follow(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const abort = () => { void this.stop(); };
    signal.addEventListener('abort', abort);
    this.#listening.add(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  }

  async #measure(registry: MetricsRegistry, context: ControllerContext): Promise<void> {
    try {
      const { prometheusControllerMetrics } = await import('./prometheus-controller-metrics.ts');
      if (this.#ended !== undefined) return; // nobody would take them out of the registry again
      const { maxConcurrentReconciles } = this.#options;
      this.#metrics = prometheusControllerMetrics(registry, { name: this.name, maxConcurrentReconciles, active: () => this.#workers?.active ?? 0 });
    } catch (error) {
      return void this.#end({ error });
    }
    this.#listen(context);
  }

  #listen(context: ControllerContext): void {
    if (this.#ended !== undefined) return;
    const { sources, cacheSyncTimeout, scheduler } = this.#options;
    this.#queueMetrics.resolve(this.#metrics?.queue);
    // Before the sources: what they tell of may be reconciled, and fail, within the call.
    for (const connections$ of this.#connections(context)) {
      this.#listening.add(this.#parking.follow(connections$, (cluster) => this.queue.release(cluster)).subscribe({
        error: (error: unknown) => this.#logger.error({ controller: this.name, err: error }, 'the connections have failed; what waits for one is retried with backoff'),
      }));
    }
    const names = sources.map(sourceName);
    const waited = new Set(names.keys());
    const timeout = timer(cacheSyncTimeout, scheduler).subscribe(() => {
      const late = [...waited].map((at) => names[at]).join(', ');
      this.#fail('CACHE_SYNC_TIMEOUT', `the controller ${this.name} waited for its sources for ${cacheSyncTimeout} ms in vain: ${late}`);
    });
    this.#listening.add(timeout);
    const synced = (at: number) => {
      if (!waited.delete(at) || waited.size > 0) return;
      timeout.unsubscribe();
      this.#work(context);
    };
    for (const [at, source] of sources.entries()) this.#open(source, names[at] ?? '', context, () => synced(at));
    if (sources.length === 0) {
      timeout.unsubscribe();
      this.#work(context);
    }
  }

  #open(source: ControllerSource, name: string, context: ControllerContext, synced: () => void): void {
    if (this.#ended !== undefined) return; // one before it has failed
    const { scheduler } = this.#options;
    this.#logger.debug({ controller: this.name, source: name }, 'starting a source');
    const failed = (error: unknown) => this.#fail('SOURCE_FAILED', `the source ${name} of the controller ${this.name} failed`, error);
    if (isObservable(source)) {
      // Those of a cluster cache never fail; another one is subscribed again, for a controller that hears only half of what happens looks as if nothing did.
      const again$ = source.pipe(retry({ resetOnSuccess: true, delay: (error: unknown, failures) => {
        this.#logger.error({ controller: this.name, source: name, err: error }, 'a source has failed; it is subscribed again');
        return timer(backoffDelay(failures - 1, reflectorBackoff, () => 0), scheduler);
      } }));
      this.#listening.add(again$.subscribe((request) => this.#add(request, name)));
      return synced();
    }
    try {
      this.#listening.add(source.start({ controllerName: this.name, management: context.management, logger: this.#logger, scheduler }).subscribe({
        next: (event) => (event.type === 'synced' ? synced() : this.#add(event.request, name, event.priority)),
        error: failed,
        // It has nothing more to tell, of what there was either.
        complete: synced,
      }));
    } catch (error) {
      failed(error);
    }
  }

  #work({ client }: ControllerContext): void {
    if (this.#ended !== undefined) return;
    const { reconcile, maxConcurrentReconciles, minInterval, deadline, scheduler } = this.#options;
    const workers = this.#workers = new Workers({
      queue: this.queue, reconcile, maxConcurrentReconciles, minInterval, deadline, scheduler, parking: this.#parking, metrics: this.#metrics,
      scope: { controllerName: this.name, logger: this.#logger, client, queue: this.queue },
      ended: (outcome) => this.#results.next(outcome),
    });
    this.#logger.info({ controller: this.name, workers: maxConcurrentReconciles }, 'starting workers');
    this.#working.add(workers.work$.subscribe());
    this.#listening.add(this.queue.available$.subscribe(workers.pump));
    workers.pump();
  }

  #connections({ connections$ }: ControllerContext): ReadonlySet<Connections> {
    const { clusters, sources } = this.#options;
    const all = [clusters?.connections$, connections$, ...sources.map((source) => (source as { readonly connections$?: Connections }).connections$)];
    return new Set(all.filter((each) => isObservable(each)));
  }

  #add(request: Request, source: string, given = 0): void {
    try {
      this.queue.add(this.#isNews(request) ? aboutConnection(request) : request, { priority: this.#priorityOf(request, given) });
    } catch (error) {
      this.#logger.error({ controller: this.name, source, err: error }, 'what a source told of is no request');
    }
  }

  /**
   * Whether it must be looked at although its reconcile waits for a cluster, or may turn out to: an object of the management cluster that changed, which may be on its way out. Of an
   * object of the cluster itself nothing is heard meanwhile; and where the user says what is to wait, the queue knows.
   */
  #isNews(request: Request): boolean {
    if (request.cluster !== undefined || this.#options.parkWhile !== undefined) return false;
    return this.queue.parked > 0 || (this.queue.processing > 0 && this.queue.priorityOf(request) !== undefined);
  }

  #priorityOf(request: Request, given: number): number {
    const { priority } = this.#options;
    if (priority === undefined) return given;
    try {
      const own = priority(request, given);
      if (Number.isFinite(own)) return own;
      throw new TypeError(`priority must return a finite number; got ${String(own)}`);
    } catch (error) {
      this.#logger.error({ controller: this.name, err: error }, 'a request has the priority of its source, for its own cannot be told');
      return given;
    }
  }

  // ── End ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #fail(code: string, message: string, cause?: unknown): void {
    const because = cause instanceof Error ? `: ${cause.message}` : '';
    void this.#end({ error: new ClusterCacheError(code, `${message}${because}`, { cause }) });
  }

  #end(failure?: { readonly error: unknown }): Promise<void> {
    if (this.#ended !== undefined) return this.#ended;
    const { promise, resolve } = Promise.withResolvers<void>();
    // Kept first: whoever is told the end may stop once more.
    this.#ended = promise;
    this.#listening.unsubscribe();
    this.queue.shutDown();
    const over = () => {
      this.#working.unsubscribe();
      this.#metrics?.dispose();
      this.#results.complete();
      if (failure === undefined) this.#start?.resolve();
      else this.#start?.reject(failure.error);
      resolve();
    };
    if (this.#workers === undefined) over();
    else this.#workers.stop(new ClusterCacheError('CONTROLLER_STOPPED', `the controller ${this.name} is stopping`), over);
    return promise;
  }
}
