import { Observable, type SchedulerLike, Subject, isObservable, mergeAll, timer } from 'rxjs';
import { reconcileShare } from '../kubernetes/turn-share.ts';
import { type Request, formatRequest } from '../model/request.ts';
import { isThenable } from '../model/thenable.ts';
import { clockOf } from '../operators/clock.ts';
import type { WorkQueue } from '../workqueue/work-queue.ts';
import type { ControllerMetrics, ReconcileResult } from './controller-metrics.ts';
import { Pace } from './pace.ts';
import type { Parking } from './parking.ts';
import { type Reconcile, ReconcileRun, type ReconcileScope } from './reconcile.ts';
import { ReconcileTimeoutError } from './reconcile-timeout-error.ts';
import { requeueAfterError, requeueAfterResult } from './requeue.ts';
import { type Result, resultOf } from './result.ts';

/** How a reconcile ended. */
export interface ReconcileOutcome {
  readonly request: Request;
  readonly result: ReconcileResult;
  /** ms that it took. */
  readonly duration: number;
  /** Where it failed, or waits for its cluster: with what. */
  readonly error?: unknown;
}

export interface WorkersOptions {
  readonly queue: WorkQueue<Request>;
  readonly reconcile: Reconcile;
  readonly maxConcurrentReconciles: number;
  readonly minInterval?: number | undefined;
  readonly deadline?: number | undefined;
  readonly scheduler: SchedulerLike;
  readonly scope: ReconcileScope;
  readonly parking: Parking;
  readonly metrics: ControllerMetrics | undefined;
  readonly ended: (outcome: ReconcileOutcome) => void;
}

