export interface FollowOptions {
  /** The kubeconfig of the management server. */
  readonly management: string;
  /** Whether two watches are opened on every cluster, as a controller does. */
  readonly watches: boolean;
  /** ms between the probes of a cluster. */
  readonly probeInterval: number;
  /** Whether the lateness of probes is followed; see `latest`. */
  readonly observed: boolean;
}

/** A client of a fleet, one way or another. */
export interface Contestant {
  /** Reads Clusters and kubeconfigs of the management server and connects to each cluster, to those that come later too. */
  follow(options: FollowOptions): Promise<Following>;
}

export interface Following {
  /** Resolves when so many clusters are connected, and their watches open. */
  connected(count: number): Promise<void>;
  /** Begins to probe every connected cluster, where `follow` has not. */
  probe(): void;
  /** So many GETs of one object of one cluster, one after the other. */
  call(times: number): Promise<void>;
  /** ms that the latest probe of each cluster so far came after its time, at the worst; of what is probed by itself. */
  latest?(): number;
  stop(): Promise<void>;
}

/** What every contestant asks of a cluster when it connects, and what it watches. */
export const CONNECT_PATHS = { probe: '/', discovery: '/api/v1', identity: '/api/v1/namespaces/kube-system' } as const;
export const WATCH_PATHS = ['/api/v1/nodes?watch=true&allowWatchBookmarks=true', '/api/v1/pods?watch=true&allowWatchBookmarks=true'] as const;
export const USER_AGENT = 'bench';
/** Connects at a time: what the cluster cache has by default. */
export const CONNECTS_AT_ONCE = 100;

/** Counts, and tells when it has come to a number. */
export class Tally {
  #count = 0;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  add(): void {
    this.#count += 1;
    const { length } = this.#waiting;
    for (const { count, resolve } of this.#waiting) if (this.#count >= count) resolve();
    if (length > 0) this.#waiting = this.#waiting.filter(({ count }) => count > this.#count);
  }

  reached(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#count >= count) resolve();
      else this.#waiting.push({ count, resolve });
    });
  }
}

/** Runs work so many at a time, first come, first served. */
export function queue(width: number): (work: () => Promise<void>) => void {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  const next = (): void => {
    const work = running < width ? waiting.shift() : undefined;
    if (work === undefined) return;
    running += 1;
    void work().finally(() => {
      running -= 1;
      next();
    });
  };
  return (work) => {
    waiting.push(work);
    next();
  };
}
