/** An error whose causes go deeper is not looked into: nobody wraps that often, and a cause may be its own. */
const DEEPEST = 16;

/** The first of an error, its cause, the cause of that and so on that is one of `type`; `undefined` where none is. */
export function findCause<E extends Error>(error: unknown, type: abstract new (...args: never[]) => E): E | undefined {
  let found = error;
  for (let depth = 0; depth < DEEPEST && found instanceof Error; depth += 1) {
    if (found instanceof type) return found;
    found = found.cause;
  }
  return undefined;
}
