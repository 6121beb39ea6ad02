// What a user's compiler accepts and refuses of a controller's sources. Nothing of this runs; tsc alone reads it.
import { type Observable, of } from 'rxjs';
import type { ClusterCache } from '../../lib/cluster-cache/cluster-cache.ts';
import { channelSource } from '../../lib/controller/channel-source.ts';
import { clusterPausedTransitions, resourceHasFilterLabel, resourceNotPaused } from '../../lib/controller/cluster-api-predicates.ts';
import { clusterToObjects } from '../../lib/controller/cluster-to-objects.ts';
import { enqueueRequestForObject, enqueueRequestForOwner, enqueueRequestsFromMapFunc } from '../../lib/controller/event-handlers.ts';
import { kindSource } from '../../lib/controller/kind-source.ts';
import { and, generationChangedPredicate, labelSelectorPredicate, not, or } from '../../lib/controller/predicates.ts';
import type { ControllerSource, EventSource } from '../../lib/controller/source.ts';
import { Cluster, Deployment, Machine, Node, Pod } from '../../lib/kinds.ts';
import type { ConnectionState } from '../../lib/cluster-cache/cluster-record.ts';
import type { Client } from '../../lib/client/client.ts';
import type { Request } from '../../lib/model/request.ts';
import { defineKind } from '../../lib/model/kubernetes-object.ts';
import { type Equal, holds } from './equal.ts';

declare const clusters: ClusterCache;
declare const client: Client;

// ── What a controller takes ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const clusterToMachines = clusterToObjects(Machine, { reader: client });
const sources: readonly ControllerSource[] = [
  kindSource(Machine, enqueueRequestForObject()),
  kindSource(Machine, enqueueRequestForObject(), generationChangedPredicate),
  kindSource(Machine, enqueueRequestForOwner(Cluster), [resourceNotPaused, resourceHasFilterLabel('a')]),
  kindSource(Cluster, enqueueRequestsFromMapFunc(clusterToMachines), or(clusterPausedTransitions, not(generationChangedPredicate))),
  kindSource(Pod, enqueueRequestForOwner(Deployment, { isController: true }), and(labelSelectorPredicate('app'), ({ object }) => object.metadata !== undefined), { clusters }),
  kindSource(Node, enqueueRequestsFromMapFunc((node, cluster) => [{ namespace: cluster?.namespace ?? '', name: node.spec?.providerID ?? '' }]), [], { clusters, cluster: { namespace: 'a', name: 'b' } }),
  kindSource(defineKind({ apiVersion: 'example.com/v1', kind: 'Thing' }), enqueueRequestForObject(), generationChangedPredicate),
  channelSource(of(1), async (number) => [{ namespace: '', name: number.toFixed() }]),
  clusters.getClusterSource('machine', clusterToMachines),
];
holds<Equal<(typeof sources)[number], EventSource | Observable<Request>>>();
holds<Equal<ReturnType<ClusterCache['getClusterSource']>['connections$'], Observable<ConnectionState>>>();

// @ts-expect-error a Machine has no status of a Pod
kindSource(Machine, ({ object }) => [{ namespace: '', name: object.status.hostIP }]);
// @ts-expect-error a handler returns requests
kindSource(Machine, () => ['a']);
// @ts-expect-error a predicate of Clusters is none of Machines
kindSource(Machine, enqueueRequestForObject(), ({ object }: { readonly object: { readonly spec: { readonly infrastructureRef: number } } }) => object.spec.infrastructureRef > 1);
// @ts-expect-error a misspelt option
kindSource(Machine, enqueueRequestForObject(), [], { nameSpace: 'a' });
// @ts-expect-error a channel is an Observable
channelSource([1], () => []);

// ── The same in a watch ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

clusters.watch({ namespace: 'a', name: 'b' }, {
  name: 'nodes', kind: Node, eventHandler: enqueueRequestForObject(), predicates: [generationChangedPredicate, resourceNotPaused, not(labelSelectorPredicate('a=b'))],
});
