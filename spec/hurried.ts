import { type SchedulerAction, type SchedulerLike, type Subscription, asyncScheduler } from 'rxjs';

/** A scheduler on which time runs so many times faster: what takes ten seconds takes a moment, on real sockets. */
export function hurried(times: number): SchedulerLike {
  const begun = performance.now();
  return {
    now: () => begun + (performance.now() - begun) * times,
    schedule: <T>(work: (this: SchedulerAction<T>, state: T) => void, delay?: number, state?: T): Subscription => asyncScheduler.schedule(work as (this: SchedulerAction<T>, state?: T) => void, (delay ?? 0) / times, state),
  };
}
