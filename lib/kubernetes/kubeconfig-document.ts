import { YAMLException, load } from 'js-yaml';
import { KubeconfigError } from '../model/errors.ts';

/** A mapping of the document: only its own fields count, so that no inherited name is taken for one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Bytes: what a Secret may hold at most (`MaxSecretSize` of Kubernetes), so that nothing larger can come from one. */
const MOST_BYTES = 1024 * 1024;

/** Kubeconfigs are five levels deep (`as-user-extra`), and anchors are rare in them; a document far beyond is an attack. */
const LIMITS = Object.freeze({ maxDepth: 20, maxAliases: 100, maxTotalMergeKeys: 100 });

/** Reads the YAML (or JSON) of a kubeconfig. The parser's own words are left out of the error: they quote the document. */
export function readDocument(text: string | Uint8Array): Fields {
  const bytes = typeof text === 'string' ? Buffer.byteLength(text) : text.byteLength;
  if (bytes > MOST_BYTES) throw new KubeconfigError('KUBECONFIG_TOO_LARGE', `${PREFIX}: must be at most ${MOST_BYTES} bytes; got ${bytes}`);
  const decoded = decode(text);
  const document = decoded.trim() === '' ? undefined : parse(decoded);
  if (document === undefined || document === null) throw new KubeconfigError('KUBECONFIG_EMPTY', `${PREFIX}: the document is empty`);
  return mapping(document, 'the document');
}

/** Go's text, at the start of every message. */
export const PREFIX = 'error creating REST config: error parsing kubeconfig';

/** The value as a mapping; `path` says where it stands. */
export function mapping(value: unknown, path: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrongType(path, 'a mapping', value);
}

/** A field that is a string, or `undefined` where it is missing, null or empty. */
export function stringField(fields: Fields, field: string, path: string): string | undefined {
  const value = own(fields, field);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw wrongType(`${path}.${field}`, 'a string', value);
}

/** A field that is true or false; missing is false. */
export function booleanField(fields: Fields, field: string, path: string): boolean {
  const value = own(fields, field);
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw wrongType(`${path}.${field}`, 'true or false', value);
}

/** A field that is a list; missing is empty. */
export function listField(fields: Fields, field: string, path: string): readonly unknown[] {
  const value = own(fields, field);
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly unknown[];
  throw wrongType(path === '' ? field : `${path}.${field}`, 'a list', value);
}

/** A field of the mapping itself, whatever its name. */
export function own(fields: Fields, field: string): unknown {
  return Object.hasOwn(fields, field) ? fields[field] : undefined;
}

function decode(text: string | Uint8Array): string {
  if (typeof text === 'string') return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(text);
  } catch {
    throw new KubeconfigError('KUBECONFIG_NOT_YAML', `${PREFIX}: must be YAML in UTF-8; got bytes that are not UTF-8`);
  }
}

function parse(text: string): unknown {
  try {
    return load(text, LIMITS);
  } catch (error) {
    const line = error instanceof YAMLException && error.mark ? `, at line ${error.mark.line + 1}` : '';
    throw new KubeconfigError('KUBECONFIG_NOT_YAML', `${PREFIX}: must be one YAML document without duplicate keys, not nested beyond reason; got something else${line}`);
  }
}

function wrongType(path: string, expected: string, value: unknown): KubeconfigError {
  const got = value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
  return new KubeconfigError('KUBECONFIG_WRONG_TYPE', `${PREFIX}: ${path} must be ${expected}; got ${got}`);
}
