import { ClusterCache, type ClusterCacheOptions, type ClusterEvent, type ConnectionState, type ObjectKey } from '../../lib/index.ts';
import { type FakeApiServer, FakeFleet, type FakeFleetOptions } from '../../lib/testing/index.ts';
import { Recorder } from '../suites/recorder.ts';

/** Short, so that a spec sees in a second what takes a minute. ms */
export const SHORT = { healthProbe: { interval: 60, timeout: 400, failureThreshold: 3 }, connectionCreationRetryInterval: 250 } as const;

/** ms for whatever is to happen: far above the timing, and below what mocha waits. */
export const SOON = 8_000;

export type Described = `${ConnectionState['phase']}${'' | ` ${string}`}`;

/** The phase with its reason. */
export function described(state: ConnectionState): Described {
  return 'reason' in state ? `${state.phase} ${state.reason}` : state.phase;
}

/** A cluster cache on an embedded fleet, and what it says. */
export class FleetScene {
  readonly fleet: FakeFleet;
  readonly clusters: ClusterCache;
  readonly events: Recorder<ClusterEvent>;
  readonly #recorders = new Map<string, Recorder<ConnectionState>>();

  private constructor(fleet: FakeFleet, clusters: ClusterCache) {
    this.fleet = fleet;
    this.clusters = clusters;
    this.events = new Recorder(clusters.events$);
  }

  /** Begins with one cluster unless told otherwise; not started. */
  static async create(options: Partial<ClusterCacheOptions> = {}, fleetOptions: FakeFleetOptions = {}): Promise<FleetScene> {
    const fleet = await FakeFleet.start({ clusters: 1, ...fleetOptions });
    return new FleetScene(fleet, new ClusterCache({ management: fleet.management, client: { userAgent: 'spec' }, ...SHORT, ...options }));
  }

  static async started(options: Partial<ClusterCacheOptions> = {}, fleetOptions: FakeFleetOptions = {}): Promise<FleetScene> {
    const scene = await FleetScene.create(options, fleetOptions);
    try {
      await scene.clusters.start();
    } catch (error) {
      await scene.stop();
      throw error;
    }
    return scene;
  }

  get key(): ObjectKey {
    return this.fleet.key('cluster-1');
  }

  get workload(): FakeApiServer {
    return this.fleet.workload('cluster-1');
  }

  /** What `connection$` has said of a cluster since it was first asked for. */
  states(name = 'cluster-1'): Recorder<ConnectionState> {
    const known = this.#recorders.get(name);
    if (known !== undefined) return known;
    const recorder = new Recorder(this.clusters.connection$(this.fleet.key(name)));
    this.#recorders.set(name, recorder);
    return recorder;
  }

  /** A state that was or comes. */
  phase(wanted: Described, name = 'cluster-1'): Promise<ConnectionState> {
    return this.states(name).next((state) => described(state) === wanted, SOON);
  }

  /** The first such state that comes after `cause` was begun. */
  async upon(cause: () => unknown, wanted: (state: ConnectionState) => boolean, name = 'cluster-1'): Promise<ConnectionState> {
    const states = this.states(name);
    const from = states.values.length;
    await cause();
    return states.next((state) => states.values.indexOf(state) >= from && wanted(state), SOON);
  }

  /** The phases of a cluster so far, each change once. */
  seen(name = 'cluster-1'): Described[] {
    return this.states(name).values.map(described).filter((state, index, all) => state !== all[index - 1]);
  }

  /** Resolves when a probe that began after now has succeeded. */
  async probed(name = 'cluster-1'): Promise<ConnectionState> {
    const states = this.states(name);
    const before = this.clusters.getLastProbeSuccessTimestamp(this.fleet.key(name));
    let successes = 0;
    return states.next((state) => states.values.indexOf(state) >= 0 && state.health.lastProbeSuccessTime !== undefined
      && state.health.lastProbeSuccessTime > (before ?? new Date(0)) && ++successes > 1, SOON);
  }

  /** The types of the events of a cluster so far. */
  told(name = 'cluster-1'): ClusterEvent['type'][] {
    return this.events.values.filter(({ key }) => key.name === name).map(({ type }) => type);
  }

  async stop(): Promise<void> {
    for (const recorder of this.#recorders.values()) recorder.close();
    this.events.close();
    await this.clusters.stop();
    await this.fleet.stop();
  }
}
