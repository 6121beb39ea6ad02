import type { Random } from '../../bench/random.ts';
import type { Fault } from '../../lib/testing/index.ts';

/** Which requests a fault is for. A watch that is never answered is given up after 20 s of a clock that no spec can hurry: only calls hang. */
export type Victim = 'any' | 'watch' | 'list' | 'call' | 'identity';

/** Something that goes wrong for a while. */
export interface FaultPlan {
  readonly name: string;
  /** `cut`, `goAway` and `endWatches` are done to a server once; what else is a fault is injected. */
  readonly what: Fault | 'cut' | 'goAway' | 'endWatches';
  readonly victim: Victim;
  /** What is done to the server at once, so that watches come and meet the fault. */
  readonly met: 'cut' | 'endWatches' | undefined;
  /** ms until it is healed */
  readonly lasts: number;
}

type Make = (random: Random) => Fault | 'cut' | 'goAway' | 'endWatches';

const FAULTS: readonly (readonly [name: string, victims: readonly Victim[], make: Make])[] = [
  ['cut', ['any'], () => 'cut'],
  ['refuse', ['any'], () => ({ fault: 'refuse' })],
  ['halfOpen', ['any'], () => ({ fault: 'halfOpen' })],
  ['hang', ['call'], () => ({ fault: 'hang' })],
  ['reset', ['any', 'watch', 'list'], (random) => ({ fault: 'reset', times: random.between(1, 3) })],
  ['refuseStream', ['any', 'watch', 'list'], (random) => ({ fault: 'refuseStream', times: random.between(1, 3) })],
  ['end of a line', ['watch'], (random) => ({ fault: 'truncate', times: random.between(1, 3) })],
  ['reset in a line', ['watch'], (random) => ({ fault: 'truncate', reset: true, times: random.between(1, 3) })],
  ['truncated answer', ['list', 'call'], (random) => ({ fault: 'truncate', reset: random.next() < 0.5, times: random.between(1, 3) })],
  ['garbage', ['any', 'watch', 'list'], (random) => ({ fault: 'garbage', times: random.between(1, 3) })],
  ['serverError', ['any', 'watch', 'list', 'call', 'identity'], (random) => ({ fault: 'serverError', status: random.of([500, 502, 503, 504]), times: random.between(3, 10) })],
  ['tooManyRequests', ['any', 'watch', 'list'], (random) => ({ fault: 'tooManyRequests', times: random.between(3, 10) })],
  ['unauthorized', ['any', 'watch', 'list'], (random) => ({ fault: 'unauthorized', times: random.between(1, 2) })],
  ['forbidden', ['watch', 'list'], (random) => ({ fault: 'forbidden', times: random.between(1, 3) })],
  ['redirect', ['watch', 'list'], () => ({ fault: 'redirect', location: 'https://127.0.0.1:1/', times: 1 })],
  ['slow', ['any', 'watch', 'list'], (random) => ({ fault: 'slow', delay: random.between(10, 300), times: random.between(1, 5) })],
  ['goaway', ['any'], (random) => ({ fault: 'goaway', times: random.between(1, 4) })],
  ['goaway of all', ['any'], () => 'goAway'],
  ['endWatches', ['any'], () => 'endWatches'],
];

const FORGETFUL: typeof FAULTS = [['gone', ['watch', 'list'], (random) => ({ fault: 'gone', times: random.between(1, 2) })]];

/** ms: shorter and longer than it takes to disconnect by the threshold of the probe. */
const LASTS = { least: 20, most: 900 };

/** A fault, of anything or of a victim; where it is to be calm, none that says that something is forgotten. */
export function randomFault(random: Random, calm: boolean, of?: Victim): FaultPlan {
  const all = calm ? FAULTS : [...FAULTS, ...FORGETFUL];
  const [name, victims, make] = random.of(of === undefined ? all : all.filter(([, choices]) => choices.includes(of)));
  const victim = of ?? random.of(victims);
  const isMet = victim === 'watch' && random.next() < MET;
  return { name, what: make(random), victim, met: isMet ? random.of(['cut', 'endWatches'] as const) : undefined, lasts: random.between(LASTS.least, LASTS.most) };
}

/** Part of the faults of watches that is met at once. */
const MET = 0.6;
