import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';

/** An index of the objects of a kind, which lists by that kind may ask for. */
export interface CacheIndex<T = KubernetesObject> {
  readonly kind: Kind<T>;
  /** The name under which lists ask for it; a path of the object by convention, such as `spec.providerID`. */
  readonly field: string;
  /**
   * The values by which an object is found; `undefined` and `''` are none. Must depend on the object alone. One that throws is logged: its object is kept,
   * and not found by this index.
   */
  extractValue(object: T): string | readonly string[] | undefined;
}

/** What is kept of a kind, where that is not everything. */
export interface ByObject<T = KubernetesObject> {
  readonly kind: Kind<T>;
  /** Only these namespaces; of no meaning for a kind that is not in namespaces. Each has a list and a watch of its own. @default all */
  readonly namespaces?: readonly string[] | undefined;
  /** As kubectl's `-l`. @default everything */
  readonly labelSelector?: string | undefined;
  /** Of fields that the API server can select this kind by. @default everything */
  readonly fieldSelector?: string | undefined;
  /** What is kept of an object, instead of what `defaultTransform` makes of it. May change what it is given; see {@link CacheOptions.defaultTransform}. */
  transform?(object: T): T;
}

/** What is kept of the workload clusters, and for how long. */
export interface CacheOptions {
  /** ms after which every object is told again to those who follow it, though nothing changed; a tenth more or less, by chance. @default 10 h, as controller-runtime */
  readonly syncPeriod?: number | undefined;
  /** ms in which the indexed kinds of a cluster must be in before it counts as connected. @default 5 min, as Cluster API */
  readonly initialSyncTimeout?: number | undefined;
  /** ms for which a kind that nobody reads or follows any more is kept. @default 5 min: longer than most pauses between two reconciles */
  readonly linger?: number | undefined;
  /**
   * What is kept of an object; `stripManagedFields` is a ready one. Nobody else has the object yet, so that it may be changed. One that throws is logged, and its object
   * kept as the API server sent it. @default everything
   */
  readonly defaultTransform?: ((object: KubernetesObject) => KubernetesObject) | undefined;
  readonly byObject?: readonly ByObject[] | undefined;
  /** Kinds that have an index are kept from the connect on. @default none */
  readonly indexes?: readonly CacheIndex[] | undefined;
  /** Whether objects share the parts in which they are the same: half the memory for 15 µs an object. @default true */
  readonly shareParts?: boolean | undefined;
  /** Lists under way at once in the whole fleet. One without progress for 5 s goes on in a slower lane beside them. @default 8: with two, one core is busy; the others wait for the network */
  readonly maxConcurrentLists?: number | undefined;
}

/** Gives an index its type: `defineIndex<Pod>({ kind: Pod, field: 'spec.nodeName', extractValue: (pod) => pod.spec?.nodeName })`. */
export function defineIndex<T extends object>(index: CacheIndex<T>): CacheIndex<T> {
  return Object.freeze({ ...index });
}
