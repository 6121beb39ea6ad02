import type { Observable, SchedulerLike } from 'rxjs';
import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { Logger } from '../model/logger.ts';
import type { ObjectChange, ObjectEvent } from '../model/object-event.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { Request } from '../model/request.ts';
import type { Requests } from '../model/watcher.ts';

/** The objects of the management cluster, as its manager keeps them: as `objects$` of a cluster cache, without the cluster's key. */
export interface ManagementObjects {
  objects$<T extends object>(kind: Kind<T>, options?: ObjectsSelection): Observable<ObjectEvent<T>>;
}

/** What a controller hands to the sources that it starts. */
export interface SourceContext {
  /** For log records. */
  readonly controllerName: string;
  /** The cache of the management cluster, where there is one. */
  readonly management?: ManagementObjects | undefined;
  /** Takes what a handler, a mapper or a predicate throws; must not throw itself. */
  readonly logger: Logger;
  readonly scheduler: SchedulerLike;
}

/** What a source tells its controller: a request for the queue, or that what there was at the beginning has been told. */
export type SourceEvent =
  | { readonly type: 'request'; readonly request: Request; /** Higher first. @default 0 */ readonly priority?: number }
  | { readonly type: 'synced' };

/** Where a controller's requests come from: controller-runtime's `source.Source`. */
export interface EventSource {
  /** What it is called in log records. */
  readonly name: string;
  /** The states of the workload clusters that it is of, where it is of some: by them its controller knows when what it has parked can go on. */
  readonly connections$?: Observable<ConnectionState> | undefined;
  /**
   * What it tells from now on. Cold: nothing is followed before it is subscribed, and nothing after it is left. `synced` comes once, with the first requests before
   * it where the source has objects to list. Never errors for what a handler or predicate throws; completes when what it follows does. Throws a `ClusterCacheError` of
   * code `SOURCE_STARTED` the second time: a source belongs to one controller.
   */
  start(context: SourceContext): Observable<SourceEvent>;
}

/** What a controller takes as a source: a plain Observable, such as a cluster cache's `getClusterSource`, is one that has nothing to wait for. */
export type ControllerSource = EventSource | Observable<Request>;

/**
 * Tells what a controller should look at because of a change. `cluster` is the workload cluster of the object, `undefined` where it is the management cluster's.
 * Can be handed to `clusters.watch()` as well. One that throws or rejects is logged with the object's key, and its source goes on.
 */
export type ObjectHandler<T> = (change: ObjectChange<T>, cluster?: ObjectKey) => Requests;

/** Whether a change matters to a controller; must depend on its arguments alone. One that throws is logged with the object's key, and its change passed over. */
export type ObjectPredicate<T> = (change: ObjectChange<T>, cluster?: ObjectKey) => boolean;

/** The priority of what only says that an object is there: of a first list, and of a resync. Below what has changed: a restart does not delay what happens. As controller-runtime. */
export const LOW_PRIORITY = -100;
