import { type SchedulerAction, type SchedulerLike, type Subscription, asyncScheduler } from 'rxjs';

/**
 * A scheduler whose waits are so many times shorter, and whose clock is true: what backs off for a second comes again in a moment, and whoever measures how long
 * something took measures what it took.
 */
export function impatient(times: number): SchedulerLike {
  const begun = performance.timeOrigin;
  return {
    now: () => begun + performance.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state: T) => void, delay?: number, state?: T): Subscription => asyncScheduler.schedule(work as (this: SchedulerAction<T>, state?: T) => void, (delay ?? 0) / times, state),
  };
}
