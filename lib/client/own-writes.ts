import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import type { KindCache } from './kind-cache.ts';

/** An object that is to go. */
interface Going {
  readonly key: ObjectKey;
  readonly uid: string;
  /** Whether it is enough that it is marked for deletion: its finalizers take their time. */
  readonly marked: boolean;
}

/** What was written of one kind and may not have come back yet. */
interface Written {
  readonly cache: KindCache<unknown>;
  /** The newest write of each namespace. */
  readonly versions: Map<string, string>;
  /** By key. */
  readonly going: Map<string, Going>;
}

/**
 * What one client has written of kinds that are kept, so that its reads can wait until they show it. Holds what has not come back yet, no more. The delete
 * of an object that the cache has not seen yet is not waited for: nothing in the server's answer tells when it will have been.
 */
export class OwnWrites {
  readonly #cacheOf: (kind: Kind<unknown>) => KindCache<unknown> | undefined;
  readonly #written = new Map<KindCache<unknown>, Written>();

  /** `cacheOf`: what is kept of a kind; `undefined` for one that is read live. */
  constructor(cacheOf: (kind: Kind<unknown>) => KindCache<unknown> | undefined) {
    this.#cacheOf = cacheOf;
  }

  /** An object was written: it is in this state. */
  wrote(kind: Kind<unknown>, object: KubernetesObject): void {
    const { namespace = '', name = '', uid = '', resourceVersion, labels = {}, deletionTimestamp, finalizers = [] } = object.metadata ?? {};
    const written = this.#of(kind);
    if (written === undefined || resourceVersion === undefined) return;
    const { cache, versions, going } = written;
    const key = { namespace, name };
    // Whoever takes the last finalizer away has the object deleted; whoever changes its labels may take it out of what is kept.
    if ((deletionTimestamp !== undefined && finalizers.length === 0) || !cache.keeps(namespace, labels)) {
      going.set(formatKey(key), { key, uid, marked: false });
      return;
    }
    const before = versions.get(namespace);
    if (before === undefined || (compareResourceVersions(resourceVersion, before) ?? 1) > 0) versions.set(namespace, resourceVersion);
  }

  /** An object was deleted, or marked for deletion; `answer` is what the server said to it. */
  deleted(kind: Kind<unknown>, key: ObjectKey, answer: object): void {
    const uid = uidOf(answer);
    if (uid !== undefined) this.#of(kind)?.going.set(formatKey(key), { key, uid, marked: true });
  }

  /** Whether something of it has not come back to the cache. */
  isPending(cache: KindCache<unknown>): boolean {
    const written = this.#written.get(cache);
    if (written === undefined) return false;
    if (!isShown(written)) return true;
    this.#written.delete(cache);
    return false;
  }

  /** Tells at any later time whether all that was written up to now has come back to the cache. */
  shown(cache: KindCache<unknown>): () => boolean {
    const written = this.#written.get(cache);
    if (written === undefined) return () => true;
    const upToNow = { cache, versions: new Map(written.versions), going: new Map(written.going) };
    return () => isShown(upToNow);
  }

  /** Nothing for a kind that is not being kept: what begins to be is listed as it is then. */
  #of(kind: Kind<unknown>): Written | undefined {
    const cache = this.#cacheOf(kind);
    if (cache === undefined || !cache.runs) return undefined;
    const before = this.#written.get(cache);
    // Taken out now and not by the next read alone: there may be none.
    if (before !== undefined && !isShown(before)) return before;
    const written: Written = { cache, versions: new Map(), going: new Map() };
    this.#written.set(cache, written);
    return written;
  }
}

/** Takes what has come back out of it, as far as nothing before it is missing; says whether that is all. What was created is to be seen before it can be seen to go. */
function isShown({ cache, versions, going }: Written): boolean {
  if (!cache.synced) return false;
  for (const [namespace, version] of versions) {
    if (!isAsNewAs(cache, version, namespace)) return false;
    versions.delete(namespace);
  }
  for (const [id, object] of going) {
    if (!isGone(cache, object)) return false;
    going.delete(id);
  }
  return true;
}

/** Whether all up to that resourceVersion is in the store, as far as one namespace or all go. */
export function isAsNewAs(cache: KindCache<unknown>, resourceVersion: string, namespace?: string): boolean {
  const reached = cache.resourceVersion(namespace);
  return reached !== undefined && (compareResourceVersions(reached, resourceVersion) ?? -1) >= 0;
}

function isGone({ store }: KindCache<unknown>, { key, uid, marked }: Going): boolean {
  const entry = store.entry(key.namespace, key.name);
  return entry?.uid !== uid || (marked && (entry.object as KubernetesObject).metadata?.deletionTimestamp !== undefined);
}

/** The uid of what was deleted: a Status has it in its details, an object in its metadata. */
function uidOf(answer: object): string | undefined {
  const { details, metadata } = answer as { readonly details?: { readonly uid?: unknown }; readonly metadata?: { readonly uid?: unknown } };
  const uid = metadata?.uid ?? details?.uid;
  return typeof uid === 'string' ? uid : undefined;
}
