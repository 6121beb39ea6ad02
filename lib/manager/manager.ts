import { NEVER, type Observable, ReplaySubject, Subscription, concat, firstValueFrom, mergeMap, of, switchMap, take, timer } from 'rxjs';
import type { Client } from '../client/client.ts';
import type { MetricsRegistry } from '../cluster-cache/cluster-cache-options.ts';
import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import { type DialTransport, type ManagementConnection, managementConnection } from '../cluster-cache/management-connection.ts';
import { Controller } from '../controller/controller.ts';
import type { ManagementObjects } from '../controller/source.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import type { Fence } from '../kubernetes/fence.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectEvent } from '../model/object-event.ts';
import { type Filled, having } from '../model/option-check.ts';
import { untilAborted } from '../operators/until-aborted.ts';
import { Election } from './election.ts';
import { type HealthCheck, HealthChecks } from './health-checks.ts';
import { HealthServer } from './health-server.ts';
import type { LeadershipState } from './leader-election.ts';
import { ManagementCache } from './management-cache.ts';
import { type ManagerOptions, type ResolvedManagerOptions, resolveManagerOptions } from './manager-options.ts';
import { exposeLeadership, expositionOf, newRegistry } from './prometheus-registry.ts';
import { RunnableGroups } from './runnable-groups.ts';
import type { RunContext, RunFunction, Runnable } from './runnable.ts';
import { terminationSignal } from './termination-signals.ts';

/**
 * Runs what a program is made of on one connection to the management cluster: its cache, its cluster caches, its controllers, its health endpoints; and stops it in the
 * opposite order. With leader election everything is warm on every replica, and controllers work on one.
 *
 * Nothing runs before `start`, and nothing after it: no socket, no timer, no listener.
 */
export class Manager implements ManagementConnection, ManagementObjects, AsyncDisposable {
  /** With every default filled in. */
  readonly options: ResolvedManagerOptions;
  /** Where metrics go, its own too; `undefined` where they go nowhere. */
  readonly metrics: MetricsRegistry | undefined;
  /** Where its kubeConfig is a connection that says so: how sockets to workload clusters are made. */
  readonly dial: DialTransport;
  readonly #connection: Filled<ManagementConnection>;
  readonly #cache: ManagementCache;
  readonly #election: Election;
  readonly #runnables: RunnableGroups;
  readonly #controllers = new Set<string>();
  readonly #connections = new ReplaySubject<Observable<ConnectionState>>();
  readonly #healthz: HealthChecks;
  readonly #readyz: HealthChecks;
  readonly #server: HealthServer | undefined;
  readonly #rest = new ReplaySubject<RestClient>(1);
  /** Sockets, timers and listeners. */
  readonly #running = new Subscription();
  /** Aborts when the Lease is to be given back. */
  readonly #release = new AbortController();
  /** Aborts when the connection is closed, the last thing that is. */
  readonly #closed = new AbortController();
  readonly #ending = Promise.withResolvers<unknown>();
  /** Resolves when nothing is waited for any more. */
  readonly #impatience = Promise.withResolvers<void>();
  /** Ends before the connection where the Lease is given back, and after it where it must not be. */
  #candidacy = Subscription.EMPTY;
  #cachesAreIn = false;
  #isEnding = false;
  #lost: Error | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<readonly string[]> | undefined;

