import { type Observable, Subject, filter, finalize, ignoreElements, takeUntil, tap } from 'rxjs';
import { nameOfKind } from '../client/cache-error.ts';
import { checkKind } from '../client/object-path.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { parseLabelSelector } from '../model/label-selector.ts';
import type { Logger } from '../model/logger.ts';
import type { ObjectChange, ObjectEvent } from '../model/object-event.ts';
import { formatKey } from '../model/object-key.ts';
import { type Check, checkOptions, having, optional, procedure, text, words } from '../model/option-check.ts';
import { isThenable } from '../model/thenable.ts';
import type { WatchHandle, Watcher } from '../model/watcher.ts';
import type { ClusterCaches } from './cluster-caches.ts';

interface Running {
  readonly handle: WatchHandle;
  /** Of what is watched. */
  readonly what: string;
}

/** The watches of each cluster, by their names. */
export class Watches {
  readonly #running = new Map<ClusterCaches, Map<string, Running>>();

  /**
   * The handle of the watch of that name, which `begin` subscribes where there is none. Throws a `ClusterCacheError` of code `WATCH_CONFLICT` where there is one of another
   * kind, namespace or selector.
   */
  add<T>(caches: ClusterCaches, watcher: Watcher<T>, logger: Logger, begin: (watch$: Observable<never>) => void): WatchHandle {
    const { name } = watcher;
    const what = describe(watcher);
    const known = this.#running.get(caches)?.get(name);
    if (known !== undefined) {
      if (known.what === what) return known.handle;
      throw new ClusterCacheError('WATCH_CONFLICT', `the watch ${JSON.stringify(name)} must be of one kind, namespace and selector; it is of ${known.what}, and ${what} is asked for`, { cluster: caches.cluster });
    }
    const stopped = new Subject<void>();
    const stop = (): void => stopped.next();
    const handle: WatchHandle = Object.freeze({ name, stop, [Symbol.dispose]: stop });
    // Kept first: it may be taken back by its own event handler, at the first object.
    this.#keep(caches, name, { handle, what });
    begin(watching(caches, watcher, logger).pipe(takeUntil(stopped), finalize(() => this.#drop(caches, name))));
    return handle;
  }

  #keep(caches: ClusterCaches, name: string, running: Running): void {
    const ofCluster = this.#running.get(caches) ?? new Map<string, Running>();
    this.#running.set(caches, ofCluster.set(name, running));
  }

  #drop(caches: ClusterCaches, name: string): void {
    const ofCluster = this.#running.get(caches);
    ofCluster?.delete(name);
    if (ofCluster?.size === 0) this.#running.delete(caches);
  }
}

/** Throws a TypeError for what is no watcher, a `SelectorError` for a selector that does not parse. */
export function checkWatcher<T>(watcher: Watcher<T>): void {
  checkOptions('watcher', watcher, {
    name: text, kind: (value) => (typeof value === 'object' && value !== null ? undefined : 'a kind, as defineKind makes it'),
    namespace: optional(words), labelSelector: optional(words), predicates: optional(procedures),
    eventHandler: procedure, queue: optional(having('a queue with next()', 'next')),
  });
  checkKind(watcher.kind);
  if (watcher.labelSelector !== undefined) parseLabelSelector(watcher.labelSelector);
}

const procedures: Check = (value) => (Array.isArray(value) && value.every((each) => typeof each === 'function') ? undefined : 'an array of functions');

function describe({ kind, namespace = '', labelSelector = '' }: Pick<Watcher<unknown>, 'kind' | 'namespace' | 'labelSelector'>): string {
  return [nameOfKind(kind), namespace === '' ? '' : ` in ${namespace}`, labelSelector === '' ? '' : ` with ${labelSelector}`].join('');
}

/** Tells the event handler, and the queue what that says. What a predicate, the event handler or the queue throws is logged, and the watch goes on. */
function watching<T>({ cluster, informers }: ClusterCaches, { name, kind, namespace, labelSelector, predicates = [], eventHandler, queue }: Watcher<T>, logger: Logger): Observable<never> {
  const told = async (change: ObjectChange<T & KubernetesObject>): Promise<void> => {
    try {
      if (!predicates.every((holds) => holds(change, cluster))) return;
      const requests = eventHandler(change, cluster) ?? [];
      for (const request of isThenable(requests) ? await requests : requests) queue?.next(request);
    } catch (error) {
      logger.error({ cluster: formatKey(cluster), watch: name, object: formatKey(change.key), event: change.type, err: error }, 'a watch could not deal with a change; it goes on with the next');
    }
  };
  return informers.of(kind).objects$({ namespace, labelSelector }).pipe(filter(isChange), tap((change) => { void told(change); }), ignoreElements());
}

function isChange<T>(event: ObjectEvent<T>): event is ObjectChange<T> {
  return event.type !== 'synced';
}
