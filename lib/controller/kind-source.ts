import { Observable } from 'rxjs';
import { nameOfKind } from '../client/cache-error.ts';
import type { ClusterCache } from '../cluster-cache/cluster-cache.ts';
import { checkObjects } from '../cluster-cache/object-streams.ts';
import { Conflation } from '../informer/conflation.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectChange, ObjectEvent } from '../model/object-event.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { type Check, checkOptions, having, optional, procedure, words } from '../model/option-check.ts';
import { Handling } from './handling.ts';
import { type EventSource, LOW_PRIORITY, type ManagementObjects, type ObjectHandler, type ObjectPredicate, type SourceContext, type SourceEvent } from './source.ts';
import { startedOnce } from './started-once.ts';

/** Whose objects a source follows, and which of them. */
export interface KindSourceOptions extends ObjectsSelection {
  /** A cluster cache: the objects are those of its workload clusters. @default those of the management cluster */
  readonly clusters?: (Pick<ClusterCache, 'objects$' | 'fleetObjects$'> & Partial<Pick<ClusterCache, 'connections$'>>) | undefined;
  /** The one workload cluster that is meant. @default all that `clusters` knows */
  readonly cluster?: ObjectKey | undefined;
}

/** A change, with the workload cluster where it is one of a fleet. */
type Told<T> = ObjectChange<T> & { readonly cluster?: ObjectKey };

/**
 * The objects of a kind as a source: every object that is there, then every change, over every outage and reconnect. What all predicates let pass the handler makes requests of;
 * those of a first list and of a resync have the priority {@link LOW_PRIORITY}. A handler that returns promises has at most one for each object at a time, and a
 * hundred at all; what changes meanwhile is handed to it as one change. controller-runtime's `source.Kind`.
 *
 * Synced when the management cluster's objects have been listed; at once where the objects are those of workload clusters, for one that is down must not keep a controller from its
 * work. Errors as the objects do, which those of this library never do. Starting it throws a `ClusterCacheError` of code `NO_MANAGEMENT_CACHE` where it needs the management cluster's
 * cache and there is none. Throws a TypeError for arguments that are none, a `SelectorError` for a selector that does not parse.
 */
export function kindSource<T extends object>(
  kind: Kind<T>,
  handler: ObjectHandler<NoInfer<T>>,
  predicates: ObjectPredicate<NoInfer<T>> | readonly ObjectPredicate<NoInfer<T>>[] = [],
  options: KindSourceOptions = {},
): EventSource {
  checkOptions('options', options, {
    clusters: optional(having('a cluster cache', 'objects$', 'fleetObjects$')), cluster: optional(clusterKey), namespace: optional(words), labelSelector: optional(words),
  });
  const { clusters, cluster, namespace, labelSelector } = options;
  checkObjects(kind, { namespace, labelSelector });
  const holding = typeof predicates === 'function' ? [predicates] : predicates;
  checkOptions('kindSource', { handler, predicates: holding }, { handler: procedure, predicates: functions });
  if (cluster !== undefined && clusters === undefined) throw new TypeError('options.clusters must be a cluster cache where options.cluster is given; got undefined');

  const name = nameOf(kind, options);
  return startedOnce({ name, connections$: clusters?.connections$ }, (context) => {
    const isListed = clusters === undefined;
    return following({ name, context, handler, predicates: holding, cluster, isListed, objects$: objectsOf(kind, options, context.management, name) });
  });
}

function objectsOf<T extends object>(
  kind: Kind<T>, { clusters, cluster, namespace, labelSelector }: KindSourceOptions, management: ManagementObjects | undefined, name: string,
): Observable<ObjectEvent<T>> {
  const selection = { namespace, labelSelector };
  if (clusters !== undefined) return cluster === undefined ? clusters.fleetObjects$(kind, selection) : clusters.objects$(cluster, kind, selection);
  if (management !== undefined) return management.objects$(kind, selection);
  throw new ClusterCacheError('NO_MANAGEMENT_CACHE', `the source of ${name} needs the management cluster's cache: add its controller to a Manager, or give the source options.clusters`);
}

function following<T extends object>({ name, context: { controllerName, logger }, handler, predicates, cluster, isListed, objects$ }: {
  readonly name: string;
  readonly context: SourceContext;
  readonly handler: ObjectHandler<T>;
  readonly predicates: readonly ObjectPredicate<T>[];
  readonly cluster: ObjectKey | undefined;
  /** Whether `synced` waits for the first list. */
  readonly isListed: boolean;
  readonly objects$: Observable<ObjectEvent<T>>;
}): Observable<SourceEvent> {
  const clusterOf = (change: Told<T>): ObjectKey | undefined => change.cluster ?? cluster;
  const failed = (error: unknown, change: Told<T>): void => {
    const of = clusterOf(change);
    logger.error({ controller: controllerName, source: name, ...(of !== undefined && { cluster: formatKey(of) }), object: formatKey(change.key), event: change.type, err: error },
      'a source could not deal with a change; it goes on with the next');
  };
  const matters = (change: Told<T>): boolean => {
    try {
      return predicates.every((holds) => holds(change, clusterOf(change)));
    } catch (error) {
      failed(error, change);
      return false;
    }
  };

  return new Observable<SourceEvent>((subscriber) => {
    let isSynced = !isListed;
    const handling = new Handling<Told<T>>({
      handle: (change) => handler(change, clusterOf(change)),
      idOf: (change) => `${formatKey(clusterOf(change) ?? { name: '' })}//${formatKey(change.key)}`,
      waiting: () => new Conflation<T>(), // which keeps the cluster of what it puts together
      tell: (request, priority) => subscriber.next({ type: 'request', request, priority }),
      failed,
    });
    subscriber.add(() => handling.close());
    if (isSynced) subscriber.next(SYNCED);
    subscriber.add(objects$.subscribe({
      next: (event) => {
        if (subscriber.closed) return; // left while what there was is told in one go
        if (event.type !== 'synced') {
          if (matters(event)) handling.take(event, event.cause === 'initial' || event.cause === 'resync' ? LOW_PRIORITY : 0);
        } else if (!isSynced) {
          isSynced = true;
          subscriber.next(SYNCED);
        }
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => handling.idle(() => subscriber.complete()),
    }));
  });
}

const SYNCED: SourceEvent = Object.freeze({ type: 'synced' });

const functions: Check = (value) => (Array.isArray(value) && value.every((each) => typeof each === 'function') ? undefined : 'a function or an array of functions');

const clusterKey: Check = (value) => {
  const { namespace, name } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Record<keyof ObjectKey, unknown>>;
  return typeof namespace === 'string' && typeof name === 'string' ? undefined : 'an object with a namespace and a name';
};

function nameOf(kind: Kind<unknown>, { clusters, cluster }: KindSourceOptions): string {
  const whose = clusters === undefined ? '' : cluster === undefined ? ' of all workload clusters' : ` of ${formatKey(cluster)}`;
  return `${nameOfKind(kind)}${whose}`;
}
