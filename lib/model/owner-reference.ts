import { ClusterCacheError } from './errors.ts';
import type { KubernetesObject, OwnerReference } from './kubernetes-object.ts';
import { formatKey, keyOf } from './object-key.ts';

/** An object that has a controller already: it can have one only. */
export class AlreadyOwnedError extends ClusterCacheError {
  override readonly name = 'AlreadyOwnedError';
  /** Its controller. */
  readonly owner: OwnerReference;

  constructor(object: KubernetesObject, owner: OwnerReference) {
    super('ALREADY_OWNED', `${object.kind ?? 'object'} ${formatKey(keyOf(object))} is already controlled by ${owner.kind} ${owner.name}`);
    this.owner = owner;
  }
}

export interface OwnerReferenceOptions {
  /** Whether a foreground deletion of the owner waits for the object. @default true for a controller, false for any other owner */
  readonly blockOwnerDeletion?: boolean | undefined;
}

/**
 * The object with `owner` as its controller: it is deleted with it, and one that is not another's. A reference to the same owner is replaced, the uid too: it
 * may have been made anew under its name. The very same object where nothing changes. Throws an `AlreadyOwnedError` where it has another controller, and a
 * `ClusterCacheError` of code `FORBIDDEN_OWNER` for an owner of another namespace: a namespaced owner owns objects of its own namespace only, a cluster-scoped
 * one any.
 */
export function setControllerReference<T extends KubernetesObject>(object: T, owner: KubernetesObject, { blockOwnerDeletion = true }: OwnerReferenceOptions = {}): T {
  const reference = { ...referenceTo(owner), controller: true, blockOwnerDeletion };
  checkNamespaces(object, owner);
  const existing = controllerOf(object);
  if (existing !== undefined && !isSameOwner(existing, reference)) throw new AlreadyOwnedError(object, existing);
  return withReference(object, reference);
}

/** The object with `owner` as one of its owners, without being its controller. As {@link setControllerReference} otherwise. */
export function setOwnerReference<T extends KubernetesObject>(object: T, owner: KubernetesObject, { blockOwnerDeletion = false }: OwnerReferenceOptions = {}): T {
  const reference = { ...referenceTo(owner), ...(blockOwnerDeletion ? { blockOwnerDeletion } : {}) };
  checkNamespaces(object, owner);
  return withReference(object, reference);
}

/** The object without its reference to `owner`, as a controller or not; the very same object where there is none. */
export function removeOwnerReference<T extends KubernetesObject>(object: T, owner: KubernetesObject): T {
  if (!hasOwnerReference(object, owner)) return object;
  const gone = referenceTo(owner);
  const { ownerReferences = [], ...metadata } = object.metadata ?? {};
  const left = ownerReferences.filter((reference) => !isSameOwner(reference, gone));
  return { ...object, metadata: { ...metadata, ...(left.length === 0 ? {} : { ownerReferences: left }) } };
}

/** Whether `owner` is one of the object's owners: by group, kind and name, whatever the version and the uid. */
export function hasOwnerReference({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  const wanted = referenceTo(owner);
  return metadata?.ownerReferences?.some((reference) => isSameOwner(reference, wanted)) ?? false;
}

/** The reference to the object's controller, if it has one. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true);
}

function withReference<T extends KubernetesObject>(object: T, reference: OwnerReference): T {
  const references = object.metadata?.ownerReferences ?? [];
  const index = references.findIndex((existing) => isSameOwner(existing, reference));
  const existing = references[index];
  if (existing !== undefined && isEqual(existing, reference)) return object;
  return { ...object, metadata: { ...object.metadata, ownerReferences: existing === undefined ? [...references, reference] : references.with(index, reference) } };
}

/** What an owner is known by. Throws a TypeError where something is missing. */
function referenceTo({ apiVersion, kind, metadata }: KubernetesObject): OwnerReference {
  const { name, uid } = metadata ?? {};
  for (const [field, value] of Object.entries({ apiVersion, kind, 'metadata.name': name, 'metadata.uid': uid })) {
    if (typeof value !== 'string' || value === '') throw new TypeError(`owner.${field} must be a non-empty string, as an object of an API server has it; got ${JSON.stringify(value)}`);
  }
  return { apiVersion: apiVersion ?? '', kind: kind ?? '', name: name ?? '', uid: uid ?? '' };
}

function checkNamespaces(object: KubernetesObject, owner: KubernetesObject): void {
  const namespace = owner.metadata?.namespace ?? '';
  const own = object.metadata?.namespace ?? '';
  if (namespace === '' || namespace === own) return;
  throw new ClusterCacheError('FORBIDDEN_OWNER', own === ''
    ? `cluster-scoped resource must not have a namespace-scoped owner, owner's namespace ${namespace}`
    : `cross-namespace owner references are disallowed, owner's namespace ${namespace}, obj's namespace ${own}`);
}

function isSameOwner(a: OwnerReference, b: OwnerReference): boolean {
  return groupOf(a) === groupOf(b) && a.kind === b.kind && a.name === b.name;
}

function groupOf({ apiVersion }: OwnerReference): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

function isEqual(a: OwnerReference, b: OwnerReference): boolean {
  return a.apiVersion === b.apiVersion && a.uid === b.uid && a.controller === b.controller && a.blockOwnerDeletion === b.blockOwnerDeletion;
}
