import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import { formatKey } from '../model/object-key.ts';
import { shortDuration } from './duration.ts';
import type { Paint, Style } from './paint.ts';
import { SIGNS, reasonOf, styleOf, troubleOf } from './state-text.ts';
import { fit, pad, widthOf } from './text-layout.ts';

export interface TableOptions {
  /** The instant that ages are counted from, in ms. */
  readonly now: number;
  /** Columns of the terminal; without a limit nothing is cut. */
  readonly columns?: number;
  /** Namespaces and errors too. */
  readonly wide?: boolean;
  /** Phases and reasons get the room of the longest usual ones, where there is room: nothing moves when one changes. */
  readonly steady?: boolean;
  readonly paint: Paint;
}

interface Column {
  readonly title: string;
  /** Where there is no room for the title. */
  readonly short: string;
  /** What it holds at the longest, usually. */
  readonly usual?: string;
  /** Columns that it may shrink to; one without keeps its width. */
  readonly least?: number;
  readonly cell: (state: ConnectionState) => string;
  readonly style?: (state: ConnectionState) => Style | undefined;
}

/** Before each column but the first: the sign stands close to the name. */
const gapBefore = (index: number) => (index === 0 ? '' : index === 1 ? ' ' : '  ');
const NOTHING = '-';

/** The heading and one line for each state, in the order given, none wider than the terminal. */
export function renderTable(states: readonly ConnectionState[], { now, columns: available = Infinity, wide = false, steady = false, paint }: TableOptions): readonly string[] {
  const columns = columnsOf(states, now, wide);
  const cells = states.map((state) => columns.map(({ cell }) => cell(state)));
  const { titles, widths } = layout(columns, cells, available, steady);
  const heading = columns.map((_, index) => pad(titles[index] ?? '', widths[index] ?? 0));
  return [
    paint('bold', fit(heading.map((title, index) => gapBefore(index) + title).join('').trimEnd(), available)),
    ...states.map((state, row) => {
      const line = columns.map((_, index) => pad(cells[row]?.[index] ?? '', widths[index] ?? 0));
      return painted(line, columns.map(({ style }) => style?.(state)), available, paint);
    }),
  ];
}

function columnsOf(states: readonly ConnectionState[], now: number, wide: boolean): readonly Column[] {
  const oneNamespace = !wide && new Set(states.map(({ cluster }) => cluster.namespace)).size <= 1;
  const columns: readonly Column[] = [
    { title: '', short: '', cell: ({ phase }) => SIGNS[phase], style: styleOf },
    { title: 'CLUSTER', short: 'CLUSTER', least: 12, cell: ({ cluster }) => (oneNamespace ? cluster.name : formatKey(cluster)) },
    { title: 'PHASE', short: 'PHASE', usual: 'disconnected', cell: ({ phase }) => phase, style: styleOf },
    { title: 'REASON', short: 'REASON', usual: 'probeFailureThreshold', least: 10, cell: (state) => reasonOf(state) || NOTHING, style: (state) => (reasonOf(state) === '' ? 'dim' : undefined) },
    { title: 'AGE', short: 'AGE', usual: '119s', cell: ({ since }) => shortDuration(now - since.getTime()) },
    { title: 'LAST PROBE', short: 'PROBED', usual: '10s ago', cell: ({ health }) => agoOf(health.lastProbeTime, now), style: ({ health }) => (health.lastProbeTime === undefined ? 'dim' : undefined) },
    { title: 'FAILURES', short: 'FAILED', cell: ({ health }) => String(health.consecutiveFailures), style: ({ health }) => (health.consecutiveFailures > 0 ? 'red' : undefined) },
    { title: 'RETRY IN', short: 'RETRY', cell: (state) => retryOf(state, now), style: (state) => (retryOf(state, now) === NOTHING ? 'dim' : undefined) },
  ];
  if (!wide) return columns;
  return [...columns, { title: 'ERROR', short: 'ERROR', least: 0, cell: (state) => errorOf(state), style: () => 'dim' }];
}

function agoOf(time: Date | undefined, now: number): string {
  return time === undefined ? 'never' : `${shortDuration(now - time.getTime())} ago`;
}

function retryOf(state: ConnectionState, now: number): string {
  if (!('retryAt' in state) || state.retryAt === undefined) return NOTHING;
  const wait = state.retryAt.getTime() - now;
  return wait <= 0 ? 'now' : shortDuration(Math.ceil(wait / 1000) * 1000);
}

function errorOf(state: ConnectionState): string {
  const { message, hint } = troubleOf(state) ?? {};
  return [message, hint].filter((part) => part !== undefined).join('; ');
}

/** The width of every column: as its content asks for, or with short titles and, as far as is needed, shrunk from the right. */
function layout(
  columns: readonly Column[], cells: readonly (readonly string[])[], available: number, steady: boolean,
): { readonly titles: readonly string[]; readonly widths: readonly number[] } {
  const content = columns.map((_, index) => Math.max(0, ...cells.map((row) => widthOf(row[index] ?? ''))));
  const asked = (title: 'title' | 'short', usual: boolean) => columns.map((column, index) => Math.max(widthOf(column[title]), content[index] ?? 0, usual ? widthOf(column.usual ?? '') : 0));
  const total = (widths: readonly number[]) => widths.reduce((sum, width, index) => sum + gapBefore(index).length + width, 0);
  const wanted = [['title', steady], ['short', steady], ['title', false], ['short', false]] as const;
  for (const [title, usual] of wanted) {
    const widths = asked(title, usual);
    if (total(widths) <= available) return { titles: columns.map((column) => column[title]), widths };
  }

  const widths = [...asked('short', false)];
  for (let index = columns.length - 1; index >= 0; index -= 1) {
    const least = columns[index]?.least;
    const surplus = total(widths) - available;
    if (least !== undefined && surplus > 0) widths[index] = Math.max(Math.min(least, widths[index] ?? 0), (widths[index] ?? 0) - surplus);
  }
  return { titles: columns.map(({ short }) => short), widths };
}

/** Joins the cells of a line, cuts it, and colours what is left of each. */
function painted(cells: readonly string[], styles: readonly (Style | undefined)[], available: number, paint: Paint): string {
  let rest = available;
  let line = '';
  for (const [index, cell] of cells.entries()) {
    const gap = gapBefore(index);
    rest -= gap.length;
    if (rest <= 0) break;
    const text = fit(index === cells.length - 1 ? cell.trimEnd() : cell, rest);
    const style = styles[index];
    line += gap + (style === undefined ? text : paint(style, text));
    rest -= widthOf(text);
  }
  return line.trimEnd();
}
