import { Observable, type SchedulerLike, Subscription, timer } from 'rxjs';
import { clockOf } from './clock.ts';

export interface LanesOptions {
  /** How many may run at once in the fast lane. */
  readonly width: number;
  /** How many of those that made no progress may run beside it. */
  readonly slowWidth: number;
  /** ms without progress after which a slot of the fast lane is given up. */
  readonly patience: number;
  readonly scheduler: SchedulerLike;
}

export interface Lanes {
  /**
   * Runs the work when there is a slot, first come, first served. Work that calls `progress` keeps its slot; work that has not for as long as the
   * patience moves to the slow lane, and where that is full it is unsubscribed, and subscribed again when a slot there is free.
   * Emits, completes and errors as the work does; unsubscribing gives the slot, or the place in the queue, up.
   */
  admit<T>(work: (progress: () => void) => Observable<T>): Observable<T>;
  /** Slots taken in the fast and in the slow lane, and work that waits for one. */
  occupancy(): { readonly fast: number; readonly slow: number; readonly waiting: number };
}

/**
 * Two lanes for work of which some hangs. What hangs for its whole timeout would hold its slot for as long: with 100 slots and 400 that hang, the
 * last healthy one would wait for 20 s.
 */
export function lanes({ width, slowWidth, patience, scheduler }: LanesOptions): Lanes {
  const clock = clockOf(scheduler);
  const fast = new Lane(width);
  const slow = new Lane(slowWidth);

  const admit = <T>(work: (progress: () => void) => Observable<T>) => new Observable<T>((subscriber) => {
    const progress = new Progress(clock);
    let run = Subscription.EMPTY;
    const begin = () => {
      if (subscriber.closed) return;
      run = new Subscription();
      run.add(work(progress.report).subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }));
    };
    const fastTicket = new Ticket(() => {
      progress.report();
      watch(patience);
      begin();
    });
    const moved = new Ticket(() => {});
    const restarted = new Ticket(begin);

    const watch = (ms: number) => {
      subscriber.add(timer(ms, scheduler).subscribe(() => {
        const left = Math.ceil(patience - progress.age);
        if (left > 0) return watch(left);
        if (slow.isFull) {
          run.unsubscribe();
          slow.enter(restarted);
        } else {
          slow.enter(moved);
        }
        fast.leave(fastTicket);
      }));
    };
    subscriber.add(() => {
      run.unsubscribe();
      for (const ticket of [moved, restarted]) slow.leave(ticket);
      fast.leave(fastTicket);
    });
    fast.enter(fastTicket);
  });

  return { admit, occupancy: () => ({ fast: fast.taken, slow: slow.taken, waiting: fast.waiting + slow.waiting }) };
}

/** When work has last made progress. Of its own, for whoever reports may keep `report` for long, and must not keep the whole admission with it. */
class Progress {
  readonly #clock: () => number;
  #at = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** ms since the last report. */
  get age(): number {
    return this.#clock() - this.#at;
  }

  readonly report = (): void => { this.#at = this.#clock(); };
}

/** One visit to a lane. */
class Ticket {
  readonly begin: () => void;
  inside = false;

  constructor(begin: () => void) {
    this.begin = begin;
  }
}

class Lane {
  readonly #width: number;
  readonly #queue = new Set<Ticket>();
  #taken = 0;

  constructor(width: number) {
    this.#width = width;
  }

  get isFull(): boolean { return this.#taken >= this.#width; }
  get taken(): number { return this.#taken; }
  get waiting(): number { return this.#queue.size; }

  enter(ticket: Ticket): void {
    if (this.isFull) {
      this.#queue.add(ticket);
      return;
    }
    this.#taken += 1;
    ticket.inside = true;
    ticket.begin();
  }

  /** Gives the slot, or the place in the queue, to the next. Idempotent. */
  leave(ticket: Ticket): void {
    if (this.#queue.delete(ticket) || !ticket.inside) return;
    ticket.inside = false;
    this.#taken -= 1;
    const [next] = this.#queue;
    if (next === undefined) return;
    this.#queue.delete(next);
    this.enter(next);
  }
}
