import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MetricsRegistry } from '../cluster-cache/cluster-cache-options.ts';
import { ClusterCacheError } from '../model/errors.ts';
import type { WorkQueueReadings } from '../workqueue/work-queue-metrics.ts';
import { type ControllerMetrics, type ControllerReadings, RECONCILE_RESULTS } from './controller-metrics.ts';

/** controller-runtime's, for its dashboards: from 5 ms to a minute. */
const RECONCILE_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1,
  1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
/** The same for the queue: every power of ten from 10 ns to 1000 s. */
const QUEUE_SECONDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

/** A series for each priority, as controller-runtime: two are its own, and the rest is for its users. What comes after these shares one, so that a priority may be reckoned. */
const MOST_PRIORITIES = 25;
const OTHER_PRIORITIES = 'exceeded_cardinality_limit';

const QUEUE_LABELS = ['name', 'controller'] as const;

/** One controller, and what its series show when they are read. */
interface ControllerSeries {
  readonly readings: ControllerReadings;
  queue: WorkQueueReadings | undefined;
  /** By priority; a priority that has been seen stays, at 0. */
  readonly depth: Map<number | typeof OTHER_PRIORITIES, number>;
  readonly results: Record<(typeof RECONCILE_RESULTS)[number], number>;
  terminal: number;
  timeouts: number;
  adds: number;
  retries: number;
}

/** The metrics of all controllers in one registry: there while any of them is. */
interface SharedMetrics {
  readonly controllers: Map<string, ControllerSeries>;
  readonly reconcileTime: Histogram;
  readonly queueDuration: Histogram;
  readonly workDuration: Histogram;
  dispose(): void;
}

const shared = new WeakMap<object, SharedMetrics>();

/**
 * The metrics of a controller and its queue in the user's registry, which several controllers share; docs/metrics.md describes each. Names, labels and buckets are
 * controller-runtime's. `dispose` takes the controller's series out again, and the metrics with the last of them. Throws a `ClusterCacheError` of code `METRICS_TAKEN` where the registry has a
 * controller of that name, or metrics of these names that are not ours.
 */
export function prometheusControllerMetrics(given: MetricsRegistry, readings: ControllerReadings): ControllerMetrics & { dispose(): void } {
  const metrics = shared.get(given) ?? registered(given as Registry);
  const { controllers, reconcileTime, queueDuration, workDuration } = metrics;
  const { name } = readings;
  if (controllers.has(name)) throw new ClusterCacheError('METRICS_TAKEN', `there is a controller ${name} in the registry of options.metrics already: each needs a name of its own`);
  shared.set(given, metrics);
  const own: ControllerSeries = { readings, queue: undefined, depth: new Map([[0, 0]]), results: { success: 0, error: 0, requeue: 0, requeue_after: 0 }, terminal: 0, timeouts: 0, adds: 0, retries: 0 };
  controllers.set(name, own);
  const labels = Object.freeze({ controller: name });
  const queueLabels = Object.freeze({ name, controller: name });
  const deepen = (priority: number, by: number) => {
    const shown = own.depth.has(priority) || own.depth.size < MOST_PRIORITIES ? priority : OTHER_PRIORITIES;
    own.depth.set(shown, (own.depth.get(shown) ?? 0) + by);
  };
  reconcileTime.zero(labels);

  return {
    queue: {
      keep: (queue) => { own.queue = queue; },
      added: (priority) => {
        own.adds += 1;
        deepen(priority, 1);
      },
      prioritized: (from, to) => {
        deepen(from, -1);
        deepen(to, 1);
      },
      parked: (priority) => deepen(priority, -1),
      released: (priority) => deepen(priority, 1),
      taken: (priority, waited) => {
        deepen(priority, -1);
        queueDuration.observe(queueLabels, waited / 1000);
      },
      done: (worked) => workDuration.observe(queueLabels, worked / 1000),
      retried: () => { own.retries += 1; },
    },
    reconciled: (result, duration) => {
      own.results[result] += 1;
      reconcileTime.observe(labels, duration / 1000);
    },
    terminal: () => { own.terminal += 1; },
    timedOut: () => { own.timeouts += 1; },
    dispose: () => {
      controllers.delete(name);
      reconcileTime.remove(labels);
      queueDuration.remove(queueLabels);
      workDuration.remove(queueLabels);
      if (controllers.size > 0) return;
      shared.delete(given);
      metrics.dispose();
    },
  };
}

