import { type SchedulerLike, type Subscriber, Subscription } from 'rxjs';
import type { ObjectChange, ObjectEvent, SyncedEvent } from '../model/object-event.ts';
import { clockOf } from '../operators/clock.ts';
import { Conflation } from './conflation.ts';

/** ms of a slice of time, and those of it that one subscriber may take: sockets, timers and the other subscribers have the rest. A handler that takes longer makes a longer slice. */
const SLICE = 16;
const SHARE = 8;

/**
 * Tells one subscriber of changes: at once as long as it keeps up. One whose handler takes too long is told the rest later, a slice at a time, and what comes
 * meanwhile is conflated by object: it delays itself alone, and nothing piles up.
 */
export class Delivery<T> {
  readonly #subscriber: Subscriber<ObjectEvent<T>>;
  readonly #scheduler: SchedulerLike;
  readonly #clock: () => number;
  readonly #waiting = new Conflation<T>();
  /** Is told when all that waits has been. */
  #synced: SyncedEvent | undefined;
  #onDrained: (() => void) | undefined;
  /** Whether something waits, or what has waited is being told: what comes then waits as well. */
  #isBehind = false;
  #sliceAt = 0;
  #spent = 0;
  #next = Subscription.EMPTY;

  constructor(subscriber: Subscriber<ObjectEvent<T>>, scheduler: SchedulerLike) {
    this.#subscriber = subscriber;
    this.#scheduler = scheduler;
    this.#clock = clockOf(scheduler);
    subscriber.add(() => this.#next.unsubscribe());
  }

  change(change: ObjectChange<T>): void {
    if (!this.#isBehind && this.#isInTime()) this.#tell(change);
    else this.#later(change);
  }

  /** All that was told so far is all that there was. */
  synced(event: SyncedEvent): void {
    if (this.#isBehind) this.#synced = event;
    else this.#subscriber.next(event);
  }

  /** Calls back when all that waits has been told; at once where nothing does. */
  drained(done: () => void): void {
    if (this.#isBehind) this.#onDrained = done;
    else done();
  }

  #later(change: ObjectChange<T>): void {
    this.#waiting.push(change);
    if (this.#isBehind) return;
    this.#isBehind = true;
    this.#awaitSlice();
  }

  #awaitSlice(): void {
    this.#next = this.#scheduler.schedule(() => this.#drain(), Math.ceil(Math.max(0, this.#nextSliceAt - this.#clock())));
  }

  #drain(): void {
    while (!this.#subscriber.closed) {
      if (!this.#waiting.isEmpty) {
        if (!this.#isInTime()) return this.#awaitSlice();
        for (const change of this.#waiting.shift()) this.#tell(change);
      } else if (this.#synced !== undefined) {
        const event = this.#synced;
        this.#synced = undefined;
        this.#subscriber.next(event);
      } else {
        this.#isBehind = false;
        return this.#onDrained?.();
      }
    }
  }

  #tell(change: ObjectChange<T>): void {
    const began = this.#clock();
    this.#subscriber.next(change);
    this.#spent += this.#clock() - began;
  }

  #isInTime(): boolean {
    const now = this.#clock();
    if (now >= this.#nextSliceAt) {
      this.#sliceAt = now;
      this.#spent = 0;
    }
    return this.#spent < SHARE;
  }

  get #nextSliceAt(): number {
    return this.#sliceAt + Math.max(SLICE, this.#spent * (SLICE / SHARE));
  }
}
