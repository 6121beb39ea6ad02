import type { Kind, KubernetesObject } from '../lib/model/kubernetes-object.ts';
import type { Login } from './fleet-server.ts';

/** The kinds that are followed, by their plural. */
export const PLURALS = ['nodes', 'pods', 'configmaps'] as const;
export type Plural = typeof PLURALS[number];
export const KINDS: Readonly<Record<Plural, Kind<KubernetesObject>>> = {
  nodes: { apiVersion: 'v1', kind: 'Node' },
  pods: { apiVersion: 'v1', kind: 'Pod' },
  configmaps: { apiVersion: 'v1', kind: 'ConfigMap' },
};
export const NAMESPACE = 'default';
/** Of every kind there are objects of these names: one that is written, one that is deleted, and others. */
export const WRITTEN = 'object-0';
export const DELETED = 'object-1';
export const OBJECTS = 5;
/** A ConfigMap of each cluster that is written again and again. */
export const COUNTER = 'counter';

/** A write that was made right when a server came back. */
export interface Mark {
  readonly cluster: string;
  readonly plural: Plural;
  readonly resourceVersion: string;
  /** ms by `Date.now()`. */
  readonly at: number;
}

/** What the fleet can be told to do, and what it answers. */
export interface OutageCommands {
  /** Makes the fleet: its clusters, and some objects of each kind on each. Answers the kubeconfig of the management server. */
  serve: { readonly ask: { readonly clusters: number; readonly login: Login }; readonly answer: string };
  /** Creates pods on every cluster, those of the same seed and count. */
  populate: { readonly ask: { readonly seed: number; readonly count: number }; readonly answer: null };
  /** By the names of the clusters. */
  kubeconfigs: { readonly ask: Record<string, never>; readonly answer: Readonly<Record<string, string>> };
  /** Resets all connections to all clusters, and refuses new ones. */
  refuse: { readonly ask: Record<string, never>; readonly answer: null };
  /** Listens again, and then writes one object of each kind of each cluster at once. */
  heal: { readonly ask: Record<string, never>; readonly answer: readonly Mark[] };
  /** Deletes one object of each kind of each cluster; answers how many in all. */
  remove: { readonly ask: Record<string, never>; readonly answer: number };
  /** Requests for the kinds above, of all clusters together, since they were made. */
  counters: { readonly ask: Record<string, never>; readonly answer: { readonly lists: number; readonly watches: number } };
  /** Writes the counter of every cluster each `interval` ms, for `lasting` ms; answers the resourceVersions by the names of the clusters. */
  count: { readonly ask: { readonly interval: number; readonly lasting: number }; readonly answer: Readonly<Record<string, readonly string[]>> };
  /** Gives every cluster another login, writes it into the Secret, and shuts the old one out after `overlap` ms: answers then. */
  rotate: { readonly ask: { readonly login: Login; readonly overlap: number }; readonly answer: null };
}
