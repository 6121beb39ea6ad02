import { isDeepStrictEqual } from 'node:util';
import type { ObjectChange, ObjectEvent, SyncedEvent } from '../../lib/index.ts';
import { parseLabelSelector } from '../../lib/model/label-selector.ts';
import { type Life, type State, isOwn, keyIn, versionOf } from './chronicle.ts';
import type { Coverage } from './coverage.ts';
import { Pace } from './pace.ts';
import type { Selection } from './program.ts';
import type { Thing, ThingKind } from './thing.ts';
import type { World } from './world.ts';

/** How far one object has been told. */
interface Place {
  /** The last state that was told: its number in the life of the object. */
  at: number;
  isThere: boolean;
  /** Lists that had begun then: after another one, states in between may be left out. */
  lists: number;
  /** What was told did not say which state it was. */
  isVague: boolean;
}

/** What is told of one cluster. */
interface View {
  readonly fold: Map<string, Thing>;
  readonly places: Map<string, Place>;
  synced: number;
  /** resourceVersion of the last `synced`, and the lists that had begun then. */
  version: bigint;
  lists: number;
}

export interface FollowerOptions {
  readonly id: number;
  readonly kind: ThingKind;
  readonly selection: Selection;
  /** Takes its time, now and then. */
  readonly slow: boolean;
}

/** Events on which a slow one takes its time once all is in, and for how long, in ms: more than the 8 that it may take at once, and not so often that the others wait. */
const SLOW_EVENTS = 5;
const SLOW_FOR = 9;

