import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { EventCause } from '../model/object-event.ts';
import { type ObjectKey, formatKey, keyOf } from '../model/object-key.ts';
import { type Incarnation, isRepetition, isSuperseded } from './incarnation.ts';
import type { ReflectorStore } from './reflector-store.ts';
import type { ListMark } from './store-entry.ts';

/** A change of an object that is not kept. */
export type KnownChange<T> =
  | { readonly type: 'applied'; /** `namespace/name`, or `name` where there is no namespace. */ readonly key: string; readonly object: T; readonly cause: EventCause }
  /** `object`: the last state; absent where the delete was found out by a list, or by another object under the same name. */
  | { readonly type: 'deleted'; readonly key: string; readonly uid: string; readonly cause: EventCause; readonly object?: T };

/** A store that keeps of each object no more than it takes to tell news from repetition: a uid and a resourceVersion. */
export class KnownObjects<T extends KubernetesObject> implements ReflectorStore<T, KnownChange<T>> {
  readonly #incarnations = new Map<string, Incarnation & { list: ListMark }>();
  #list: ListMark = { count: 0 };

  get listed(): number {
    return this.#list.count;
  }

  begin(): void {
    this.#list = { count: 0 };
  }

  apply(object: T, cause: EventCause): readonly KnownChange<T>[] {
    const { key, uid, resourceVersion } = identityOf(object);
    const before = this.#incarnations.get(key);
    if (before?.list !== this.#list) this.#list.count += 1;
    if (before !== undefined) {
      before.list = this.#list;
      if (isRepetition({ uid, resourceVersion }, before, cause)) return [];
    }
    this.#incarnations.set(key, { uid, resourceVersion, list: this.#list });
    const applied: KnownChange<T> = { type: 'applied', key, object, cause };
    return before === undefined || before.uid === uid ? [applied] : [{ type: 'deleted', key, uid: before.uid, cause }, applied];
  }

  remove(object: T, cause: EventCause): readonly KnownChange<T>[] {
    const { key, uid, resourceVersion } = identityOf(object);
    const before = this.#incarnations.get(key);
    if (before === undefined || isSuperseded({ uid, resourceVersion }, before)) return [];
    this.#incarnations.delete(key);
    return [{ type: 'deleted', key, uid: before.uid, cause, object }];
  }

  forget(name: ObjectKey, cause: EventCause): readonly KnownChange<T>[] {
    const key = formatKey(name);
    const before = this.#incarnations.get(key);
    if (before === undefined) return [];
    this.#incarnations.delete(key);
    return [{ type: 'deleted', key, uid: before.uid, cause }];
  }

  finish(cause: EventCause): readonly KnownChange<T>[] {
    const gone: KnownChange<T>[] = [];
    for (const [key, { uid, list }] of this.#incarnations) {
      if (list === this.#list) continue;
      this.#incarnations.delete(key);
      gone.push({ type: 'deleted', key, uid, cause });
    }
    return gone;
  }

  /** From now on the objects come by another version of their API: the next appearance of each is news. */
  reinterpret(): void {
    for (const [key, { uid, list }] of this.#incarnations) this.#incarnations.set(key, { uid, resourceVersion: '', list });
  }
}

function identityOf(object: KubernetesObject): Incarnation & { readonly key: string } {
  return { key: formatKey(keyOf(object)), uid: object.metadata?.uid ?? '', resourceVersion: object.metadata?.resourceVersion ?? '' };
}
