import type { KubernetesObject } from '../model/kubernetes-object.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** One resource as it is served, in every version that it is served in. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  /** The one that is preferred first. Objects are stored as the first. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** @default all */
  readonly verbs?: readonly Verb[];
  /** Written by its own path only: what is created has none, what is updated keeps its own. @default false */
  readonly status?: boolean;
  /** What has a status keeps it when created: a kubelet registers its Node that way. @default false */
  readonly createsWithStatus?: boolean;
  /** `metadata.generation` counts changes of what is neither metadata nor status. @default false */
  readonly generation?: boolean;
  /** A custom resource: its updates need a resourceVersion, it takes no strategic merge patch. @default false */
  readonly custom?: boolean;
  /** Deletes answer with the object itself and not with a Status. @default false */
  readonly deletesToObject?: boolean;
  /** What a field selector may name beside metadata.name and metadata.namespace, and where it is. */
  readonly selectableFields?: Readonly<Record<string, readonly string[]>>;
  /** From one version to another, the same object: only what differs. @default only apiVersion changes */
  readonly convert?: (object: KubernetesObject, version: string) => KubernetesObject;
}

export const ALL_VERBS: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** `clusters.cluster.x-k8s.io`, or `nodes`. Unique on a server. */
export const groupResource = ({ group, plural }: Resource): string => group === '' ? plural : `${plural}.${group}`;

/** `cluster.x-k8s.io/v1beta2`, or `v1`. */
export const groupVersion = (group: string, version: string): string => group === '' ? version : `${group}/${version}`;

/** The inverse of {@link groupVersion}. */
export function parseGroupVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `/api/v1`, or `/apis/GROUP/VERSION`. */
export const basePath = (group: string, version: string): string => group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
