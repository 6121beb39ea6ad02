import { isDeepStrictEqual } from 'node:util';
import { setImmediate as turn, setTimeout as rest } from 'node:timers/promises';
import type { Subscription } from 'rxjs';
import { type Client, ClusterCacheError, ClusterNotConnectedError, type ObjectList, type Reader, StatusError, TransportError, isAlreadyExists, isNotFound } from '../../lib/index.ts';
import { parseLabelSelector } from '../../lib/model/label-selector.ts';
import { type InjectedFault, aCluster } from '../../lib/testing/index.ts';
import { isOwn, keyIn, versionOf } from './chronicle.ts';
import type { Coverage } from './coverage.ts';
import { Follower } from './follower.ts';
import type { Program, Selection, Step } from './program.ts';
import type { Stage } from './stage.ts';
import { NAMESPACES, NODE_NAME, NODE_NAMES, THINGS, type Thing, thing } from './thing.ts';

/** What a read may fail with while something is broken. */
const EXCUSES: ReadonlySet<string> = new Set(['CACHE_NOT_SYNCED', 'NOT_OBSERVED', 'NOT_CACHED']);
/** ms */
const AWAITED = 8_000;
const POLL = 5;
/** Kinds that are followed from the first to the last. */
const ALWAYS_FOLLOWED = 2;

/** Does what a program says, one step after the other, and holds what is read against what is true. */
export class Performance {
  readonly problems: string[] = [];
  readonly followers = new Map<number, Follower>();
  readonly #left: Follower[] = [];
  readonly #stage: Stage;
  readonly #program: Program;
  readonly #coverage: Coverage;
  readonly #note: (line: string) => void;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #faults = new Map<InjectedFault, { readonly name: string; readonly timer: NodeJS.Timeout | undefined; readonly isGone: boolean }>();
  readonly #refusals = new Map<number, InjectedFault>();
  readonly #readers = new Map<number, Reader>();
  readonly #running = new Set<Promise<void>>();
  /** What clients wrote by themselves goes one after the other. */
  readonly #own = new Map<number, Promise<void>>();
  /** Names of which a write may still arrive. */
  readonly #unsettled = new Set<string>();

  constructor(stage: Stage, program: Program, coverage: Coverage, note: (line: string) => void) {
    this.#stage = stage;
    this.#program = program;
    this.#coverage = coverage;
    this.#note = note;
  }

