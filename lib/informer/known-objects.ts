import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { formatKey, keyOf } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import type { AppliedEvent, ChangeCause, DeletedEvent } from './reflector-event.ts';

type Change<T> = AppliedEvent<T> | DeletedEvent<T>;

interface Incarnation {
  readonly uid: string;
  /** Absent where it was known by another version of its API: its next appearance is news. */
  readonly resourceVersion?: string;
}

/**
 * What a reflector has told so far, with no more of each object than it takes to tell news from repetition: a uid and a
 * resourceVersion. Each method says what changed, in the order in which it is to be told.
 */
export class KnownObjects<T extends KubernetesObject> {
  readonly #incarnations = new Map<string, Incarnation>();

  /** @param uids by key, of objects that were told before, by another reflector */
  constructor(uids: Iterable<readonly [key: string, uid: string]> = []) {
    for (const [key, uid] of uids) this.#incarnations.set(key, { uid });
  }

  /** The object is there. Nothing where this state of it, or a later one, was told; another uid under the same name is a delete first. */
  apply(object: T, cause: ChangeCause): readonly Change<T>[] {
    const { key, uid, resourceVersion } = identityOf(object);
    const before = this.#incarnations.get(key);
    if (before !== undefined && isRepetition({ uid, resourceVersion }, before, cause)) return [];
    this.#incarnations.set(key, { uid, resourceVersion });
    const applied: Change<T> = { type: 'applied', key, object, cause };
    return before === undefined || before.uid === uid ? [applied] : [{ type: 'deleted', key, uid: before.uid, cause }, applied];
  }

  /** The object is gone. Nothing where it was not known, or has a successor that was told already. */
  remove(object: T, cause: ChangeCause): readonly Change<T>[] {
    const { key, uid, resourceVersion } = identityOf(object);
    const before = this.#incarnations.get(key);
    if (before === undefined || (before.uid !== uid && isNotAfter(resourceVersion, before))) return [];
    this.#incarnations.delete(key);
    return [{ type: 'deleted', key, uid: before.uid, cause, object }];
  }

  /** A list had these keys and no others. */
  retain(keys: ReadonlySet<string>, cause: ChangeCause): readonly Change<T>[] {
    const gone: Change<T>[] = [];
    for (const [key, { uid }] of this.#incarnations) {
      if (keys.has(key)) continue;
      this.#incarnations.delete(key);
      gone.push({ type: 'deleted', key, uid, cause });
    }
    return gone;
  }
}

function identityOf(object: KubernetesObject): Required<Incarnation> & { readonly key: string } {
  return { key: formatKey(keyOf(object)), uid: object.metadata?.uid ?? '', resourceVersion: object.metadata?.resourceVersion ?? '' };
}

/** Versions that cannot be ordered count as news: telling twice is better than not at all. */
/**
 * Whether this was told already. A watch goes forward only, so what is not after the last is a repetition; a list is what there is, also where the
 * server was restored to an earlier state.
 */
function isRepetition({ uid, resourceVersion }: Required<Incarnation>, before: Incarnation, cause: ChangeCause): boolean {
  return cause === 'watch' ? isNotAfter(resourceVersion, before) : uid === before.uid && resourceVersion === before.resourceVersion;
}

function isNotAfter(resourceVersion: string, before: Incarnation): boolean {
  if (before.resourceVersion === undefined) return false;
  const order = compareResourceVersions(resourceVersion, before.resourceVersion);
  return order !== undefined && order <= 0;
}
