import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Gives text a colour, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const colors: Paint = (style, text) => (text.trim() === '' ? text : styleText(style, text, { validateStream: false }));
export const noColors: Paint = (_style, text) => text;

/** Whether to colour: `FORCE_COLOR` says so, or else `NO_COLOR` says not, or else it is a terminal that can. */
export function wantsColors({ FORCE_COLOR, NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  return isTerminal && TERM !== 'dumb';
}
