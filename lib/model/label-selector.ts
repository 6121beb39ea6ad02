import { SelectorError } from './errors.ts';

/** Whether an object with these labels is selected; an object without any has `undefined`. */
export type LabelSelector = (labels: Readonly<Record<string, string>> | undefined) => boolean;

/**
 * Reads a label selector as the API server does: requirements joined by commas, all of which must hold.
 *
 * - `key=value`, `key==value`, `key in (a, b)`: the label is there and is (one of) the value(s). The empty value is one like the others: `key=`, `key in (a,)`, `key in ()`.
 * - `key!=value`, `key notin (a, b)`: the label is not there, or is another value.
 * - `key`, `!key`: the label is there, or is not.
 * - `key>1`, `key<1`: the label is a whole decimal number of 64 bits, and is above or below this one.
 *
 * An empty text selects everything. Throws a {@link SelectorError} for what the API server would answer with 400.
 */
export function parseLabelSelector(text: string): LabelSelector {
  const tokens = tokensOf(text);
  if (tokens.next() === END) return () => true;
  const requirements: LabelSelector[] = [];
  do requirements.push(requirement(tokens)); while (tokens.skip(','));
  tokens.take("',' or its end", (token) => token === END);
  const [only] = requirements;
  if (only !== undefined && requirements.length === 1) return only;
  return (labels) => requirements.every((holds) => holds(labels));
}

/** What `next` tells behind the last token. */
const END = '';

/**
 * Blanks, then a symbol or a word. A NUL ends a token, and where one would begin it ends the text: the API server reads texts that way.
 */
const TOKEN = /[ \t\r\n]*(==|!=|[=!<>(),]|[^ \t\r\n=!<>(),\0]+)\0?/gy;

/** The tokens of a text, read from its beginning. */
interface Tokens {
  /** The one that comes next, not taken yet. */
  next(): string;
  /** Takes the next one if it is this one, and tells whether it was. */
  skip(token: string): boolean;
  /** Takes and returns the next one. Throws the selector's error where it is not what is expected. */
  take(expected: string, fits: (token: string) => boolean): string;
}

function tokensOf(text: string): Tokens {
  const tokens = Array.from(text.matchAll(TOKEN), ([, token = END]) => token);
  let position = 0;
  const next = (): string => tokens[position] ?? END;
  return {
    next,
    skip: (token) => {
      const is = next() === token;
      if (is) position += 1;
      return is;
    },
    take: (expected, fits) => {
      const found = next();
      if (!fits(found)) throw new SelectorError('label', text, { expected, found });
      position += 1;
      return found;
    },
  };
}

const isWord = (token: string): boolean => token !== END && !/[=!<>(),]/.test(token);

function requirement(tokens: Tokens): LabelSelector {
  if (tokens.skip('!')) {
    const key = keyOf(tokens);
    return (labels) => !has(labels, key);
  }
  const key = keyOf(tokens);
  if (tokens.next() === END || tokens.next() === ',') return (labels) => has(labels, key);
  switch (tokens.take(OPERATORS.join(', '), (token) => OPERATORS.includes(token))) {
    case 'in': return among(key, valuesOf(tokens));
    case 'notin': return not(among(key, valuesOf(tokens)));
    case '>': return above(key, boundOf(tokens));
    case '<': return below(key, boundOf(tokens));
    case '!=': return not(equal(key, valueOf(tokens)));
    default: return equal(key, valueOf(tokens));
  }
}

const OPERATORS: readonly string[] = ['=', '==', '!=', 'in', 'notin', '>', '<'];

// A label is a string. What a plain object inherits under a key that may be one, such as `constructor`, is none, so no lookup here asks whose property it is.
const has = (labels: Parameters<LabelSelector>[0], key: string): boolean => typeof labels?.[key] === 'string';
const equal = (key: string, value: string): LabelSelector => (labels) => labels?.[key] === value;
const among = (key: string, values: ReadonlySet<string | undefined>): LabelSelector => (labels) => values.has(labels?.[key]);
const above = (key: string, bound: bigint): LabelSelector => numbered(key, (number) => number > bound);
const below = (key: string, bound: bigint): LabelSelector => numbered(key, (number) => number < bound);
const not = (holds: LabelSelector): LabelSelector => (labels) => !holds(labels);

function numbered(key: string, holds: (number: bigint) => boolean): LabelSelector {
  return (labels) => {
    const number = wholeNumber(labels?.[key]);
    return number !== undefined && holds(number);
  };
}

/** A number as Go reads an int64 in base 10, or `undefined`. */
function wholeNumber(text: unknown): bigint | undefined {
  if (typeof text !== 'string' || !/^[-+]?[0-9]+$/.test(text)) return undefined;
  const number = BigInt(text);
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

/** What a name and a value are made of. */
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** Most characters of a name and of a value, by the API's rules: those of a DNS label. */
const LONGEST_NAME = 63;
/** Most characters of a key's prefix, by the API's rules: those of a DNS name. */
const LONGEST_PREFIX = 253;

const isName = (text: string): boolean => text.length <= LONGEST_NAME && NAME.test(text);

function isKey(text: string): boolean {
  const [name = '', prefix, ...rest] = text.split('/').reverse();
  return rest.length === 0 && isName(name) && (prefix === undefined || (prefix.length <= LONGEST_PREFIX && SUBDOMAIN.test(prefix)));
}

function keyOf(tokens: Tokens): string {
  return tokens.take(`a label's key: at most ${LONGEST_NAME} letters, digits, '-', '_' and '.', a letter or digit first and last, after a DNS name and '/' or without`, (token) => isWord(token) && isKey(token));
}

function wordOf(tokens: Tokens): string {
  return tokens.take(`a label's value: at most ${LONGEST_NAME} letters, digits, '-', '_' and '.', a letter or digit first and last, or none`, (token) => isWord(token) && isName(token));
}

function valueOf(tokens: Tokens): string {
  return tokens.next() === END || tokens.next() === ',' ? '' : wordOf(tokens);
}

function valuesOf(tokens: Tokens): ReadonlySet<string> {
  const values = new Set<string>();
  tokens.take("'('", (token) => token === '(');
  do values.add(isWord(tokens.next()) ? wordOf(tokens) : ''); while (tokens.skip(','));
  tokens.take("',' or ')'", (token) => token === ')');
  return values;
}

function boundOf(tokens: Tokens): bigint {
  // It must be a label's value too: no sign, and not longer than one.
  const text = tokens.take(`a whole number from 0 to 2^63 - 1 in at most ${LONGEST_NAME} digits`, (token) => isName(token) && wholeNumber(token) !== undefined);
  return BigInt(text);
}
