import { EMPTY, type Observable, type SchedulerLike, asyncScheduler, catchError, concat, defer, map, of, repeat, takeUntil, timer } from 'rxjs';
import { StatusError, isGone, isNotFound } from '../kubernetes/status-error.ts';
import { ClusterCacheError, TransportError } from '../model/errors.ts';
import type { KubernetesObject, WatchEvent } from '../model/kubernetes-object.ts';
import type { EventCause } from '../model/object-event.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import { type BackoffPolicy, reflectorBackoff } from '../operators/backoff.ts';
import { clockOf } from '../operators/clock.ts';
import { flat } from '../operators/flat.ts';
import { type Pause, noPause, pauseFor } from '../operators/pause.ts';
import { SHORTEST_WATCH, recoverFrom } from './recovery.ts';
import type { ReflectorProgress } from './reflector-event.ts';
import { type ListTask, ReflectorPosition, type Task, type WatchTask, firstPage } from './reflector-position.ts';
import type { ReflectorStore } from './reflector-store.ts';

/** How a reflector reads one resource. Each call is cold: subscribing sends, unsubscribing takes back. Errors of the server are `StatusError`s. */
export interface ListerWatcher<T> {
  /** One page, the whole list where `limit` is absent, object by object; its end comes last. Without `resourceVersion`: the most recent state. */
  list(options: { readonly limit?: number; readonly continue?: string }): Observable<ListPart<T>>;
  /** What changed since, bookmarks included. Completes when the server ends it cleanly; errors otherwise, an ERROR event included. */
  watch(options: { readonly resourceVersion: string; readonly timeoutSeconds: number }): Observable<WatchChange<T>>;
}

/** An object that is too large to be taken, and its name where that could be read. */
export interface Rejected { readonly type: 'REJECTED'; readonly error: unknown; readonly key?: ObjectKey | undefined }

/** A part of a page. */
export type ListPart<T> =
  | { readonly type: 'ITEM'; readonly object: T }
  | { readonly type: 'END'; readonly resourceVersion: string; readonly continue?: string }
  | Rejected;

/** A line of a watch that is no error; before the first, that it is open. */
export type WatchChange<T> = { readonly type: 'OPENED' } | Exclude<WatchEvent<T>, { type: 'ERROR' }> | Rejected;