  /** Resolves when all is done and all is healed; what came of it may still be on its way. */
  async run(): Promise<void> {
    for (const step of this.#program.steps) {
      this.#note(`${this.#stage.numbers.map((at) => this.#stage.server(at).resourceVersion).join('/')} ${JSON.stringify(step)}`);
      await this.#perform(step);
    }
    await Promise.all([...this.#faults.keys()].map((fault) => this.#heal(fault)));
    await Promise.all([...this.#refusals.values()].map((fault) => fault.remove()));
    this.#stage.putRight();
    await Promise.all([...this.#running, ...this.#own.values()]);
  }

  /** All that the subscribers found, those that have left included. */
  get findings(): readonly string[] {
    return [...this.problems, ...[...this.#left, ...this.followers.values()].flatMap(({ problems }) => problems)];
  }

  stop(): void {
    for (const { timer } of this.#faults.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions.values()) subscription.unsubscribe();
    for (const follower of this.followers.values()) follower.end();
  }

  #perform(step: Step): void | Promise<unknown> {
    const stage = this.#stage;
    switch (step.do) {
      case 'put':
        for (let count = 0; count < step.times; count += 1) stage.put(step, step.labels);
        return;
      case 'delete': return stage.delete(step);
      case 'recreate':
        stage.delete(step);
        return stage.put(step, step.labels);
      case 'own': {
        const done = (this.#own.get(step.cluster) ?? Promise.resolve()).then(() => this.#writeOwn(step));
        this.#own.set(step.cluster, done);
        return;
      }
      case 'subscribe': return this.#subscribe(step);
      case 'unsubscribe': return this.#unsubscribe(step.id);
      case 'read': {
        const running: Promise<void> = this.#read(step).finally(() => this.#running.delete(running));
        this.#running.add(running);
        return;
      }
      case 'break': {
        this.#coverage.count(`faults: ${step.name}`);
        const fault = stage.strike(step.cluster, step);
        if (fault === undefined) return;
        const timer = setTimeout(() => void this.#heal(fault), step.lasts);
        this.#faults.set(fault, { name: step.name, timer, isGone: step.name === 'gone' && step.victim === 'watch' });
        return;
      }
      case 'rotate':
        this.#coverage.count(`rotations: ${step.what}`);
        return stage.rotate(step.cluster, step.what);
      case 'refuse':
        this.#refusals.set(step.cluster, stage.server(step.cluster).inject({ fault: 'refuse' }));
        return;
      case 'compact':
        this.#coverage.count('forgotten: by compaction');
        return stage.compact(step.cluster);
      case 'mend': return this.#refusals.get(step.cluster)?.remove();
      case 'restart':
        this.#coverage.count('forgotten: by restart');
        return stage.restart(step.cluster);
      case 'exchange':
        this.#coverage.count('clusters: another one behind the name');
        return stage.exchange(step.cluster, step.to);
      case 'readmit': {
        this.#coverage.count('clusters: removed and there again');
        const { managementServer: management, namespace } = stage.fleet;
        const name = stage.name(step.cluster);
        stage.breakOff(step.cluster);
        management.delete(aCluster({ name }) as Required<Pick<Thing, 'apiVersion' | 'kind'>>, { namespace, name });
        management.create(aCluster({ name, namespace }));
        return;
      }
      case 'cutManagement':
        this.#coverage.count('faults: cut of the management cluster');
        return stage.fleet.managementServer.cut();
      case 'settle': return this.#settle();
      case 'witness': return this.#until(() => this.#stage.ledger.expired > 0);
      case 'rest': return step.ms === 0 ? turn() : rest(step.ms);
    }
  }

  #settle(): Promise<void> {
    const { clusters, numbers } = this.#stage;
    const isSettled = (at: number): boolean => clusters.diagnose(this.#stage.key(at)).informers.filter(({ kind, synced, live }) => kind !== 'Node' && synced && live).length === ALWAYS_FOLLOWED;
    return this.#until(() => numbers.every(isSettled));
  }

  /** Gives up after a while: what is to come may need what is not healed yet. */
  async #until(holds: () => boolean): Promise<void> {
    for (const until = performance.now() + AWAITED; !holds() && performance.now() < until;) await rest(POLL);
  }

  async #heal(fault: InjectedFault): Promise<void> {
    const struck = this.#faults.get(fault);
    if (struck === undefined) return;
    clearTimeout(struck.timer);
    this.#faults.delete(fault);
    await fault.remove();
    if (fault.hits > 0) this.#coverage.count(`hits: ${struck.name}`, fault.hits);
    if (struck.isGone) this.#stage.ledger.answeredGone(fault.hits);
  }

  #subscribe({ id, kind, cluster, selection, slow }: Extract<Step, { do: 'subscribe' }>): void {
    const stage = this.#stage;
    const follower = new Follower({ id, kind, selection, slow }, stage, this.#coverage);
    this.followers.set(id, follower);
    this.#coverage.count(`subscribers: ${cluster === undefined ? 'of the fleet' : 'of one cluster'}`);
    if (slow) this.#coverage.count('subscribers: slow');
    const numbers = cluster === undefined ? stage.numbers : [cluster];
    for (const at of numbers) {
      follower.begin(stage.id(at));
      stage.isAskedFor(at, kind);
    }
    const event$ = cluster === undefined
      ? stage.clusters.fleetObjects$(THINGS[kind], selection).subscribe((event) => follower.next(`${event.cluster.namespace}/${event.cluster.name}`, event))
      : stage.clusters.objects$(stage.key(cluster), THINGS[kind], selection).subscribe((event) => follower.next(stage.id(cluster), event));
    this.#subscriptions.set(id, event$);
  }

  #unsubscribe(id: number): void {
    const follower = this.followers.get(id);
    if (follower === undefined) return;
    this.#subscriptions.get(id)?.unsubscribe();
    this.#subscriptions.delete(id);
    this.followers.delete(id);
    follower.end();
    this.#left.push(follower);
  }

  async #read(step: Extract<Step, { do: 'read' }>): Promise<void> {
    const { cluster: at, way, kind, namespace, name, selection } = step;
    try {
      this.#stage.isAskedFor(at, kind);
      const reader = way === 'stale' ? this.#readers.get(at) ?? this.#reader(at) : this.#reader(at);
      switch (way) {
        case 'get': {
          const object = await reader.get(THINGS[kind], { ...(kind === 'Node' ? {} : { namespace }), name });
          this.#holds(at, object);
          break;
        }
        case 'list': return this.#agrees(step, await reader.list(THINGS[kind]), () => true);
        case 'stale': return this.#agrees(step, await reader.list(THINGS[kind], { stale: true }), () => true);
        case 'selected': return this.#agrees(step, await reader.list(THINGS[kind], selection), selecting(selection));
        case 'indexed':
          if (this.#program.setup.indexed && kind === 'Pod') {
            const value = NODE_NAMES[name.charCodeAt(0) % NODE_NAMES.length] ?? '';
            return this.#agrees(step, await reader.list(THINGS.Pod, { index: { field: NODE_NAME, value } }), ({ spec }) => (spec as { readonly nodeName?: string }).nodeName === value);
          }
          return this.#agrees(step, await reader.list(THINGS[kind], kind === 'Node' ? {} : { namespace }), ({ metadata }) => kind === 'Node' || metadata?.namespace === namespace);
      }
      this.#coverage.count(`reads: ${way}`);
    } catch (error) {
      this.#failed(step, error);
    }
  }

  #reader(at: number): Reader {
    const reader = this.#stage.clusters.getReader(this.#stage.key(at));
    this.#readers.set(at, reader);
    return reader;
  }

  /** What was read is what somebody wrote. */
  #holds(at: number, object: Thing): void {
    if (isOwn(object)) return;
    const { metadata } = object;
    const state = this.#stage.life(this.#stage.id(at), metadata?.uid ?? '')?.states.find(({ version }) => version === versionOf(object));
    if (state?.object === undefined || !isDeepStrictEqual(this.#stage.kept(state.object), object)) this.problems.push(`a read of ${keyIn(object)} gave what nobody wrote: ${JSON.stringify(object)}`);
  }

  /** A list is all that there was at its resourceVersion. */
  #agrees({ cluster: at, kind, way }: Extract<Step, { do: 'read' }>, { items, resourceVersion }: ObjectList<Thing>, selects: (object: Thing) => boolean): void {
    const stage = this.#stage;
    const id = stage.id(at);
    this.#coverage.count(`reads: ${way}`);
    for (const object of items) this.#holds(at, object);
    const keys = items.map(keyIn);
    if (keys.some((key, index) => index > 0 && key <= (keys[index - 1] ?? ''))) this.problems.push(`a list of ${kind}s is out of order: ${keys.join(', ')}`);
    if (stage.isListing(id, kind) || stage.breaks(id) > 0 || stage.isInParts(kind)) return;
    const told = items.filter((object) => !isOwn(object)).map((object) => `${keyIn(object)} ${object.metadata?.resourceVersion}`);
    const wanted = [...stage.at(id, kind, BigInt(resourceVersion))].filter(([, object]) => selects(object)).map(([key, object]) => `${key} ${object.metadata?.resourceVersion}`);
    this.#coverage.count('checks: all that there was of a list');
    if (!isDeepStrictEqual(told, wanted.toSorted())) this.problems.push(`a list (${way}) of ${kind}s at ${resourceVersion} has ${told.join(', ')} instead of ${wanted.toSorted().join(', ')}`);
  }

  /** Writes by a client that reads its own writes, and reads what it wrote. */
  async #writeOwn(step: Extract<Step, { do: 'own' }>): Promise<void> {
    const key = { namespace: NAMESPACES[0], name: step.name };
    const id = `${step.cluster} ${step.name}`;
    try {
      const client = this.#stage.clusters.getClient(this.#stage.key(step.cluster), { readOwnWrites: true });
      const isSettled = !this.#unsettled.has(id);
      this.#unsettled.add(id);
      const written = step.what === 'write' ? await writtenBy(client, key) : undefined;
      const isDone = written !== undefined || await deletedBy(client, key);
      if (isSettled) this.#unsettled.delete(id);
      const read = await client.get(THINGS.ConfigMap, key).catch((error: unknown) => { if (!isNotFound(error)) throw error; });
      this.#coverage.count(`reads: of its own ${step.what}`);
      if (!isSettled || !isDone) return;
      if (written === undefined ? read !== undefined : read === undefined || versionOf(read) < versionOf(written)) this.problems.push(`after its own ${step.what} of ${step.name} (${written?.metadata?.resourceVersion}) a client reads ${read?.metadata?.resourceVersion}`);
    } catch (error) {
      this.#failed(step, error);
    }
  }

  /** A call may fail as long as something is broken; not in any way. */
  #failed(step: Step, error: unknown): void {
    if (isNotFound(error)) return this.#coverage.count('reads: of what is not there');
    this.#note(`failed: ${JSON.stringify(step)}: ${String(error)}`);
    const isExcused = error instanceof ClusterNotConnectedError || error instanceof TransportError || error instanceof StatusError || (error instanceof ClusterCacheError && EXCUSES.has(error.code));
    this.#coverage.count(`failed calls: ${error instanceof ClusterCacheError ? error.code : String(error)}`);
    if (!isExcused) this.problems.push(`${JSON.stringify(step)} failed: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

function selecting({ namespace, labelSelector = '' }: Selection): (object: Thing) => boolean {
  const labels = parseLabelSelector(labelSelector);
  return ({ metadata }) => (namespace === undefined || metadata?.namespace === namespace) && labels(metadata?.labels);
}

async function writtenBy(client: Client, key: { readonly namespace: string; readonly name: string }): Promise<Thing> {
  const object = thing('ConfigMap', key, { tier: 'own' }, 0);
  try {
    return await client.create(THINGS.ConfigMap, { ...object, metadata: { ...object.metadata, managedFields: undefined as never } });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return client.patch(THINGS.ConfigMap, key, { data: { at: String(performance.now()) } }, { type: 'merge' });
  }
}

/** Whether it was there: of what another client has deleted this one knows nothing. */
async function deletedBy(client: Client, key: { readonly namespace: string; readonly name: string }): Promise<boolean> {
  try {
    await client.delete(THINGS.ConfigMap, key);
    return true;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return false;
  }
}
