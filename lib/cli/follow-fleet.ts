import { type Observable, type SchedulerLike, asyncScheduler, auditTime, defer, filter, ignoreElements, map, merge, scan, tap, timer } from 'rxjs';
import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import type { ClusterEvent } from '../model/cluster-event.ts';
import { formatKey } from '../model/object-key.ts';
import type { Output } from './arguments.ts';
import { renderFleet } from './fleet-view.ts';
import { jsonLine } from './json-lines.ts';
import { showOn } from './screen.ts';
import { isNews } from './state-change.ts';
import { stateLines } from './state-line.ts';
import type { Size, Terminal } from './terminal.ts';

/** What is followed of a cluster cache. */
export interface FollowedFleet {
  readonly connections$: Observable<ConnectionState>;
  readonly events$: Observable<ClusterEvent>;
}

export interface FollowOptions {
  readonly output: Output;
  readonly terminal: Terminal;
  /** What is followed, for the head of the table; `now` in ms. */
  readonly title: (now: number) => string;
  /** What else happens, each in a line: below the table, and among the text; JSON goes without. */
  readonly note$: Observable<string>;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** ms between two frames at most: what changes more often than this cannot be read. */
const FRAME = 100;
/** ms after which ages are drawn anew. */
const TICK = 1_000;

/** Shows a fleet for as long as it is subscribed: a live table where that is asked for and can be, else a line for each change. Completes with the fleet. */
export function followFleet(fleet: FollowedFleet, options: FollowOptions): Observable<never> {
  const { output, terminal } = options;
  if (output !== 'json' && terminal.isLive) return showOn(terminal, frames(fleet, options));
  return lines(fleet, options).pipe(tap((line) => terminal.write(`${line}\n`)), ignoreElements());
}

type Change = (view: View) => void;

/** What the table is drawn of; the states are too many to be copied for each change. */
interface View {
  readonly states: Map<string, ConnectionState>;
  readonly notes: string[];
  size: Size;
}

/** The notes that are kept; the view shows fewer. */
const NOTES = 10;

function frames({ connections$ }: FollowedFleet, { output, terminal, title, note$, scheduler = asyncScheduler }: FollowOptions): Observable<readonly string[]> {
  return defer(() => merge(
    connections$.pipe(map((state): Change => ({ states }) => {
      if (state.phase === 'absent') states.delete(formatKey(state.cluster));
      else states.set(formatKey(state.cluster), state);
    })),
    note$.pipe(map((note): Change => ({ notes }) => {
      notes.push(note);
      notes.splice(0, notes.length - NOTES);
    })),
    terminal.size$.pipe(map((size): Change => (view) => { view.size = size; })),
    timer(0, TICK, scheduler).pipe(map((): Change => () => {})),
  ).pipe(
    scan((view, change) => {
      change(view);
      return view;
    }, { states: new Map(), notes: [], size: { columns: 80, rows: 24 } } as View),
    auditTime(FRAME, scheduler),
    map(({ states, notes, size }) => {
      const now = scheduler.now();
      return renderFleet([...states.values()], { ...size, now, wide: output === 'wide', paint: terminal.paint, title: title(now), notes });
    }),
  ));
}

function lines({ connections$, events$ }: FollowedFleet, { output, terminal, note$, scheduler = asyncScheduler }: FollowOptions): Observable<string> {
  return defer(() => {
    const known = new Map<string, ConnectionState>();
    const print = output === 'json' ? jsonLine : stateLines(terminal.paint);
    const at = () => new Date(scheduler.now());
    const changes$ = connections$.pipe(
      filter((state) => {
        const key = formatKey(state.cluster);
        const news = isNews(known.get(key), state) && !(state.phase === 'absent' && state.reason === 'stopped');
        if (state.phase === 'absent') known.delete(key);
        else known.set(key, state);
        return news;
      }),
      map((state) => print(state, at())),
    );
    const rotations$ = events$.pipe(
      filter(({ type }) => type === 'kubeconfigRotated'),
      map(({ key, type }) => [known.get(formatKey(key)), type] as const),
      filter((rotation): rotation is [ConnectionState, 'kubeconfigRotated'] => rotation[0] !== undefined),
      map(([state, type]) => print(state, at(), type)),
    );
    const notes$ = note$.pipe(filter(() => output !== 'json'), map((note) => `${terminal.paint('dim', at().toISOString())}  ${terminal.paint('dim', note)}`));
    return merge(changes$, rotations$, notes$);
  });
}
