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

/** Reads an APIResourceList. Rows of subresources tell of their resource; rows that are none are passed over. */
export function readResources(body: string, basePath: string): ApiResources {
  const { resources } = JSON.parse(body) as { readonly resources?: readonly ResourceRow[] };
  const rows = Array.isArray(resources) ? resources as readonly ResourceRow[] : [];
  const statuses = new Set(rows.map(({ name }) => name).filter((name) => typeof name === 'string' && name.endsWith('/status')));
  const byKind = new Map<string, ApiResource>();
  for (const { name, kind, namespaced } of rows) {
    if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/') || byKind.has(kind)) continue;
    byKind.set(kind, Object.freeze({ basePath, plural: name, namespaced: namespaced === true, hasStatus: statuses.has(`${name}/status`) }));
  }
  return byKind;
}

/** Group versions of which the tables are kept: 1000 clusters of one version have the same, and some 30 group versions each. */
const MOST_TABLES = 256;
const tables = new Map<string, ApiResources>();

/** The same table for the same text: reading one takes longer than asking for it, and a fleet's are alike. */
export function sharedResources(body: string, basePath: string): ApiResources {
  const key = `${basePath}\n${body}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const read = readResources(body, basePath);
  if (tables.size >= MOST_TABLES) tables.delete(tables.keys().next().value!);
  tables.set(key, read);
  return read;
}
