import { setTimeout as sleep } from 'node:timers/promises';
import { parseKubeconfig } from '../lib/kubernetes/kubeconfig.ts';
import type { Contestant } from './contestant.ts';
import type { FleetServer, Login } from './fleet-server.ts';

/** What was measured in one run, by the name of the figure. */
export type Figures = Readonly<Record<string, number>>;

/** One thing that is measured, in a process that is used once. */
export type Scenario = (contestant: Contestant, server: FleetServer, size: Size) => Promise<Figures>;

export interface Size {
  readonly login: Login;
  /** Clusters at the first and at the second look at memory. */
  readonly few: number;
  readonly many: number;
  /** Clusters that are probed, ms between two probes of one, and ms for which they are counted. */
  readonly probed: number;
  readonly probeInterval: number;
  readonly probedFor: number;
  readonly calls: number;
  /** Clusters that are well and clusters that hang, and ms for which the probes of the former are observed. */
  readonly healthy: number;
  readonly hanging: number;
  readonly observedFor: number;
  /** Clusters that are given up; ms between two writes of objects that a controller follows, and ms for which there are some; objects of one cluster that go through a queue. */
  readonly controllers: { readonly clusters: number; readonly writeInterval: number; readonly writtenFor: number; readonly objects: number };
  /** Pods that are read, and reads of them. */
  readonly pods: number;
  readonly reads: number;
  /** Clusters that refuse connections, and ms for which they do: for long enough that they are given up, and not. */
  readonly blackout: { readonly clusters: number; readonly lasting: number; readonly timing: Timing };
  readonly refusal: { readonly clusters: number; readonly lasting: number };
  /** Clusters whose login is replaced, and ms for which the old one is still let in. */
  readonly rotation: { readonly clusters: number; readonly overlap: number };
}

/** ms between probes, until a probe has failed, and until the next connect, where they are not what they are by default. */
export interface Timing {
  readonly probeInterval?: number;
  readonly probeTimeout?: number;
  readonly retryInterval?: number;
}

/** So late that no probe falls into what is measured. */
const NEVER = 3_600_000;
/** ms from the beginning of one probe to the next, as by default. */
const PROBE_INTERVAL = 10_000;
/** ms in which sockets, compilers and collectors come to rest. */
const REST = 1_000;

export const scenarios = {
  /** From `few` to `many` clusters, two watches on each: CPU and memory of each one more. */
  async growth(contestant, server, { few, many, login }) {
    await server.tell('add', { count: few, login });
    const following = await contestant.follow({ management: await server.tell('management', {}), watches: true, probeInterval: NEVER, observed: false });
    await following.connected(few);
    const before = await settled();
    const began = process.cpuUsage();
    const { connections } = await server.tell('counters', {});
    await server.tell('add', { count: many - few, login });
    await following.connected(many);
    const cost = cpuSince(began);
    const after = await settled();
    const added = many - few;
    const counted = await server.tell('counters', {});
    return {
      connectCpu: cost / added, resident: (after.rss - before.rss) / added / 1024, heap: (after.heapUsed - before.heapUsed) / added / 1024,
      connectionsPerCluster: (counted.connections - connections) / added,
      parseCpu: await parseCost(server),
    };
  },

  /** Probes by timers, as they come to an idle process. */
  async probing(contestant, server, { probed, probeInterval, probedFor, login }) {
    await server.tell('add', { count: probed, login });
    const following = await contestant.follow({ management: await server.tell('management', {}), watches: false, probeInterval, observed: false });
    await following.connected(probed);
    following.probe();
    await sleep(probedFor / 2); // compiled, and spread over the interval
    const before = await server.tell('counters', {});
    const began = process.cpuUsage();
    await sleep(probedFor);
    const cost = cpuSince(began);
    const { requests } = await server.tell('counters', {});
    return { probeCpu: cost * 1000 / (requests - before.requests), probes: (requests - before.requests) / probedFor * 1000 };
  },

  /** Calls to one cluster, its connect included. */
  async calls(contestant, server, { calls, login }) {
    await server.tell('add', { count: 1, login });
    const following = await contestant.follow({ management: await server.tell('management', {}), watches: false, probeInterval: NEVER, observed: false });
    await following.connected(1);
    const { connections } = await server.tell('counters', {});
    await following.call(calls);
    const counted = await server.tell('counters', {});
    return { connections: counted.connections, connectionsOfCalls: counted.connections - connections };
  },

  /** All healthy, from nothing. */
  async fleet(contestant, server, { healthy, hanging, login }) {
    await server.tell('add', { count: healthy + hanging, login });
    return { wall: await connecting(contestant, server, healthy + hanging) };
  },

  /** The healthy ones of the next, alone. */
  async healthy(contestant, server, { healthy, login }) {
    await server.tell('add', { count: healthy, login });
    return { wall: await connecting(contestant, server, healthy) };
  },

  /** Some hang from the start, in among the others. */
  async hanging(contestant, server, size) {
    const { healthy, observedFor } = size;
    await addMixed(server, size);
    let late = 0;
    const wall = await connecting(contestant, server, healthy, async (latest) => {
      for (let waited = 0; waited < observedFor; waited += REST) {
        await sleep(REST);
        late = Math.max(late, latest());
      }
    });
    return { wall, late };
  },
} satisfies Readonly<Record<string, Scenario>>;

/** Adds the clusters that are well and those that hang, the ones in among the others. */
export async function addMixed(server: FleetServer, { healthy, hanging, login }: Size): Promise<void> {
  const step = healthy / (healthy + hanging);
  for (let i = 0, well = 0; i < healthy + hanging; i++) {
    const isWell = Math.floor((i + 1) * step) > well;
    if (isWell) well += 1;
    await server.tell('add', { count: 1, login, ...(isWell ? {} : { fault: 'halfOpen' }) });
  }
}

async function connecting(contestant: Contestant, server: FleetServer, count: number, then?: (latest: () => number) => Promise<void>): Promise<number> {
  const management = await server.tell('management', {});
  await sleep(REST);
  const began = performance.now();
  const following = await contestant.follow({ management, watches: false, probeInterval: PROBE_INTERVAL, observed: then !== undefined });
  await following.connected(count);
  const wall = performance.now() - began;
  await then?.(() => following.latest?.() ?? 0);
  return wall;
}

/** ms of CPU for reading one kubeconfig, by the parser of the library, when it is warm. */
async function parseCost(server: FleetServer): Promise<number> {
  const kubeconfigs = await server.tell('kubeconfigs', {});
  const began = process.cpuUsage();
  for (const kubeconfig of kubeconfigs) parseKubeconfig(kubeconfig);
  return cpuSince(began) / kubeconfigs.length;
}

/** ms, user and system, all threads. */
function cpuSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

async function settled(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 3; i++) {
    await sleep(REST / 3);
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
  return process.memoryUsage();
}
