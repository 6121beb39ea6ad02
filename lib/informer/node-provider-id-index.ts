import { type KubernetesObject, defineKind } from '../model/kubernetes-object.ts';
import { type CacheIndex, defineIndex } from './cache-options.ts';

interface Node extends KubernetesObject {
  readonly spec?: { readonly providerID?: string };
}

/** Nodes by `spec.providerID`, as Cluster API's index of that name: how a Machine finds its Node. A Node without one is not found by it. */
export const NodeProviderIDIndex: CacheIndex<Node> = defineIndex<Node>({
  kind: defineKind<Node>({ apiVersion: 'v1', kind: 'Node' }),
  field: 'spec.providerID',
  extractValue: ({ spec }) => spec?.providerID,
});