/** The workers of a controller: they take requests out of its queue and have them reconciled, within the call that put them there where a worker is free. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #clock: () => number;
  readonly #pace: Pace | undefined;
  /** Whether turns of the event loop are shared. A scheduler that is its own clock has time of its own: virtual time passes within one turn. */
  readonly #sharesTurns: boolean;
  /** Those that have a worker, the oldest first. */
  readonly #runs = new Set<ReconcileRun>();
  /** Those that gave it back at their deadline, and have not ended. */
  readonly #overdue = new Set<ReconcileRun>();
  readonly #effects = new Subject<Observable<never>>();
  #isPumping = false;
  /** Whether the timer of the deadlines runs. */
  #isWatching = false;
  #leaveTurn: (() => void) | undefined;
  #stopping: { readonly reason: unknown } | undefined;
  /** Is to be told, once, when nothing runs any more. */
  #stopped: (() => void) | undefined;

  /** What they wait for: Observables and deadlines. To be subscribed before `pump` is called, until they have stopped. Never emits, errors or completes. */
  readonly work$: Observable<never> = this.#effects.pipe(mergeAll());

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#clock = clockOf(options.scheduler);
    this.#pace = options.minInterval === undefined ? undefined : new Pace(options.minInterval);
    this.#sharesTurns = this.#clock() !== options.scheduler.now();
  }

  /** How many have a reconcile. */
  get active(): number {
    return this.#runs.size;
  }

  /** Gives the free workers what is ready. Called whenever something may be; does nothing within itself. */
  readonly pump = (): void => {
    if (this.#isPumping) return;
    this.#isPumping = true;
    const { queue, maxConcurrentReconciles } = this.#options;
    if (this.#sharesTurns) reconcileShare.begin();
    try {
      while (this.#stopping === undefined && this.#runs.size < maxConcurrentReconciles && queue.length > 0) {
        if (this.#sharesTurns && reconcileShare.spent()) {
          this.#leaveTurn ??= reconcileShare.later(this.#goOn);
          return;
        }
        const request = queue.poll();
        if (request === undefined) return;
        this.#take(request);
      }
    } finally {
      this.#isPumping = false;
      if (this.#sharesTurns) reconcileShare.spent();
    }
  };

  /** Nothing is begun any more, and what runs is cancelled with the reason. Calls back once it has ended: in the call where nothing runs. */
  stop(reason: unknown, done: () => void): void {
    this.#stopping = { reason };
    this.#stopped = done;
    this.#leaveTurn?.();
    for (const run of [...this.#runs, ...this.#overdue]) run.abort(reason);
    this.#doneIfIdle();
  }

  readonly #goOn = (): void => {
    this.#leaveTurn = undefined;
    this.pump();
  };

  #take(request: Request): void {
    const { queue, scope, parking, reconcile, deadline } = this.#options;
    const now = this.#clock();
    const wait = this.#pace?.wait(formatRequest(request), now) ?? 0;
    if (wait > 0) {
      queue.add(request, { after: Math.ceil(wait), priority: queue.priorityOf(request) });
      queue.done(request);
      return;
    }
    const run = new ReconcileRun(scope, request, now, parking.now);
    this.#runs.add(run);
    if (deadline !== undefined && !this.#isWatching) this.#watch(deadline);
    try {
      const returned = reconcile(request, run);
      if (returned === undefined) this.#succeed(run, undefined);
      else if (isObservable(returned)) this.#effects.next(this.#followed(run, returned));
      else if (isThenable(returned)) void this.#awaited(run, returned);
      else this.#succeed(run, returned);
    } catch (error) {
      this.#fail(run, error);
    }
  }

  async #awaited(run: ReconcileRun, returned: PromiseLike<Result | void>): Promise<void> {
    let value: unknown;
    try {
      value = await returned;
    } catch (error) {
      return this.#fail(run, error);
    }
    this.#succeed(run, value);
  }

  /** Its last value when it completes. Cancelling the run unsubscribes it, and is its end. */
  #followed(run: ReconcileRun, result$: Observable<Result | void>): Observable<never> {
    return new Observable((subscriber) => {
      let last: unknown;
      subscriber.add(result$.subscribe({
        next: (value) => { last = value; },
        error: (error: unknown) => { subscriber.complete(); this.#fail(run, error); },
        complete: () => { subscriber.complete(); this.#succeed(run, last); },
      }));
      run.cancelWith((reason) => { subscriber.complete(); this.#fail(run, reason); });
    });
  }

  #succeed(run: ReconcileRun, value: unknown): void {
    if (run.isOver) return;
    let result: Result;
    try {
      result = resultOf(value);
    } catch (error) {
      return this.#fail(run, error);
    }
    if (this.#runs.delete(run)) this.#ended(run, requeueAfterResult(this.#options.queue, run, result));
    this.#leave(run);
  }

  #fail(run: ReconcileRun, error: unknown): void {
    if (run.isOver) return;
    if (this.#runs.delete(run)) this.#failed(run, error);
    this.#leave(run);
  }

  #failed(run: ReconcileRun, error: unknown): void {
    if (this.#stopping !== undefined && error === this.#stopping.reason) run.logger.debug({ err: error }, 'a reconcile was cancelled');
    else this.#ended(run, requeueAfterError(this.#options, run, error), { error });
  }

  #ended({ request, startTime }: ReconcileRun, result: ReconcileResult, failure?: { readonly error: unknown }): void {
    const { metrics, ended } = this.#options;
    const duration = this.#clock() - startTime;
    metrics?.reconciled(result, duration);
    ended({ request, result, duration, ...failure });
  }

  /** Its request may be handled again, and its worker goes on. */
  #leave(run: ReconcileRun): void {
    if (this.#sharesTurns) reconcileShare.spent(); // what it has done since it was begun, where it has not waited
    run.isOver = true;
    if (this.#overdue.delete(run)) run.logger.debug({ duration: this.#clock() - run.startTime }, 'a reconcile that was over its deadline has ended');
    this.#options.queue.done(run.request);
    this.#doneIfIdle();
    this.pump();
  }

  #doneIfIdle(): void {
    if (this.#runs.size + this.#overdue.size > 0) return;
    const done = this.#stopped;
    this.#stopped = undefined;
    done?.();
  }

  /** One timer, for the oldest: they all have the same time. */
  #watch(deadline: number): void {
    const [oldest] = this.#runs;
    this.#isWatching = oldest !== undefined;
    if (oldest === undefined) return;
    const left = Math.ceil(oldest.startTime + deadline - this.#clock());
    this.#effects.next(new Observable((subscriber) => {
      subscriber.add(timer(Math.max(0, left), this.#options.scheduler).subscribe(() => {
        subscriber.complete();
        const now = this.#clock();
        for (const run of this.#runs) {
          if (run.startTime + deadline > now) break;
          this.#expire(run, deadline);
        }
        this.#watch(deadline);
        this.pump();
      }));
    }));
  }

  /** Reported and retried now, whatever it comes to: its request waits until it has ended. */
  #expire(run: ReconcileRun, deadline: number): void {
    const error = new ReconcileTimeoutError(deadline);
    this.#options.metrics?.timedOut();
    this.#runs.delete(run);
    this.#overdue.add(run);
    this.#failed(run, error);
    run.abort(error);
  }
}
