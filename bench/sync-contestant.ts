/** A client that keeps all pods of a cluster, one way or another. */
export interface SyncContestant {
  /** Resolves when all pods are in, `count` of them, and goes on to watch them. The kubeconfig is JSON, with a token. */
  sync(options: { readonly kubeconfig: string; readonly count: number }): Promise<Synced>;
}

export interface Synced {
  /** Pods that are kept. */
  size(): number;
  /** MODIFIED events seen since it was synced. */
  modified(): number;
  close(): Promise<void>;
}

/** Each is loaded alone: what the others import is not in its memory. */
export const syncContestants = {
  'floor, list 500': async () => (await import('./sync-floor.ts')).syncFloor({}),
  'floor, list 500, gzip': async () => (await import('./sync-floor.ts')).syncFloor({ gzip: true }),
  'floor, list 500, next page ahead': async () => (await import('./sync-floor.ts')).syncFloor({ ahead: true }),
  'floor, list 500, gzip, next page ahead': async () => (await import('./sync-floor.ts')).syncFloor({ gzip: true, ahead: true }),
  'floor, WatchList': async () => (await import('./sync-floor.ts')).syncFloor({ watchList: true }),
  clustercache: async () => (await import('./sync-clustercache.ts')).syncClustercache({ shareParts: true }),
  'clustercache, parts not shared': async () => (await import('./sync-clustercache.ts')).syncClustercache({ shareParts: false }),
  'clustercache, a controller': async () => (await import('./sync-controller.ts')).syncController({ waits: true }),
  'clustercache, a controller of workload clusters': async () => (await import('./sync-controller.ts')).syncController({ waits: false }),
  'client-node': async () => (await import('./sync-client-node.ts')).syncClientNode,
} as const satisfies Readonly<Record<string, () => Promise<SyncContestant>>>;

export type SyncContestantName = keyof typeof syncContestants;
