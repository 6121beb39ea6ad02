import { expect } from 'chai';
import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ControlPlane } from '../../ground-truth/control-plane.ts';
import { RawClient } from '../../ground-truth/raw-client.ts';
import { type ClientCertificateOptions, newClientCertificate } from '../../lib/kubernetes/client-certificate.ts';
import { newKubeconfig } from '../../lib/kubernetes/kubeconfig-secret.ts';
import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { type Authority, curveAuthority, kubeadmAuthority } from '../kubernetes/authorities.ts';
import { leavesNothingOpen } from '../leaks.ts';

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' });

describe('a client certificate, on a real kube-apiserver', () => {
  leavesNothingOpen();

  describe('that trusts two authorities', () => {
    const authorities: Readonly<Record<string, Authority>> = { 'with an RSA key, as kubeadm makes it': kubeadmAuthority(), 'with a key on P-384': curveAuthority('P-384') };
    const keys = { RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, EC: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey };
    let folder = '';
    let controlPlane: ControlPlane;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'clustercache-authorities-'));
      const file = join(folder, 'client-ca.pem');
      await writeFile(file, Object.values(authorities).map(({ certificate }) => certificate).join('\n'));
      controlPlane = await ControlPlane.start({ flags: [`--client-ca-file=${file}`] });
    });
    after(async () => {
      await controlPlane?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    /** Who the server says that we are, or the status of its refusal. */
    const whoWithKey = async (credential: { readonly cert: string; readonly key: string }): Promise<unknown> => {
      const raw = new RawClient({ url: controlPlane.url, ca: controlPlane.certificates.ca, credential });
      const { status, body } = await raw.send('/apis/authentication.k8s.io/v1/selfsubjectreviews', { method: 'POST', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } });
      raw.close();
      if (status !== 201) return status;
      const { username, groups } = (body.status as { readonly userInfo: { readonly username: string; readonly groups: readonly string[] } }).userInfo;
      return { username, groups };
    };
    const who = ({ certificate, privateKey: caPrivateKey }: Authority, privateKey: KeyObject, fields: Partial<ClientCertificateOptions> = {}): Promise<unknown> =>
      whoWithKey({ cert: newClientCertificate({ commonName: 'kubernetes-admin', organizations: ['system:masters', 'others'], privateKey, caCertificate: certificate, caPrivateKey, ...fields }), key: pem(privateKey) });

    for (const [title, authority] of Object.entries(authorities)) {
      for (const [name, key] of Object.entries(keys)) {
        it(`of an ${name} key, by an authority ${title}, is taken for its user and groups`, async () => {
          expect(await who(authority, key)).to.deep.equal({ username: 'kubernetes-admin', groups: ['system:masters', 'others', 'system:authenticated'] });
        });
      }

      it(`that has expired, by an authority ${title}, is refused`, async () => {
        expect(await who(authority, keys.EC, { now: new Date(Date.now() - 7_200_000), ttl: 3_600_000 })).to.equal(401);
      });
    }

    it('by another authority is refused', async () => {
      expect(await who(kubeadmAuthority(), keys.EC)).to.equal(401);
    });

    it('in a new kubeconfig is an administrator\'s', async () => {
      const [{ certificate, privateKey }] = Object.values(authorities) as [Authority];
      const { endpoint } = parseKubeconfig(newKubeconfig('test1', `127.0.0.1:${controlPlane.port}`, { caCertificate: certificate, caPrivateKey: privateKey, privateKey: keys.RSA }));
      expect(endpoint.server.href).to.equal(`${controlPlane.url}/`);
      expect(await whoWithKey({ cert: endpoint.tls?.cert ?? '', key: endpoint.tls?.key ?? '' })).to.deep.include({ username: 'kubernetes-admin' });
    });
  });
});
