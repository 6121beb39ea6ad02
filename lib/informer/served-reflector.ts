import { EMPTY, type Observable, type SchedulerLike, asyncScheduler, catchError, defer, map, merge, of, repeat, switchMap, takeWhile, tap, throwError } from 'rxjs';
import type { ApiResource, RestClient } from '../kubernetes/rest-client.ts';
import { isNotFound } from '../kubernetes/status-error.ts';
import { TransportError } from '../model/errors.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import { type BackoffPolicy, backoffDelay, reflectorBackoff } from '../operators/backoff.ts';
import { type Pause, noPause, pauseFor } from '../operators/pause.ts';

export interface ServedReflectorOptions<E> {
  readonly rest: RestClient;
  /** Versions of one kind, the best first. */
  readonly kinds: readonly Kind<unknown>[];
  /** Reflects it as it is served. Ends with `vanished` for what is served no longer. */
  readonly reflected: (resource: ApiResource) => Observable<E>;
  /** Something says that it may be served now: a wait for discovery ends early, though not before the policy's initial wait. @default nothing does */
  readonly awake$?: Observable<unknown>;
  /** How long it is waited before discovery is asked again. @default as client-go's reflector */
  readonly backoff?: BackoffPolicy;
  /** Spreads waits; in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** How finding out goes; what goes on by itself is told all the same. */
export type ServedProgress =
  /** Discovery failed, and is asked again after `delay` ms, or as soon as the server can be reached where that is infinite. */
  | { readonly type: 'interrupted'; readonly during: 'discovery'; readonly error: unknown; readonly delay: number }
  /** No known version of the kind is served (yet, or any more); asked again after `delay` ms. What was told stays told. */
  | { readonly type: 'notServed'; readonly error: unknown; readonly delay: number };

/**
 * Reflects a kind in the best version that is served when asked, and asks again when that vanishes or none is. Cold; never errors, never completes;
 * unsubscribing ends its request or wait at once.
 */
export function reflectServed<E extends { readonly type: string }>(options: ServedReflectorOptions<E>): Observable<E | ServedProgress> {
  const { rest, kinds, reflected, awake$ = EMPTY, backoff = reflectorBackoff, random = Math.random, scheduler = asyncScheduler } = options;
  const { alive$, revived$ } = rest.transport;
  const served$ = merge(alive$, awake$);
  return defer(() => {
    let failures = 0;
    let pause: Pause = noPause;
    let wake$: Observable<unknown> = served$;

    const failed = (error: unknown): ServedProgress => {
      const delay = backoffDelay(failures, backoff, random);
      failures += 1;
      const unreachable = error instanceof TransportError;
      wake$ = unreachable ? revived$ : served$;
      pause = unreachable ? { delay: Infinity, atLeast: failures === 1 ? 0 : delay } : { delay, atLeast: backoff.initial };
      if (!isNotFound(error)) return { type: 'interrupted', during: 'discovery', error, delay: pause.delay };
      // What discovery has said is out of date, or will be: a group version may be served before the kind is.
      for (const kind of kinds) rest.forget(kind);
      return { type: 'notServed', error, delay };
    };

    const once = bestServed(rest, kinds).pipe(
      map((resource) => ({ resource })),
      catchError((error: unknown) => of({ error })),
      switchMap((found): Observable<E | ServedProgress> => ('error' in found ? of(failed(found.error)) : reflected(found.resource).pipe(
        tap(({ type }) => { if (type === 'synced' || type === 'watching') failures = 0; }),
        takeWhile(({ type }) => type !== 'vanished', true),
        map((event) => (event.type === 'vanished' ? failed((event as unknown as { readonly error: unknown }).error) : event)),
      ))),
    );
    return once.pipe(repeat({ delay: () => pauseFor(pause, wake$, scheduler) }));
  });
}

/** How the best version that is served is served. Errors with a 404 where none is. */
function bestServed(rest: RestClient, [best, ...others]: readonly Kind<unknown>[]): Observable<ApiResource> {
  if (best === undefined) throw new TypeError('at least one kind is needed');
  return rest.resource(best).pipe(
    catchError((error: unknown) => (isNotFound(error) && others.length > 0 ? bestServed(rest, others) : throwError(() => error))),
  );
}
