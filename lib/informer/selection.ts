import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { type LabelSelector, parseLabelSelector } from '../model/label-selector.ts';
import type { ObjectChange } from '../model/object-event.ts';

/** Which of the objects of a kind are meant. All that are given must hold. */
export interface ObjectsSelection {
  /** @default all namespaces */
  readonly namespace?: string | undefined;
  /** As kubectl's `-l`: `app=web,tier!=cache,track in (a,b)`. */
  readonly labelSelector?: string | undefined;
}

/** Says what a change is to whoever sees a part of the objects only. */
export type Selection<T> = (change: ObjectChange<T>) => ObjectChange<T> | undefined;

/** The selection, or `undefined` where everything is selected. Throws a `SelectorError` for a selector that does not parse. */
export function selectionOf<T extends KubernetesObject>({ namespace, labelSelector }: ObjectsSelection): Selection<T> | undefined {
  const labels = labelSelector === undefined || labelSelector === '' ? undefined : parseLabelSelector(labelSelector);
  const isEverywhere = namespace === undefined || namespace === '';
  if (labels === undefined) return isEverywhere ? undefined : (change) => (change.key.namespace === namespace ? change : undefined);
  return (change) => (isEverywhere || change.key.namespace === namespace ? byLabels(change, labels) : undefined);
}

/** What comes into the selection is added to it, what leaves it is deleted from it. */
function byLabels<T extends KubernetesObject>(change: ObjectChange<T>, labels: LabelSelector): ObjectChange<T> | undefined {
  const { key, object, cause } = change;
  const isSelected = labels(object.metadata?.labels);
  if (change.type !== 'updated') return isSelected ? change : undefined;
  const wasSelected = labels(change.previous.metadata?.labels);
  if (wasSelected) return isSelected ? change : { type: 'deleted', key, object, cause };
  return isSelected ? { type: 'added', key, object, cause } : undefined;
}
