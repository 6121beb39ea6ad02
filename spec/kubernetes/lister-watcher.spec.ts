import { expect } from 'chai';
import { NEVER, Observable, concat, lastValueFrom, of, toArray } from 'rxjs';
import { listerWatcher } from '../../lib/kubernetes/lister-watcher.ts';
import { StatusError, isGone } from '../../lib/kubernetes/status-error.ts';
import { type ClusterCacheError, TransportError } from '../../lib/model/errors.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import { scriptedRestClient } from './scripted-rest-client.ts';

const PODS = { basePath: '/api/v1', plural: 'pods', kind: 'Pod', namespaced: true, hasStatus: true };
const pod = (name: string, resourceVersion = '7'): KubernetesObject => ({ metadata: { name, namespace: 'ns', uid: name, resourceVersion } });
const podList = (items: unknown, metadata: object = { resourceVersion: '9' }) => ({ apiVersion: 'v1', kind: 'PodList', metadata, items });

const failure = async (source: Observable<unknown>): Promise<unknown> => lastValueFrom(source).then(() => { throw new Error('it did not fail'); }, (error: unknown) => error);
const listing = (answer: string | object, options = {}) => listerWatcher(scriptedRestClient({ request: () => answer }), PODS, options).list({}).pipe(toArray());
const watching = (lines: readonly (string | object)[], options = {}) =>
  listerWatcher(scriptedRestClient({ lines: () => of(...lines) }), PODS, options).watch({ resourceVersion: '5', timeoutSeconds: 300 }).pipe(toArray());

