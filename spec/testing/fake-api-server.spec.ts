import { expect } from 'chai';
import { once } from 'node:events';
import { get as plainGet } from 'node:http';
import type { RequestOptions } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';
import { firstValueFrom } from 'rxjs';
import { RawClient } from '../../ground-truth/raw-client.ts';
import type { Kind, KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import { Certificates, FakeApiServer, type FakeApiServerOptions, Refusal, aCluster } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { Http2Client, linesOf } from './http2-client.ts';

const NODE: Kind<KubernetesObject & { readonly spec?: { readonly unschedulable?: boolean } }> = { apiVersion: 'v1', kind: 'Node' };
const aNode = (name: string) => ({ ...NODE, metadata: { name } });

interface Line {
  readonly type: string;
  readonly object: KubernetesObject & { readonly message?: string };
}

describe('FakeApiServer', () => {
  leavesNothingOpen();

  describe('in one process', () => {
    const started: AsyncDisposable[] = [];
    const start = async (options?: FakeApiServerOptions) => {
      const server = await FakeApiServer.start(options);
      started.push(server);
      return server;
    };
    const http1 = ({ url, ca, token }: FakeApiServer, credential: { readonly token?: string; readonly cert?: string; readonly key?: string } = { token }) => {
      const client = new RawClient({ url, ca, credential });
      started.push({ [Symbol.asyncDispose]: async () => client.close() });
      return client;
    };
    const http2 = (server: FakeApiServer, login?: { readonly cert: string; readonly key: string }) => {
      const client = new Http2Client(server, login);
      started.push({ [Symbol.asyncDispose]: async () => client[Symbol.dispose]() });
      return client;
    };
    const watch = (client: Http2Client, path: string) => {
      const lines = linesOf(client.open(path));
      return async () => {
        const { value } = await lines.next();
        return value === undefined ? undefined : JSON.parse(value as string) as Line;
      };
    };
    afterEach(async () => { for (const resource of started.splice(0).reverse()) await resource[Symbol.asyncDispose](); });

    describe('speaks', () => {
      it('HTTP/2 and HTTP/1.1 as ALPN says, to both at once', async () => {
        const server = await start();
        expect([(await http2(server).send('/version')).status, (await http1(server).send('/version')).status]).to.deep.equal([200, 200]);
        expect(server.requests.map(({ protocol }) => protocol)).to.deep.equal(['h2', 'http/1.1']);
      });

      it('HTTP/1.1 alone where it is told to', async () => {
        const server = await start({ protocols: ['http/1.1'] });
        expect((await http1(server).send('/version')).status).to.equal(200);
        const { session } = http2(server);
        const [error] = await once(session, 'error').catch((reason: unknown) => [reason]) as [Error];
        expect(error).to.be.instanceOf(Error);
      });

      it('plain http where it is told to', async () => {
        const server = await start({ certificates: false });
        expect(server.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
        const [response] = await once(plainGet(`${server.url}/version`, { headers: { authorization: `Bearer ${server.token}` }, agent: false }), 'response');
        expect(await text(response)).to.contain('gitVersion');
      });

      it('at most as many streams at once as it is told to, and refuses the next', async () => {
        const server = await start({ maxConcurrentStreams: 3 });
        const client = http2(server);
        await client.send('/version');
        expect(client.session.remoteSettings.maxConcurrentStreams).to.equal(3);
      });
    });

    describe('lets in', () => {
      it('its own token, and others from the moment they are added to the moment they are revoked', async () => {
        const server = await start();
        const client = http1(server, { token: 'anna' });
        const status = async () => (await client.send('/api/v1/nodes')).status;
        const seen = [await status()];
        server.users.addToken('anna', { name: 'anna', groups: [] });
        seen.push(await status());
        server.users.revokeToken('anna');
        seen.push(await status());
        expect(seen).to.deep.equal([401, 200, 401]);
        expect(server.requests.map(({ user }) => user)).to.deep.equal([undefined, 'anna', undefined]);
      });

      for (const key of ['ec', 'rsa'] as const) {
        it(`client certificates of its authority (${key}), by their subject`, async () => {
          const server = await start();
          expect((await http2(server, server.certificates.client({ user: 'bert', groups: ['crew'], key })).send('/version')).status).to.equal(200);
          expect(server.requests.at(-1)?.user).to.equal('bert');
        });
      }

      it('no certificate of another authority, none that has expired and none that was revoked', async () => {
        const server = await start();
        const { certificates } = server;
        const revoked = certificates.client({ user: 'bert' });
        server.users.revokeCertificate(revoked.serialNumber);
        for (const login of [Certificates.create().client({ user: 'bert' }), certificates.client({ user: 'bert', notAfter: new Date(Date.now() - 1_000) }), revoked]) {
          expect((await http2(server, login).send('/version')).status).to.equal(401);
        }
      });

      it('a certificate until it expires, on an open connection too', async () => {
        const server = await start();
        const client = http2(server, server.certificates.client({ user: 'bert', notAfter: new Date(Date.now() + 1_500) }));
        expect((await client.send('/version')).status).to.equal(200);
        const deadline = performance.now() + 5_000;
        let { status } = await client.send('/version');
        while (status === 200 && performance.now() < deadline) ({ status } = await client.send('/version'));
        expect(status).to.equal(401);
      });

      for (const user of ['token', 'clientCertificate', 'basic'] as const) {
        it(`whoever uses its kubeconfig with ${user}`, async () => {
          const server = await start();
          const kubeConfig = new KubeConfig();
          kubeConfig.loadFromString(server.kubeconfig({ name: 'one', contextName: 'here', user, userName: 'anna', namespace: 'n' }));
          const options: RequestOptions = {};
          await kubeConfig.applyToHTTPSOptions(options);
          const headers = options.headers as Record<string, string> | undefined;
          const basic = options.auth === undefined || options.auth === null ? undefined : `Basic ${Buffer.from(options.auth).toString('base64')}`;
          const client = new RawClient({ url: server.url, ca: server.ca, credential: user === 'clientCertificate' ? { cert: options.cert as string, key: options.key as string } : {} });
          started.push({ [Symbol.asyncDispose]: async () => client.close() });
          const authorization = headers?.['Authorization'] ?? basic;
          expect((await client.send('/api/v1/nodes', authorization === undefined ? {} : { headers: { authorization } })).status).to.equal(200);
          expect(server.requests.at(-1)?.user).to.equal('anna');
          expect(kubeConfig.getCurrentContext()).to.equal('here');
        });
      }

      it('nobody without credentials; or as kube-apiserver does by default; or anybody', async () => {
        const statuses = async (anonymous: 'unauthorized' | 'forbidden' | 'allowed') => {
          const client = http1(await start({ anonymous }), {});
          return [(await client.send('/livez')).status, (await client.send('/api/v1/nodes')).status];
        };
        expect(await statuses('unauthorized')).to.deep.equal([401, 401]);
        expect(await statuses('forbidden')).to.deep.equal([200, 403]);
        expect(await statuses('allowed')).to.deep.equal([200, 200]);
      });

      it('nobody to what is forbidden to him, until the rule is removed', async () => {
        const server = await start();
        server.users.addToken('anna', { name: 'anna', groups: [] });
        const rule = server.forbid('anna', ({ verb }) => verb === 'list');
        const client = http1(server, { token: 'anna' });
        const refused = await client.send('/api/v1/nodes');
        expect([refused.status, refused.body.message]).to.deep.equal([403, 'nodes is forbidden: User "anna" cannot list resource "nodes" in API group "" at the cluster scope']);
        expect((await http1(server).send('/api/v1/nodes')).status).to.equal(200);
        rule.remove();
        expect((await client.send('/api/v1/nodes')).status).to.equal(200);
      });

      it('an administrator in the name of somebody else', async () => {
        const server = await start();
        await http1(server).send('/version', { headers: { 'Impersonate-User': 'carla' } });
        expect(server.requests.at(-1)?.user).to.equal('carla');
      });
    });

    describe('sets a scene', () => {
      it('with objects that clients see at once, status and uid included', async () => {
        const server = await start({ uid: '11111111-2222-3333-4444-555555555555' });
        server.create(aCluster({ name: 'c' }));
        expect((await http1(server).get('/apis/cluster.x-k8s.io/v1beta1/namespaces/default/clusters/c')).status).to.deep.equal({ infrastructureReady: true });
        expect((await http1(server).get('/api/v1/namespaces/kube-system')).metadata?.uid).to.equal(server.uid).and.to.equal('11111111-2222-3333-4444-555555555555');
      });

      it('by copies: what it hands out and what it is given changes nothing', async () => {
        const server = await start();
        const mine = { ...aNode('a'), spec: { unschedulable: true } };
        const copy = server.create(mine);
        mine.spec.unschedulable = false;
        copy.spec.unschedulable = false;
        expect(server.get(NODE, { name: 'a' }).spec).to.deep.equal({ unschedulable: true });
      });

      it('and changes it: update, patch, delete, find and list, seen by watches in order', async () => {
        const server = await start();
        const client = http2(server);
        const next = watch(client, '/api/v1/nodes?watch=true');
        await client.send('/version');
        server.create(aNode('a'));
        server.update({ ...aNode('a'), spec: { unschedulable: true } });
        server.patch(NODE, { name: 'a' }, { metadata: { labels: { l: '1' } } });
        expect(server.list(NODE, { labelSelector: 'l=1' })).to.have.length(1);
        server.delete(NODE, { name: 'a' });
        expect(server.find(NODE, { name: 'a' })).to.equal(undefined);
        expect([await next(), await next(), await next(), await next()].map((line) => line?.type)).to.deep.equal(['ADDED', 'MODIFIED', 'MODIFIED', 'DELETED']);
      });

      it('and refuses what the API would refuse', async () => {
        const server = await start();
        expect(() => server.get(NODE, { name: 'none' })).to.throw(Refusal, 'nodes "none" not found').with.property('code', 404);
        server.create(aNode('a'));
        expect(() => server.create(aNode('a'))).to.throw(Refusal, 'nodes "a" already exists');
        expect(() => server.update({ ...NODE, metadata: { name: 'a', resourceVersion: '1' } })).to.throw(Refusal, 'Operation cannot be fulfilled on nodes "a": the object has been modified');
      });
    });

    describe('a watch', () => {
      it('gets bookmarks with the resourceVersion of the last write while nothing happens, if it wants some', async () => {
        const server = await start({ bookmarkInterval: 10 });
        const client = http2(server);
        const next = watch(client, `/api/v1/nodes?watch=true&allowWatchBookmarks=true&resourceVersion=${server.resourceVersion}`);
        const quiet = watch(client, `/api/v1/nodes?watch=true&resourceVersion=${server.resourceVersion}`);
        await client.send('/version');
        server.advance(5);
        let line = await next();
        while (line?.object.metadata?.resourceVersion !== server.resourceVersion) line = await next();
        expect(line).to.deep.equal({ type: 'BOOKMARK', object: { kind: 'Node', apiVersion: 'v1', metadata: { resourceVersion: server.resourceVersion } } });
        server.create(aNode('a'));
        expect((await quiet())?.type).to.equal('ADDED');
      });

      it('gets a bookmark shortly before its timeout, and ends cleanly', async () => {
        const server = await start();
        const next = watch(http2(server), `/api/v1/nodes?watch=true&allowWatchBookmarks=true&timeoutSeconds=1&resourceVersion=${server.resourceVersion}`);
        expect([(await next())?.type, await next()]).to.deep.equal(['BOOKMARK', undefined]);
        expect(server.counters.openWatches).to.equal(0);
      });

      it('that resumes before the history that is kept is told 410', async () => {
        const server = await start({ history: 2 });
        const version = server.resourceVersion;
        for (const name of ['a', 'b', 'c', 'd']) server.create(aNode(name));
        const next = watch(http2(server), `/api/v1/nodes?watch=true&resourceVersion=${version}`);
        expect(await next()).to.containSubset({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: `too old resource version: ${version} (${Number(version) + 2})` } });
        expect(await next()).to.equal(undefined);
      });

      it('that does not read is cut off when its place in the history is forgotten, and delays no other', async () => {
        const server = await start({ history: 10 });
        const [slow, quick] = [http2(server), http2(server)];
        const stream = slow.open('/api/v1/nodes?watch=true');
        const next = watch(quick, '/api/v1/nodes?watch=true');
        await Promise.all([slow.send('/version'), quick.send('/version')]);
        for (let count = 0; count < 100; count += 1) {
          server.create({ ...aNode(`n${count}`), metadata: { name: `n${count}`, annotations: { large: 'x'.repeat(100_000) } } });
          expect((await next())?.type).to.equal('ADDED');
        }
        const lines = [];
        for await (const line of linesOf(stream)) lines.push(line);
        expect(lines).to.have.length.within(1, 90);
      });

      it('is ended by the server on demand', async () => {
        const server = await start();
        const client = http2(server);
        const [nodes, pods] = [watch(client, '/api/v1/nodes?watch=true'), watch(client, '/api/v1/pods?watch=true')];
        await client.send('/version');
        expect(server.counters.openWatches).to.equal(2);
        server.endWatches('nodes');
        expect(await nodes()).to.equal(undefined);
        server.endWatches();
        expect(await pods()).to.equal(undefined);
      });

      it('may not ask for initial events where the gate is off', async () => {
        const server = await start({ watchList: false });
        const { status, text: body } = await http2(server).send('/api/v1/nodes?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true');
        expect([status, body]).to.satisfy(([code, message]: [number, string]) => code === 422 && message.includes('unless the WatchList feature gate is enabled'));
      });
    });

    describe('of custom resources', () => {
      const definition = {
        apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'ships.harbour.example' },
        spec: {
          group: 'harbour.example', scope: 'Namespaced', names: { kind: 'Ship', plural: 'ships', singular: 'ship' },
          versions: [{ name: 'v1beta1', served: true, storage: false, subresources: { status: {} } }, { name: 'v1', served: true, storage: true, subresources: { status: {} } }, { name: 'v1alpha1', served: false, storage: false }],
        },
      };
      const SHIPS = '/apis/harbour.example/v1/namespaces/default/ships';

      it('serves what a definition that is posted defines, and no longer what is deleted', async () => {
        const client = http1(await start());
        expect((await client.send(SHIPS)).status).to.equal(404);
        await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
        expect((await client.get('/apis/harbour.example')).versions).to.deep.equal([{ groupVersion: 'harbour.example/v1', version: 'v1' }, { groupVersion: 'harbour.example/v1beta1', version: 'v1beta1' }]);
        await client.create(SHIPS, { apiVersion: 'harbour.example/v1', kind: 'Ship', metadata: { name: 'a' } });
        expect((await client.get(SHIPS.replace('v1', 'v1beta1'))).items?.[0]?.apiVersion).to.equal('harbour.example/v1beta1');
        await client.delete('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ships.harbour.example');
        expect((await client.send(SHIPS)).text).to.equal('404 page not found\n');
      });

      it('answers 429 with Retry-After while a new one initialises, where it is told to', async () => {
        const client = http1(await start({ initialization: 50 }));
        await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
        const answer = await client.send(SHIPS);
        expect([answer.status, answer.headers['retry-after'], answer.body.message]).to.deep.equal([429, '1', 'storage is (re)initializing']);
        let { status } = answer;
        while (status === 429) ({ status } = await client.send(SHIPS));
        expect(status).to.equal(200);
      });

      it('serves a version no longer: its watches end, its paths are gone, the objects are there in the other', async () => {
        const server = await start();
        server.create(aCluster({ name: 'c' }));
        const client = http2(server);
        const next = watch(client, '/apis/cluster.x-k8s.io/v1beta2/clusters?watch=true');
        expect((await next())?.type).to.equal('ADDED');
        server.unserve('cluster.x-k8s.io/v1beta2');
        expect(await next()).to.equal(undefined);
        expect((await client.send('/apis/cluster.x-k8s.io/v1beta2/clusters')).status).to.equal(404);
        expect((await client.send('/apis/cluster.x-k8s.io/v1beta1/clusters')).text).to.contain('"infrastructureReady":true');
      });
    });

    describe('tells', () => {
      it('its requests, as they come and afterwards, without credentials', async () => {
        const server = await start();
        const received = firstValueFrom(server.requests$);
        await http2(server).send('/api/v1/namespaces/default/pods/a?x=1', { headers: { 'user-agent': 'me/1' } });
        expect(await received).to.equal(server.requests[0]);
        expect(server.requests[0]).to.containSubset({ method: 'GET', path: '/api/v1/namespaces/default/pods/a?x=1', verb: 'get', resource: 'pods', namespace: 'default', name: 'a', user: 'kubernetes-admin', protocol: 'h2', status: 404 });
        expect(server.requests[0]?.headers).to.include({ 'user-agent': 'me/1' }).and.not.to.have.property('authorization');
      });

      it('no more requests than it should keep, but counts them all', async () => {
        const server = await start({ recorded: 3 });
        const client = http2(server);
        for (let count = 0; count < 10; count += 1) await client.send(`/api/v1/nodes?limit=${count}`);
        expect(server.requests.map(({ path }) => path)).to.deep.equal([7, 8, 9].map((count) => `/api/v1/nodes?limit=${count}`));
        expect(server.counters).to.containSubset({ requests: 10, lists: { nodes: 10 }, connectionsAccepted: 1, openConnections: 1, openWatches: 0 });
      });
    });

    describe('restarts', () => {
      it('on its port with its objects, and every resourceVersion from before is too old', async () => {
        const server = await start();
        server.create(aNode('a'));
        const [version, { port }] = [server.resourceVersion, server];
        const before = http2(server);
        await before.send('/version');
        await server.restart();
        expect(server.port).to.equal(port);
        const client = http2(server);
        expect(await watch(client, `/api/v1/nodes?watch=true&resourceVersion=${version}`)()).to.containSubset({ type: 'ERROR', object: { code: 410 } });
        expect((await client.send('/api/v1/nodes/a')).status).to.equal(200);
        expect(before.session.destroyed).to.equal(true);
      });

      it('under another authority where it is given one', async () => {
        const server = await start();
        const { ca } = server;
        await server.restart({ certificates: Certificates.create() });
        expect(server.ca).not.to.equal(ca);
        expect((await http2(server).send('/version')).status).to.equal(200);
      });
    });

    it('counts resourceVersions beyond what a number holds', async () => {
      const server = await start({ resourceVersion: '18446744073709551610' });
      server.create(aNode('a'));
      expect((await http1(server).get('/api/v1/nodes/a')).metadata?.resourceVersion).to.equal(server.resourceVersion).and.to.match(/^184467440737095516\d\d$/);
    });

    it('stops twice, with requests that hang and watches that are open', async () => {
      const server = await start();
      server.inject({ fault: 'hang', match: /pods/ });
      server.inject({ fault: 'slow', delay: 60_000, match: /secrets/ });
      const client = http2(server);
      for (const path of ['/api/v1/pods', '/api/v1/secrets', '/api/v1/nodes?watch=true']) client.open(path);
      await client.send('/version');
      await Promise.all([server.stop(), server.stop()]);
      await server.stop();
      expect(server.counters).to.containSubset({ openConnections: 0, openWatches: 0 });
    });
  });
});
