import { expect } from 'chai';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { inClusterEndpoint, podMetadata, runningOnWorkloadCluster } from '../../lib/kubernetes/in-cluster.ts';
import { StatusError, isForbidden } from '../../lib/kubernetes/status-error.ts';
import { ClusterCacheError, TransportError } from '../../lib/model/errors.ts';
import { failing, scriptedRestClient } from './scripted-rest-client.ts';

const POD = { POD_NAMESPACE: 'capi-system', POD_NAME: 'controller-0', POD_UID: 'uid-1' };

describe('podMetadata', () => {
  it('is the Pod that this process runs in', () => {
    expect(podMetadata(POD)).to.deep.equal({ namespace: 'capi-system', name: 'controller-0', uid: 'uid-1' });
  });

  for (const missing of Object.keys(POD)) {
    it(`is unknown without ${missing}, or with an empty one`, () => {
      expect(podMetadata({ ...POD, [missing]: undefined })).to.equal(undefined);
      expect(podMetadata({ ...POD, [missing]: '' })).to.equal(undefined);
    });
  }
});

describe('runningOnWorkloadCluster', () => {
  const pod = { namespace: 'capi-system', name: 'controller-0', uid: 'uid-1' };
  const there = (uid: string) => scriptedRestClient({ request: () => ({ kind: 'Pod', metadata: { namespace: 'capi-system', name: 'controller-0', uid } }) });
  const refused = (code: number) => scriptedRestClient({ request: () => failing(new StatusError({ code })) });

  it('is so where the very Pod is', async () => {
    const rest = there('uid-1');
    expect(await firstValueFrom(runningOnWorkloadCluster(rest, pod))).to.equal(true);
    expect(rest.requests.map(({ path }) => path)).to.deep.equal(['/api/v1/namespaces/capi-system/pods/controller-0']);
  });

  it('is not so where a Pod of that name has another UID', async () => {
    expect(await firstValueFrom(runningOnWorkloadCluster(there('uid-2'), pod))).to.equal(false);
  });

  it('is not so where there is no such Pod', async () => {
    expect(await firstValueFrom(runningOnWorkloadCluster(refused(404), pod))).to.equal(false);
  });

  it('is unknown where the cluster does not say', async () => {
    const error: unknown = await lastValueFrom(runningOnWorkloadCluster(refused(403), pod)).catch((error: unknown) => error);
    expect(isForbidden(error)).to.equal(true);
  });

  it('is unknown where the answer is no Pod, and does not repeat it', async () => {
    const rest = scriptedRestClient({ request: () => '<html>log in</html>' });
    const error = await lastValueFrom(runningOnWorkloadCluster(rest, pod)).catch((error: unknown) => error);
    expect(error).to.be.instanceOf(TransportError).and.include({ code: 'GARBAGE', message: "the server's answer is garbage: the Pod cannot be read" });
  });

  it('asks for names as they are, whatever is in them', async () => {
    const rest = there('uid-1');
    await firstValueFrom(runningOnWorkloadCluster(rest, { ...pod, name: 'a/../b?c' }));
    expect(rest.requests[0]?.path).to.equal('/api/v1/namespaces/capi-system/pods/a%2F..%2Fb%3Fc');
  });
});

describe('inClusterEndpoint', () => {
  let folder: string;
  let caFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'in-cluster-'));
    caFile = join(folder, 'ca.crt');
    writeFileSync(caFile, 'the CA');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const far = new Endpoint({
    server: new URL('https://far.example:6443/k8s'), proxy: new URL('http://proxy:3128'), authorization: 'Bearer a', impersonation: { 'Impersonate-User': 'b' },
    tls: { ca: 'far CA', cert: 'cert', key: 'key', servername: 'far', insecureSkipVerify: true },
  });
  const environment = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };

  it('has the host and the CA of the cluster inside, and the credentials of the kubeconfig', () => {
    const { server, tls, proxy, authorization, impersonation } = inClusterEndpoint(far, environment, caFile);
    expect({ href: server.href, tls, proxy, authorization, impersonation }).to.deep.equal({
      href: 'https://10.0.0.1/', proxy: undefined, authorization: 'Bearer a', impersonation: { 'Impersonate-User': 'b' },
      tls: { ca: 'the CA', cert: 'cert', key: 'key', insecureSkipVerify: false },
    });
  });

  it('leads to IPv6 as well', () => {
    expect(inClusterEndpoint(far, { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }, caFile).server.href).to.equal('https://[fd00::1]:6443/');
  });

  for (const missing of Object.keys(environment)) {
    it(`is none without ${missing}`, () => {
      expect(() => inClusterEndpoint(far, { ...environment, [missing]: '' }, caFile)).to.throw(ClusterCacheError, 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT');
    });
  }

  it('is none without the CA', () => {
    expect(() => inClusterEndpoint(far, environment, join(folder, 'nothing'))).to.throw(ClusterCacheError, 'could not be read').with.property('code', 'NOT_IN_CLUSTER');
  });
});
