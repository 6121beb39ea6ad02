import type { EventCause } from '../model/object-event.ts';
import { compareResourceVersions } from '../model/resource-version.ts';

/** One state of one object among those that have borne its name. */
export interface Incarnation {
  readonly uid: string;
  /** `''` where it was known by another version of its API: its next appearance is news. */
  readonly resourceVersion: string;
}

/**
 * Whether what is told now was told already. A watch goes forward only, so what is not after the last is a repetition; a list is what there is, also where the
 * server was restored to an earlier state. Versions that cannot be ordered count as news: telling twice is better than not at all.
 */
export function isRepetition(now: Incarnation, before: Incarnation, cause: EventCause): boolean {
  return cause === 'watch' || cause === 'reconnect' ? isNotAfter(now, before) : now.uid === before.uid && now.resourceVersion === before.resourceVersion;
}

/** Whether a delete is of an object whose successor under the same name is known already. */
export function isSuperseded(gone: Incarnation, known: Incarnation): boolean {
  return known.uid !== gone.uid && isNotAfter(gone, known);
}

function isNotAfter({ resourceVersion }: Incarnation, before: Incarnation): boolean {
  if (before.resourceVersion === '') return false;
  const order = compareResourceVersions(resourceVersion, before.resourceVersion);
  return order !== undefined && order <= 0;
}
