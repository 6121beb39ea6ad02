import { type KeyObject, X509Certificate, randomBytes, sign } from 'node:crypto';
import * as der from './der.ts';

const OID = {
  commonName: '2.5.4.3', organization: '2.5.4.10',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2', ecdsaWithSha384: '1.2.840.10045.4.3.3', ecdsaWithSha512: '1.2.840.10045.4.3.4',
} as const;

export const EXTENSION = {
  subjectKeyId: '2.5.29.14', keyUsage: '2.5.29.15', altName: '2.5.29.17', basicConstraints: '2.5.29.19', authorityKeyId: '2.5.29.35', extendedKeyUsage: '2.5.29.37',
} as const;

export const USAGE = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

export interface CertificateFields {
  /** A {@link distinguishedName}. */
  readonly subject: Buffer;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  readonly issuer: { readonly name: Buffer; readonly key: KeyObject };
  readonly extensions: readonly Buffer[];
  /** Times hold in whole seconds. */
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * Makes and signs a certificate of version 3 with a random serial number. Throws a TypeError where the issuer's key is neither RSA nor EC on P-256, P-384 or
 * P-521.
 */
export function signCertificate({ subject, publicKey, issuer, extensions, notBefore, notAfter }: CertificateFields): X509Certificate {
  const { algorithm, digest } = signatureOf(issuer.key);
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))), // version 3
    der.integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])), // positive and without leading zeros
    algorithm,
    issuer.name,
    der.sequence(der.time(notBefore), der.time(notAfter)),
    subject,
    publicKey,
    der.explicit(3, der.sequence(...extensions)),
  );
  return new X509Certificate(der.sequence(toBeSigned, algorithm, der.bits(sign(digest, toBeSigned, issuer.key))));
}

export function distinguishedName(commonName: string, organizations: readonly string[] = []): Buffer {
  const attribute = (type: string, value: string) => der.set(der.sequence(der.objectIdentifier(type), der.text(value)));
  return der.sequence(...organizations.map((name) => attribute(OID.organization, name)), attribute(OID.commonName, commonName));
}

export function extension(type: string, value: Buffer, critical = false): Buffer {
  return der.sequence(der.objectIdentifier(type), ...(critical ? [der.boolean(true)] : []), der.octets(value));
}

/** Of a certificate that is no authority's, for one usage; `authorityKeyId` as the authority's certificate has it. */
export function leafExtensions(usage: string, authorityKeyId: Buffer | undefined): readonly Buffer[] {
  return [
    extension(EXTENSION.basicConstraints, der.sequence(), true),
    extension(EXTENSION.keyUsage, der.bits(Buffer.from([0b1010_0000]), 5), true), // digitalSignature, keyEncipherment
    extension(EXTENSION.extendedKeyUsage, der.sequence(der.objectIdentifier(usage))),
    ...(authorityKeyId === undefined ? [] : [extension(EXTENSION.authorityKeyId, der.sequence(der.implicit(0, authorityKeyId)))]),
  ];
}

/** The subject of a certificate as it is encoded, so that it is the same byte for byte where it is an issuer; and its subjectKeyIdentifier, where it has one. */
export function subjectOf({ raw }: X509Certificate): { readonly name: Buffer; readonly keyId: Buffer | undefined } {
  const [toBeSigned = raw] = der.valuesIn(raw);
  const fields = der.valuesIn(toBeSigned).filter((value) => value[0] !== VERSION);
  const [, , , , name = Buffer.alloc(0), , ...optional] = fields; // serial number, algorithm, issuer, validity, subject, public key
  const extensions = optional.filter((value) => value[0] === EXTENSIONS).flatMap((value) => der.valuesIn(value).flatMap(der.valuesIn));
  const type = der.objectIdentifier(EXTENSION.subjectKeyId);
  const found = extensions.map(der.valuesIn).find(([first]) => first?.equals(type) === true)?.at(-1);
  return { name, keyId: found === undefined ? undefined : der.contentOf(der.contentOf(found)) };
}

/** The tags `[0]` and `[3]` of a certificate's body. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): { readonly algorithm: Buffer; readonly digest: string } {
  if (asymmetricKeyType === 'rsa') return { algorithm: der.sequence(der.objectIdentifier(OID.sha256WithRsa), der.nothing()), digest: 'sha256' };
  const curve = asymmetricKeyType === 'ec' ? asymmetricKeyDetails?.namedCurve : undefined;
  switch (curve) {
    case 'prime256v1': return { algorithm: der.sequence(der.objectIdentifier(OID.ecdsaWithSha256)), digest: 'sha256' };
    case 'secp384r1': return { algorithm: der.sequence(der.objectIdentifier(OID.ecdsaWithSha384)), digest: 'sha384' };
    case 'secp521r1': return { algorithm: der.sequence(der.objectIdentifier(OID.ecdsaWithSha512)), digest: 'sha512' };
    default: throw new TypeError(`the authority's key must be RSA, or EC on P-256, P-384 or P-521; got ${curve ?? asymmetricKeyType ?? 'a symmetric one'}`);
  }
}
