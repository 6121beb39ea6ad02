import { expect } from 'chai';
import type { Client } from '../../lib/client/client.ts';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { Cluster, ConfigMap, Namespace, Node, Pod, Secret } from '../../lib/kinds.ts';
import { type StatusError, isAlreadyExists, isConflict, isForbidden, isInvalid, isNotFound } from '../../lib/kubernetes/status-error.ts';
import { ClusterNotConnectedError, TransportError } from '../../lib/model/errors.ts';
import { type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { type ServedCluster, rejection, serveCluster } from './served-cluster.ts';

const NAMESPACE = 'default';
const named = (name: string) => ({ namespace: NAMESPACE, name });

describe('uncached client', () => {
  leavesNothingOpen();

  describe('on an API server', () => {
    let cluster: ServedCluster;
    let client: Client;
    let count = 0;
    const fresh = () => `object-${count += 1}`;

    before(async () => {
      cluster = await serveCluster();
      client = createUncachedClient({ rest: cluster.rest });
    });

    after(() => cluster?.stop());

    const lastRequest = () => cluster.server.requests.at(-1);
    const configMap = (name: string, fields: Partial<ConfigMap> = {}): ConfigMap => ({ metadata: named(name), data: { key: 'value' }, ...fields });

    describe('get', () => {
      it('resolves to the object as it is stored, with fields that no type knows', async () => {
        const name = fresh();
        cluster.server.create({ ...configMap(name), apiVersion: 'v1', kind: 'ConfigMap', futureField: { kept: true } } as KubernetesObject);
        const read = await client.get(ConfigMap, named(name));
        expect(read).to.deep.include({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'value' }, futureField: { kept: true } });
        expect(read.metadata?.creationTimestamp).to.be.a('string');
      });

      it('reads a cluster-scoped object by its name, with an empty namespace as well', async () => {
        expect((await client.get(Namespace, { name: 'kube-system' })).metadata?.uid).to.equal(cluster.server.uid);
        expect((await client.get(Namespace, { namespace: '', name: 'kube-system' })).metadata?.uid).to.equal(cluster.server.uid);
      });

      it('takes any object that has a namespace and a name for a key', async () => {
        const request = { namespace: NAMESPACE, name: 'absent', cluster: named('a') };
        expect(isNotFound(await rejection(client.get(Pod, request)))).to.equal(true);
      });

      it('rejects with the Status of the API server where there is none', async () => {
        const error = await rejection<StatusError>(client.get(Pod, named('absent')));
        expect(isNotFound(error)).to.equal(true);
        expect(error).to.include({ name: 'StatusError', code: 'NotFound', message: 'pods "absent" not found' });
        expect(error.status.details).to.deep.equal({ name: 'absent', kind: 'pods' });
      });

      it('asks discovery no more for an object that is not there', async () => {
        await rejection(client.get(Pod, named('absent')));
        const before = cluster.server.counters.requests;
        await rejection(client.get(Pod, named('absent')));
        expect(cluster.server.counters.requests - before).to.equal(1);
      });

      it('hands on which resourceVersion is fresh enough', async () => {
        await client.get(Namespace, { name: 'default' }, { resourceVersion: '0' });
        expect(lastRequest()?.path).to.equal('/api/v1/namespaces/default?resourceVersion=0');
      });

      it('rejects with 403 where it may not', async () => {
        const rule = cluster.server.forbid(undefined, ({ resource }) => resource === 'secrets');
        expect(isForbidden(await rejection(client.get(Secret, named('a'))))).to.equal(true);
        rule.remove();
      });
    });

    describe('list', () => {
      const LABELS = { suite: 'list' };
      const nodes = Array.from({ length: 1_203 }, (_, index) => `node-${index.toString().padStart(4, '0')}`);

      before(() => {
        for (const name of nodes) cluster.server.create<KubernetesObject>({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { ...LABELS, parity: Number(name.slice(-1)) % 2 === 0 ? 'even' : 'odd' } } });
        cluster.server.create({ ...configMap('of-default', { metadata: { ...named('of-default'), labels: LABELS } }), apiVersion: 'v1', kind: 'ConfigMap' });
        cluster.server.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-public', name: 'of-public', labels: LABELS } });
      });

      it('is complete without a limit, page by page, of one resourceVersion', async () => {
        const before = cluster.server.counters.lists.nodes ?? 0;
        const list = await client.list(Node);
        expect(list.items.map(({ metadata }) => metadata?.name)).to.deep.equal(nodes);
        expect(list.resourceVersion).to.equal(cluster.server.resourceVersion);
        expect(list).not.to.have.property('continue');
        expect((cluster.server.counters.lists.nodes ?? 0) - before).to.equal(3);
      });

      it('fills in the apiVersion and kind that items come without', async () => {
        const { items } = await client.list(Node, { limit: 1 });
        expect(items[0]).to.include({ apiVersion: 'v1', kind: 'Node' });
      });

      it('gives one page where a limit is given, and the next for its token', async () => {
        const first = await client.list(Node, { limit: 1_000 });
        expect(first.items).to.have.length(1_000);
        expect(first.continue).to.be.a('string');
        const rest = await client.list(Node, { limit: 1_000, continue: first.continue });
        expect([...first.items, ...rest.items].map(({ metadata }) => metadata?.name)).to.deep.equal(nodes);
        expect(rest).not.to.have.property('continue');
      });

      it('gives all the rest for a token without a limit', async () => {
        const first = await client.list(Node, { limit: 100 });
        const { items } = await client.list(Node, { continue: first.continue });
        expect(items.map(({ metadata }) => metadata?.name)).to.deep.equal(nodes.slice(100));
      });

      it('selects by namespace, labels and fields', async () => {
        const names = async (options: Parameters<Client['list']>[1]) => (await client.list(ConfigMap, options)).items.map(({ metadata }) => metadata?.name);
        expect(await names({ labelSelector: 'suite=list' })).to.deep.equal(['of-default', 'of-public']);
        expect(await names({ labelSelector: 'suite=list', namespace: '' })).to.deep.equal(['of-default', 'of-public']);
        expect(await names({ labelSelector: 'suite in (list, other)', namespace: 'kube-public' })).to.deep.equal(['of-public']);
        expect(await names({ fieldSelector: 'metadata.name=of-default' })).to.deep.equal(['of-default']);
        expect((await client.list(Node, { labelSelector: 'parity=odd' })).items).to.have.length(601);
      });

      it('is empty where there is nothing', async () => {
        expect((await client.list(Pod)).items).to.deep.equal([]);
      });

      it('starts over with one whole list when its token expires under it, and mixes no two moments', async () => {
        const late = 'node-0000-late';
        const injected = cluster.server.inject({ fault: 'gone', match: /continue=/, times: 1 });
        const listing = cluster.server.requests$.subscribe(({ path }) => {
          if (path.includes('continue=') && cluster.server.list({ apiVersion: 'v1', kind: 'Node' }).length === nodes.length) cluster.server.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: late } });
        });
        try {
          const { items, resourceVersion } = await client.list(Node);
          expect(injected.hits).to.equal(1);
          expect(items).to.have.length(nodes.length + 1);
          expect(items.map(({ metadata }) => metadata?.name)).to.include(late);
          expect(resourceVersion).to.equal(cluster.server.resourceVersion);
          expect(lastRequest()?.path).to.equal('/api/v1/nodes');
        } finally {
          listing.unsubscribe();
          cluster.server.delete({ apiVersion: 'v1', kind: 'Node' }, { name: late });
        }
      });

      it('rejects with 410 where the token that was given is too old', async () => {
        const first = await client.list(Node, { limit: 100 });
        cluster.server.inject({ fault: 'gone', match: /continue=/, times: 1 });
        expect(await rejection(client.list(Node, { continue: first.continue }))).to.include({ statusCode: 410 });
      });
    });

    describe('create', () => {
      it('fills in apiVersion and kind, and leaves what was given alone', async () => {
        const given = Object.freeze({ metadata: Object.freeze(named(fresh())), data: Object.freeze({ key: 'value' }) });
        const created = await client.create(ConfigMap, given);
        expect(created).to.deep.include({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'value' } });
        expect(created.metadata?.uid).to.be.a('string');
        expect(given).to.deep.equal({ metadata: given.metadata, data: { key: 'value' } });
      });

      it('lets the server make the name', async () => {
        const { metadata } = await client.create(ConfigMap, { metadata: { namespace: NAMESPACE, generateName: 'made-' } });
        expect(metadata?.name).to.match(/^made-.+/);
      });

      it('says that it exists already, which is no conflict', async () => {
        const name = fresh();
        await client.create(ConfigMap, configMap(name));
        const error = await rejection(client.create(ConfigMap, configMap(name)));
        expect([isAlreadyExists(error), isConflict(error)]).to.deep.equal([true, false]);
      });

      it('stores nothing in a dry run', async () => {
        const name = fresh();
        expect((await client.create(ConfigMap, configMap(name), { dryRun: true })).metadata?.name).to.equal(name);
        expect(isNotFound(await rejection(client.get(ConfigMap, named(name))))).to.equal(true);
      });

      it('hands on who writes and how strictly', async () => {
        await client.create(ConfigMap, configMap(fresh()), { fieldManager: 'spec', fieldValidation: 'Strict' });
        expect(lastRequest()?.path).to.equal('/api/v1/namespaces/default/configmaps?fieldManager=spec&fieldValidation=Strict');
      });

      it('rejects with 422 what the server finds invalid', async () => {
        expect(isInvalid(await rejection(client.create(ConfigMap, configMap('Not_A_Name'))))).to.equal(true);
      });
    });

    describe('update', () => {
      it('replaces the object, and says when somebody else has written in between', async () => {
        const name = fresh();
        const created = await client.create(ConfigMap, configMap(name));
        const updated = await client.update(ConfigMap, { ...created, data: { key: 'other' } });
        expect(updated.data).to.deep.equal({ key: 'other' });
        expect(isConflict(await rejection(client.update(ConfigMap, created)))).to.equal(true);
      });

      it('replaces whatever is there without a resourceVersion', async () => {
        const name = fresh();
        await client.create(ConfigMap, configMap(name));
        expect((await client.update(ConfigMap, configMap(name, { data: { key: 'third' } }))).data).to.deep.equal({ key: 'third' });
      });

      it('leaves the status alone, and status.update all but the status', async () => {
        const name = fresh();
        const created = await client.create(Cluster, { metadata: named(name), spec: { paused: false } });
        const touched = await client.update(Cluster, { ...created, spec: { paused: true }, status: { phase: 'Wrong' } });
        expect(touched).to.deep.include({ spec: { paused: true } });
        expect(touched.status).to.not.deep.equal({ phase: 'Wrong' });
        const status = await client.status.update(Cluster, { ...touched, spec: { paused: false }, status: { phase: 'Right' } });
        expect(status).to.deep.include({ spec: { paused: true }, status: { phase: 'Right' } });
      });
    });

    describe('patch', () => {
      const NAMES = { merge: 'merge-patch+json', json: 'json-patch+json', strategic: 'strategic-merge-patch+json', apply: 'apply-patch+yaml' } as const;
      let name: string;

      beforeEach(async () => {
        name = fresh();
        await client.create(ConfigMap, configMap(name, { data: { a: '1', b: '2' } }));
      });

      it('merges: null removes', async () => {
        expect((await client.patch(ConfigMap, named(name), { data: { a: null, c: '3' } }, { type: 'merge' })).data).to.deep.equal({ b: '2', c: '3' });
        expect(lastRequest()?.headers['content-type']).to.equal(`application/${NAMES.merge}`);
      });

      it('does the operations of a JSON patch', async () => {
        const patch = [{ op: 'test', path: '/data/a', value: '1' }, { op: 'replace', path: '/data/a', value: '9' }];
        expect((await client.patch(ConfigMap, named(name), patch, { type: 'json' })).data).to.deep.equal({ a: '9', b: '2' });
        expect(lastRequest()?.headers['content-type']).to.equal(`application/${NAMES.json}`);
      });

      it('merges lists by their keys in a strategic patch', async () => {
        const pod = await client.create(Pod, { metadata: named(name), spec: { containers: [{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:1' }] } });
        expect(pod.spec?.containers).to.have.length(2);
        const patched = await client.patch(Pod, named(name), { spec: { containers: [{ name: 'b', image: 'b:2' }] } }, { type: 'strategic' });
        expect(patched.spec?.containers.map(({ name, image }) => [name, image])).to.have.deep.members([['a', 'a:1'], ['b', 'b:2']]);
        expect(lastRequest()?.headers['content-type']).to.equal(`application/${NAMES.strategic}`);
      });

      it('applies fields under the name of their manager, creating what is not there, and takes over by force alone', async () => {
        const applied = named(fresh());
        const first = await client.patch(ConfigMap, applied, { data: { key: 'mine' } }, { type: 'apply', fieldManager: 'first' });
        expect(first).to.deep.include({ apiVersion: 'v1', kind: 'ConfigMap', data: { key: 'mine' } });
        expect(lastRequest()?.headers['content-type']).to.equal(`application/${NAMES.apply}`);
        const taken = () => client.patch(ConfigMap, applied, { data: { key: 'theirs' } }, { type: 'apply', fieldManager: 'second' });
        expect(isConflict(await rejection(taken()))).to.equal(true);
        const forced = await client.patch(ConfigMap, applied, { data: { key: 'theirs' } }, { type: 'apply', fieldManager: 'second', force: true });
        expect(forced.data).to.deep.equal({ key: 'theirs' });
      });

      it('patches the status alone by status.patch', async () => {
        await client.create(Cluster, { metadata: named(name), spec: { paused: false } });
        const patched = await client.status.patch(Cluster, named(name), { spec: { paused: true }, status: { infrastructureReady: true } }, { type: 'merge' });
        expect(patched).to.deep.include({ spec: { paused: false } });
        expect(patched.status).to.deep.include({ infrastructureReady: true });
      });
    });

    describe('delete', () => {
      it('removes an object, and says when there is none', async () => {
        const name = fresh();
        await client.create(ConfigMap, configMap(name));
        expect(await client.delete(ConfigMap, named(name))).to.equal(undefined);
        expect(isNotFound(await rejection(client.delete(ConfigMap, named(name))))).to.equal(true);
      });

      it('removes only the object that was meant', async () => {
        const name = fresh();
        const { metadata } = await client.create(ConfigMap, configMap(name));
        expect(isConflict(await rejection(client.delete(ConfigMap, named(name), { preconditions: { uid: 'of-another' } })))).to.equal(true);
        await client.delete(ConfigMap, named(name), { preconditions: { uid: metadata?.uid } });
        expect(isNotFound(await rejection(client.get(ConfigMap, named(name))))).to.equal(true);
      });

      it('removes nothing in a dry run', async () => {
        const name = fresh();
        await client.create(ConfigMap, configMap(name));
        await client.delete(ConfigMap, named(name), { dryRun: true });
        expect((await client.get(ConfigMap, named(name))).metadata?.name).to.equal(name);
      });

      it('removes all that are selected by deleteAllOf, of one namespace', async () => {
        for (const team of ['a', 'a', 'b']) await client.create(ConfigMap, { metadata: { ...named(fresh()), labels: { suite: 'delete', team } } });
        await client.deleteAllOf(ConfigMap, { namespace: NAMESPACE, labelSelector: 'team=a' });
        const left = await client.list(ConfigMap, { labelSelector: 'suite=delete' });
        expect(left.items.map(({ metadata }) => metadata?.labels?.['team'])).to.deep.equal(['b']);
      });

      it('refuses to delete of all namespaces, before anything is sent', async () => {
        const before = cluster.server.counters.requests;
        const error = await rejection(client.deleteAllOf(ConfigMap));
        expect(error).to.be.instanceOf(TypeError).with.property('message', 'namespace must be a non-empty name for configmaps, which are in namespaces; got undefined');
        expect(cluster.server.counters.requests).to.equal(before);
      });
    });

    describe('discovery', () => {
      const widget = defineKind<KubernetesObject>({ apiVersion: 'example.org/v1', kind: 'Widget' });

      it('says which kind the cluster does not serve, and finds it once it does', async () => {
        const error = await rejection<StatusError>(client.list(widget));
        expect(isNotFound(error)).to.equal(true);
        cluster.server.serve({ group: 'example.org', versions: ['v1'], plural: 'widgets', kind: 'Widget', singular: 'widget', namespaced: false, status: false });
        expect((await client.list(widget)).items).to.deep.equal([]);
        const gadget = defineKind<KubernetesObject>({ apiVersion: 'example.org/v1', kind: 'Gadget' });
        expect(await rejection(client.list(gadget))).to.include({ message: 'no matches for kind "Gadget" in version "example.org/v1"' });
        cluster.server.serve({ group: 'example.org', versions: ['v1'], plural: 'gadgets', kind: 'Gadget', singular: 'gadget', namespaced: true, status: false });
        expect((await client.list(gadget)).items).to.deep.equal([]);
      });
    });

    describe('lost answers', () => {
      it('reject a write with an unknown outcome, and are not sent again', async () => {
        const name = fresh();
        const fault = cluster.server.inject({ fault: 'hang', match: ({ method }) => method === 'POST' });
        const error = await rejection<TransportError>(client.create(ConfigMap, configMap(name), { timeout: 200 }));
        await fault.remove();
        expect(error).to.be.instanceOf(TransportError).and.include({ outcomeUnknown: true });
        expect(fault.hits).to.equal(1);
      });

      it('that are no JSON reject with code GARBAGE; of a write the outcome is unknown then', async () => {
        const fault = cluster.server.inject({ fault: 'garbage', match: /configmaps/ });
        const [read, list, write] = [
          await rejection<TransportError>(client.get(ConfigMap, named('a'))), await rejection<TransportError>(client.list(ConfigMap)),
          await rejection<TransportError>(client.create(ConfigMap, configMap(fresh()))),
        ];
        await fault.remove();
        expect([read, list, write].map(({ code, outcomeUnknown }) => [code, outcomeUnknown])).to.deep.equal([['GARBAGE', false], ['GARBAGE', false], ['GARBAGE', true]]);
      });

      it('are given up by the signal, with its reason', async () => {
        const fault = cluster.server.inject({ fault: 'hang', match: /configmaps/ });
        const controller = new AbortController();
        const reason = new Error('no longer wanted');
        const hung = new Promise<void>((resolve) => { cluster.server.requests$.subscribe(() => resolve()); });
        const call = rejection(client.get(ConfigMap, named('a'), { signal: controller.signal }));
        await hung;
        controller.abort(reason);
        expect(await call).to.equal(reason);
        expect(await rejection(client.get(ConfigMap, named('a'), { signal: controller.signal }))).to.equal(reason);
        await fault.remove();
      });
    });
  });

  it('rejects with the reason of the end after its connection has ended', async () => {
    const cluster = await serveCluster();
    const client = createUncachedClient({ rest: cluster.rest });
    await client.list(Namespace);
    const reason = new ClusterNotConnectedError('connection', { cluster: { namespace: 'default', name: 'a' } });
    cluster.rest.transport.close(reason);
    for (const call of [client.list(Namespace), client.create(ConfigMap, { metadata: named('a') })]) {
      expect(await rejection<TransportError>(call)).to.include({ code: 'CLOSED', outcomeUnknown: false, cause: reason });
    }
    await cluster.stop();
  });
});
