import { type Observable, type SchedulerLike, asyncScheduler, catchError, concatMap, defer, map, of, repeat, switchMap, takeWhile, throwError } from 'rxjs';
import type { ListCause, ReflectorEvent } from '../informer/reflector-event.ts';
import { reflect } from '../informer/reflector.ts';
import { listerWatcher } from '../kubernetes/lister-watcher.ts';
import type { ApiResource, RestClient } from '../kubernetes/rest-client.ts';
import { isNotFound } from '../kubernetes/status-error.ts';
import { CLUSTER_GROUP, type Cluster } from '../model/cluster.ts';
import type { Delta } from '../model/delta.ts';
import { defineKind } from '../model/kubernetes-object.ts';
import { stripManagedFields } from '../model/strip-managed-fields.ts';
import { type BackoffPolicy, backoffDelay, reflectorBackoff } from '../operators/backoff.ts';
import { type Pause, pauseFor } from '../operators/pause.ts';

export interface ClusterReflectorOptions {
  /** Of the management cluster. A dial of its transport that succeeds ends a wait early. */
  readonly rest: RestClient;
  /** @default all namespaces */
  readonly namespace?: string;
  /** Spreads watches and waits; in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** Changes of Clusters by `namespace/name`, and how reading them goes. */
export type ClusterReflectorEvent =
  | Delta<string, Cluster>
  /** All Clusters of one moment have been told. Comes again after every list. */
  | { readonly type: 'synced' }
  | { readonly type: 'listing'; readonly cause: ListCause }
  /** Reading failed, and goes on after `delay` ms. */
  | { readonly type: 'interrupted'; readonly error: unknown; readonly delay: number }
  /** No known version of the kind is served (yet, or any more); asked again after `delay` ms. Clusters that were told stay told. */
  | { readonly type: 'notServed'; readonly error: unknown; readonly delay: number };

/** A Cluster that could not be read is tried again within 10 s, as in Cluster API; the jitter doubles at most. */
const clustersBackoff: BackoffPolicy = Object.freeze({ ...reflectorBackoff, max: 5_000 });

const CLUSTER_V1BETA2 = defineKind<Cluster>({ apiVersion: `${CLUSTER_GROUP}/v1beta2`, kind: 'Cluster' });
const CLUSTER_V1BETA1 = defineKind<Cluster>({ apiVersion: `${CLUSTER_GROUP}/v1beta1`, kind: 'Cluster' });

/**
 * The Clusters of the management cluster, without their managedFields, in the newest version of v1beta2 and v1beta1 that is served when asked. When that
 * vanishes, it is discovered again; only what the next list no longer has is told as deleted, whichever version it comes in. A Cluster that
 * was deleted and made again under its name is a delete and an applied.
 *
 * Cold; emits first when discovery has answered; never errors, never completes; unsubscribing ends its request or wait at once.
 */
export function reflectClusters({ rest, namespace, random = Math.random, scheduler = asyncScheduler }: ClusterReflectorOptions): Observable<ClusterReflectorEvent> {
  return defer(() => {
    const awake$ = rest.transport.alive$;
    const uids = new Map<string, string>();
    let failures = 0;
    let pause: Pause = { delay: clustersBackoff.initial, atLeast: clustersBackoff.initial };

    const failed = (error: unknown, type: 'interrupted' | 'notServed'): ClusterReflectorEvent => {
      // What discovery has said is out of date, or will be: a group version may be served before the kind is.
      if (type === 'notServed') for (const kind of [CLUSTER_V1BETA2, CLUSTER_V1BETA1]) rest.forget(kind);
      const delay = backoffDelay(failures, clustersBackoff, random);
      failures += 1;
      pause = { delay, atLeast: clustersBackoff.initial };
      return { type, error, delay };
    };

    const told = (event: ReflectorEvent<Cluster>): readonly ClusterReflectorEvent[] => {
      switch (event.type) {
        case 'applied':
          uids.set(event.key, event.object.metadata?.uid ?? '');
          return [{ type: 'applied', key: event.key, value: event.object }];
        case 'deleted':
          uids.delete(event.key);
          return [{ type: 'deleted', key: event.key }];
        case 'synced':
          failures = 0;
          return [{ type: 'synced' }];
        case 'vanished':
          return [failed(event.error, 'notServed')];
        case 'listing':
          return [{ type: 'listing', cause: event.cause }];
        case 'interrupted':
          return [{ type: 'interrupted', error: event.error, delay: event.delay }];
      }
    };

    const reflected = (resource: ApiResource) => reflect(
      listerWatcher<Cluster>(rest, resource, { ...(namespace === undefined ? {} : { namespace }), transform: stripManagedFields }),
      { known: uids, backoff: clustersBackoff, awake$, random, scheduler },
    ).pipe(takeWhile(({ type }) => type !== 'vanished', true), concatMap(told));

    const once = discovered(rest).pipe(
      map((resource) => ({ resource })),
      catchError((error: unknown) => of({ error })),
      switchMap((found) => ('resource' in found ? reflected(found.resource) : of(failed(found.error, isNotFound(found.error) ? 'notServed' : 'interrupted')))),
    );
    return once.pipe(repeat({ delay: () => pauseFor(pause, awake$, scheduler) }));
  });
}

/** How the best version that is served is served. Errors with a 404 where none is. */
function discovered(rest: RestClient): Observable<ApiResource> {
  return rest.resource(CLUSTER_V1BETA2).pipe(
    catchError((error: unknown) => (isNotFound(error) ? rest.resource(CLUSTER_V1BETA1) : throwError(() => error))),
  );
}
