/** What there is to measure of one queue. Durations are in ms. Nothing is reckoned where nobody measures. */
export interface WorkQueueMetrics {
  /** Called once, by the queue as it is made: where to look for what changes by itself, whenever that is to be shown. */
  keep(readings: WorkQueueReadings): void;
  /** An item came that was not waiting already: one more add, and one more that waits. */
  added(priority: number): void;
  /** An item that waits has another priority. */
  prioritized(from: number, to: number): void;
  /** An item waits for its cluster's connection, and not for a worker any more. */
  parked(priority: number): void;
  /** An item that was parked waits for a worker again. */
  released(priority: number): void;
  /** An item was handed out, `waited` ms after it was added or released. */
  taken(priority: number, waited: number): void;
  /** An item is done, `worked` ms after it was handed out. */
  done(worked: number): void;
  /** An item is to be tried again later. */
  retried(): void;
}

/** What is to be seen of a queue at any time. */
export interface WorkQueueReadings {
  /** The name the queue was given. */
  readonly name: string;
  /** Items that are parked. */
  readonly parked: number;
  /** ms that the items which are processed now have been so far: all of them together, and the one that takes longest. */
  unfinished(): { readonly total: number; readonly longest: number };
}
