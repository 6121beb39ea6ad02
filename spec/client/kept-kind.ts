import { type Observable, Subject, defer, filter, map, merge, of, take, takeUntil } from 'rxjs';
import type { KindCache } from '../../lib/client/kind-cache.ts';
import type { IndexDefinition } from '../../lib/informer/object-index.ts';
import { Store } from '../../lib/informer/store.ts';
import type { ApiResource } from '../../lib/kubernetes/rest-client.ts';
import { type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { parseLabelSelector } from '../../lib/model/label-selector.ts';

export interface ConfigMap extends KubernetesObject { readonly data?: Readonly<Record<string, string>> }
export const CONFIG_MAP = defineKind<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' });

export interface KeptKindOptions {
  readonly indexes?: readonly IndexDefinition<ConfigMap>[];
  /** @default ConfigMaps, in namespaces */
  readonly resource?: ApiResource;
  readonly namespaces?: readonly string[];
  readonly labelSelector?: string;
}

/** What is kept of ConfigMaps, in a real store, written by a spec as a watch would. Versions are those of the objects. */
export class KeptKind implements KindCache<ConfigMap> {
  readonly kind = CONFIG_MAP;
  readonly store: Store<ConfigMap>;
  readonly resource: ApiResource;
  runs = false;
  synced = false;
  age: number | undefined;
  failure: unknown;
  cluster: unknown = 'a';
  /** Times that it was said to be read. */
  reads = 0;
  /** Who waits now. */
  waiting = 0;
  readonly #options: KeptKindOptions;
  readonly #list = { count: 0 };
  readonly #steps = new Subject<void>();
  readonly #ended = new Subject<void>();
  #version: string | undefined;

  constructor(options: KeptKindOptions = {}) {
    this.#options = options;
    this.store = new Store({ indexes: options.indexes ?? [] });
    this.resource = options.resource ?? { basePath: '/api/v1', plural: 'configmaps', kind: 'ConfigMap', namespaced: true, hasStatus: false };
  }

  /** The first list is in. */
  sync(objects: readonly ConfigMap[], version: string): this {
    for (const object of objects) this.store.apply(object, 'initial', this.#list);
    this.runs = true;
    this.synced = true;
    return this.reach(version);
  }

  /** A change of one object is in. */
  apply(object: ConfigMap): this {
    this.store.apply(object, 'watch', this.#list);
    return this.reach(object.metadata?.resourceVersion ?? '');
  }

  remove(object: ConfigMap, version: string): this {
    this.store.remove({ ...object, metadata: { ...object.metadata, resourceVersion: version } }, 'watch');
    return this.reach(version);
  }

  /** A bookmark came. */
  reach(version: string): this {
    this.#version = version;
    this.#steps.next();
    return this;
  }

  /** Discovery has failed. */
  notServed(error: unknown): void {
    this.failure = error;
    this.#steps.next();
  }

  /** The cluster is gone. */
  end(): void {
    this.#ended.next();
  }

  keeps(namespace: string, labels: Readonly<Record<string, string>> = {}): boolean {
    const { namespaces, labelSelector = '' } = this.#options;
    return (namespaces?.includes(namespace) ?? true) && parseLabelSelector(labelSelector)(labels);
  }

  resourceVersion(): string | undefined {
    return this.#version;
  }

  read(): void {
    this.reads += 1;
  }

  whenSynced(): Observable<unknown> {
    this.runs = true;
    return merge(
      this.when(() => this.synced),
      this.#steps.pipe(filter(() => this.failure !== undefined), take(1), map(() => { throw this.failure; }), takeUntil(this.#ended)),
    ).pipe(take(1));
  }

  when(holds: () => boolean): Observable<unknown> {
    return defer(() => {
      if (holds()) return of(undefined);
      this.waiting += 1;
      return this.#steps.pipe(filter(holds), take(1), takeUntil(this.#ended));
    });
  }
}

/** A ConfigMap as a server has it. */
export function aConfigMap(name: string, version: string, { namespace = 'default', uid = `uid-of-${name}`, ...metadata }: KubernetesObject['metadata'] = {}, fields: ConfigMap = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', ...fields, metadata: { name, namespace, uid, resourceVersion: version, ...metadata } };
}
