/** A mapping of JSON: what it inherits is no field of it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of JSON is a mapping: neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A mapping's own field, whatever its name. */
export function ownField(object: JsonObject, field: string): unknown {
  return Object.hasOwn(object, field) ? object[field] : undefined;
}

/** Whether two values are the same JSON: fields in any order, and one that is undefined is not there. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  return fieldsOf(a).every((field) => sameJson(a[field], ownField(b, field))) && fieldsOf(b).every((field) => ownField(a, field) !== undefined);
}

/** The fields that are written down. */
function fieldsOf(object: JsonObject): readonly string[] {
  return Object.keys(object).filter((field) => object[field] !== undefined);
}
