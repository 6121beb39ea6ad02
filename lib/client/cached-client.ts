import { type Observable, type SchedulerLike, catchError, concatMap, defer, lastValueFrom, take, takeUntil, throwError, timeout as bounded } from 'rxjs';
import { StatusError, isNotFound } from '../kubernetes/status-error.ts';
import type { Kind, ObjectList, Status } from '../model/kubernetes-object.ts';
import type { ObjectKey, ObjectName } from '../model/object-key.ts';
import { compareResourceVersions } from '../model/resource-version.ts';
import { untilAborted } from '../operators/until-aborted.ts';
import { notCached, notKept, notObserved, notServed, notSynced } from './cache-error.ts';
import { cachedList } from './cached-list.ts';
import { checkCall } from './call-options.ts';
import type { CallOptions, Client, GetOptions, ListOptions, ObservedOptions, Reader } from './client.ts';
import type { KindCache } from './kind-cache.ts';
import { checkKind, checkName, objectPath } from './object-path.ts';
import { type OwnWrites, isAsNewAs } from './own-writes.ts';

/** The connection that a client belongs to. */
export interface ClientConnection {
  /** For errors; `undefined`: of the management cluster, which has no key. */
  readonly cluster: ObjectKey | undefined;
  /** Once it is not, it never is again. */
  readonly isUp: boolean;
  /** Emits when it is not up any more. */
  readonly ended$: Observable<unknown>;
  /** Whether it leads, or led, to the cluster that these objects are of. */
  leadsTo(cluster: unknown): boolean;
  /** What a call fails with when it is not up. */
  notConnected(): Error;
}

export interface CachedClientOptions {
  /** For writes, and for reads of what is not kept. */
  readonly live: Client;
  /** What is kept of a kind; `undefined` where it is read live. */
  readonly cacheOf: <T>(kind: Kind<T>) => KindCache<T> | undefined;
  readonly connection: ClientConnection;
  /** What reads wait for. @default nothing: a read may be older than a write of the same client */
  readonly ownWrites?: OwnWrites | undefined;
  /** ms that a read waits for its kind, where the call says nothing else. */
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
}

/** A client that reads from memory and writes live. The first read of a kind has it listed and kept from then on. */
export function createCachedClient(options: CachedClientOptions): Client {
  const { create, update, patch, delete: remove, deleteAllOf, status } = options.live;
  return { ...createCachedReader(options), create, update, patch, delete: remove, deleteAllOf, status };
}

/** What a read asks of a cache. */
interface ReadOptions extends CallOptions {
  readonly namespace?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly stale?: boolean | undefined;
}

