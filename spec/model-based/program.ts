import { Random } from '../../bench/random.ts';
import { NAMESPACES, type ThingKind, randomLabels } from './thing.ts';
import { type FaultPlan, randomFault } from './fault-plan.ts';

/** How the world of a program is made. */
export interface Setup {
  readonly clusters: number;
  readonly user: 'token' | 'clientCertificate';
  readonly protocol: 'h2' | 'http/1.1';
  /** Of each kind, from the start. */
  readonly objects: number;
  /** What is kept of Pods. */
  readonly pods: 'all' | 'labelled' | 'ofNamespaces';
  /** Pods are indexed, and so kept from the connect on. */
  readonly indexed: boolean;
  /** A transform leaves the managed fields out. */
  readonly stripped: boolean;
  /** Kinds are let go soon after the last that follows them. */
  readonly brief: boolean;
  /** Objects are told again now and then. */
  readonly resyncs: boolean;
  /** Bookmarks come often. */
  readonly bookmarks: boolean;
}

export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** Where something is: clusters are counted from 1. */
export interface Spot {
  readonly cluster: number;
  readonly kind: ThingKind;
}

export interface Named extends Spot {
  readonly namespace: string;
  readonly name: string;
}

export type ReadWay = 'get' | 'list' | 'selected' | 'indexed' | 'stale';
export type Rotation = 'token' | 'certificate' | 'authority';

export type Step =
  /** Creates an object, or changes it where there is one, so many times in a row. */
  | ({ readonly do: 'put'; readonly labels: Readonly<Record<string, string>>; readonly times: number } & Named)
  | ({ readonly do: 'delete' } & Named)
  /** Deletes it where there is one, and creates another of the same name at once. */
  | ({ readonly do: 'recreate'; readonly labels: Readonly<Record<string, string>> } & Named)
  /** Through a client that reads its own writes, and reads it. */
  | { readonly do: 'own'; readonly cluster: number; readonly what: 'write' | 'delete'; readonly name: string }
  | { readonly do: 'subscribe'; readonly id: number; readonly kind: ThingKind; /** `undefined`: all. */ readonly cluster: number | undefined; readonly selection: Selection; readonly slow: boolean }
  | { readonly do: 'unsubscribe'; readonly id: number }
  | ({ readonly do: 'read'; readonly way: ReadWay; readonly selection: Selection } & Named)
  | ({ readonly do: 'break'; readonly cluster: number } & FaultPlan)
  | { readonly do: 'rotate'; readonly cluster: number; readonly what: Rotation }
  /** Nobody can reach it until `mend`. */
  | { readonly do: 'refuse' | 'compact' | 'mend' | 'restart'; readonly cluster: number }
  /** Its kubeconfig now leads to another one's server. */
  | { readonly do: 'exchange'; readonly cluster: number; readonly to: number }
  /** Its Cluster is deleted and made again. */
  | { readonly do: 'readmit'; readonly cluster: number }
  | { readonly do: 'cutManagement' }
  /** Waits until what is followed from the first to the last is in, and comes as it happens. */
  | { readonly do: 'settle' }
  /** Waits until a watch has been told 410. */
  | { readonly do: 'witness' }
  /** ms */
  | { readonly do: 'rest'; readonly ms: number };

/** What is to be done, in which world: all of it follows from the seed. */
export interface Program {
  readonly seed: number;
  readonly setup: Setup;
  /** Nothing in it makes a server forget, or be another: nothing may be listed again. */
  readonly calm: boolean;
  readonly steps: readonly Step[];
}

/** Steps that come after that many operations. */
interface Disturbance {
  readonly at: number;
  readonly steps: readonly Step[];
}

/** Writes, reads and subscriptions of a program; disturbances are more. */
const OPERATIONS = 220;
const MIDDLE = 150;
const FAULTS = { least: 5, most: 9 };
/** A list has more than one page of 500 from here on. Rarely, for a list costs as much as a hundred operations. */
const MANY_OBJECTS = 620;
const MANY_EVERY = 12;
const CALM_EVERY = 5;
/** ms */
const RESTS = [0, 0, 1, 5, 20, 60];
const KINDS: readonly ThingKind[] = ['ConfigMap', 'Pod', 'Node'];
/** Few, so that operations meet. */
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const SELECTORS = ['tier=web', 'tier=web,track!=canary', 'track in (canary,stable)', '!track', 'tier notin (web)'];

