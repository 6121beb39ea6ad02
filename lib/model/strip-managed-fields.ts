import type { KubernetesObject } from './kubernetes-object.ts';

/** The object without `metadata.managedFields`, nearly half of a pod's JSON that only server-side apply reads. The same object where it has none. */
export function stripManagedFields<T extends KubernetesObject>(object: T): T {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}
