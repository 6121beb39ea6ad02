import { expect } from 'chai';
import { type Observable, lastValueFrom, of, toArray } from 'rxjs';
import { listerWatcher } from '../../lib/kubernetes/lister-watcher.ts';
import { StatusError, isGone } from '../../lib/kubernetes/status-error.ts';
import { TransportError } from '../../lib/model/errors.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import { stripManagedFields } from '../../lib/model/strip-managed-fields.ts';
import { scriptedRestClient } from './scripted-rest-client.ts';

const PODS = { basePath: '/api/v1', plural: 'pods', namespaced: true, hasStatus: true };
const pod = (name: string, resourceVersion = '7'): KubernetesObject => ({ metadata: { name, namespace: 'ns', uid: name, resourceVersion } });
const podList = (items: unknown, metadata: object = { resourceVersion: '9' }) => ({ apiVersion: 'v1', kind: 'PodList', metadata, items });

const failure = async (source: Observable<unknown>): Promise<unknown> => lastValueFrom(source).then(() => { throw new Error('it did not fail'); }, (error: unknown) => error);
const listing = (answer: string | object, options = {}) => listerWatcher(scriptedRestClient({ request: () => answer }), PODS, options).list({});
const watching = (lines: readonly (string | object)[], options = {}) =>
  listerWatcher(scriptedRestClient({ lines: () => of(...lines) }), PODS, options).watch({ resourceVersion: '5', timeoutSeconds: 300 }).pipe(toArray());

