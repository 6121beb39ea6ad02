import { Observable, map } from 'rxjs';
import { TransportError } from '../model/errors.ts';
import type { KubernetesObject, Status, WatchEvent } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { nameInPrefix, oversizedError } from './oversized-object.ts';
import type { ApiResource, RestClient } from './rest-client.ts';
import { StatusError } from './status-error.ts';
import type { ListPart as RawPart } from './transport.ts';

export interface ListerWatcherOptions {
  /** @default all namespaces */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ask for `PartialObjectMetadata`: apiVersion, kind and metadata, the rest never crosses the wire. A server that cannot do that sends whole objects. @default false */
  readonly metadataOnly?: boolean;
  /** Objects whose name is not accepted are dropped while parsing; of a watch their resourceVersions remain, as bookmarks. @default all are kept */
  readonly accepts?: (name: string) => boolean;
  /** Whether lists are to come in gzip. @default where the server is far: see {@link FAR} */
  readonly gzip?: boolean;
  /** ms without a byte of a list. @default 60_000: an API server that reads 500 objects from a busy etcd takes seconds */
  readonly listTimeout?: number;
  /** ms until a watch's status line is in. @default 20_000; the token, the dial and a server that is busy are inside it */
  readonly watchTimeout?: number;
}

export interface ListOptions {
  readonly limit?: number;
  readonly continue?: string;
}

export interface WatchOptions {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
}

/** An object that was larger than is taken. */
interface Rejected { readonly type: 'REJECTED'; readonly error: unknown; readonly key?: ObjectKey | undefined }

type ListPart<T> =
  | { readonly type: 'ITEM'; readonly object: T }
  | { readonly type: 'END'; readonly resourceVersion: string; readonly continue?: string }
  | Rejected;

type WatchChange<T> = { readonly type: 'OPENED' } | Exclude<WatchEvent<T>, { type: 'ERROR' }> | Rejected;

const METADATA = 'g=meta.k8s.io;v=v1,application/json';

/** A TCP connect that took so many ms led to another region: there a tenth of the bytes is worth the CPU that packs and unpacks them. Within one it takes 1 or 2. */
const FAR = 10;

/**
 * Lists and watches one resource of an API server: what a reflector reads from. Lists may be of any size; their objects are given out one by one as they come. Objects
 * are plain JSON with apiVersion and kind, whichever of the two they came by.
 *
 * `list` ends with `END`; errors with a `StatusError`, or with a `TransportError` (code `GARBAGE` for an answer that is no list). `watch` says `OPENED` when the
 * server has taken it, and asks for bookmarks; completes when the server ends it cleanly; errors with a `StatusError` for an ERROR event too, with code `GARBAGE` for a
 * line that is no event. An object larger than the transport takes is told as `REJECTED`, and both go on.
 */
