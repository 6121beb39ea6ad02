import { EMPTY, type Observable, fromEvent, from, ignoreElements, lastValueFrom, merge, mergeMap, takeUntil, tap } from 'rxjs';
import type { KubeConfig } from '@kubernetes/client-node';
import { ClusterCache } from '../cluster-cache/cluster-cache.ts';
import type { ConnectionState } from '../cluster-cache/cluster-record.ts';
import type { Command } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import { followFleet } from './follow-fleet.ts';
import { countsOf, renderProblems } from './fleet-view.ts';
import { jsonLine } from './json-lines.ts';
import { managementKubeconfig } from './management-kubeconfig.ts';
import { ManagementTroubles } from './management-troubles.ts';
import { ListedClusters, settled, started } from './settled.ts';
import { renderTable } from './table.ts';
import type { Terminal } from './terminal.ts';
import { plain } from './text-layout.ts';

/** By which the audit logs of the API servers know this command. */
export const USER_AGENT = 'clustercache-cli';

/** Shows the connection of every cluster of the user's management cluster, until the signal is aborted or, with `once`, once. */
export async function watch(command: Extract<Command, { name: 'watch' }>, context: CommandContext): Promise<void> {
  const { management: { namespace }, once } = command;
  const { env, signal } = context;
  const management = managementKubeconfig(command.management, env);
  const troubles = new ManagementTroubles();
  const listed = new ListedClusters();
  const clusters = new ClusterCache({
    management, client: { userAgent: USER_AGENT }, logger: troubles,
    clusterFilter: (cluster) => { listed.see(cluster); return true; },
    ...namespace === undefined ? {} : { namespace },
  });
  try {
    const shown$ = once ? printOnce(clusters, listed, troubles, command, context) : follow(clusters, management, troubles, command, context);
    await lastValueFrom(shown$.pipe(takeUntil(fromEvent(signal, 'abort'))), { defaultValue: undefined });
  } finally {
    await clusters.stop();
  }
}

/** From before the first list on: a management cluster that cannot be reached is said, not waited for in silence. */
function follow(clusters: ClusterCache, management: KubeConfig, troubles: ManagementTroubles, { output, management: { namespace } }: Extract<Command, { name: 'watch' }>, { terminal, warn }: CommandContext): Observable<never> {
  const live = terminal.isLive && output !== 'json';
  const title = titleOf(management, namespace);
  const started$ = from(clusters.start()).pipe(ignoreElements());
  const warned$ = live ? EMPTY : troubles.line$.pipe(tap(warn), ignoreElements());
  return merge(warned$, followFleet(clusters, { output, terminal, title: () => title, note$: live ? troubles.line$ : EMPTY }), started$);
}

function printOnce(clusters: ClusterCache, listed: ListedClusters, troubles: ManagementTroubles, { output }: Extract<Command, { name: 'watch' }>, { terminal }: CommandContext): Observable<unknown> {
  return started(clusters, troubles).pipe(
    mergeMap(() => settled(clusters.connections$, listed.keys)),
    tap((states) => {
      const now = Date.now();
      const lines = output === 'json'
        ? states.map((state) => jsonLine(state, new Date(now)))
        : [...renderTable(states, { now, wide: output === 'wide', paint: terminal.paint }), '', countsOf(states, terminal.paint), ...output === 'wide' ? [] : problems(states, terminal)];
      for (const line of lines) terminal.write(`${line}\n`);
    }),
  );
}

function problems(states: readonly ConnectionState[], { paint }: Terminal): readonly string[] {
  const lines = renderProblems(states, Infinity, paint).flat();
  return lines.length === 0 ? [] : ['', ...lines];
}

function titleOf(management: KubeConfig, namespace: string | undefined): string {
  const { server = '' } = management.getCurrentCluster() ?? {};
  return plain([`clustercache watch`, management.getCurrentContext(), originOf(server), ...namespace === undefined ? [] : [`namespace ${namespace}`]].join(' · '));
}

/** Without what a proxy's path or user may tell. */
function originOf(server: string): string {
  return URL.canParse(server) ? new URL(server).origin : '';
}
