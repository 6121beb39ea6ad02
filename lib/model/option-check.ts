/** Says what is expected where a value is not it, and `undefined` where it is. */
export type Check = (value: unknown) => string | undefined;
/** One check for every field that an options object may have. */
export interface Shape { readonly [field: string]: Check | Shape }

/**
 * Checks an options object once, before anything is built from it. Throws a TypeError that names the field, what was expected and
 * what came; a field that nobody reads is an error too, for it is a misspelt one.
 */
export function checkOptions(path: string, value: unknown, shape: Shape): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object', value);
  const fields = value as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(fields)) {
    if (!Object.hasOwn(shape, field)) fail(`${path}.${field}`, `one of ${Object.keys(shape).join(', ')}`, 'an unknown field', String);
  }
  for (const [field, check] of Object.entries(shape)) {
    if (typeof check !== 'function') {
      if (fields[field] !== undefined) checkOptions(`${path}.${field}`, fields[field], check);
      continue;
    }
    const expected = check(fields[field]);
    if (expected !== undefined) fail(`${path}.${field}`, expected, fields[field]);
  }
}

/** A value may be left out. */
export const optional = (check: Check): Check => (value) => (value === undefined ? undefined : check(value));

const expecting = (expected: string, holds: (value: unknown) => boolean): Check => (value) => (holds(value) ? undefined : expected);

/** The longest that a timer of Node can wait; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const duration = expecting(`a number of milliseconds, above 0 and at most ${LONGEST_TIMER}`,
  (value) => typeof value === 'number' && value > 0 && value <= LONGEST_TIMER);
export const count = expecting('a whole number, 1 or more', (value) => Number.isInteger(value) && (value as number) >= 1);
export const rate = expecting('a number above 0', (value) => typeof value === 'number' && value > 0);
export const words = expecting('a string', (value) => typeof value === 'string');
export const text = expecting('a non-empty string', (value) => typeof value === 'string' && value !== '');
/** What can be sent as a header as it is: no line break, that would begin another one. */
export const headerText = expecting('a non-empty string of printable ASCII characters', (value) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value));
export const path = expecting("a path that begins with '/' and has no space or control character", (value) => typeof value === 'string' && /^\/[\x21-\x7e]*$/.test(value));
export const flag = expecting('true or false', (value) => typeof value === 'boolean');
export const procedure = expecting('a function', (value) => typeof value === 'function');
export const list = expecting('an array', (value) => Array.isArray(value));
export const schedulerLike = expecting('a scheduler with now() and schedule()', (value) => hasMethods(value, 'now', 'schedule'));

/** Options with every field there. */
export type Filled<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** The defaults under what was given; a field that is there and undefined was not given. */
export function filled<D extends object, T extends object>(defaults: D, given: T | undefined): D & T {
  const present = Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined));
  return { ...defaults, ...present as T };
}

/** An object with these methods. */
export const having = (what: string, ...methods: readonly string[]): Check => expecting(what, (value) => hasMethods(value, ...methods));

function hasMethods(value: unknown, ...methods: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function');
}

function fail(path: string, expected: string, got: unknown, describe: (value: unknown) => string = kindOf): never {
  throw new TypeError(`${path} must be ${expected}; got ${describe(got)}`);
}

/** What came, without its content where that may be a credential or long. */
function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'number': case 'boolean': case 'undefined': return String(value);
    case 'bigint': return `${value}n`;
    case 'string': return value.length <= 32 ? JSON.stringify(value) : `a string of ${value.length} characters`;
    case 'object': return value === null ? 'null' : Array.isArray(value) ? `an array of ${value.length}` : `an object of ${Object.getPrototypeOf(value)?.constructor?.name ?? 'no class'}`;
    default: return `a ${typeof value}`;
  }
}
