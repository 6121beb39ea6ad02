import { type MonoTypeOperatorFunction, Observable, identity, takeUntil } from 'rxjs';

/** Errors with the signal's reason when it aborts, at once where it has; what was subscribed to is released then. Without a signal it changes nothing. */
export function untilAborted<T>(signal: AbortSignal | undefined): MonoTypeOperatorFunction<T> {
  return signal === undefined ? identity : takeUntil(abortOf(signal));
}

/** Errors when the signal aborts; never emits. */
function abortOf(signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const abort = () => subscriber.error(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  });
}
