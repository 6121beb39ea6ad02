import type { Kind } from './kubernetes-object.ts';
import type { ObjectChange } from './object-event.ts';
import type { ObjectKey } from './object-key.ts';
import type { Request } from './request.ts';

/** Whether a change matters. Must depend on the change alone. One that throws is logged, and its change passed over. */
export type Predicate<T> = (change: ObjectChange<T>, cluster: ObjectKey) => boolean;

/** What a controller should look at because of a change; nothing where it deals with the change itself. */
export type Requests = readonly Request[] | PromiseLike<readonly Request[]> | undefined | void;

/** Tells what a controller should look at because of a change. One that throws or rejects is logged, and its watch goes on. */
export type EventHandler<T> = (change: ObjectChange<T>, cluster: ObjectKey) => Requests;

/** What is watched of a cluster, and who is told. */
export interface Watcher<T> {
  /** What the watch is known by: it is there once for each cluster, however often it is asked for. */
  readonly name: string;
  readonly kind: Kind<T>;
  /** @default all namespaces */
  readonly namespace?: string | undefined;
  /** As kubectl's `-l`. @default everything */
  readonly labelSelector?: string | undefined;
  /** All of them must hold. @default everything matters */
  readonly predicates?: readonly Predicate<T>[] | undefined;
  /** Told of everything that is there, and then of every change, over every outage and rotation. */
  readonly eventHandler: EventHandler<T>;
  /** Takes the requests that the event handler returns: a work queue, or any Observer. @default they go nowhere */
  readonly queue?: { next(request: Request): void } | undefined;
}

/** A watch that runs until it is taken back, or its cluster is gone. */
export interface WatchHandle extends Disposable {
  readonly name: string;
  /** Takes the watch back. Idempotent. */
  stop(): void;
}
