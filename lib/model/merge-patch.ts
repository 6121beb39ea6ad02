import { type JsonObject, isJsonObject, ownField, sameJson } from './json.ts';

/**
 * The smallest merge patch (RFC 7386) that makes `to` of `from`, or `undefined` where they are the same JSON. A field that is gone is null, an array that
 * differs is there in full, and of equal fields there is nothing. A null of `to` is a field that is gone: a merge patch cannot say anything else by it.
 */
export function mergePatch(from: JsonObject, to: JsonObject): JsonObject | undefined {
  const changes = [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((field): readonly [string, unknown][] => {
    const change = changeOf(ownField(from, field), ownField(to, field));
    return change === undefined ? [] : [[field, change]];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** What the patch says of one field; `undefined`: nothing. */
function changeOf(from: unknown, to: unknown): unknown {
  if (to === undefined) return from === undefined ? undefined : null;
  if (to === null) return from === undefined || from === null ? undefined : null;
  if (isJsonObject(from) && isJsonObject(to)) return mergePatch(from, to);
  return sameJson(from, to) ? undefined : to;
}
