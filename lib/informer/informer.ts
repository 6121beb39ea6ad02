import {
  EMPTY, NEVER, Observable, Subject, concat, defer, endWith, filter, finalize, from, interval, merge, of, share, switchMap, take, takeWhile, tap,
} from 'rxjs';
import { listerWatcher } from '../kubernetes/lister-watcher.ts';
import type { ApiResource } from '../kubernetes/rest-client.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { type LabelSelector, parseLabelSelector } from '../model/label-selector.ts';
import type { ObjectChange, ObjectEvent } from '../model/object-event.ts';
import { clockOf } from '../operators/clock.ts';
import { flat } from '../operators/flat.ts';
import { Delivery } from './delivery.ts';
import { InformerSections } from './informer-sections.ts';
import type { InformerOptions, InformerProgress, InformerSource } from './informer-options.ts';
import { noFailures } from './recovery.ts';
import { reflect } from './reflector.ts';
import { type ObjectsSelection, selectionOf } from './selection.ts';
import { reflectServed } from './served-reflector.ts';
import { Store } from './store.ts';

/**
 * The objects of one kind of one cluster, kept up to date over every connection to it for as long as anybody follows or reads them, and a while longer. The store is
 * written before anybody is told.
 */
export class Informer<T extends KubernetesObject> {
  readonly #options: InformerOptions<T>;
  readonly #selects: LabelSelector;
  readonly #clock: () => number;
  readonly #nudges = new Subject<void>();
  #store: Store<T>;
  #sections: InformerSections<T>;
  #cluster: { readonly identity: unknown } | undefined;
  #resource: ApiResource | undefined;
  #runs = false;
  #wasRead = false;
  #heardAt: number | undefined;
  /** Of discovery; the sections have their own. */
  #failure: unknown;

