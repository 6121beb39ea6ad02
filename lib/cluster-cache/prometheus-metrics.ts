import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MetricsRegistry } from './cluster-cache-options.ts';
import { type ClusterMetrics, type KeptKind, failedConnect, probeStatus } from './cluster-metrics.ts';
import type { ClusterRecord } from './cluster-record.ts';
import { ClusterCacheError } from '../model/errors.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';

/** From a call within a rack to one that meets its timeout of 5 to 10 s; client-go's request duration buckets, without those past its timeout. */
const SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15];

const CONNECTION_UP = 'capi_cluster_cache_connection_up';
const CLUSTER_LABELS = ['cluster_name', 'cluster_namespace'] as const;

/** What the series of one cluster show when they are read. */
interface ClusterSeries {
  readonly labels: { readonly cluster_name: string; readonly cluster_namespace: string };
  up: 0 | 1;
  /** Absent before the first probe. */
  healthcheck?: 0 | 1;
  readonly healthchecks: { success: number; error: number };
}

/**
 * The metrics of a cluster cache, in the user's registry; docs/metrics.md describes each. What is labelled by cluster goes with the cluster; histograms are the
 * fleet's, for one per cluster would cost more memory than its connection. `dispose` takes them all out again.
 */
export function prometheusMetrics(given: MetricsRegistry): ClusterMetrics & { dispose(): void } {
  const registry = given as Registry;
  if (registry.getSingleMetric(CONNECTION_UP) !== undefined) throw new ClusterCacheError('METRICS_TAKEN', 'options.metrics must be a registry of this cluster cache alone; another one has its metrics in it');
  const registers = [registry];
  // Kept as plain numbers and given to prom-client when they are read: there is a probe every 10 s for every cluster, and a scrape every 30 s for all of them.
  const clusters = new Map<string, ClusterSeries>();
  const up = new Gauge({
    registers, name: CONNECTION_UP, help: 'Whether there is a connection to the cluster (1) or not (0).', labelNames: CLUSTER_LABELS,
    collect() {
      this.reset();
      for (const { labels, up: value } of clusters.values()) this.set(labels, value);
    },
  });
  const healthcheck = new Gauge({
    registers, name: 'capi_cluster_cache_healthcheck', help: 'The result of the last health probe of the cluster (1 = success, 0 = failure).', labelNames: CLUSTER_LABELS,
    collect() {
      this.reset();
      for (const { labels, healthcheck: value } of clusters.values()) if (value !== undefined) this.set(labels, value);
    },
  });
  const healthchecks = new Counter({
    registers, name: 'capi_cluster_cache_healthchecks_total', help: 'Health probes of the cluster, by result.', labelNames: [...CLUSTER_LABELS, 'status'],
    collect() {
      this.reset();
      for (const { labels, healthchecks: counts } of clusters.values()) {
        for (const status of ['success', 'error'] as const) if (counts[status] > 0) this.inc({ ...labels, status }, counts[status]);
      }
    },
  });
  const stages = new Histogram({ registers, name: 'clustercache_connect_stage_duration_seconds', help: 'How long each stage of the connects that succeeded took.', labelNames: ['stage'], buckets: SECONDS });
  const failures = new Counter({ registers, name: 'clustercache_connect_failures_total', help: 'Failed connects, by the stage that failed.', labelNames: ['stage'] });
  const disconnects = new Counter({ registers, name: 'clustercache_disconnects_total', help: 'Connections that ended, by reason.', labelNames: ['reason'] });
  const probes = new Histogram({ registers, name: 'clustercache_probe_duration_seconds', help: 'How long successful health probes took.', buckets: SECONDS });
  const waits = new Histogram({ registers, name: 'clustercache_rate_limiter_wait_seconds', help: "How long calls that found no token in their cluster's bucket waited for one.", buckets: SECONDS });
  const lists = new Counter({ registers, name: 'clustercache_lists_total', help: 'Lists, by kind and cause.', labelNames: ['kind', 'cause'] });
  const interruptions = new Counter({ registers, name: 'clustercache_watch_interruptions_total', help: 'Lists and watches that failed and were taken up again.', labelNames: ['kind'] });
  let kept: () => Iterable<KeptKind> = () => [];
  const objects = new Gauge({
    registers, name: 'clustercache_objects', help: 'Objects of the workload clusters that are kept.', labelNames: ['kind'],
    collect() {
      this.reset();
      for (const { kind, objects: count } of kept()) this.inc({ kind }, count);
    },
  });
  const ages = new Gauge({
    registers, name: 'clustercache_watch_age_seconds', help: 'How long ago the cluster that was silent for longest told of a kind that is kept, a bookmark included.', labelNames: ['kind'],
    collect() {
      this.reset();
      const oldest = new Map<string, number>();
      for (const { kind, age = 0 } of kept()) oldest.set(kind, Math.max(oldest.get(kind) ?? 0, age));
      for (const [kind, age] of oldest) this.set({ kind }, age / 1000);
    },
  });

  const changed = (before: ClusterRecord | undefined, after: ClusterRecord): void => {
    const { state } = after;
    const key = formatKey(state.cluster);
    if (before?.state.phase === 'connected' && state.phase !== 'connected') disconnects.inc({ reason: state.phase === 'connecting' ? 'reconnect' : state.reason });
    if (state.phase === 'absent') {
      clusters.delete(key);
      return;
    }
    const series = clusters.get(key) ?? newSeries(state.cluster);
    clusters.set(key, series);
    series.up = state.phase === 'connected' ? 1 : 0;
    const status = probeStatus(before, after);
    if (status !== undefined) {
      series.healthcheck = status === 'success' ? 1 : 0;
      series.healthchecks[status] += 1;
    }
    if (state.phase === 'connected' && (before?.state.phase !== 'connected' || before.state.connection !== state.connection)) {
      for (const { stage, duration } of state.connection.stages) stages.observe({ stage }, duration / 1000);
    }
    const failed = failedConnect(before, after);
    if (failed !== undefined) failures.inc({ stage: failed.stage });
  };

  return {
    changed,
    probed: (duration) => probes.observe(duration / 1000),
    waited: (duration) => waits.observe(duration / 1000),
    listed: (kind, cause) => lists.inc({ kind, cause }),
    interrupted: (kind) => interruptions.inc({ kind }),
    keep: (source) => { kept = source; },
    dispose: () => {
      for (const metric of [up, healthcheck, healthchecks, stages, failures, disconnects, probes, waits, lists, interruptions, objects, ages]) registry.removeSingleMetric(nameOf(metric));
    },
  };
}

function newSeries({ name, namespace }: ObjectKey): ClusterSeries {
  return { labels: { cluster_name: name, cluster_namespace: namespace }, up: 0, healthchecks: { success: 0, error: 0 } };
}

function nameOf(metric: object): string {
  return (metric as { readonly name: string }).name;
}
