import { SelectorError } from './errors.ts';

/** What one field of an object must be, or must not be. */
export interface FieldRequirement {
  /** As the API names it: `metadata.name`, `spec.nodeName`. */
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/**
 * Reads a field selector as the API server does: `field=value`, `field==value`, `field!=value`, joined by commas, all of which must hold. In a value, a comma, an equals
 * sign and a backslash stand behind a backslash. Blanks are part of what they stand in. An empty text asks for nothing, and so does a sign with neither field nor value. The
 * requirements come in the order of the text; which fields there are is for the server to say. Throws a {@link SelectorError} for what does not parse.
 */
export function parseFieldSelector(text: string): readonly FieldRequirement[] {
  return Array.from(text.matchAll(TERM), ([term]) => requirement(text, term)).filter(({ field, value }) => field !== '' || value !== '');
}

/**
 * The namespace by which a field selector selects; `undefined` where it does not, or does not parse. What it selects is to be read of that namespace: kube-apiserver reads the
 * first page of such a list of all namespaces there, and goes on from its end among all, so that the next pages leave objects out or repeat them.
 */
export function namespaceSelectedBy(text: string): string | undefined {
  try {
    return parseFieldSelector(text).find(({ field, operator, value }) => field === 'metadata.namespace' && operator === '=' && NAMESPACE.test(value))?.value;
  } catch {
    return undefined; // the API server says what is wrong with it
  }
}

/** What can be a namespace's name. */
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** What stands between two commas; one behind a backslash does not count. */
const TERM = /(?:\\[^]|[^,])+/g;

function requirement(text: string, term: string): FieldRequirement {
  const [, field, sign, value] = /^([^]*?)(!=|==?)([^]*)$/.exec(term) ?? [];
  if (field === undefined || value === undefined) throw new SelectorError('field', text, { expected: 'a field, then =, == or !=, then a value', found: term });
  return { field, operator: sign === '!=' ? '!=' : '=', value: unescaped(text, value) };
}

function unescaped(text: string, value: string): string {
  return value.replaceAll(/\\([\\,=])|[\\=]/g, (_sequence, character?: string) => {
    if (character === undefined) throw new SelectorError('field', text, { expected: "a value in which ',', '=' and '\\' stand behind a '\\', and nothing else does", found: value });
    return character;
  });
}
