import type { OutageCommands } from './outages-commands.ts';
import type { PodsToRead } from './reads.ts';
import { ServerProcess } from './server-process.ts';

/** A fleet of one cluster that has the pods, until this process ends. */
export interface PodFleet {
  /** The kubeconfig of the management server. */
  readonly management: string;
  readonly cluster: string;
  readonly kubeconfig: string;
}

export async function fleetOf(pods: PodsToRead): Promise<PodFleet> {
  const server = await ServerProcess.start<OutageCommands>(`${import.meta.dirname}/outages-server.ts`);
  const management = await server.tell('serve', { clusters: 1, login: 'token' });
  await server.tell('populate', pods);
  const [[cluster, kubeconfig] = ['', '']] = Object.entries(await server.tell('kubeconfigs', {}));
  return { management, cluster, kubeconfig };
}
