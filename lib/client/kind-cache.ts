import type { Observable } from 'rxjs';
import type { ApiResource } from '../kubernetes/rest-client.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';

/** One object that is kept. */
export interface KindEntry<T> {
  readonly key: ObjectKey;
  readonly object: T;
  readonly uid: string;
}

/** The objects of one kind as they are kept, to read. In the order of the API server. */
export interface KindStore<T> {
  get(namespace: string, name: string): T | undefined;
  list(namespace?: string): T[];
  entries(namespace?: string): Iterable<KindEntry<T>>;
  indexed(field: string, value: string): Iterable<KindEntry<T>>;
  hasIndex(field: string): boolean;
  entry(namespace: string, name: string): KindEntry<T> | undefined;
}

/** What is kept of one kind of one cluster, as far as a client asks it. */
export interface KindCache<T> {
  readonly kind: Kind<T>;
  readonly store: KindStore<T>;
  /** How the cluster serves it, as soon as that is known. */
  readonly resource: ApiResource | undefined;
  /** Whether it is being read from the cluster. What begins to be is listed first, in its most recent state. */
  readonly runs: boolean;
  /** Whether all objects of one moment are in. */
  readonly synced: boolean;
  /** ms since it last heard of its objects from the cluster. */
  readonly age: number | undefined;
  /** What went wrong last. */
  readonly failure: unknown;
  /** Of which cluster the objects are. */
  readonly cluster: unknown;
  /** Whether objects of this namespace, and with these labels where that is asked, are kept where there are any. */
  keeps(namespace: string, labels?: Readonly<Record<string, string>>): boolean;
  /** All up to here is in the store. */
  resourceVersion(namespace?: string): string | undefined;
  /** It is being read, and worth to be kept. */
  read(): void;
  /** Emits once when it is synced; completes without where the cluster goes; errors with a 404 where the kind is not served. */
  whenSynced(): Observable<unknown>;
  /** Emits once when that holds, asked now and after each step of what is kept; completes without where the cluster goes. */
  when(holds: () => boolean): Observable<unknown>;
}
