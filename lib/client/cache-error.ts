import { ClusterCacheError } from '../model/errors.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';

/** `Machine (cluster.x-k8s.io/v1beta2)`. */
export function nameOfKind({ apiVersion, kind }: Kind<unknown>): string {
  return `${kind} (${apiVersion})`;
}

/** Something was asked of what is kept of a kind, and that is not kept. */
export function notCached(kind: Kind<unknown>, because: string, cluster?: ObjectKey): ClusterCacheError {
  return new ClusterCacheError('NOT_CACHED', `nothing is kept of ${nameOfKind(kind)}: ${because}`, { cluster });
}

/** Something was asked of a namespace that is left out. */
export function notKept(kind: Kind<unknown>, namespace: string, cluster?: ObjectKey): ClusterCacheError {
  return notCached(kind, `not of namespace ${JSON.stringify(namespace)}, by options.cache.byObject`, cluster);
}

/** A kind was not in within its time; Go's text, with the kind. */
export function notSynced(kind: Kind<unknown>, timeout: number, failure: unknown, cluster?: ObjectKey): ClusterCacheError {
  return new ClusterCacheError('CACHE_NOT_SYNCED', `failed waiting for ${nameOfKind(kind)} informer to sync within ${timeout} ms${lastFailure(failure)}`, { cause: failure, cluster });
}

/** A kind that the cluster does not serve. */
export function notServed(kind: Kind<unknown>, cause: unknown, cluster?: ObjectKey): ClusterCacheError {
  return new ClusterCacheError('KIND_NOT_SERVED', `the cluster does not serve ${nameOfKind(kind)}`, { cause, cluster });
}

/** What is kept of a kind was not as new in time as was asked for. */
export function notObserved(kind: Kind<unknown>, what: string, timeout: number, failure: unknown, cluster?: ObjectKey): ClusterCacheError {
  return new ClusterCacheError('NOT_OBSERVED', `what is kept of ${nameOfKind(kind)} did not show ${what} within ${timeout} ms${lastFailure(failure)}`, { cause: failure, cluster });
}

/** An index that was not declared: a scan in its place would be as slow as nobody expects. */
export function unknownIndex(kind: Kind<unknown>, field: string, cluster?: ObjectKey): ClusterCacheError {
  return new ClusterCacheError('INDEX_UNKNOWN', `${nameOfKind(kind)} has no index "${field}": declare it in options.cache.indexes`, { cluster });
}

function lastFailure(failure: unknown): string {
  return failure instanceof Error ? `; the last failure: ${failure.message}` : '';
}
