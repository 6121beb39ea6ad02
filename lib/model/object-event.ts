import type { ObjectKey } from './object-key.ts';

/**
 * How a change became known.
 *
 * - `initial`: by the first list of a cluster's objects.
 * - `watch`: by the watch, as it happened.
 * - `reconnect`: by a watch that was taken up again where it had been cut: it happened in between.
 * - `relist`: by a list that was compared with what was known, or because another cluster is now behind the name.
 * - `resync`: nothing changed; the object is told again.
 * - `removed`: the cluster was removed, and its objects with it.
 */
export type EventCause = 'initial' | 'watch' | 'reconnect' | 'relist' | 'resync' | 'removed';

interface Change<T> {
  /** The namespace is `''` for what is cluster-scoped. */
  readonly key: ObjectKey;
  readonly object: T;
  readonly cause: EventCause;
}

/** An object is there that was not: a new one, or one that was not known (or not selected) before. */
export interface AddedEvent<T> extends Change<T> { readonly type: 'added' }

/** An object is another than it was. `previous` is the state that was told last. */
export interface UpdatedEvent<T> extends Change<T> { readonly type: 'updated'; readonly previous: T }

/** An object is gone, or no longer selected. `object` is its last state, as far as it is known. */
export interface DeletedEvent<T> extends Change<T> { readonly type: 'deleted' }

/** What happened to one object. */
export type ObjectChange<T> = AddedEvent<T> | UpdatedEvent<T> | DeletedEvent<T>;

/** All objects of one moment of the cluster have been told, which its `resourceVersion` names. */
export interface SyncedEvent { readonly type: 'synced'; readonly resourceVersion: string }

/** What a subscriber to objects is told. Fold the changes by their `key` to have what there is. */
export type ObjectEvent<T> = ObjectChange<T> | SyncedEvent;
