import { type Observable, type SchedulerLike, defer, finalize, tap, throwError, timeout as bounded } from 'rxjs';
import { notSynced } from '../client/cache-error.ts';
import type { KindCache } from '../client/kind-cache.ts';
import type { ClusterInformers } from '../informer/cluster-informers.ts';
import { idOfKind } from '../informer/kind-plans.ts';
import type { Kind } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { type ClusterIdentity, type LiveConnection, isSameCluster } from './cluster-connection.ts';

export interface ClusterCachesOptions {
  readonly cluster: ObjectKey;
  readonly informers: ClusterInformers;
  /** Kinds that are read live, by `idOfKind`. */
  readonly liveKinds: ReadonlySet<string>;
  /** ms for a read that waits for its kind. */
  readonly timeout: number;
  /** ms in which the indexed kinds must be in. */
  readonly initialSyncTimeout: number;
  readonly scheduler: SchedulerLike;
}

/** What is kept of one cluster, from its first sight until it is removed, whatever becomes of its connections meanwhile. */
export class ClusterCaches {
  readonly cluster: ObjectKey;
  readonly informers: ClusterInformers;
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
  readonly #options: ClusterCachesOptions;
  #last: { readonly identity: ClusterIdentity; readonly token: object } | undefined;

  constructor(options: ClusterCachesOptions) {
    this.cluster = options.cluster;
    this.informers = options.informers;
    this.timeout = options.timeout;
    this.scheduler = options.scheduler;
    this.#options = options;
  }

  /** Stands for the cluster that the last connection led to: another cluster behind the same name has another. */
  get token(): object | undefined {
    return this.#last?.token;
  }

  /** What is kept of a kind; `undefined` for one that is read live. */
  cacheOf<T>(kind: Kind<T>): KindCache<T> | undefined {
    return this.#options.liveKinds.size > 0 && this.#options.liveKinds.has(idOfKind(kind)) ? undefined : this.informers.of(kind);
  }

  /** Finds out whether this connection leads to the cluster that the last one led to; {@link token} is its from then on. */
  recognize({ identity }: LiveConnection): object {
    const before = this.#last;
    const token = before !== undefined && isSameCluster(before.identity, identity) ? before.token : {};
    // The newest identity: one credential after the other may be of the same cluster, though the first and the last have nothing in common.
    this.#last = { identity, token };
    return token;
  }

  /** Reads over this connection from now on, or waits for the next. */
  follow(connection: LiveConnection | undefined): void {
    this.informers.follow(connection === undefined ? undefined : { rest: connection.rest, cluster: this.recognize(connection) });
  }

  /**
   * Reads over a connection that is still being made until the indexed kinds are in, and goes on. Errors where they are not in time; then, and when it is unsubscribed before,
   * nothing is read over it any more. While there is a connection already, whose successor this one is, nothing is waited for.
   */
  synced(connection: LiveConnection): Observable<unknown> {
    const { initialSyncTimeout: first, scheduler } = this.#options;
    return defer(() => {
      if (this.informers.connected) return [undefined];
      let isIn = false;
      this.follow(connection);
      return this.informers.whenIndexed().pipe(
        bounded({ first, scheduler, with: () => throwError(() => this.#notIndexed(first)) }),
        tap(() => { isIn = true; }),
        finalize(() => { if (!isIn) this.follow(undefined); }),
      );
    });
  }

  /** The cluster is gone: whoever follows its objects is told the deletes, and the end. */
  end(): void {
    this.informers.end();
  }

  #notIndexed(timeout: number): Error {
    const missing = [...this.informers.all()].find(({ synced }) => !synced);
    return missing === undefined ? new Error('the indexed kinds are not in') : notSynced(missing.kind, timeout, missing.failure);
  }
}
