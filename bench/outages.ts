/** What it costs, and how long it takes, until watches are whole again after their network was gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PLURALS, type OutageCommands } from './outages-commands.ts';
import type { OutageContestant, OutageFollowing, Seen } from './outages-contestant.ts';
import type { ContestantName, ScenarioApart } from './run.ts';
import type { Timing } from './scenario.ts';
import { ServerProcess } from './server-process.ts';

/** Each is loaded alone, as in other scenarios. */
const contestants: { readonly [C in ContestantName]?: () => Promise<OutageContestant> } = {
  clustercache: async () => (await import('./outages-clustercache.ts')).outageClustercache,
  'client-node': async () => (await import('./outages-client-node.ts')).outageClientNode,
};

/** ms between two looks at whether everything has come. */
const LOOK = 50;
/** ms after the network is back in which everything must have come: two of the longest waits between connects, and more than twice the longest of client-node. */
const PATIENCE = 70_000;
/** ms for which lists are counted after everything has come. */
const REST = 3_000;

/** Deletes made while all clusters refuse connections, for so long that they are given up: the lists that it takes to be told of them, and how many are told. */
export const blackout: ScenarioApart = async (contestant, { blackout: { clusters, lasting, timing } }) => {
  await using server = await ServerProcess.start<OutageCommands>(SERVER);
  const seen: Seen[] = [];
  const following = await follow(contestant, server, { clusters, timing, seen: (each) => seen.push(each) });
  const before = await server.tell('counters', {});
  await server.tell('refuse', {});
  await sleep(lasting / 2);
  const removed = await server.tell('remove', {});
  await sleep(lasting / 2);
  await server.tell('heal', {});
  const healed = Date.now();
  const deletes = () => seen.filter(({ type }) => type === 'deleted');
  await until(() => deletes().length >= removed);
  const recovered = Math.max(...deletes().map(({ at }) => at)) - healed;
  await sleep(REST);
  const { lists } = await server.tell('counters', {});
  const told = new Set(deletes().map(({ cluster, plural, name }) => `${cluster} ${plural} ${name}`));
  return { lists: lists - before.lists, removed, told: told.size, twice: deletes().length - told.size, disconnects: following.disconnects(), recovered };
};

/** Connections are refused for less than it takes to be given up: ms from the end of that until a write made then is told, of each kind and cluster. */
export const refusal: ScenarioApart = async (contestant, { refusal: { clusters, lasting } }) => {
  await using server = await ServerProcess.start<OutageCommands>(SERVER);
  const seen = new Map<string, number>();
  const following = await follow(contestant, server, { clusters, timing: {}, seen: ({ cluster, plural, resourceVersion, at }) => seen.set(`${cluster} ${plural} ${resourceVersion}`, at) });
  const before = await server.tell('counters', {});
  await server.tell('refuse', {});
  await sleep(lasting);
  const marks = (await server.tell('heal', {})).map(({ cluster, plural, resourceVersion, at }) => ({ key: `${cluster} ${plural} ${resourceVersion}`, at }));
  await until(() => marks.every(({ key }) => seen.has(key)));
  const delays = marks.map(({ key, at }) => (seen.get(key) ?? Infinity) - at).sort((a, b) => a - b);
  const { lists } = await server.tell('counters', {});
  return { median: delays[Math.floor(delays.length / 2)] ?? NaN, worst: delays.at(-1) ?? NaN, lists: lists - before.lists, disconnects: following.disconnects() };
};

const SERVER = `${import.meta.dirname}/outages-server.ts`;

interface FollowedFleet {
  readonly clusters: number;
  readonly timing: Timing;
  readonly seen: (seen: Seen) => void;
}

/** Resolves when all is told that there is. */
async function follow(contestant: ContestantName, server: ServerProcess<OutageCommands>, { clusters, timing, seen }: FollowedFleet): Promise<OutageFollowing> {
  const client = await contestants[contestant]?.();
  if (client === undefined) throw new Error(`${contestant} takes no part in outages`);
  const management = await server.tell('serve', { clusters, login: 'token' });
  const following = await client.follow({ server, management, timing, seen });
  await following.synced(clusters);
  // A list is in before its watch is open: what is to be cut must be there.
  while ((await server.tell('counters', {})).watches < clusters * PLURALS.length) await sleep(LOOK);
  return following;
}

/** Resolves when that holds, or it has taken too long. */
async function until(holds: () => boolean): Promise<void> {
  const began = performance.now();
  while (!holds() && performance.now() - began < PATIENCE) await sleep(LOOK);
}
