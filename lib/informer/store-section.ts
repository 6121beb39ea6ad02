import type { KubernetesObject } from '../model/kubernetes-object.ts';
import type { EventCause, ObjectChange } from '../model/object-event.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type { ReflectorStore } from './reflector-store.ts';
import type { Store } from './store.ts';
import type { ListMark } from './store-entry.ts';

/** What one reflector writes of a store: the objects of one namespace, or all. */
export class StoreSection<T extends KubernetesObject> implements ReflectorStore<T, ObjectChange<T>> {
  readonly #store: Store<T>;
  readonly #namespace: string | undefined;
  #list: ListMark = { count: 0 };

  constructor(store: Store<T>, namespace?: string) {
    this.#store = store;
    this.#namespace = namespace;
  }

  get listed(): number {
    return this.#list.count;
  }

  begin(): void {
    this.#list = { count: 0 };
  }

  apply(object: T, cause: EventCause): readonly ObjectChange<T>[] {
    return this.#store.apply(object, cause, this.#list);
  }

  remove(object: T, cause: EventCause): readonly ObjectChange<T>[] {
    return this.#store.remove(object, cause);
  }

  forget({ namespace, name }: ObjectKey, cause: EventCause): readonly ObjectChange<T>[] {
    return this.#store.forget(namespace, name, cause);
  }

  finish(cause: EventCause): readonly ObjectChange<T>[] {
    return this.#store.retain(this.#list, this.#namespace, cause);
  }
}
