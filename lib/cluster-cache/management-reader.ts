import type { Reader } from '../client/client.ts';
import { createUncachedClient } from '../client/uncached-client.ts';
import type { RestClient } from '../kubernetes/rest-client.ts';
import { ClusterCacheError } from '../model/errors.ts';

/** Reads the management cluster live over the connection of the moment. Rejects with code `NOT_STARTED` before there was one. */
export class ManagementReader implements Pick<Reader, 'get' | 'list'> {
  #reader: Reader | undefined;

  /** From now on it reads over this connection. */
  follow(rest: RestClient): void {
    this.#reader = createUncachedClient({ rest });
  }

  get: Reader['get'] = (kind, key, options) => this.#started().then((reader) => reader.get(kind, key, options));

  list: Reader['list'] = (kind, options) => this.#started().then((reader) => reader.list(kind, options));

  async #started(): Promise<Reader> {
    if (this.#reader === undefined) throw new ClusterCacheError('NOT_STARTED', 'the management cluster cannot be read before the cluster cache is started');
    return this.#reader;
  }
}
