import { Observable } from 'rxjs';

/**
 * The bridge from promises: calls `work` on subscription with a signal that unsubscribing aborts. Emits what it resolves to and completes; errors
 * with what it rejects with or throws.
 */
export function abortable<T>(work: (signal: AbortSignal) => PromiseLike<T> | T): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController();
    subscriber.add(() => controller.abort());
    void (async () => {
      try {
        subscriber.next(await work(controller.signal));
        subscriber.complete();
      } catch (error) {
        subscriber.error(error);
      }
    })();
  });
}
