/** One run of one scenario by one contestant, in a process of its own. */
import type { Contestant } from './contestant.ts';
import { FleetServer } from './fleet-server.ts';
import { type ScenarioName, type Size, scenarios } from './scenario.ts';

/** Each is loaded alone: what the others import is not in its memory. */
const contestants = {
  floor: async (): Promise<Contestant> => (await import('./floor.ts')).floor,
  clustercache: async (): Promise<Contestant> => (await import('./clustercache.ts')).clustercache,
  'client-node': async (): Promise<Contestant> => (await import('./client-node.ts')).clientNode,
};

export type ContestantName = keyof typeof contestants;

if (process.argv[1] === import.meta.filename) {
  const [, , contestant, scenario, size] = process.argv as [string, string, ContestantName, ScenarioName, string];
  const client = await contestants[contestant]();
  const server = await FleetServer.start();
  try {
    const figures = await scenarios[scenario](client, server, JSON.parse(size) as Size);
    if (process.send === undefined) console.log(figures);
    else await new Promise((resolve) => { process.send?.(figures, resolve); });
  } finally {
    await server.stop();
  }
  process.exit();
}
