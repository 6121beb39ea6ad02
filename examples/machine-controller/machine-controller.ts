import {
  type Client, type ClusterCache, ClusterNotConnectedError, Controller, type ObjectKey, type Request,
  clusterToObjects, connectionDownCondition, enqueueRequestForObject, enqueueRequestsFromMapFunc, getCondition, isNotFound, kindSource, patchHelper, setCondition, watchForProbeFailure,
} from 'clustercache';
import { Machine, Node } from 'clustercache/kinds';

/** ms without a successful probe after which nothing is known of a cluster's Nodes any more; Cluster API's. */
const GRACE = 300_000;
/** ms later it is looked at: conditions go by the wall clock, which may be a little slower than the timers. */
const SLACK = 1_000;

/** Keeps `nodeRef` and the condition `NodeReady` of every Machine as the Node in its workload cluster has them. */
export function machineController(clusters: ClusterCache, client: Client): Controller {
  /** A Node is that of the Machine with its providerID. */
  const machineOf = async (node: Node, cluster?: ObjectKey): Promise<readonly Request[]> => {
    if (cluster === undefined || !node.spec?.providerID) return [];
    const { items } = await client.list(Machine, { namespace: cluster.namespace, labelSelector: `cluster.x-k8s.io/cluster-name=${cluster.name}` });
    return items.filter(({ spec }) => spec.providerID === node.spec?.providerID).map(({ metadata }) => ({ namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' }));
  };
  return new Controller({
    name: 'machine',
    sources: [
      kindSource(Machine, enqueueRequestForObject()),
      kindSource(Node, enqueueRequestsFromMapFunc(machineOf), [], { clusters }),
      clusters.getClusterSource('machine', clusterToObjects(Machine), watchForProbeFailure(GRACE + SLACK)),
    ],
    reconcile: (request) => reconcile(clusters, client, request),
    maxConcurrentReconciles: 10,
  });
}

async function reconcile(clusters: ClusterCache, client: Client, { namespace, name }: Request): Promise<void> {
  const machine = await client.get(Machine, { namespace, name }).catch(goneIsFine);
  if (machine === undefined) return;
  const cluster = { namespace, name: machine.spec.clusterName };
  const now = new Date();
  let changed = machine;
  try {
    const node = await nodeOf(clusters.getClient(cluster), machine.spec.providerID);
    const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
    if (node?.metadata?.name !== undefined) changed = { ...machine, status: { ...machine.status, nodeRef: { name: node.metadata.name } } };
    changed = setCondition(changed, { type: 'NodeReady', status: ready?.status === 'True' ? 'True' : 'False', reason: ready?.reason ?? 'NodeMissing' }, now);
  } catch (error) {
    if (!(error instanceof ClusterNotConnectedError)) throw error;
    const initializedAt = new Date(machine.metadata?.creationTimestamp ?? 0);
    const existing = getCondition(machine, 'NodeReady');
    const down = connectionDownCondition('NodeReady', { health: clusters.getHealthCheckingState(cluster), now, initializedAt, notConnected: true, grace: GRACE, existing });
    if (down === undefined || down === existing) throw error; // nothing new to be said: the controller waits for the cluster
    changed = setCondition(machine, down, now);
  }
  await patchHelper(client, Machine, machine, { ownedConditions: ['NodeReady'] }).patch(changed);
}

const goneIsFine = (error: unknown): undefined => { if (!isNotFound(error)) throw error; };

async function nodeOf(client: Client, providerID: string | undefined): Promise<Node | undefined> {
  if (providerID === undefined) return undefined;
  const { items: [node] } = await client.list(Node, { index: { field: 'spec.providerID', value: providerID } });
  return node;
}
