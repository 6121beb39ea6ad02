import type { Observable, SchedulerLike } from 'rxjs';
import type { RestClient } from '../kubernetes/rest-client.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { IndexDefinition } from './object-index.ts';
import type { ReflectorProgress } from './reflector-event.ts';
import type { ReflectorOptions } from './reflector.ts';
import type { ServedProgress } from './served-reflector.ts';

/** Where an informer reads from now. `cluster` is the same for all connections to one cluster, and another for another. */
export interface InformerSource {
  readonly rest: RestClient;
  readonly cluster: unknown;
}

export interface InformerOptions<T> {
  readonly kind: Kind<T>;
  /** The connection of the moment, at once and whenever it changes; `undefined` while there is none. Completes when the cluster is gone. */
  readonly source$: Observable<InformerSource | undefined>;
  readonly namespaces?: readonly string[] | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly indexes: readonly IndexDefinition<T>[];
  /** Makes, for a new store, what makes of an object what is kept, given what it made of the state before. Neither may throw. */
  readonly preparation: () => (object: T, before?: T) => T;
  readonly onIndexFailure: (field: string, object: T, error: unknown) => void;
  /** Something says that the cluster can be reached: waits after failures end early. */
  readonly awake$: Observable<unknown>;
  /** Told how reading goes. Must not throw. */
  readonly observe: (event: InformerProgress) => void;
  readonly admit: NonNullable<ReflectorOptions['admit']>;
  /** ms */
  readonly syncPeriod: number;
  readonly linger: number;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** How an informer fares. */
export type InformerProgress = ReflectorProgress | ServedProgress
  /** There is no connection. */
  | { readonly type: 'offline' };
