import { isDeepStrictEqual } from 'node:util';
import { isRecord, isSet, listKey } from './list-type.ts';

type Item = Record<string, unknown>;

/**
 * Merges as kube-apiserver does for its own kinds: lists with a merge key item by item, `$patch: delete | replace | merge`,
 * `$deleteFromPrimitiveList/…` and `$retainKeys`; `$setElementOrder/…` is accepted and not followed.
 */
export function strategicMergePatch(target: unknown, patch: unknown, field = ''): unknown {
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, field);
  if (!isRecord(patch)) return patch;
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  if (directive === 'delete') return undefined;
  const result: Item = isRecord(target) && directive !== 'replace' ? { ...target } : {};
  if (Array.isArray(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith('$setElementOrder/')) continue;
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const list = key.slice('$deleteFromPrimitiveList/'.length);
      const gone: readonly unknown[] = Array.isArray(value) ? value : [];
      if (Array.isArray(result[list])) result[list] = result[list].filter((item) => !gone.includes(item));
      continue;
    }
    const merged = value === null ? undefined : strategicMergePatch(result[key], value, key);
    if (merged === undefined) delete result[key];
    else result[key] = merged;
  }
  return result;
}

function mergeList(target: readonly unknown[], patch: readonly unknown[], field: string): unknown[] {
  if (isSet(field)) return [...target, ...patch.filter((item) => !target.includes(item))];
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) return patch.filter((item) => !isRecord(item) || item['$patch'] !== 'replace');
  const key = listKey(field, [...patch, ...target]);
  if (key === undefined) return [...patch];
  const merged = [...target];
  for (const item of patch.filter(isRecord)) {
    const index = merged.findIndex((candidate) => isRecord(candidate) && isDeepStrictEqual(candidate[key], item[key]));
    const value = strategicMergePatch(index < 0 ? undefined : merged[index], item);
    if (value === undefined) { if (index >= 0) merged.splice(index, 1); } else if (index < 0) merged.push(value);
    else merged[index] = value;
  }
  return merged;
}
