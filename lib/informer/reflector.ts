import { EMPTY, type Observable, type SchedulerLike, asyncScheduler, catchError, concat, defer, map, mergeMap, of, repeat, takeUntil, throwIfEmpty, timer } from 'rxjs';
import { StatusError, isGone, isNotFound } from '../kubernetes/status-error.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { KubernetesObject, ObjectList, WatchEvent } from '../model/kubernetes-object.ts';
import { formatKey, keyOf } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import { type BackoffPolicy, reflectorBackoff } from '../operators/backoff.ts';
import { clockOf } from '../operators/clock.ts';
import { type Pause, noPause, pauseFor } from '../operators/pause.ts';
import { KnownObjects } from './known-objects.ts';
import { type Recovery, noFailures, recoverFrom } from './recovery.ts';
import type { ChangeCause, ListCause, ReflectorEvent } from './reflector-event.ts';

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
type Task = ListTask | WatchTask;
/** `listed`: the keys of the pages so far, `resourceVersion`: of the first of them. */
interface ListTask { readonly type: 'list'; readonly cause: ListCause; readonly limit?: number; readonly continue?: string; readonly resourceVersion?: string; readonly listed: Set<string> }
interface WatchTask { readonly type: 'watch'; readonly resourceVersion: string }

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
  const now = clockOf(scheduler);
  return defer(() => {
    const known = new KnownObjects<T>(told);
    let task: Task = listing('initial', pageSize);
    let recovery: Recovery = noFailures;
    let pause: Pause = noPause;
    let synced = false;

    const list = (own: ListTask): Observable<ReflectorEvent<T>> => {
      const page$ = listerWatcher.list({ ...(own.limit === undefined ? {} : { limit: own.limit }), ...(own.continue === undefined ? {} : { continue: own.continue }) }).pipe(
        throwIfEmpty(() => new ClusterCacheError('EMPTY_LIST', 'the list ended without an answer')),
        mergeMap((page) => {
          const { events, next } = readPage(page, own, known, synced ? 'relist' : 'initial');
          task = next;
          synced ||= next.type === 'watch';
          return events;
        }),
      );
      return own.continue === undefined ? concat(of<ReflectorEvent<T>>({ type: 'listing', cause: own.cause }), page$) : page$;
    };

    const watch = ({ resourceVersion }: WatchTask): Observable<ReflectorEvent<T>> => {
      const timeoutSeconds = Math.floor(WATCH_TIMEOUT.from + random() * (WATCH_TIMEOUT.below - WATCH_TIMEOUT.from));
      const startedAt = now();
      let latest = resourceVersion;
      const hangs$ = timer(timeoutSeconds * 1000 + WATCH_GRACE, scheduler).pipe(map(() => {
        throw new ClusterCacheError('WATCH_HANGS', `the watch did not end ${WATCH_GRACE} ms after the ${timeoutSeconds} s that were asked for`);
      }));
      const changes$ = listerWatcher.watch({ resourceVersion, timeoutSeconds }).pipe(
        takeUntil(hangs$),
        mergeMap(({ type, object }) => {
          const version = object.metadata?.resourceVersion;
          if (isProgress(version, latest)) {
            latest = version;
            task = { type: 'watch', resourceVersion: version };
            recovery = { ...recovery, failures: 0 };
          }
          switch (type) {
            case 'ADDED': case 'MODIFIED': return known.apply(object, 'watch');
            case 'DELETED': return known.remove(object, 'watch');
            case 'BOOKMARK': return [];
          }
        }),
      );
      return concat(changes$, defer(() => {
        const lasted = now() - startedAt;
        if (lasted < SHORTEST_WATCH) throw new ClusterCacheError('SHORT_WATCH', `the server ended the watch after ${Math.round(lasted)} ms`);
        if (lasted >= backoff.resetAfter) recovery = { ...recovery, failures: 0 };
        return EMPTY;
      }));
    };

    const afterFailure = (error: unknown, startedAt: number): ReflectorEvent<T> => {
      const at = now();
      const { type: during } = task;
      const { delay, atLeast, ...remembered } = recoverFrom({
        at,
        healthyFor: during === 'watch' ? at - startedAt : 0,
        expired: isGone(error),
        retryAfter: error instanceof StatusError ? error.retryAfter : undefined,
      }, recovery, backoff, random);
      recovery = remembered;
      pause = { delay, atLeast };
      task = isNotFound(error) ? listing(synced ? 'vanished' : 'initial', pageSize) : taskAfter(error, task, pageSize);
      return isNotFound(error) ? { type: 'vanished', error, delay } : { type: 'interrupted', during, error, delay };
    };

    return defer(() => {
      pause = noPause;
      const startedAt = now();
      return defer(() => (task.type === 'list' ? list(task) : watch(task))).pipe(catchError((error: unknown) => of(afterFailure(error, startedAt))));
    }).pipe(repeat({ delay: () => pauseFor(pause, awake$, scheduler) }));
  });
}

const listing = (cause: ListCause, limit?: number): ListTask => ({ type: 'list', cause, ...(limit === undefined ? {} : { limit }), listed: new Set() });

/** What a page says that was not known, and what comes after it. */
function readPage<T extends KubernetesObject>(page: ObjectList<T>, own: ListTask, known: KnownObjects<T>, cause: ChangeCause): { readonly events: readonly ReflectorEvent<T>[]; readonly next: Task } {
  const keys = page.items.map((object) => formatKey(keyOf(object)));
  if (page.continue !== undefined && keys.every((key) => own.listed.has(key))) {
    throw new ClusterCacheError('ENDLESS_LIST', 'the server promises more of the list and brings nothing new');
  }
  for (const key of keys) own.listed.add(key);
  const events: ReflectorEvent<T>[] = page.items.flatMap((object) => known.apply(object, cause));
  // The first page's version is the oldest: what the watch then repeats is recognised, what it left out would be lost.
  const { resourceVersion = page.resourceVersion } = own;
  if (page.continue !== undefined) return { events, next: { ...own, continue: page.continue, resourceVersion } };
  events.push(...known.retain(own.listed, cause), { type: 'synced', cause: own.cause, resourceVersion });
  return { events, next: { type: 'watch', resourceVersion } };
}

/** What to do after a failure: the same again, or a list where that cannot succeed. */
function taskAfter(error: unknown, task: Task, pageSize: number): Task {
  if (task.type === 'watch') return isGone(error) ? listing('watchExpired', pageSize) : task;
  return isGone(error) || (task.continue !== undefined && isFinal(error)) ? listing('pageExpired') : task;
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
