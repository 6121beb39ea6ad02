import type { WorkQueueMetrics, WorkQueueReadings } from '../workqueue/work-queue-metrics.ts';

/**
 * Measures a queue before it is known where the metrics go: that is said when its controller is started, and the queue is there before. What came until then is told to
 * the metrics when they are known.
 */
export class DeferredQueueMetrics implements WorkQueueMetrics {
  #metrics: WorkQueueMetrics | undefined;
  #readings: WorkQueueReadings | undefined;
  /** Priorities of what was added before; `undefined` once there is nobody to be told. */
  #early: number[] | undefined = [];

  /** Called once, with `undefined` where nobody measures. Nothing has been taken out of the queue before. */
  resolve(metrics: WorkQueueMetrics | undefined): void {
    this.#metrics = metrics;
    if (metrics !== undefined) {
      if (this.#readings !== undefined) metrics.keep(this.#readings);
      for (const priority of this.#early ?? []) metrics.added(priority);
    }
    this.#early = undefined;
  }

  keep(readings: WorkQueueReadings): void { this.#readings = readings; }

  added(priority: number): void {
    this.#early?.push(priority);
    this.#metrics?.added(priority);
  }

  prioritized(from: number, to: number): void {
    if (this.#early !== undefined) this.#replace(from, to);
    this.#metrics?.prioritized(from, to);
  }

  parked(priority: number): void {
    if (this.#early !== undefined) this.#replace(priority);
    this.#metrics?.parked(priority);
  }

  released(priority: number): void {
    this.#early?.push(priority);
    this.#metrics?.released(priority);
  }

  taken(priority: number, waited: number): void { this.#metrics?.taken(priority, waited); }
  done(worked: number): void { this.#metrics?.done(worked); }
  retried(): void { this.#metrics?.retried(); }

  #replace(priority: number, ...by: readonly number[]): void {
    const at = this.#early?.indexOf(priority) ?? -1;
    if (at >= 0) this.#early?.splice(at, 1, ...by);
  }
}
