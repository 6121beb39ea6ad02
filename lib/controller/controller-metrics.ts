import type { WorkQueueMetrics } from '../workqueue/work-queue-metrics.ts';

/** How a reconcile ended; controller-runtime's values of the label `result`. One whose request waits for its cluster's connection is a `requeue`. */
export const RECONCILE_RESULTS = ['success', 'error', 'requeue', 'requeue_after'] as const;
export type ReconcileResult = (typeof RECONCILE_RESULTS)[number];

/** What there is to measure of one controller. Durations are in ms. */
export interface ControllerMetrics {
  /** Of its queue. */
  readonly queue: WorkQueueMetrics;
  /** A reconcile ended, or its deadline passed. */
  reconciled(result: ReconcileResult, duration: number): void;
  /** One of the errors was terminal. */
  terminal(): void;
  /** One of the errors was that the deadline had passed. */
  timedOut(): void;
}

/** What is measured of a controller whenever it is to be shown. */
export interface ControllerReadings {
  readonly name: string;
  readonly maxConcurrentReconciles: number;
  /** Workers that have a reconcile now. */
  active(): number;
}
