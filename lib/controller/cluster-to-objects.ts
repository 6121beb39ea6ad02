import { checkKind } from '../client/object-path.ts';
import type { Reader } from '../client/client.ts';
import type { Cluster } from '../model/cluster.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { keyOf } from '../model/object-key.ts';
import { checkOptions, flag, having, optional } from '../model/option-check.ts';
import type { Request } from '../model/request.ts';

const CLUSTER_NAME_LABEL = 'cluster.x-k8s.io/cluster-name';

/** How the objects of a Cluster are told from others. */
export interface ClusterToObjectsOptions {
  /** The kind's objects are in no namespace. @default false: they are in the Cluster's */
  readonly clusterScoped?: boolean | undefined;
}

/**
 * Maps a Cluster to the objects of a kind on the management cluster that are its own by the label `cluster.x-k8s.io/cluster-name`: for `getClusterSource`, and for
 * {@link enqueueRequestsFromMapFunc} over Clusters. `reader` reads the management cluster, best from memory (a manager's `client`): it is asked with every event of every Cluster. The promise
 * rejects as its `list` does. Throws a TypeError for arguments that are none. Cluster API's `util.ClusterToTypedObjectsMapper`.
 */
export function clusterToObjects(reader: Pick<Reader, 'list'>, kind: Kind<KubernetesObject>, options: ClusterToObjectsOptions = {}): (cluster: Cluster) => Promise<readonly Request[]> {
  checkOptions('clusterToObjects', { reader }, { reader: having('a client with list()', 'list') });
  checkKind(kind);
  checkOptions('options', options, { clusterScoped: optional(flag) });
  const { clusterScoped = false } = options;
  return async ({ metadata }) => {
    const { name, namespace } = keyOf({ metadata: metadata ?? {} });
    const { items } = await reader.list(kind, { labelSelector: `${CLUSTER_NAME_LABEL}=${name}`, ...(!clusterScoped && { namespace }) });
    return items.map(keyOf);
  };
}
