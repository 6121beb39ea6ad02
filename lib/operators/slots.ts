import { Observable, Subscription } from 'rxjs';

/**
 * Lets at most `count` of the work that is passed through it run at a time, first come, first served. Work emits, completes and errors as it would
 * without; unsubscribing gives up its slot, or its place in the queue.
 */
export function slots(count: number): <T>(work: Observable<T>) => Observable<T> {
  let taken = 0;
  const queue = new Set<() => void>();
  const leave = () => {
    taken -= 1;
    const [next] = queue;
    next?.();
  };
  return (work) => new Observable((subscriber) => {
    const start = () => {
      queue.delete(start);
      taken += 1;
      const running = new Subscription();
      // Added before the work begins, so that work that ends at once leaves too.
      subscriber.add(running);
      running.add(leave);
      running.add(work.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => { running.unsubscribe(); subscriber.error(error); },
        complete: () => { running.unsubscribe(); subscriber.complete(); },
      }));
    };
    if (taken < count) return start();
    queue.add(start);
    return () => { queue.delete(start); };
  });
}
