/** Numbers from 0 up to 1 that look random and are the same for the same seed: mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const again = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LONGEST = 'x'.repeat(63);
/** Few, so that selectors meet labels; some are words of the language, or of JavaScript. */
const KEYS = ['app', 'n', 'in', 'notin', 'constructor', 'example.com/role', 'Tier_1.x', LONGEST];
const VALUES = ['', 'web', 'db', 'in', '0', '7', '007', '10', '9223372036854775807', '9223372036854775808', '1e3', 'A_b.c-9', LONGEST];
const WRONG_KEYS = ['-app', 'app-', 'a/b/c', '/app', 'app/', 'Example.com/role', 'example..com/role', 'é', `${LONGEST}x`, `${'x'.repeat(254)}/app`];
const WRONG_VALUES = ['-1', '+1', 'web-', 'a/b', '*', 'é', `${LONGEST}x`];
const BLANKS = ['', '', '', '', ' ', '  ', '\t', '\n', '\r'];
/** What may get between, or get lost. */
const SLIPS = [' ', ',', '=', '!', '<', '>', '(', ')', '/', '-', '_', '.', 'a', '9', '\t', '\0', 'é', '\u00a0'];

/** Labels as an API server takes them. */
export function randomLabels(random: () => number): Readonly<Record<string, string>> {
  return Object.fromEntries(KEYS.filter(() => random() < 0.5).map((key) => [key, oneOf(VALUES, random)]));
}

/** A label selector: most are right, one in three has been touched by a slip of the hand. */
export function randomSelector(random: () => number): string {
  const blank = (): string => oneOf(BLANKS, random);
  const key = (): string => oneOf(random() < 0.05 ? WRONG_KEYS : KEYS, random);
  const value = (): string => oneOf(random() < 0.05 ? WRONG_VALUES : VALUES, random);
  const values = (): string => some(3, random, () => blank() + value() + blank());
  const requirements: readonly (() => string)[] = [
    key,
    () => `!${blank()}${key()}`,
    () => `${key()}${blank()}${oneOf(['=', '==', '!='], random)}${blank()}${value()}`,
    () => `${key()}${blank()}${oneOf(['<', '>'], random)}${blank()}${oneOf(['1', '8', '09', value()], random)}`,
    () => `${key()} ${blank()}${oneOf(['in', 'notin'], random)}${blank()}(${values()})`,
  ];
  const text = some(2, random, () => blank() + oneOf(requirements, random)() + blank());
  if (random() > 1 / 3) return text;
  const at = Math.floor(random() * (text.length + 1));
  return random() < 0.5 ? text.slice(0, at) + oneOf(SLIPS, random) + text.slice(at) : text.slice(0, at) + text.slice(at + 1);
}

function oneOf<T>(choices: readonly T[], random: () => number): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

/** One to `most` of these, with commas between. */
function some(most: number, random: () => number, make: () => string): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, make).join(',');
}
