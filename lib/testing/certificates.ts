import { type KeyObject, createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import * as der from '../kubernetes/der.ts';
import { EXTENSION, USAGE, distinguishedName, extension, leafExtensions, signCertificate } from '../kubernetes/x509.ts';

/** EC is P-256, made in a fraction of a millisecond; RSA has 2048 bits and takes up to a second. */
export type KeyAlgorithm = 'ec' | 'rsa';

export interface CertificatesOptions {
  /** Of the authority's key and of the server's. @default 'ec' */
  readonly key?: KeyAlgorithm;
  /** Further DNS names and IP addresses of the server, beside 127.0.0.1, ::1 and localhost. */
  readonly names?: readonly string[];
}

export interface ClientCertificateOptions {
  /** The common name: the user. */
  readonly user: string;
  /** The organisations: the user's groups. @default ['system:masters'] */
  readonly groups?: readonly string[];
  /** @default 'ec' */
  readonly key?: KeyAlgorithm;
  /** @default a minute ago */
  readonly notBefore?: Date;
  /** @default ten years from now */
  readonly notAfter?: Date;
}

/** A certificate with its private key, both PEM. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
  /** Upper-case hex with no separators, as `tls.PeerCertificate.serialNumber`. */
  readonly serialNumber: string;
}

const DAY = 86_400_000;
const YEARS = 3_650 * DAY;
/** The clock of a client may lag a little. */
const SKEW = 60_000;

/** A key pair, written once: a thousand certificates may share it. */
interface KeyPair {
  readonly privateKey: KeyObject;
  readonly privatePem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicDer: Buffer;
  readonly id: Buffer;
}

/**
 * A certificate authority, the server certificate that it has signed, and the client certificates that it signs on demand. One of them
 * serves any number of servers: `Certificates.shared()` is what a `FakeApiServer` uses unless told otherwise. Another one made by
 * `create` is what a client must not trust.
 */
export class Certificates {
  static #shared: Certificates | undefined;

  /** The authority's certificate, PEM. */
  readonly ca: string;
  /** The authority's private key, PEM: with it, code under test signs certificates that the server takes. */
  readonly caKey: string;
  /** The server's certificate and key, PEM. */
  readonly server: KeyedCertificate;
  readonly #authority: { readonly keys: KeyPair; readonly name: Buffer };
  readonly #clientKeys = new Map<KeyAlgorithm, KeyPair>();

  private constructor({ key = 'ec', names = [] }: CertificatesOptions) {
    const authority = { keys: keyPair(key), name: distinguishedName(`clustercache test authority ${randomBytes(4).toString('hex')}`) };
    this.#authority = authority;
    this.caKey = authority.keys.privatePem;
    this.ca = certificate({ subject: authority.name, keys: authority.keys, issuer: authority, extensions: authorityExtensions(authority.keys) }).cert;
    this.server = certificate({
      subject: distinguishedName('kube-apiserver'), keys: keyPair(key), issuer: authority,
      extensions: [...leafExtensions(USAGE.serverAuth, authority.keys.id), extension(EXTENSION.altName, der.sequence(...['127.0.0.1', '::1', 'localhost', ...names].map(generalName)))],
    });
  }

  /** Makes an authority of its own. */
  static create(options: CertificatesOptions = {}): Certificates {
    return new Certificates(options);
  }

  /** The one authority and server key of this process, made on the first call. */
  static shared(): Certificates {
    return Certificates.#shared ??= new Certificates({});
  }

  /** Signs a client certificate. Those with the same key algorithm share one key, so that a thousand cost one. */
  client({ user, groups = ['system:masters'], key = 'ec', notBefore, notAfter }: ClientCertificateOptions): KeyedCertificate {
    let keys = this.#clientKeys.get(key);
    if (keys === undefined) this.#clientKeys.set(key, keys = keyPair(key));
    return certificate({
      subject: distinguishedName(user, groups), keys, issuer: this.#authority, extensions: leafExtensions(USAGE.clientAuth, this.#authority.keys.id),
      ...(notBefore !== undefined && { notBefore }), ...(notAfter !== undefined && { notAfter }),
    });
  }
}

function keyPair(algorithm: KeyAlgorithm): KeyPair {
  const { publicKey, privateKey } = algorithm === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicDer = publicKey.export({ type: 'spki', format: 'der' });
  return { privateKey, privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }), publicDer, id: createHash('sha1').update(publicDer).digest() };
}

interface CertificateFields {
  readonly subject: Buffer;
  readonly keys: KeyPair;
  readonly issuer: { readonly keys: KeyPair; readonly name: Buffer };
  readonly extensions: readonly Buffer[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

function certificate({ subject, keys, issuer, extensions, notBefore, notAfter }: CertificateFields): KeyedCertificate {
  const now = Date.now();
  const x509 = signCertificate({
    subject, publicKey: keys.publicDer, issuer: { name: issuer.name, key: issuer.keys.privateKey }, extensions,
    notBefore: notBefore ?? new Date(now - SKEW), notAfter: notAfter ?? new Date(now + YEARS),
  });
  return { cert: x509.toString(), key: keys.privatePem, serialNumber: x509.serialNumber };
}

function authorityExtensions(keys: KeyPair): Buffer[] {
  return [
    extension(EXTENSION.basicConstraints, der.sequence(der.boolean(true)), true),
    extension(EXTENSION.keyUsage, der.bits(Buffer.from([0b1000_0110]), 1), true), // digitalSignature, keyCertSign, cRLSign
    extension(EXTENSION.subjectKeyId, der.octets(keys.id)),
  ];
}

function generalName(name: string): Buffer {
  if (isIP(name) === 0) return der.implicit(2, Buffer.from(name));
  return der.implicit(7, addressBytes(name));
}

function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = tail === undefined ? before : [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
