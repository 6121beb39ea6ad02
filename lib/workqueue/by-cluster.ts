import type { ObjectKey } from '../model/object-key.ts';

/** Values by cluster. Two maps, one in the other: to write a cluster's name for each lookup would cost more than the lookups. */
export class ByCluster<V> {
  readonly #namespaces = new Map<string, Map<string, V>>();

  get({ namespace, name }: ObjectKey): V | undefined {
    return this.#namespaces.get(namespace)?.get(name);
  }

  set({ namespace, name }: ObjectKey, value: V): void {
    const names = this.#namespaces.get(namespace) ?? new Map<string, V>();
    this.#namespaces.set(namespace, names.set(name, value));
  }

  delete({ namespace, name }: ObjectKey): void {
    const names = this.#namespaces.get(namespace);
    names?.delete(name);
    if (names?.size === 0) this.#namespaces.delete(namespace);
  }

  *values(): Iterable<V> {
    for (const names of this.#namespaces.values()) yield* names.values();
  }

  clear(): void {
    this.#namespaces.clear();
  }
}