/** The program of a seed. Pure. */
export function programOf(seed: number): Program {
  const random = new Random(seed);
  const calm = seed % CALM_EVERY === 0;
  const setup = setupOf(random, seed);
  const steps: Step[] = [];
  let lastId = 0;
  const ids = new Set<number>();

  const cluster = (): number => random.between(1, setup.clusters);
  const spot = (): Spot => ({ cluster: cluster(), kind: random.of(KINDS) });
  const named = (at = spot()): Named => ({ ...at, namespace: at.kind === 'Node' ? '' : random.of(NAMESPACES), name: random.of(NAMES) });
  const selection = (kind: ThingKind): Selection => ({
    ...(kind !== 'Node' && random.next() < 0.3 ? { namespace: random.of(NAMESPACES) } : {}),
    ...(random.next() < 0.5 ? { labelSelector: random.of(SELECTORS) } : {}),
  });
  const subscribe = (at: { readonly cluster: number | undefined; readonly kind: ThingKind }, selected = selection(at.kind), slow = random.next() < 0.3): Step => {
    lastId += 1;
    return { do: 'subscribe', id: lastId, ...at, selection: selected, slow };
  };
  const write = (at = named()): Step => {
    const chance = random.next();
    if (chance < 0.2) return { do: 'delete', ...at };
    if (chance < 0.35) return { do: 'recreate', ...at, labels: randomLabels(random) };
    return { do: 'put', ...at, labels: randomLabels(random), times: random.next() < 0.15 ? random.between(3, 8) : 1 };
  };
  const operation = (): Step => {
    const chance = random.next();
    if (chance < 0.62) return write();
    if (chance < 0.8) return { do: 'read', ...named(), way: random.of<ReadWay>(['get', 'get', 'list', 'selected', 'indexed', 'stale']), selection: { labelSelector: random.of(SELECTORS) } };
    if (chance < 0.84) {
      const at = cluster();
      // Of its own for each: two may lead to one server.
      return { do: 'own', cluster: at, what: random.of(['write', 'write', 'delete'] as const), name: `own-${at}-${random.of(NAMES)}` };
    }
    if (chance < 0.93 || ids.size === 0) {
      const step = subscribe(random.next() < 0.2 ? { cluster: undefined, kind: random.of(KINDS) } : spot());
      ids.add(lastId);
      return step;
    }
    const id = random.of([...ids]);
    ids.delete(id);
    return { do: 'unsubscribe', id };
  };

  /** A while in which it cannot be reached, is written to, and forgets. */
  const forgetting = (at: number): readonly Step[] => {
    const met: readonly Step[] = random.next() < 0.6 ? [{ do: 'break', cluster: at, ...randomFault(random, calm, 'list') }] : [];
    if (random.next() < 0.3) return [{ do: 'settle' }, ...met, { do: 'restart', cluster: at }];
    const missed = Array.from({ length: random.between(0, 5) }, () => write());
    return [{ do: 'settle' }, ...met, { do: 'refuse', cluster: at }, ...KINDS.map((kind) => write(named({ cluster: at, kind }))), ...missed, { do: 'compact', cluster: at }, { do: 'rest', ms: random.between(0, 60) }, { do: 'mend', cluster: at }];
  };

  const times = <T>(least: number, most: number, make: () => T): T[] => Array.from({ length: random.between(least, most) }, make);
  const anywhere = (): number => random.between(15, OPERATIONS - 10);
  // What makes another cluster of one has its place after what makes one forget: who knows nothing has nothing to lose.
  const forgettings = calm ? [] : times(1, 2, (): Disturbance => ({ at: random.between(15, MIDDLE), steps: [...forgetting(cluster()), { do: 'witness' }] }));
  const late = (): number => random.between(MIDDLE + 10, OPERATIONS - 10);
  const isExchanged = !calm && setup.clusters > 1 && random.next() < 0.2;
  const isReadmitted = !calm && random.next() < 0.1;
  const disturbances: readonly Disturbance[] = [
    ...times(FAULTS.least, FAULTS.most, (): Disturbance => ({ at: anywhere(), steps: [{ do: 'break', cluster: cluster(), ...randomFault(random, calm) }] })),
    ...times(1, 2, (): Disturbance => {
      const at = cluster();
      const unread: readonly Step[] = random.next() < 0.3 ? [{ do: 'break', cluster: at, ...randomFault(random, calm, 'identity') }] : [];
      return { at: anywhere(), steps: [...unread, { do: 'rotate', cluster: at, what: random.of<Rotation>(calm ? ['token', 'certificate'] : ['token', 'certificate', 'authority']) }] };
    }),
    ...forgettings,
    ...(isExchanged ? [{ at: late(), steps: [{ do: 'exchange', cluster: 1, to: 2 }, { do: 'rest', ms: random.between(0, 500) }, { do: 'exchange', cluster: 1, to: 1 }] as const }] : []),
    ...(isReadmitted ? [{ at: late(), steps: [{ do: 'readmit', cluster: cluster() }] as const }] : []),
    ...(random.next() < 0.2 ? [{ at: anywhere(), steps: [{ do: 'cutManagement' }] as const }] : []),
  ];

  // Two kinds are followed from the first to the last; the third is, or is not.
  for (let at = 1; at <= setup.clusters; at += 1) for (const kind of KINDS.slice(0, setup.brief ? 2 : 3)) steps.push(subscribe({ cluster: at, kind }, {}, false));
  if (random.next() < 0.8) steps.push({ do: 'settle' }); // else it begins before anything is in
  for (let count = 0; count < OPERATIONS; count += 1) {
    steps.push(operation());
    for (const { at, steps: disturbing } of disturbances) if (at === count) steps.push(...disturbing);
    if (random.next() < 0.25) steps.push({ do: 'rest', ms: random.of(RESTS) });
  }
  return { seed, setup, calm, steps };
}

function setupOf(random: Random, seed: number): Setup {
  const isLarge = seed % MANY_EVERY === 1;
  return {
    clusters: random.of([1, 1, 2]),
    user: random.of(['token', 'clientCertificate'] as const),
    protocol: random.of(['h2', 'h2', 'h2', 'http/1.1'] as const),
    objects: isLarge ? MANY_OBJECTS : random.between(0, 8),
    pods: random.of(['all', 'all', 'labelled', 'ofNamespaces'] as const),
    indexed: random.next() < 0.3,
    stripped: random.next() < 0.3,
    brief: random.next() < 0.2,
    resyncs: random.next() < 0.2 && !isLarge,
    bookmarks: random.next() < 0.5,
  };
}
