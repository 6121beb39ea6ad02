import { Observable } from 'rxjs';

/** What asks a process to end: the kubelet, and whoever presses Ctrl-C. */
export type TerminationSignal = 'SIGTERM' | 'SIGINT';

/**
 * Emits the first of the signals that comes to the process, and completes. Listens from then on to none of them: the next one does to the process what it does by
 * default, and ends it at once, even one that hangs. Unsubscribing stops listening.
 */
export function terminationSignal(signals: readonly TerminationSignal[]): Observable<TerminationSignal> {
  return new Observable((subscriber) => {
    const heard = (signal: NodeJS.Signals): void => {
      leave();
      subscriber.next(signal as TerminationSignal);
      subscriber.complete();
    };
    const leave = (): void => { for (const signal of signals) process.removeListener(signal, heard); };
    for (const signal of signals) process.on(signal, heard);
    return leave;
  });
}
