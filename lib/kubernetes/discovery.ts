import { createHash } from 'node:crypto';
import { TransportError } from '../model/errors.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ApiResource } from './rest-client.ts';

/** The kinds of one group version, by kind. */
export type ApiResources = ReadonlyMap<string, ApiResource>;

/** Where a group version is asked for: `/api/v1`, `/apis/apps/v1`. */
export function basePathOf({ apiVersion }: Kind<unknown>): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

interface ResourceRow {
  readonly name?: unknown;
  readonly kind?: unknown;
  readonly namespaced?: unknown;
}

/**
 * Reads an APIResourceList. Rows of subresources tell of their resource; rows that are none are passed over. Throws a TransportError of code `GARBAGE` where it is
 * no such list.
 */
export function readResources(body: string, basePath: string): ApiResources {
  const rows = rowsOf(body);
  const statuses = new Set(rows.map(({ name }) => name).filter((name) => typeof name === 'string' && name.endsWith('/status')));
  const byKind = new Map<string, ApiResource>();
  for (const { name, kind, namespaced } of rows) {
    if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/') || byKind.has(kind)) continue;
    byKind.set(kind, Object.freeze({ basePath, plural: name, kind, namespaced: namespaced === true, hasStatus: statuses.has(`${name}/status`) }));
  }
  return byKind;
}

function rowsOf(body: string): readonly ResourceRow[] {
  const resources = parsedResources(body);
  if (!Array.isArray(resources)) throw new TransportError('GARBAGE', "the server's answer is garbage: discovery cannot be read", { stage: 'response' });
  return resources.filter((row: unknown): row is ResourceRow => typeof row === 'object' && row !== null);
}

function parsedResources(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly resources?: unknown } | null)?.resources;
  } catch {
    return undefined; // without the parser's own error: it quotes the text
  }
}

/** The tables in use, by what they were read from. Weak: a table goes with the last client that has it, and so do its entry and what a hostile cluster made up. */
const tables = new Map<string, WeakRef<ApiResources>>();
const unused = new FinalizationRegistry<string>((key) => {
  if (tables.get(key)?.deref() === undefined) tables.delete(key);
});

/** The same table for the same text: reading one takes longer than telling it apart, and a fleet's are alike. Throws as {@link readResources}. */
export function sharedResources(body: string, basePath: string): ApiResources {
  const key = createHash('sha256').update(`${basePath}\n`).update(body).digest('base64');
  const known = tables.get(key)?.deref();
  if (known !== undefined) return known;
  const read = readResources(body, basePath);
  tables.set(key, new WeakRef(read));
  unused.register(read, key);
  return read;
}
