import { fromEvent, lastValueFrom, map, mergeMap, takeUntil } from 'rxjs';
import { ClusterCache } from '../cluster-cache/cluster-cache.ts';
import { keyOf, parseKey } from '../model/object-key.ts';
import type { Command } from './arguments.ts';
import type { CommandContext } from './command-context.ts';
import { renderDiagnosis } from './diagnosis-text.ts';
import { Failure } from './failure.ts';
import { managementKubeconfig } from './management-kubeconfig.ts';
import { ManagementTroubles } from './management-troubles.ts';
import { ListedClusters, settled, started } from './settled.ts';
import { USER_AGENT } from './watch.ts';

/** Connects to one cluster, and no other, and prints how that went. */
export async function why(command: Extract<Command, { name: 'why' }>, { env, signal, terminal }: CommandContext): Promise<void> {
  const { namespace: given, name } = nameOf(command);
  const troubles = new ManagementTroubles();
  const listed = new ListedClusters();
  const clusters = new ClusterCache({
    management: managementKubeconfig(command.management, env),
    client: { userAgent: USER_AGENT }, logger: troubles,
    clusterFilter: (cluster) => {
      const asked = keyOf(cluster).name === name;
      if (asked) listed.see(cluster);
      return asked;
    },
    ...given === undefined ? {} : { namespace: given },
  });
  try {
    const diagnosis$ = started(clusters, troubles).pipe(
      mergeMap(() => settled(clusters.connections$, listed.keys)),
      map((states) => states.map(({ cluster }) => clusters.diagnose(cluster))),
      takeUntil(fromEvent(signal, 'abort')),
    );
    const diagnoses = await lastValueFrom(diagnosis$, { defaultValue: undefined });
    if (diagnoses === undefined) return;
    if (diagnoses.length === 0) throw new Failure(`there is no Cluster ${name} in ${given === undefined ? 'any namespace' : `namespace ${given}`}`);
    const texts = diagnoses.map((diagnosis) => (command.output === 'json' ? JSON.stringify(diagnosis) : renderDiagnosis(diagnosis, { now: Date.now(), paint: terminal.paint }).join('\n')));
    terminal.write(`${texts.join(command.output === 'json' ? '\n' : '\n\n')}\n`);
  } finally {
    await clusters.stop();
  }
}

/** The name, and the namespace where one was given, by either way; both must not differ. */
function nameOf({ cluster, management: { namespace } }: Extract<Command, { name: 'why' }>): { readonly namespace: string | undefined; readonly name: string } {
  if (!cluster.includes('/')) return { namespace, name: cluster };
  const key = parseKey(cluster);
  if (namespace !== undefined && namespace !== key.namespace) throw new Failure(`${cluster} is not in the namespace ${namespace} that --namespace names`);
  return key;
}
