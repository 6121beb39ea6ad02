import type { ClusterEvent } from './cluster-event.ts';
import type { ObjectKey } from './object-key.ts';

/**
 * Names one object that a controller should look at. `cluster` is the workload cluster whose object it is, or that it is about; it is part of the name: the same object
 * asked for with and without it is two requests.
 */
export type Request = ObjectKey & { readonly cluster?: ObjectKey };

/** Two requests are the same where this is. */
export function formatRequest({ namespace, name, cluster }: Request): string {
  return cluster === undefined ? `${namespace}/${name}` : `${cluster.namespace}/${cluster.name}//${namespace}/${name}`;
}

/** The requests that are about a cluster's connection; weakly, so that a request stays a plain object. */
const ofConnections = new WeakSet<Request>();

/** The same request as one that is about the connection of its cluster: no queue parks it for the want of that connection. */
export function aboutConnection(request: Request): Request {
  const own = Object.freeze({ ...request });
  ofConnections.add(own);
  return own;
}

/** Whether it came from a cluster's connection, by {@link toRequest} or by a cluster source. */
export function isAboutConnection(request: unknown): boolean {
  return typeof request === 'object' && request !== null && ofConnections.has(request as Request);
}

/** For `map`: the request to look at the event's Cluster. */
export const toRequest = ({ key }: Pick<ClusterEvent, 'key'>): Request => aboutConnection({ ...key, cluster: key });
