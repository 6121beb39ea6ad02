import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { parseLabelSelector } from '../model/label-selector.ts';
import type { AddedEvent, DeletedEvent, ObjectChange, UpdatedEvent } from '../model/object-event.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { checkOptions, optional, procedure } from '../model/option-check.ts';
import type { ObjectPredicate } from './source.ts';

/** One test for each type of change; what has none passes. controller-runtime's `predicate.Funcs`. */
export interface PredicateFuncs<T> {
  readonly added?: ((change: AddedEvent<T>, cluster?: ObjectKey) => boolean) | undefined;
  readonly updated?: ((change: UpdatedEvent<T>, cluster?: ObjectKey) => boolean) | undefined;
  readonly deleted?: ((change: DeletedEvent<T>, cluster?: ObjectKey) => boolean) | undefined;
}

/** A predicate of one test for each type of change. Throws a TypeError for what is no test. controller-runtime's `predicate.Funcs`. */
export function predicateFuncs<T = KubernetesObject>(tests: PredicateFuncs<T>): ObjectPredicate<T> {
  checkOptions('tests', tests, { added: optional(procedure), updated: optional(procedure), deleted: optional(procedure) });
  const { added = always, updated = always, deleted = always } = tests;
  return (change, cluster) => {
    switch (change.type) {
      case 'added': return added(change, cluster);
      case 'updated': return updated(change, cluster);
      case 'deleted': return deleted(change, cluster);
    }
  };
}

/** Changes whose object passes a test; of an update the one after it. controller-runtime's `predicate.NewPredicateFuncs`. */
export function objectPredicate<T = KubernetesObject>(test: (object: T) => boolean): ObjectPredicate<T> {
  checkOptions('objectPredicate', { test }, { test: procedure });
  return ({ object }) => test(object);
}

/** Changes that all predicates let pass; without any, everything. controller-runtime's `predicate.And`. */
export function and<T = KubernetesObject>(...predicates: readonly ObjectPredicate<T>[]): ObjectPredicate<T> {
  checkPredicates('and', predicates);
  return (change, cluster) => predicates.every((holds) => holds(change, cluster));
}

/** Changes that one of the predicates lets pass; without any, nothing. controller-runtime's `predicate.Or`. */
export function or<T = KubernetesObject>(...predicates: readonly ObjectPredicate<T>[]): ObjectPredicate<T> {
  checkPredicates('or', predicates);
  return (change, cluster) => predicates.some((holds) => holds(change, cluster));
}

/** Changes that a predicate does not let pass. controller-runtime's `predicate.Not`. */
export function not<T = KubernetesObject>(predicate: ObjectPredicate<T>): ObjectPredicate<T> {
  checkPredicates('not', [predicate]);
  return (change, cluster) => !predicate(change, cluster);
}

/**
 * Updates that change `metadata.generation`, which the API server counts up with the spec; everything else that is no update. Keeps out what writes to the status only, and resyncs.
 * controller-runtime's `GenerationChangedPredicate`.
 */
export function generationChangedPredicate(change: ObjectChange<KubernetesObject>): boolean {
  return change.type !== 'updated' || change.object.metadata?.generation !== change.previous.metadata?.generation;
}

/** Updates that change the object at all, so no resyncs; everything else that is no update. controller-runtime's `ResourceVersionChangedPredicate`. */
export function resourceVersionChangedPredicate(change: ObjectChange<KubernetesObject>): boolean {
  return change.type !== 'updated' || change.object.metadata?.resourceVersion !== change.previous.metadata?.resourceVersion;
}

/** Updates that change a label; everything else that is no update. controller-runtime's `LabelChangedPredicate`. */
export function labelChangedPredicate(change: ObjectChange<KubernetesObject>): boolean {
  return change.type !== 'updated' || !areEqual(change.object.metadata?.labels, change.previous.metadata?.labels);
}

/** Updates that change an annotation; everything else that is no update. controller-runtime's `AnnotationChangedPredicate`. */
export function annotationChangedPredicate(change: ObjectChange<KubernetesObject>): boolean {
  return change.type !== 'updated' || !areEqual(change.object.metadata?.annotations, change.previous.metadata?.annotations);
}

/**
 * Changes of objects that a selector selects, as kubectl's `-l`; of an update by the labels after it: where an object leaves the selection its controller is not told. The
 * `labelSelector` of a source tells that as a delete. Throws a `SelectorError` for a selector that does not parse. controller-runtime's `LabelSelectorPredicate`.
 */
export function labelSelectorPredicate(selector: string): ObjectPredicate<KubernetesObject> {
  const selects = parseLabelSelector(selector);
  return ({ object }) => selects(object.metadata?.labels);
}

const always = (): boolean => true;

type Texts = Readonly<Record<string, string>>;

/** None is the same as an empty one. */
function areEqual(a: Texts = {}, b: Texts = {}): boolean {
  const keys = Object.keys(a);
  return a === b || (keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]));
}

function checkPredicates(path: string, predicates: readonly unknown[]): void {
  for (const predicate of predicates) checkOptions(path, { predicate }, { predicate: procedure });
}
