/** A custom resource's schema within a CustomResourceDefinition is at 30 or so. */
const DEEPEST = 64;

/**
 * Whether two parts of objects are the same plain JSON, so that either may be taken for the other; the order of fields is of no matter. `false` where that cannot be said: of what
 * a transform has made that is no JSON, of what is deeper than any object, and of cycles.
 *
 * Each update of an object is compared with its state before in this way, some 200 values in a pod: the order of the questions is that of what they cost.
 */
export function isSamePart(value: unknown, other: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || typeof other !== 'object' || value === null || other === null) return value === other && (value !== 0 || Object.is(value, other));
  if (value === other) return true;
  if (depth === DEEPEST) return false;
  if (Array.isArray(value)) {
    if (!Array.isArray(other) || value.length !== other.length) return false;
    for (let i = 0; i < value.length; i++) if (!isSamePart(value[i], other[i], depth + 1)) return false;
    return true;
  }
  if (!isPlain(value) || !isPlain(other)) return false;
  let name: string;
  let more = 0;
  for (name in other) more += 1;
  for (name in value) {
    const field = value[name];
    // An own field of both, then: none of JSON is undefined, nor what an object inherits.
    if (field === undefined || !isSamePart(field, other[name], depth + 1)) return false;
    more -= 1;
  }
  return more === 0;
}

function isPlain(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}
