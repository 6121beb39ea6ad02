import type { KubernetesObject } from './kubernetes-object.ts';

/** A Cluster API Cluster, v1beta1 or v1beta2: the fields that are read here; all others are kept. */
export interface Cluster extends KubernetesObject {
  readonly spec?: {
    readonly paused?: boolean;
    readonly controlPlaneEndpoint?: { readonly host?: string; readonly port?: number };
    readonly [field: string]: unknown;
  };
  readonly status?: {
    /** v1beta1 */
    readonly infrastructureReady?: boolean;
    /** v1beta2 */
    readonly initialization?: { readonly infrastructureProvisioned?: boolean; readonly controlPlaneInitialized?: boolean };
    readonly [field: string]: unknown;
  };
}

/** The label that ties objects to one controller instance; its value is compared exactly. */
export const WATCH_FILTER_LABEL = 'cluster.x-k8s.io/watch-filter';

/** The group of Cluster API's own kinds. */
export const CLUSTER_GROUP = 'cluster.x-k8s.io';

/** The label of what belongs to a Cluster: its name. */
export const CLUSTER_NAME_LABEL = `${CLUSTER_GROUP}/cluster-name`;

/** Whether there is something to connect to: the gate in front of every connect. A v1beta2 field wins over v1beta1's. */
export function isInfrastructureProvisioned({ status }: Cluster): boolean {
  return status?.initialization?.infrastructureProvisioned ?? status?.infrastructureReady ?? false;
}

/** Whether a Cluster passes the watch filter; an undefined or empty filter passes all. */
export function matchesWatchFilter({ metadata }: Cluster, watchFilterValue: string | undefined): boolean {
  return watchFilterValue === undefined || watchFilterValue === '' || metadata?.labels?.[WATCH_FILTER_LABEL] === watchFilterValue;
}

const KUBECONFIG_SUFFIX = '-kubeconfig';

/** The name of the Secret that holds a cluster's kubeconfig under the key `value`. */
export const kubeconfigSecretName = (clusterName: string): string => `${clusterName}${KUBECONFIG_SUFFIX}`;

/** The cluster that a Secret of this name is the kubeconfig of, if it is one by its name. */
export function clusterNameOfKubeconfigSecret(secretName: string): string | undefined {
  return secretName.length > KUBECONFIG_SUFFIX.length && secretName.endsWith(KUBECONFIG_SUFFIX)
    ? secretName.slice(0, -KUBECONFIG_SUFFIX.length)
    : undefined;
}
