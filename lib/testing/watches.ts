import type { WatchStream } from './watch-stream.ts';

/** The open watches of a server: each ends at its own time, and one timer for all sends the bookmarks while there are any. */
export class Watches {
  readonly #open = new Map<WatchStream, NodeJS.Timeout>();
  readonly #bookmarkInterval: number;
  readonly #version: () => bigint;
  #bookmarks: NodeJS.Timeout | undefined;

  /** `bookmarkInterval` in ms; `version` says what to put into a bookmark. */
  constructor(bookmarkInterval: number, version: () => bigint) {
    this.#bookmarkInterval = bookmarkInterval;
    this.#version = version;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Owns a watch from now on: ends it after `timeout` ms, with a last bookmark shortly before. */
  add(watch: WatchStream, timeout: number): void {
    const lead = Math.min(LAST_BOOKMARK_LEAD, timeout / 2);
    this.#open.set(watch, setTimeout(() => {
      watch.bookmark(this.#version());
      this.#open.set(watch, setTimeout(() => {
        watch.end();
        this.remove(watch);
      }, lead));
    }, timeout - lead));
    this.#bookmarks ??= setInterval(() => {
      for (const open of this.#open.keys()) open.bookmark(this.#version());
    }, this.#bookmarkInterval);
  }

  /** The client has gone. Idempotent. */
  remove(watch: WatchStream): void {
    clearTimeout(this.#open.get(watch));
    this.#open.delete(watch);
    watch.release();
    if (this.#open.size > 0) return;
    clearInterval(this.#bookmarks);
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
