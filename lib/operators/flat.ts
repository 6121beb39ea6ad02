import { Observable } from 'rxjs';

/** Emits what `project` makes of each value, one after the other; `mergeMap` to arrays without an inner subscription for each. Errors where it throws. */
export function flat<T, R>(project: (value: T) => readonly R[]): (source: Observable<T>) => Observable<R> {
  return (source) => new Observable<R>((subscriber) => source.subscribe({
    next: (value) => {
      // A source that emits in one go cannot be left before it is done: what nobody hears must not be made.
      if (subscriber.closed) return;
      let results: readonly R[];
      try {
        results = project(value);
      } catch (error) {
        subscriber.error(error);
        return;
      }
      for (const result of results) subscriber.next(result);
    },
    error: (error: unknown) => subscriber.error(error),
    complete: () => subscriber.complete(),
  }));
}
