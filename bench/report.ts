import type { Results } from './main.ts';
import type { ContestantName, ScenarioName } from './run.ts';
import type { Figures, Size } from './scenario.ts';

export interface Machine extends Size {
  readonly cpu: string;
  readonly memory: string;
  readonly node: string;
  readonly clientNode: string;
  readonly rxjs: string;
  readonly rounds: number;
}

/** One row of the table, and what it must reach. */
interface Row {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  /** One figure a round, or `undefined` where the contestant does not take part. */
  readonly of: (contestant: ContestantName) => readonly number[] | undefined;
  readonly target: string;
  /** What the target is about, from one round: a ratio, a difference, a count; and what it may be at most. */
  readonly reached: readonly number[];
  readonly most: number;
  readonly reachedDigits: number;
}

/** The results as a Markdown table with what was measured on. */
export function markdown(results: Results, machine: Machine): string {
  const rows = rowsOf(results, machine).filter(({ reached }) => reached.length > 0);
  const cells = (row: Row): string => [
    row.title, ...(['client-node', 'floor', 'clustercache'] as const).map((contestant) => spread(row.of(contestant), row.digits, row.unit)),
    spread(row.reached, row.reachedDigits, ''), row.target, row.target === '–' ? '' : median(row.reached) <= row.most ? 'pass' : '**miss**',
  ].join(' | ');
  return [
    `${machine.cpu}, ${machine.memory}, Node ${machine.node}, client-node ${machine.clientNode}, rxjs ${machine.rxjs}. ${machine.rounds} ${machine.rounds === 1 ? 'round' : 'rounds'}; each cell is the median, and in brackets the`,
    'least and the most of the rounds. A ratio is taken within a round, of runs one right after the other. Servers and client share the cores.',
    '',
    '| | client-node | floor | clustercache | to the floor | target | |',
    '|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${cells(row)} |`),
  ].join('\n');
}

function rowsOf(results: Results, machine: Machine): readonly Row[] {
  const { few, many, calls, healthy, hanging } = machine;
  const figure = (scenario: ScenarioName, contestant: ContestantName, value: (figures: Figures) => number | undefined) =>
    results[scenario]?.[contestant]?.map(value).filter((number) => number !== undefined);
  const each = (scenario: ScenarioName, value: (figures: Figures, contestant: ContestantName) => number | undefined) =>
    (contestant: ContestantName) => figure(scenario, contestant, (figures) => value(figures, contestant));
  const ratio = (ours: readonly number[] = [], theirs: readonly number[] = []) => ours.map((value, round) => value / (theirs[round] ?? NaN));
  const against = (of: Row['of'], other: ContestantName = 'floor') => ratio(of('clustercache'), of(other));

  // What the others spend on parsing is not their parser's figure, and too little to matter.
  const connectCpu = each('growth', ({ connectCpu, parseCpu }, contestant) => (contestant === 'clustercache' ? sub(connectCpu, parseCpu) : connectCpu));
  const parseCpu = each('growth', ({ parseCpu }, contestant) => (contestant === 'clustercache' ? parseCpu : undefined));
  const resident = each('growth', (figures) => figures['resident']);
  const probeCpu = each('probing', (figures) => figures['probeCpu']);
  const connections = each('calls', (figures) => figures['connections']);
  const fleet = each('fleet', (figures) => div(figures['wall'], 1000));
  const alone = each('healthy', (figures) => div(figures['wall'], 1000))('clustercache') ?? [];
  const among = each('hanging', (figures) => div(figures['wall'], 1000));
  const late = each('hanging', (figures) => div(figures['late'], 1000));

  return [
    { title: 'connect and 2 watches, CPU a cluster', unit: 'ms', digits: 2, of: connectCpu, reached: against(connectCpu), most: 1.3, reachedDigits: 2, target: '≤ 1.3 ×' },
    { title: 'of it apart: reading the kubeconfig', unit: 'ms', digits: 2, of: parseCpu, reached: parseCpu('clustercache') ?? [], most: Infinity, reachedDigits: 2, target: '–' },
    {
      title: `resident memory an idle cluster with 2 watches, metrics on (slope from ${few} to ${many})`, unit: 'KB', digits: 0, of: resident,
      reached: (resident('clustercache') ?? []).map((kb, round) => kb - (resident('floor')?.[round] ?? NaN)), most: 80, reachedDigits: 0, target: '≤ + 80 KB',
    },
    { title: 'a probe, CPU', unit: 'µs', digits: 0, of: probeCpu, reached: against(probeCpu), most: 1.3, reachedDigits: 2, target: '≤ 1.3 ×' },
    { title: `TLS connections for a connect and ${calls} calls`, unit: '', digits: 0, of: connections, reached: connections('clustercache') ?? [], most: 1, reachedDigits: 0, target: '1' },
    { title: `${healthy + hanging} healthy clusters connected`, unit: 's', digits: 2, of: fleet, reached: against(fleet), most: 1.3, reachedDigits: 2, target: '≤ 1.3 ×' },
    {
      title: `${healthy} healthy clusters connected, ${hanging} more that hang (the ${healthy} alone: ${spread(alone, 2, 's')})`, unit: 's', digits: 2, of: among,
      reached: ratio(among('clustercache'), alone), most: 1.2, reachedDigits: 2, target: '≤ 1.2 × alone',
    },
    { title: 'of these, the latest probe of a healthy one', unit: 's', digits: 2, of: late, reached: late('clustercache') ?? [], most: 1, reachedDigits: 2, target: '≤ 1 s late' },
    ...rowsOfControllers(each, machine),
    ...rowsOfObjects(each, machine),
  ];
}

