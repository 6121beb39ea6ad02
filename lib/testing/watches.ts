import { type SchedulerLike, type Subscription, interval, timer } from 'rxjs';
import type { WatchStream } from './watch-stream.ts';

export interface WatchesOptions {
  /** ms between bookmarks. */
  readonly bookmarkInterval: number;
  /** Says what to put into a bookmark. */
  readonly version: () => bigint;
  readonly scheduler: SchedulerLike;
}

/** The open watches of a server: each ends at its own time, and one timer for all sends the bookmarks while there are any. */
export class Watches {
  readonly #open = new Map<WatchStream, Subscription>();
  readonly #options: WatchesOptions;
  #bookmarks: Subscription | undefined;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Owns a watch from now on: ends it after `timeout` ms, with a last bookmark shortly before. */
  add(watch: WatchStream, timeout: number): void {
    const { scheduler, version, bookmarkInterval } = this.#options;
    const lead = Math.min(LAST_BOOKMARK_LEAD, timeout / 2);
    this.#open.set(watch, timer(timeout - lead, scheduler).subscribe(() => {
      watch.bookmark(version());
      if (!this.#open.has(watch)) return; // the client has heard enough
      this.#open.set(watch, timer(lead, scheduler).subscribe(() => {
        watch.end();
        this.remove(watch);
      }));
    }));
    this.#bookmarks ??= interval(bookmarkInterval, scheduler).subscribe(() => {
      for (const open of this.#open.keys()) open.bookmark(version());
    });
  }

  /** The client has gone. Idempotent. */
  remove(watch: WatchStream): void {
    this.#open.get(watch)?.unsubscribe();
    this.#open.delete(watch);
    watch.release();
    if (this.#open.size > 0) return;
    this.#bookmarks?.unsubscribe();
    this.#bookmarks = undefined;
  }

  /** Ends those that fit: cleanly, as at their timeout. */
  end(fits: (watch: WatchStream) => boolean): void {
    for (const watch of [...this.#open.keys()].filter(fits)) {
      watch.end();
      this.remove(watch);
    }
  }

  /** Forgets all without a word: their connections are about to be cut. */
  clear(): void {
    for (const watch of [...this.#open.keys()]) this.remove(watch);
  }
}

/** kube-apiserver's: a client that resumes from it finds its place. */
const LAST_BOOKMARK_LEAD = 2_000;
