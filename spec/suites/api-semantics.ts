import { expect } from 'chai';
import type { Backend, Environment } from '../backends/backend.ts';
import { type Answer, RawClient, type RawAnswer, type RawRequest } from '../../ground-truth/raw-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const CLUSTERS = '/apis/cluster.x-k8s.io/v1beta2/namespaces/default/clusters';
const WATCH_LIST = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';

/** What every client of a Kubernetes API relies on, asked without any code of this library: both servers must answer alike. */
export function describeApiSemantics(backend: Backend): void {
  describe(`API semantics, ${backend.name} server`, () => {
    let environment: Environment;
    let raw: RawClient;

    before(async () => {
      environment = await backend.start();
      raw = environment.management.raw;
    });

    after(() => environment?.stop());

    describe('authentication', () => {
      const as = async (token: string | undefined, path: string, request?: RawRequest): Promise<RawAnswer> => {
        const { url, ca } = environment.management;
        const client = new RawClient({ url, ca, credential: token === undefined ? {} : { token } });
        try {
          return await client.send(path, request);
        } finally {
          client.close();
        }
      };

      it('answers 401 with a Status to an unknown token, even where nobody needs one', async () => {
        for (const path of ['/api/v1/namespaces', '/livez', '/']) {
          const { status, body } = await as('nonsense', path);
          expect(status).to.equal(401);
          expect(body).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Unauthorized', reason: 'Unauthorized', code: 401 });
        }
      });

      it('answers 403 to the nameless and says what they may not do', async () => {
        const root = await as(undefined, '/');
        expect(failure(root)).to.deep.equal([403, 'Forbidden', 'forbidden: User "system:anonymous" cannot get path "/"']);
        const list = await as(undefined, '/api/v1/secrets');
        expect(failure(list)).to.deep.equal([403, 'Forbidden', 'secrets is forbidden: User "system:anonymous" cannot list resource "secrets" in API group "" at the cluster scope']);
        expect(list.body.details).to.deep.equal({ kind: 'secrets' });
        const get = await as(undefined, '/api/v1/namespaces/default/secrets/x');
        expect(failure(get)[2]).to.equal('secrets "x" is forbidden: User "system:anonymous" cannot get resource "secrets" in API group "" in the namespace "default"');
        expect(get.body.details).to.deep.equal({ name: 'x', kind: 'secrets' });
        const watch = await as(undefined, '/api/v1/secrets?watch=true');
        expect(failure(watch)[2]).to.contain('cannot watch resource "secrets"');
      });

      it('lets everybody ask for health and version', async () => {
        for (const path of ['/livez', '/readyz', '/healthz']) {
          const { status, text } = await as(undefined, path);
          expect([status, text]).to.deep.equal([200, 'ok']);
        }
        expect((await as(undefined, '/version')).body.gitVersion).to.match(/^v1\.\d+/);
      });

      for (const kind of ['token', 'rsa', 'ec'] as const) {
        it(`knows a login by ${kind}`, async () => {
          const { url, ca } = environment.management;
          const { credential } = await environment.management.login(kind);
          const client = new RawClient({ url, ca, credential });
          expect((await client.get('/api/v1/namespaces/kube-system')).metadata?.uid).to.be.a('string');
          client.close();
        });
      }

      it('refuses a token with 401 once it is revoked', async () => {
        const { url, ca } = environment.management;
        const login = await environment.management.login('token');
        const client = new RawClient({ url, ca, credential: login.credential });
        expect((await client.send('/api/v1/namespaces')).status).to.equal(200);
        await login.revoke();
        expect((await client.send('/api/v1/namespaces')).status).to.equal(401);
        client.close();
      });
    });

    describe('discovery', () => {
      it('prefers v1beta2 of Cluster API and serves v1beta1 too', async () => {
        const { groups } = await raw.get('/apis');
        const group = groups?.find(({ name }) => name === 'cluster.x-k8s.io');
        expect(group?.versions.map(({ version }) => version)).to.deep.equal(['v1beta2', 'v1beta1']);
        expect(group?.preferredVersion).to.deep.equal({ groupVersion: 'cluster.x-k8s.io/v1beta2', version: 'v1beta2' });
        expect(await raw.get('/apis/cluster.x-k8s.io')).to.deep.include({ kind: 'APIGroup', name: 'cluster.x-k8s.io' });
        expect((await raw.get('/api')).versions).to.deep.equal(['v1']);
      });

      it('lists the resources of a version with kind, scope, verbs and status', async () => {
        const core = await raw.get('/api/v1');
        expect(core).to.deep.include({ kind: 'APIResourceList', groupVersion: 'v1' });
        const find = (list: Answer, name: string): unknown => {
          const resource = list.resources?.find((candidate) => candidate.name === name);
          return resource && { kind: resource.kind, namespaced: resource.namespaced, verbs: resource.verbs.toSorted() };
        };
        const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
        expect(find(core, 'secrets')).to.deep.equal({ kind: 'Secret', namespaced: true, verbs });
        expect(find(core, 'nodes')).to.deep.equal({ kind: 'Node', namespaced: false, verbs });
        expect(find(core, 'pods/status')).to.deep.equal({ kind: 'Pod', namespaced: true, verbs: ['get', 'patch', 'update'] });
        const cluster = await raw.get('/apis/cluster.x-k8s.io/v1beta2');
        expect(find(cluster, 'clusters')).to.deep.equal({ kind: 'Cluster', namespaced: true, verbs });
        expect(find(cluster, 'clusters/status')).to.deep.equal({ kind: 'Cluster', namespaced: true, verbs: ['get', 'patch', 'update'] });
      });

      it('answers 404 in plain text for a group, version or resource of a CRD that it does not serve', async () => {
        for (const path of ['/apis/none.example/v1', '/apis/cluster.x-k8s.io/v9', '/apis/cluster.x-k8s.io/v1beta2/nonsense', '/nonsense']) {
          const { status, text, headers } = await raw.send(path);
          expect([status, text, headers['content-type']]).to.deep.equal([404, '404 page not found\n', 'text/plain; charset=utf-8']);
        }
        expect(failure(await raw.send('/api/v1/namespaces/default/nonsense'))).to.deep.equal([404, 'NotFound', 'the server could not find the requested resource']);
      });

      it('lists its paths at the root', async () => {
        const { status, headers, body } = await raw.send('/');
        expect(status).to.equal(200);
        expect(headers['content-type']).to.equal('application/json');
        expect(body).to.have.property('paths').that.includes.members(['/api', '/api/v1', '/apis', '/livez', '/readyz', '/version']);
      });
    });

    describe('objects', () => {
      it('gives a new object uid, resourceVersion and time, and answers 201', async () => {
        const { status, body } = await raw.send(CONFIG_MAPS, { method: 'POST', body: configMap('new', { data: { a: '1' } }) });
        expect(status).to.equal(201);
        expect(body).to.deep.include({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: '1' } });
        expect(body.metadata).to.include({ name: 'new', namespace: 'default' });
        expect(body.metadata?.uid).to.match(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/);
        expect(body.metadata?.resourceVersion).to.match(/^[1-9]\d*$/);
        expect(body.metadata?.creationTimestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      });

      it('makes a name up from generateName', async () => {
        const { metadata } = await raw.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'made-' } });
        expect(metadata?.name).to.match(/^made-[a-z0-9]{5}$/);
      });

      it('keeps the stringData of a Secret as data', async () => {
        const { data, type } = { type: undefined, ...await raw.create('/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'text' }, stringData: { a: 'b' } }) };
        expect({ data, type }).to.deep.equal({ data: { a: 'Yg==' }, type: 'Opaque' });
      });

      it('refuses what cannot be created', async () => {
        await raw.create(CONFIG_MAPS, configMap('twice'));
        const post = async (body: unknown, path = CONFIG_MAPS): Promise<readonly [number, string | undefined, string | undefined]> => failure(await raw.send(path, { method: 'POST', body }));
        expect(await post(configMap('twice'))).to.deep.equal([409, 'AlreadyExists', 'configmaps "twice" already exists']);
        expect(await post(configMap('x'), '/api/v1/namespaces/none/configmaps')).to.deep.equal([404, 'NotFound', 'namespaces "none" not found']);
        expect(await post(configMap('x', { metadata: { namespace: 'other' } }))).to.deep.equal([400, 'BadRequest', 'the namespace of the provided object does not match the namespace sent on the request']);
        expect(await post(configMap('x', { metadata: { resourceVersion: '5' } }))).to.deep.equal([500, undefined, 'resourceVersion should not be set on objects to be created']);
        expect(await post(configMap(''))).to.deep.equal([422, 'Invalid', 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required']);
        expect((await post(configMap('A_b'))).slice(0, 2)).to.deep.equal([422, 'Invalid']);
        expect((await post('{')).slice(0, 2)).to.deep.equal([400, 'BadRequest']);
        expect((await post(cluster('x', { apiVersion: 'cluster.x-k8s.io/v1beta1' }), CLUSTERS)).slice(0, 2)).to.deep.equal([400, 'BadRequest']);
        const text = await raw.send(CONFIG_MAPS, { method: 'POST', body: 'x', contentType: 'text/plain' });
        expect(failure(text).slice(0, 2)).to.deep.equal([415, 'UnsupportedMediaType']);
        const large = await raw.send(CONFIG_MAPS, { method: 'POST', body: configMap('x', { data: { a: 'x'.repeat(4_000_000) } }) });
        expect(failure(large)).to.deep.equal([413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728']);
      });

      it('answers 404 with the name of what is missing', async () => {
        const { status, body } = await raw.send(`${CONFIG_MAPS}/none`);
        expect(status).to.equal(404);
        expect(body).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'configmaps "none" not found', reason: 'NotFound', details: { name: 'none', kind: 'configmaps' }, code: 404 });
        const custom = await raw.send(`${CLUSTERS}/none`);
        expect(custom.body.message).to.equal('clusters.cluster.x-k8s.io "none" not found');
        expect(custom.body.details).to.deep.equal({ name: 'none', group: 'cluster.x-k8s.io', kind: 'clusters' });
      });

      it('updates what was not changed meanwhile, else answers 409', async () => {
        const created = await raw.create(CONFIG_MAPS, configMap('update', { data: { a: '1' } }));
        const updated = await raw.update(`${CONFIG_MAPS}/update`, { ...created, data: { a: '2' } });
        expect(Number(updated.metadata?.resourceVersion)).to.be.above(Number(created.metadata?.resourceVersion));
        expect(updated.metadata?.uid).to.equal(created.metadata?.uid);
        const conflict = await raw.send(`${CONFIG_MAPS}/update`, { method: 'PUT', body: { ...created, data: { a: '3' } } });
        expect(failure(conflict)).to.deep.equal([409, 'Conflict', 'Operation cannot be fulfilled on configmaps "update": the object has been modified; please apply your changes to the latest version and try again']);
        expect(conflict.body.details).to.deep.equal({ name: 'update', kind: 'configmaps' });
      });

      it('keeps the resourceVersion when an update changes nothing', async () => {
        const created = await raw.create(CONFIG_MAPS, configMap('same', { data: { a: '1' } }));
        expect((await raw.update(`${CONFIG_MAPS}/same`, created)).metadata?.resourceVersion).to.equal(created.metadata?.resourceVersion);
        expect((await raw.merge(`${CONFIG_MAPS}/same`, { data: { a: '1' } })).metadata?.resourceVersion).to.equal(created.metadata?.resourceVersion);
      });

      it('updates without a resourceVersion unless the kind forbids it', async () => {
        await raw.create(CONFIG_MAPS, configMap('blind'));
        expect((await raw.update(`${CONFIG_MAPS}/blind`, configMap('blind', { data: { b: '1' } }))).data).to.deep.equal({ b: '1' });
        await raw.create(CLUSTERS, cluster('blind'));
        const refused = await raw.send(`${CLUSTERS}/blind`, { method: 'PUT', body: cluster('blind') });
        expect(failure(refused).slice(0, 2)).to.deep.equal([422, 'Invalid']);
        expect(refused.body.message).to.contain('metadata.resourceVersion').and.contain('must be specified for an update');
      });

      it('refuses updates of what is missing, and of another name', async () => {
        expect(failure(await raw.send(`${CONFIG_MAPS}/none`, { method: 'PUT', body: configMap('none') })).slice(0, 2)).to.deep.equal([404, 'NotFound']);
        expect(failure(await raw.send(`${CONFIG_MAPS}/none`, { method: 'PUT', body: configMap('other') }))).to.deep.equal([400, 'BadRequest', 'the name of the object (other) does not match the name on the URL (none)']);
      });

      it('knows a method for each path', async () => {
        for (const [method, path] of [['PUT', CONFIG_MAPS], ['POST', `${CONFIG_MAPS}/x`]] as const) {
          expect(failure(await raw.send(path, { method, body: configMap('x') }))).to.deep.equal([405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource']);
        }
      });
    });

    describe('deletion', () => {
      it('answers a Status that names what is gone', async () => {
        const { metadata } = await raw.create(CONFIG_MAPS, configMap('gone'));
        expect(await raw.delete(`${CONFIG_MAPS}/gone`)).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: 'gone', kind: 'configmaps', uid: metadata?.uid } });
        expect(failure(await raw.send(`${CONFIG_MAPS}/gone`, { method: 'DELETE' })).slice(0, 2)).to.deep.equal([404, 'NotFound']);
      });

      it('waits for finalizers', async () => {
        await raw.create(CONFIG_MAPS, configMap('held', { metadata: { finalizers: ['example.com/hold'] } }));
        const deleting = await raw.delete(`${CONFIG_MAPS}/held`);
        expect(deleting.metadata?.deletionTimestamp).to.be.a('string');
        expect((await raw.delete(`${CONFIG_MAPS}/held`)).metadata?.resourceVersion).to.equal(deleting.metadata?.resourceVersion);
        const again = await raw.send(CONFIG_MAPS, { method: 'POST', body: configMap('held') });
        expect(failure(again)).to.deep.equal([409, 'AlreadyExists', 'object is being deleted: configmaps "held" already exists']);
        await raw.merge(`${CONFIG_MAPS}/held`, { metadata: { finalizers: null } });
        expect((await raw.send(`${CONFIG_MAPS}/held`)).status).to.equal(404);
      });

      it('is refused with 409 when its precondition does not hold', async () => {
        await raw.create(CONFIG_MAPS, configMap('precious'));
        for (const preconditions of [{ uid: 'another' }, { resourceVersion: '1' }]) {
          const { status, body } = await raw.send(`${CONFIG_MAPS}/precious`, { method: 'DELETE', body: { preconditions } });
          expect([status, body.reason]).to.deep.equal([409, 'Conflict']);
        }
        expect((await raw.send(`${CONFIG_MAPS}/precious`)).status).to.equal(200);
      });

      it('of a collection takes what the selector names', async () => {
        for (const [name, color] of [['red', 'red'], ['green', 'green']] as const) await raw.create(CONFIG_MAPS, configMap(name, { metadata: { labels: { color } } }));
        const deleted = await raw.delete(`${CONFIG_MAPS}?labelSelector=color%3Dred`);
        expect(deleted.kind).to.equal('ConfigMapList');
        expect(names(deleted)).to.deep.equal(['red']);
        expect(names(await raw.get(`${CONFIG_MAPS}?labelSelector=color`))).to.deep.equal(['green']);
      });
    });

    describe('patches', () => {
      const patch = (name: string, type: string, body: unknown, query = ''): Promise<RawAnswer> =>
        raw.send(`${CONFIG_MAPS}/${name}${query}`, { method: 'PATCH', body, contentType: `application/${type}` });

      it('merge: null removes, a resourceVersion is a precondition', async () => {
        await raw.create(CONFIG_MAPS, configMap('merge', { data: { a: '1' } }));
        expect((await patch('merge', 'merge-patch+json', { data: { a: null, b: '1' } })).body.data).to.deep.equal({ b: '1' });
        expect(failure(await patch('merge', 'merge-patch+json', { metadata: { resourceVersion: '1' }, data: { b: '2' } })).slice(0, 2)).to.deep.equal([409, 'Conflict']);
        expect(failure(await patch('merge', 'merge-patch+json', { metadata: { uid: 'another' } }))[0]).to.be.oneOf([409, 422]);
        expect(failure(await patch('none', 'merge-patch+json', {})).slice(0, 2)).to.deep.equal([404, 'NotFound']);
        expect(failure(await patch('merge', 'merge-patch+json', '{')).slice(0, 2)).to.deep.equal([400, 'BadRequest']);
      });

      it('json: in order, all or nothing', async () => {
        await raw.create(CONFIG_MAPS, configMap('json', { data: { a: '1' } }));
        expect((await patch('json', 'json-patch+json', [{ op: 'add', path: '/data/b', value: '2' }, { op: 'remove', path: '/data/a' }])).body.data).to.deep.equal({ b: '2' });
        for (const refused of [{ op: 'test', path: '/data/b', value: '3' }, { op: 'remove', path: '/data/none' }]) {
          const answer = await patch('json', 'json-patch+json', [{ op: 'add', path: '/data/c', value: '3' }, refused]);
          expect(failure(answer)).to.deep.equal([422, 'Invalid', 'the server rejected our request due to an error in our request']);
        }
        expect((await raw.get(`${CONFIG_MAPS}/json`)).data).to.deep.equal({ b: '2' });
        expect(failure(await patch('json', 'json-patch+json', {})).slice(0, 2)).to.deep.equal([400, 'BadRequest']);
      });

      it('strategic: merges lists by key on core kinds, and is unknown to custom ones', async () => {
        const nodes = '/api/v1/nodes';
        await raw.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'strategic' }, spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } });
        const status = `${nodes}/strategic/status`;
        const ready = (value: string): object => ({ status: { conditions: [{ type: 'Ready', status: value }] } });
        await raw.do(status, { method: 'PATCH', body: { status: { conditions: [{ type: 'Other', status: 'True' }, { type: 'Ready', status: 'False' }] } }, contentType: 'application/strategic-merge-patch+json' });
        const patched = await raw.do(status, { method: 'PATCH', body: ready('True'), contentType: 'application/strategic-merge-patch+json' });
        const { conditions } = patched.status as { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
        expect(conditions.map(({ type, status: value }) => `${type}=${value}`).toSorted()).to.deep.equal(['Other=True', 'Ready=True']);
        await raw.create(CLUSTERS, cluster('strategic'));
        const refused = await raw.send(`${CLUSTERS}/strategic`, { method: 'PATCH', body: {}, contentType: 'application/strategic-merge-patch+json' });
        expect(failure(refused)).to.deep.equal([415, 'UnsupportedMediaType', 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml']);
      });

      it('apply: needs a field manager, creates, and conflicts with other managers unless forced', async () => {
        const apply = (body: unknown, query: string): Promise<RawAnswer> => patch('apply', 'apply-patch+yaml', body, query);
        expect(failure(await apply(configMap('apply'), '')).slice(0, 2)).to.deep.equal([422, 'Invalid']);
        expect((await apply(configMap('apply', { data: { a: '1' } }), '?fieldManager=anna')).status).to.equal(201);
        expect((await apply(configMap('apply', { data: { b: '1' } }), '?fieldManager=bert')).body.data).to.deep.equal({ a: '1', b: '1' });
        const conflict = await apply(configMap('apply', { data: { a: '2', b: '1' } }), '?fieldManager=bert');
        expect(failure(conflict).slice(0, 2)).to.deep.equal([409, 'Conflict']);
        expect(conflict.body.message).to.equal('Apply failed with 1 conflict: conflict with "anna": .data.a');
        expect((await apply(configMap('apply', { data: { a: '2', b: '1' } }), '?fieldManager=bert&force=true')).body.data).to.deep.equal({ a: '2', b: '1' });
        expect((await apply(configMap('apply', { data: { a: '2' } }), '?fieldManager=bert')).body.data, 'a field that its only manager leaves out is removed').to.deep.equal({ a: '2' });
      });

      it('apply: knows who wrote what, by apply or by update', async () => {
        const managed = `${CONFIG_MAPS}/managed`;
        await raw.create(`${CONFIG_MAPS}?fieldManager=carl`, configMap('managed', { data: { a: '1', b: '1' } }));
        const apply = (body: unknown, query: string): Promise<RawAnswer> => patch('managed', 'apply-patch+yaml', body, query);
        expect((await apply(configMap('managed', { data: { a: '1' } }), '?fieldManager=anna')).status, 'what is the same is shared').to.equal(200);
        const updated = await apply(configMap('managed', { data: { a: '2', b: '2' } }), '?fieldManager=anna');
        expect(failure(updated)).to.deep.equal([409, 'Conflict', 'Apply failed with 2 conflicts: conflicts with "carl" using v1:\n- .data.a\n- .data.b']);
        expect(updated.body.details).to.deep.equal({ causes: ['.data.a', '.data.b'].map((field) => ({ reason: 'FieldManagerConflict', message: 'conflict with "carl" using v1', field })) });
        const both = await apply(configMap('managed', { data: { a: '2' } }), '?fieldManager=bert');
        expect(failure(both)[2]).to.equal('Apply failed with 2 conflicts: conflicts with "anna":\n- .data.a\nconflicts with "carl" using v1:\n- .data.a');
        await apply(configMap('managed', { data: { a: '2' } }), '?fieldManager=anna&force=true');
        await raw.do(`${managed}?fieldManager=carl`, { method: 'PATCH', body: { data: { a: '9' } }, contentType: 'application/merge-patch+json' });
        expect(failure(await apply(configMap('managed', { data: { a: '2' } }), '?fieldManager=anna'))[2]).to.equal('Apply failed with 1 conflict: conflict with "carl" using v1: .data.a');
        await apply(configMap('managed', { data: { a: '9' } }), '?fieldManager=anna');
        expect((await apply(configMap('managed'), '?fieldManager=anna')).body.data, 'what another one manages too stays').to.deep.equal({ a: '9', b: '1' });
        const old = await apply(configMap('managed', { metadata: { resourceVersion: '1' } }), '?fieldManager=anna');
        expect(failure(old).slice(0, 2)).to.deep.equal([409, 'Conflict']);
      });

      it('of another type are answered with 415', async () => {
        await raw.create(CONFIG_MAPS, configMap('typed'));
        expect(failure(await patch('typed', 'json', {})).slice(0, 2)).to.deep.equal([415, 'UnsupportedMediaType']);
      });
    });

    describe('status of a Cluster', () => {
      it('is a subresource: neither half writes the other, and only the spec counts generations', async () => {
        const created = await raw.create(CLUSTERS, cluster('status', { status: { phase: 'Ignored' } }));
        expect(created.status).to.equal(undefined);
        expect(created.metadata?.generation).to.equal(1);
        const withStatus = await raw.update(`${CLUSTERS}/status/status`, { ...created, spec: { ...created.spec, paused: true }, status: { initialization: { infrastructureProvisioned: true } } });
        expect(withStatus.spec).to.deep.equal(created.spec);
        expect(withStatus.status).to.deep.equal({ initialization: { infrastructureProvisioned: true } });
        expect(withStatus.metadata?.generation).to.equal(1);
        const withSpec = await raw.merge(`${CLUSTERS}/status`, { spec: { paused: true }, status: { phase: 'Ignored' } });
        expect(withSpec.spec?.['paused']).to.equal(true);
        expect(withSpec.status).to.deep.equal(withStatus.status);
        expect(withSpec.metadata?.generation).to.equal(2);
        expect((await raw.merge(`${CLUSTERS}/status/status`, { status: { phase: 'Provisioned' } })).status).to.deep.equal({ initialization: { infrastructureProvisioned: true }, phase: 'Provisioned' });
        expect((await raw.get(`${CLUSTERS}/status/status`)).metadata?.name).to.equal('status');
      });

      it('is read in either version', async () => {
        await raw.create(CLUSTERS, cluster('versions'));
        const old = CLUSTERS.replace('v1beta2', 'v1beta1');
        expect((await raw.get(`${old}/versions`)).apiVersion).to.equal('cluster.x-k8s.io/v1beta1');
        expect((await raw.get(old)).apiVersion).to.equal('cluster.x-k8s.io/v1beta1');
      });
    });

    describe('lists', () => {
      const PAGED = `${CONFIG_MAPS}?labelSelector=page`;

      before(async () => {
        for (const page of ['1', '2', '3', '4', '5']) await raw.create(CONFIG_MAPS, configMap(`page-${page}`, { metadata: { labels: { page } } }));
      });

      it('leave apiVersion and kind out of core items, and keep them in custom ones', async () => {
        const list = await raw.get(PAGED);
        expect(list).to.deep.include({ kind: 'ConfigMapList', apiVersion: 'v1' });
        expect(list.metadata?.resourceVersion).to.match(/^[1-9]\d*$/);
        expect(list.items?.every((item) => !('kind' in item) && !('apiVersion' in item))).to.equal(true);
        await raw.create(CLUSTERS, cluster('listed'));
        const clusters = await raw.get('/apis/cluster.x-k8s.io/v1beta2/clusters');
        expect(clusters.kind).to.equal('ClusterList');
        expect(clusters.items?.every(({ kind, apiVersion }) => kind === 'Cluster' && apiVersion === 'cluster.x-k8s.io/v1beta2')).to.equal(true);
      });

      it('page in the order of names at one resourceVersion, whatever changes meanwhile', async () => {
        const first = await raw.get(`${PAGED}&limit=2`);
        await raw.create(CONFIG_MAPS, configMap('page-0-later', { metadata: { labels: { page: '9' } } }));
        await raw.create(CONFIG_MAPS, configMap('page-3-later', { metadata: { labels: { page: '9' } } }));
        const second = await raw.get(`${PAGED}&limit=2&continue=${first.metadata?.continue}`);
        const third = await raw.get(`${PAGED}&limit=2&continue=${second.metadata?.continue}`);
        expect([first, second, third].map(names)).to.deep.equal([['page-1', 'page-2'], ['page-3', 'page-4'], ['page-5']]);
        expect(second.metadata?.resourceVersion).to.equal(first.metadata?.resourceVersion);
        expect(third.metadata?.resourceVersion).to.equal(first.metadata?.resourceVersion);
        expect(third.metadata?.continue ?? '').to.equal('');
        for (const name of ['page-0-later', 'page-3-later']) await raw.delete(`${CONFIG_MAPS}/${name}`);
      });

      it('say how many items are left, unless there is a selector', async () => {
        const { items = [] } = await raw.get(CONFIG_MAPS);
        expect((await raw.get(`${CONFIG_MAPS}?limit=2`)).metadata?.remainingItemCount).to.equal(items.length - 2);
        expect((await raw.get(`${PAGED}&limit=2`)).metadata?.remainingItemCount).to.equal(undefined);
      });

      it('ignore the limit at resourceVersion 0 and honour it at any other', async () => {
        const { metadata, items = [] } = await raw.get(CONFIG_MAPS);
        const cached = await raw.get(`${CONFIG_MAPS}?limit=1&resourceVersion=0`);
        expect(cached.items).to.have.lengthOf(items.length);
        expect(cached.metadata?.continue ?? '').to.equal('');
        expect((await raw.get(`${CONFIG_MAPS}?limit=1&resourceVersion=${metadata?.resourceVersion}`)).items).to.have.lengthOf(1);
      });

      it('answer 504 to a resourceVersion that is not there yet', async () => {
        const { status, headers, body } = await raw.send(`${CONFIG_MAPS}?resourceVersion=99999999`);
        expect([status, body.reason, headers['retry-after']]).to.deep.equal([504, 'Timeout', '1']);
        expect(body.message).to.match(/^Timeout: Too large resource version: 99999999, current: \d+$/);
        expect(body.details).to.deep.equal({ causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 });
      });

      it('refuse nonsense with 400 or 422', async () => {
        const { continue: token } = (await raw.get(`${PAGED}&limit=2`)).metadata ?? {};
        const ask = async (query: string): Promise<unknown> => failure(await raw.send(`${CONFIG_MAPS}?${query}`)).slice(0, 2);
        expect(await ask('continue=zzz')).to.deep.equal([400, 'BadRequest']);
        expect(await ask('limit=x')).to.deep.equal([400, 'BadRequest']);
        expect(await ask('resourceVersion=abc')).to.deep.equal([400, 'BadRequest']);
        expect(await ask(`resourceVersion=5&continue=${token}`)).to.deep.equal([400, 'BadRequest']);
        expect(await ask('resourceVersionMatch=NotOlderThan')).to.deep.equal([422, 'Invalid']);
        expect(await ask('resourceVersion=0&resourceVersionMatch=Exact')).to.deep.equal([422, 'Invalid']);
        expect(await ask('labelSelector=a%20in%20(')).to.deep.equal([400, 'BadRequest']);
      });

      it('select by label', async () => {
        const select = async (selector: string): Promise<readonly string[]> => names(await raw.get(`${CONFIG_MAPS}?labelSelector=${encodeURIComponent(selector)}`)).filter((name) => name.startsWith('page-'));
        expect(await select('page=1')).to.deep.equal(['page-1']);
        expect(await select('page==1')).to.deep.equal(['page-1']);
        expect(await select('page!=1')).to.deep.equal(['page-2', 'page-3', 'page-4', 'page-5']);
        expect(await select('page in (1, 3)')).to.deep.equal(['page-1', 'page-3']);
        expect(await select('page notin (1,3)')).to.deep.equal(['page-2', 'page-4', 'page-5']);
        expect(await select('page,page!=5')).to.deep.equal(['page-1', 'page-2', 'page-3', 'page-4']);
        expect(await select('!page')).to.deep.equal([]);
      });

      it('select by the fields that a kind knows', async () => {
        const select = async (path: string, selector: string): Promise<readonly string[]> => names(await raw.get(`${path}?fieldSelector=${encodeURIComponent(selector)}`));
        expect(await select('/api/v1/configmaps', 'metadata.name=page-1')).to.deep.equal(['page-1']);
        expect(await select('/api/v1/configmaps', 'metadata.name=page-1,metadata.namespace!=default')).to.deep.equal([]);
        await raw.create('/api/v1/namespaces/default/secrets', { apiVersion: 'v1', kind: 'Secret', type: 'cluster.x-k8s.io/secret', metadata: { name: 'typed' } });
        expect(await select('/api/v1/secrets', 'type=cluster.x-k8s.io/secret')).to.deep.equal(['typed']);
        expect(failure(await raw.send('/api/v1/configmaps?fieldSelector=spec.x%3D1'))).to.deep.equal([400, 'BadRequest', '"spec.x" is not a known field selector: only "metadata.name", "metadata.namespace"']);
      });

      it('answer with metadata alone when asked to', async () => {
        const accept = (kind: string): RawRequest => ({ headers: { accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` } });
        const { body: list } = await raw.send(`${PAGED}&limit=1`, accept('PartialObjectMetadataList'));
        expect(list).to.deep.include({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' });
        expect(list.metadata?.continue).to.be.a('string');
        expect(list.items?.[0]).to.deep.include({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }).and.not.have.property('data');
        const { body: object } = await raw.send(`${CONFIG_MAPS}/page-1`, accept('PartialObjectMetadata'));
        expect(Object.keys(object).toSorted()).to.deep.equal(['apiVersion', 'kind', 'metadata']);
        expect(object).to.deep.include({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
        const unacceptable = await raw.send(`${CONFIG_MAPS}/page-1`, { headers: { accept: 'text/html' } });
        expect(failure(unacceptable).slice(0, 2)).to.deep.equal([406, 'NotAcceptable']);
      });

      it('come as gzip when they are large and the client can read it', async () => {
        await raw.create(CONFIG_MAPS, configMap('large', { metadata: { labels: { large: 'yes' } }, data: { a: 'x'.repeat(200_000) } }));
        const large = `${CONFIG_MAPS}?labelSelector=large`;
        const encoding = async (path: string, accepted: string): Promise<string | undefined> => (await raw.send(path, { headers: { 'accept-encoding': accepted } })).headers['content-encoding'];
        expect(await encoding(large, 'gzip')).to.equal('gzip');
        expect(await encoding(large, 'identity')).to.equal(undefined);
        expect(await encoding(PAGED, 'gzip')).to.equal(undefined);
      });
    });

    describe('watches', () => {
      const at = async (): Promise<string> => (await raw.get(CONFIG_MAPS)).metadata?.resourceVersion ?? '';

      it('deliver in order what happened after their resourceVersion', async () => {
        const since = await at();
        await raw.create(CONFIG_MAPS, configMap('seen', { data: { a: '1' } }));
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${since}&fieldSelector=metadata.name%3Dseen`);
        expect([watch.status, watch.headers['content-type']]).to.deep.equal([200, 'application/json']);
        await raw.merge(`${CONFIG_MAPS}/seen`, { data: { a: '2' } });
        await raw.delete(`${CONFIG_MAPS}/seen`);
        const events = await watch.until(({ type }) => type === 'DELETED');
        expect(events.map(({ type, object }) => [type, object.kind, object.data?.['a']])).to.deep.equal([['ADDED', 'ConfigMap', '1'], ['MODIFIED', 'ConfigMap', '2'], ['DELETED', 'ConfigMap', '2']]);
        const versions = events.map(({ object }) => Number(object.metadata?.resourceVersion));
        expect(versions).to.deep.equal(versions.toSorted((a, b) => a - b));
        expect(new Set(versions).size, 'a deletion has a resourceVersion of its own').to.equal(3);
      });

      it('begin with what is there when they have no resourceVersion, or 0', async () => {
        await raw.create(CONFIG_MAPS, configMap('there', { metadata: { labels: { there: 'yes' } } }));
        for (const query of ['', '&resourceVersion=0']) {
          using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&labelSelector=there${query}`);
          const event = await watch.next();
          expect([event?.type, event?.object.metadata?.name]).to.deep.equal(['ADDED', 'there']);
        }
      });

      it('see an object that leaves a selector as deleted, with its last fitting labels, and one that enters as added', async () => {
        await raw.create(CONFIG_MAPS, configMap('moving', { metadata: { labels: { place: 'in' } } }));
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&labelSelector=place%3Din&resourceVersion=${await at()}`);
        const out = await raw.merge(`${CONFIG_MAPS}/moving`, { metadata: { labels: { place: 'out' } } });
        await raw.merge(`${CONFIG_MAPS}/moving`, { metadata: { labels: { place: 'in' } } });
        const [left, back] = await watch.until(({ type }) => type === 'ADDED');
        expect([left?.type, left?.object.metadata?.labels, left?.object.metadata?.resourceVersion]).to.deep.equal(['DELETED', { place: 'in' }, out.metadata?.resourceVersion]);
        expect(back?.type).to.equal('ADDED');
      });

      it('stream the initial events and mark their end with an annotated bookmark', async () => {
        await raw.create(CONFIG_MAPS, configMap('initial', { metadata: { labels: { initial: 'yes' } } }));
        using watch = await raw.watch(`${CONFIG_MAPS}?${WATCH_LIST}&labelSelector=initial`);
        const [added, end] = await watch.until(({ type }) => type === 'BOOKMARK');
        expect([added?.type, added?.object.metadata?.name]).to.deep.equal(['ADDED', 'initial']);
        expect(end?.object).to.deep.include({ kind: 'ConfigMap', apiVersion: 'v1' });
        expect(end?.object.metadata?.annotations).to.deep.equal({ 'k8s.io/initial-events-end': 'true' });
        expect(Number(end?.object.metadata?.resourceVersion)).to.be.least(Number(added?.object.metadata?.resourceVersion));
        await raw.delete(`${CONFIG_MAPS}/initial`);
        expect((await watch.next())?.type).to.equal('DELETED');
      });

      it('stream no initial events without resourceVersionMatch', async () => {
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true`);
        expect(watch.status).to.equal(422);
      });

      it('end cleanly after timeoutSeconds', async () => {
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1&resourceVersion=${await at()}`);
        expect(await watch.next()).to.equal(undefined);
      });

      it('carry metadata alone when asked to', async () => {
        await raw.create(CONFIG_MAPS, configMap('partial', { metadata: { labels: { partial: 'yes' } } }));
        const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&labelSelector=partial`, { headers: { accept } });
        const { type, object } = await watch.next() ?? {};
        expect(type).to.equal('ADDED');
        expect(object).to.deep.include({ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' }).and.not.have.property('data');
      });

      it('refuse a resourceVersion that is none', async () => {
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=abc`);
        expect(watch.status).to.equal(500);
      });

      it('end with the server', async () => {
        const watch = await raw.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${await at()}`);
        const [ended] = await Promise.all([watch.next().then(() => 'ended', () => 'broken'), environment.management.restart()]);
        expect(ended).to.equal('broken');
      });
    });

    describe('definitions', () => {
      const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      const version = (name: string, storage: boolean): object => ({ name, served: true, storage, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } });
      const WIDGETS = { v1: '/apis/example.com/v1/widgets', v2: '/apis/example.com/v2/widgets' };
      /** Asks until the answer has this status. Resolves with all that were seen. */
      const until = async (path: string, wanted: number): Promise<ReadonlySet<number>> => {
        const seen = new Set<number>();
        while (!seen.has(wanted)) {
          const { status, headers } = await raw.send(path);
          seen.add(status);
          if (status === 429) expect(headers['retry-after']).to.equal('1');
        }
        return seen;
      };

      it('add a resource after a while, in which it is not found, or asks to come again', async () => {
        await raw.create(DEFINITIONS, {
          apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' },
          spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', listKind: 'WidgetList', plural: 'widgets', singular: 'widget' }, versions: [version('v1', false), version('v2', true)] },
        });
        expect([...await until(WIDGETS.v2, 200)].filter((status) => ![404, 429, 200].includes(status))).to.deep.equal([]);
        await until(WIDGETS.v1, 200);
        await until('/apis/example.com/v2', 200);
        expect((await raw.get('/apis/example.com/v2')).resources?.map(({ name, kind }) => [name, kind])).to.deep.equal([['widgets', 'Widget']]);
      });

      it('take a version away: its lists are 404 in plain text, its objects are there in the other', async () => {
        await raw.create('/apis/example.com/v1/namespaces/default/widgets', { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } });
        const definition = await raw.get(`${DEFINITIONS}/widgets.example.com`);
        const { versions = [] } = definition.spec as { readonly versions?: readonly { readonly name: string }[] };
        using watch = await raw.watch(`${WIDGETS.v1}?watch=true`);
        expect((await watch.next())?.type).to.equal('ADDED');
        await raw.merge(`${DEFINITIONS}/widgets.example.com`, { spec: { versions: versions.map((each) => ({ ...each, served: each.name !== 'v1' })) } });
        await until(WIDGETS.v1, 404);
        expect((await raw.send(WIDGETS.v1)).text).to.equal('404 page not found\n');
        await until(WIDGETS.v2, 200);
        expect(names(await raw.get(WIDGETS.v2))).to.deep.equal(['w']);
        expect(await watch.next(), 'an open watch ends').to.equal(undefined);
      });
    });

    describe('history', () => {
      it('that is forgotten is a 410: of a watch as an ERROR event in a 200, of a page as a status', async () => {
        await raw.create(CONFIG_MAPS, configMap('forgotten'));
        await raw.create(CONFIG_MAPS, configMap('kept'));
        const before = (await raw.get(`${CONFIG_MAPS}?limit=1`)).metadata;
        await raw.delete(`${CONFIG_MAPS}/forgotten`);
        await environment.management.forgetHistory();
        using watch = await raw.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${before?.resourceVersion}`);
        expect(watch.status).to.equal(200);
        const event = await watch.next();
        expect(event?.type).to.equal('ERROR');
        expect(event?.object).to.deep.include({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410 });
        expect(event?.object.message).to.match(/^too old resource version: \d+ \(\d+\)$/);
        expect(await watch.next()).to.equal(undefined);

        const page = await raw.send(`${CONFIG_MAPS}?limit=1&continue=${before?.continue}`);
        expect(failure(page).slice(0, 2)).to.deep.equal([410, 'Expired']);
        expect(page.body.message).to.contain('The provided continue parameter is too old to display a consistent list result.');
        expect(page.body.metadata?.continue, 'a token to go on inconsistently').to.match(/./);
      });

      it('goes on after a restart: objects, and rising resourceVersions', async () => {
        const created = await raw.create(CONFIG_MAPS, configMap('lasting', { data: { a: '1' } }));
        await environment.management.restart();
        const read = await raw.get(`${CONFIG_MAPS}/lasting`);
        expect(read).to.deep.equal(created);
        const updated = await raw.merge(`${CONFIG_MAPS}/lasting`, { data: { a: '2' } });
        expect(Number(updated.metadata?.resourceVersion)).to.be.above(Number(created.metadata?.resourceVersion));
      });
    });
  });
}

function failure({ status, body }: RawAnswer): readonly [number, string | undefined, string | undefined] {
  return [status, body.reason, body.message];
}

function names({ items = [] }: Answer): string[] {
  return items.map(({ metadata }) => metadata?.name ?? '');
}

function configMap(name: string, { metadata, ...rest }: { readonly metadata?: object; readonly data?: object } = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...rest };
}

function cluster(name: string, rest: object = {}): object {
  return { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name }, spec: { paused: false, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerCluster', name } }, ...rest };
}
