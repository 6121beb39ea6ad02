import { ApiException, AppsV1Api, CoreV1Api, CustomObjectsApi, KubernetesObjectApi, Observable, PatchStrategy, type RequestContext, type ResponseContext, VersionApi, setHeaderOptions } from '@kubernetes/client-node';
import { expect } from 'chai';
import { type RequestOptions } from 'node:https';
import { inspect } from 'node:util';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { type PooledKubeConfig, createPooledKubeConfig } from '../../lib/kubernetes/pooled-kube-config.ts';
import { tokenBucket } from '../../lib/kubernetes/rate-limiter.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { leavesNothingOpen } from '../leaks.ts';

describe('a pooled KubeConfig', () => {
  leavesNothingOpen();

  describe('on a server', () => {
    let server: FakeApiServer;
    let config: PooledKubeConfig;
    let close: (reason?: Error) => void;
    let setAuthorization: (value: string) => void;

    beforeEach(async () => {
      server = await FakeApiServer.start();
      const kubeconfig = parseKubeconfig(server.kubeconfig({ name: 'far', contextName: 'admin@far' }));
      const transport = createTransport(kubeconfig.endpoint, { userAgent: 'pooled-spec' });
      close = (reason) => transport.close(reason);
      setAuthorization = (value) => transport.setAuthorization(value);
      config = createPooledKubeConfig({ kubeconfig, rest: createRestClient({ transport, timeout: 2_000, limiter: tokenBucket({ qps: 1_000, burst: 1_000 }) }) });
    });

    afterEach(async () => {
      close();
      await server.stop();
    });

    const configMap = (name: string, data: Record<string, string> = {}) => ({ metadata: { name }, data });
    /** Options of one call with a middleware in front. */
    const before = (change: (context: RequestContext) => void) => ({
      middleware: [{
        pre: (context: RequestContext) => {
          change(context);
          return new Observable(Promise.resolve(context));
        },
        post: (context: ResponseContext) => new Observable(Promise.resolve(context)),
      }],
    });
    const failure = async (call: Promise<unknown>): Promise<unknown> => call.then(() => expect.fail('it succeeded'), (error: unknown) => error);

    it('200 calls of several API classes go over one socket, with the user agent of the connection', async () => {
      const core = config.makeApiClient(CoreV1Api);
      const apps = config.makeApiClient(AppsV1Api);
      const dialled = server.counters.connectionsAccepted;
      for (let count = 0; count < 10; count += 1) {
        await Promise.all(Array.from({ length: 10 }, () => Promise.all([core.listNode(), apps.listNamespacedDeployment({ namespace: 'default' })])));
      }
      expect(server.counters.connectionsAccepted - dialled).to.equal(1);
      expect(new Set(server.requests.map(({ headers }) => headers['user-agent']))).to.deep.equal(new Set(['pooled-spec']));
    });

    it('creates, reads, replaces, patches by every strategy, and deletes', async () => {
      const core = config.makeApiClient(CoreV1Api);
      const namespace = 'default';
      await core.createNamespacedConfigMap({ namespace, body: configMap('one', { a: '1' }) });
      const read = await core.readNamespacedConfigMap({ namespace, name: 'one' });
      expect(read.metadata?.creationTimestamp).to.be.instanceOf(Date);
      await core.replaceNamespacedConfigMap({ namespace, name: 'one', body: Object.assign(read, { data: { a: '2' } }) });

      const patched = async (strategy: (typeof PatchStrategy)[keyof typeof PatchStrategy], body: object, fieldManager?: string) => {
        const request = { namespace, name: 'one', body, ...(fieldManager === undefined ? {} : { fieldManager, force: true }) };
        return (await core.patchNamespacedConfigMap(request, setHeaderOptions('Content-Type', strategy))).data;
      };
      expect(await patched(PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/b', value: '2' }])).to.deep.equal({ a: '2', b: '2' });
      expect(await patched(PatchStrategy.MergePatch, { data: { a: null } })).to.deep.equal({ b: '2' });
      expect(await patched(PatchStrategy.StrategicMergePatch, { data: { c: '3' } })).to.deep.equal({ b: '2', c: '3' });
      expect(await patched(PatchStrategy.ServerSideApply, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { d: '4' } }, 'spec')).to.include({ d: '4' });
      expect(server.requests.filter(({ method }) => method === 'PATCH').map(({ headers }) => headers['content-type'])).to.deep.equal([
        'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml',
      ]);
      await core.deleteNamespacedConfigMap({ namespace, name: 'one' });
      expect((await failure(core.readNamespacedConfigMap({ namespace, name: 'one' })) as ApiException<unknown>).code).to.equal(404);
    });

    it('lists by pages and selectors', async () => {
      const core = config.makeApiClient(CoreV1Api);
      for (const name of ['a', 'b', 'c']) await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name, labels: { odd: String(name !== 'b') } } } });
      const first = await core.listNamespacedConfigMap({ namespace: 'default', limit: 2 });
      expect(first.items.map(({ metadata }) => metadata?.name)).to.deep.equal(['a', 'b']);
      const rest = { namespace: 'default', limit: 2, ['_continue']: first.metadata?.['_continue'] ?? '' };
      const { items } = await core.listNamespacedConfigMap(rest);
      expect(items.map(({ metadata }) => metadata?.name)).to.deep.equal(['c']);
      const odd = await core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'odd in (true, yes)' });
      expect(odd.items).to.have.length(2);
    });

    it('serves the classes for any kind', async () => {
      const custom = config.makeApiClient(CustomObjectsApi);
      const cluster = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'one' }, spec: {} };
      await custom.createNamespacedCustomObject({ group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: 'default', plural: 'clusters', body: cluster });
      const objects = KubernetesObjectApi.makeApiClient(config);
      const read = await objects.read({ apiVersion: cluster.apiVersion, kind: cluster.kind, metadata: { name: 'one', namespace: 'default' } });
      expect(read.metadata?.name).to.equal('one');
      expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).to.match(/^v1\./);
      expect(server.counters.openConnections).to.equal(1);
    });

    it("fails with client-node's own exception, and the Status of the server in it", async () => {
      const error = await failure(config.makeApiClient(CoreV1Api).readNamespacedPod({ namespace: 'default', name: 'nobody' }));
      expect(error).to.be.instanceOf(ApiException);
      const { code, body } = error as ApiException<string>;
      expect(code).to.equal(404);
      expect(JSON.parse(body)).to.include({ kind: 'Status', reason: 'NotFound', message: 'pods "nobody" not found', code: 404 });
    });

    it('says 429 with its Retry-After where that is beyond the timeout', async () => {
      server.inject({ fault: 'tooManyRequests', retryAfter: 30 });
      const { code, headers } = await failure(config.makeApiClient(CoreV1Api).listNode()) as ApiException<string>;
      expect({ code, wait: headers['retry-after'] }).to.deep.equal({ code: 429, wait: '30' });
    });

    it('follows a token that is swapped', async () => {
      const core = config.makeApiClient(CoreV1Api);
      server.users.addToken('the-next');
      server.users.revokeToken(server.token);
      expect((await failure(core.listNode()) as ApiException<unknown>).code).to.equal(401);
      setAuthorization('Bearer the-next');
      expect((await core.listNode()).items).to.deep.equal([]);
    });

    it('ends with the connection: calls that run, and all later ones', async () => {
      const core = config.makeApiClient(CoreV1Api);
      server.inject({ fault: 'hang' });
      const running = failure(core.listNode());
      await new Promise<void>((resolve) => { server.requests$.subscribe(() => resolve()); });
      const reason = new Error('the cluster is gone');
      close(reason);
      for (const error of [await running, await failure(core.listNode())]) {
        expect(error).to.be.instanceOf(TransportError);
        expect(error).to.include({ code: 'CLOSED', cause: reason });
      }
    });

    it('a call that is aborted is taken back from the server', async () => {
      const core = config.makeApiClient(CoreV1Api);
      server.inject({ fault: 'hang' });
      const controller = new AbortController();
      const reason = new Error('enough');
      const running = failure(core.listNode({}, before((context) => context.setSignal(controller.signal))));
      await new Promise<void>((resolve) => { server.requests$.subscribe(() => resolve()); });
      controller.abort(reason);
      expect(await running).to.equal(reason);
      expect(await failure(core.listNode({}, before((context) => context.setSignal(controller.signal))))).to.equal(reason);
    });

    it('goes to its own server alone, whatever a middleware makes of the address', async () => {
      const astray = before((context) => context.setUrl('https://elsewhere.example/api/v1/nodes'));
      const error = await failure(config.makeApiClient(CoreV1Api).listNode({}, astray));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.includes("the cluster's own server");
      expect(server.requests).to.deep.equal([]);
    });

    it('is frozen', () => {
      expect(() => config.setCurrentContext('other')).to.throw(TypeError);
      expect(() => config.clusters.push(config.clusters[0]!)).to.throw(TypeError);
      expect(() => Object.assign(config.users[0]!, { token: 'x' })).to.throw(TypeError);
      expect(config.getCurrentContext()).to.equal('admin@far');
      expect(config.getCurrentCluster()).to.include({ name: 'far', server: server.url });
    });

    it('shows no credential', () => {
      for (const shown of [inspect(config, { depth: 10, showHidden: true }), JSON.stringify(config), config.exportConfig()]) expect(shown).to.not.include(server.token);
    });

    it('tells the classes that dial for themselves how to', async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      expect(options.headers).to.include({ Authorization: `Bearer ${server.token}` });
      expect(String(options.ca)).to.equal(server.ca);
    });
  });

  it('keeps the path of the server, and verification that the policy lets it skip', async () => {
    const document = JSON.stringify({
      'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: 'https://proxy.example/k8s/clusters/c-1/', 'insecure-skip-tls-verify': true, 'tls-server-name': 'inner.example' } }],
      users: [{ name: 'u', user: { token: 'secret-token', as: 'jane', 'as-groups': ['dev', 'ops'] } }],
    });
    const kubeconfig = parseKubeconfig(document, { allowInsecureSkipTlsVerify: true });
    const config = createPooledKubeConfig({ kubeconfig, rest: createRestClient({ timeout: 1, transport: createTransport(kubeconfig.endpoint, { userAgent: 'x' }) }) });
    expect(config.getCurrentCluster()).to.include({ server: 'https://proxy.example/k8s/clusters/c-1' });
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    expect(options).to.include({ rejectUnauthorized: false, servername: 'inner.example' });
    expect(options.headers).to.deep.include({ 'Impersonate-User': 'jane', 'Impersonate-Group': ['dev', 'ops'] });
  });
});
