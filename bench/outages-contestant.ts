import type { OutageCommands, Plural } from './outages-commands.ts';
import type { ServerProcess } from './server-process.ts';
import type { Timing } from './scenario.ts';

/** What a client was told of an object. */
export interface Seen {
  readonly cluster: string;
  readonly plural: Plural;
  readonly type: 'added' | 'updated' | 'deleted';
  readonly name: string;
  readonly resourceVersion: string;
  /** ms by `Date.now()`: the servers, whose process is another, have the same clock. */
  readonly at: number;
}

export interface OutageFollowOptions {
  readonly server: ServerProcess<OutageCommands>;
  /** The kubeconfig of the management server. */
  readonly management: string;
  /** Where it is not what it is by default. */
  readonly timing: Timing;
  readonly seen: (seen: Seen) => void;
}

export interface OutageFollowing {
  /** Resolves when all objects of all kinds of so many clusters have been told. */
  synced(clusters: number): Promise<void>;
  /** Clusters that were given up since the beginning, each time counted; of a client that has no such notion none. */
  disconnects(): number;
}

/** A client that is told of every object of three kinds of every cluster, one way or another, until its process ends. */
export interface OutageContestant {
  follow(options: OutageFollowOptions): Promise<OutageFollowing>;
}
