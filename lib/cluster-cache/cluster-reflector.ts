import { type Observable, type SchedulerLike, asyncScheduler, defer } from 'rxjs';
import { KnownObjects, type KnownChange } from '../informer/known-objects.ts';
import type { ListCause, ReflectorProgress } from '../informer/reflector-event.ts';
import { ReflectorPosition } from '../informer/reflector-position.ts';
import { reflect } from '../informer/reflector.ts';
import { type ServedProgress, reflectServed } from '../informer/served-reflector.ts';
import { listerWatcher } from '../kubernetes/lister-watcher.ts';
import type { ApiResource, RestClient } from '../kubernetes/rest-client.ts';
import { CLUSTER_GROUP, type Cluster } from '../model/cluster.ts';
import type { Delta } from '../model/delta.ts';
import { defineKind } from '../model/kubernetes-object.ts';
import { stripManagedFields } from '../model/strip-managed-fields.ts';
import { type BackoffPolicy, reflectorBackoff } from '../operators/backoff.ts';
import { flat } from '../operators/flat.ts';

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
  /** Reading failed, and goes on after `delay` ms, or as soon as the server can be reached where that is infinite. */
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
    const { alive$, revived$ } = rest.transport;
    const known = new KnownObjects<Cluster>();
    const position = new ReflectorPosition();
    let version: string | undefined;

    const reflected = (resource: ApiResource) => defer(() => {
      if (version !== resource.basePath) known.reinterpret();
      version = resource.basePath;
      return reflect(
        listerWatcher<Cluster>(rest, resource, namespace === undefined ? {} : { namespace }), known,
        { position, backoff: clustersBackoff, awake$: alive$, revived$, random, scheduler },
      );
    });
    return reflectServed({ rest, kinds: [CLUSTER_V1BETA2, CLUSTER_V1BETA1], reflected, backoff: clustersBackoff, random, scheduler }).pipe(flat(told));
  });
}

function told(event: KnownChange<Cluster> | ReflectorProgress | ServedProgress): readonly ClusterReflectorEvent[] {
  switch (event.type) {
    case 'applied': return [{ type: 'applied', key: event.key, value: stripManagedFields(event.object) }];
    case 'deleted': return [{ type: 'deleted', key: event.key }];
    case 'synced': return [{ type: 'synced' }];
    case 'listing': return [{ type: 'listing', cause: event.cause }];
    case 'notServed': case 'vanished': return [{ type: 'notServed', error: event.error, delay: event.delay }];
    case 'interrupted': return [{ type: 'interrupted', error: event.error, delay: event.delay }];
    case 'rejected': return [{ type: 'interrupted', error: event.error, delay: 0 }];
    case 'watching': case 'progressed': return [];
  }
}
