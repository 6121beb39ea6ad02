/** Why the objects were listed: the first time, after the watch's resourceVersion or a page's continue token had expired, after the resource had vanished. */
export type ListCause = 'initial' | 'watchExpired' | 'pageExpired' | 'vanished';

/** How a change became known: by the first list, by the watch, by a later list that was compared with what was known. */
export type ChangeCause = 'initial' | 'watch' | 'relist';

export interface AppliedEvent<T> {
  readonly type: 'applied';
  /** `namespace/name`, or `name` where there is no namespace. */
  readonly key: string;
  readonly object: T;
  readonly cause: ChangeCause;
}

export interface DeletedEvent<T> {
  readonly type: 'deleted';
  readonly key: string;
  readonly uid: string;
  readonly cause: ChangeCause;
  /** The last state; absent where the delete was found out by a list, or by another object under the same name. */
  readonly object?: T;
}

/** What a reflector has to say: changes of objects, and how it fares. */
export type ReflectorEvent<T> =
  | AppliedEvent<T>
  | DeletedEvent<T>
  /** A list begins, or begins again. */
  | { readonly type: 'listing'; readonly cause: ListCause }
  /** A list is in, deletes included: all that was known at `resourceVersion` has been told. */
  | { readonly type: 'synced'; readonly cause: ListCause; readonly resourceVersion: string }
  /** A list or a watch failed, and is taken up again after `delay` ms. Nothing that was told is withdrawn. */
  | { readonly type: 'interrupted'; readonly during: 'list' | 'watch'; readonly error: unknown; readonly delay: number }
  /** The server does not serve the resource any more: time to discover again. Until unsubscribed, it is listed again after `delay` ms. */
  | { readonly type: 'vanished'; readonly error: unknown; readonly delay: number };
