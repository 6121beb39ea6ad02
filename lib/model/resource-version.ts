const DECIMAL = /^(0|[1-9][0-9]*)$/;

/**
 * Orders two resourceVersions of one resource of one cluster: negative, zero or positive; `undefined` where either is not a
 * decimal and they differ. They are decimals of any length, so length first, then text: a Number would lose digits.
 */
export function compareResourceVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
