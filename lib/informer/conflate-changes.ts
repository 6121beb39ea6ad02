import { Observable, type ObservableInput, type OperatorFunction, Subscription, from } from 'rxjs';
import type { ObjectEvent, SyncedEvent } from '../model/object-event.ts';
import { Conflation } from './conflation.ts';

/**
 * For consumers that take their time: projects one event of `objects$` at a time, as `concatMap` does, but what comes meanwhile waits conflated by object, so that a slow
 * projection delays itself alone and nothing piles up. `synced` is projected after all that it announces. Completes when the source and the last
 * projection have; errors as they do.
 */
export function conflateChanges<T, R>(project: (event: ObjectEvent<T>) => ObservableInput<R>): OperatorFunction<ObjectEvent<T>, R> {
  return (source) => new Observable<R>((subscriber) => {
    const waiting = new Conflation<T>();
    let next: ObjectEvent<T>[] = [];
    let synced: SyncedEvent | undefined;
    let isRunning = false;
    let isOver = false;

    const shift = (): ObjectEvent<T> | undefined => {
      if (next.length === 0) next = [...waiting.shift()];
      const first = next.shift();
      if (first !== undefined || synced === undefined) return first;
      const last = synced;
      synced = undefined;
      return last;
    };

    const run = (): void => {
      // A loop, for a projection may end at once.
      while (!isRunning && !subscriber.closed) {
        const event = shift();
        if (event === undefined) {
          if (isOver) subscriber.complete();
          return;
        }
        isRunning = true;
        const inner = new Subscription();
        subscriber.add(inner);
        inner.add(projected(event).subscribe({
          next: (result) => subscriber.next(result),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            subscriber.remove(inner);
            isRunning = false;
            run();
          },
        }));
      }
    };
    const projected = (event: ObjectEvent<T>): Observable<R> => {
      try {
        return from(project(event));
      } catch (error) {
        return new Observable((inner) => inner.error(error));
      }
    };

    subscriber.add(source.subscribe({
      next: (event) => {
        if (event.type === 'synced') synced = event;
        else waiting.push(event);
        run();
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        isOver = true;
        run();
      },
    }));
  });
}
