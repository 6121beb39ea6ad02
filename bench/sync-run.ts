/** One sync by one contestant, and a storm of changes after it, in a process of its own. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SyncContestantName, syncContestants } from './sync-contestant.ts';

/** What is asked of a run. */
export interface SyncRun {
  readonly contestant: SyncContestantName;
  readonly kubeconfig: string;
  readonly count: number;
  /** MODIFIED events that will come when the run has said that it is synced; 0 for none. */
  readonly events: number;
}

/** What was measured. Memory is over what the process had when it began. */
export interface SyncFigures {
  /** µs of CPU a pod until synced, user and system, all threads. */
  readonly cpu: number;
  /** s */
  readonly wall: number;
  /** MB that were resident at the most. */
  readonly peak: number;
  /** KB of the JavaScript heap a pod, after a collection. */
  readonly heap: number;
  /** ms for which the event loop did nothing else, at the longest. */
  readonly block: number;
  /** Of the storm: µs of CPU an event, and events a second. */
  readonly eventCpu?: number;
  readonly eventRate?: number;
}

/** ms between two looks at resident memory: a page of 500 pods is parsed in ten times that. */
const SAMPLE = 5;
/** ms between two looks at whether all events have come. */
const LOOK = 20;
const MB = 1_000_000;

async function run({ contestant, kubeconfig, count, events }: SyncRun): Promise<SyncFigures> {
  const client = await syncContestants[contestant]();
  const before = await settled();
  let peak = 0;
  const sampler = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, SAMPLE);
  const block = longestBlock();
  const began = performance.now();
  const cpu = process.cpuUsage();
  const synced = await client.sync({ kubeconfig, count });
  const cost = spent(cpu);
  const wall = performance.now() - began;
  const blocked = block();
  clearInterval(sampler);
  peak = Math.max(peak, process.memoryUsage.rss());
  if (synced.size() !== count) throw new Error(`${contestant} has ${synced.size()} of ${count} pods`);
  const after = await settled();
  const storm = events === 0 ? {} : await storming(events, () => synced.modified());
  await synced.close();
  return { cpu: cost / count, wall: wall / 1_000, peak: (peak - before.rss) / MB, heap: (after.heapUsed - before.heapUsed) / count / 1_024, block: blocked, ...storm };
}

/** Says that it is ready, and measures from the first event to the last. */
async function storming(events: number, seen: () => number): Promise<Pick<SyncFigures, 'eventCpu' | 'eventRate'>> {
  process.send?.('synced');
  while (seen() === 0) await sleep(LOOK);
  const first = seen();
  const began = performance.now();
  const cpu = process.cpuUsage();
  while (seen() < events) await sleep(LOOK);
  return { eventCpu: spent(cpu) / (events - first), eventRate: (events - first) / (performance.now() - began) * 1_000 };
}

/** Begins to measure; what is returned ends it, with ms between two turns of the event loop at the most. */
function longestBlock(): () => number {
  let longest = 0;
  let last = performance.now();
  let running = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setTimeout(turn, 0); // a chain of immediates would keep a core busy
  };
  turn();
  return () => {
    turn();
    running = false;
    return longest;
  };
}

/** µs */
function spent(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

async function settled(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await sleep(SAMPLE);
  }
  return process.memoryUsage();
}

if (process.argv[1] === import.meta.filename) {
  process.on('disconnect', () => process.exit());
  const [asked] = await once(process, 'message') as [SyncRun];
  const figures = await run(asked);
  await new Promise((resolve) => { process.send?.(figures, resolve); });
  process.exit();
}
