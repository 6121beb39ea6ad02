import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface Certificate { readonly cert: string; readonly key: string }

export class Authority {
  readonly ca: string;
  readonly #key: string;
  #serial = 1;
  readonly #subject: forge.pki.CertificateField[] = [{ name: 'commonName', value: 'ground-truth' }];
  constructor() {
    this.#key = rsa();
    this.ca = this.#make(this.#key, this.#subject, [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true }]);
  }
  issue({ commonName, organization, server = false }: { commonName: string; organization?: string; server?: boolean }): Certificate {
    const key = rsa();
    const subject: forge.pki.CertificateField[] = [{ name: 'commonName', value: commonName }, ...(organization ? [{ name: 'organizationName', value: organization }] : [])];
    return { key, cert: this.#make(key, subject, [{ name: 'extKeyUsage', serverAuth: server, clientAuth: !server }, ...(server ? [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }, { type: 2, value: 'localhost' }] }] : [])]) };
  }
  #make(key: string, subject: forge.pki.CertificateField[], extensions: unknown[]): string {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = forge.pki.setRsaPublicKey(forge.pki.privateKeyFromPem(key).n, forge.pki.privateKeyFromPem(key).e);
    certificate.serialNumber = `0${this.#serial++}`;
    certificate.validity.notBefore = new Date(Date.now() - 3_600_000);
    certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
    certificate.setSubject(subject);
    certificate.setIssuer(this.#subject);
    certificate.setExtensions(extensions as object[]);
    certificate.sign(forge.pki.privateKeyFromPem(this.#key), forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  }
}
function rsa(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
}
