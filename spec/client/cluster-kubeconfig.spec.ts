import { expect } from 'chai';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { Client } from '../../lib/client/client.ts';
import { createKubeconfigSecret, regenerateSecret } from '../../lib/client/cluster-kubeconfig.ts';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { Cluster, Namespace, Secret } from '../../lib/kinds.ts';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { isAlreadyExists, isConflict } from '../../lib/kubernetes/status-error.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { kubeadmAuthority } from '../kubernetes/authorities.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { type ServedCluster, rejection, serveCluster } from './served-cluster.ts';

const HOUR = 3_600_000;
const base64 = (text: string) => Buffer.from(text).toString('base64');

// Cluster API: util/kubeconfig
describe('kubeconfig Secrets on a management cluster', () => {
  leavesNothingOpen();

  describe('with an API server', () => {
    let management: ServedCluster;
    let client: Client;
    let count = 0;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    before(async () => {
      management = await serveCluster();
      client = createUncachedClient({ rest: management.rest });
    });
    after(() => management?.stop());

    const authority = () => ({ certificate: management.server.ca, privateKey: management.server.certificates.caKey });
    /** A Cluster that is, for want of another one, the management cluster itself. */
    const cluster = (): Promise<Cluster> => client.create(Cluster, { metadata: { namespace: 'default', name: `cluster-${count += 1}` }, spec: { controlPlaneEndpoint: { host: '127.0.0.1', port: management.server.port } } });
    const createAuthority = ({ metadata }: Cluster, data: Record<string, string>) => client.create(Secret, { metadata: { namespace: 'default', name: `${metadata?.name}-ca` }, data });
    const kubeconfigOf = (secret: Secret) => parseKubeconfig(Buffer.from(secret.data?.['value'] ?? '', 'base64'));

    // TestCreateSecret
    it('are created with the authority that the cluster\'s Secret has, and lead to the cluster', async () => {
      const made = await cluster();
      await createAuthority(made, { 'tls.crt': base64(authority().certificate), 'tls.key': base64(authority().privateKey) });
      const secret = await createKubeconfigSecret(client, made);
      expect(secret).to.deep.equal(await client.get(Secret, { namespace: 'default', name: `${made.metadata?.name}-kubeconfig` }));
      expect(secret).to.deep.include({ type: 'cluster.x-k8s.io/secret' });
      expect(secret.metadata).to.deep.include({
        labels: { 'cluster.x-k8s.io/cluster-name': made.metadata?.name },
        ownerReferences: [{ apiVersion: made.apiVersion, kind: 'Cluster', name: made.metadata?.name, uid: made.metadata?.uid }],
      });
      const rest = createRestClient({ transport: createTransport(kubeconfigOf(secret).endpoint, { userAgent: 'spec' }), timeout: 3_000 });
      const workload = createUncachedClient({ rest });
      expect((await workload.get(Namespace, { name: 'kube-system' })).metadata?.uid).to.equal(management.server.uid);
      rest.transport.close();
    });

    // TestCreateSecretWithOwner
    it('are created with what is given', async () => {
      const made = await cluster();
      const owner = { apiVersion: 'example.com/v1', kind: 'ControlPlane', name: 'cp', uid: 'uid-2' };
      const secret = await createKubeconfigSecret(client, made, { ca: authority(), endpoint: '/localhost:6443', owner, labels: { a: 'b' }, annotations: { c: 'd' }, ttl: HOUR, now: new Date('2026-03-01T10:00:00Z'), privateKey });
      expect(secret.metadata).to.deep.include({ ownerReferences: [owner], labels: { 'cluster.x-k8s.io/cluster-name': made.metadata?.name, a: 'b' }, annotations: { c: 'd' } });
      const { endpoint, certificateExpiry } = kubeconfigOf(secret);
      expect([endpoint.server.href, certificateExpiry, createPublicKey(endpoint.tls?.key ?? '').equals(createPublicKey(privateKey))]).to.deep.equal(['https://localhost:6443/', new Date('2026-03-01T11:00:00Z'), true]);
    });

    it('are created once', async () => {
      const made = await cluster();
      await createKubeconfigSecret(client, made, { ca: authority(), privateKey });
      expect(isAlreadyExists(await rejection(createKubeconfigSecret(client, made, { ca: authority(), privateKey })))).to.equal(true);
    });

    it('need the authority of the cluster', async () => {
      const made = await cluster();
      const error = await rejection(createKubeconfigSecret(client, made, { privateKey }));
      expect(error).to.deep.include({ code: 'DEPENDENT_CERTIFICATE_NOT_FOUND', cluster: { namespace: 'default', name: made.metadata?.name } });
      expect(error.message).to.equal(`could not find secret ca: there is no Secret default/${made.metadata?.name}-ca`);
    });

    for (const [title, data, message] of [
      ['without a certificate', { 'tls.key': base64('x') }, 'must have the key tls.crt; it is missing or empty'],
      ['without a key', { 'tls.crt': base64('x') }, 'must have the key tls.key; it is missing or empty'],
      ['with something else for a certificate', { 'tls.crt': base64('x'), 'tls.key': base64('x') }, 'caCertificate must be a certificate in PEM; got something else'],
    ] as const) {
      it(`need an authority that is not ${title}`, async () => {
        const made = await cluster();
        await createAuthority(made, data);
        const error = await rejection(createKubeconfigSecret(client, made, { privateKey }));
        expect(error).to.include({ code: 'BAD_CERTIFICATE' });
        expect(error.message).to.contain(message);
      });
    }

    it('need to know where the cluster is', async () => {
      const error = await rejection(createKubeconfigSecret(client, { metadata: { namespace: 'default', name: 'a', uid: 'u' } }, { ca: authority(), privateKey }));
      expect(error).to.be.instanceOf(TypeError).that.has.property('message').that.contains('options.endpoint must be host:port');
    });

    // TestRegenerateSecret
    it('are renewed in place: a later certificate with another key, for the same server', async () => {
      const secret = await createKubeconfigSecret(client, await cluster(), { ca: authority(), privateKey, ttl: HOUR });
      const renewed = await regenerateSecret(client, secret, { ca: authority() });
      const [was, is] = [secret, renewed].map((one) => kubeconfigOf(one));
      expect(Number(is?.certificateExpiry)).to.be.above(Number(was?.certificateExpiry) + HOUR);
      expect([is?.endpoint.server.href, is?.endpoint.tls?.ca]).to.deep.equal([was?.endpoint.server.href, was?.endpoint.tls?.ca]);
      expect(is?.endpoint.tls?.key).to.not.equal(was?.endpoint.tls?.key);
      expect(renewed).to.deep.equal(await client.get(Secret, { namespace: 'default', name: secret.metadata?.name ?? '' }));
    });

    it('are renewed by the cluster\'s own authority, as it is now', async () => {
      const made = await cluster();
      const secret = await createKubeconfigSecret(client, made, { ca: authority(), privateKey });
      const rotated = kubeadmAuthority();
      await createAuthority(made, { 'tls.crt': base64(rotated.certificate), 'tls.key': base64(rotated.privateKey) });
      const { endpoint } = kubeconfigOf(await regenerateSecret(client, secret, { privateKey }));
      expect(endpoint.tls?.ca?.replace(/\s/g, '')).to.equal(rotated.certificate.replace(/\s/g, ''));
    });

    it('are not renewed over what somebody else has written', async () => {
      const secret = await createKubeconfigSecret(client, await cluster(), { ca: authority(), privateKey });
      await client.patch(Secret, { namespace: 'default', name: secret.metadata?.name ?? '' }, { metadata: { labels: { a: 'b' } } }, { type: 'merge' });
      expect(isConflict(await rejection(regenerateSecret(client, secret, { ca: authority(), privateKey })))).to.equal(true);
    });
  });
});
