import { expect } from 'chai';
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { load } from 'js-yaml';
import { type KubeconfigSecret, generateKubeconfigSecret, needsClientCertRotation, newKubeconfig, regeneratedKubeconfigSecret } from '../../lib/kubernetes/kubeconfig-secret.ts';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import type { Secret } from '../../lib/kinds.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { kubeadmAuthority } from './authorities.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

// Cluster API: util/kubeconfig
describe('the kubeconfig of a cluster', () => {
  const { certificate: caCertificate, privateKey: caPrivateKey } = kubeadmAuthority();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signing = { caCertificate, caPrivateKey, privateKey, now: NOW };
  const cluster = deepFreeze({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { namespace: 'test', name: 'test1', uid: 'uid-1' } });
  const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();
  const secretWith = (kubeconfig: string): KubeconfigSecret => deepFreeze(generateKubeconfigSecret(cluster, kubeconfig));
  const certificateIn = (kubeconfig: string) => new X509Certificate(decode((load(kubeconfig) as { users: { user: Record<string, string> }[] }).users[0]?.user['client-certificate-data']));

  describe('newKubeconfig', () => {
    // TestNew
    it('has a cluster, a user and a context by Cluster API\'s names', () => {
      const document = load(newKubeconfig('foo', 'localhost:6443', signing)) as { users: { user: object }[] };
      expect({ ...document, users: document.users.map(({ user, ...rest }) => ({ ...rest, user: Object.keys(user) })) }).to.deep.equal({
        apiVersion: 'v1', kind: 'Config',
        clusters: [{ name: 'foo', cluster: { server: 'https://localhost:6443', 'certificate-authority-data': Buffer.from(new X509Certificate(caCertificate).toString()).toString('base64') } }],
        users: [{ name: 'foo-admin', user: ['client-certificate-data', 'client-key-data'] }],
        contexts: [{ name: 'foo-admin@foo', context: { cluster: 'foo', user: 'foo-admin' } }],
        'current-context': 'foo-admin@foo',
      });
    });

    it('authenticates as an administrator for a year', () => {
      const client = certificateIn(newKubeconfig('foo', 'localhost:6443', signing));
      expect([client.subject, client.validToDate, client.checkPrivateKey(privateKey), client.checkIssued(new X509Certificate(caCertificate))]).to.deep.equal(['O=system:masters\nCN=kubernetes-admin', new Date(NOW.getTime() + YEAR), true, true]);
    });

    it('can be read back, and has the key', () => {
      const { contextName, clusterName, endpoint, certificateExpiry } = parseKubeconfig(newKubeconfig('foo', 'localhost:6443', signing));
      expect({ contextName, clusterName, certificateExpiry }).to.deep.equal({ contextName: 'foo-admin@foo', clusterName: 'foo', certificateExpiry: new Date(NOW.getTime() + YEAR) });
      expect(endpoint.tls?.key).to.equal(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    });

    const endpoints: [endpoint: string, server: string][] = [
      ['localhost:6443', 'https://localhost:6443'],
      ['/localhost:6443', 'https://localhost:6443'],
      ['[fd00::1]:6443', 'https://[fd00::1]:6443'],
      ['https://api.example.com:443/base', 'https://api.example.com:443/base'],
    ];
    for (const [endpoint, server] of endpoints) {
      it(`takes ${endpoint} for ${server}`, () => {
        expect((load(newKubeconfig('foo', endpoint, signing)) as { clusters: { cluster: { server: string } }[] }).clusters[0]?.cluster.server).to.equal(server);
      });
    }

    for (const endpoint of ['', '/', 'host:port', 'user:password@host:6443', 'host:6443?a=b']) {
      it(`refuses ${JSON.stringify(endpoint)}`, () => { expect(() => newKubeconfig('foo', endpoint, signing)).to.throw(TypeError, 'endpoint must be host:port'); });
    }
  });

  describe('generateKubeconfigSecret', () => {
    // TestGenerateSecret
    it('makes the Secret of the contract, owned by the Cluster', () => {
      expect(generateKubeconfigSecret(cluster, 'the kubeconfig')).to.deep.equal({
        apiVersion: 'v1', kind: 'Secret',
        metadata: {
          name: 'test1-kubeconfig', namespace: 'test', labels: { 'cluster.x-k8s.io/cluster-name': 'test1' },
          ownerReferences: [{ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', name: 'test1', uid: 'uid-1' }],
        },
        type: 'cluster.x-k8s.io/secret',
        data: { value: 'dGhlIGt1YmVjb25maWc=' },
      });
    });

    // TestGenerateSecretWithOwner
    it('is owned by another one, and labelled and annotated, where it is told so', () => {
      const owner = { apiVersion: 'controlplane.cluster.x-k8s.io/v1beta2', kind: 'KubeadmControlPlane', name: 'cp', uid: 'uid-2', controller: true };
      const { metadata } = generateKubeconfigSecret(cluster, 'x', { owner, labels: { a: 'b' }, annotations: { c: 'd' } });
      expect(metadata).to.deep.include({ ownerReferences: [owner], labels: { 'cluster.x-k8s.io/cluster-name': 'test1', a: 'b' }, annotations: { c: 'd' } });
    });

    it('needs the Cluster\'s name, and its uid to be owned by it', () => {
      expect(() => generateKubeconfigSecret({ metadata: { name: 'test1' } }, 'x')).to.throw(TypeError, 'cluster.metadata.uid must be a non-empty string');
      expect(() => generateKubeconfigSecret({}, 'x')).to.throw(TypeError, 'cluster.metadata.name must be a non-empty string');
    });
  });

  describe('needsClientCertRotation', () => {
    const secret: Secret = secretWith(newKubeconfig('test1', 'localhost:6443', signing));

    // TestNeedsClientCertRotation
    it('holds where the certificate expires within the threshold', () => {
      expect([YEAR + 1, YEAR, YEAR - HOUR, 0].map((threshold) => needsClientCertRotation(secret, threshold, NOW))).to.deep.equal([true, false, false, false]);
    });

    it('holds for a certificate that was made for a year, a moment later', () => {
      const now = new Date();
      const fresh = secretWith(newKubeconfig('test1', 'localhost:6443', { ...signing, now: new Date(now.getTime() - 1_000) }));
      expect([needsClientCertRotation(fresh, YEAR), needsClientCertRotation(fresh, YEAR - HOUR)]).to.deep.equal([true, false]);
    });

    it('looks at every user', () => {
      const [fresh, old] = [NOW, new Date(NOW.getTime() - YEAR)].map((now) => load(newKubeconfig('test1', 'localhost:6443', { ...signing, now })) as { users: object[] });
      expect(needsClientCertRotation(secretWith(JSON.stringify({ ...fresh, users: [...fresh?.users ?? [], ...old?.users ?? []] })), HOUR, NOW)).to.equal(true);
    });

    it('does not hold for a kubeconfig without client certificates', () => {
      expect(needsClientCertRotation(secretWith(JSON.stringify({ users: [{ name: 'a', user: { token: 'x' } }, { name: 'b' }] })), YEAR, NOW)).to.equal(false);
    });

    for (const [title, broken, code] of [
      ['a Secret without a kubeconfig', { ...secret, data: {} }, 'KUBECONFIG_KEY_MISSING'],
      ['what is no YAML', secretWith('{'), 'KUBECONFIG_NOT_YAML'],
      ['a certificate that is none', secretWith(JSON.stringify({ users: [{ name: 'a', user: { 'client-certificate-data': Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64') } }] })), 'KUBECONFIG_BAD_CERTIFICATE'],
    ] as const) {
      it(`refuses ${title}`, () => { expect(() => needsClientCertRotation(broken, YEAR, NOW)).to.throw().that.includes({ name: 'KubeconfigError', code }); });
    }
  });

  describe('regeneratedKubeconfigSecret', () => {
    // TestRegenerateSecret
    it('has a later certificate for the same server and authority, and the rest as it was', () => {
      const before: KubeconfigSecret = deepFreeze({ ...secretWith(newKubeconfig('test1', '10.0.0.1:6443', signing)), metadata: { ...generateKubeconfigSecret(cluster, '').metadata, resourceVersion: '7', annotations: { a: 'b' } } });
      const after: KubeconfigSecret = regeneratedKubeconfigSecret<KubeconfigSecret>({ ...before, data: { ...before.data, other: 'eA==' } }, { ...signing, now: new Date(NOW.getTime() + HOUR) });
      const [was, is] = [before, after].map(({ data }) => parseKubeconfig(decode(data?.['value'])));
      expect([is?.endpoint.server.href, is?.endpoint.tls?.ca, is?.contextName]).to.deep.equal([was?.endpoint.server.href, was?.endpoint.tls?.ca, was?.contextName]);
      expect(Number(is?.certificateExpiry) - Number(was?.certificateExpiry)).to.equal(HOUR);
      expect({ ...after, data: { other: after.data?.['other'] } }).to.deep.equal({ ...before, data: { other: 'eA==' } });
    });

    it('refuses a Secret that is no cluster\'s, or whose kubeconfig has no such cluster', () => {
      const secret = secretWith(newKubeconfig('another', '10.0.0.1:6443', signing));
      expect(() => regeneratedKubeconfigSecret(secret, signing)).to.throw('clusters must have one of the name "test1"').that.includes({ code: 'KUBECONFIG_CLUSTER_NOT_FOUND' });
      expect(() => regeneratedKubeconfigSecret({ ...secret, metadata: { name: 'foo' } }, signing)).to.throw().that.includes({ code: 'BAD_SECRET_NAME' });
    });
  });
});
