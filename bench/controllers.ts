import { KubeConfig } from '@kubernetes/client-node';
import { Registry } from 'prom-client';
import { filter } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterCache, type ClusterCacheOptions, Controller, type ControllerSource, enqueueRequestForObject, formatKey, isConnected, isDisconnected, kindSource, toRequest } from '../lib/index.ts';
import { Pod } from '../lib/kinds.ts';
import { Tally, USER_AGENT } from './contestant.ts';
import { type FleetServer, WRITTEN_AT, startFleetServer } from './fleet-server.ts';
import { Latencies, now } from './latencies.ts';
import type { ContestantName } from './run.ts';
import { type Figures, type Size, addMixed } from './scenario.ts';

/** ms in which sockets, compilers and collectors come to rest. */
const REST = 1_000;
/** ms for the last of what was begun to end. */
const LATEST = 30_000;
/** ms between two looks at whether it has. */
const LOOK = 20;

/**
 * From a cluster's being given up to the reconcile that is to deal with it: when each finds out by itself, within the 10 s in which all are probed, that its credentials are not
 * taken any more; and when all connections are reset and refused at once, and the first failed probe counts.
 */
export async function controllerStates(_contestant: ContestantName, { controllers, login }: Size): Promise<Figures> {
  const { clusters: count } = controllers;
  await using server = await startFleetServer();
  await server.tell('add', { count, login });
  await using clusters = await fleetOf(server, { healthProbe: { failureThreshold: 1 } });
  const lost = new Latencies();
  // Told before the controller: this is the moment of the change.
  clusters.events$.pipe(filter(isDisconnected)).subscribe(({ key }) => lost.begin(formatKey(key), now()));
  let connected = connectedTally(clusters);
  await using controller = controllerOf([clusters.getClusterSource('bench', (_cluster, event) => [toRequest(event)])], ({ cluster }) => lost.end(cluster, now()));
  void controller.start();
  await clusters.start();
  await connected.reached(count);
  await sleep(REST);

  connected = connectedTally(clusters);
  await server.tell('break', { fault: 'unauthorized' });
  await ended(lost, count);
  const apart = { median: lost.quantile(0.5), p99: lost.quantile(0.99), worst: lost.quantile(1) };
  await server.tell('heal', {});
  await connected.reached(count);
  await sleep(REST);
  lost.clear();
  await server.tell('break', { fault: 'refuse' });
  await ended(lost, count);
  return { ...apart, medianAtOnce: lost.quantile(0.5), p99AtOnce: lost.quantile(0.99), worstAtOnce: lost.quantile(1) };
}

/** The healthy ones of the next, alone. */
export function controllerAlone(_contestant: ContestantName, size: Size): Promise<Figures> {
  return changes({ ...size, hanging: 0 });
}

/** From the write of a Pod, in the process of the servers, to the reconcile of a controller that follows the Pods of all clusters, of which some hang from the start. */
export function controllerHanging(_contestant: ContestantName, size: Size): Promise<Figures> {
  return changes(size);
}

async function changes(size: Size): Promise<Figures> {
  const { healthy, controllers: { writeInterval: interval, writtenFor: lasting } } = size;
  await using server = await startFleetServer();
  await addMixed(server, size);
  await using clusters = await fleetOf(server, {});
  const told = new Latencies();
  const first = new Set<string>();
  const synced = new Tally();
  const pods = kindSource(Pod, (change, cluster) => {
    const writtenAt = change.object.metadata?.annotations?.[WRITTEN_AT];
    if (cluster !== undefined && writtenAt !== undefined) told.begin(formatKey(cluster), Number(writtenAt));
    return enqueueRequestForObject()(change, cluster);
  }, [], { clusters });
  await using controller = controllerOf([pods], ({ cluster }) => {
    told.end(cluster, now());
    if (first.has(cluster)) return;
    first.add(cluster);
    synced.add();
  });
  void controller.start();
  await clusters.start();
  await synced.reached(healthy);
  await ended(told, await server.tell('write', { interval, lasting: REST })); // compiled
  told.clear();
  const written = await server.tell('write', { interval, lasting });
  await ended(told, written);
  return { median: told.quantile(0.5), p99: told.quantile(0.99), worst: told.quantile(1), rate: written / lasting * 1_000 };
}

/** Not started. Its metrics are on, and all other options as they are by default. */
async function fleetOf(server: FleetServer, options: Partial<ClusterCacheOptions>): Promise<ClusterCache> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(await server.tell('management', {}));
  return new ClusterCache({ management: kubeConfig, client: { userAgent: USER_AGENT }, metrics: new Registry(), ...options });
}

/** A controller with one worker, its metrics on, whose reconciles do nothing but to say of which cluster they are, when they begin. */
function controllerOf(sources: readonly ControllerSource[], begun: (request: { readonly cluster: string }) => void): Controller {
  return new Controller({
    name: 'bench', sources, metrics: new Registry(),
    reconcile: async ({ cluster }) => { if (cluster !== undefined) begun({ cluster: formatKey(cluster) }); },
  });
}

/** How often any cluster gets connected from now on. */
function connectedTally(clusters: ClusterCache): Tally {
  const tally = new Tally();
  clusters.events$.pipe(filter(isConnected)).subscribe(() => tally.add());
  return tally;
}

/** Resolves when nothing of at least so many is under way any more. */
async function ended(latencies: Latencies, count: number): Promise<void> {
  for (let waited = 0; latencies.count < count || latencies.pending > 0; waited += LOOK) {
    if (waited > LATEST) throw new Error(`${latencies.count} of ${count} have ended, and ${latencies.pending} have begun besides`);
    await sleep(LOOK);
  }
}
