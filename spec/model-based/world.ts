import type { Life } from './chronicle.ts';
import type { Thing, ThingKind } from './thing.ts';

/** What is true of the clusters, for whoever checks what is told of them. Clusters by name. */
export interface World {
  /** The object of that uid, on any server that the cluster has led to. */
  life(cluster: string, uid: string): Life | undefined;
  /** All objects of a kind that are kept, at one moment of the server that the cluster leads to. */
  at(cluster: string, kind: ThingKind, version: bigint): ReadonlyMap<string, Thing>;
  /** Whether it is kept. */
  keeps(object: Thing): boolean;
  /** As it is kept. */
  kept(object: Thing): Thing;
  /** Lists of a kind that have begun. */
  lists(cluster: string, kind: ThingKind): number;
  isListing(cluster: string, kind: ThingKind): boolean;
  /** Whether a kind is read in parts, each of a moment of its own. */
  isInParts(kind: ThingKind): boolean;
  /** How often the name has come to mean another cluster, or none. */
  breaks(cluster: string): number;
}
