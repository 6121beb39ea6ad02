import type { KubernetesObject } from './kubernetes-object.ts';

/** Whether the object is kept from going until somebody takes this finalizer off it. */
export function containsFinalizer({ metadata }: KubernetesObject, finalizer: string): boolean {
  return metadata?.finalizers?.includes(finalizer) ?? false;
}

/** The object with the finalizer, as the last of them; the very same object where it has it. */
export function addFinalizer<T extends KubernetesObject>(object: T, finalizer: string): T {
  if (containsFinalizer(object, finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...object.metadata?.finalizers ?? [], finalizer] } };
}

/** The object without the finalizer, and without the field where none is left; the very same object where it does not have it. */
export function removeFinalizer<T extends KubernetesObject>(object: T, finalizer: string): T {
  if (!containsFinalizer(object, finalizer)) return object;
  const { finalizers = [], ...metadata } = object.metadata ?? {};
  const left = finalizers.filter((other) => other !== finalizer);
  return { ...object, metadata: { ...metadata, ...(left.length === 0 ? {} : { finalizers: left }) } };
}
