import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import * as der from '../../lib/kubernetes/der.ts';
import { EXTENSION, distinguishedName, extension, signCertificate } from '../../lib/kubernetes/x509.ts';

/** A certificate authority, PEM. */
export interface Authority {
  readonly certificate: string;
  readonly privateKey: string;
}

const HOUR = 3_600_000;

/** As kubeadm and Cluster API make theirs: RSA of 2048 bits, a PrintableString for a name, the key in PKCS #1. Made with none of the code under test. */
export function kubeadmAuthority(): Authority {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' });
  const key = forge.pki.privateKeyFromPem(pem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - HOUR);
  certificate.validity.notAfter = new Date(Date.now() + HOUR);
  const name = [{ name: 'organizationName', value: 'example' }, { name: 'commonName', value: 'kubernetes' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([{ name: 'basicConstraints', critical: true, cA: true }, { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true, keyCertSign: true }, { name: 'subjectKeyIdentifier' }]);
  certificate.sign(key, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), privateKey: pem };
}

/** On one of NIST's curves, without a subjectKeyIdentifier, the key in SEC 1. */
export function curveAuthority(namedCurve: 'P-256' | 'P-384' | 'P-521'): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  return { certificate: selfSigned(privateKey, publicKey), privateKey: privateKey.export({ type: 'sec1', format: 'pem' }) };
}

function selfSigned(key: KeyObject, publicKey: KeyObject): string {
  const name = distinguishedName('kubernetes');
  return signCertificate({
    subject: name, publicKey: publicKey.export({ type: 'spki', format: 'der' }), issuer: { name, key: createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })) },
    extensions: [extension(EXTENSION.basicConstraints, der.sequence(der.boolean(true)), true)],
    notBefore: new Date(Date.now() - HOUR), notAfter: new Date(Date.now() + HOUR),
  }).toString();
}