/** One subscriber: holds every event against what was told before, and against what the servers know. */
export class Follower {
  readonly options: FollowerOptions;
  /** Clusters that it is told of. */
  get clusters(): readonly string[] { return [...this.#views.keys()]; }
  readonly #problems: string[] = [];
  /** What takes its time is held against the truth later: a subscriber must not be slow for it. */
  readonly #later: (() => void)[] = [];
  readonly #world: World;
  readonly #coverage: Coverage;
  readonly #views = new Map<string, View>();
  readonly #pace = new Pace();
  readonly #selects: (object: Thing) => boolean;
  #patience = SLOW_EVENTS;

  constructor(options: FollowerOptions, world: World, coverage: Coverage) {
    this.options = options;
    this.#world = world;
    this.#coverage = coverage;
    const { namespace, labelSelector = '' } = options.selection;
    const labels = labelSelector === '' ? undefined : parseLabelSelector(labelSelector);
    this.#selects = ({ metadata }) => (namespace === undefined || metadata?.namespace === namespace) && (labels === undefined || labels(metadata?.labels));
  }

  /** What was told and should not have been, or not so. */
  get problems(): readonly string[] {
    for (const check of this.#later.splice(0)) check();
    return this.#problems;
  }

  /** It is told nothing any more. */
  end(): void {
    this.#pace.stop();
  }

  /** From now on it is told of this cluster. */
  begin(cluster: string): void {
    this.#view(cluster);
  }

  next(cluster: string, event: ObjectEvent<Thing>): void {
    this.#pace.measure(() => {
      const view = this.#view(cluster);
      if (event.type === 'synced') this.#synced(cluster, view, event);
      else this.#changed(cluster, view, event);
    });
    if (!this.options.slow || this.#patience === 0 || this.#view(cluster).synced === 0) return;
    this.#patience -= 1;
    for (const until = performance.now() + SLOW_FOR; performance.now() < until;);
  }

  /** What there is of a cluster, as this one was told, in the order of the API server. */
  fold(cluster: string): readonly Thing[] {
    return [...this.#view(cluster).fold].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  selects(object: Thing): boolean {
    return this.#selects(object);
  }

  syncs(cluster: string): number {
    return this.#view(cluster).synced;
  }

  #synced(cluster: string, view: View, { resourceVersion }: SyncedEvent): void {
    view.synced += 1;
    view.version = BigInt(resourceVersion);
    // A list that has begun and brought nothing yet may leave states out of what it brings.
    view.lists = this.#world.isListing(cluster, this.options.kind) ? -1 : this.#world.lists(cluster, this.options.kind);
    const breaks = this.#world.breaks(cluster);
    if (view.synced > 1 + breaks) this.#problem(cluster, `synced is told ${view.synced} times`);
    const { kind, slow } = this.options;
    if (breaks > 0 || slow || this.#pace.isSlow || this.#world.isInParts(kind)) return;
    this.#coverage.count('checks: all that there was at synced');
    const told = new Map([...view.fold].filter(([, object]) => !isOwn(object)).map(([key, object]) => [key, object.metadata?.resourceVersion]));
    const version = BigInt(resourceVersion);
    this.#later.push(() => {
      const wanted = new Map([...this.#world.at(cluster, kind, version)].filter(([, object]) => this.#selects(object)).map(([key, object]) => [key, object.metadata?.resourceVersion]));
      if (!isDeepStrictEqual(wanted, told)) this.#problem(cluster, `at synced (${resourceVersion}) was told ${JSON.stringify(Object.fromEntries(told))} instead of ${JSON.stringify(Object.fromEntries(wanted))}`);
    });
  }

  #changed(cluster: string, view: View, change: ObjectChange<Thing>): void {
    const { type, object, cause } = change;
    const { fold } = view;
    const key = keyIn(object);
    this.#coverage.count(`events: ${type} by ${cause}`);
    if (key !== `${change.key.namespace}/${change.key.name}`) this.#problem(cluster, `${type} of ${key} has another key`);
    const before = fold.get(key);
    if (type === 'added' ? before !== undefined : before === undefined) this.#problem(cluster, `${this.#said(change)}, and it was ${before === undefined ? 'not ' : ''}there`);
    if (type === 'updated' && change.previous !== before) this.#problem(cluster, `${this.#said(change)}: previous is not what was told last`);
    if (type !== 'added' && before !== undefined && before.metadata?.uid !== object.metadata?.uid) this.#problem(cluster, `${this.#said(change)} is of another uid than was told last`);
    if (type === 'deleted') fold.delete(key);
    else fold.set(key, object);
    if (isOwn(object)) {
      if (type === 'updated' && cause !== 'resync' && before !== undefined && versionOf(object) <= versionOf(before)) this.#problem(cluster, `${this.#said(change)}, which is not after ${before.metadata?.resourceVersion}`);
      return;
    }
    this.#follow(cluster, view, change);
  }

  /** Holds it against the life of the object. */
  #follow(cluster: string, view: View, change: ObjectChange<Thing>): void {
    const { type, object, cause } = change;
    const uid = object.metadata?.uid ?? '';
    const life = this.#world.life(cluster, uid);
    if (life === undefined) return this.#problem(cluster, `${this.#said(change)}, which nobody wrote`);
    const place = view.places.get(uid);
    const lists = this.#world.lists(cluster, this.options.kind);
    // Another cluster behind the name: what was told is taken back, and may be told again.
    const isBroken = this.#world.breaks(cluster) > 0;
    if (type === 'deleted') {
      const at = life.states.findIndex((state, index) => index > (place?.at ?? -1) && !this.#isSelected(state));
      if (at < 0 && !isBroken) this.#problem(cluster, `${this.#said(change)} (${cause}), and it is there`);
      if (at < 0) view.places.delete(uid);
      else {
        if (place !== undefined) this.#successive(cluster, { view, change, place, lists, life, at: at, isBroken });
        view.places.set(uid, { at, isThere: false, lists, isVague: place === undefined || place.lists !== lists || at !== place.at + 1 });
      }
      return;
    }
    const at = life.states.findIndex(({ version }) => version === versionOf(object));
    const written = life.states[at]?.object;
    if (written === undefined) return this.#problem(cluster, `${this.#said(change)}: nobody wrote that state`);
    this.#later.push(() => {
      if (!isDeepStrictEqual(this.#world.kept(written), object)) this.#problem(cluster, `${this.#said(change)}: it is ${JSON.stringify(object)}, and was written as ${JSON.stringify(this.#world.kept(written))}`);
    });
    if (!this.#isSelected({ version: versionOf(object), object: written })) this.#problem(cluster, `${this.#said(change)}, which is not selected`);
    if (place !== undefined && !isBroken) {
      if (cause === 'resync' ? at !== place.at : at <= place.at) this.#problem(cluster, `${this.#said(change)} (${cause}) after ${life.states[place.at]?.version}`);
      if (cause !== 'resync') this.#successive(cluster, { view, change, place, lists, life, at, isBroken });
    } else if (place === undefined && view.synced > 0 && !isBroken && !this.#world.isInParts(this.options.kind)) {
      const first = life.states.findIndex((state) => state.version > view.version && this.#isSelected(state));
      this.#successive(cluster, { view, change, place: { at: first - 1, isThere: true, lists: view.lists, isVague: false }, lists, life, at, isBroken });
    }
    view.places.set(uid, { at, isThere: true, lists, isVague: false });
  }

  /** Whether a state was left out that should have been told. */
  #successive(cluster: string, { view, change, place, lists, life, at, isBroken }: { readonly view: View; readonly change: ObjectChange<Thing>; readonly place: Place; readonly lists: number; readonly life: Life; readonly at: number; readonly isBroken: boolean }): void {
    const wanted = place.isThere ? place.at + 1 : life.states.findIndex((state, index) => index > place.at && this.#isSelected(state));
    const missed = at - wanted;
    const isExcused = this.options.slow || this.#pace.isSlow;
    const isByList = change.cause === 'initial' || change.cause === 'relist' || place.lists !== lists;
    if (place.isVague || isByList || view.synced === 0 || isBroken) {
      if (missed > 0) this.#coverage.count('states left out: by a list', missed);
    } else if (isExcused) {
      if (missed > 0) this.#coverage.count('states left out: conflated', missed);
    } else {
      this.#coverage.count('checks: the very next state');
      if (missed !== 0) this.#problem(cluster, `${this.#said(change)} (${change.cause}) leaves ${missed} out of ${life.states.map(({ version, object }) => `${version}${object === undefined ? ' (deleted)' : ''}`).join(', ')}, after ${life.states[place.at]?.version}`);
    }
  }

  #isSelected({ object }: State): boolean {
    return object !== undefined && this.#world.keeps(object) && this.#selects(object);
  }

  #view(cluster: string): View {
    const known = this.#views.get(cluster);
    if (known !== undefined) return known;
    const view: View = { fold: new Map(), places: new Map(), synced: 0, version: 0n, lists: 0 };
    this.#views.set(cluster, view);
    return view;
  }

  #said({ type, object }: ObjectChange<Thing>): string {
    return `${type} ${keyIn(object)} ${object.metadata?.resourceVersion}`;
  }

  #problem(cluster: string, text: string): void {
    const { id, kind, selection, slow } = this.options;
    this.#problems.push(`subscriber ${id} (${kind}s of ${cluster} ${JSON.stringify(selection)}${slow ? ', slow' : ''}): ${text}`);
  }
}
