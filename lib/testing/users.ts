import type { TLSSocket } from 'node:tls';

/** Whom a server takes its client for. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A client certificate as the handshake left it; looked at once for each connection. */
export interface PeerCertificate {
  readonly user: User;
  readonly serialNumber: string;
  readonly notAfter: number;
  /** Signed by the server's authority and in its time when the handshake was made. */
  readonly valid: boolean;
}

export const ADMIN: User = Object.freeze({ name: 'kubernetes-admin', groups: ['system:masters'] });
export const ANONYMOUS: User = Object.freeze({ name: 'system:anonymous', groups: ['system:unauthenticated'] });

/**
 * Who may come in, by which token, password or certificate. Changes count from the next request on, on open connections too.
 */
export class Users {
  readonly #tokens = new Map<string, User>();
  readonly #passwords = new Map<string, User>();
  readonly #revokedCertificates = new Set<string>();

  /** Accepts a bearer token. */
  addToken(token: string, user: User = ADMIN): void {
    this.#tokens.set(token, user);
  }

  /** Refuses a bearer token from now on. */
  revokeToken(token: string): void {
    this.#tokens.delete(token);
  }

  /** Accepts a name and password (HTTP basic). */
  addPassword(name: string, password: string, user: User = { name, groups: ['system:masters'] }): void {
    this.#passwords.set(`${name}:${password}`, user);
  }

  revokePassword(name: string, password: string): void {
    this.#passwords.delete(`${name}:${password}`);
  }

  /** Refuses a client certificate from now on. A real server cannot; there, the authority changes. */
  revokeCertificate(serialNumber: string): void {
    this.#revokedCertificates.add(serialNumber);
  }

  /** Who sends this; `undefined` for credentials that are not accepted; `ANONYMOUS` for none at all. */
  authenticate(authorization: string | undefined, certificate: PeerCertificate | undefined): User | undefined {
    if (certificate !== undefined && certificate.valid && certificate.notAfter > Date.now() && !this.#revokedCertificates.has(certificate.serialNumber)) return certificate.user;
    if (authorization === undefined) return certificate === undefined ? ANONYMOUS : undefined;
    const [scheme = '', credentials = ''] = authorization.split(' ', 2);
    switch (scheme.toLowerCase()) {
      case 'bearer': return this.#tokens.get(credentials);
      case 'basic': return this.#passwords.get(Buffer.from(credentials, 'base64').toString());
      default: return ANONYMOUS;
    }
  }
}

/** Reads the client's certificate, if it has sent one. */
export function peerCertificateOf(socket: TLSSocket): PeerCertificate | undefined {
  const { subject, serialNumber, valid_to: notAfter } = socket.getPeerCertificate();
  if ((subject as unknown) === undefined) return undefined;
  const organizations = subject.O;
  return {
    user: { name: String(subject.CN), groups: organizations === undefined ? [] : [organizations].flat() },
    serialNumber, notAfter: Date.parse(notAfter), valid: socket.authorized,
  };
}
