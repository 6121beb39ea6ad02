import { type SchedulerLike, asyncScheduler } from 'rxjs';

/** How far the wall clock may stand from the scheduler's before its time is taken for a virtual one, in ms: far above the time between two reads. */
const SAME_TIME = 1_000;

/**
 * ms that pass as the scheduler's timers do, for differences only. The default scheduler's `now()` is the wall clock, which jumps; its timers do not,
 * so its clock here is the monotonic one. Any other scheduler, and virtual time, is its own clock.
 */
export function clockOf(scheduler: SchedulerLike): () => number {
  if (scheduler !== asyncScheduler) return () => scheduler.now();
  return () => (Math.abs(scheduler.now() - Date.now()) < SAME_TIME ? performance.now() : scheduler.now());
}
