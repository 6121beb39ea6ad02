/** When a cluster was last heard of and when its consumer was last told something, by one clock. */
export interface Silence {
  readonly heardAt: number | undefined;
  readonly lastEventAt: number | undefined;
}

/**
 * The durations that have passed since the cluster was heard of and that its consumer has not been told of: those with `lastEventAt < due` and
 * `due <= now`. An event of any kind that was sent at or after `due` has told it.
 */
export function dueDurations({ heardAt, lastEventAt }: Silence, durations: readonly number[], now: number): number[] {
  return heardAt === undefined ? [] : durations.filter((duration) => isUntold(heardAt + duration, lastEventAt) && heardAt + duration <= now);
}

/** When the next of the durations is due. */
export function nextDue({ heardAt, lastEventAt }: Silence, durations: readonly number[]): number | undefined {
  if (heardAt === undefined) return undefined;
  const untold = durations.map((duration) => heardAt + duration).filter((due) => isUntold(due, lastEventAt));
  return untold.length === 0 ? undefined : Math.min(...untold);
}

function isUntold(due: number, lastEventAt: number | undefined): boolean {
  return lastEventAt === undefined || lastEventAt < due;
}
