import type { Request } from '../model/request.ts';
import { checkRequests } from '../model/request-check.ts';
import { isThenable } from '../model/thenable.ts';
import type { Requests } from '../model/watcher.ts';

/** What waits of one object, put together. */
export interface Waiting<X> {
  push(value: X): void;
  /** Takes out what is to be handled, in order. */
  shift(): readonly X[];
}

export interface HandlingOptions<X> {
  /** Values of the same id are handled one after the other. Asked for only where a handler takes its time. */
  readonly idOf: (value: X) => string;
  readonly handle: (value: X) => Requests;
  /** Keeps what comes of an id while it cannot be handled. */
  readonly waiting: () => Waiting<X>;
  readonly tell: (request: Request, priority: number) => void;
  /** Is told of what a handler threw or rejected with, or that it returned no requests. */
  readonly failed: (error: unknown, value: X) => void;
}

/** Promises of handlers at a time: a handler that reads lists from an API server for each of many objects leaves others a part of its client's rate. As the connects of a cluster cache. */
const AT_ONCE = 100;

/**
 * Has values handled and tells the requests: within the call where the handler returns them, and when they come where it returns a promise. One id has one promise at a time, and
 * what comes of it meanwhile is put together: a slow handler delays its own id alone, and nothing piles up.
 */
export class Handling<X> {
  readonly #options: HandlingOptions<X>;
  readonly #running = new Set<string>();
  readonly #waiting = new Map<string, { readonly values: Waiting<X>; priority: number }>();
  #onIdle: (() => void) | undefined;
  #isClosed = false;

  constructor(options: HandlingOptions<X>) {
    this.#options = options;
  }

  take(value: X, priority: number): void {
    if (this.#running.size === 0) return this.#handle(value, priority);
    const id = this.#options.idOf(value);
    if (this.#running.size < AT_ONCE && !this.#running.has(id)) return this.#handle(value, priority);
    const waiting = this.#waiting.get(id) ?? { values: this.#options.waiting(), priority };
    waiting.values.push(value);
    waiting.priority = Math.max(waiting.priority, priority);
    this.#waiting.set(id, waiting);
  }

  /** Calls back when no handler is at work and nothing waits; at once where that is so. */
  idle(done: () => void): void {
    if (this.#running.size === 0) done();
    else this.#onIdle = done;
  }

  /** Nothing is told any more, and no handler called. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
  }

  #handle(value: X, priority: number): void {
    try {
      const requests = this.#options.handle(value);
      if (requests === undefined) return;
      if (!isThenable(requests)) return this.#tell(requests, priority);
      const id = this.#options.idOf(value);
      this.#running.add(id);
      // Not awaited: the requests are told in the turn in which they come.
      void requests.then((later) => this.#settle(id, value, () => this.#tell(later, priority)), (error: unknown) => this.#settle(id, value, () => { throw error; }));
    } catch (error) {
      this.#options.failed(error, value);
    }
  }

  #settle(id: string, value: X, told: () => void): void {
    if (this.#isClosed) return;
    try {
      told();
    } catch (error) {
      this.#options.failed(error, value);
    }
    this.#running.delete(id);
    for (const [next, { values, priority }] of this.#waiting) {
      if (this.#running.size >= AT_ONCE) break;
      if (this.#running.has(next)) continue;
      this.#waiting.delete(next);
      for (const each of values.shift()) this.take(each, priority);
    }
    if (this.#running.size === 0) this.#onIdle?.();
  }

  #tell(requests: readonly Request[], priority: number): void {
    for (const request of checkRequests(requests, 'a handler must return an array of requests, a promise of one, or nothing')) this.#options.tell(request, priority);
  }
}
