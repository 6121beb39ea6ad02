import { type Observable, distinctUntilChanged, scan } from 'rxjs';
import { checkOptions, having, optional, procedure } from '../model/option-check.ts';
import { type ConnectionOptions, resolveConnectionOptions } from './connection-options.ts';
import type { Dialer, TargetState } from './dialer.ts';
import { type StreamState, initialState, transition } from './stream-state.ts';
import { makeBeforeBreak } from './make-before-break.ts';

export interface ConnectionStreamInput<T, C> {
  readonly target$: Observable<TargetState<T>>;
  readonly dialer: Dialer<T, C>;
  readonly options?: ConnectionOptions | undefined;
}

const inputShape = {
  target$: having('an Observable', 'subscribe'),
  dialer: having('an object with connect(), probe() and close()', 'connect', 'probe', 'close'),
  options: () => undefined, // by name, with their own
};
const dialerShape = { lost$: optional(procedure), doubted$: optional(procedure), update: optional(procedure) };

/**
 * Keeps connected to whatever `target$` names, and says how that goes.
 *
 * Cold: each subscriber has connections of its own. Emits first when `target$` does, then every change of the state, one for each probe included;
 * a value is emitted after the state it describes holds: `connecting` is told before the dialer is called, a connection that is lost or withdrawn is closed
 * before that is told, one that is replaced after its successor is told. Completes when `target$` completes (or errors), after the last connection is closed.
 * Never errors. Unsubscribing gives up a dial and closes what was opened. Throws a TypeError for options that are none.
 */
export function connectionStream<T, C>(input: ConnectionStreamInput<T, C>): Observable<StreamState<C>> {
  checkOptions('connectionStream', input, inputShape);
  const { target$, dialer, options } = input;
  checkOptions('dialer', { lost$: dialer.lost$, doubted$: dialer.doubted$, update: dialer.update }, dialerShape);
  const resolved = resolveConnectionOptions(options);
  return makeBeforeBreak(target$, dialer, resolved).pipe(
    scan<Parameters<typeof transition<C>>[1], StreamState<C>>(transition, initialState),
    distinctUntilChanged(),
  );
}
