import {
  ApiException, AppsV1Api, AuthorizationV1Api, CoreV1Api, CustomObjectsApi, Exec, type KubeConfig, type KubernetesObject, KubernetesObjectApi,
  Observable, PatchStrategy, type RequestContext, type ResponseContext, VersionApi, Watch, setHeaderOptions,
} from '@kubernetes/client-node';
import { expect } from 'chai';
import { format, inspect } from 'node:util';
import { of } from 'rxjs';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { createPooledKubeConfig } from '../../lib/kubernetes/pooled-kube-config.ts';
import type { RestRequest } from '../../lib/kubernetes/rest-client.ts';
import { ClusterNotConnectedError, TransportError } from '../../lib/model/errors.ts';
import { type ServedCluster, rejection, serveCluster } from '../client/served-cluster.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { scriptedRestClient } from './scripted-rest-client.ts';

const NAMESPACE = 'default';
const CLUSTERS = { group: 'cluster.x-k8s.io', version: 'v1beta2', namespace: NAMESPACE, plural: 'clusters' };

/** Options of one call: what a middleware makes of its request. */
const changing = (change: (context: RequestContext) => void) => ({
  middleware: [{
    pre: (context: RequestContext) => {
      change(context);
      return new Observable(Promise.resolve(context));
    },
    post: (context: ResponseContext) => new Observable(Promise.resolve(context)),
  }],
});

const nextRequest = ({ server }: ServedCluster) => new Promise<void>((resolve) => { server.requests$.subscribe(() => resolve()); });

