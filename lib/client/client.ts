import type { Kind, KubernetesObject, ObjectList } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';

/** What every call takes. */
export interface CallOptions {
  /**
   * Gives the call up: it rejects with the signal's reason, and the request is taken back. A server that already has it may act on it all the same.
   */
  readonly signal?: AbortSignal | undefined;
  /** ms for each request of the call; waiting for the rate limiter is not counted. @default the client's timeout */
  readonly timeout?: number | undefined;
}

/** Options of {@link Reader.get}. */
export interface GetOptions extends CallOptions {
  /** `'0'`: whatever the API server has at hand; another one: at least as new as it. @default the latest, read through */
  readonly resourceVersion?: string | undefined;
  /** From memory also while the cluster is not connected; of a cached kind, and of the same cluster as before. @default false */
  readonly stale?: boolean | undefined;
}

/** Which objects of a kind are meant. All that are given must hold. */
export interface ObjectSelection {
  /** @default all namespaces */
  readonly namespace?: string | undefined;
  /** As kubectl's `-l`: `app=web,tier!=cache,track in (a,b)`. */
  readonly labelSelector?: string | undefined;
  /** `spec.nodeName=a`: the API server decides which fields of a kind it can select by, and answers 400 to others. */
  readonly fieldSelector?: string | undefined;
}

/** Options of {@link Reader.list}. */
export interface ListOptions extends CallOptions, ObjectSelection {
  /**
   * Asks for one page of at most so many objects; the list's `continue`, where it has one, begins the next. A whole number, 1 or more.
   * @default everything, page by page
   */
  readonly limit?: number | undefined;
  /** Where the last page ended. Selection and limit must be those of the first page. Too old a one is a 410: begin again. */
  readonly continue?: string | undefined;
  /** @default the latest, read through */
  readonly resourceVersion?: string | undefined;
  /** How `resourceVersion` is meant. `Exact` is for live reads. */
  readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact' | undefined;
  /** Only objects with this value in a declared index; of a cached kind. */
  readonly index?: { readonly field: string; readonly value: string } | undefined;
  /** From memory also while the cluster is not connected; of a cached kind, and of the same cluster as before. The list says by `staleFor` how old it is. @default false */
  readonly stale?: boolean | undefined;
}

/** Options of {@link Reader.observed}. */
export interface ObservedOptions extends CallOptions {
  /** Only what is kept of this namespace must be as new. @default of all */
  readonly namespace?: string | undefined;
}

/** What every write takes. */
export interface WriteOptions extends CallOptions {
  /** Everything is checked and nothing is stored. @default false */
  readonly dryRun?: boolean | undefined;
}

/** Options of {@link Client.create}. */
export interface CreateOptions extends WriteOptions {
  /** Who owns the fields that are written, at most 128 characters. @default the server takes it from the user agent */
  readonly fieldManager?: string | undefined;
  /** What is done about fields that the kind does not have. @default the server's: 'Warn' */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
}

/** Options of {@link Client.update}. */
export interface UpdateOptions extends CreateOptions {}

/**
 * Options of {@link Client.patch}; `type` says what the patch is.
 *
 * - `merge`: RFC 7386; null removes, arrays are replaced. Fits every kind.
 * - `json`: RFC 6902, an array of operations.
 * - `strategic`: as `merge`, but lists of built-in kinds are merged by their keys. A CustomResource has none: 415.
 * - `apply`: server-side apply of the fields that `fieldManager` wants; creates the object where there is none. `force` takes fields over
 *   that others own, which is a 409 without it.
 */
export type PatchOptions = CreateOptions & (
  | { readonly type: 'merge' | 'json' | 'strategic' }
  | { readonly type: 'apply'; readonly fieldManager: string; readonly force?: boolean | undefined }
);

/** Options of {@link Client.delete}. */
export interface DeleteOptions extends WriteOptions {
  /** Deletes it only if it still is this one; anything else is a 409. */
  readonly preconditions?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined } | undefined;
  /** What becomes of the objects that it owns. @default the kind's: mostly 'Background' */
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground' | undefined;
  /** Seconds that it is given to end, a whole number; 0: at once. @default the kind's: 30 for a Pod */
  readonly gracePeriodSeconds?: number | undefined;
}