export interface ReflectorOptions {
  /** Where to begin, and where the reflector says how far it is. @default at the beginning */
  readonly position?: ReflectorPosition;
  /** Objects a page. @default 500, as client-go: 3.5 MB of pods */
  readonly pageSize?: number;
  /** @default as client-go's reflector */
  readonly backoff?: BackoffPolicy;
  /** Something says that the server can be reached: a wait after a failure ends early, though not before the policy's initial wait or a Retry-After. */
  readonly awake$?: Observable<unknown>;
  /** Tries to reach the server while it is subscribed, and emits when it can be reached: what got no answer is sent again then, and not before. @default nobody tries */
  readonly revived$?: Observable<unknown>;
  /** Lets a list begin when it is its turn. Its pages are one piece of work. @default at once */
  readonly admit?: <V>(list: (progress: () => void) => Observable<V>) => Observable<V>;
  /** Spreads watches and waits; in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** Bounds of the drawn `timeoutSeconds` of a watch, as client-go: long enough to be rare, short enough to rebalance servers. s */
const WATCH_TIMEOUT = { from: 300, below: 600 };
/** A watch that the server has not ended this long after its `timeoutSeconds` hangs. More than waiting for a token and a dial can take. ms */
const WATCH_GRACE = 30_000;
/** What was missed comes in one go; after such a pause, what comes has only just happened. More than a round trip around the world. ms */
const CAUGHT_UP = 500;

/**
 * Lists a resource, watches it, and goes on: the changes that `store` makes of its objects, in the order in which the server told them, none twice, none left
 * out that still matters, and how the reflector fares. Emits `listing` first, or `watching` where it goes on from a position.
 *
 * Every first page is listed without a resourceVersion, which is the most recent state (a cached one, `resourceVersion=0`, may be
 * older than what was told, and comes in one body whatever the limit). A watch that fails, however it fails, is taken up at the last resourceVersion
 * that an event or a bookmark gave; a page that fails is asked for again. Only what has expired (410) is listed again, compared with what was told.
 * A continue token that expired begins a list that is not paged: the rest that the server offers is of another moment.
 *
 * Cold; one subscriber at a time to a store and a position. Never errors, never completes; unsubscribing ends its request or its wait at once.
 */
export function reflect<T extends KubernetesObject, C>(listerWatcher: ListerWatcher<T>, store: ReflectorStore<T, C>, options: ReflectorOptions = {}): Observable<C | ReflectorProgress> {
  type Event = C | ReflectorProgress;
  const { pageSize = 500, backoff = reflectorBackoff, awake$ = EMPTY, revived$, admit = unhindered, random = Math.random, scheduler = asyncScheduler } = options;
  const now = clockOf(scheduler);
  return defer(() => {
    const position = options.position ?? new ReflectorPosition();
    if (position.task.type === 'watch') position.behind = true;
    let pause: Pause = noPause;
    let wake$: Observable<unknown> = awake$;

    const page = (own: ListTask, progress: () => void): Observable<Event> => {
      const cause = position.synced ? 'relist' : 'initial';
      const part$ = listerWatcher.list({ ...(own.paged ? { limit: pageSize } : {}), ...(own.continue === undefined ? {} : { continue: own.continue }) }).pipe(
        flat((part): readonly Event[] => {
          progress();
          if (part.type === 'END') return endOfPage(part, own, cause);
          position.whole = false;
          return part.type === 'ITEM' ? store.apply(part.object, cause) : rejected(part, cause);
        }),
      );
      const complete$ = defer((): Observable<never> => {
        if (position.task === own) throw new ClusterCacheError('EMPTY_LIST', 'the list ended without an answer');
        return EMPTY;
      });
      if (own.continue !== undefined) return concat(part$, complete$);
      store.begin();
      return concat(of<Event>({ type: 'listing', cause: own.cause }), part$, complete$);
    };

    const endOfPage = (end: Extract<ListPart<T>, { type: 'END' }>, own: ListTask, cause: EventCause): readonly Event[] => {
      if (end.continue !== undefined && store.listed === own.count) throw new ClusterCacheError('ENDLESS_LIST', 'the server promises more of the list and brings nothing new');
      // The first page's version is the oldest: what the watch then repeats is recognised, what it left out would be lost.
      const { resourceVersion = end.resourceVersion } = own;
      if (end.continue !== undefined) {
        position.task = { ...own, continue: end.continue, resourceVersion, count: store.listed };
        return NOTHING;
      }
      const gone = store.finish(cause);
      position.watchFrom(resourceVersion);
      position.synced = position.whole = true;
      position.behind = false;
      position.succeeded();
      return [...gone, { type: 'synced', cause: own.cause, resourceVersion }];
    };

    /** The pages one after the other, until all are in. */
    const list = (): Observable<Event> => admit((progress) => defer(() => (position.task.type === 'list' ? page(position.task, progress) : EMPTY)).pipe(
      repeat({ delay: () => (position.task.type === 'list' ? of(undefined) : EMPTY) }),
    ));

    const rejected = ({ key, error }: Rejected, cause: EventCause): readonly Event[] => [...(key === undefined ? NOTHING : store.forget(key, cause)), { type: 'rejected', error }];

    const watch = ({ resourceVersion }: WatchTask): Observable<Event> => {
      const timeoutSeconds = Math.floor(WATCH_TIMEOUT.from + random() * (WATCH_TIMEOUT.below - WATCH_TIMEOUT.from));
      const startedAt = now();
      let heardAt = startedAt;
      let latest = resourceVersion;
      const hangs$ = timer(timeoutSeconds * 1000 + WATCH_GRACE, scheduler).pipe(map(() => {
        throw new ClusterCacheError('WATCH_HANGS', `the watch did not end ${WATCH_GRACE} ms after the ${timeoutSeconds} s that were asked for`);
      }));

      const cause = (): EventCause => {
        if (!position.behind) return 'watch';
        const at = now();
        if (at - heardAt > CAUGHT_UP) position.behind = false;
        heardAt = at;
        return position.behind ? 'reconnect' : 'watch';
      };

      /** Says how far it is; whether that is further than before. */
      const advance = ({ metadata }: KubernetesObject): boolean => {
        const version = metadata?.resourceVersion;
        if (!isProgress(version, latest)) return false;
        latest = version;
        position.watchFrom(version);
        if (position.recovery.failures > 0) position.recovery = { ...position.recovery, failures: 0 };
        return true;
      };

      const told = (change: WatchChange<T>): readonly Event[] => {
        switch (change.type) {
          case 'OPENED':
            heardAt = now();
            position.succeeded();
            return [{ type: 'watching', resourceVersion }];
          case 'REJECTED':
            return rejected(change, cause());
          case 'BOOKMARK':
            position.behind = false;
            advance(change.object);
            return progressed();
          default: {
            const own = change.type === 'DELETED' ? store.remove(change.object, cause()) : store.apply(change.object, cause());
            return advance(change.object) && own.length === 0 ? progressed() : own;
          }
        }
      };
      const progressed = (): readonly Event[] => [{ type: 'progressed', resourceVersion: latest }];

      return concat(listerWatcher.watch({ resourceVersion, timeoutSeconds }).pipe(takeUntil(hangs$), flat(told)), defer(() => {
        const lasted = now() - startedAt;
        if (lasted < SHORTEST_WATCH) throw new ClusterCacheError('SHORT_WATCH', `the server ended the watch after ${Math.round(lasted)} ms`);
        if (lasted >= backoff.resetAfter) position.recovery = { ...position.recovery, failures: 0 };
        return EMPTY;
      }));
    };

    const afterFailure = (error: unknown, startedAt: number): Event => {
      const at = now();
      const { type: during } = position.task;
      const unreachable = revived$ !== undefined && error instanceof TransportError;
      const { delay, atLeast, ...remembered } = recoverFrom({
        at, unreachable,
        healthyFor: during === 'watch' ? at - startedAt : 0,
        expired: isGone(error),
        retryAfter: error instanceof StatusError ? error.retryAfter : undefined,
      }, position.recovery, backoff, random);
      position.recovery = remembered;
      position.behind = during === 'watch';
      position.failed(error);
      pause = { delay, atLeast };
      wake$ = unreachable ? revived$ : awake$;
      position.task = isNotFound(error) ? firstPage(position.synced ? 'vanished' : 'initial', true) : taskAfter(error, position.task);
      return isNotFound(error) ? { type: 'vanished', error, delay } : { type: 'interrupted', during, error, delay };
    };

    return defer(() => {
      pause = noPause;
      const startedAt = now();
      return defer(() => (position.task.type === 'list' ? list() : watch(position.task))).pipe(catchError((error: unknown) => of(afterFailure(error, startedAt))));
    }).pipe(repeat({ delay: () => pauseFor(pause, wake$, scheduler) }));
  });
}

const NOTHING: readonly never[] = Object.freeze([]);

const unhindered: NonNullable<ReflectorOptions['admit']> = (list) => list(() => {});

/** What to do after a failure: the same again, or a list where that cannot succeed. */
function taskAfter(error: unknown, task: Task): Task {
  if (task.type === 'watch') return isGone(error) ? firstPage('watchExpired', true) : task;
  return isGone(error) || (task.continue !== undefined && isFinal(error)) ? firstPage('pageExpired', false) : task;
}

/** Whether a page will fail again however often it is asked for with the same token. */
function isFinal(error: unknown): boolean {
  if (error instanceof StatusError) return error.statusCode >= 400 && error.statusCode < 500 && ![401, 403, 429].includes(error.statusCode);
  return error instanceof ClusterCacheError && error.code === 'ENDLESS_LIST';
}

/** An event without a version, or with an older one, does not set the watch back. */
function isProgress(version: string | undefined, latest: string): version is string {
  if (version === undefined || version === '') return false;
  const order = compareResourceVersions(version, latest);
  return order === undefined || order > 0;
}
