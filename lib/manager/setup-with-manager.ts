import { ClusterCache } from '../cluster-cache/cluster-cache.ts';
import type { ClientOptions, ClusterCacheOptions } from '../cluster-cache/cluster-cache-options.ts';
import { checkOptions, count, filled, optional } from '../model/option-check.ts';
import type { Manager } from './manager.ts';

/** A cluster cache's options; what is left out is the manager's: User-Agent, namespace, logger, clock, chance. Its metrics go to the manager's registry. */
export interface ManagedClusterCacheOptions extends Omit<ClusterCacheOptions, 'management' | 'client'> {
  readonly client?: Partial<ClientOptions> | undefined;
}

/** How much is done at once. */
export interface ClusterCacheControllerOptions {
  /** Connects under way at once: what `maxConcurrentConnects` says, where that is not given. In Go a connect holds a worker of a controller; here it does not. @default 100, as Cluster API's workers */
  readonly maxConcurrentReconciles?: number | undefined;
}

/** Managers in whose registry a cluster cache has its metrics: there is room for one. */
const measured = new WeakSet<Manager>();

/**
 * A cluster cache that the manager starts and stops, on the manager's connection: on every replica, before the controllers, so that a new leader finds its clusters connected. Controllers
 * of the manager hear of its connections. Throws a TypeError that names the option, what was expected and what came, and an error of code `STOPPED` after the manager has begun to stop.
 *
 * With leader election its clients, and what `getRESTConfig` makes, ask before each write what `manager.client` asks, and reject with code `NOT_LEADER` where this replica does not lead;
 * they read in any case.
 *
 * Of several with one manager, the first alone has its metrics in the manager's registry, unless they are told otherwise.
 */
export function setupWithManager(manager: Manager, options: ManagedClusterCacheOptions = {}, controllerOptions: ClusterCacheControllerOptions = {}): ClusterCache {
  checkOptions('controllerOptions', controllerOptions, { maxConcurrentReconciles: optional(count) });
  const { namespace, userAgent, logger, scheduler, random } = manager.options;
  const { maxConcurrentReconciles: maxConcurrentConnects } = controllerOptions;
  const metrics = measured.has(manager) ? undefined : manager.metrics;
  const clusters = new ClusterCache({
    ...filled({ namespace, maxConcurrentConnects, metrics, logger, scheduler, random }, options),
    client: filled({ userAgent }, options.client),
    management: manager,
  });
  manager.add({
    name: 'cluster cache', group: 'caches', connections$: clusters.connections$,
    start: ({ signal }) => clusters.start(signal),
    stop: () => clusters.stop(),
  });
  if (options.metrics === undefined) measured.add(manager);
  return clusters;
}
