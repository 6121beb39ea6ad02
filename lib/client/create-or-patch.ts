import { isNotFound } from '../kubernetes/status-error.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';
import type { Client, CreateOptions, Writable } from './client.ts';
import { type PatchHelperOptions, checkSameObject, patchHelper } from './object-patch.ts';
import { checkKind, checkName } from './object-path.ts';

/** What {@link createOrPatch} did. */
export interface CreateOrPatchResult<T> {
  readonly result: 'created' | 'updated' | 'unchanged';
  /** As it is stored. */
  readonly object: T;
}

/** Makes of an object what it is to be: a changed copy, or the same one. */
export type Mutate<T> = (object: T) => T | PromiseLike<T>;

/** Options of {@link createOrPatch}. */
export interface CreateOrPatchOptions extends CreateOptions, Pick<PatchHelperOptions, 'optimisticLock' | 'ownedConditions'> {}

/**
 * Sees to it that an object is as `mutate` wants it: reads it, and writes what `mutate` changes of it, its status too, or creates it where there is none.
 * `mutate` takes the object as it is – of one that is not there apiVersion, kind, namespace and name – and returns a changed copy, or the same object where it
 * is as it should be. It must not change what it takes, nor what names the object: that is a TypeError. Rejects with a 409 where a write lost against
 * another's: `isConflict` with `optimisticLock`, `isAlreadyExists` where the read, such as a cached one, was not new enough to show the object.
 */
export async function createOrPatch<T extends object>(
  client: Client, kind: Kind<T>, key: ObjectName, mutate: Mutate<T>, options: CreateOrPatchOptions = {},
): Promise<CreateOrPatchResult<T>> {
  checkKind(kind);
  checkName(key);
  const { optimisticLock, ownedConditions, ...call } = options;
  const existing = await find(client, kind, key, call);
  if (existing === undefined) return { result: 'created', object: await create(client, kind, key, mutate, call) };
  const helper = patchHelper(client, kind, existing, { optimisticLock, ownedConditions });
  const object = await helper.patch(await mutate(existing), call);
  return { result: object === existing ? 'unchanged' : 'updated', object };
}

async function find<T>(client: Client, kind: Kind<T>, { namespace, name }: ObjectName, { signal, timeout }: CreateOptions): Promise<T | undefined> {
  try {
    return await client.get(kind, { namespace, name }, { signal, timeout });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function create<T extends object>(client: Client, kind: Kind<T>, { namespace, name }: ObjectName, mutate: Mutate<T>, call: CreateOptions): Promise<T> {
  const { apiVersion } = kind;
  const fresh: KubernetesObject = { apiVersion, kind: kind.kind, metadata: { ...(namespace === undefined || namespace === '' ? {} : { namespace }), name } };
  const wanted = await mutate(fresh as T);
  checkSameObject(fresh, wanted);
  const created = await client.create<T>(kind, wanted as Writable<T>, call);
  // Where the status is a subresource, the create has left it out.
  const { status } = wanted as { readonly status?: object };
  if (status === undefined || call.dryRun === true) return created;
  return patchHelper(client, kind, created).patch({ ...created, status: { ...(created as { readonly status?: object }).status, ...status } }, call);
}
