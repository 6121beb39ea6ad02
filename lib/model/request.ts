import type { ClusterEvent } from './cluster-event.ts';
import type { ObjectKey } from './object-key.ts';

/** Names one object that a controller should look at. */
export type Request = ObjectKey & { readonly cluster?: ObjectKey };

/** For `map`: the request to look at the event's Cluster. */
export const toRequest = ({ key }: Pick<ClusterEvent, 'key'>): Request => ({ ...key, cluster: key });
