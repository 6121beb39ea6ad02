import { type MonoTypeOperatorFunction, Observable, identity, takeUntil, tap } from 'rxjs';

/** Errors with the signal's reason when it aborts, at once where it has; what was subscribed to is released then. Without a signal it changes nothing. */
export function untilAborted<T>(signal: AbortSignal | undefined): MonoTypeOperatorFunction<T> {
  return signal === undefined ? identity : takeUntil(abortOf(signal).pipe(tap((reason) => { throw reason; })));
}

/** Emits the signal's reason when it aborts, at once where it has. Never errors or completes; unsubscribing leaves the signal. */
export function abortOf(signal: AbortSignal): Observable<unknown> {
  return new Observable((subscriber) => {
    const abort = () => subscriber.next(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  });
}
