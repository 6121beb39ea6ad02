import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';
import type { Gauge, Registry } from 'prom-client';
import type { MetricsRegistry } from '../cluster-cache/cluster-cache-options.ts';
import { ClusterCacheError } from '../model/errors.ts';

/** What a metrics endpoint answers. */
export interface Exposition {
  readonly contentType: string;
  /** The metrics of this moment, as text. */
  metrics(): Promise<string>;
}

/** A registry of its own. Throws an error of code `PROM_CLIENT_MISSING` where the package is not there. */
export function newRegistry(): MetricsRegistry & Exposition {
  return new (promClient().Registry)();
}

/** A registry as an endpoint needs it. */
export function expositionOf(registry: MetricsRegistry): Exposition {
  return registry as unknown as Registry;
}

/** client-go's metric of who leads, read when it is scraped. The returned function takes it out again. */
export function exposeLeadership(registry: MetricsRegistry, name: string, isLeader: () => boolean): () => void {
  const METRIC = 'leader_election_master_status';
  const known = registry.getSingleMetric(METRIC);
  if (known !== undefined) throw new ClusterCacheError('METRICS_TAKEN', 'options.metrics must be a registry of this manager alone; another one has its metrics in it');
  const gauge: Gauge = new (promClient().Gauge)({
    registers: [registry as unknown as Registry], name: METRIC, labelNames: ['name'],
    help: 'Whether this replica leads by the Lease of that name (1) or waits (0).',
    collect() { this.set({ name }, isLeader() ? 1 : 0); },
  });
  return () => {
    if (registry.getSingleMetric(METRIC) === gauge) registry.removeSingleMetric(METRIC);
  };
}

/** Loaded at once, when there is something to measure: a cluster cache that is set up wants the registry before anything starts. */
function promClient(): typeof PromClient {
  try {
    return createRequire(import.meta.url)('prom-client') as typeof PromClient;
  } catch (cause) {
    throw new ClusterCacheError('PROM_CLIENT_MISSING', 'a manager with a server needs the package prom-client for /metrics: install it, or set options.metrics to false', { cause });
  }
}
