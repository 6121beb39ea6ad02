import { type Observable, concatMap, distinctUntilChanged, filter, map, mergeMap } from 'rxjs';
import { checkKind } from '../client/object-path.ts';
import type { ObjectsSelection } from '../informer/selection.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import { parseLabelSelector } from '../model/label-selector.ts';
import type { ObjectEvent } from '../model/object-event.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { checkOptions, optional, words } from '../model/option-check.ts';
import type { LatestByKey } from '../operators/latest-by-key.ts';
import type { ClusterCaches } from './cluster-caches.ts';

/** An event of the objects of the cluster that it names. */
export type FleetObjectEvent<T> = ObjectEvent<T> & { readonly cluster: ObjectKey };

/** Throws a TypeError for what is no selection or kind, a `SelectorError` for a selector that does not parse. */
export function checkObjects(kind: Kind<unknown>, selection: ObjectsSelection): void {
  checkKind(kind);
  checkOptions('options', selection, { namespace: optional(words), labelSelector: optional(words) });
  if (selection.labelSelector !== undefined) parseLabelSelector(selection.labelSelector);
}

/** The objects of one cluster after the other that bears the name. */
export function objectsOf<T extends object>(caches: LatestByKey<ClusterCaches>, id: string, kind: Kind<T>, selection: ObjectsSelection): Observable<ObjectEvent<T>> {
  return caches.watch(id).pipe(
    filter((own) => own !== undefined),
    distinctUntilChanged(),
    // What is left to be told of the one that is gone comes before the next.
    concatMap(({ informers }) => informers.of<T>(kind).objects$(selection)),
  );
}

/** The objects of all clusters. */
export function objectsOfFleet<T extends object>(caches: LatestByKey<ClusterCaches>, kind: Kind<T>, selection: ObjectsSelection): Observable<FleetObjectEvent<T>> {
  return caches.all$.pipe(
    filter((own) => caches.get(formatKey(own.cluster)) === own), // not what is told of one that goes: its end tells itself
    mergeMap(({ cluster, informers }) => informers.of<T>(kind).objects$(selection).pipe(map((event) => ({ ...event, cluster })))),
  );
}
