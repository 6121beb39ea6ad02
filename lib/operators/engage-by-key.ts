import { Observable, Subject, Subscription } from 'rxjs';
import type { Delta } from '../model/delta.ts';

/**
 * Keeps one inner subscription for each live key. `project` is called with a key's first delta; `delta$` emits all of them, that one at once, and
 * completes after the deletion, or when the source completes. What `project` returns may go on after that and say its last words; a key
 * that comes back meanwhile waits for them. Errors with the source or an inner one; unsubscribing ends all of them.
 */
export function engageByKey<D extends Delta<string, unknown>, R>(
  project: (first: Extract<D, { type: 'applied' }>, delta$: Observable<D>) => Observable<R>,
): (source: Observable<D>) => Observable<R> {
  return (source) => new Observable<R>((subscriber) => {
    const engaged = new Map<string, Engagement<D>>();
    let sourceCompleted = false;

    const engage = (first: Extract<D, { type: 'applied' }>) => {
      const { key } = first;
      const own: Engagement<D> = { deltas: new Subject<D>(), leaving: false, comeback: undefined };
      engaged.set(key, own);
      const delta$ = new Observable<D>((deltas) => {
        deltas.next(first);
        return own.deltas.subscribe(deltas);
      });
      const inner = new Subscription();
      subscriber.add(inner);
      inner.add(project(first, delta$).subscribe({
        next: (result) => subscriber.next(result),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          subscriber.remove(inner);
          engaged.delete(key);
          if (own.comeback !== undefined) engage(own.comeback);
          else if (sourceCompleted && engaged.size === 0) subscriber.complete();
        },
      }));
    };

    const leave = (own: Engagement<D>) => {
      own.leaving = true;
      own.deltas.complete();
    };

    subscriber.add(source.subscribe({
      next: (delta) => {
        const own = engaged.get(delta.key);
        if (own === undefined) {
          if (isApplied(delta)) engage(delta);
        } else if (own.leaving) {
          own.comeback = isApplied(delta) ? delta : undefined;
        } else {
          own.deltas.next(delta);
          if (delta.type === 'deleted') leave(own);
        }
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        sourceCompleted = true;
        for (const own of [...engaged.values()]) leave(own);
        if (engaged.size === 0) subscriber.complete();
      },
    }));
  });
}

interface Engagement<D> {
  readonly deltas: Subject<D>;
  leaving: boolean;
  /** What came for the key while its last words were said. */
  comeback: Extract<D, { type: 'applied' }> | undefined;
}

function isApplied<D extends Delta<string, unknown>>(delta: D): delta is Extract<D, { type: 'applied' }> {
  return delta.type === 'applied';
}
