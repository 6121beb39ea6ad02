import type { ListCause } from './reflector-event.ts';
import { type Recovery, noFailures } from './recovery.ts';

/** What a reflector does next. `count`: objects that the pages so far have brought; `resourceVersion`: of the first of them. */
export interface ListTask {
  readonly type: 'list';
  readonly cause: ListCause;
  readonly paged: boolean;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly count: number;
}

export interface WatchTask {
  readonly type: 'watch';
  readonly resourceVersion: string;
}

export type Task = ListTask | WatchTask;

export const firstPage = (cause: ListCause, paged: boolean): ListTask => ({ type: 'list', cause, paged, count: 0 });

/** Where a reflector is. Kept by its owner, so that another one goes on from there: over another connection to the same cluster. */
export class ReflectorPosition {
  task: Task = firstPage('initial', true);
  recovery: Recovery = noFailures;
  /** Whether a list was ever complete. */
  synced = false;
  /** Whether what was told is all of one moment: not from the first object of a list until that is complete, however often it is begun again meanwhile. */
  whole = false;
  /** Whether changes come as they happen: a list is in or a watch is open, and nothing has failed since. */
  live = false;
  /** What failed last, since it last was live. */
  failure: unknown;
  /** Whether a watch was cut, and the one that takes it up has not caught up yet. */
  behind = false;

  /** All up to here has been told; `undefined` before the first list is in. Another list that is under way brings newer ones. */
  resourceVersion: string | undefined;

  /** A list is in, or a watch is open. */
  succeeded(): void {
    this.live = true;
    this.failure = undefined;
  }

  /** A list or a watch failed. */
  failed(error: unknown): void {
    this.live = false;
    this.failure = error;
  }

  /** All up to `resourceVersion` has been told; to be watched from there. */
  watchFrom(resourceVersion: string): void {
    this.task = { type: 'watch', resourceVersion };
    this.resourceVersion = resourceVersion;
  }
}
