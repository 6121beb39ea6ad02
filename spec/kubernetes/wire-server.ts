import { once } from 'node:events';
import { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream, type SecureServerOptions, createSecureServer } from 'node:http2';
import { type IncomingMessage, type ServerResponse, createServer as createPlainServer } from 'node:http';
import { createServer as createTlsHttpServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { Endpoint, type EndpointFields } from '../../lib/kubernetes/endpoint.ts';
import { Certificates } from '../../lib/testing/certificates.ts';

const LOOPBACK = '127.0.0.1';

/** A server of a spec's own, where it must hold the very frames and sockets; all of its sockets end with it. */
export class WireServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  /** Accepted since it began. */
  readonly sockets: Socket[] = [];
  /** HTTP/2 sessions since it began. */
  readonly sessions: ServerHttp2Session[] = [];

  constructor(server: Server, scheme: 'http' | 'https') {
    this.#server = server;
    this.#scheme = scheme;
    server.on('connection', (socket: Socket) => {
      this.sockets.push(socket);
      socket.on('error', () => {});
    });
    server.on('session', (session: ServerHttp2Session) => {
      this.sessions.push(session);
      session.on('error', () => {});
    });
    server.on('secureConnection', (socket: TLSSocket) => socket.on('error', () => {}));
  }

  static async listening(server: Server, scheme: 'http' | 'https' = 'https'): Promise<WireServer> {
    const wire = new WireServer(server, scheme);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return wire;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`${this.#scheme}://${LOOPBACK}:${this.port}`);
  }

  /** Sockets that are open now. */
  get open(): number {
    return this.sockets.filter(({ destroyed }) => !destroyed).length;
  }

  /** How to reach it, trusting its authority. */
  endpoint(fields: Partial<EndpointFields> = {}): Endpoint {
    return new Endpoint({ server: this.url, ...(this.#scheme === 'https' && { tls: { ca: Certificates.shared().ca, insecureSkipVerify: false } }), ...fields });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.sessions) session.destroy();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

export type StreamHandler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** An HTTP/2 server whose handler gets each stream as it is. */
export function http2Server(handle: StreamHandler, options: SecureServerOptions = {}): Promise<WireServer> {
  const server = createSecureServer({ ...Certificates.shared().server, ...options });
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    handle(stream, headers);
  });
  return WireServer.listening(server);
}

export type MessageHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that speaks HTTP/1.1 only, over TLS. */
export function http1Server(handle: MessageHandler, options: TlsOptions = {}): Promise<WireServer> {
  return WireServer.listening(createTlsHttpServer({ ...Certificates.shared().server, ...options }, handle));
}

/** The same without TLS. */
export function plainServer(handle: MessageHandler): Promise<WireServer> {
  return WireServer.listening(createPlainServer(handle), 'http');
}