/** Options of {@link Client.deleteAllOf}. */
export interface DeleteAllOfOptions extends Omit<DeleteOptions, 'preconditions'>, ObjectSelection {
  /** Required for a namespaced kind: an API server deletes in one namespace at a time. */
  readonly namespace?: string | undefined;
}

/** What may be written of a kind: its type; of a kind without a type of its own, any fields. */
export type Writable<T> = keyof T extends keyof KubernetesObject ? T & { readonly [field: string]: unknown } : T;

/**
 * Reads objects of one cluster: live, or from what is kept of them in memory. Objects are plain JSON as the API server sent it: dates are strings, unknown fields are kept. They are
 * read-only and shared: what a caller changes, all others see changed.
 *
 * A call rejects with a `StatusError` where the API server says no, with a `TransportError` where no answer came, with a
 * `ClusterNotConnectedError` after the connection that it belongs to has ended, and with a `TypeError` that names the field, what was expected and
 * what came where an argument is wrong; nothing is sent then.
 */
export interface Reader {
  /** One object. The namespace is left out (or empty) for a cluster-scoped kind, and required for a namespaced one. */
  get<T>(kind: Kind<T>, key: ObjectName, options?: GetOptions): Promise<T>;
  /**
   * The objects of a kind, in the order of the API server. Without a `limit` it is complete and consistent: one moment of the cluster,
   * whose resourceVersion is the list's.
   */
  list<T>(kind: Kind<T>, options?: ListOptions): Promise<ObjectList<T>>;
  /**
   * Resolves when what is kept of a kind is as new as `resourceVersion`, by the first event or bookmark at or past it (a bookmark comes once a minute). Rejects with
   * code `NOT_OBSERVED` after `timeout`, and with code `NOT_CACHED` at once where the kind is read live.
   */
  observed(kind: Kind<unknown>, resourceVersion: string, options?: ObservedOptions): Promise<void>;
}

/**
 * Reads and writes objects of one cluster. Writes resolve to the object as it is stored then. What is given is never changed.
 *
 * Nothing is tried twice that a server may have acted on: a write whose answer was lost rejects with a `TransportError` whose
 * `outcomeUnknown` is true. A 429 that says when to come back is obeyed where that is within the timeout.
 */
export interface Client extends Reader {
  /** Creates an object, named by `metadata.name` or by the server from `metadata.generateName`. apiVersion and kind may be left out. */
  create<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: CreateOptions): Promise<T>;
  /** Replaces an object. With `metadata.resourceVersion` only if nobody else has written since: 409 (`isConflict`); without, unconditionally. */
  update<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: UpdateOptions): Promise<T>;
  /** Changes parts of an object; `options.type` says what `patch` is. */
  patch<T>(kind: Kind<T>, key: ObjectName, patch: object, options: PatchOptions): Promise<T>;
  /** Deletes an object, or marks it for deletion where it has finalizers. One that is not there is a 404 (`isNotFound`). */
  delete<T>(kind: Kind<T>, key: ObjectName, options?: DeleteOptions): Promise<void>;
  /** Deletes all objects of a kind that are selected; none is no error. */
  deleteAllOf<T>(kind: Kind<T>, options?: DeleteAllOfOptions): Promise<void>;
  /** The status subresource, which `update` and `patch` leave alone. A 404 where the kind has none. */
  readonly status: StatusClient;
}

/** Writes the status of objects, and nothing else of them. */
export interface StatusClient {
  /** Replaces the status by the object's; as {@link Client.update} otherwise. */
  update<T>(kind: Kind<T>, object: Writable<NoInfer<T>>, options?: UpdateOptions): Promise<T>;
  /** Changes parts of the status; the patch is one of the whole object: `{ status: { … } }`. */
  patch<T>(kind: Kind<T>, key: ObjectName, patch: object, options: PatchOptions): Promise<T>;
}
