import type { ObjectKey } from '../model/object-key.ts';
import { type Request, formatRequest } from '../model/request.ts';

/** What items are told apart by where nobody says otherwise: a request by what it names, a string by itself. Throws a TypeError for anything else that has no name. */
export function itemKey(item: unknown): string {
  if (typeof item === 'string') return item;
  if (typeof item === 'object' && item !== null && typeof (item as Partial<Request>).name === 'string') return formatRequest(item as Request);
  throw new TypeError('an item must be a string or a request, or the queue have a keyOf');
}

/** The cluster as it is. Throws a TypeError for what names none. */
export function clusterKey(cluster: unknown): ObjectKey {
  const { namespace, name } = (cluster ?? {}) as { readonly namespace?: unknown; readonly name?: unknown };
  if (typeof namespace !== 'string' || typeof name !== 'string') throw new TypeError('a cluster must be named by namespace and name');
  return cluster as ObjectKey;
}
