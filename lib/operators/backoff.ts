/** How long to wait before the next attempt at something that keeps failing. Times in ms. */
export interface BackoffPolicy {
  /** The wait after the first failure, before jitter. */
  readonly initial: number;
  /** No wait grows beyond this, before jitter. */
  readonly max: number;
  readonly factor: number;
  /** A wait of d is drawn from [d, (1 + jitter) · d), so that those who failed together do not return together. */
  readonly jitter: number;
  /** What was healthy for this long starts from `initial` when it fails again; who counts the failures sees to it. */
  readonly resetAfter: number;
}

/**
 * client-go's reflector (tools/cache/reflector.go): waits of about 1, 2, 5, 10, 19, 38, 45, 45, … s keep an API server that is down at a
 * fifth of a request per second from a hundred clients, less than a fiftieth of what asking once a second would be.
 */
export const reflectorBackoff: BackoffPolicy = Object.freeze({ initial: 800, max: 30_000, factor: 2, jitter: 1, resetAfter: 120_000 });

/** ms to wait after `failures` earlier failures in a row: 0 for the first. Pure; `random` is in [0, 1), and 0 draws no jitter. */
export function backoffDelay(failures: number, { initial, max, factor, jitter }: BackoffPolicy, random: () => number): number {
  return Math.min(initial * factor ** failures, max) * (1 + jitter * random());
}
