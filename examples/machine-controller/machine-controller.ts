import {
  type Client, type ClusterCache, ClusterNotConnectedError, Controller, type ObjectKey, type Request,
  clusterToObjects, enqueueRequestForObject, enqueueRequestsFromMapFunc, isNotFound, kindSource, patchHelper, setCondition, watchForProbeFailure,
} from 'clustercache';
import { Machine, Node } from 'clustercache/kinds';

/** ms without a successful probe after which nothing is known of a cluster's Nodes any more; Cluster API's. */
const GRACE = 300_000;

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
      clusters.getClusterSource('machine', clusterToObjects(client, Machine), watchForProbeFailure(GRACE)),
    ],
    reconcile: (request) => reconcile(clusters, client, request),
    maxConcurrentReconciles: 10,
  });
}

async function reconcile(clusters: ClusterCache, client: Client, { namespace, name }: Request): Promise<void> {
  const machine = await found(client.get(Machine, { namespace, name }));
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
    const lastSuccess = clusters.getLastProbeSuccessTimestamp(cluster);
    const isDown = error instanceof ClusterNotConnectedError && lastSuccess !== undefined && now.getTime() - lastSuccess.getTime() >= GRACE;
    if (!isDown) throw error; // a cluster that is not connected: the controller waits for it
    changed = setCondition(machine, { type: 'NodeReady', status: 'Unknown', reason: 'ConnectionDown', message: `no answer since ${lastSuccess.toISOString()}` }, now);
  }
  await patchHelper(client, Machine, machine, { ownedConditions: ['NodeReady'] }).patch(changed);
}

async function nodeOf(client: Client, providerID: string | undefined): Promise<Node | undefined> {
  if (providerID === undefined) return undefined;
  const { items: [node] } = await client.list(Node, { index: { field: 'spec.providerID', value: providerID } });
  return node;
}

function found<T>(object: Promise<T>): Promise<T | undefined> {
  return object.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}
