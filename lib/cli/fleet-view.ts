import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import { formatKey } from '../model/object-key.ts';
import type { Paint } from './paint.ts';
import { PHASES, SIGNS, isProblem, styleOf, troubleOf } from './state-text.ts';
import { renderTable } from './table.ts';
import { fit, plain, wrap } from './text-layout.ts';

export interface FleetViewOptions {
  /** The instant that ages are counted from, in ms. */
  readonly now: number;
  readonly columns: number;
  /** Lines of the terminal. */
  readonly rows: number;
  readonly wide?: boolean;
  readonly paint: Paint;
  /** What is watched. */
  readonly title: string;
  /** What should be read below the table, the newest last. */
  readonly notes?: readonly string[];
}

/** Lines that the newest notes get. */
const NOTES = 4;
/** Lines that an error gets, and what to look at. */
const LINES_OF_A_TEXT = 2;
/** Columns below which a text is not worth breaking. */
const NARROWEST_TEXT = 24;

/**
 * A fleet in one screen: what is watched, how many clusters are in which phase, the table, and with the lines that are left what is wrong and what
 * to look at. Clusters stand in the order of their names as long as all fit; where they do not, problems come first and the last line counts the rest.
 */
export function renderFleet(states: readonly ConnectionState[], options: FleetViewOptions): readonly string[] {
  const { columns, rows, paint, title } = options;
  const present = states.filter(({ phase }) => phase !== 'absent').toSorted(byName);
  const notes = (options.notes ?? []).slice(-NOTES).map((note) => paint('dim', fit(plain(note), columns)));
  const head = [paint('bold', fit(plain(title), columns)), fittedCounts(present, columns, paint), ''];
  const foot = notes.length === 0 ? [] : ['', ...notes];
  const body = Math.max(2, rows - head.length - foot.length);
  const table = present.length === 0 ? [] : tableOf(present, body, options);
  const problems = options.wide === true ? [] : problemsOf(present, body - table.length, columns, paint);
  return [...head, ...table, ...problems, ...foot].slice(0, Math.max(1, rows));
}

/** `12 clusters: 10 connected, 1 connecting, 1 disconnected`. */
export function countsOf(states: readonly ConnectionState[], paint: Paint): string {
  const counts = PHASES.flatMap((phase) => {
    const those = states.filter((state) => state.phase === phase);
    const [first] = those;
    return first === undefined ? [] : [paint(phase === 'connected' ? 'green' : styleOf(first), `${those.length} ${phase}`)];
  });
  const clusters = states.length === 1 ? '1 cluster' : `${states.length} clusters`;
  return counts.length === 0 ? 'no clusters' : `${clusters}: ${counts.join(', ')}`;
}

function fittedCounts(states: readonly ConnectionState[], columns: number, paint: Paint): string {
  const counts = countsOf(states, (_, text) => text);
  return counts.length <= columns ? countsOf(states, paint) : fit(counts, columns);
}

function tableOf(states: readonly ConnectionState[], lines: number, options: FleetViewOptions): readonly string[] {
  if (states.length + 1 <= lines) return renderTable(states, { ...options, steady: true });
  const byUrgency = states.toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || byName(a, b));
  const shown = byUrgency.slice(0, Math.max(0, lines - 2));
  return [...renderTable(shown, { ...options, steady: true }), options.paint('dim', fit(`… and ${restOf(byUrgency.slice(shown.length))}`, options.columns))];
}

/** `960 more connected`, or with the phases apart where there are several. */
function restOf(rest: readonly ConnectionState[]): string {
  const counts = PHASES.map((phase) => [rest.filter((state) => state.phase === phase).length, phase] as const).filter(([count]) => count > 0);
  const [only] = counts;
  if (counts.length === 1 && only !== undefined) return `${only[0]} more ${only[1]}`;
  return `${rest.length} more: ${counts.map(([count, phase]) => `${count} ${phase}`).join(', ')}`;
}

function problemsOf(states: readonly ConnectionState[], lines: number, columns: number, paint: Paint): readonly string[] {
  if (columns < NARROWEST_TEXT) return [];
  const shown: string[] = [];
  for (const entry of renderProblems(states, columns, paint)) {
    if (shown.length + entry.length + 1 > lines) break;
    shown.push(...shown.length === 0 ? [''] : [], ...entry);
  }
  return shown;
}

/** What is wrong with each cluster that has a problem, at which stage, and what to look at: lines of at most `columns`. */
export function renderProblems(states: readonly ConnectionState[], columns: number, paint: Paint): readonly (readonly string[])[] {
  return states.flatMap((state) => {
    const trouble = troubleOf(state);
    if (trouble === undefined) return [];
    const stage = trouble.stage === undefined ? '' : `${trouble.stage}: `;
    const what = wrap(`${formatKey(state.cluster)}: ${stage}${trouble.message}`, columns - 2, LINES_OF_A_TEXT);
    const look = trouble.hint === undefined ? [] : wrap(trouble.hint, columns - 4, LINES_OF_A_TEXT);
    return [[
      ...what.map((line, index) => `${index === 0 ? paint(styleOf(state), SIGNS[state.phase]) : ' '} ${line}`),
      ...look.map((line, index) => paint('dim', `${index === 0 ? '  → ' : '    '}${line}`)),
    ]];
  });
}

/** What cannot be left out comes first. */
function urgencyOf(state: ConnectionState): number {
  if (state.phase === 'disconnected') return 0;
  if (isProblem(state)) return 1;
  return 2 + PHASES.indexOf(state.phase);
}

function byName(a: ConnectionState, b: ConnectionState): number {
  const [left, right] = [formatKey(a.cluster), formatKey(b.cluster)];
  return left < right ? -1 : left > right ? 1 : 0;
}
