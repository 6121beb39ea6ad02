import { Observable, type SchedulerLike, Subscription, timer } from 'rxjs';

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
   * Runs the work when there is a slot, first come, first served. Work that calls `progress` keeps its slot; work that does not for between one and
   * two times the patience moves to the slow lane, and where that is full it is unsubscribed, and subscribed again when a slot there is free.
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
  const fast = new Lane(width);
  const slow = new Lane(slowWidth);

  const admit = <T>(work: (progress: () => void) => Observable<T>) => new Observable<T>((subscriber) => {
    const progress = new Progress();
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
    const fastTicket = new Ticket(() => { watch(); begin(); });
    const moved = new Ticket(() => {});
    const restarted = new Ticket(begin);

    const watch = () => {
      subscriber.add(timer(patience, scheduler).subscribe(() => {
        if (progress.taken()) return watch();
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

/** Whether work has made progress lately. Of its own, for whoever reports may keep `report` for long, and must not keep the whole admission with it. */
class Progress {
  #made = false;

  readonly report = (): void => { this.#made = true; };

  /** Whether there was some since it was asked last. */
  taken(): boolean {
    const made = this.#made;
    this.#made = false;
    return made;
  }
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