function registered(registry: Registry): SharedMetrics {
  const controllers = new Map<string, ControllerSeries>();
  const registers: readonly Registry[] = [];
  const histogram = (name: string, help: string, labelNames: readonly string[], buckets: number[]) => new Histogram({ registers: [...registers], name, help, labelNames, buckets });

  const reconcileTime = histogram('controller_runtime_reconcile_time_seconds', 'How long reconciles took, by controller.', ['controller'], RECONCILE_SECONDS);
  const queueDuration = histogram('workqueue_queue_duration_seconds', 'How long items waited in a work queue before they were taken.', QUEUE_LABELS, QUEUE_SECONDS);
  const workDuration = histogram('workqueue_work_duration_seconds', 'How long items of a work queue were processed.', QUEUE_LABELS, QUEUE_SECONDS);

  // Kept as plain numbers and given to prom-client when they are read: there may be thousands of reconciles between two scrapes.
  const ofController = (series: ControllerSeries) => ({ controller: series.readings.name });
  const ofQueue = (series: ControllerSeries) => ({ name: series.queue?.name ?? series.readings.name, controller: series.readings.name });
  const counter = (name: string, help: string, labelsOf: (series: ControllerSeries) => Record<string, string>, labelNames: readonly string[], value: (series: ControllerSeries) => number) => new Counter({
    registers: [...registers], name, help, labelNames,
    collect() {
      this.reset();
      for (const series of controllers.values()) this.inc(labelsOf(series), value(series));
    },
  });
  const gauge = (name: string, help: string, labelsOf: (series: ControllerSeries) => Record<string, string>, labelNames: readonly string[], value: (series: ControllerSeries) => number) => new Gauge({
    registers: [...registers], name, help, labelNames,
    collect() {
      this.reset();
      for (const series of controllers.values()) this.set(labelsOf(series), value(series));
    },
  });

  const metrics = [
    reconcileTime, queueDuration, workDuration,
    new Counter({
      registers: [...registers], name: 'controller_runtime_reconcile_total', help: 'Reconciles, by controller and result.', labelNames: ['controller', 'result'],
      collect() {
        this.reset();
        for (const series of controllers.values()) for (const result of RECONCILE_RESULTS) this.inc({ ...ofController(series), result }, series.results[result]);
      },
    }),
    counter('controller_runtime_reconcile_errors_total', 'Reconciles that failed, by controller.', ofController, ['controller'], ({ results }) => results.error),
    counter('controller_runtime_terminal_reconcile_errors_total', 'Reconciles that failed and are not tried again, by controller.', ofController, ['controller'], ({ terminal }) => terminal),
    counter('controller_runtime_reconcile_timeouts_total', 'Reconciles that were over their deadline, by controller.', ofController, ['controller'], ({ timeouts }) => timeouts),
    gauge('controller_runtime_max_concurrent_reconciles', 'Workers of the controller.', ofController, ['controller'], ({ readings }) => readings.maxConcurrentReconciles),
    gauge('controller_runtime_active_workers', 'Workers of the controller that have a reconcile.', ofController, ['controller'], ({ readings }) => readings.active()),
    new Gauge({
      registers: [...registers], name: 'workqueue_depth', help: 'Items that wait in a work queue for a worker, by priority.', labelNames: [...QUEUE_LABELS, 'priority'],
      collect() {
        this.reset();
        for (const series of controllers.values()) for (const [priority, depth] of series.depth) this.set({ ...ofQueue(series), priority: String(priority) }, depth);
      },
    }),
    counter('workqueue_adds_total', 'Items that were added to a work queue.', ofQueue, QUEUE_LABELS, ({ adds }) => adds),
    counter('workqueue_retries_total', 'Items that were added to a work queue once more after a wait.', ofQueue, QUEUE_LABELS, ({ retries }) => retries),
    gauge('workqueue_unfinished_work_seconds', 'How long what is processed now has been so far, all items together.', ofQueue, QUEUE_LABELS, ({ queue }) => (queue?.unfinished().total ?? 0) / 1000),
    gauge('workqueue_longest_running_processor_seconds', 'How long the item that is processed for longest has been.', ofQueue, QUEUE_LABELS, ({ queue }) => (queue?.unfinished().longest ?? 0) / 1000),
    gauge('clustercache_workqueue_parked', 'Items that wait in a work queue for the connection of their cluster.', ofQueue, QUEUE_LABELS, ({ queue }) => queue?.parked ?? 0),
  ];
  const taken = metrics.map(nameOf).find((name) => registry.getSingleMetric(name) !== undefined);
  if (taken !== undefined) throw new ClusterCacheError('METRICS_TAKEN', `options.metrics has a metric ${taken} that is not of these controllers`);
  for (const metric of metrics) registry.registerMetric(metric);
  return { controllers, reconcileTime, queueDuration, workDuration, dispose: () => { for (const metric of metrics) registry.removeSingleMetric(nameOf(metric)); } };
}

function nameOf(metric: object): string {
  return (metric as { readonly name: string }).name;
}
