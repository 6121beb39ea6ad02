import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import { ReflectorPosition } from './reflector-position.ts';
import type { Store } from './store.ts';
import { StoreSection } from './store-section.ts';

/** A part of a kind with a list and a watch of its own. */
export interface InformerSection<T extends KubernetesObject> {
  /** `undefined`: all of them. */
  readonly namespace: string | undefined;
  readonly store: StoreSection<T>;
  readonly position: ReflectorPosition;
}

/** The parts in which a kind is read: one for each namespace that is asked for, or one for all. */
export class InformerSections<T extends KubernetesObject> {
  readonly #store: Store<T>;
  #sections: readonly InformerSection<T>[];

  constructor(store: Store<T>, namespaces: readonly string[] | undefined) {
    this.#store = store;
    this.#sections = (namespaces ?? [undefined]).map((namespace) => this.#section(namespace));
  }

  /** The sections to read; of a kind that is not in namespaces, there is one. */
  ofKind(namespaced: boolean): readonly InformerSection<T>[] {
    if (!namespaced && this.#sections.some(({ namespace }) => namespace !== undefined)) this.#sections = [this.#section(undefined)];
    return this.#sections;
  }

  /** Whether a list of each was complete. */
  get synced(): boolean {
    for (const { position } of this.#sections) if (!position.synced) return false;
    return true;
  }

  /** Whether what each has told is all of one moment. */
  get whole(): boolean {
    for (const { position } of this.#sections) if (!position.whole) return false;
    return true;
  }

  /** Whether changes of each come as they happen. */
  get live(): boolean {
    for (const { position } of this.#sections) if (!position.live) return false;
    return true;
  }

  /** What failed last of one of them, since that last was live. */
  get failure(): unknown {
    return this.#sections.find(({ position }) => position.failure !== undefined)?.position.failure;
  }

  /** They are not read any more, or not yet. */
  interrupt(): void {
    for (const { position } of this.#sections) position.live = false;
  }

  /** Whether objects of this namespace are kept, where there are any. */
  keep(namespace: string): boolean {
    return this.#sections.some(({ namespace: own }) => own === undefined || own === namespace);
  }

  /** All up to here is in the store, as far as one namespace or all go; `undefined` before the first list. */
  resourceVersion(namespace?: string): string | undefined {
    let least: string | undefined;
    for (const { namespace: own, position: { resourceVersion } } of this.#sections) {
      if (namespace !== undefined && own !== undefined && own !== namespace) continue;
      if (resourceVersion === undefined) return undefined;
      if (least === undefined || (compareResourceVersions(resourceVersion, least) ?? 0) < 0) least = resourceVersion;
    }
    return least;
  }

  #section(namespace: string | undefined): InformerSection<T> {
    return { namespace, store: new StoreSection(this.#store, namespace), position: new ReflectorPosition() };
  }
}
