import type { Fence } from '../kubernetes/fence.ts';
import { ClusterNotConnectedError } from '../model/errors.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { Accessor } from './accessor.ts';
import type { ClusterCaches } from './cluster-caches.ts';
import { type LiveConnection, isSameCluster } from './cluster-connection.ts';

/** The accessors of the clusters that are connected now, and the connections that only wait for their last calls. */
export class Accessors {
  readonly #accessors = new Map<string, Accessor>();
  readonly #connections = new Map<string, LiveConnection>();
  readonly #draining = new Set<LiveConnection>();
  readonly #fence: Fence;

  /** `fence`: asked by every write. */
  constructor(fence: Fence) {
    this.#fence = fence;
  }

  /** A cluster's connection is now this one, or none. Returns the one before where it was replaced, with whether it led to the same cluster. */
  follow(caches: ClusterCaches, connection: LiveConnection | undefined): { readonly replaced: LiveConnection; readonly sameCluster: boolean } | undefined {
    const key = formatKey(caches.cluster);
    const before = this.#connections.get(key);
    if (before === connection) return undefined;
    if (connection === undefined) {
      this.#end(key);
      return undefined;
    }
    this.#connections.set(key, connection);
    if (before === undefined) {
      this.#accessors.set(key, new Accessor(connection, caches, this.#fence));
      return undefined;
    }
    this.#draining.add(before);
    before.supersede(() => this.#draining.delete(before));
    const sameCluster = isSameCluster(before.identity, connection.identity);
    if (sameCluster) this.#accessors.get(key)?.replace(connection);
    else {
      // What was handed out was for another cluster: it must not write to this one.
      this.#accessors.get(key)?.end();
      this.#accessors.set(key, new Accessor(connection, caches, this.#fence));
    }
    return { replaced: before, sameCluster };
  }

  /** Throws a `ClusterNotConnectedError` that names what was asked for. */
  get(cluster: ObjectKey, what: string): Accessor {
    const accessor = this.#accessors.get(formatKey(cluster));
    if (accessor === undefined) throw new ClusterNotConnectedError(what, { cluster });
    return accessor;
  }

  connection(cluster: ObjectKey): LiveConnection | undefined {
    return this.#connections.get(formatKey(cluster));
  }

  /** Ends all of them, the last calls of replaced connections included. */
  endAll(reason: Error): void {
    for (const key of [...this.#accessors.keys()]) this.#end(key);
    for (const connection of this.#draining) connection.destroy(reason);
    this.#draining.clear();
  }

  #end(key: string): void {
    this.#accessors.get(key)?.end();
    this.#accessors.delete(key);
    this.#connections.delete(key);
  }
}
