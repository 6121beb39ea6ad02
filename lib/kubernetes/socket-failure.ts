import type { Failure } from './exchange.ts';
import { InvalidHeader } from './request-headers.ts';

export const CLOSED_BY_SERVER: Failure = Object.freeze({ code: 'SOCKET_CLOSED', message: 'the server closed the connection', stage: 'response' });

export const NOT_HTTP: Failure = Object.freeze({ code: 'INVALID_ANSWER', message: 'what came is not HTTP', stage: 'response' });

/** What a socket that was up died of. Of the runtime's words only the code is kept: they name addresses, which may be a proxy's. */
export function brokenBy(code: string): Failure {
  return { code, message: `the connection broke (${code})`, stage: code.startsWith('ERR_SSL_') ? 'tls' : 'response' };
}

/** A request that cannot be written. The runtime's own words would repeat a header. */
export function unwritable(error?: unknown): Failure {
  return { code: 'INVALID_REQUEST', message: error instanceof InvalidHeader ? error.message : 'a header, the method or the path is not valid', stage: 'request' };
}
