import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectName } from '../model/object-key.ts';
import { Catalogue } from './catalogue.ts';
import { definedResource, establishedStatus } from './custom-resource-definition.ts';
import { selectorOf } from './listing.ts';
import type { AnyObject, Target } from './object-rules.ts';
import { ObjectStore } from './object-store.ts';
import { mergePatch } from './patch.ts';
import { noSuchResource } from './refusal.ts';
import { type Resource, parseGroupVersion } from './resource.ts';

export interface ServedObjectsOptions {
  readonly resources: readonly Resource[];
  readonly history: number;
  /** The first resourceVersion. */
  readonly version: bigint;
  /** Called for a resource that was defined by an object. */
  readonly defined: (name: string) => void;
  /** Called when something is served no longer. */
  readonly vanished: () => void;
  /** Does something after the request that is being answered. */
  readonly soon: (action: () => void) => void;
}

/** What a server serves and the objects in it, as whoever sets a scene wants them: by kind, by copy, and without asking for rights. */
export class ServedObjects {
  readonly store: ObjectStore;
  readonly #defined: (name: string) => void;
  readonly #vanished: () => void;
  readonly #soon: (action: () => void) => void;
  #catalogue: Catalogue;

  constructor({ resources, history, version, defined, vanished, soon }: ServedObjectsOptions) {
    this.store = new ObjectStore({ history, version, written: (resource, type, object) => this.#written(resource, type, object) });
    this.#catalogue = resources.reduce((catalogue, resource) => catalogue.with(resource), Catalogue.standard);
    this.#defined = defined;
    this.#vanished = vanished;
    this.#soon = soon;
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  create<T extends KubernetesObject>(object: T): T {
    const { name: _, ...target } = this.#targetOf(object);
    return copy(this.store.create(target, copy(object), { asGiven: true }).object) as T;
  }

  update<T extends KubernetesObject>(object: T): T {
    const target = this.#targetOf(object);
    const current = this.store.get(target).version.toString();
    const { resourceVersion = current } = object.metadata ?? {};
    return copy(this.store.update(target, { ...copy(object), metadata: { ...copy(object.metadata), resourceVersion } }, { asGiven: true }).as(target.resource, target.version)) as T;
  }

  patch<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName, changes: object): T {
    const target = this.#target(kind, name);
    const current = this.store.get(target).as(target.resource, target.version);
    return copy(this.store.update(target, mergePatch(current, copy(changes)), { asGiven: true }).as(target.resource, target.version)) as T;
  }

  delete(kind: Kind<unknown>, name: ObjectName): void {
    this.store.delete(this.#target(kind, name));
  }

  get<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T {
    const target = this.#target(kind, name);
    return copy(this.store.get(target).as(target.resource, target.version)) as T;
  }

  find<T extends KubernetesObject>(kind: Kind<T>, name: ObjectName): T | undefined {
    const { resource, version, ...target } = this.#target(kind, name);
    const stored = this.store.find({ resource, ...target });
    return stored && copy(stored.as(resource, version)) as T;
  }

  list<T extends KubernetesObject>(kind: Kind<T>, { namespace, labelSelector }: { readonly namespace?: string; readonly labelSelector?: string }): T[] {
    const { resource, version } = this.#target(kind, { name: '' });
    const selects = selectorOf({ resource, ...(namespace !== undefined && { namespace }) }, new URLSearchParams({ ...(labelSelector !== undefined && { labelSelector }) }));
    return this.store.collection(resource).all().filter(({ object }) => selects(object)).map((stored) => copy(stored.as(resource, version)) as T);
  }

  serve(resource: Resource): void {
    this.#catalogue = this.#catalogue.with(resource);
  }

  unserve(name: string): void {
    this.#catalogue = name.includes('/') ? this.#catalogue.withoutVersion(name) : this.#catalogue.without(name);
    this.#vanished();
  }

  #written(resource: Resource, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: AnyObject): void {
    if (resource.kind !== DEFINITION.kind) return;
    const name = object.metadata?.name ?? '';
    const defined = type === 'DELETED' ? undefined : definedResource(object);
    if (defined === undefined) {
      this.unserve(name);
      return;
    }
    this.serve(defined);
    if (type === 'MODIFIED') {
      this.#vanished(); // a version may be served no longer
      return;
    }
    this.#defined(name);
    this.#soon(() => this.patch(DEFINITION, { name }, { status: establishedStatus(object) })); // as the controller does
  }

  #target(kind: Kind<unknown>, { namespace = 'default', name }: ObjectName): Target & { readonly version: string } {
    const resource = this.#catalogue.of(kind.apiVersion, kind.kind);
    if (resource === undefined) throw noSuchResource();
    return { resource, version: parseGroupVersion(kind.apiVersion).version, name, ...(resource.namespaced && { namespace }) };
  }

  #targetOf({ apiVersion = '', kind = '', metadata = {} }: KubernetesObject): Target {
    return this.#target({ apiVersion, kind }, { namespace: metadata.namespace, name: metadata.name ?? '' });
  }
}

const DEFINITION: Kind<KubernetesObject> = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

function copy<T>(object: T): T {
  return structuredClone(object);
}
