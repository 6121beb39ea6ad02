import { expect } from 'chai';
import { X509Certificate, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TLSSocket, connect, createServer } from 'node:tls';
import { type ClientCertificateOptions, newClientCertificate } from '../../lib/kubernetes/client-certificate.ts';
import { Certificates } from '../../lib/testing/certificates.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { type Authority, curveAuthority, kubeadmAuthority } from './authorities.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
const DAY = 24 * 3_600_000;

// Cluster API: util/certs, TestNewSignedCert…; the control plane's client certificate for etcd and the API server
describe('newClientCertificate', () => {
  leavesNothingOpen();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const authorities: Readonly<Record<string, Authority>> = { 'an RSA key, as kubeadm makes it': kubeadmAuthority(), 'a key on P-256': curveAuthority('P-256'), 'a key on P-384': curveAuthority('P-384'), 'a key on P-521': curveAuthority('P-521') };
  const [rsa, p256] = Object.values(authorities) as [Authority, Authority];
  const sign = ({ certificate, privateKey: key }: Authority, fields: Partial<ClientCertificateOptions> = {}): string =>
    newClientCertificate({ commonName: 'anna', privateKey, caCertificate: certificate, caPrivateKey: key, ...fields });

  for (const [title, authority] of Object.entries(authorities)) {
    describe(`by an authority with ${title}`, () => {
      it('is signed by it, for the user\'s key', () => {
        const [client, issuer] = [new X509Certificate(sign(authority)), new X509Certificate(authority.certificate)];
        expect([client.verify(issuer.publicKey), client.checkIssued(issuer), client.checkPrivateKey(privateKey), client.ca]).to.deep.equal([true, true, true, false]);
      });

      it('is taken by a TLS server that trusts it', async () => {
        expect(await seenBy(authority.certificate, { cert: sign(authority, { organizations: ['a'], now: new Date() }), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }))
          .to.deep.equal({ authorized: true, commonName: 'anna', organization: 'a' });
      });
    });
  }

  it('names the user and the groups, whatever characters they have', () => {
    expect(new X509Certificate(sign(rsa, { commonName: 'kubernetes-admin', organizations: ['system:masters', 'zwölf'] })).subject.split('\n')).to.deep.equal(['O=system:masters', 'O=zwölf', 'CN=kubernetes-admin']);
    expect(new X509Certificate(sign(rsa)).subject).to.equal('CN=anna');
  });

  it('is for clients only', () => {
    expect(new X509Certificate(sign(rsa)).keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.2']);
  });

  it('holds from five minutes before now, for the time that it is given', () => {
    const { validFromDate, validToDate } = new X509Certificate(sign(p256, { now: NOW, ttl: DAY }));
    expect([validFromDate, validToDate]).to.deep.equal([new Date('2026-03-01T09:55:00Z'), new Date('2026-03-02T10:00:00Z')]);
  });

  it('holds for a year from the wall clock\'s now, unless told otherwise', () => {
    const { validFromDate, validToDate } = new X509Certificate(sign(p256));
    expect(validToDate.getTime() - validFromDate.getTime()).to.equal(365 * DAY + 5 * 60_000);
    expect(Math.abs(validToDate.getTime() - Date.now() - 365 * DAY)).to.be.below(10_000);
  });

  it('holds beyond 2049, and at most as long as a certificate can', () => {
    expect(new X509Certificate(sign(p256, { now: NOW, ttl: 30 * 365 * DAY })).validToDate.getUTCFullYear()).to.equal(2056);
    expect(new X509Certificate(sign(p256, { now: NOW, ttl: Infinity })).validToDate.toISOString()).to.equal('9999-12-31T23:59:59.000Z');
  });

  it('has a serial number of its own each time', () => {
    expect(new Set([1, 2, 3].map(() => new X509Certificate(sign(p256)).serialNumber)).size).to.equal(3);
  });

  it('takes a key in PEM, RSA or EC, and an authority of this library\'s fakes', () => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
    const certificates = Certificates.create();
    const client = new X509Certificate(sign({ certificate: certificates.ca, privateKey: certificates.caKey }, { privateKey: pem }));
    expect([client.checkPrivateKey(createPrivateKey(pem)), client.checkIssued(new X509Certificate(certificates.ca))]).to.deep.equal([true, true]);
  });

  const leaf = sign(p256);
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  const refusals: [title: string, fields: Partial<ClientCertificateOptions>, expected: { readonly code?: string; readonly message: string }][] = [
    ['an authority that is no certificate', { caCertificate: 'nonsense' }, { code: 'BAD_CERTIFICATE', message: 'caCertificate must be a certificate in PEM; got something else' }],
    ['a certificate that is no authority\'s', { caCertificate: leaf }, { code: 'BAD_CERTIFICATE', message: 'caCertificate must be the certificate of an authority; got one that must not sign others' }],
    ['an authority\'s key that is none', { caPrivateKey: 'nonsense' }, { code: 'BAD_PRIVATE_KEY', message: 'caPrivateKey must be a private key, in PEM and not encrypted; got something else' }],
    ['an authority\'s key that is another one\'s', { caPrivateKey: p256.privateKey }, { code: 'KEY_MISMATCH', message: 'caPrivateKey must be the key of caCertificate; got another one' }],
    ['a public key', { privateKey: generateKeyPairSync('ed25519').publicKey }, { code: 'BAD_PRIVATE_KEY', message: 'privateKey must be a private key, in PEM and not encrypted; got something else' }],
    ['no user', { commonName: '' }, { message: 'options.commonName must be a non-empty string; got ""' }],
    ['a group without a name', { organizations: ['a', ''] }, { message: 'options.organizations must be an array of non-empty strings; got an array of 2' }],
    ['a group that is no text', { organizations: [5 as unknown as string] }, { message: 'options.organizations must be an array of non-empty strings; got an array of 1' }],
    ['a time that is none', { ttl: 0 }, { message: 'options.ttl must be a number of milliseconds above 0; got 0' }],
    ['a now that is none', { now: new Date(Number.NaN) }, { message: 'options.now must be a Date; got an object of Date' }],
    ['a field that nobody reads', { subject: 'x' } as object, { message: 'options.subject must be one of' }],
  ];
  for (const [title, fields, { message, ...expected }] of refusals) {
    it(`refuses ${title}`, () => { expect(() => sign(rsa, fields)).to.throw(message).that.includes(expected); });
  }

  it('quotes no key in an error', () => {
    const wrong = rsa.privateKey.replace('M', '*');
    for (const fields of [{ caPrivateKey: wrong }, { privateKey: wrong }]) expect(() => sign(rsa, fields)).to.throw().that.satisfies(({ message, cause }: Error) => cause === undefined && !message.includes('BEGIN'));
  });

  it('takes a user\'s key of any kind', () => {
    expect(new X509Certificate(sign(rsa, { privateKey: ed25519 })).checkPrivateKey(ed25519)).to.equal(true);
  });
});

/** What a TLS server that asks for client certificates of this authority sees. */
async function seenBy(ca: string, credential: { readonly cert: string; readonly key: string }): Promise<object> {
  const { server: { cert, key }, ca: serverCa } = Certificates.shared();
  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca: serverCa, ...credential });
  try {
    const [peer] = await accepted;
    const { CN: commonName, O: organization } = peer.getPeerCertificate().subject;
    const { authorized } = peer;
    peer.destroy();
    return { authorized, commonName, organization };
  } finally {
    socket.destroy();
    server.close();
  }
}
