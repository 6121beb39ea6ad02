import { Registry } from 'prom-client';
import { ClusterCache, type ObjectKey, formatKey, stripManagedFields } from '../../lib/index.ts';
import { type FakeApiServer, FakeFleet, type InjectedFault, type RecordedRequest } from '../../lib/testing/index.ts';
import { Chronicle, type Life } from './chronicle.ts';
import type { Coverage } from './coverage.ts';
import type { FaultPlan, Victim } from './fault-plan.ts';
import { impatient } from './impatient.ts';
import { ListLedger } from './list-ledger.ts';
import type { Named, Setup } from './program.ts';
import { NAMESPACES, NODE_NAME, THINGS, type Thing, type ThingKind, nodeNameOf, thing } from './thing.ts';
import type { World } from './world.ts';

/** Waits of the cluster cache are so many times shorter: a watch that fails soon after it was opened is taken up after 200 ms. */
const HURRY = 4;
/** Short, so that a second shows what takes minutes. ms */
const TIMING = { healthProbe: { interval: 60 * HURRY, timeout: 400 * HURRY, failureThreshold: 3 }, connectionCreationRetryInterval: 250 * HURRY };
/** ms for one call, and for a read that waits for its kind. */
const CALL_TIMEOUT = 2_000;
/** ms in which a kind is let go, objects are told again, and bookmarks come, where that is to happen within a program. */
const OFTEN = { linger: 100 * HURRY, syncPeriod: 700 * HURRY, bookmarkInterval: 40 };
/** Calls a second: no limit. */
const UNLIMITED = 100_000;
const PLURALS: Readonly<Record<ThingKind, string>> = { ConfigMap: 'configmaps', Pod: 'pods', Node: 'nodes' };
const ALL_KINDS: readonly ThingKind[] = ['ConfigMap', 'Pod', 'Node'];
/** Where Pods are kept in part. */
const KEPT = { labelSelector: 'tier=web', namespaces: NAMESPACES.slice(0, 2) as readonly string[] };

/** One server, and what is known of it. */
interface Place {
  readonly server: FakeApiServer;
  readonly chronicle: Chronicle;
  /** The oldest resourceVersion that it still knows. */
  floor: bigint;
}

/** A fleet with a cluster cache on it, and the truth about both. Clusters are numbers from 1, and `default/cluster-1` where they are told. */
export class Stage implements World {
  readonly fleet: FakeFleet;
  readonly clusters: ClusterCache;
  readonly ledger: ListLedger;
  readonly setup: Setup;
  readonly registry = new Registry();
  readonly #places: readonly Place[];
  readonly #coverage: Coverage;
  readonly #leads = new Map<string, number>();
  readonly #led = new Map<string, Set<number>>();
  readonly #breaks = new Map<string, number>();
  #step = 0;

  private constructor(fleet: FakeFleet, setup: Setup, random: () => number, coverage: Coverage, note: (line: string) => void) {
    this.fleet = fleet;
    this.setup = setup;
    this.#coverage = coverage;
    this.#places = fleet.names.map((name) => ({ server: fleet.workload(name), chronicle: new Chronicle(), floor: 0n }));
    for (const at of this.numbers) {
      this.#leads.set(this.id(at), at);
      this.#led.set(this.id(at), new Set([at]));
    }
    this.ledger = new ListLedger(coverage, note, (kind) => (this.isInParts(kind) ? KEPT.namespaces.length : 1));
    this.clusters = new ClusterCache({
      management: fleet.management, metrics: this.registry, logger: this.ledger, random, scheduler: impatient(HURRY), ...TIMING,
      client: { userAgent: 'model', timeout: CALL_TIMEOUT, qps: UNLIMITED, burst: UNLIMITED },
      cache: {
        ...(setup.brief ? { linger: OFTEN.linger } : {}), ...(setup.resyncs ? { syncPeriod: OFTEN.syncPeriod } : {}),
        ...(setup.stripped ? { defaultTransform: stripManagedFields } : {}),
        ...(setup.pods === 'all' ? {} : { byObject: [{ kind: THINGS.Pod, ...(setup.pods === 'labelled' ? { labelSelector: KEPT.labelSelector } : { namespaces: KEPT.namespaces }) }] }),
        ...(setup.indexed ? { indexes: [{ kind: THINGS.Pod, field: NODE_NAME, extractValue: nodeNameOf }] } : {}),
      },
    });
  }

