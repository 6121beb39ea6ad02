import { checkKind } from '../client/object-path.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { checkOptions, flag, optional, procedure } from '../model/option-check.ts';
import { type Request, formatRequest } from '../model/request.ts';
import { isThenable } from '../model/thenable.ts';
import type { Requests } from '../model/watcher.ts';
import type { ObjectHandler } from './source.ts';

/** Asks for the object itself. controller-runtime's `EnqueueRequestForObject`. */
export function enqueueRequestForObject(): ObjectHandler<unknown> {
  return ({ key }, cluster) => [requestOf(key, cluster)];
}

/** Which owners are meant. */
export interface OwnerOptions {
  /** Only the owner that is the object's controller. @default false: every owner of the kind. controller-runtime's `OnlyControllerOwner` */
  readonly isController?: boolean | undefined;
  /** The owners are in no namespace. @default false: they are in the object's */
  readonly clusterScoped?: boolean | undefined;
}

/**
 * Asks for the owners of an object that are of a kind, whatever its version; for an update for those before and after it. They are in the cluster in which the object is.
 * controller-runtime's `EnqueueRequestForOwner`. Throws a TypeError for arguments that are none.
 */
export function enqueueRequestForOwner(ownerKind: Kind<unknown>, options: OwnerOptions = {}): ObjectHandler<KubernetesObject> {
  checkKind(ownerKind);
  checkOptions('options', options, { isController: optional(flag), clusterScoped: optional(flag) });
  const { isController = false, clusterScoped = false } = options;
  const group = groupOf(ownerKind.apiVersion);
  const ownersOf = ({ metadata }: KubernetesObject, { namespace }: ObjectKey, cluster: ObjectKey | undefined): readonly Request[] => {
    const references = metadata?.ownerReferences ?? [];
    return (isController ? references.filter(({ controller }) => controller === true).slice(0, 1) : references)
      .filter(({ apiVersion, kind }) => kind === ownerKind.kind && groupOf(apiVersion) === group)
      .map(({ name }) => requestOf({ namespace: clusterScoped ? '' : namespace, name }, cluster));
  };
  return (change, cluster) => {
    const owners = ownersOf(change.object, change.key, cluster);
    return distinct(change.type === 'updated' ? [...ownersOf(change.previous, change.key, cluster), ...owners] : owners);
  };
}

/** What a controller should look at because of an object; `cluster` is the workload cluster whose object it is, `undefined` for the management cluster's. */
export type ObjectToRequests<T> = (object: T, cluster?: ObjectKey) => Requests;

/**
 * Asks for what `map` makes of an object, now or later; for an update of the object before it and after it, each request once. The requests are told as they are: `cluster` is
 * in them where `map` puts it. controller-runtime's `EnqueueRequestsFromMapFunc`. Throws a TypeError for what is no function.
 */
export function enqueueRequestsFromMapFunc<T>(map: ObjectToRequests<T>): ObjectHandler<T> {
  checkOptions('enqueueRequestsFromMapFunc', { map }, { map: procedure });
  return (change, cluster) => {
    // A resync tells the same object twice.
    if (change.type !== 'updated' || change.previous === change.object) return map(change.object, cluster);
    const before = map(change.previous, cluster);
    if (isThenable(before)) return together(before, (async () => map(change.object, cluster))());
    const after = map(change.object, cluster);
    return isThenable(after) ? together(before, after) : both(before, after);
  };
}

type Now<T> = Exclude<T, PromiseLike<unknown>>;

async function together(before: Requests, after: Requests | Promise<Now<Requests>>): Promise<readonly Request[]> {
  return both(...await Promise.all([Promise.resolve(before), Promise.resolve(after)]));
}

function both(before: Now<Requests>, after: Now<Requests>): readonly Request[] {
  return distinct([...(before ?? []), ...(after ?? [])]);
}

function requestOf({ namespace, name }: ObjectKey, cluster: ObjectKey | undefined): Request {
  return cluster === undefined ? { namespace, name } : { namespace, name, cluster };
}

function distinct(requests: readonly Request[]): readonly Request[] {
  if (requests.length < 2) return requests;
  const byName = new Map<string, Request>();
  for (const request of requests) if (!byName.has(formatRequest(request))) byName.set(formatRequest(request), request);
  return [...byName.values()];
}

/** The group of an apiVersion; the core group's is empty. */
function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