export function listerWatcher<T extends KubernetesObject>(rest: RestClient, resource: ApiResource, options: ListerWatcherOptions = {}): {
  list(options: ListOptions): Observable<ListPart<T>>;
  watch(options: WatchOptions): Observable<WatchChange<T>>;
} {
  const { namespace, labelSelector, fieldSelector, metadataOnly = false, accepts, gzip, listTimeout = 60_000, watchTimeout = 20_000 } = options;
  const { basePath, plural } = resource;
  const collection = namespace === undefined ? `${basePath}/${plural}` : `${basePath}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  const accepting = (kind: string) => ({ accept: metadataOnly ? `application/json;as=${kind};${METADATA}` : 'application/json' });
  const typeMeta = metadataOnly ? { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata' } : { apiVersion: basePath.replace(/^\/apis?\//, ''), kind: resource.kind };
  const path = (query: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries({ labelSelector, fieldSelector, ...query }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return given.length === 0 ? collection : `${collection}?${new URLSearchParams(given).toString()}`;
  };
  const skipped = (resourceVersion: string | undefined): WatchChange<T> => ({ type: 'BOOKMARK', object: { metadata: { resourceVersion: resourceVersion ?? '' } } });

  return {
    list: ({ limit, ...query }) => new Observable<ListPart<T>>((subscriber) => rest.items({
      path: path({ limit: limit?.toString(), ...query }),
      headers: accepting('PartialObjectMetadataList'),
      timeout: listTimeout, gzip: gzip ?? isFar(rest),
    }).subscribe({
      next: (part) => attempt(subscriber, () => {
        if (part.type !== 'item') return part.type === 'end' ? endOf(part.envelope) : rejectedPart(part);
        const item = part.item as T;
        const name = nameOf(item, 'the list');
        return accepts === undefined || accepts(name) ? { type: 'ITEM', object: typed(item, typeMeta) } : undefined;
      }),
      error: (error: unknown) => subscriber.error(error),
      complete: () => subscriber.complete(),
    })),

    watch: ({ resourceVersion, timeoutSeconds }) => new Observable<WatchChange<T>>((subscriber) => rest.lines({
      path: path({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: timeoutSeconds.toString() }),
      headers: accepting('PartialObjectMetadata'),
      timeout: watchTimeout,
      onOpened: () => subscriber.next({ type: 'OPENED' }),
      onOversized: (size, prefix) => subscriber.next(rejectedPart({ size, prefix })),
    }).pipe(map((line) => {
      const event = parseEvent<T>(line);
      if (event.type === 'ERROR') throw errorOf(event.object);
      if (event.type === 'BOOKMARK') return event;
      const name = nameOf(event.object, 'the watch');
      return accepts === undefined || accepts(name) ? event : skipped(event.object.metadata?.resourceVersion);
    })).subscribe(subscriber)),
  };
}

/** Emits what `work` makes, unless that is nothing; errors where it throws. */
function attempt<V>(subscriber: { next(value: V): void; error(error: unknown): void }, work: () => V | undefined): void {
  try {
    const value = work();
    if (value !== undefined) subscriber.next(value);
  } catch (error) {
    subscriber.error(error);
  }
}

function isFar({ transport }: RestClient): boolean {
  return (transport.stats().lastDial?.dial ?? 0) >= FAR;
}

function endOf(envelope: unknown): Extract<ListPart<never>, { type: 'END' }> {
  const { metadata } = envelope as { readonly metadata?: { readonly resourceVersion?: unknown; readonly continue?: unknown } };
  const resourceVersion = metadata?.resourceVersion;
  if (typeof resourceVersion !== 'string') throw garbage('the list');
  const next = metadata?.continue;
  return { type: 'END', resourceVersion, ...(typeof next === 'string' && next !== '' ? { continue: next } : {}) };
}

function rejectedPart({ size, prefix }: Omit<Extract<RawPart, { type: 'oversized' }>, 'type'>): Rejected {
  const key = nameInPrefix(prefix);
  return { type: 'REJECTED', error: oversizedError(size, key), key };
}

const CHANGES: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']);

function parseEvent<T>(line: string): WatchEvent<T> {
  const event = parse(line, 'the watch') as { readonly type?: unknown; readonly object?: unknown } | null;
  if (typeof event !== 'object' || !CHANGES.has(event?.type) || typeof event?.object !== 'object' || event.object === null) throw garbage('the watch');
  return event as { type: 'ERROR'; object: Status } | Exclude<WatchEvent<T>, { type: 'ERROR' }>;
}

function errorOf(status: Status): StatusError {
  const seconds: unknown = status.details?.retryAfterSeconds;
  return new StatusError(status, typeof seconds === 'number' && seconds > 0 ? { retryAfter: seconds * 1000 } : {});
}

function nameOf(object: KubernetesObject | null, where: string): string {
  const name: unknown = object?.metadata?.name;
  if (typeof name !== 'string' || name === '') throw garbage(where);
  return name;
}

/** Items of a built-in kind come without the apiVersion and kind that the same objects have in a watch. */
function typed<T extends KubernetesObject>(item: T, typeMeta: { readonly apiVersion: string; readonly kind: string }): T {
  return item.kind === undefined ? { ...typeMeta, ...item } : item;
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw garbage(where); // without the parser's own error: it quotes the text, and that may be a Secret's
  }
}

function garbage(where: string): TransportError {
  return new TransportError('GARBAGE', `the server's answer is garbage: ${where} cannot be read`, { stage: 'response' });
}