type Each = (scenario: ScenarioName, value: (figures: Figures, contestant: ContestantName) => number | undefined) => Row['of'];

/** How long what happens takes to reach a reconcile, and what a controller adds to a sync. */
function rowsOfControllers(each: Each, { healthy, hanging, controllers: { clusters, objects, writeInterval } }: Machine): readonly Row[] {
  const row = (title: string, of: Row['of'], target: Pick<Row, 'reached' | 'most' | 'target'>, unit: string, digits: number): Row => ({ title, unit, digits, of, reachedDigits: digits, ...target });
  const figure = (scenario: ScenarioName, name: string, divisor = 1) => each(scenario, (figures) => div(figures[name], divisor));
  const own = (of: Row['of']): readonly number[] => of('clustercache') ?? [];
  const within = (title: string, name: string, most: number): Row => {
    const of = figure('controllerStates', name);
    return row(title, of, { reached: own(of), most, target: most === Infinity ? '–' : `≤ ${most} ms` }, 'ms', 2);
  };
  const changed = (title: string, name: string, most: number): Row => {
    const [of, alone] = [figure('controllerHanging', name), own(figure('controllerAlone', name))];
    const more = own(of).map((ms, round) => ms - (alone[round] ?? NaN));
    return row(`${title} (the ${healthy} alone: ${spread(alone, 1, 'ms')})`, of, { reached: more, most, target: most === Infinity ? '–' : `≤ alone + ${most} ms` }, 'ms', 1);
  };
  const synced = (title: string, name: string): readonly Row[] => {
    const alone = (of: string, digits: number, unit: string): string => `(without a controller: ${spread(own(figure('controllerSync', of)), digits, unit)})`;
    const sync = (part: string, of: string, digits: number, unit: string, most: number): Row => {
      const mine = figure('controllerSync', `${name}${of}`);
      const theirs = own(figure('controllerSync', `alone${of}`));
      const times = own(mine).map((value, round) => value / (theirs[round] ?? NaN));
      return row(`${part} ${alone(`alone${of}`, digits, unit)}`, mine, { reached: times, most, target: most === Infinity ? '–' : `≤ ${most} × without` }, unit, digits);
    };
    return [
      { ...sync(title, '', 2, 's', 1.3), reachedDigits: 2 },
      { ...sync('of it, CPU an object', 'Cpu', 0, 'µs', 1.3), reachedDigits: 2 },
      { ...sync('of it, the longest block of the event loop', 'Block', 0, 'ms', Infinity), reachedDigits: 2 },
    ];
  };
  return [
    within(`a cluster is given up until its reconcile begins, ${clusters} clusters, one after the other within 10 s: median`, 'median', 1),
    within('of these, p99', 'p99', 5),
    within('of these, the longest', 'worst', Infinity),
    within(`the same, all ${clusters} cut off at once: median`, 'medianAtOnce', 1),
    within('of these, p99', 'p99AtOnce', 5),
    within('of these, the longest', 'worstAtOnce', Infinity),
    changed(`an object is written until its reconcile begins, ${1_000 / writeInterval} writes a second over ${healthy} healthy clusters, ${hanging} more that hang: p99`, 'p99', 5),
    changed('of these, the median', 'median', Infinity),
    ...synced(`a controller over ${objects} objects, from the beginning until its queue is empty, which is worked off when all are in it`, 'waiting'),
    ...synced('the same of a workload cluster, whose objects are reconciled as they come', 'fleet'),
  ];
}

