import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { namespaceSelectedBy, parseFieldSelector } from '../model/field-selector.ts';
import { parseLabelSelector } from '../model/label-selector.ts';
import type { ByObject, CacheIndex, CacheOptions } from './cache-options.ts';
import { SharedParts } from './shared-parts.ts';

/** What is kept of a kind, and how it is found. */
export interface KindPlan extends Pick<ByObject, 'namespaces' | 'labelSelector' | 'fieldSelector'> {
  readonly transform: ((object: KubernetesObject) => KubernetesObject) | undefined;
  readonly indexes: readonly CacheIndex[];
  /** What objects of the kind have in common, over all clusters: theirs are alike, and each by itself would have to learn it. */
  readonly parts: SharedParts | undefined;
}

/** A kind as a key: two kinds that name the same are the same. */
export function idOfKind({ apiVersion, kind }: Kind<unknown>): string {
  return `${apiVersion} ${kind}`;
}

/** What the options say of every kind. */
export class KindPlans {
  readonly #byObject: ReadonlyMap<string, ByObject>;
  readonly #indexes: ReadonlyMap<string, readonly CacheIndex[]>;
  readonly #defaultTransform: CacheOptions['defaultTransform'];
  readonly #shareParts: boolean;
  readonly #parts = new Map<string, SharedParts>();

  /**
   * Throws a TypeError that names the option where a kind is restricted twice, an index is declared twice or a selector does not parse. The shapes of the
   * options are checked already.
   */
  constructor({ byObject = [], indexes = [], defaultTransform, shareParts = true }: CacheOptions) {
    this.#byObject = new Map(byObject.map((own, at) => {
      const path = `options.cache.byObject[${at}]`;
      if (byObject.findIndex(({ kind }) => idOfKind(kind) === idOfKind(own.kind)) !== at) throw new TypeError(`${path}.kind must be of one entry only; got ${idOfKind(own.kind)} once more`);
      checkSelector(`${path}.labelSelector`, own.labelSelector, parseLabelSelector);
      checkSelector(`${path}.fieldSelector`, own.fieldSelector, parseFieldSelector);
      return [idOfKind(own.kind), own];
    }));
    for (const [at, { kind, field }] of indexes.entries()) {
      const first = indexes.findIndex((other) => other.field === field && idOfKind(other.kind) === idOfKind(kind));
      if (first !== at) throw new TypeError(`options.cache.indexes[${at}] must be an index that is not declared yet; got "${field}" of ${idOfKind(kind)}, as indexes[${first}]`);
    }
    this.#indexes = Map.groupBy(indexes, ({ kind }) => idOfKind(kind));
    this.#defaultTransform = defaultTransform;
    this.#shareParts = shareParts;
  }

  /** The kinds that have an index: they are kept from the connect on. */
  get indexed(): readonly Kind<KubernetesObject>[] {
    return Array.from(this.#indexes.values(), ([first]) => first?.kind).filter((kind) => kind !== undefined);
  }

  of(kind: Kind<unknown>): KindPlan {
    const own = this.#byObject.get(idOfKind(kind));
    const { namespaces = [], labelSelector, fieldSelector } = own ?? {};
    const selected = fieldSelector === undefined ? undefined : namespaceSelectedBy(fieldSelector);
    return {
      namespaces: namespaces.length > 0 ? namespaces : selected === undefined ? undefined : [selected], labelSelector, fieldSelector,
      // As a method of the user's object, which may be of a class.
      transform: own?.transform?.bind(own) ?? this.#defaultTransform,
      indexes: this.#indexes.get(idOfKind(kind)) ?? [],
      parts: this.#shareParts ? this.#partsOf(idOfKind(kind)) : undefined,
    };
  }

  #partsOf(id: string): SharedParts {
    const parts = this.#parts.get(id) ?? new SharedParts();
    this.#parts.set(id, parts);
    return parts;
  }
}

function checkSelector(path: string, selector: string | undefined, parse: (text: string) => unknown): void {
  if (selector === undefined) return;
  try {
    parse(selector);
  } catch (error) {
    throw new TypeError(`${path} must be a selector; got ${error instanceof Error ? error.message : 'something else'}`, { cause: error });
  }
}
