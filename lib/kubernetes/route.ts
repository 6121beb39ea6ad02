import { isIP } from 'node:net';
import { type ConnectionOptions, type SecureContext, checkServerIdentity, createSecureContext, getCACertificates } from 'node:tls';
import type { Endpoint, TlsMaterial } from './endpoint.ts';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };
const NO_TLS_MATERIAL: TlsMaterial = { insecureSkipVerify: false };

/** One hop: where it is, and how TLS is spoken on it, if it is. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  /** What `tls.connect` needs to know; made at the first call, which throws for material that cannot be used, and the same from then on. */
  readonly tls?: () => ConnectionOptions;
}

/** The way to an API server: the server and, before it, a proxy. */
export interface Route {
  /** For messages. */
  readonly origin: string;
  readonly server: Hop;
  readonly proxy?: Hop & { readonly authorization?: string };
}

/**
 * Reads the way out of an endpoint. There is one SecureContext a route, and a route belongs to one transport: no TLS session is kept or resumed, for a
 * resumed one carries the identity of whoever began it.
 */
export function routeTo(endpoint: Endpoint): Route {
  const { server, proxy, tls = NO_TLS_MATERIAL } = endpoint;
  const { host, port } = addressOf(server);
  const context = once(() => createSecureContext({
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  }));
  return {
    origin: server.origin,
    server: {
      host, port,
      ...(server.protocol === 'http:' ? {} : {
        tls: once(() => ({
          secureContext: context(), rejectUnauthorized: !tls.insecureSkipVerify, ALPNProtocols: ['h2', 'http/1.1'], ...identity(tls.servername ?? host),
        })),
      }),
    },
    ...(proxy === undefined ? {} : { proxy: proxyHop(proxy, tls) }),
  };
}

/** The server's certificate proves the server alone: a proxy is known by the system's authorities, or by the kubeconfig's, and is never shown the client's certificate. */
function proxyHop(proxy: URL, { ca, insecureSkipVerify }: TlsMaterial): NonNullable<Route['proxy']> {
  const { host, port } = addressOf(proxy);
  const context = once((): SecureContext => createSecureContext(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }));
  const { username, password } = proxy;
  return {
    host, port,
    ...(username === '' && password === '' ? {} : { authorization: `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}` }),
    ...(proxy.protocol === 'http:' ? {} : {
      tls: once(() => ({ secureContext: context(), rejectUnauthorized: !insecureSkipVerify, ALPNProtocols: ['http/1.1'], ...identity(host) })),
    }),
  };
}

/** An IP address is checked against the certificate but never sent as a server name: RFC 6066 allows none. */
function identity(name: string): Pick<ConnectionOptions, 'servername' | 'checkServerIdentity'> {
  return isIP(name) === 0 ? { servername: name } : { checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate) };
}

function addressOf({ hostname, port, protocol }: URL): { readonly host: string; readonly port: number } {
  return { host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname, port: port === '' ? DEFAULT_PORTS[protocol] ?? 443 : Number(port) };
}

/** A password may hold a `%` that was never meant as an escape. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
