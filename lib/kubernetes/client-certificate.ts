import { KeyObject, X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import { ClusterCacheError } from '../model/errors.ts';
import { type Check, checkOptions, optional, text } from '../model/option-check.ts';
import { USAGE, distinguishedName, leafExtensions, signCertificate, subjectOf } from './x509.ts';

export interface ClientCertificateOptions {
  /** The user. */
  readonly commonName: string;
  /** The user's groups. @default none */
  readonly organizations?: readonly string[] | undefined;
  /** ms that it holds from `now` on. @default a year, as Cluster API's */
  readonly ttl?: number | undefined;
  /** The user's own key, PEM or a KeyObject: the certificate is for its public half. */
  readonly privateKey: KeyObject | string;
  /** Who signs it, PEM; of several certificates, the first. */
  readonly caCertificate: string;
  /** PEM: RSA, or EC on P-256, P-384 or P-521. */
  readonly caPrivateKey: string;
  /** @default the wall clock */
  readonly now?: Date | undefined;
}

/** ms: Cluster API's `DefaultCertDuration`. */
export const CERTIFICATE_TTL: number = 365 * 24 * 3_600_000;

/** ms before now from which on it holds: the clock of an API server may be that much behind (as in Cluster API). */
const SKEW = 5 * 60_000;

/** The last moment that an X.509 time can name. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);

const aboveZero: Check = (value) => (typeof value === 'number' && value > 0 ? undefined : 'a number of milliseconds above 0');
const keyOrPem: Check = (value) => (value instanceof KeyObject || text(value) === undefined ? undefined : 'a private KeyObject, or one in PEM');
const texts: Check = (value) => (Array.isArray(value) && value.every((each) => text(each) === undefined) ? undefined : 'an array of non-empty strings');
const date: Check = (value) => (value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'a Date');

const SHAPE = { commonName: text, organizations: optional(texts), ttl: optional(aboveZero), privateKey: keyOrPem, caCertificate: text, caPrivateKey: text, now: optional(date) };

/**
 * Signs a client certificate, as an API server with that client CA takes it for `commonName` of the groups `organizations`; PEM. It holds from five minutes
 * before `now` to `now` + `ttl`. It takes the main thread a few milliseconds with an RSA authority of 2048 bits, and less than one with EC. Throws a
 * TypeError for options that are none, and a `ClusterCacheError` of code `BAD_CERTIFICATE` for what is no certificate of an authority, `BAD_PRIVATE_KEY` for
 * what is no private key, and `KEY_MISMATCH` where the authority's key is not that of its certificate; none quotes a key.
 */
export function newClientCertificate(options: ClientCertificateOptions): string {
  checkOptions('options', options, SHAPE);
  const { commonName, organizations = [], ttl = CERTIFICATE_TTL, privateKey, caCertificate, caPrivateKey, now = new Date() } = options;
  const authority = certificateOf(caCertificate, 'caCertificate');
  if (!authority.ca) throw new ClusterCacheError('BAD_CERTIFICATE', 'caCertificate must be the certificate of an authority; got one that must not sign others');
  const key = privateKeyOf(caPrivateKey, 'caPrivateKey');
  if (!authority.checkPrivateKey(key)) throw new ClusterCacheError('KEY_MISMATCH', 'caPrivateKey must be the key of caCertificate; got another one');
  const { name, keyId } = subjectOf(authority);
  return signCertificate({
    subject: distinguishedName(commonName, organizations),
    publicKey: createPublicKey(privateKeyOf(privateKey, 'privateKey')).export({ type: 'spki', format: 'der' }),
    issuer: { name, key },
    extensions: leafExtensions(USAGE.clientAuth, keyId),
    notBefore: new Date(now.getTime() - SKEW), notAfter: new Date(Math.min(now.getTime() + ttl, LAST_TIME)),
  }).toString();
}

/** A private key in PEM, PKCS #8. */
export function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

/** Reads the first certificate of a PEM text. */
export function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ClusterCacheError('BAD_CERTIFICATE', `${path} must be a certificate in PEM; got something else`);
  }
}

/** A private key as it is, or as PEM says it. */
export function privateKeyOf(key: KeyObject | string, path: string): KeyObject {
  try {
    const read = typeof key === 'string' ? createPrivateKey(key) : key;
    if (read.type === 'private') return read;
  } catch {
    // Without the parser's own error, which may quote the key.
  }
  throw new ClusterCacheError('BAD_PRIVATE_KEY', `${path} must be a private key, in PEM and not encrypted; got something else`);
}
