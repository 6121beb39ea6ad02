import type { SchedulerLike } from 'rxjs';
import { type Lanes, lanes } from '../operators/lanes.ts';

/** A list that brings nothing for so long, in ms, gives its slot up: an API server that reads 500 objects from a busy etcd takes seconds. */
const PATIENCE = 5_000;

/** What waits without progress, and may hang beside the others, as a multiple of those. */
export const SLOW_LANE = 4;

/** So many lists at once. */
export function listLanes(width: number, scheduler: SchedulerLike): Lanes {
  return lanes({ width, slowWidth: width * SLOW_LANE, patience: PATIENCE, scheduler });
}
