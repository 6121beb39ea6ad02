/** Names one namespaced object; where a cluster is meant, its Cluster object on the management cluster. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** Names an object that may be cluster-scoped: a Node has no namespace. */
export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** `namespace/name`, or `name` alone for what is cluster-scoped. The inverse of {@link parseKey}. */
export function formatKey({ namespace, name }: ObjectName): string {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Reads what {@link formatKey} wrote; the namespace is `''` where there was none. Names hold no slash. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { namespace: '', name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** The key of an object by its metadata. */
export function keyOf(object: { readonly metadata?: { readonly namespace?: string | undefined; readonly name?: string | undefined } }): ObjectKey {
  return { namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}

/** The order of the API server: by namespace and name, as `namespace/name` sorts. Negative where `a` comes first, zero for the same key. */
export function compareKeys(a: ObjectKey, b: ObjectKey): number {
  if (a.namespace !== b.namespace) return compareNamespaces(a.namespace, b.namespace);
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

/** Two different namespaces as their objects' paths sort: `a-b/…` comes before `a/…`. */
export function compareNamespaces(a: string, b: string): number {
  return `${a}/` < `${b}/` ? -1 : 1;
}
