import { EMPTY, type Observable, type SchedulerLike, asyncScheduler, catchError, concat, defer, map, mergeMap, of, repeat, takeUntil, throwIfEmpty, timer } from 'rxjs';
import { StatusError, isGone, isNotFound } from '../kubernetes/status-error.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type KubernetesObject, type ObjectList, type WatchEvent } from '../model/kubernetes-object.ts';
import { formatKey, keyOf } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import { type BackoffPolicy, reflectorBackoff } from '../operators/backoff.ts';
import { type Pause, noPause, pauseFor } from '../operators/pause.ts';
import { KnownObjects } from './known-objects.ts';
import { type Recovery, noFailures, recoverFrom } from './recovery.ts';
import { type ListCause, type ReflectorEvent } from './reflector-event.ts';

/** How a reflector reads one resource. Each call is cold: subscribing sends, unsubscribing takes back. Errors of the server are `StatusError`s. */
export interface ListerWatcher<T> {
  /** One page, the whole list where `limit` is absent; emits once and completes. Without `resourceVersion`: the most recent state. */
  list(options: { readonly limit?: number; readonly continue?: string; readonly resourceVersion?: string; readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact' }): Observable<ObjectList<T>>;
  /** What changed since, bookmarks included. Completes when the server ends it cleanly; errors otherwise, an ERROR event included. */
  watch(options: { readonly resourceVersion: string; readonly timeoutSeconds: number }): Observable<WatchChange<T>>;
}

/** A line of a watch that is no error. */
export type WatchChange<T> = Exclude<WatchEvent<T>, { type: 'ERROR' }>;

export interface ReflectorOptions {
  /** Objects a page. @default 500, as client-go: about 70 ms of one core for pods */
  readonly pageSize?: number;
  /** @default as client-go's reflector */
  readonly backoff?: BackoffPolicy;
  /** Something says that the server can be reached: a wait after a failure ends early, though not before the policy's initial wait or a Retry-After. */
  readonly awake$?: Observable<unknown>;
  /** Key and uid of objects that an earlier reflector told: those that are gone are told as deleted, those that are there as applied. */
  readonly known?: Iterable<readonly [key: string, uid: string]>;
  /** Spreads watches and waits; in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** Bounds of the drawn `timeoutSeconds` of a watch, as client-go: long enough to be rare, short enough to rebalance servers. s */
const WATCH_TIMEOUT = { from: 300, below: 600 };
/** A watch that the server has not ended this long after its `timeoutSeconds` hangs. More than waiting for a token and a dial can take. ms */
const WATCH_GRACE = 30_000;
/** A watch that ends sooner has failed, whatever it delivered: a server that ends each at once would be asked as fast as it can answer. client-go's figure. ms */
const SHORTEST_WATCH = 1_000;

/** What a reflector does next. */
type Task =
  | { readonly type: 'list'; readonly cause: ListCause; readonly limit?: number; readonly continue?: string; readonly resourceVersion?: string; readonly listed: Set<string> }
  | { readonly type: 'watch'; resourceVersion: string };

/**
 * Lists a resource, watches it, and goes on: the changes of its objects in the order in which the server told them, none twice, none left
 * out that still matters, and how the reflector fares. Emits `listing` first.
 *
 * Every first page is listed without a resourceVersion, which is the most recent state (a cached one, `resourceVersion=0`, may be
 * older than what was told, and comes in one body whatever the limit). A watch that fails, however it fails, is taken up at the last resourceVersion
 * that an event or a bookmark gave; a page that fails is asked for again. Only what has expired (410) is listed again, compared with what was told.
 * A continue token that expired begins a list that is not paged: the rest that the server offers is of another moment.
 *
 * Cold, a reflector for each subscriber; never errors, never completes; unsubscribing ends its request or its wait at once.
 */
export function reflect<T extends KubernetesObject>(listerWatcher: ListerWatcher<T>, options: ReflectorOptions = {}): Observable<ReflectorEvent<T>> {
  const { pageSize = 500, backoff = reflectorBackoff, awake$ = EMPTY, known: told, random = Math.random, scheduler = asyncScheduler } = options;
  return defer(() => {
    const known = new KnownObjects<T>(told);
    let task: Task = listing('initial', pageSize);
    let recovery: Recovery = noFailures;
    let pause: Pause = noPause;
    let synced = false;

    const list = (own: Extract<Task, { type: 'list' }>): Observable<ReflectorEvent<T>> => {
      const { cause, limit, listed } = own;
      const page$ = listerWatcher.list({ ...(limit === undefined ? {} : { limit }), ...(own.continue === undefined ? {} : { continue: own.continue }) }).pipe(
        throwIfEmpty(() => new ClusterCacheError('EMPTY_LIST', 'the list ended without an answer')),
        mergeMap((page): readonly ReflectorEvent<T>[] => {
          const changeCause = synced ? 'relist' : 'initial';
          const before = listed.size;
          const events: ReflectorEvent<T>[] = [];
          for (const object of page.items) {
            listed.add(formatKey(keyOf(object)));
            events.push(...known.apply(object, changeCause));
          }
          if (page.continue !== undefined && listed.size === before) {
            throw new ClusterCacheError('ENDLESS_LIST', 'the server promises more of the list and brings nothing new');
          }
          // The first page's version is the oldest: what the watch then repeats is recognised, what it left out would be lost.
          const resourceVersion = own.resourceVersion ?? page.resourceVersion;
          if (page.continue !== undefined) {
            task = { ...own, continue: page.continue, resourceVersion };
            return events;
          }
          events.push(...known.retain(listed, changeCause), { type: 'synced', cause, resourceVersion });
          task = { type: 'watch', resourceVersion };
          synced = true;
          return events;
        }),
      );
      return own.continue === undefined ? concat(of<ReflectorEvent<T>>({ type: 'listing', cause }), page$) : page$;
    };

    const watch = (own: Extract<Task, { type: 'watch' }>): Observable<ReflectorEvent<T>> => {
      const timeoutSeconds = Math.floor(WATCH_TIMEOUT.from + random() * (WATCH_TIMEOUT.below - WATCH_TIMEOUT.from));
      const startedAt = scheduler.now();
      const hangs$ = timer(timeoutSeconds * 1000 + WATCH_GRACE, scheduler).pipe(map(() => {
        throw new ClusterCacheError('WATCH_HANGS', `the watch did not end ${WATCH_GRACE} ms after the ${timeoutSeconds} s that were asked for`);
      }));
      const changes$ = listerWatcher.watch({ resourceVersion: own.resourceVersion, timeoutSeconds }).pipe(
        takeUntil(hangs$),
        mergeMap(({ type, object }) => {
          own.resourceVersion = later(own.resourceVersion, object.metadata?.resourceVersion);
          switch (type) {
            case 'ADDED': case 'MODIFIED': return known.apply(object, 'watch');
            case 'DELETED': return known.remove(object, 'watch');
            case 'BOOKMARK': return [];
          }
        }),
      );
      return concat(changes$, defer(() => {
        const lasted = scheduler.now() - startedAt;
        if (lasted < SHORTEST_WATCH) throw new ClusterCacheError('SHORT_WATCH', `the server ended the watch after ${lasted} ms`);
        if (lasted >= backoff.resetAfter) recovery = { ...recovery, failures: 0 };
        return EMPTY;
      }));
    };

    const afterFailure = (error: unknown, startedAt: number): ReflectorEvent<T> => {
      const at = scheduler.now();
      const expired = isGone(error);
      const { delay, atLeast, ...remembered } = recoverFrom({
        at,
        healthyFor: task.type === 'watch' ? at - startedAt : 0,
        expired,
        retryAfter: error instanceof StatusError ? error.retryAfter : undefined,
      }, recovery, backoff, random);
      recovery = remembered;
      pause = { delay, atLeast };
      const during = task.type;
      const vanished = isNotFound(error);
      if (vanished) task = listing(synced ? 'vanished' : 'initial', pageSize);
      else if (task.type === 'watch' && expired) task = listing('watchExpired', pageSize);
      else if (task.type === 'list' && (expired || (task.continue !== undefined && isFinal(error)))) task = listing('pageExpired');
      return vanished ? { type: 'vanished', error, delay } : { type: 'interrupted', during, error, delay };
    };

    return defer(() => {
      pause = noPause;
      const startedAt = scheduler.now();
      return defer(() => (task.type === 'list' ? list(task) : watch(task))).pipe(catchError((error: unknown) => of(afterFailure(error, startedAt))));
    }).pipe(repeat({ delay: () => pauseFor(pause, awake$, scheduler) }));
  });
}

const listing = (cause: ListCause, limit?: number): Task => ({ type: 'list', cause, ...(limit === undefined ? {} : { limit }), listed: new Set() });

/** Whether a page will fail again however often it is asked for with the same token. */
function isFinal(error: unknown): boolean {
  if (error instanceof StatusError) return error.statusCode >= 400 && error.statusCode < 500 && ![401, 403, 429].includes(error.statusCode);
  return error instanceof ClusterCacheError && error.code === 'ENDLESS_LIST';
}

/** An event without a version, or with an older one, does not set the watch back. */
function later(current: string, candidate: string | undefined): string {
  if (candidate === undefined || candidate === '') return current;
  const order = compareResourceVersions(candidate, current);
  return order !== undefined && order <= 0 ? current : candidate;
}
