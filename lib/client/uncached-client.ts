import { type Observable, lastValueFrom, map } from 'rxjs';
import type { Fence } from '../kubernetes/fence.ts';
import type { ApiResource, RestClient } from '../kubernetes/rest-client.ts';
import type { TransportResponse } from '../kubernetes/transport.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { type ObjectKey, keyOf } from '../model/object-key.ts';
import { untilAborted } from '../operators/until-aborted.ts';
import { readObject, readPage } from './answer.ts';
import { checkCall, checkPatch } from './call-options.ts';
import type { CallOptions, Client, CreateOptions, DeleteAllOfOptions, DeleteOptions, GetOptions, ListOptions, PatchOptions, StatusClient, UpdateOptions, WriteOptions } from './client.ts';
import { liveList } from './live-list.ts';
import { notCached } from './cache-error.ts';
import { checkKind, checkName, objectPath, oneCollectionPath, selectionPath, withQuery } from './object-path.ts';
import { writeDeletion, writeNamedObject, writeNewObject, writePatch } from './request-body.ts';
import { withServedKind } from './served-kind.ts';

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly contentType?: string;
}

export interface UncachedClientOptions {
  readonly rest: RestClient;
  /**
   * Asked at the start of every write, and the last time when a connection is about to write it: one that waited for its turn, or was told to come back later, must not go out after what
   * allowed it is over. The call rejects with what it says. @default nothing stands in the way
   */
  readonly fence?: Fence;
  /** Told of every object as it was written, before the call resolves. */
  readonly onWritten?: (kind: Kind<unknown>, object: KubernetesObject) => void;
  /** Told of every object that was deleted, before the call resolves, with what the server said. */
  readonly onDeleted?: (kind: Kind<unknown>, key: ObjectKey, answer: object) => void;
}

/**
 * A client that asks the API server every time: reads are as fresh as a read can be, and wait for the network. It holds nothing but `rest`, and
 * ends with it.
 */
export function createUncachedClient({ rest, fence, onWritten, onDeleted }: UncachedClientOptions): Client {
  const call = <T>(kind: Kind<unknown>, { signal }: CallOptions, work: (resource: ApiResource) => Observable<T>): Promise<T> =>
    lastValueFrom(withServedKind(rest, kind, work).pipe(untilAborted(signal)));

  /** The same for what changes something. Where that is refused, discovery is not asked either. */
  const change = async <T>(kind: Kind<unknown>, options: CallOptions, work: (resource: ApiResource) => Observable<T>): Promise<T> => {
    const refusal = fence?.();
    if (refusal !== undefined) throw refusal;
    return call(kind, options, work);
  };

  const send = ({ method, path, body, contentType }: Sent, { timeout }: CallOptions, maxBytes?: number): Observable<TransportResponse> => rest.request({
    method, path,
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(maxBytes === undefined ? {} : { maxBytes, gzip: true }),
    ...(fence === undefined || method === 'GET' ? {} : { fence }),
  });

  const write = <T>(kind: Kind<T>, options: WriteOptions, sent: (resource: ApiResource) => Sent): Promise<T> =>
    change(kind, options, (resource) => send(sent(resource), options).pipe(map(({ body }) => {
      const object = readObject(body, { written: true });
      if (options.dryRun !== true) onWritten?.(kind, object);
      return object as T;
    })));

  const replace = async <T>(kind: Kind<T>, object: unknown, options: UpdateOptions, subresource?: 'status'): Promise<T> => {
    checkKind(kind);
    checkCall('update', options);
    const written = writeNamedObject(kind, object);
    return write(kind, options, (resource) => ({ method: 'PUT', path: withQuery(objectPath(resource, written, subresource), writeQuery(options)), body: written.body }));
  };

  const patch = async <T>(kind: Kind<T>, key: Parameters<Client['patch']>[1], changes: object, options: PatchOptions, subresource?: 'status'): Promise<T> => {
    checkKind(kind);
    checkPatch(options);
    const written = writePatch(kind, key, changes, options.type);
    const { namespace, name } = key;
    const query = { ...writeQuery(options), ...(options.type === 'apply' && options.force === true ? { force: 'true' } : {}) };
    return write(kind, options, (resource) => ({ method: 'PATCH', path: withQuery(objectPath(resource, { namespace, name }, subresource), query), ...written }));
  };

  const status: StatusClient = {
    update: (kind, object, options = {}) => replace(kind, object, options, 'status'),
    patch: (kind, key, changes, options) => patch(kind, key, changes, options, 'status'),
  };

  return {
    async get<T>(kind: Kind<T>, key: Parameters<Client['get']>[1], options: GetOptions = {}) {
      checkKind(kind);
      checkName(key);
      checkCall('get', options);
      const { namespace, name } = key;
      const { resourceVersion } = options;
      return call(kind, options, (resource) => send({ method: 'GET', path: withQuery(objectPath(resource, { namespace, name }), { resourceVersion }) }, options)
        .pipe(map(({ body }) => readObject(body) as T)));
    },

    async list<T>(kind: Kind<T>, options: ListOptions = {}) {
      checkKind(kind);
      checkCall('list', options);
      if (options.index !== undefined) throw notCached(kind, 'an index is asked of what is kept in memory');
      const asked = { ...options };
      return call(kind, asked, (resource) => liveList(rest, kind, selectionPath(resource, asked), asked));
    },

    async observed(kind) {
      checkKind(kind);
      throw notCached(kind, 'it is read live, and is always as new as it can be');
    },

    async create<T>(kind: Kind<T>, object: unknown, options: CreateOptions = {}) {
      checkKind(kind);
      checkCall('create', options);
      const { body, namespace } = writeNewObject(kind, object);
      return write(kind, options, (resource) => ({ method: 'POST', path: withQuery(oneCollectionPath(resource, namespace), writeQuery(options)), body }));
    },

    update: (kind, object, options = {}) => replace(kind, object, options),
    patch: (kind, key, changes, options) => patch(kind, key, changes, options),

    async delete(kind, key, options: DeleteOptions = {}) {
      checkKind(kind);
      checkName(key);
      checkCall('delete', options);
      const { namespace, name } = key;
      const body = writeDeletion(options);
      const answer = await change(kind, options, (resource) => send({ method: 'DELETE', path: objectPath(resource, { namespace, name }), body }, options));
      if (onDeleted !== undefined && options.dryRun !== true) onDeleted(kind, { namespace: namespace ?? '', name }, readObject(answer.body, { written: true }));
    },

    async deleteAllOf(kind, options: DeleteAllOfOptions = {}) {
      checkKind(kind);
      checkCall('deleteAllOf', options);
      const { namespace, labelSelector, fieldSelector } = options;
      const body = writeDeletion(options);
      // The answer is the list of what was deleted.
      const answer = await change(kind, options, (resource) => send({ method: 'DELETE', path: withQuery(oneCollectionPath(resource, namespace), { labelSelector, fieldSelector }), body }, options, Infinity));
      if (onDeleted === undefined || options.dryRun === true) return;
      for (const object of readPage<KubernetesObject>(answer.body, kind).items) onDeleted(kind, keyOf(object), object);
    },

    status,
  };
}

function writeQuery({ dryRun, fieldManager, fieldValidation }: CreateOptions): Readonly<Record<string, string | undefined>> {
  return { dryRun: dryRun === true ? 'All' : undefined, fieldManager, fieldValidation };
}
