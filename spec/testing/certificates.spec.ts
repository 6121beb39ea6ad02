import { expect } from 'chai';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { Certificates } from '../../lib/testing/index.ts';

describe('Certificates', () => {
  for (const key of ['ec', 'rsa'] as const) {
    describe(`with ${key} keys`, () => {
      const certificates = Certificates.create({ key, names: ['api.example.com', '10.0.0.1', 'fd00::1'] });
      const authority = new X509Certificate(certificates.ca);

      it('sign a server certificate for loopback and the names that were asked for', () => {
        const server = new X509Certificate(certificates.server.cert);
        expect([server.verify(authority.publicKey), server.checkIssued(authority), authority.ca, server.ca]).to.deep.equal([true, true, true, false]);
        expect(['localhost', 'api.example.com'].map((name) => server.checkHost(name))).to.deep.equal(['localhost', 'api.example.com']);
        expect(['127.0.0.1', '::1', '10.0.0.1', 'fd00::1'].map((ip) => server.checkIP(ip))).to.deep.equal(['127.0.0.1', '::1', '10.0.0.1', 'fd00::1']);
        expect(server.checkHost('other.example.com')).to.equal(undefined);
      });

      it('sign client certificates with user, groups and time', () => {
        const [notBefore, notAfter] = [new Date('2020-01-01T00:00:00Z'), new Date('2055-01-01T00:00:00Z')]; // UTCTime ends in 2049
        const { cert, key: privateKey, serialNumber } = certificates.client({ user: 'anna', groups: ['a', 'b'], key, notBefore, notAfter });
        const client = new X509Certificate(cert);
        expect(client.subject).to.equal('O=a\nO=b\nCN=anna');
        expect([client.validFromDate, client.validToDate]).to.deep.equal([notBefore, notAfter]);
        expect([client.serialNumber, client.verify(authority.publicKey), client.checkPrivateKey(createPrivateKey(privateKey))]).to.deep.equal([serialNumber, true, true]);
      });
    });
  }

  it('are one for the process where they are shared, and strangers to one another where they are created', () => {
    expect(Certificates.shared()).to.equal(Certificates.shared());
    const [one, other] = [Certificates.create(), Certificates.create()];
    expect(new X509Certificate(one.server.cert).verify(new X509Certificate(other.ca).publicKey)).to.equal(false);
  });
});
