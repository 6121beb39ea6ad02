import { checkKind } from '../client/object-path.ts';
import type { Reader } from '../client/client.ts';
import { CLUSTER_NAME_LABEL, type Cluster } from '../model/cluster.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { keyOf } from '../model/object-key.ts';
import { checkOptions, flag, having, optional } from '../model/option-check.ts';
import type { Request } from '../model/request.ts';

/** How the objects of a Cluster are found. */
export interface ClusterToObjectsOptions {
  /** Reads the management cluster, best from memory: a manager's `client`. @default the one that a cluster source hands to its mapper */
  readonly reader?: Pick<Reader, 'list'> | undefined;
  /** The kind's objects are in no namespace. @default false: they are in the Cluster's */
  readonly clusterScoped?: boolean | undefined;
}

/** A map function for `getClusterSource`; with a reader of its own one for {@link enqueueRequestsFromMapFunc} over Clusters as well. */
export type ClusterMapper = (cluster: Cluster, of?: unknown, context?: { readonly reader: Pick<Reader, 'list'> }) => Promise<readonly Request[]>;

/**
 * Maps a Cluster to the objects of a kind on the management cluster that are its own by the label `cluster.x-k8s.io/cluster-name`. They are listed with every event of every Cluster. The promise
 * rejects as that list does, and with a TypeError where there is no reader. Throws a TypeError for arguments that are none. Cluster API's `util.ClusterToTypedObjectsMapper`.
 */
export function clusterToObjects(kind: Kind<KubernetesObject>, options: ClusterToObjectsOptions = {}): ClusterMapper {
  checkKind(kind);
  checkOptions('options', options, { reader: optional(having('a client with list()', 'list')), clusterScoped: optional(flag) });
  const { reader: own, clusterScoped = false } = options;
  return async ({ metadata }, _of, context) => {
    const reader = own ?? context?.reader;
    if (reader === undefined) throw new TypeError('options.reader of clusterToObjects must be a client with list(), for only a cluster source brings its own; got undefined');
    const { name, namespace } = keyOf({ metadata: metadata ?? {} });
    const { items } = await reader.list(kind, { labelSelector: `${CLUSTER_NAME_LABEL}=${name}`, ...(!clusterScoped && { namespace }) });
    return items.map(keyOf);
  };
}
