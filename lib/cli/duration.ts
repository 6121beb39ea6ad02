const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration of `ms` as a person reads it, at most 6 characters: `7s`, `95s`, `4m30s`, `25m`, `5h`, `3d`. Never negative. */
export function shortDuration(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / SECOND);
  if (ms < 2 * MINUTE) return `${seconds}s`;
  if (ms < 10 * MINUTE) return `${Math.floor(ms / MINUTE)}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  if (ms < 3 * HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)}h`;
  return `${Math.floor(ms / DAY)}d`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, '': SECOND };

/** ms of what a person wrote: `500ms`, `20s`, `1.5m`, `1m30s`; a number alone is seconds. `undefined` where it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * SECOND;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}
