import { type Observable, Subject, concat, defer, filter, from, map, merge, mergeMap, of, throwError, timer } from 'rxjs';
import type { ApiResource, RestRequest } from '../../lib/kubernetes/rest-client.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { formatKey, keyOf } from '../../lib/model/object-key.ts';
import { type RestScript, type ScriptedRestClient, failing, scriptedRestClient } from '../kubernetes/scripted-rest-client.ts';
import { statusError } from './status-errors.ts';

export const Thing = defineKind({ apiVersion: 'v1', kind: 'Thing' });

type Change = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubernetesObject };
type Labels = Readonly<Record<string, string>>;

/** A cluster in virtual time that serves things: a history of versions, lists of the latest, watches from any version that is not compacted. */
export class ScriptedCluster {
  /** What was listed and watched over all connections: `list /api/v1/things`, `watch 12 /api/v1/things`. */
  readonly asked: string[] = [];
  readonly #history: Change[] = [];
  readonly #news = new Subject<Change | { readonly type: 'BOOKMARK'; readonly object: KubernetesObject }>();
  readonly #cuts = new Subject<void>();
  readonly #things = new Map<string, KubernetesObject>();
  readonly #connections: ScriptedRestClient[] = [];
  #version: number;
  #compacted = 0;
  namespaced = true;
  served = true;
  /** What every list fails with, while there is something. */
  failure: unknown;
  /** A namespace that may not be listed. */
  forbidden: string | undefined;
  /** ms that a list takes. */
  listAfter = 0;
  /** Most objects of a page. */
  pageSize = Infinity;

  constructor(version = 10) {
    this.#version = version;
  }

  get version(): string {
    return this.#version.toString();
  }

  /** Requests and watches that are under way, over all connections. */
  get running(): number {
    return this.#connections.reduce((sum, { running }) => sum + running.size, 0);
  }

  get lists(): number {
    return this.asked.filter((line) => line.startsWith('list')).length;
  }

  /** Creates it, or changes it: `ns/a`, or `ns/a/uid` for another object under the name, which takes the place of the one that was there. */
  set(text: string, labels?: Labels): void {
    const { namespace, name, uid } = partsOf(text);
    const key = formatKey({ namespace, name });
    const before = this.#things.get(key);
    if (before !== undefined && before.metadata?.uid !== uid) this.remove(key);
    const object = { ...(this.#typeMeta), metadata: { ...(namespace === '' ? {} : { namespace }), name, uid, resourceVersion: this.#next(), ...(labels === undefined ? {} : { labels }) } };
    this.#tell({ type: this.#things.has(key) ? 'MODIFIED' : 'ADDED', object });
    this.#things.set(key, object);
  }

  remove(key: string): void {
    const before = this.#things.get(key);
    if (before === undefined) throw new Error(`there is no ${key}`);
    this.#things.delete(key);
    this.#tell({ type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion: this.#next() } } });
  }

  bookmark(): void {
    this.#news.next({ type: 'BOOKMARK', object: { metadata: { resourceVersion: this.version } } });
  }

  /** Forgets what led to the state of now: a watch from before is answered 410. */
  compact(): void {
    this.#compacted = this.#version;
  }

  /** All watches break, and may be taken up at once. */
  cut(): void {
    this.#cuts.next();
  }

  /** A new connection. */
  connect(script: Pick<RestScript, 'alive$' | 'revived$'> = { revived$: of(undefined) }): ScriptedRestClient {
    const connection = scriptedRestClient({
      ...script,
      request: (request) => defer(() => timer(this.listAfter).pipe(map(() => this.#list(request)))),
      lines: (request) => this.#watch(request),
      resource: () => (this.served ? of(this.#resource) : failing(statusError(404, 'NotFound'))),
    });
    this.#connections.push(connection);
    return connection;
  }

  readonly #typeMeta = { apiVersion: Thing.apiVersion, kind: Thing.kind };

  get #resource(): ApiResource {
    return { basePath: '/api/v1', plural: 'things', kind: Thing.kind, namespaced: this.namespaced, hasStatus: false };
  }

  #list({ path }: RestRequest): object {
    if (!this.served) throw statusError(404, 'NotFound');
    if (this.failure !== undefined) throw this.failure;
    if (this.forbidden !== undefined && path.includes(`/namespaces/${this.forbidden}/`)) throw statusError(403, 'Forbidden');
    this.asked.push(`list ${path.replace(/\?.*/, '')}`);
    const start = Number(queryOf(path).get('continue') ?? 0);
    const all = [...this.#things.values()].filter(isIn(path));
    const more = start + this.pageSize < all.length;
    return {
      kind: 'ThingList', apiVersion: 'v1',
      metadata: { resourceVersion: this.version, ...(more ? { continue: (start + this.pageSize).toString() } : {}) }, items: all.slice(start, start + this.pageSize),
    };
  }

  #watch({ path }: RestRequest): Observable<object> {
    return defer(() => {
      const since = Number(queryOf(path).get('resourceVersion'));
      this.asked.push(`watch ${since} ${path.replace(/\?.*/, '')}`);
      if (!this.served) return failing(statusError(404, 'NotFound'));
      if (since < this.#compacted) return of({ type: 'ERROR', object: { kind: 'Status', status: 'Failure', code: 410, reason: 'Expired', message: 'too old resource version' } });
      const missed = this.#history.filter(({ object }) => Number(object.metadata?.resourceVersion) > since);
      return merge(
        concat(from(missed), this.#news).pipe(filter(({ type, object }) => type === 'BOOKMARK' || isIn(path)(object))),
        this.#cuts.pipe(mergeMap(() => throwError(() => new TransportError('RESET', 'reset', { stage: 'response' })))),
      );
    });
  }

  #tell(change: Change): void {
    this.#history.push(change);
    this.#news.next(change);
  }

  #next(): string {
    this.#version += 1;
    return this.version;
  }
}

const queryOf = (path: string) => new URLSearchParams(path.replace(/^[^?]*/, ''));

function isIn(path: string): (object: KubernetesObject) => boolean {
  const [, namespace] = /\/namespaces\/([^/]+)\//.exec(path) ?? [];
  return (object) => namespace === undefined || keyOf(object).namespace === namespace;
}

function partsOf(text: string): { readonly namespace: string; readonly name: string; readonly uid: string } {
  const [, namespace = '', name = '', uid = name] = /^(?:([^/]+)\/)?([^/]+)(?:\/([^/]+))?$/.exec(text) ?? [];
  return { namespace, name, uid };
}
