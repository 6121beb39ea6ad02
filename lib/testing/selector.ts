import type { KubernetesObject } from '../model/kubernetes-object.ts';
import { badRequest } from './refusal.ts';
import type { Resource } from './resource.ts';

export type Selector = (object: KubernetesObject) => boolean;

const KEY = /^([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const REQUIREMENT = /^(?<key>[^\s=!<>(),]+)\s*(?:(?<comparison>==|=|!=|>|<)\s*(?<value>[^\s=!<>(),]*)|(?<set>in|notin)\s*\((?<values>[^()]*)\))?$/;

/** Labels by equality and by sets: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. */
export function labelSelector(text: string): Selector {
  const requirements = splitOutsideParentheses(text).map(labelRequirement);
  return ({ metadata }) => requirements.every((holds) => holds(metadata?.labels ?? {}));
}

type LabelRequirement = (labels: Readonly<Record<string, string>>) => boolean;

function labelRequirement(text: string): LabelRequirement {
  const absent = /^!\s*(?<key>\S+)$/.exec(text)?.groups?.['key'];
  if (absent !== undefined) return (labels) => labels[checkedKey(absent)] === undefined;
  const { key = '', comparison, value = '', set, values } = REQUIREMENT.exec(text)?.groups ?? {};
  if (key === '') {
    if (text.includes('===')) throw badRequest("unable to parse requirement: found '=', expected: identifier");
    const [first = '', second = first, third = ''] = text.split(/\s+/);
    if (second === 'in' || second === 'notin') throw badRequest(`unable to parse requirement: found '${third}' expected: '('`);
    throw badRequest(`unable to parse requirement: found '${second}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  checkedKey(key);
  if (set !== undefined) {
    const members = new Set((values ?? '').split(',').map((member) => member.trim()));
    return set === 'in' ? (labels) => labels[key] !== undefined && members.has(labels[key]) : (labels) => labels[key] === undefined || !members.has(labels[key]);
  }
  switch (comparison) {
    case undefined: return (labels) => labels[key] !== undefined;
    case '!=': return (labels) => labels[key] !== value;
    case '>': return (labels) => Number(labels[key]) > Number(value);
    case '<': return (labels) => Number(labels[key]) < Number(value);
    default: return (labels) => labels[key] === value;
  }
}

function checkedKey(key: string): string {
  if (!KEY.test(key)) throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(key)}: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`);
  return key;
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim()).filter((part) => part !== '');
}

/** Fields by equality: `metadata.name=a,type!=Opaque`, as far as the resource knows them. */
export function fieldSelector(text: string, { selectableFields = {}, namespaced, custom }: Resource): Selector {
  const paths: Readonly<Record<string, readonly string[]>> = { 'metadata.name': ['metadata', 'name'], ...((namespaced || custom === true) && { 'metadata.namespace': ['metadata', 'namespace'] }), ...selectableFields };
  const requirements = text.split(/(?<!\\),/).filter((part) => part !== '').map((part) => {
    const { field = '', comparison, value = '' } = /^(?<field>[^=!]*)(?<comparison>==|=|!=)(?<value>.*)$/.exec(part)?.groups ?? {};
    if (comparison === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const path = paths[field];
    if (path === undefined) {
      throw badRequest(custom === true || Object.keys(selectableFields).length === 0
        ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${field}`);
    }
    const wanted = value.replace(/\\([\\,=])/g, '$1');
    return (object: KubernetesObject) => (valueAt(object, path) === wanted) === (comparison !== '!=');
  });
  return (object) => requirements.every((holds) => holds(object));
}

function valueAt(object: unknown, path: readonly string[]): string {
  let value = object;
  for (const field of path) value = (value as Readonly<Record<string, unknown>> | undefined)?.[field];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