  /** Starts servers with objects, and the cluster cache; resolves when that has begun. */
  static async start(setup: Setup, random: () => number, coverage: Coverage, note: (line: string) => void): Promise<Stage> {
    const { clusters, user, protocol, bookmarks, objects } = setup;
    const workload = { protocols: [protocol], recorded: 1, history: HISTORY, ...(bookmarks ? { bookmarkInterval: OFTEN.bookmarkInterval } : {}) };
    const fleet = await FakeFleet.start({ clusters, user, workload });
    const stage = new Stage(fleet, setup, random, coverage, note);
    for (const { server, chronicle } of stage.#places) {
      for (const node of server.list(THINGS.Node)) chronicle.wrote(node);
      server.requests$.subscribe((request) => stage.ledger.saw(request, stage.#places.find((place) => place.server === server)?.floor ?? 0n));
    }
    for (const cluster of stage.numbers) for (const kind of ALL_KINDS) for (let count = 1; count <= objects; count += 1) {
      stage.put({ cluster, kind, namespace: kind === 'Node' ? '' : NAMESPACES[count % NAMESPACES.length] ?? '', name: `first-${count}` }, count % 2 === 0 ? { tier: 'web' } : { track: 'stable' });
    }
    try {
      await stage.clusters.start();
    } catch (error) {
      await stage.stop();
      throw error;
    }
    return stage;
  }

  get numbers(): readonly number[] {
    return this.fleet.names.map((_, index) => index + 1);
  }

  get kinds(): readonly ThingKind[] {
    return ALL_KINDS;
  }

  key(at: number): ObjectKey {
    return this.fleet.key(this.name(at));
  }

  id(at: number): string {
    return formatKey(this.key(at));
  }

  name(at: number): string {
    return this.fleet.names[at - 1] ?? '';
  }

  server(at: number): FakeApiServer {
    return this.#place(at).server;
  }

  // ── What is done to servers ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Creates it, or changes it where it is there. */
  put({ cluster, kind, namespace, name }: Named, labels: Readonly<Record<string, string>>): void {
    const { server, chronicle } = this.#place(cluster);
    const object = thing(kind, { namespace, name }, labels, this.#step += 1);
    const before = server.find(THINGS[kind], { namespace, name });
    chronicle.wrote(before === undefined ? server.create(object) : server.update(object));
    this.#coverage.count(`operations: ${before === undefined ? 'create' : 'update'}`);
  }

  delete({ cluster, kind, namespace, name }: Named): void {
    const { server, chronicle } = this.#place(cluster);
    const before = server.find(THINGS[kind], { namespace, name });
    if (before === undefined) return this.#coverage.count('operations: delete of what is not there');
    server.delete(THINGS[kind], { namespace, name });
    chronicle.deleted(before.metadata?.uid ?? '', server.resourceVersion);
    this.#coverage.count('operations: delete');
  }

  /** It forgets everything, and whoever is connected has to come again. */
  compact(at: number): void {
    const { server } = this.#place(at);
    server.compact();
    server.cut();
    this.#forgot(at);
  }

  async restart(at: number): Promise<void> {
    await this.server(at).restart();
    this.#forgot(at);
  }

  async rotate(at: number, what: 'token' | 'certificate' | 'authority'): Promise<void> {
    const name = this.name(at);
    if (what === 'token') this.fleet.rotateToken(name);
    else if (what === 'certificate') this.fleet.rotateCertificate(name);
    else {
      await this.fleet.rotateAuthority(name);
      this.#forgot(at);
    }
    this.#leadTo(at, at);
  }

  /** Its kubeconfig leads to the server of another, or to its own again. */
  exchange(at: number, to: number): void {
    this.fleet.putKubeconfig(this.name(at), this.fleet.kubeconfig(this.name(to)));
    this.#leadTo(at, to);
  }

  /** All that was known of it may be told as gone, and told again. */
  breakOff(at: number): void {
    const id = this.id(at);
    this.#breaks.set(id, this.breaks(id) + 1);
    for (const kind of ALL_KINDS) this.ledger.owe(id, kind);
  }

  /** A kind that nobody follows for long may be listed anew each time that it is asked for. */
  isAskedFor(at: number, kind: ThingKind): void {
    if (this.setup.brief && kind === 'Node') this.ledger.owe(this.id(at), kind);
  }

  /** Every cluster's kubeconfig leads to its own server, as it was meant. */
  putRight(): void {
    for (const at of this.numbers) if (this.#leads.get(this.id(at)) !== at) this.exchange(at, at);
  }

  /** What a plan says, until it is removed; `undefined` for what is done at once. */
  strike(at: number, { what, victim, met }: FaultPlan): InjectedFault | undefined {
    const server = this.server(at);
    switch (what) {
      case 'cut': server.cut(); return undefined;
      case 'goAway': server.goAway(); return undefined;
      case 'endWatches': server.endWatches(); return undefined;
      default: {
        const isOfAll = victim === 'any' || what.fault === 'refuse' || what.fault === 'halfOpen';
        const fault = server.inject(isOfAll ? what : { ...what, match: (request) => VICTIMS[victim](request) });
        if (met === 'cut') server.cut();
        if (met === 'endWatches') server.endWatches();
        return fault;
      }
    }
  }

  // ── What is true ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  life(cluster: string, uid: string): Life | undefined {
    for (const at of this.#led.get(cluster) ?? []) {
      const life = this.#place(at).chronicle.life(uid);
      if (life !== undefined) return life;
    }
    return undefined;
  }

  at(cluster: string, kind: ThingKind, version: bigint): ReadonlyMap<string, Thing> {
    const objects = this.#place(this.#leads.get(cluster) ?? 1).chronicle.at(kind, version);
    return new Map([...objects].filter(([, object]) => this.keeps(object)));
  }

  /** What there is to be kept now, as it is kept, in the order of the API server; what clients wrote by themselves included. */
  now(at: number, kind: ThingKind): readonly Thing[] {
    return this.server(at).list(THINGS[kind]).filter((object) => this.keeps(object)).map((object) => this.kept(object));
  }

  keeps({ kind, metadata }: Thing): boolean {
    if (kind !== 'Pod' || this.setup.pods === 'all') return true;
    return this.setup.pods === 'labelled' ? metadata?.labels?.['tier'] === 'web' : KEPT.namespaces.includes(metadata?.namespace ?? '');
  }

  kept(object: Thing): Thing {
    return this.setup.stripped ? stripManagedFields(object) : object;
  }

  lists(cluster: string, kind: ThingKind): number {
    return this.ledger.begun(cluster, kind);
  }

  isListing(cluster: string, kind: ThingKind): boolean {
    return this.ledger.isRunning(cluster, kind);
  }

  isInParts(kind: ThingKind): boolean {
    return kind === 'Pod' && this.setup.pods === 'ofNamespaces';
  }

  breaks(cluster: string): number {
    return this.#breaks.get(cluster) ?? 0;
  }

  /** Lists by kind and cause, as they were measured. */
  async measuredLists(): Promise<ReadonlyMap<string, number>> {
    const metrics = await this.registry.getMetricsAsJSON() as readonly { readonly name: string; readonly values: readonly { readonly value: number; readonly labels: Readonly<Record<string, string>> }[] }[];
    const values = metrics.find(({ name }) => name === 'clustercache_lists_total')?.values ?? [];
    return new Map(values.filter(({ labels }) => PLURALS[labels['kind'] as ThingKind] !== undefined).map(({ labels, value }) => [`${labels['kind']} ${labels['cause']}`, value]));
  }

  async stop(): Promise<void> {
    await this.clusters.stop();
    await this.fleet.stop();
  }

  #leadTo(at: number, to: number): void {
    const id = this.id(at);
    if (this.#leads.get(id) === to) return;
    this.#leads.set(id, to);
    this.#led.get(id)?.add(to);
    this.breakOff(at);
  }

  #forgot(at: number): void {
    const place = this.#place(at);
    place.floor = BigInt(place.server.resourceVersion);
  }

  #place(at: number): Place {
    const place = this.#places[at - 1];
    if (place === undefined) throw new RangeError(`there is no cluster ${at}`);
    return place;
  }
}

/** Changes that a server remembers of each resource: more than a program makes. */
const HISTORY = 5_000;

const VICTIMS: Readonly<Record<Exclude<Victim, 'any'>, (request: RecordedRequest) => boolean>> = {
  watch: ({ verb }) => verb === 'watch',
  list: ({ verb }) => verb === 'list',
  call: ({ verb }) => verb !== 'watch' && verb !== 'list',
  identity: ({ path }) => path.endsWith('/namespaces/kube-system'),
};
