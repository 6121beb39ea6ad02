import { setTimeout as rest } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { filter, firstValueFrom, timeout } from 'rxjs';
import { Random } from '../../bench/random.ts';
import { ClusterCache, type ClusterCacheOptions, Controller, NodeProviderIDIndex, type ObjectKey, toRequest, watchForProbeFailure } from '../../lib/index.ts';
import { ConfigMap, Node, Secret } from '../../lib/kinds.ts';
import { FakeFleet } from '../../lib/testing/index.ts';
import { type Limits, type Look, findings } from './look.ts';

export interface SoakOptions {
  readonly clusters: number;
  /** ms that the consumers look. */
  readonly duration: number;
  readonly consumers: number;
  readonly limits: Limits;
  /** @default a cluster cache's own */
  readonly timing?: Pick<ClusterCacheOptions, 'healthProbe' | 'connectionCreationRetryInterval'>;
  /** Done to the fleet when the consumers begin. @default nothing */
  readonly disturb?: (fleet: FakeFleet, good: readonly ObjectKey[]) => void;
}

/** What came of it. */
export interface Verdict {
  /** Looks at good clusters, and at broken ones. */
  readonly looks: { readonly good: number; readonly broken: number };
  /** What was wrong, each sort of it once for each cluster, and how often it was seen. */
  readonly problems: ReadonlyMap<string, number>;
  /** ms: the oldest success of a good cluster, and the oldest failure of a broken one, that were seen. */
  readonly oldest: { readonly success: number; readonly failure: number };
  readonly reconciles: number;
  readonly reconcileErrors: number;
}

/** Every so manieth is broken, as in Cluster API's test. */
const BROKEN = 5;
/** A cluster is made by each at a time. */
const CREATORS = 10;
/** ms between two looks of one consumer. */
const PAUSE = 10;
/** ms in which every good cluster is connected and every broken one has failed. */
const READY = 180_000;
/** Nobody is there: the one is somebody's on the internet who does not serve Kubernetes, at the other nobody listens. */
const NOWHERE = ['https://1.2.3.4:6443', 'https://127.0.0.1:1'];

/**
 * Cluster API's TestClusterCacheConcurrency: clusters of which a fifth cannot be reached, made by ten at a time, and consumers that look at a random one every 10 ms – with the
 * checks that it means to make made at every look.
 */
export async function soak({ clusters: count, duration, consumers, limits, timing = {}, disturb }: SoakOptions): Promise<Verdict> {
  const random = new Random(1);
  await using fleet = await FakeFleet.start({ clusters: 0 });
  const metrics = new Registry();
  const clusters = new ClusterCache({
    management: fleet.management, metrics, ...timing,
    client: { userAgent: 'soak', timeout: 10_000, qps: 20, burst: 30, cache: { disableFor: [ConfigMap, Secret] } }, cache: { indexes: [NodeProviderIDIndex] },
  });
  const controller = new Controller({
    name: 'soak', metrics, maxConcurrentReconciles: 10,
    sources: [clusters.getClusterSource('soak', (_cluster, event) => [toRequest(event)], watchForProbeFailure(50_000))],
    reconcile: async ({ cluster }) => { if (cluster !== undefined) await clusters.getClient(cluster).list(Node); },
  });
  let reconciles = 0;
  controller.results$.subscribe(() => { reconciles += 1; });
  const ended = controller.start();
  try {
    await clusters.start();
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const names = numbers.map((number) => `cluster-${String(number).padStart(3, '0')}`);
    const good = names.filter((_name, index) => (index + 1) % BROKEN !== 0);
    const waiting = [...names.entries()];
    await Promise.all(Array.from({ length: CREATORS }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await create(fleet, next[1], good.includes(next[1]) ? undefined : NOWHERE[next[0] % NOWHERE.length]);
    }));
    await Promise.all(names.map((name) => settled(clusters, fleet.key(name), good.includes(name))));
    disturb?.(fleet, good.map((name) => fleet.key(name)));

    const sightings = new Sightings(limits);
    const until = performance.now() + duration;
    await Promise.all(Array.from({ length: consumers }, async () => {
      while (performance.now() < until) {
        const name = random.of(names);
        sightings.add(await lookAt(clusters, fleet.key(name), good.includes(name)));
        await rest(PAUSE);
      }
    }));
    return { ...sightings.verdict, reconciles, reconcileErrors: sum(await metrics.metrics(), 'controller_runtime_reconcile_errors_total') };
  } finally {
    await controller.stop();
    await ended;
    await clusters.stop();
  }
}

/** Makes a cluster, whose kubeconfig comes last and leads to `server`, or to where it is. */
async function create(fleet: FakeFleet, name: string, server: string | undefined): Promise<void> {
  await fleet.add(name, { kubeconfig: false });
  fleet.putKubeconfig(name, server === undefined ? undefined : fleet.workload(name).kubeconfig({ server }));
}

/** Resolves when a good cluster is connected, or a broken one has failed. */
async function settled(clusters: ClusterCache, key: ObjectKey, good: boolean): Promise<void> {
  await firstValueFrom(clusters.connection$(key).pipe(filter(({ phase }) => phase === (good ? 'connected' : 'disconnected')), timeout({ first: READY })));
}

async function lookAt(clusters: ClusterCache, key: ObjectKey, good: boolean): Promise<Look> {
  const found: { clientError?: unknown; listError?: unknown; nodes?: readonly string[] } = {};
  try {
    const client = clusters.getClient(key);
    try {
      found.nodes = (await client.list(Node)).items.map(({ metadata }) => metadata?.name ?? '');
    } catch (error) {
      found.listError = error;
    }
  } catch (error) {
    found.clientError = error;
  }
  const { phase, health: { lastProbeTime, lastProbeSuccessTime } } = clusters.diagnose(key);
  return {
    cluster: key.name, good, phase, at: Date.now(), ...found,
    ...(lastProbeSuccessTime !== undefined && { lastSuccess: lastProbeSuccessTime.getTime() }),
    // A connect that fails counts as a probe.
    ...(!good && lastProbeTime !== undefined && { lastFailure: lastProbeTime.getTime() }),
  };
}

/** What all consumers have seen. */
class Sightings {
  readonly #limits: Limits;
  readonly #problems = new Map<string, number>();
  readonly #looks = { good: 0, broken: 0 };
  readonly #oldest = { success: 0, failure: 0 };

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get verdict(): Pick<Verdict, 'looks' | 'problems' | 'oldest'> {
    return { looks: this.#looks, problems: this.#problems, oldest: this.#oldest };
  }

  add(look: Look): void {
    const { good, at, lastSuccess, lastFailure } = look;
    this.#looks[good ? 'good' : 'broken'] += 1;
    if (lastSuccess !== undefined) this.#oldest.success = Math.max(this.#oldest.success, at - lastSuccess);
    if (lastFailure !== undefined) this.#oldest.failure = Math.max(this.#oldest.failure, at - lastFailure);
    for (const finding of findings(look, this.#limits)) {
      const sort = finding.replace(/\d+ ms ago/, 'too long ago');
      this.#problems.set(sort, (this.#problems.get(sort) ?? 0) + 1);
    }
  }
}

/** Of all series of a name. NaN where there is none: what is not measured is not 0. */
function sum(text: string, name: string): number {
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) => Number(value));
  return values.length === 0 ? Number.NaN : values.reduce((total, value) => total + value, 0);
}