describe('pooled KubeConfig', () => {
  leavesNothingOpen();

  describe('on an API server', () => {
    let cluster: ServedCluster;
    let config: KubeConfig;
    let core: CoreV1Api;

    before(async () => {
      cluster = await serveCluster();
      config = createPooledKubeConfig(cluster);
      core = config.makeApiClient(CoreV1Api);
    });

    after(() => cluster?.stop());

    it('makes API classes that all run on one socket of the connection', async () => {
      const apps = config.makeApiClient(AppsV1Api);
      await Promise.all(Array.from({ length: 50 }, () => core.listNamespace()));
      await Promise.all([apps.listDeploymentForAllNamespaces(), config.makeApiClient(VersionApi).getCode()]);
      expect(cluster.server.counters.connectionsAccepted).to.equal(1);
      expect(cluster.rest.transport.stats().sockets).to.equal(1);
    });

    it('sends with the user agent and credentials of the connection', async () => {
      await core.listNamespace();
      expect(cluster.server.requests.at(-1)).to.deep.include({ user: 'kubernetes-admin', protocol: 'h2' });
      expect(cluster.server.requests.at(-1)?.headers['user-agent']).to.equal('spec');
    });

    it('creates, reads, replaces and deletes, dates as client-node makes them', async () => {
      const body = { metadata: { name: 'a', labels: { suite: 'pooled' } }, data: { key: 'value' } };
      const created = await core.createNamespacedConfigMap({ namespace: NAMESPACE, body });
      expect(created.metadata?.creationTimestamp).to.be.instanceOf(Date);
      created.data = { key: 'other' };
      const replaced = await core.replaceNamespacedConfigMap({ namespace: NAMESPACE, name: 'a', body: created });
      expect(replaced.data).to.deep.equal({ key: 'other' });
      const listed = await core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'suite in (pooled, other)', limit: 5 });
      expect(listed.items.map(({ metadata }) => metadata?.name)).to.deep.equal(['a']);
      const error = await rejection<ApiException<string>>(core.deleteNamespacedConfigMap({ namespace: NAMESPACE, name: 'a', body: { preconditions: { uid: 'of-another' } } }));
      expect(error).to.include({ code: 409 });
      await core.deleteNamespacedConfigMap({ namespace: NAMESPACE, name: 'a', gracePeriodSeconds: 0, propagationPolicy: 'Background' });
      await core.createNamespacedConfigMap({ namespace: NAMESPACE, body });
      await core.deleteCollectionNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'suite=pooled' });
      expect((await core.listNamespacedConfigMap({ namespace: NAMESPACE, labelSelector: 'suite=pooled' })).items).to.deep.equal([]);
    });

    it('patches by every strategy', async () => {
      await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name: 'patched' }, data: { a: '1' } } });
      const patched = async (strategy: (typeof PatchStrategy)[keyof typeof PatchStrategy], body: object, more: { fieldManager?: string; force?: boolean } = {}) =>
        (await core.patchNamespacedConfigMap({ namespace: NAMESPACE, name: 'patched', body, ...more }, setHeaderOptions('Content-Type', strategy))).data;
      expect(await patched(PatchStrategy.JsonPatch, [{ op: 'add', path: '/data/b', value: '2' }])).to.deep.equal({ a: '1', b: '2' });
      expect(await patched(PatchStrategy.MergePatch, { data: { a: null } })).to.deep.equal({ b: '2' });
      expect(await patched(PatchStrategy.StrategicMergePatch, { data: { c: '3' } })).to.deep.equal({ b: '2', c: '3' });
      const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'patched' }, data: { d: '4' } };
      expect(await patched(PatchStrategy.ServerSideApply, applied, { fieldManager: 'spec', force: true })).to.include({ d: '4' });
    });

    it('patches custom objects with the content type that is asked for', async () => {
      const objects = config.makeApiClient(CustomObjectsApi);
      await objects.createNamespacedCustomObject({ ...CLUSTERS, body: { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'a' }, spec: { paused: false } } });
      const named = { ...CLUSTERS, name: 'a' };
      const typeOf = () => cluster.server.requests.at(-1)?.headers['content-type'];
      await objects.patchNamespacedCustomObject({ ...named, body: { spec: { paused: true } } }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch));
      expect(typeOf()).to.equal(PatchStrategy.MergePatch);
      await objects.patchNamespacedCustomObject({ ...named, body: [{ op: 'replace', path: '/spec/paused', value: false }] });
      expect(typeOf()).to.equal(PatchStrategy.JsonPatch);
      const applied = { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'a', labels: { applied: 'yes' } } };
      const result: unknown = await objects.patchNamespacedCustomObject({ ...named, body: applied, fieldManager: 'spec', force: true }, setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply));
      expect(typeOf()).to.equal(PatchStrategy.ServerSideApply);
      expect(result).to.nested.include({ 'metadata.labels.applied': 'yes', 'spec.paused': false });
      await objects.deleteNamespacedCustomObject(named);
    });

    it('serves objects of any kind through KubernetesObjectApi', async () => {
      const objects = KubernetesObjectApi.makeApiClient(config);
      const object: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: NAMESPACE, name: 'any' } };
      expect((await objects.create(object)).metadata?.uid).to.be.a('string');
      await objects.delete(object);
    });

    it('lists by pages', async () => {
      for (const name of ['page-a', 'page-b', 'page-c']) await core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name, labels: { paged: 'yes' } } } });
      const asked = { namespace: NAMESPACE, labelSelector: 'paged=yes', limit: 2 };
      const first = await core.listNamespacedConfigMap(asked);
      const second = await core.listNamespacedConfigMap({ ...asked, ['_continue']: first.metadata?.['_continue'] ?? '' });
      expect([first, second].map(({ items }) => items.map(({ metadata }) => metadata?.name))).to.deep.equal([['page-a', 'page-b'], ['page-c']]);
    });

    it('follows a token that is swapped', async () => {
      cluster.server.users.addToken('the-next');
      cluster.server.users.revokeToken(cluster.server.token);
      try {
        expect(await rejection<ApiException<string>>(core.listNode())).to.include({ code: 401 });
        cluster.rest.transport.setAuthorization('Bearer the-next');
        expect((await core.listNode()).items).to.deep.equal([]);
      } finally {
        cluster.server.users.addToken(cluster.server.token);
        cluster.rest.transport.setAuthorization(`Bearer ${cluster.server.token}`);
      }
    });

    it('takes a call back from the server when its signal aborts', async () => {
      const fault = cluster.server.inject({ fault: 'hang' });
      const controller = new AbortController();
      const signalled = changing((context) => context.setSignal(controller.signal));
      const hung = nextRequest(cluster);
      const call = rejection(core.listNode({}, signalled));
      await hung;
      const reason = new Error('enough');
      controller.abort(reason);
      expect(await call).to.equal(reason);
      expect(await rejection(core.listNode({}, signalled))).to.equal(reason);
      expect(fault.hits).to.equal(1);
      await fault.remove();
    });

    it('goes to its own server alone, whatever a middleware makes of the address', async () => {
      const before = cluster.server.counters.requests;
      const error = await rejection(core.listNode({}, changing((context) => context.setUrl('https://elsewhere.example/api/v1/nodes'))));
      expect(error).to.be.instanceOf(TypeError).with.property('message', `a request must go to the cluster's own server, ${cluster.server.url}; got https://elsewhere.example`);
      expect(cluster.server.counters.requests).to.equal(before);
    });

    it("rejects with client-node's own exception: status, Status and when to come back", async () => {
      const error = await rejection<ApiException<string>>(core.readNamespacedPod({ namespace: NAMESPACE, name: 'absent' }));
      expect(error).to.be.instanceOf(ApiException).and.include({ code: 404 });
      expect(JSON.parse(error.body)).to.deep.include({ kind: 'Status', reason: 'NotFound', message: 'pods "absent" not found', details: { name: 'absent', kind: 'pods' }, code: 404 });

      const busy = cluster.server.inject({ fault: 'tooManyRequests', retryAfter: 60 });
      const refused = await rejection<ApiException<string>>(core.listNamespace());
      await busy.remove();
      expect(refused).to.deep.include({ code: 429, headers: { 'content-type': 'application/json', 'retry-after': '60' } });
    });

    it('rejects with the error of the connection where no answer came', async () => {
      const fault = cluster.server.inject({ fault: 'reset', match: /events/, times: 1 });
      expect(await rejection(core.listEventForAllNamespaces())).to.be.instanceOf(TransportError);
      expect(fault.hits).to.equal(1);
    });

    it("takes its turn in the connection's rate limiter", async () => {
      const { resource } = cluster.rest;
      let taken = 0;
      const counting = createPooledKubeConfig({ kubeconfig: cluster.kubeconfig, rest: { ...cluster.rest, resource, request: (request) => {
        taken += request.limited === false ? 0 : 1;
        return cluster.rest.request(request);
      } } });
      await counting.makeApiClient(CoreV1Api).listNamespace();
      expect(taken).to.equal(1);
    });

    it('leads client-node to the server by itself where it brings sockets of its own', async () => {
      const seen = new Promise<string>((resolve, reject) => {
        const watch = new Watch(config).watch('/api/v1/namespaces', {}, (type: string, object: { metadata: { name: string } }) => {
          void watch.then((controller) => controller.abort());
          resolve(`${type} ${object.metadata.name}`);
        }, (error) => reject(error instanceof Error ? error : new Error('it ended')));
      });
      expect(await seen).to.match(/^ADDED /);
    });
  });

  it('ends with its connection', async () => {
    const cluster = await serveCluster();
    const core = createPooledKubeConfig(cluster).makeApiClient(CoreV1Api);
    await core.listNamespace();
    cluster.server.inject({ fault: 'hang' });
    const hung = nextRequest(cluster);
    const call = rejection(core.listNamespace());
    await hung;
    const reason = new ClusterNotConnectedError('connection', { cluster: { namespace: 'default', name: 'a' } });
    cluster.rest.transport.close(reason);
    expect(await call).to.include({ code: 'CLOSED', cause: reason });
    expect(await rejection(core.listNamespace())).to.include({ code: 'CLOSED', cause: reason });
    await cluster.stop();
  });

  describe('without a server', () => {
    const CREDENTIALS = ['c3ecret-token', 'c3ecret-key', 'c3ecret-cert', 'c3ecret-proxy', 'c3ecret-user'];
    const endpointWith = (token: string, host = 'api.example.org') => new Endpoint({
      server: new URL(`https://c3ecret-user:c3ecret-user@${host}:6443/base/`),
      tls: { cert: 'c3ecret-cert', key: 'c3ecret-key', ca: 'ca', servername: 'other.example.org', insecureSkipVerify: false },
      authorization: `Bearer ${token}`, impersonation: { 'Impersonate-User': 'anna', 'Impersonate-Group': ['a', 'b'] },
    });
    const endpoint = endpointWith('c3ecret-token');
    const kubeconfig = { endpoint, contextName: 'context', clusterName: 'cluster' };
    const sending = () => {
      const requests: RestRequest[] = [];
      const request = (sent: RestRequest) => {
        requests.push(sent);
        return of({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"metadata":{},"items":[]}' });
      };
      return { requests, config: createPooledKubeConfig({ kubeconfig, rest: { ...scriptedRestClient({}), request } }) };
    };

    it('has a fence asked before what is no GET is sent, and again when it is written', async () => {
      const sent: RestRequest[] = [];
      const request = (wanted: RestRequest) => {
        sent.push(wanted);
        return of({ status: 200, headers: { 'content-type': 'application/json' }, body: '{"metadata":{}}' });
      };
      const refusal = new Error('leads no more');
      let isOpen = false;
      const config = createPooledKubeConfig({ kubeconfig, rest: { ...scriptedRestClient({}), request }, fence: () => (isOpen ? undefined : refusal) });
      const core = config.makeApiClient(CoreV1Api);
      const writes = [() => core.createNamespace({ body: {} }), () => core.replaceNamespace({ name: 'a', body: {} }), () => core.patchNamespace({ name: 'a', body: {} }), () => core.deleteNamespace({ name: 'a' })];
      for (const write of writes) expect(await rejection(write())).to.equal(refusal);
      expect(sent).to.deep.equal([]);
      await core.readNamespace({ name: 'a' });
      isOpen = true;
      for (const write of writes) await write();
      isOpen = false;
      expect(sent.map(({ method, fence }) => `${method} ${fence?.()?.message}`)).to.deep.equal(['GET undefined', ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} leads no more`)]);
    });

    it('shows names and the server, and no credential', () => {
      const { config } = sending();
      const shown = [inspect(config, { depth: 20, showHidden: true }), JSON.stringify(config), config.exportConfig(), format('%s %o', config, config)].join('\n');
      for (const credential of CREDENTIALS) expect(shown).not.to.contain(credential);
      expect(config.getCurrentContext()).to.equal('context');
      expect(config.getCurrentCluster()).to.deep.equal({ name: 'cluster', server: 'https://api.example.org:6443/base', skipTLSVerify: false });
      expect(config.getCurrentUser()).to.deep.equal({ name: 'context' });
    });

    it('keeps the path of the server, and what the policy lets it skip, for sockets that are not its own', async () => {
      const document = JSON.stringify({
        'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
        clusters: [{ name: 'k', cluster: { server: 'https://proxy.example/k8s/clusters/c-1/', 'insecure-skip-tls-verify': true } }], users: [{ name: 'u', user: { token: 't' } }],
      });
      const config = createPooledKubeConfig({ kubeconfig: parseKubeconfig(document, { allowInsecureSkipTlsVerify: true }), rest: scriptedRestClient({}) });
      expect(config.getCurrentCluster()).to.deep.equal({ name: 'k', server: 'https://proxy.example/k8s/clusters/c-1', skipTLSVerify: true });
      const options: { rejectUnauthorized?: boolean } = {};
      await config.applyToHTTPSOptions(options);
      expect(options.rejectUnauthorized).to.equal(false);
    });

    it('is frozen', () => {
      const { config } = sending();
      expect(() => config.setCurrentContext('other')).to.throw(TypeError);
      expect(() => config.loadFromClusterAndUser({ name: 'a', server: 'https://other', skipTLSVerify: true }, { name: 'a' })).to.throw(TypeError);
      expect(() => config.addUser({ name: 'other' })).to.throw(TypeError);
      expect(() => config.clusters.pop()).to.throw(TypeError);
      expect(Object.isFrozen(config.clusters[0])).to.equal(true);
    });

    it("sends paths without the server's own: the transport adds that", async () => {
      const { requests, config } = sending();
      await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'a b', fieldSelector: 'spec.nodeName=a', watch: false });
      expect(requests[0]?.path).to.equal('/api/v1/namespaces/a%20b/pods?fieldSelector=spec.nodeName%3Da&watch=false');
    });

    it('lets lists and logs be of any size, and nothing else', async () => {
      const { requests, config } = sending();
      const core = config.makeApiClient(CoreV1Api);
      const objects = config.makeApiClient(CustomObjectsApi);
      const named = { namespace: 'a', name: 'b' };
      await core.listNamespace();
      await core.listPodForAllNamespaces();
      await core.listNamespacedPod({ namespace: 'a' });
      await objects.listClusterCustomObject({ group: 'g', version: 'v1', plural: 'things' });
      await core.readNamespacedPodLog(named);
      expect(requests.map(({ maxBytes, gzip }) => [maxBytes, gzip])).to.deep.equal(Array.from({ length: 5 }, () => [Infinity, true]));
      requests.length = 0;
      await core.readNamespace({ name: 'b' });
      await core.readNamespacedPod(named);
      await core.readNamespacedPodStatus(named);
      await core.createNamespacedPod({ namespace: 'a', body: {} });
      await config.makeApiClient(VersionApi).getCode();
      await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body: { spec: {} } });
      expect(requests.map(({ maxBytes, gzip }) => [maxBytes, gzip])).to.deep.equal(Array.from({ length: 6 }, () => [undefined, undefined]));
    });

    it('gives a WebSocket the trust, the client certificate and the headers of the connection', async () => {
      const { config } = sending();
      const options: Record<string, unknown> = {};
      await config.applyToHTTPSOptions(options);
      expect(options).to.deep.include({ servername: 'other.example.org', ca: Buffer.from('ca'), cert: Buffer.from('c3ecret-cert'), key: Buffer.from('c3ecret-key') });
      expect(options['headers']).to.deep.equal({ 'Authorization': 'Bearer c3ecret-token', 'Impersonate-User': 'anna', 'Impersonate-Group': ['a', 'b'] });
    });

    it('reads the credentials anew each time, so that a rotated token is seen, another server gets none, and an ended connection gives none', async () => {
      let current: Endpoint | undefined = endpoint;
      const down = new ClusterNotConnectedError('REST config', { cluster: { namespace: 'default', name: 'a' } });
      const config = createPooledKubeConfig({
        kubeconfig: { contextName: 'context', clusterName: 'cluster', get endpoint() {
          if (current === undefined) throw down;
          return current;
        } },
        rest: scriptedRestClient({}),
      });
      current = endpointWith('second');
      const options: { headers?: Record<string, string> } = {};
      await config.applyToHTTPSOptions(options);
      expect(options.headers?.['Authorization']).to.equal('Bearer second');
      current = endpointWith('third', 'api.example.com');
      expect(await rejection(config.applyToHTTPSOptions({}))).to.include({ code: 'KUBECONFIG_SERVER_CHANGED' });
      current = undefined;
      expect(await rejection(config.applyToHTTPSOptions({}))).to.equal(down);
      expect(await rejection(new Exec(config).exec('a', 'b', 'c', 'ls', null, null, null, false))).to.equal(down);
    });
  });
});
