import type { Observable } from 'rxjs';
import type { Client } from '../client/client.ts';
import { type Logger, silentLogger } from '../model/logger.ts';
import { type Request, formatRequest } from '../model/request.ts';
import type { Result } from './result.ts';

/**
 * Brings what is into agreement with what should be, for one object. Called with its request, never twice at once for the same one. Ends when its promise settles, or its Observable
 * completes: the last value is the result, none is success. A throw, a rejection or an error is retried with backoff. Its Observable is unsubscribed where it is cancelled.
 */
export type Reconcile = (request: Request, context: ReconcileContext) => PromiseLike<Result | void> | Observable<Result | void> | Result | void;

/** What a reconcile is given along with its request. Its fields are made when they are first looked at. */
export interface ReconcileContext {
  /** Aborts when the controller stops, and with a `ReconcileTimeoutError` when the deadline passes: to be handed to every call. */
  readonly signal: AbortSignal;
  /** The controller's logger, with `controller`, `request` and `reconcileId` in every record. */
  readonly logger: Logger;
  /** Of this reconcile alone, in its log records and in nothing else. */
  readonly reconcileId: string;
  /** The management cluster's, cached, where the controller was started with one: by a manager. */
  readonly client?: Client | undefined;
  /** 1, and one more after every failure or `requeue` in a row. */
  readonly attempt: number;
}

/** What all reconciles of a controller have in common. */
export interface ReconcileScope {
  readonly controllerName: string;
  readonly logger: Logger;
  readonly client?: Client | undefined;
  readonly queue: { numRequeues(request: Request): number };
}

/** One reconcile from its start to its end. There is one for every request that is handled: nothing that it may not need is made before it is asked for. */
export class ReconcileRun implements ReconcileContext {
  readonly request: Request;
  /** By the controller's clock. */
  readonly startTime: number;
  /** The count of cluster events at its start. */
  readonly since: number;
  isOver = false;
  readonly #scope: ReconcileScope;
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;
  #logger: Logger | undefined;
  #id: string | undefined;
  #attempt: number | undefined;
  #cancel: ((reason: unknown) => void) | undefined;

  constructor(scope: ReconcileScope, request: Request, startTime: number, since: number) {
    this.#scope = scope;
    this.request = request;
    this.startTime = startTime;
    this.since = since;
  }

  get client(): Client | undefined {
    return this.#scope.client;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    }
    return this.#controller.signal;
  }

  get reconcileId(): string {
    return this.#id ??= crypto.randomUUID();
  }

  get logger(): Logger {
    return this.#logger ??= this.#namedLogger();
  }

  get attempt(): number {
    return this.#attempt ??= this.#scope.queue.numRequeues(this.request) + 1;
  }

  /** What ends it at once when it is cancelled, now or later: of an Observable, that can be unsubscribed. */
  cancelWith(cancel: (reason: unknown) => void): void {
    this.#cancel = cancel;
    if (this.#aborted !== undefined) cancel(this.#aborted.reason);
  }

  /** Cancels it. What it still does then is its own affair. */
  abort(reason: unknown): void {
    if (this.#aborted === undefined) {
      this.#aborted = { reason };
      this.#controller?.abort(reason);
    }
    this.#cancel?.(reason);
  }

  #namedLogger(): Logger {
    const { logger, controllerName } = this.#scope;
    if (logger === silentLogger) return logger;
    const own = { controller: controllerName, request: formatRequest(this.request), reconcileId: this.reconcileId };
    return {
      debug: (fields, message) => logger.debug({ ...own, ...fields }, message),
      info: (fields, message) => logger.info({ ...own, ...fields }, message),
      warn: (fields, message) => logger.warn({ ...own, ...fields }, message),
      error: (fields, message) => logger.error({ ...own, ...fields }, message),
    };
  }
}