function createCachedReader({ live, cacheOf, connection, ownWrites, timeout, scheduler }: CachedClientOptions): Reader {
  const { cluster } = connection;
  /** By the very object that names a kind, which is checked when it is first seen; `null` for one that is read live. */
  const known = new WeakMap<Kind<unknown>, KindCache<unknown> | null>();

  const cacheFor = <T>(kind: Kind<T>): KindCache<T> | null => {
    const cache = known.get(kind);
    return cache === undefined ? firstSeen(kind) : cache as KindCache<T> | null;
  };
  const firstSeen = <T>(kind: Kind<T>): KindCache<T> | null => {
    checkKind(kind);
    const cache = cacheOf(kind) ?? null;
    known.set(kind, cache);
    return cache;
  };

  /** Whether the connection is up. Throws where it is not, but for a stale read of the same cluster. */
  const isConnected = (cache: KindCache<unknown>, stale: boolean | undefined): boolean => {
    if (connection.isUp) return true;
    if (stale === true && cache.synced && connection.leadsTo(cache.cluster)) return false;
    throw connection.notConnected();
  };

  const shows = (cache: KindCache<unknown>, resourceVersion: string | undefined, namespace: string | undefined): boolean =>
    resourceVersion === undefined || resourceVersion === '' || resourceVersion === '0' || isAsNewAs(cache, resourceVersion, namespace);

  /** Whether it can be answered without a wait. */
  const isReady = (cache: KindCache<unknown>): boolean => cache.synced && ownWrites?.isPending(cache) !== true;

  /** Waits, at most its timeout, until it can be answered. An outage ends the wait: a stale read is answered then, and any other rejects. */
  const readable = async (cache: KindCache<unknown>, { namespace, resourceVersion, stale, signal, timeout: within = timeout }: ReadOptions): Promise<void> => {
    signal?.throwIfAborted();
    if (!isConnected(cache, stale) || (isReady(cache) && shows(cache, resourceVersion, namespace))) return;
    const ownShown = ownWrites?.shown(cache) ?? (() => true);
    const tooLate = () => (cache.synced
      ? notObserved(cache.kind, shows(cache, resourceVersion, namespace) ? 'what was written' : `resourceVersion ${resourceVersion ?? ''}`, within, cache.failure, cluster)
      : notSynced(cache.kind, within, cache.failure, cluster));
    await inTime(
      served(cache, cluster).pipe(concatMap(() => cache.when(() => cache.synced && shows(cache, resourceVersion, namespace) && ownShown()))), within, signal, tooLate,
    );
    if (isConnected(cache, stale) && !cache.synced) throw connection.notConnected(); // its cluster is gone, though nobody has said so yet
  };

  const inTime = (wait$: Observable<unknown>, first: number, signal: AbortSignal | undefined, tooLate: () => Error): Promise<unknown> => lastValueFrom(wait$.pipe(
    take(1), takeUntil(connection.ended$), bounded({ first, with: () => throwError(tooLate), scheduler }), untilAborted(signal),
  ), { defaultValue: undefined });

  const getCarefully = async <T>(cache: KindCache<T>, key: ObjectName, options: GetOptions): Promise<T> => {
    checkName(key);
    checkCall('get', options);
    const { namespace = '', name } = key;
    await readable(cache, { ...options, namespace: namespace === '' ? undefined : namespace });
    cache.read();
    const object = cache.store.get(namespace, name);
    if (object === undefined) throw missing(cache, key, cluster);
    return object;
  };

  return {
    async get<T>(kind: Kind<T>, key: ObjectName, options?: GetOptions): Promise<T> {
      const cache = cacheFor(kind);
      if (cache === null) return live.get(kind, key, options);
      // What is read most, an object that is there, by the shortest way: what is no key names no object.
      if (options === undefined && isReady(cache) && connection.isUp) {
        const object = cache.store.get(key?.namespace ?? '', key?.name);
        if (object !== undefined) {
          cache.read();
          return object;
        }
      }
      return getCarefully(cache, key, options ?? {});
    },

    async list<T>(kind: Kind<T>, options?: ListOptions): Promise<ObjectList<T>> {
      const cache = cacheFor(kind);
      if (cache === null) return live.list(kind, options);
      const answer = cachedList(cache, options, cluster);
      const isPlain = options?.resourceVersion === undefined && options?.signal === undefined;
      if (!isPlain || !isReady(cache) || !connection.isUp) await readable(cache, { ...options, namespace: options?.namespace === '' ? undefined : options?.namespace });
      cache.read();
      return answer();
    },

    async observed(kind: Kind<unknown>, resourceVersion: string, options: ObservedOptions = {}): Promise<void> {
      const cache = cacheFor(kind);
      checkCall('observed', options);
      checkVersion(resourceVersion);
      if (cache === null) throw notCached(kind, 'it is read live, and is always as new as it can be', cluster);
      const { timeout: within = timeout, signal } = options;
      const namespace = options.namespace === '' ? undefined : options.namespace;
      if (namespace !== undefined && !cache.keeps(namespace)) throw notKept(kind, namespace, cluster);
      signal?.throwIfAborted();
      isConnected(cache, false);
      await inTime(
        served(cache, cluster).pipe(concatMap(() => cache.when(() => isAsNewAs(cache, resourceVersion, namespace)))), within, signal,
        () => notObserved(kind, `resourceVersion ${resourceVersion}`, within, cache.failure, cluster),
      );
      isConnected(cache, false);
      cache.read();
    },
  };
}

/** Emits when the cache is synced; errors where the cluster does not serve the kind. */
function served(cache: KindCache<unknown>, cluster: ObjectKey | undefined): Observable<unknown> {
  return defer(() => cache.whenSynced()).pipe(catchError((error: unknown) => throwError(() => (isNotFound(error) ? notServed(cache.kind, error, cluster) : error))));
}

function checkVersion(resourceVersion: string): void {
  if (typeof resourceVersion === 'string' && compareResourceVersions(resourceVersion, '0') !== undefined) return;
  throw new TypeError(`resourceVersion must be a decimal number, as an object or a list has it; got ${typeof resourceVersion === 'string' ? JSON.stringify(resourceVersion) : typeof resourceVersion}`);
}

/** As the API server says it, or why it cannot be known. */
function missing(cache: KindCache<unknown>, key: ObjectName, cluster: ObjectKey | undefined): Error {
  const { kind, resource } = cache;
  if (resource !== undefined) objectPath(resource, key); // throws where the kind needs a namespace, or has none
  const { namespace = '', name } = key;
  if (!cache.keeps(namespace)) return notKept(kind, namespace, cluster);
  const [group = ''] = kind.apiVersion.includes('/') ? kind.apiVersion.split('/') : [];
  const plural = resource?.plural ?? kind.kind;
  return new StatusError({
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'NotFound', code: 404,
    message: `${plural}${group === '' ? '' : `.${group}`} "${name}" not found`,
    details: { name, ...(group === '' ? {} : { group }), kind: plural },
  } as Status, { cluster });
}
