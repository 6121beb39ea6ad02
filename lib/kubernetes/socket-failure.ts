import type { Failure } from './exchange.ts';

export const CLOSED_BY_SERVER: Failure = Object.freeze({ code: 'SOCKET_CLOSED', message: 'the server closed the connection', stage: 'response' });

/** What a socket that was up died of. Of the runtime's words only the code is kept: they name addresses, which may be a proxy's. */
export function brokenBy(code: string): Failure {
  return { code, message: `the connection broke (${code})`, stage: code.startsWith('ERR_SSL_') ? 'tls' : 'response' };
}
