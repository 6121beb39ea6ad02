/** The metadata that this library reads; whatever else the API server sends is kept. Times are RFC 3339 strings. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly unknown[];
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Any Kubernetes object, as plain JSON. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

declare const objectType: unique symbol;

/**
 * Names a kind of object and carries the TypeScript type of its objects: `defineKind<MyType>({ apiVersion, kind })`.
 * The plural and the scope are asked of each cluster.
 */
export interface Kind<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [objectType]?: T;
}

/** Makes a {@link Kind}. Throws a TypeError where apiVersion or kind is not a non-empty string. */
export function defineKind<T extends object = KubernetesObject>({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Kind<T> {
  for (const [field, value] of Object.entries({ apiVersion, kind })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`defineKind: ${field} must be a non-empty string, got ${JSON.stringify(value)}`);
  }
  return Object.freeze({ apiVersion, kind });
}

/** One list, or one page of it where `limit` was given. Objects are shared and read-only. */
export interface ObjectList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Present when more pages follow: hand it back as the option of the same name. */
  readonly continue?: string;
  /** Milliseconds since the store last heard from the cluster; only on stale reads. */
  readonly staleFor?: number;
}

/** What the API server answers instead of an object: `kind: Status`. */
export interface Status {
  readonly kind?: 'Status';
  readonly apiVersion?: string;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: { readonly name?: string; readonly group?: string; readonly kind?: string; readonly uid?: string; readonly retryAfterSeconds?: number; readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[] };
}

/** One line of a watch. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: KubernetesObject }
  | { readonly type: 'ERROR'; readonly object: Status };