/** What is read from memory, and what is kept over outages and rotations: each to be at most so much, whatever it is elsewhere. */
function rowsOfObjects(each: Each, { pods, blackout, refusal, rotation }: Machine): readonly Row[] {
  const row = (title: string, of: Row['of'], most: number, unit = '', digits = 0): Row =>
    ({ title, unit, digits, of, reached: of('clustercache') ?? [], reachedDigits: digits, most, target: most === Infinity ? '–' : `${most === 0 ? '' : '≤ '}${most}${unit === '' ? '' : ` ${unit}`}` });
  const figure = (scenario: ScenarioName, name: string, divisor = 1) => each(scenario, (figures) => div(figures[name], divisor));
  const watches = (clusters: number) => `3 kinds × ${clusters} clusters`;
  // Who reads through a promise and has nothing to await is asked without one.
  const read = (awaited: string, plain: string) => each('reads', (figures, contestant) => figures[contestant === 'floor' ? plain : awaited]);
  const told = figure('blackout', 'told');
  const calm = (scenario: ScenarioName) => `of these, the longest time without an answer (as long without a rotation: ${spread(figure(scenario, 'calm')('clustercache'), 0, 'ms')})`;
  const missed = each('blackout', (figures) => sub(figures['removed'], figures['told']));
  return [
    row('a get from memory, awaited', read('awaited', 'get'), 1, 'µs', 3),
    row('a get from the store alone, not awaited', figure('reads', 'get'), 0.3, 'µs', 3),
    row(`a list by index, 1 of ${pods} pods, awaited`, read('awaitedIndexed', 'indexed'), 2, 'µs', 3),
    row(`lists after ${blackout.lasting / 1000} s of refused connections, ${watches(blackout.clusters)}`, figure('blackout', 'lists'), 0),
    { ...row('of these, objects deleted meanwhile: how many are told', told, 0), reached: missed('clustercache') ?? [], target: 'all' },
    row('of these, from the end until the last delete is told', figure('blackout', 'recovered', 1000), Infinity, 's', 2),
    row(`${refusal.lasting / 1000} s of refused connections, from the end until a write made then is told, ${watches(refusal.clusters)}: the latest`, figure('refusal', 'worst', 1000), 2, 's', 2),
    row('of these, the median', figure('refusal', 'median', 1000), Infinity, 's', 2),
    row(`another token, ${rotation.clusters} clusters at once: calls that fail`, figure('tokenRotation', 'failed'), 0),
    row('of these, watches that are opened anew', figure('tokenRotation', 'watches'), 0),
    row(calm('tokenRotation'), figure('tokenRotation', 'gap'), 100, 'ms'),
    row(`another client certificate, ${rotation.clusters} clusters at once: calls that fail`, figure('certificateRotation', 'failed'), 0),
    row('of these, lists', figure('certificateRotation', 'lists'), 0),
    row('of these, changes of an object that are not told', figure('certificateRotation', 'lost'), 0),
    row(calm('certificateRotation'), figure('certificateRotation', 'gap'), Infinity, 'ms'),
  ];
}

function sub(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a - b;
}

function div(a: number | undefined, by: number): number | undefined {
  return a === undefined ? undefined : a / by;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** `median (least–most)`. */
function spread(values: readonly number[] | undefined, digits: number, unit: string): string {
  if (values === undefined || values.length === 0) return '–';
  const shown = (value: number): string => value.toFixed(digits);
  const text = values.length === 1 ? shown(median(values)) : `${shown(median(values))} (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
  return unit === '' ? text : `${text} ${unit}`;
}
