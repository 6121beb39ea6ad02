/** One run of one scenario by one contestant, in a process of its own. */
import type { Contestant } from './contestant.ts';
import { startFleetServer } from './fleet-server.ts';
import { type Figures, type Size, scenarios } from './scenario.ts';

/** Each is loaded alone: what the others import is not in its memory. */
const contestants = {
  floor: async (): Promise<Contestant> => (await import('./floor.ts')).floor,
  clustercache: async (): Promise<Contestant> => (await import('./clustercache.ts')).clustercache,
  'client-node': async (): Promise<Contestant> => (await import('./client-node.ts')).clientNode,
};

export type ContestantName = keyof typeof contestants;

/** One thing that is measured with servers and contestants that it brings along. */
export type ScenarioApart = (contestant: ContestantName, size: Size) => Promise<Figures>;

/** Loaded alone as well. */
const apart = {
  reads: async () => (await import('./reads.ts')).reads,
  blackout: async () => (await import('./outages.ts')).blackout,
  refusal: async () => (await import('./outages.ts')).refusal,
  tokenRotation: async () => (await import('./outages-rotation.ts')).tokenRotation,
  certificateRotation: async () => (await import('./outages-rotation.ts')).certificateRotation,
  controllerStates: async () => (await import('./controllers.ts')).controllerStates,
  controllerAlone: async () => (await import('./controllers.ts')).controllerAlone,
  controllerHanging: async () => (await import('./controllers.ts')).controllerHanging,
  controllerSync: async () => (await import('./sync.ts')).controllerSync,
} satisfies Readonly<Record<string, () => Promise<ScenarioApart>>>;

export type ScenarioName = keyof typeof scenarios | keyof typeof apart;

async function measure(contestant: ContestantName, scenario: ScenarioName, size: Size): Promise<Figures> {
  if (scenario in apart) return (await apart[scenario as keyof typeof apart]())(contestant, size);
  const client = await contestants[contestant]();
  await using server = await startFleetServer();
  return await scenarios[scenario as keyof typeof scenarios](client, server, size);
}

if (process.argv[1] === import.meta.filename) {
  const [, , contestant, scenario, size] = process.argv as [string, string, ContestantName, ScenarioName, string];
  const figures = await measure(contestant, scenario, JSON.parse(size) as Size);
  if (process.send === undefined) console.log(figures);
  else await new Promise((resolve) => { process.send?.(figures, resolve); });
  process.exit();
}