  /** Throws a TypeError that names the option, what was expected and what came. */
  constructor(options: ManagerOptions) {
    const resolved = this.options = resolveManagerOptions(options);
    const { kubeConfig, userAgent, client: { timeout }, server, metrics, leaderElection: election, scheduler, random, logger } = resolved;
    this.#connection = managementConnection(kubeConfig, { userAgent, timeout, scheduler, random });
    this.dial = this.#connection.dial;
    this.metrics = metrics === false ? undefined : metrics ?? (server === false ? undefined : newRegistry());
    this.#cache = new ManagementCache(resolved, this.fence);
    this.#election = new Election({ election, client: this.#cache.unfencedClient, signal: this.#release.signal, logger, scheduler, random });
    this.#runnables = new RunnableGroups({ contextOf: (signal) => this.#context(signal), onFailure: (error) => this.#end(error), logger });
    this.#healthz = new HealthChecks('healthz', scheduler);
    this.#readyz = new HealthChecks('readyz', scheduler);
    this.#readyz.set('informer-sync', () => { if (!this.#cachesAreIn) throw new Error('the caches are not in yet'); });
    this.#readyz.set('shutdown', () => { if (this.#isEnding) throw new Error('the manager is stopping'); });
    this.#server = server === false ? undefined : new HealthServer({
      ...server, logger, healthz: this.#healthz, readyz: this.#readyz, metrics: this.metrics === undefined ? undefined : expositionOf(this.metrics),
    });
  }

  // ── What runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Has it started and stopped with the manager: at once where its group has been started already. Throws an error of code `DUPLICATE_CONTROLLER` for a controller whose
   * name another one has, for they would share their metrics, and of code `STOPPED` after the manager has begun to stop.
   */
  add(runnable: Runnable | RunFunction): this {
    if (typeof runnable !== 'function' && having('', 'start')(runnable) !== undefined) throw new TypeError(`manager.add takes a Controller, an object with start(), or a function; got ${runnable === null ? 'null' : typeof runnable}`);
    const added: Runnable = typeof runnable === 'function' ? { ...(runnable.name === '' ? {} : { name: runnable.name }), start: (context) => runnable(context) } : runnable;
    const { name, connections$ } = added;
    if (added instanceof Controller && this.#controllers.has(added.name)) {
      throw new ClusterCacheError('DUPLICATE_CONTROLLER', `there is a controller ${JSON.stringify(name)} already: each has a name of its own, in metrics and in logs`);
    }
    this.#runnables.add(added);
    if (added instanceof Controller) this.#controllers.add(added.name);
    if (connections$ !== undefined) this.#connections.next(connections$);
    return this;
  }

  /**
   * Runs until it is stopped: by `stop`, by `signal`, by a signal to the process. The server listens first, then the caches are filled, from a management cluster that cannot be
   * reached for as long as it takes; then everything else begins. Resolves after a stop in which everything came to its end. Rejects, when it has stopped, with what a
   * runnable or the kubeconfig failed with; with code `LEADERSHIP_LOST`, waiting for nothing; with code `SHUTDOWN_TIMEOUT`, naming what still runs after
   * `gracefulShutdownTimeout`. A second call returns the first one's promise; after `stop` it rejects with code `STOPPED`.
   */
  start(signal?: AbortSignal): Promise<void> {
    return this.#started ??= this.#run(signal);
  }

  /**
   * Stops: `/readyz` fails, controllers take nothing more and what they are at is awaited, then the cluster caches end, then the cache; the Lease is given back, and the connection is
   * closed. Resolves when that is done; what went wrong is told by `start`. Idempotent.
   */
  async stop(): Promise<void> {
    this.#end(undefined);
    await this.#over();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  // ── What it gives ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Reads the management cluster from memory, and writes to it live. The first read of a kind has it listed, and waits for that at most the client's timeout. With leader election
   * a write asks the monotonic clock, immediately before it is sent, whether this replica leads, and rejects with code `NOT_LEADER` where it does not. Rejects with code
   * `NOT_STARTED` before `start`, with `STOPPED` after the end.
   */
  get client(): Client {
    return this.#cache.client;
  }

  /** The same without the memory: reads are live too. */
  get uncachedClient(): Client {
    return this.#cache.uncachedClient;
  }

  /**
   * The objects of a kind of the management cluster: what there is as `added`, then `synced`, then every change, over every outage. May be subscribed before `start`. Completes, without
   * deletes, on `stop`; never errors. Throws a TypeError, or a `SelectorError`, for options that are none.
   */
  objects$<T extends object>(kind: Kind<T>, options: ObjectsSelection = {}): Observable<ObjectEvent<T>> {
    return this.#cache.objects$(kind, options);
  }

  /** The one connection that all share, for whoever takes the manager as a `ManagementConnection`. Waits for `start`; errors with code `STOPPED` at the end. */
  connect<R>(project: (rest: RestClient) => Observable<R>): Observable<R> {
    return this.#rest.pipe(take(1), switchMap(project), untilAborted(this.#closed.signal));
  }

  /**
   * Why nothing may be written, to the management cluster or to a cluster of its cluster caches: an error of code `NOT_LEADER`, with the end of the term that was lost as its cause. `undefined`
   * while this replica leads, as the monotonic clock says, and always without leader election. Reads, probes and watches do not ask.
   */
  readonly fence: Fence = () => this.#connection.fence() ?? this.#election.forbidden();

  /** The connections of its cluster caches, each one's as its `connections$`, those that are added later too. Completes on `stop`. */
  get connections$(): Observable<ConnectionState> {
    return this.#connections.pipe(mergeMap((connections$) => connections$));
  }

  /** `/healthz` fails while it throws or rejects, or takes more than 5 s. */
  addHealthCheck(name: string, check: HealthCheck): this {
    this.#healthz.set(name, check);
    return this;
  }

  /** The same for `/readyz`. */
  addReadyCheck(name: string, check: HealthCheck): this {
    this.#readyz.set(name, check);
    return this;
  }

  /** Where its server listens; `undefined` where it does not. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    return this.#server?.address;
  }

  /** Whether controllers may work here, now: the monotonic clock is asked. Without leader election from their start until the end. */
  get isLeader(): boolean {
    return this.#election.isLeader;
  }

  /** Emits once, `true`, when this replica leads, at once where it does, and completes. Completes without, where the manager ends before. */
  get elected$(): Observable<true> {
    return this.#election.elected$;
  }

  /** Who leads, as this replica sees it: the newest at once, then every change. Completes on `stop`; emits nothing without leader election. */
  get leadership$(): Observable<LeadershipState> {
    return this.#election.state$;
  }

  // ── Its life ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #run(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isEnding) throw new ClusterCacheError('STOPPED', 'the manager is stopped');
    const { logger, signals } = this.options;
    const abort = (): void => this.#end(undefined);
    if (signal?.aborted === true) abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.#running.add(() => signal?.removeEventListener('abort', abort));
    this.#running.add(terminationSignal(signals).subscribe((name) => {
      logger.info({ signal: name }, 'the manager is told to stop');
      abort();
    }));
    // What fails while it is brought up, and after, ends it all the same way.
    if (!this.#isEnding) void this.#bringUp().catch((error: unknown) => this.#end(error));
    const failure = await this.#ending.promise;
    const left = await this.#over();
    if (this.#lost !== undefined) throw this.#lost;
    if (left.length > 0) {
      throw new ClusterCacheError('SHUTDOWN_TIMEOUT', `not everything stopped within ${this.options.gracefulShutdownTimeout} ms; still running: ${left.join(', ')}`, { cause: failure });
    }
    if (failure !== undefined) throw failure;
  }

  async #bringUp(): Promise<void> {
    const { leaderElection } = this.options;
    if (this.metrics !== undefined && leaderElection !== undefined) {
      this.#running.add(exposeLeadership(this.metrics, leaderElection.leaseName, () => this.#election.isLeader));
    }
    await this.#server?.listen();
    const cache = Promise.withResolvers<void>();
    const connected$ = this.#connection.connect((rest) => concat(of(rest), NEVER));
    this.#running.add(connected$.subscribe({ error: (error: unknown) => this.#end(error), next: (rest) => {
      this.#cache.follow(rest);
      this.#rest.next(rest);
    } }));
    await firstValueFrom(this.#rest);
    this.#running.add(this.#cache.indexed$.subscribe());
    this.#running.add(this.#cache.whenIndexed().subscribe({ error: cache.reject, complete: cache.resolve }));
    await Promise.all([cache.promise, this.#runnables.start('caches')]);
    if (this.#isEnding) return;
    this.#cachesAreIn = true;
    void this.#runnables.start('others');
    this.#candidacy = this.#election.verdict$().subscribe((verdict) => {
      if (verdict.type === 'leading') void this.#runnables.start('leader');
      else this.#lose(verdict.error);
    });
  }

  /** Whoever leads now must find nothing of ours on its way: what waits for a socket, or lies in one, is thrown away before anything else is done. */
  #lose(error: Error): void {
    this.#lost = error;
    this.#running.add(this.#rest.subscribe((rest) => rest.transport.close(error)));
    this.#impatience.resolve();
    this.#end(error);
  }

  /** The first reason counts. */
  #end(error: unknown): void {
    this.#isEnding = true;
    this.#ending.resolve(error);
  }

  /** Kept before it begins: whoever is told of it may stop once more. */
  #over(): Promise<readonly string[]> {
    return this.#stopped ??= Promise.resolve().then(() => this.#tearDown());
  }

  /** Resolves with the names of what still runs: it was told to end, and did not in time. */
  async #tearDown(): Promise<readonly string[]> {
    const { gracefulShutdownTimeout, scheduler, logger } = this.options;
    const deadline = timer(gracefulShutdownTimeout, scheduler).subscribe(() => this.#impatience.resolve());
    const stillRunning = await this.#runnables.end(this.#impatience.promise);
    if (stillRunning.length > 0) logger.error({ runnables: stillRunning }, 'not everything has stopped in time');
    this.#cache.end();
    // What still runs would run beside the next leader: it is to wait until the Lease has run out. To give it back takes renewDeadline at most, whatever time there is.
    if (stillRunning.length === 0 && !this.#candidacy.closed) {
      const given = Promise.withResolvers<void>();
      this.#candidacy.add(given.resolve);
      this.#release.abort();
      await given.promise;
    }
    await this.#server?.close();
    this.#closed.abort(new ClusterCacheError('STOPPED', 'the manager is stopped'));
    this.#running.unsubscribe();
    this.#candidacy.unsubscribe();
    this.#election.end();
    this.#connections.complete();
    deadline.unsubscribe();
    await new Promise((resolve) => { setImmediate(resolve); }); // sockets that were destroyed close in the next turn
    return stillRunning;
  }

  #context(signal: AbortSignal): RunContext {
    const { logger } = this.options;
    return { signal, management: this, client: this.client, connections$: this.connections$, metrics: this.metrics, logger };
  }
}