describe('listerWatcher', () => {
  describe('list', () => {
    it('asks for pages in gzip, of any size, and within a minute', async () => {
      const rest = scriptedRestClient({ request: () => podList([]) });
      await lastValueFrom(listerWatcher(rest, PODS).list({ limit: 500, continue: 'a+b/c=' }));
      expect(rest.requests).to.deep.equal([{
        path: '/api/v1/pods?limit=500&continue=a%2Bb%2Fc%3D', headers: { accept: 'application/json' }, timeout: 60_000, maxBytes: Infinity, gzip: true,
      }]);
    });

    it('asks within a namespace, by label and by field', async () => {
      const rest = scriptedRestClient({ request: () => podList([]) });
      await lastValueFrom(listerWatcher(rest, PODS, { namespace: 'kube-system', labelSelector: 'a in (b,c)', fieldSelector: 'spec.nodeName=n' }).list({ resourceVersion: '0' }));
      expect(rest.log).to.deep.equal([`${rest.log[0]?.split(' ')[0]} GET /api/v1/namespaces/kube-system/pods?labelSelector=a+in+%28b%2Cc%29&fieldSelector=spec.nodeName%3Dn&resourceVersion=0`]);
    });

    it('gives the objects the apiVersion and kind that they have in a watch', async () => {
      expect(await lastValueFrom(listing(podList([pod('a')])))).to.deep.equal({ items: [{ apiVersion: 'v1', kind: 'Pod', ...pod('a') }], resourceVersion: '9' });
    });

    it('hands on where the next page begins, and nothing after the last', async () => {
      expect(await lastValueFrom(listing(podList([], { resourceVersion: '9', continue: 'more' })))).to.deep.equal({ items: [], resourceVersion: '9', continue: 'more' });
      expect(await lastValueFrom(listing(podList(null, { resourceVersion: '9', continue: '' })))).to.deep.equal({ items: [], resourceVersion: '9' });
    });

    it('keeps what its transform keeps, of the objects whose name is accepted', async () => {
      const { items } = await lastValueFrom(listing(podList([pod('a'), { metadata: { ...pod('b').metadata, managedFields: [{}] } }]), {
        accepts: (name: string) => name === 'b', transform: stripManagedFields,
      }));
      expect(items).to.deep.equal([{ apiVersion: 'v1', kind: 'Pod', ...pod('b') }]);
    });

    for (const [title, body] of [
      ['a page of a load balancer', '<html>sorry, secret-token</html>'],
      ['half a list', '{"kind":"PodList","items":[{"secret-token"'],
      ['null', 'null'],
      ['a list without a version', podList([], {})],
      ['a list whose items are none', podList({})],
      ['an item without a name', podList([{ metadata: {} }])],
      ['an item that is null', podList([null])],
    ] as const) {
      it(`fails with GARBAGE, and quotes nothing, for ${title}`, async () => {
        const error = await failure(listing(body));
        expect(error).to.be.instanceOf(TransportError).and.to.include({ code: 'GARBAGE', stage: 'response' });
        expect((error as TransportError).stack).to.not.contain('secret-token');
        expect((error as TransportError).cause).to.equal(undefined);
      });
    }
  });

  describe('watch', () => {
    it('asks for bookmarks from a version on, with a timeout for the server and one for its first answer', async () => {
      const rest = scriptedRestClient({ lines: () => of() });
      await lastValueFrom(listerWatcher(rest, PODS).watch({ resourceVersion: '5', timeoutSeconds: 421 }).pipe(toArray()));
      expect(rest.requests).to.deep.equal([{
        path: '/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=421', headers: { accept: 'application/json' }, timeout: 20_000,
      }]);
    });

    it('emits events and bookmarks, and completes as the stream does', async () => {
      const events = [{ type: 'ADDED', object: pod('a') }, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } }, { type: 'DELETED', object: pod('a', '13') }];
      expect(await lastValueFrom(watching(events))).to.deep.equal(events);
    });

    it('reads a line separator of Unicode as text', async () => {
      const events = await lastValueFrom(watching([`{"type":"ADDED","object":{"metadata":{"name":"a","annotations":{"x":"\u2028"}}}}`]));
      expect(events[0]?.object.metadata?.annotations).to.deep.equal({ x: '\u2028' });
    });

    it('leaves the version of an object that is not accepted as a bookmark', async () => {
      expect(await lastValueFrom(watching([{ type: 'MODIFIED', object: pod('a', '12') }], { accepts: () => false })))
        .to.deep.equal([{ type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } }]);
    });

    it('fails with the Status of an ERROR event', async () => {
      const error = await failure(watching([{ type: 'ERROR', object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old resource version: 1 (2)' } }]));
      expect(error).to.be.instanceOf(StatusError);
      expect(isGone(error)).to.equal(true);
    });

    it('hands on how long an ERROR event asks to be left alone', async () => {
      const error = await failure(watching([{ type: 'ERROR', object: { kind: 'Status', code: 429, details: { retryAfterSeconds: 3 } } }]));
      expect(error).to.be.instanceOf(StatusError).and.to.include({ retryAfter: 3_000 });
    });

    for (const [title, line] of [
      ['that is no JSON', '{"type":"ADDED","object":{"secret-token'],
      ['of an unknown type', { type: 'NEWS', object: pod('a') }],
      ['without an object', { type: 'ADDED' }],
      ['whose object has no name', { type: 'ADDED', object: { metadata: {} } }],
      ['that is null', 'null'],
    ] as const) {
      it(`fails with GARBAGE, and quotes nothing, for a line ${title}`, async () => {
        const error = await failure(watching([line]));
        expect(error).to.be.instanceOf(TransportError).and.to.include({ code: 'GARBAGE', stage: 'response' });
        expect((error as TransportError).stack).to.not.contain('secret-token');
      });
    }
  });

  it('asks for metadata alone, of a list and of a watch, and for whole objects where that cannot be had', async () => {
    const rest = scriptedRestClient({ request: () => podList([]), lines: () => of() });
    const metadata = listerWatcher(rest, PODS, { metadataOnly: true });
    await lastValueFrom(metadata.list({}));
    await lastValueFrom(metadata.watch({ resourceVersion: '5', timeoutSeconds: 300 }).pipe(toArray()));
    expect(rest.requests.map(({ headers }) => headers?.['accept'])).to.deep.equal([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json',
    ]);
  });
});
