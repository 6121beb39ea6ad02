import type { Logger } from '../model/logger.ts';
import type { WorkQueueMetrics } from './work-queue-metrics.ts';

/** Records what a queue does, where somebody measures. Metrics that throw are logged, and the queue goes on. */
export class Meter {
  readonly #metrics: WorkQueueMetrics | undefined;
  readonly #clock: () => number;
  readonly #logger: Logger;

  constructor(metrics: WorkQueueMetrics | undefined, clock: () => number, logger: Logger) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** By the queue's clock; `undefined` where nobody measures. */
  now(): number | undefined {
    return this.#metrics === undefined ? undefined : this.#clock();
  }

  record(what: (metrics: WorkQueueMetrics) => void): void {
    if (this.#metrics === undefined) return;
    try {
      what(this.#metrics);
    } catch (err) {
      this.#logger.error({ err }, 'the metrics of the work queue failed');
    }
  }
}

/** 0 where nobody measures. */
export function msBetween(from: number | undefined, to: number | undefined): number {
  return from === undefined || to === undefined ? 0 : to - from;
}
