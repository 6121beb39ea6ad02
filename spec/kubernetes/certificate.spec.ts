import { expect } from 'chai';
import { createPublicKey } from 'node:crypto';
import { lastValueFrom, toArray } from 'rxjs';
import { generateClientCertificateKey } from '../../lib/kubernetes/certificate.ts';

describe('generateClientCertificateKey', () => {
  it('emits one private RSA key of 2048 bits, another one for every subscription', async () => {
    const keys = await Promise.all([1, 2].map(() => lastValueFrom(generateClientCertificateKey().pipe(toArray()))));
    for (const emitted of keys) {
      expect(emitted).to.have.length(1);
      const [key] = emitted;
      expect({ type: key!.type, algorithm: key!.asymmetricKeyType, bits: key!.asymmetricKeyDetails?.modulusLength }).to.deep.equal({ type: 'private', algorithm: 'rsa', bits: 2048 });
    }
    const [one, two] = keys.map(([key]) => createPublicKey(key!));
    expect(one!.equals(two!)).to.equal(false);
  });

  it('leaves the main thread free', async () => {
    let turns = 0;
    const turning = setInterval(() => { turns += 1; }, 0);
    try {
      await lastValueFrom(generateClientCertificateKey());
    } finally {
      clearInterval(turning);
    }
    expect(turns).to.be.above(0);
  });

  it('emits nothing once it is unsubscribed', async () => {
    let emitted = 0;
    generateClientCertificateKey().subscribe(() => { emitted += 1; }).unsubscribe();
    await lastValueFrom(generateClientCertificateKey());
    expect(emitted).to.equal(0);
  });
});
