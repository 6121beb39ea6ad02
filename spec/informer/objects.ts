import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectEvent } from '../../lib/model/object-event.ts';
import { formatKey } from '../../lib/model/object-key.ts';

/** An object written `namespace/name@resourceVersion`, or `name@resourceVersion` where it is cluster-scoped; with `/uid` where the uid is not the name. */
export function anObject(text: string, labels?: Readonly<Record<string, string>>): KubernetesObject {
  const [, namespace, name = '', resourceVersion = '', uid = name] = /^(?:([^/@]+)\/)?([^@/]+)@(\w*)(?:\/(\w+))?$/.exec(text) ?? [];
  return { metadata: { ...(namespace === undefined ? {} : { namespace }), name, uid, resourceVersion, ...(labels === undefined ? {} : { labels }) } };
}

/** Several, separated by blanks. */
export const objects = (text: string): KubernetesObject[] => (text === '' ? [] : text.split(' ').map((one) => anObject(one)));

/** `namespace/name@resourceVersion`, as {@link anObject} reads it, without the uid. */
export function nameOf({ metadata }: KubernetesObject): string {
  return `${formatKey({ namespace: metadata?.namespace, name: metadata?.name ?? '' })}@${metadata?.resourceVersion}`;
}

/** What a subscriber is told, as a line: `updated ns/a@1>2 (watch)`. */
export function lineOf(event: ObjectEvent<KubernetesObject>): string {
  if (event.type === 'synced') return `synced at=${event.resourceVersion}`;
  const { key, object, cause, type } = event;
  const versions = type === 'updated' ? `${event.previous.metadata?.resourceVersion}>${object.metadata?.resourceVersion}` : object.metadata?.resourceVersion;
  return `${type} ${formatKey(key)}@${versions} (${cause})`;
}

export const linesOf = (events: readonly ObjectEvent<KubernetesObject>[]): string[] => events.map(lineOf);
