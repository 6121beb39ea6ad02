import { TransportError } from '../model/errors.ts';
import { TunnelRefused } from './tunnel.ts';

export type DialStage = 'dial' | 'proxy' | 'tls';

const ATTEMPTS: Readonly<Record<DialStage, (origin: string) => string>> = {
  dial: (origin) => `cannot connect to ${origin}`,
  proxy: (origin) => `cannot reach ${origin} through its proxy`,
  tls: (origin) => `no TLS connection to ${origin}`,
};

const MEANINGS: Readonly<Record<string, string>> = {
  DIAL_TIMEOUT: 'it took too long',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the other side ended the connection',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ENOTFOUND: 'there is no such host',
  ETIMEDOUT: 'nothing answered',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself and not by the CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is signed by another CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is signed by another CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is signed by another CA',
  CERT_SIGNATURE_FAILURE: 'the certificate is signed by another CA',
  PROXY_UNAUTHORIZED: 'the proxy asks for other credentials (407)',
};

/**
 * What a dial died of. Neither the message nor a cause repeats what the runtime said of it: that would name the proxy and the server name, which are the
 * kubeconfig's own.
 */
export function dialError(stage: DialStage, origin: string, error: unknown): TransportError {
  const code = codeOf(error);
  const meaning = detailOf(error) ?? MEANINGS[code];
  return new TransportError(code, `${ATTEMPTS[stage](origin)}: ${meaning === undefined ? code : `${meaning} (${code})`}`, { stage });
}

/** The stable code of what a socket or TLS failed with. */
export function codeOf(error: unknown): string {
  if (error instanceof TunnelRefused) return error.status === 407 ? 'PROXY_UNAUTHORIZED' : 'PROXY_REFUSED';
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** Most characters of a certificate's names in a message. */
const MAX_NAMES = 200;

function detailOf(error: unknown): string | undefined {
  if (error instanceof TunnelRefused) return error.status === undefined ? 'the proxy does not speak HTTP' : `the proxy answered ${error.status}`;
  const names = (error as { readonly cert?: { readonly subjectaltname?: unknown } } | undefined)?.cert?.subjectaltname;
  if (typeof names !== 'string') return undefined;
  // The names are the other side's to choose: nothing unprintable gets into a log or onto a terminal.
  return `the certificate is for ${names.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_NAMES)}`;
}