  /**
   * Every change and how it fares, from now on. Runs while it is subscribed and `linger` ms longer; completes, after the deletes of all objects, when the cluster
   * is gone. Never errors.
   */
  readonly run$: Observable<ObjectChange<T> | InformerProgress>;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#selects = options.labelSelector === undefined ? () => true : parseLabelSelector(options.labelSelector);
    this.#clock = clockOf(options.scheduler);
    this.#store = this.#newStore();
    this.#sections = this.#newSections();
    this.run$ = defer(() => {
      this.#runs = true;
      return merge(this.#reflected(), this.#resync()).pipe(
        takeWhile(isWithin),
        tap((event) => this.#note(event)),
        finalize(() => this.#reset()),
      );
    }).pipe(share({
      connector: () => new Subject<ObjectChange<T> | InformerProgress>(),
      // It completes for good. A reset then would have the last subscriber's leave begin to linger, for nothing.
      resetOnError: true, resetOnComplete: false,
      // Who reads does not stay: as long as it was read since the last look, it is kept.
      resetOnRefCountZero: () => interval(options.linger, options.scheduler).pipe(filter(() => this.#unread()), take(1)),
    }));
  }

  get kind(): Kind<T> { return this.#options.kind; }
  get store(): Store<T> { return this.#store; }

  /** Whether it is running: followed, read, or lingering. */
  get runs(): boolean { return this.#runs; }

  /** Whether a list was complete since it began to run: what the store has was all of one moment. */
  get synced(): boolean { return this.#sections.synced; }

  /** Whether changes come as they happen, of every namespace that is read. */
  get live(): boolean { return this.#sections.live; }

  /** ms since it last heard of its objects from the cluster; `undefined` where it never has. */
  get age(): number | undefined { return this.#heardAt === undefined ? undefined : this.#clock() - this.#heardAt; }

  /** How the cluster serves the kind; `undefined` before discovery has said so. */
  get resource(): ApiResource | undefined { return this.#resource; }

  /** Whether objects of this namespace, and with these labels where that is asked, are kept where there are any. */
  keeps(namespace: string, labels?: Readonly<Record<string, string>>): boolean {
    return this.#sections.keep(namespace) && (labels === undefined || this.#selects(labels));
  }

  /** What went wrong last, since it last went well. */
  get failure(): unknown { return this.#failure ?? this.#sections.failure; }

  /** The cluster that the objects are of, as its source names it. */
  get cluster(): unknown { return this.#cluster?.identity; }

  /** All up to here is in the store, as far as one namespace or all go; `undefined` before the first list. */
  resourceVersion(namespace?: string): string | undefined {
    return this.#sections.resourceVersion(namespace);
  }

  /** Says that the store is being read: it is kept for `linger` ms from now at least, where it runs. */
  read(): void {
    this.#wasRead = true;
  }

  /**
   * What there is as `added`, then `synced`, then every change. Whoever comes in the middle of a list is told `synced` when that is complete. Who is told too slowly to keep up is told the rest conflated by object. Completes, after the
   * deletes, when the cluster is gone. Throws a `SelectorError` for a selector that does not parse.
   */
  objects$(selection: ObjectsSelection): Observable<ObjectEvent<T>> {
    const select = selectionOf<T>(selection);
    return new Observable<ObjectEvent<T>>((subscriber) => {
      const delivery = new Delivery<T>(subscriber, this.#options.scheduler);
      const tell = (change: ObjectChange<T>): void => {
        const own = select === undefined ? change : select(change);
        if (own !== undefined) delivery.change(own);
      };
      let announced: object | undefined;
      const announce = (): void => {
        if (announced === this.#sections || !this.#sections.whole) return;
        announced = this.#sections; // once for each cluster
        delivery.synced({ type: 'synced', resourceVersion: this.resourceVersion() ?? '' });
      };
      for (const { key, object } of [...this.#store.entries()]) {
        if (subscriber.closed) return;
        tell({ type: 'added', key, object, cause: 'initial' });
      }
      announce();
      subscriber.add(this.run$.subscribe({
        next: (event) => {
          if (isChange(event)) tell(event);
          else if (event.type === 'synced') announce();
        },
        complete: () => delivery.drained(() => subscriber.complete()),
      }));
    });
  }

  /**
   * Emits once, when a list is complete (at once where it is), and completes; completes without where the cluster goes. Errors with the 404 of discovery where the
   * cluster does not serve the kind; has discovery asked again where it did not before.
   */
  whenSynced(): Observable<unknown> {
    const served = (event: ObjectChange<T> | InformerProgress): void => {
      if (event.type === 'notServed') throw event.error;
    };
    return defer(() => (this.synced ? [undefined] : merge(
      this.run$.pipe(tap(served), filter(() => this.synced)),
      defer(() => {
        this.#nudges.next();
        return EMPTY;
      }),
    ).pipe(take(1))));
  }

  /** Emits once, when `holds` does, asked now and after each event, and completes; completes without where the cluster goes. Runs meanwhile. */
  when(holds: () => boolean): Observable<unknown> {
    return defer(() => (holds() ? [undefined] : this.run$.pipe(filter(holds), take(1))));
  }

  /** Nothing is kept of what ran. */
  #reset(): void {
    this.#runs = false;
    this.#store = this.#newStore();
    this.#sections = this.#newSections();
    this.#cluster = undefined;
    this.#heardAt = undefined;
    this.#failure = undefined;
    this.#wasRead = false;
  }

  #newStore(): Store<T> {
    const { indexes, preparation, onIndexFailure } = this.#options;
    return new Store<T>({ indexes, prepare: preparation(), onIndexFailure });
  }

  #newSections(): InformerSections<T> {
    return new InformerSections(this.#store, this.#options.namespaces);
  }

  #reflected(): Observable<ObjectChange<T> | InformerProgress | typeof GONE> {
    // Another connection, another way to the same objects: what ran on the one before is taken back, and goes on where it was.
    return this.#options.source$.pipe(endWith(GONE), switchMap((source) => {
      if (source !== undefined && 'type' in source) return concat(defer(() => from(this.#store.clear('removed'))), of(GONE));
      if (source === undefined) return concat(of<InformerProgress>({ type: 'offline' }), NEVER);
      return concat(defer(() => from(this.#forgetOthers(source))), this.#reflectedFrom(source));
    }));
  }

  /** The objects of another cluster, which are gone with it. */
  #forgetOthers({ cluster }: InformerSource): readonly ObjectChange<T>[] {
    const isOther = this.#cluster !== undefined && this.#cluster.identity !== cluster;
    this.#cluster = { identity: cluster };
    if (!isOther) return [];
    const gone = this.#store.clear('relist');
    this.#sections = this.#newSections();
    return gone;
  }

  #reflectedFrom({ rest }: InformerSource): Observable<ObjectChange<T> | InformerProgress> {
    const { kind, labelSelector, fieldSelector, awake$: told$, admit, random, scheduler } = this.#options;
    const { alive$, revived$ } = rest.transport;
    const awake$ = merge(alive$, told$);
    const reflected = (resource: ApiResource) => {
      this.#resource = resource;
      return merge(...this.#sections.ofKind(resource.namespaced).map(({ namespace, store, position }) => {
        position.recovery = noFailures;
        const reading = listerWatcher<T>(rest, resource, {
          ...(namespace === undefined ? {} : { namespace }), ...(labelSelector === undefined ? {} : { labelSelector }), ...(fieldSelector === undefined ? {} : { fieldSelector }),
        });
        return reflect(reading, store, { position, awake$, revived$, admit, random, scheduler });
      }));
    };
    return reflectServed({ rest, kinds: [kind], reflected, awake$: merge(this.#nudges, told$), random, scheduler });
  }

  /** Every object once more, now and then. */
  #resync(): Observable<ObjectChange<T>> {
    const { syncPeriod, random, scheduler } = this.#options;
    return defer(() => interval(syncPeriod * (0.9 + 0.2 * random()), scheduler)).pipe(flat(() => Array.from(
      this.#store.entries(), ({ key, object }): ObjectChange<T> => ({ type: 'updated', key, object, previous: object, cause: 'resync' }),
    )));
  }

  #note(event: ObjectChange<T> | InformerProgress): void {
    if (isChange(event)) {
      if (event.cause !== 'resync') this.#heardAt = this.#clock();
      return;
    }
    switch (event.type) {
      case 'watching': case 'synced':
        this.#failure = undefined;
        this.#heardAt = this.#clock();
        break;
      case 'progressed':
        this.#heardAt = this.#clock();
        break;
      case 'offline':
        this.#sections.interrupt();
        break;
      case 'interrupted': case 'notServed':
        if (event.type === 'notServed' || event.during === 'discovery') {
          this.#sections.interrupt();
          this.#failure = event.error;
        }
        break;
      case 'listing': case 'rejected': case 'vanished':
    }
    this.#options.observe(event);
  }

  #unread(): boolean {
    const wasRead = this.#wasRead;
    this.#wasRead = false;
    return !wasRead;
  }
}

/** The cluster is gone, and all has been told. */
const GONE = Object.freeze({ type: 'gone' as const });

function isWithin<E extends { readonly type: string }>(event: E | typeof GONE): event is E {
  return event !== GONE;
}

function isChange<T>(event: ObjectChange<T> | InformerProgress): event is ObjectChange<T> {
  return 'key' in event;
}