describe('listerWatcher', () => {
  describe('list', () => {
    it('asks for pages within a minute of silence, in gzip where the server is far', async () => {
      const requestsAt = async (dial: number) => {
        const rest = scriptedRestClient({ request: () => podList([]), dial });
        await lastValueFrom(listerWatcher(rest, PODS).list({ limit: 500, continue: 'a+b/c=' }));
        return rest.requests;
      };
      const asked = { path: '/api/v1/pods?limit=500&continue=a%2Bb%2Fc%3D', headers: { accept: 'application/json' }, timeout: 60_000 };
      expect(await requestsAt(9.9)).to.deep.equal([{ ...asked, gzip: false }]);
      expect(await requestsAt(10)).to.deep.equal([{ ...asked, gzip: true }]);
    });

    it('asks in gzip as it is told to, however far the server is', async () => {
      for (const [gzip, dial] of [[true, 0.1], [false, 100]] as const) {
        const rest = scriptedRestClient({ request: () => podList([]), dial });
        await lastValueFrom(listerWatcher(rest, PODS, { gzip }).list({}));
        expect(rest.requests.map((request) => request.gzip)).to.deep.equal([gzip]);
      }
    });

    it('asks within a namespace, by label and by field', async () => {
      const rest = scriptedRestClient({ request: () => podList([]) });
      await lastValueFrom(listerWatcher(rest, PODS, { namespace: 'kube-system', labelSelector: 'a in (b,c)', fieldSelector: 'spec.nodeName=n' }).list({}));
      expect(rest.requests.map(({ path }) => path)).to.deep.equal(['/api/v1/namespaces/kube-system/pods?labelSelector=a+in+%28b%2Cc%29&fieldSelector=spec.nodeName%3Dn']);
    });

    it('gives the objects, one by one, the apiVersion and kind that they have in a watch, then the end', async () => {
      expect(await lastValueFrom(listing(podList([pod('a'), pod('b')])))).to.deep.equal([
        { type: 'ITEM', object: { apiVersion: 'v1', kind: 'Pod', ...pod('a') } }, { type: 'ITEM', object: { apiVersion: 'v1', kind: 'Pod', ...pod('b') } },
        { type: 'END', resourceVersion: '9' },
      ]);
    });

    it('leaves the objects of custom resources, which say what they are, as they are', async () => {
      const own = { apiVersion: 'v1alpha1', kind: 'Other', ...pod('a') };
      expect((await lastValueFrom(listing(podList([own]))))[0]).to.deep.equal({ type: 'ITEM', object: own });
    });

    it('hands on where the next page begins, and nothing after the last', async () => {
      expect(await lastValueFrom(listing(podList([], { resourceVersion: '9', continue: 'more' })))).to.deep.equal([{ type: 'END', resourceVersion: '9', continue: 'more' }]);
      expect(await lastValueFrom(listing(podList(null, { resourceVersion: '9', continue: '' })))).to.deep.equal([{ type: 'END', resourceVersion: '9' }]);
    });

    it('gives out the objects whose name is accepted, and no others', async () => {
      expect(await lastValueFrom(listing(podList([pod('a'), pod('b')]), { accepts: (name: string) => name === 'b' })))
        .to.deep.equal([{ type: 'ITEM', object: { apiVersion: 'v1', kind: 'Pod', ...pod('b') } }, { type: 'END', resourceVersion: '9' }]);
    });

    for (const [title, body, code] of [
      ['a page of a load balancer', '<html>sorry, secret-token</html>', 'GARBAGE'],
      ['half a list', '{"kind":"PodList","items":[{"secret-token"', 'TRUNCATED'],
      ['null', 'null', 'GARBAGE'],
      ['a list without a version', podList([], {}), 'GARBAGE'],
      ['a list whose items are none', podList({}), 'GARBAGE'],
      ['an item without a name', podList([{ metadata: {} }]), 'GARBAGE'],
      ['an item that is null', podList([null]), 'GARBAGE'],
    ] as const) {
      it(`fails with ${code}, and quotes nothing, for ${title}`, async () => {
        const error = await failure(listing(body));
        expect(error).to.be.instanceOf(TransportError).and.to.include({ code, stage: 'response' });
        expect((error as TransportError).stack).to.not.contain('secret-token');
        expect((error as TransportError).cause).to.equal(undefined);
      });
    }
  });

  describe('watch', () => {
    it('asks for bookmarks from a version on, with a timeout for the server and one for its first answer', async () => {
      const rest = scriptedRestClient({ lines: () => of() });
      await lastValueFrom(listerWatcher(rest, PODS).watch({ resourceVersion: '5', timeoutSeconds: 421 }).pipe(toArray()));
      expect(rest.requests.map(({ path, headers, timeout }) => ({ path, headers, timeout }))).to.deep.equal([{
        path: '/api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=421', headers: { accept: 'application/json' }, timeout: 20_000,
      }]);
    });

    it('says that it is open, emits events and bookmarks, and completes as the stream does', async () => {
      const events = [{ type: 'ADDED', object: pod('a') }, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } }, { type: 'DELETED', object: pod('a', '13') }];
      expect(await lastValueFrom(watching(events))).to.deep.equal([{ type: 'OPENED' }, ...events]);
    });

    it('says that it is open before anything has happened', () => {
      const told: unknown[] = [];
      listerWatcher(scriptedRestClient({ lines: () => NEVER }), PODS).watch({ resourceVersion: '5', timeoutSeconds: 300 }).subscribe((change) => told.push(change)).unsubscribe();
      expect(told).to.deep.equal([{ type: 'OPENED' }]);
    });

    it('tells an object that is too large by its name, in its place, and goes on', async () => {
      const rest = scriptedRestClient({ lines: ({ onOversized }) => concat(
        of({ type: 'ADDED', object: pod('a') }),
        new Observable<never>((subscriber) => {
          onOversized?.(9_000_000, '{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"big","namespace":"ns","labels":{"name":"no"}},"spec":{"x":"');
          subscriber.complete();
        }),
        of({ type: 'ADDED', object: pod('b') }),
      ) });
      const told = await lastValueFrom(listerWatcher(rest, PODS).watch({ resourceVersion: '5', timeoutSeconds: 300 }).pipe(toArray()));
      expect(told.map((change) => (change.type === 'REJECTED' ? { key: change.key, code: (change.error as ClusterCacheError).code } : change.type))).to.deep.equal([
        'OPENED', 'ADDED', { key: { namespace: 'ns', name: 'big' }, code: 'OBJECT_TOO_LARGE' }, 'ADDED',
      ]);
    });

    it('reads a line separator of Unicode as text', async () => {
      const [, event] = await lastValueFrom(watching([`{"type":"ADDED","object":{"metadata":{"name":"a","annotations":{"x":"\u2028"}}}}`]));
      expect(event).to.deep.equal({ type: 'ADDED', object: { metadata: { name: 'a', annotations: { x: '\u2028' } } } });
    });

    it('leaves the version of an object that is not accepted as a bookmark', async () => {
      expect(await lastValueFrom(watching([{ type: 'MODIFIED', object: pod('a', '12') }], { accepts: () => false })))
        .to.deep.equal([{ type: 'OPENED' }, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '12' } } }]);
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
