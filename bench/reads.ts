/** What it costs to read an object that is in memory. */
import { podsOf } from './pods.ts';
import type { ContestantName, ScenarioApart } from './run.ts';

/** What pods are read: the same everywhere. */
export interface PodsToRead {
  readonly seed: number;
  readonly count: number;
}

export interface PodKey {
  readonly namespace: string;
  readonly name: string;
}

/** Pods in memory, one way or another. What a contestant has no call for is left out. */
export interface InMemory {
  /** By namespace and name, through a promise and without. */
  readonly awaited?: (key: PodKey) => Promise<object | undefined>;
  readonly get?: (key: PodKey) => object | undefined;
  /** By an index in which each value has one pod, through a promise and without. */
  readonly awaitedIndexed?: (uid: string) => Promise<{ readonly items: readonly object[] }>;
  readonly indexed?: (uid: string) => object | undefined;
}

/** Each is loaded alone, as in other scenarios. */
const contestants: { readonly [C in ContestantName]: (pods: PodsToRead) => Promise<InMemory> } = {
  floor: async (pods) => (await import('./reads-floor.ts')).floorOf(pods),
  clustercache: async (pods) => (await import('./reads-clustercache.ts')).clustercacheOf(pods),
  'client-node': async (pods) => (await import('./reads-client-node.ts')).clientNodeOf(pods),
};

/** The index, by its conventional name: the path of what it finds by. */
export const UID = 'metadata.uid';

const SEED = 1;
/** Reads before any is measured, as a part of those that are: everything is compiled. */
const WARM_UP = 0.2;
/** A number with which no step of so many hits the same pods early: neighbours in a namespace are not read one after the other. */
const STRIDE = 7_919;

/** µs of CPU a read, all threads: a collector that cleans up behind it counts. */
export const reads: ScenarioApart = async (contestant, { pods: count, reads: times }) => {
  const keys: PodKey[] = [];
  const uids: string[] = [];
  for (const { metadata: { namespace, name, uid = '' } } of podsOf({ seed: SEED, count })) {
    keys.push({ namespace, name });
    uids.push(uid);
  }
  const { awaited, get, awaitedIndexed, indexed } = await contestants[contestant]({ seed: SEED, count });
  return {
    ...awaited && { awaited: await cost(times, async (from, to) => {
      for (let i = from; i < to; i++) check(await awaited(at(keys, i)));
    }) },
    ...get && { get: await cost(times, (from, to) => {
      for (let i = from; i < to; i++) check(get(at(keys, i)));
    }) },
    ...awaitedIndexed && { awaitedIndexed: await cost(times, async (from, to) => {
      for (let i = from; i < to; i++) check((await awaitedIndexed(at(uids, i))).items[0]);
    }) },
    ...indexed && { indexed: await cost(times, (from, to) => {
      for (let i = from; i < to; i++) check(indexed(at(uids, i)));
    }) },
  };
};

async function cost(times: number, pass: (from: number, to: number) => Promise<void> | void): Promise<number> {
  await pass(0, times * WARM_UP);
  const began = process.cpuUsage();
  await pass(0, times);
  const { user, system } = process.cpuUsage(began);
  return (user + system) / times;
}

function at<T>(values: readonly T[], i: number): T {
  return values[i * STRIDE % values.length] as T;
}

function check(found: object | undefined): void {
  if (found === undefined) throw new Error('what is there was not found');
}
