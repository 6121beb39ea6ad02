import { expect } from 'chai';
import { NEVER, of } from 'rxjs';
import type { Client } from '../../lib/client/client.ts';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { ConfigMap, Node, Pod } from '../../lib/kinds.ts';
import type { ApiResource, RestRequest } from '../../lib/kubernetes/rest-client.ts';
import { StatusError, isGone, isNotFound } from '../../lib/kubernetes/status-error.ts';
import { ClusterNotConnectedError } from '../../lib/model/errors.ts';
import { type Kind, type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { type RestScript, type ScriptedRestClient, failing, scriptedRestClient } from '../kubernetes/scripted-rest-client.ts';
import { rejection } from './served-cluster.ts';

const NAMESPACED: ApiResource = { basePath: '/api/v1', plural: 'things', kind: 'Thing', namespaced: true, hasStatus: true };
const CLUSTER_SCOPED: ApiResource = { ...NAMESPACED, plural: 'nodes', namespaced: false };
const resourceOf = (kind: Kind<unknown>) => of(kind.kind === 'Node' ? CLUSTER_SCOPED : NAMESPACED);
const KEY = { namespace: 'default', name: 'a' };
const CONTROL = 'a'.repeat(129);

const over = (script: RestScript): { readonly rest: ScriptedRestClient; readonly client: Client } => {
  const rest = scriptedRestClient({ resource: resourceOf, ...script });
  return { rest, client: createUncachedClient({ rest }) };
};

/** The requests that a call makes, where every answer is an empty object. */
async function requestsOf(call: (client: Client) => Promise<unknown>): Promise<readonly RestRequest[]> {
  const { rest, client } = over({ request: () => ({ metadata: { resourceVersion: '1' }, items: [] }) });
  await call(client);
  return rest.requests;
}

describe('requests of the uncached client', () => {
  describe('are', () => {
    const rows: readonly (readonly [what: string, call: (client: Client) => Promise<unknown>, request: RestRequest])[] = [
      ['get', (client) => client.get(Pod, KEY), { method: 'GET', path: '/api/v1/namespaces/default/things/a' }],
      ['get, cluster-scoped', (client) => client.get(Node, { name: 'a:b c?' }), { method: 'GET', path: '/api/v1/nodes/a%3Ab%20c%3F' }],
      ['get, with a timeout', (client) => client.get(Pod, KEY, { timeout: 50, resourceVersion: '7' }), { method: 'GET', path: '/api/v1/namespaces/default/things/a?resourceVersion=7', timeout: 50 }],
      ['list', (client) => client.list(Pod), { path: '/api/v1/things?limit=500', maxBytes: Infinity, gzip: true }],
      ['list, selected', (client) => client.list(Pod, { namespace: 'x', labelSelector: 'a in (b,c)', fieldSelector: 'd=e', limit: 3, resourceVersion: '7', resourceVersionMatch: 'Exact', timeout: 9 }),
        { path: '/api/v1/namespaces/x/things?labelSelector=a+in+%28b%2Cc%29&fieldSelector=d%3De&limit=3&resourceVersion=7&resourceVersionMatch=Exact', maxBytes: Infinity, gzip: true, timeout: 9 }],
      ['list, of the namespace that a field selector names', (client) => client.list(Pod, { fieldSelector: 'metadata.namespace=x', limit: 3, continue: 'c' }),
        { path: '/api/v1/namespaces/x/things?fieldSelector=metadata.namespace%3Dx&limit=3&continue=c', maxBytes: Infinity, gzip: true }],
      ['list, of a namespace, whatever a field selector names', (client) => client.list(Pod, { namespace: 'y', fieldSelector: 'metadata.namespace=x', limit: 3 }),
        { path: '/api/v1/namespaces/y/things?fieldSelector=metadata.namespace%3Dx&limit=3', maxBytes: Infinity, gzip: true }],
      ['list, of a kind that is not in namespaces, whatever a field selector names', (client) => client.list(Node, { fieldSelector: 'metadata.namespace=x', limit: 3 }),
        { path: '/api/v1/nodes?fieldSelector=metadata.namespace%3Dx&limit=3', maxBytes: Infinity, gzip: true }],
      ['create', (client) => client.create(Pod, { metadata: { namespace: 'default', name: 'a' } }),
        { method: 'POST', path: '/api/v1/namespaces/default/things', body: '{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"a"}}' }],
      ['update', (client) => client.update(Node, { kind: 'Node', metadata: { name: 'a', resourceVersion: '7' } }, { dryRun: true, fieldManager: 'm', fieldValidation: 'Ignore' }),
        { method: 'PUT', path: '/api/v1/nodes/a?dryRun=All&fieldManager=m&fieldValidation=Ignore', body: '{"kind":"Node","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"7"}}' }],
      ['status.update', (client) => client.status.update(Node, { metadata: { name: 'a' } }),
        { method: 'PUT', path: '/api/v1/nodes/a/status', body: '{"apiVersion":"v1","kind":"Node","metadata":{"name":"a"}}' }],
      ['patch', (client) => client.patch(Pod, KEY, { a: null }, { type: 'merge' }),
        { method: 'PATCH', path: '/api/v1/namespaces/default/things/a', body: '{"a":null}', headers: { 'content-type': 'application/merge-patch+json' } }],
      ['status.patch', (client) => client.status.patch(Node, { name: 'a' }, [], { type: 'json', dryRun: true }),
        { method: 'PATCH', path: '/api/v1/nodes/a/status?dryRun=All', body: '[]', headers: { 'content-type': 'application/json-patch+json' } }],
      ['patch, strategic', (client) => client.patch(Node, { name: 'a' }, {}, { type: 'strategic' }),
        { method: 'PATCH', path: '/api/v1/nodes/a', body: '{}', headers: { 'content-type': 'application/strategic-merge-patch+json' } }],
      ['patch, apply', (client) => client.patch(Pod, KEY, { metadata: { labels: { a: 'b' } }, spec: {} }, { type: 'apply', fieldManager: 'm', force: true }),
        { method: 'PATCH', path: '/api/v1/namespaces/default/things/a?fieldManager=m&force=true', headers: { 'content-type': 'application/apply-patch+yaml' },
          body: '{"spec":{},"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"default","labels":{"a":"b"}}}' }],
      ['delete', (client) => client.delete(Pod, KEY), { method: 'DELETE', path: '/api/v1/namespaces/default/things/a' }],
      ['delete, with options', (client) => client.delete(Node, { name: 'a' }, { preconditions: { uid: 'u', resourceVersion: '7' }, propagationPolicy: 'Foreground', gracePeriodSeconds: 0, dryRun: true }),
        { method: 'DELETE', path: '/api/v1/nodes/a',
          body: '{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u","resourceVersion":"7"},"propagationPolicy":"Foreground","gracePeriodSeconds":0,"dryRun":["All"]}' }],
      ['deleteAllOf', (client) => client.deleteAllOf(Pod, { namespace: 'x', labelSelector: 'a=b', propagationPolicy: 'Orphan' }),
        { method: 'DELETE', path: '/api/v1/namespaces/x/things?labelSelector=a%3Db', body: '{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Orphan"}', maxBytes: Infinity, gzip: true }],
      ['deleteAllOf, cluster-scoped', (client) => client.deleteAllOf(Node, { fieldSelector: 'metadata.name=a' }),
        { method: 'DELETE', path: '/api/v1/nodes?fieldSelector=metadata.name%3Da', maxBytes: Infinity, gzip: true }],
    ];
    for (const [what, call, request] of rows) {
      it(what, async () => {
        expect(await requestsOf(call)).to.deep.equal([request]);
      });
    }

    it('of an object as it was when the call was made', async () => {
      const object = { metadata: { name: 'a', labels: { a: 'before' } } };
      const requests = await requestsOf((client) => {
        const call = client.create(Node, object);
        object.metadata.labels.a = 'after';
        return call;
      });
      expect(requests[0]?.body).to.contain('before');
    });
  });

  describe('are refused before anything is sent', () => {
    const rows: readonly (readonly [expected: string, call: (client: Client) => Promise<unknown>])[] = [
      ['key must be an object; got undefined', (client) => client.get(Pod, undefined as never)],
      ['key.name must be a non-empty name other than . and .., without / and %; got ""', (client) => client.get(Pod, { namespace: 'a', name: '' })],
      ['key.name must be a non-empty name other than . and .., without / and %; got ".."', (client) => client.delete(Pod, { namespace: 'a', name: '..' })],
      ['key.name must be a non-empty name other than . and .., without / and %; got "a/status"', (client) => client.patch(Pod, { namespace: 'a', name: 'a/status' }, {}, { type: 'merge' })],
      ['key.name must be a non-empty name other than . and .., without / and %; got undefined', (client) => client.get(Node, {} as never)],
      ['key.namespace must be a non-empty name other than . and .., without / and %; got "."', (client) => client.get(Pod, { namespace: '.', name: 'a' })],
      ['namespace must be a non-empty name for things, which are in namespaces; got undefined', (client) => client.get(Pod, { name: 'a' })],
      ['namespace must be a non-empty name for things, which are in namespaces; got ""', (client) => client.create(Pod, { metadata: { namespace: '', name: 'a' } })],
      ['namespace must be left out for nodes, which are not in namespaces; got "default"', (client) => client.get(Node, KEY)],
      ['namespace must be left out for nodes, which are not in namespaces; got "default"', (client) => client.list(Node, { namespace: 'default' })],
      ['kind must be an object; got undefined', (client) => client.list(undefined as never)],
      ['kind.apiVersion must be VERSION or GROUP/VERSION; got "a/b/c"', (client) => client.list({ apiVersion: 'a/b/c', kind: 'A' })],
      ['kind.apiVersion must be VERSION or GROUP/VERSION; got "../v1"', (client) => client.list({ apiVersion: '../v1', kind: 'A' })],
      ['options.labels must be one of signal, timeout, namespace, labelSelector, fieldSelector, limit, continue, resourceVersion, resourceVersionMatch, index, stale; got an unknown field', (client) => client.list(Pod, { labels: {} } as never)],
      ['options.limit must be a whole number, 1 or more; got 0', (client) => client.list(Pod, { limit: 0 })],
      ['options.timeout must be a number of milliseconds, above 0 and at most 2147483647; got 0', (client) => client.get(Pod, KEY, { timeout: 0 })],
      ['options.signal must be an AbortSignal; got an object of AbortController', (client) => client.get(Pod, KEY, { signal: new AbortController() as never })],
      ['options.type must be one of merge, json, strategic, apply; got undefined', (client) => client.patch(Pod, KEY, {}, {} as never)],
      ['options must be an object; got undefined', (client) => client.patch(Pod, KEY, {}, undefined as never)],
      ['options.fieldManager must be a name of 1 to 128 characters; got undefined', (client) => client.patch(Pod, KEY, {}, { type: 'apply' } as never)],
      ['options.fieldManager must be a name of 1 to 128 characters; got a string of 129 characters', (client) => client.create(Node, { metadata: { name: 'a' } }, { fieldManager: CONTROL })],
      ['patch must be an array of operations for type json; got a value of type object', (client) => client.patch(Pod, KEY, {}, { type: 'json' })],
      ['patch must be an object for type merge; got an array', (client) => client.patch(Pod, KEY, [], { type: 'merge' })],
      ['patch.kind must be "Pod", as the kind; got "Node"', (client) => client.patch(Pod, KEY, { kind: 'Node' }, { type: 'apply', fieldManager: 'a' })],
      ['object must be an object; got null', (client) => client.create(Pod, null as never)],
      ['object.apiVersion must be "v1", as the kind; got "v2"', (client) => client.create(Pod, { apiVersion: 'v2', metadata: { name: 'a' } })],
      ['object.metadata must be an object; got undefined', (client) => client.create(Pod, {})],
      ['object.metadata must be one with a name or a generateName; got neither', (client) => client.create(Pod, { metadata: { namespace: 'a' } })],
      ['object.metadata.name must be a non-empty name other than . and .., without / and %; got undefined', (client) => client.update(Pod, { metadata: { namespace: 'a' } })],
      ['options.gracePeriodSeconds must be a whole number of seconds, 0 or more; got -1', (client) => client.delete(Pod, KEY, { gracePeriodSeconds: -1 })],
      ['options.propagationPolicy must be one of Orphan, Background, Foreground; got "foreground"', (client) => client.delete(Pod, KEY, { propagationPolicy: 'foreground' as never })],
      ['options.preconditions.uid must be a non-empty string; got 7', (client) => client.delete(Pod, KEY, { preconditions: { uid: 7 as never } })],
    ];
    for (const [expected, call] of rows) {
      it(expected, async () => {
        const { rest, client } = over({});
        const error = await rejection(call(client));
        expect(error).to.be.instanceOf(TypeError);
        expect(error.message).to.equal(expected);
        expect(rest.requests).to.deep.equal([]);
      });
    }
  });

  describe('after what discovery said is old', () => {
    const gone = () => failing(new StatusError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource' }));
    const moved: Kind<KubernetesObject> = defineKind({ apiVersion: 'example.org/v1', kind: 'Widget' });

    it('go to where the kind is served now, once', async () => {
      const plurals = ['widgets', 'gizmos'];
      const { rest, client } = over({
        resource: () => of({ ...CLUSTER_SCOPED, plural: plurals.shift() ?? 'none' }),
        request: ({ path }) => (path.includes('widgets') ? gone() : { metadata: { name: 'a' } }),
      });
      expect(await client.create(moved, { metadata: { name: 'a' } })).to.deep.equal({ metadata: { name: 'a' } });
      expect(rest.log.map((line) => line.replace(/^\d+ /, ''))).to.deep.equal(['discover example.org/v1', 'GET /api/v1/widgets', 'forget example.org/v1', 'discover example.org/v1', 'GET /api/v1/gizmos']);
    });

    it('fail with 404 where the kind is not served any more', async () => {
      const { rest, client } = over({ request: gone });
      expect(isNotFound(await rejection(client.list(moved)))).to.equal(true);
      expect(rest.requests).to.have.length(2);
    });

    it('are not made again for an object that is not there', async () => {
      const { rest, client } = over({ request: () => failing(new StatusError({ code: 404, reason: 'NotFound', details: { name: 'a', kind: 'pods' } })) });
      expect(isNotFound(await rejection(client.get(Pod, KEY)))).to.equal(true);
      expect(rest.log.filter((line) => line.includes('forget'))).to.deep.equal([]);
    });
  });

  describe('for a whole list', () => {
    const page = (names: readonly string[], resourceVersion: string, next?: string) =>
      ({ kind: 'ConfigMapList', metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) }, items: names.map((name) => ({ metadata: { name } })) });
    const namesOf = (items: readonly ConfigMap[]) => items.map(({ metadata }) => metadata?.name);

    it('name the resourceVersion on the first page only: the token names it on the others', async () => {
      const { rest, client } = over({ request: ({ path }) => (path.includes('continue') ? page(['b'], '5') : page(['a'], '5', 'next')) });
      const list = await client.list(ConfigMap, { resourceVersion: '5', resourceVersionMatch: 'Exact', labelSelector: 'x' });
      expect([namesOf(list.items), list.resourceVersion]).to.deep.equal([['a', 'b'], '5']);
      expect(rest.requests.map(({ path }) => path)).to.deep.equal([
        '/api/v1/things?labelSelector=x&limit=500&resourceVersion=5&resourceVersionMatch=Exact', '/api/v1/things?labelSelector=x&limit=500&continue=next',
      ]);
    });

    it('begin anew in one piece where a page is of another moment', async () => {
      const { rest, client } = over({ request: ({ path }) => (path.includes('continue') ? page(['b'], '6') : path.includes('limit') ? page(['a'], '5', 'next') : page(['a', 'b', 'c'], '7')) });
      const list = await client.list(ConfigMap);
      expect([namesOf(list.items), list.resourceVersion]).to.deep.equal([['a', 'b', 'c'], '7']);
      expect(rest.requests.map(({ path }) => path)).to.deep.equal(['/api/v1/things?limit=500', '/api/v1/things?limit=500&continue=next', '/api/v1/things']);
    });

    it('fail with 410 where a list that was continued changes under its pages', async () => {
      const { client } = over({ request: ({ path }) => (path.includes('first') ? page(['b'], '6', 'second') : page(['c'], '7')) });
      expect(isGone(await rejection(client.list(ConfigMap, { continue: 'first' })))).to.equal(true);
    });

    it('fail with 410 where the first page does: the moment that was asked for is gone', async () => {
      const { rest, client } = over({ request: () => failing(new StatusError({ code: 410, reason: 'Expired' })) });
      expect(isGone(await rejection(client.list(ConfigMap, { resourceVersion: '1', resourceVersionMatch: 'Exact' })))).to.equal(true);
      expect(rest.requests).to.have.length(1);
    });

    it('take an API that has no resourceVersions', async () => {
      const { client } = over({ request: () => ({ metadata: {}, items: null }) });
      expect(await client.list(ConfigMap)).to.deep.equal({ items: [], resourceVersion: '' });
    });
  });

  it('are taken back when the signal aborts, and not made when it has', async () => {
    const { rest, client } = over({ request: () => NEVER });
    const controller = new AbortController();
    const call = rejection(client.get(Pod, KEY, { signal: controller.signal }));
    await Promise.resolve();
    expect(rest.running.size).to.equal(1);
    controller.abort();
    expect(rest.running.size).to.equal(0);
    expect(await call).to.include({ name: 'AbortError' });
    expect(await rejection(client.list(Pod, { signal: controller.signal }))).to.include({ name: 'AbortError' });
    expect(rest.requests).to.have.length(1);
  });

  it('that write are refused by a fence at once, before discovery, and those that read do not ask it', async () => {
    const rest = scriptedRestClient({
      resource: resourceOf,
      request: ({ path }) => (path.endsWith('/things/a') ? { metadata: KEY } : { metadata: { resourceVersion: '1' }, items: [{ metadata: KEY }] }),
    });
    const lost = new Error('the lease is lost');
    const { get, list, create, update, patch, delete: remove, deleteAllOf, status } = createUncachedClient({ rest, fence: () => lost });
    const object = { metadata: KEY };
    const writes = [
      create(Pod, object), update(Pod, object), patch(Pod, KEY, {}, { type: 'merge' }), remove(Pod, KEY), deleteAllOf(Pod, { namespace: KEY.namespace }),
      status.update(Pod, object), status.patch(Pod, KEY, {}, { type: 'merge' }),
    ];
    for (const write of writes) expect(await rejection(write)).to.equal(lost);
    expect(rest.log).to.deep.equal([]);
    expect(await get(Pod, KEY)).to.deep.equal(object);
    expect((await list(Pod)).items).to.have.length(1);
    expect(rest.requests.map(({ fence }) => fence)).to.deep.equal([undefined, undefined]);
  });

  it('for a list whose metadata is null fail with a TransportError', async () => {
    const { client } = over({ request: () => ({ metadata: null, items: [] }) });
    expect(await rejection(client.list(Pod))).to.include({ name: 'TransportError', code: 'GARBAGE' });
  });

  it('fail with the error of a connection that is fenced off', async () => {
    const down = new ClusterNotConnectedError('uncached client', { cluster: KEY });
    const { client } = over({ resource: () => failing(down) });
    expect(await rejection(client.get(Pod, KEY))).to.equal(down);
    expect(await rejection(client.create(Pod, { metadata: KEY }))).to.equal(down);
  });
});
