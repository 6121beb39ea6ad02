/**
 * Somebody else's words as they may stand in a message: on one line of at most `longest` characters, with nothing in them that steers a log or a terminal. Empty for
 * what is no text.
 */
export function oneLine(words: unknown, longest: number): string {
  if (typeof words !== 'string') return '';
  const text = words.slice(0, longest).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return words.length > longest ? `${text}…` : text;
}
