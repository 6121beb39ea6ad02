import { SelectorError } from '../model/errors.ts';
import { parseFieldSelector } from '../model/field-selector.ts';
import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { parseLabelSelector } from '../model/label-selector.ts';
import { badRequest } from './refusal.ts';
import type { Resource } from './resource.ts';

export type Selector = (object: KubernetesObject) => boolean;

/** Labels by equality and by sets: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. */
export function labelSelector(text: string): Selector {
  const selects = orBadRequest(() => parseLabelSelector(text), ({ found, expected }) => `unable to parse requirement: found '${found}', expected: ${expected}`);
  return ({ metadata }) => selects(metadata?.labels);
}

/** Fields by equality: `metadata.name=a,type!=Opaque`, as far as the resource knows them. */
export function fieldSelector(text: string, { selectableFields = {}, namespaced, custom }: Resource): Selector {
  const paths: Readonly<Record<string, readonly string[]>> = { 'metadata.name': ['metadata', 'name'], ...((namespaced || custom === true) && { 'metadata.namespace': ['metadata', 'namespace'] }), ...selectableFields };
  const parsed = orBadRequest(() => parseFieldSelector(text), ({ found }) => `invalid selector: '${text}'; can't understand '${found}'`);
  const requirements = parsed.map(({ field, operator, value }) => {
    const path = paths[field];
    if (path === undefined) {
      throw badRequest(custom === true || Object.keys(selectableFields).length === 0
        ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${field}`);
    }
    return (object: KubernetesObject) => (valueAt(object, path) === value) === (operator === '=');
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** What kube-apiserver answers where a selector does not parse. */
function orBadRequest<T>(parse: () => T, say: (error: SelectorError) => string): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(say(error)) : error;
  }
}

function valueAt(object: unknown, path: readonly string[]): string {
  let value = object;
  for (const field of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
