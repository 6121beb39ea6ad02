import type { DeletedEvent, ObjectChange } from '../model/object-event.ts';
import { formatKey } from '../model/object-key.ts';

/** What is to be told of one object: that it is gone, that it is there, or, of another under the same name, both. */
interface Pending<T> {
  readonly gone?: DeletedEvent<T>;
  readonly there?: Exclude<ObjectChange<T>, DeletedEvent<T>>;
}

/**
 * Changes that wait to be told, at most two for each object: what comes for an object that waits is put together with it. Who is told them is told the
 * same in the end as by every single change; what came and went meanwhile is not told at all. First come, first served, by object.
 */
export class Conflation<T> {
  readonly #pending = new Map<string, Pending<T>>();

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  push(change: ObjectChange<T>): void {
    const key = formatKey(change.key);
    const merged = merge(this.#pending.get(key) ?? {}, change);
    if (merged.gone === undefined && merged.there === undefined) this.#pending.delete(key);
    else this.#pending.set(key, merged);
  }

  /** Takes what has waited longest out: one change or two. Nothing where nothing waits. */
  shift(): readonly ObjectChange<T>[] {
    for (const [key, { gone, there }] of this.#pending) {
      this.#pending.delete(key);
      return [...(gone === undefined ? [] : [gone]), ...(there === undefined ? [] : [there])];
    }
    return [];
  }
}

function merge<T>({ gone, there }: Pending<T>, change: ObjectChange<T>): Pending<T> {
  switch (change.type) {
    case 'added':
      return gone === undefined ? { there: change } : { gone, there: change };
    case 'updated': {
      // What has changed is not told as if nothing had.
      const next = there === undefined ? change : { ...there, object: change.object, cause: there.cause === 'resync' ? change.cause : there.cause };
      return gone === undefined ? { there: next } : { gone, there: next };
    }
    case 'deleted':
      // Nobody was told of one that was still to be told as added.
      if (there?.type === 'added') return gone === undefined ? {} : { gone };
      return { gone: gone ?? change };
  }
}
