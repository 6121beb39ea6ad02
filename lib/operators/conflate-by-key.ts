import { Observable, Subscription } from 'rxjs';

/**
 * Projects values with one inner Observable per key at a time. What comes while a key's inner runs is conflated: only the newest waits, so a
 * slow projection delays its own key alone and nothing piles up. Completes when the source and the last inner have; errors as they do.
 */
export function conflateByKey<T, R>(keyOf: (value: T) => string, project: (value: T) => Observable<R>): (source: Observable<T>) => Observable<R> {
  return (source) => new Observable<R>((subscriber) => {
    const running = new Map<string, { next: { readonly value: T } | undefined }>();
    let sourceCompleted = false;

    const run = (key: string, value: T) => {
      const own: { next: { readonly value: T } | undefined } = { next: undefined };
      running.set(key, own);
      const inner = new Subscription();
      subscriber.add(inner);
      inner.add(project(value).subscribe({
        next: (result) => subscriber.next(result),
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          subscriber.remove(inner);
          running.delete(key);
          if (own.next !== undefined) run(key, own.next.value);
          else if (sourceCompleted && running.size === 0) subscriber.complete();
        },
      }));
    };

    subscriber.add(source.subscribe({
      next: (value) => {
        const key = keyOf(value);
        const own = running.get(key);
        if (own === undefined) run(key, value);
        else own.next = { value };
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        sourceCompleted = true;
        if (running.size === 0) subscriber.complete();
      },
    }));
  });
}
