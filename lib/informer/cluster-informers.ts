import { BehaviorSubject, type Observable, type SchedulerLike, Subject, defer, forkJoin, ignoreElements, merge, of } from 'rxjs';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { formatKey, keyOf } from '../model/object-key.ts';
import type { InformerProgress, InformerSource } from './informer-options.ts';
import { Informer } from './informer.ts';
import { type KindPlans, idOfKind } from './kind-plans.ts';
import type { ReflectorOptions } from './reflector.ts';

/** What went wrong with one object, which is kept all the same. */
export interface ObjectTrouble {
  readonly kind: Kind<unknown>;
  readonly object: string;
  /** The transform failed, and the object is as the API server sent it; or an index, and it is not found by that. */
  readonly during: 'transform' | 'index';
  readonly field?: string;
  readonly error: unknown;
}

export interface ClusterInformersOptions {
  readonly plans: KindPlans;
  /** Lets a list begin when it is its turn in the fleet. */
  readonly admit: NonNullable<ReflectorOptions['admit']>;
  /** ms */
  readonly syncPeriod: number;
  readonly linger: number;
  /** Told how the informers fare. Must not throw. */
  readonly observe: (kind: Kind<unknown>, event: InformerProgress) => void;
  /** Must not throw. */
  readonly onTrouble: (trouble: ObjectTrouble) => void;
  readonly random: () => number;
  readonly scheduler: SchedulerLike;
}

/** The informers of one cluster, one for each kind, over all its connections. Nothing runs that nobody asks for, but what is indexed. */
export class ClusterInformers {
  readonly #options: ClusterInformersOptions;
  readonly #informers = new Map<string, Informer<KubernetesObject>>();
  /** The same by the very object that names the kind, which is how it is asked for. */
  readonly #byKind = new WeakMap<Kind<unknown>, Informer<KubernetesObject>>();
  readonly #source = new BehaviorSubject<InformerSource | undefined>(undefined);
  readonly #signs = new Subject<void>();

  /** Keeps the indexed kinds while it is subscribed. Never emits; completes when the cluster is gone. */
  readonly indexed$: Observable<never>;

  constructor(options: ClusterInformersOptions) {
    this.#options = options;
    this.indexed$ = defer(() => merge(...options.plans.indexed.map((kind) => this.of(kind).run$))).pipe(ignoreElements());
  }

  /** The informer of a kind; made when first asked for, and idle until somebody follows it. */
  of<T>(kind: Kind<T>): Informer<T & KubernetesObject> {
    const known = this.#byKind.get(kind) ?? this.#informers.get(idOfKind(kind)) ?? this.#make(kind as Kind<KubernetesObject>);
    this.#byKind.set(kind, known);
    return known as unknown as Informer<T & KubernetesObject>;
  }

  /** Those that were asked for. */
  all(): IterableIterator<Informer<KubernetesObject>> {
    return this.#informers.values();
  }

  /** From now on they read over this connection, or wait for the next. */
  follow(source: InformerSource | undefined): void {
    const { value } = this.#source;
    if (value?.rest !== source?.rest) this.#source.next(source);
  }

  /** The cluster gives a sign of life: what waits after a failure is tried again. */
  wake(): void {
    this.#signs.next();
  }

  /** Whether there is a connection that they read over. */
  get connected(): boolean {
    return this.#source.value !== undefined;
  }

  /** Whether there are kinds that are kept from the connect on. */
  get hasIndexed(): boolean {
    return this.#options.plans.indexed.length > 0;
  }

  /** Emits once, when all indexed kinds are in, and completes. Errors with a 404 for one that the cluster does not serve. */
  whenIndexed(): Observable<unknown> {
    const { indexed } = this.#options.plans;
    return indexed.length === 0 ? of(undefined) : defer(() => forkJoin(indexed.map((kind) => this.of(kind).whenSynced())));
  }

  /** The cluster is gone: whoever follows is told the deletes, and then the end. */
  end(): void {
    this.#source.complete();
  }

  #make(kind: Kind<KubernetesObject>): Informer<KubernetesObject> {
    const { plans, observe, onTrouble, admit, syncPeriod, linger, random, scheduler } = this.#options;
    const { namespaces, labelSelector, fieldSelector, indexes } = plans.of(kind);
    let wasCut = false;
    const informer = new Informer<KubernetesObject>({
      kind, namespaces, labelSelector, fieldSelector, admit, syncPeriod, linger, random, scheduler,
      source$: this.#source,
      indexes: indexes.map((index) => ({ field: index.field, extractValue: (object) => index.extractValue(object) })),
      preparation: () => this.#preparation(kind),
      awake$: this.#signs,
      observe: (event) => {
        observe(kind, event);
        // A watch that is open again says to all others that it is worth trying.
        if (event.type === 'watching' && wasCut) this.wake();
        if (event.type === 'watching' || event.type === 'interrupted') wasCut = event.type === 'interrupted';
      },
      onIndexFailure: (field, object, error) => onTrouble({ kind, object: nameOf(object), during: 'index', field, error }),
    });
    this.#informers.set(idOfKind(kind), informer);
    return informer;
  }

  /** Transformed, then with its parts shared: what a transform was given is its own to change. */
  #preparation(kind: Kind<KubernetesObject>): (object: KubernetesObject, before?: KubernetesObject) => KubernetesObject {
    const { plans, onTrouble } = this.#options;
    const { transform, parts } = plans.of(kind);
    const transformed = transform === undefined ? (object: KubernetesObject) => object : (object: KubernetesObject) => {
      try {
        const made: unknown = transform(object);
        if (typeof made !== 'object' || made === null) throw new TypeError('the transform made no object');
        return made;
      } catch (error) {
        onTrouble({ kind, object: nameOf(object), during: 'transform', error });
        return object;
      }
    };
    return parts === undefined ? transformed : (object, before) => parts.share(transformed(object), before);
  }
}

function nameOf(object: KubernetesObject): string {
  return formatKey(keyOf(object));
}

