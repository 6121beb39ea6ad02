import type { Logger } from '../model/logger.ts';
import type { WorkQueueMetrics } from './work-queue-metrics.ts';

/** Records what a queue does. Metrics that throw are logged, and the queue goes on. There is none where nobody measures, so that nothing is reckoned then. */
export class Meter {
  readonly #metrics: WorkQueueMetrics;
  readonly #clock: () => number;
  readonly #logger: Logger;

  constructor(metrics: WorkQueueMetrics, clock: () => number, logger: Logger) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#logger = logger;
  }

  now(): number {
    return this.#clock();
  }

  record(what: (metrics: WorkQueueMetrics) => void): void {
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
