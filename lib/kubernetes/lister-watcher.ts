import { type Observable, map } from 'rxjs';
import { TransportError } from '../model/errors.ts';
import type { KubernetesObject, ObjectList, Status, WatchEvent } from '../model/kubernetes-object.ts';
import type { ApiResource, RestClient } from './rest-client.ts';
import { StatusError } from './status-error.ts';

export interface ListerWatcherOptions<T> {
  /** @default all namespaces */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Ask for `PartialObjectMetadata`: apiVersion, kind and metadata, the rest never crosses the wire. A server that cannot do that sends whole objects. @default false */
  readonly metadataOnly?: boolean;
  /** Objects whose name is not accepted are dropped while parsing; of a watch their resourceVersions remain, as bookmarks. @default all are kept */
  readonly accepts?: (name: string) => boolean;
  /** What is kept of an object. May change it in place: nobody else has it. @default all */
  readonly transform?: (object: T) => T;
  /** ms for one page, or for a list that is not paged. @default 60_000: 100 MB of pods in gzip over a line of 2 MB/s take 8 s */
  readonly listTimeout?: number;
  /** ms until a watch's status line is in. @default 20_000; the token, the dial and a server that is busy are inside it */
  readonly watchTimeout?: number;
}

export interface ListOptions {
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'NotOlderThan' | 'Exact';
}

export interface WatchOptions {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
}

const METADATA = 'g=meta.k8s.io;v=v1,application/json';

/**
 * Lists and watches one resource of an API server: what a reflector reads from. Lists come in gzip and may be of any size. Objects are plain JSON
 * with apiVersion and kind, whichever of the two they came by.
 *
 * `list` emits once; errors with a `StatusError`, or with a `TransportError` (code `GARBAGE` for an answer that is no list). `watch` asks for bookmarks; completes when
 * the server ends it cleanly; errors with a `StatusError` for an ERROR event too, with code `GARBAGE` for a line that is no event.
 */
export function listerWatcher<T extends KubernetesObject>(rest: RestClient, { basePath, plural }: ApiResource, options: ListerWatcherOptions<T> = {}): {
  list(options: ListOptions): Observable<ObjectList<T>>;
  watch(options: WatchOptions): Observable<Exclude<WatchEvent<T>, { type: 'ERROR' }>>;
} {
  const { namespace, labelSelector, fieldSelector, metadataOnly = false, accepts = () => true, transform = (object: T) => object, listTimeout = 60_000, watchTimeout = 20_000 } = options;
  const collection = namespace === undefined ? `${basePath}/${plural}` : `${basePath}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  const accepting = (kind: string) => ({ accept: metadataOnly ? `application/json;as=${kind};${METADATA}` : 'application/json' });
  const path = (query: Readonly<Record<string, string | undefined>>) => {
    const given = Object.entries({ labelSelector, fieldSelector, ...query }).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return given.length === 0 ? collection : `${collection}?${new URLSearchParams(given).toString()}`;
  };

  return {
    list: ({ limit, ...query }) => rest.request({
      path: path({ limit: limit?.toString(), ...query }),
      headers: accepting('PartialObjectMetadataList'),
      timeout: listTimeout, maxBytes: Infinity, gzip: true,
    }).pipe(map(({ body }) => {
      const { apiVersion, kind, metadata, items } = parseList<T>(body);
      const kept: T[] = [];
      for (const item of items) {
        if (!accepts(nameOf(item, 'the list'))) continue;
        kept.push(transform(typed(item, apiVersion, kind)));
      }
      const { resourceVersion, continue: next } = metadata;
      return { items: kept, resourceVersion, ...(next === undefined || next === '' ? {} : { continue: next }) };
    })),

    watch: ({ resourceVersion, timeoutSeconds }) => rest.lines({
      path: path({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: timeoutSeconds.toString() }),
      headers: accepting('PartialObjectMetadata'),
      timeout: watchTimeout,
    }).pipe(map((line) => {
      const event = parseEvent<T>(line);
      if (event.type === 'ERROR') throw errorOf(event.object);
      if (event.type === 'BOOKMARK') return event;
      if (accepts(nameOf(event.object, 'the watch'))) return { type: event.type, object: transform(event.object) };
      return { type: 'BOOKMARK', object: { metadata: { resourceVersion: event.object.metadata?.resourceVersion ?? '' } } };
    })),
  };
}

interface RawList<T> {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

function parseList<T>(body: string): RawList<T> {
  const list = parse(body, 'the list') as { readonly metadata?: { readonly resourceVersion?: unknown }; readonly items?: unknown } | null;
  const items = list?.items ?? []; // Go writes an empty slice as null
  if (typeof list !== 'object' || typeof list?.metadata?.resourceVersion !== 'string' || !Array.isArray(items)) throw garbage('the list');
  return { ...list, items } as unknown as RawList<T>;
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
function typed<T extends KubernetesObject>(item: T, listApiVersion: string | undefined, listKind: string | undefined): T {
  if (item.kind !== undefined || listApiVersion === undefined || listKind?.endsWith('List') !== true) return item;
  return { apiVersion: listApiVersion, kind: listKind.slice(0, -'List'.length), ...item };
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
