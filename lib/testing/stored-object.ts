import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { type Resource, groupVersion } from './resource.ts';

/** Whole objects, or their metadata alone. */
export type Form = 'object' | 'metadata';

/** One state of one object: never changed, only followed by the next. Written as JSON at most once for each form that is asked for. */
export class StoredObject {
  readonly object: KubernetesObject;
  /** Its resourceVersion. */
  readonly version: bigint;
  /** `namespace/name`, or `name`: the order of lists. */
  readonly key: string;
  #texts: Map<string, string> | undefined;

  constructor(object: KubernetesObject, version: bigint) {
    const { namespace, name = '' } = object.metadata ?? {};
    this.object = object;
    this.version = version;
    this.key = namespace === undefined ? name : `${namespace}/${name}`;
  }

  /** The object as it is in a version of its group. Shared with every other reader. */
  as(resource: Resource, version: string): KubernetesObject {
    const apiVersion = groupVersion(resource.group, version);
    if (this.object.apiVersion === apiVersion) return this.object;
    return resource.convert?.(this.object, version) ?? { ...this.object, apiVersion };
  }

  /** Its JSON, with apiVersion and kind. */
  text(resource: Resource, version: string, form: Form): string {
    if (resource.custom === true || form === 'metadata') return this.#written(resource, version, form);
    return `{"kind":"${resource.kind}","apiVersion":"${groupVersion(resource.group, version)}",${this.#written(resource, version, form).slice(1)}`;
  }

  /** Its JSON as an item of a list: kube-apiserver leaves apiVersion and kind out of its own kinds. */
  item(resource: Resource, version: string, form: Form): string {
    return this.#written(resource, version, form);
  }

  #written(resource: Resource, version: string, form: Form): string {
    const key = form === 'metadata' ? form : version;
    let text = this.#texts?.get(key);
    if (text === undefined) {
      const { apiVersion, kind, ...rest } = this.as(resource, version);
      text = JSON.stringify(form === 'metadata' ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: rest.metadata } : resource.custom === true ? { apiVersion, kind, ...rest } : rest);
      (this.#texts ??= new Map()).set(key, text);
    }
    return text;
  }
}
