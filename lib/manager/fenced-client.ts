import type { Client } from '../client/client.ts';
import { createUncachedClient } from '../client/uncached-client.ts';
import type { Fence } from '../kubernetes/fenced-rest-client.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';

/**
 * A live client whose writes, and only those, ask the fence, the last time when a connection is about to write them: a write that waited for one, or was told to come back later, must not
 * go out after what allowed it is over.
 */
export function fencedClient(rest: RestClient, fence: Fence): Client {
  const { get, list, observed } = createUncachedClient({ rest });
  const { create, update, patch, delete: remove, deleteAllOf, status } = createUncachedClient({ rest, fence });
  return { get, list, observed, create, update, patch, delete: remove, deleteAllOf, status };
}
