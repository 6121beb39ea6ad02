/** Why the objects were listed: the first time, after the watch's resourceVersion or a page's continue token had expired, after the resource had vanished. */
export type ListCause = 'initial' | 'watchExpired' | 'pageExpired' | 'vanished';

/** How a reflector fares. */
export type ReflectorProgress =
  /** A list begins, or begins again. */
  | { readonly type: 'listing'; readonly cause: ListCause }
  /** A list is in, deletes included: all that was known at `resourceVersion` has been told. */
  | { readonly type: 'synced'; readonly cause: ListCause; readonly resourceVersion: string }
  /** A watch is open: what happens from `resourceVersion` on will be told. */
  | { readonly type: 'watching'; readonly resourceVersion: string }
  /** All up to `resourceVersion` has been told; of what came since the last change, nothing was one. */
  | { readonly type: 'progressed'; readonly resourceVersion: string }
  /** A list or a watch failed, and is taken up again after `delay` ms, or as soon as the server can be reached where that is infinite. Nothing that was told is withdrawn. */
  | { readonly type: 'interrupted'; readonly during: 'list' | 'watch'; readonly error: unknown; readonly delay: number }
  /** The server does not serve the resource any more: time to discover again. Until unsubscribed, it is listed again after `delay` ms. */
  | { readonly type: 'vanished'; readonly error: unknown; readonly delay: number }
  /** An object could not be taken: it is larger than allowed. What was known of it, if it can be told which it is, is told as deleted. */
  | { readonly type: 'rejected'; readonly error: unknown };
