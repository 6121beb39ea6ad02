import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer as createHttpServer } from 'node:http';
import { type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, type Server as NetServer, type Socket, createServer as createNetServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificates } from './certificates.ts';
import { newConnectionId } from './connection-id.ts';
import { type PeerCertificate, peerCertificateOf } from './users.ts';
import { resetSocket } from '../kubernetes/reset-socket.ts';

export type IncomingRequest = IncomingMessage | Http2ServerRequest;
export type OutgoingResponse = ServerResponse | Http2ServerResponse;
export type Protocol = 'h2' | 'http/1.1';

export type RequestHandler = (request: IncomingRequest, response: OutgoingResponse, connection: Connection) => void;

export interface ListenerOptions {
  readonly protocols: readonly Protocol[];
  readonly maxConcurrentStreams: number;
  readonly handle: RequestHandler;
}

const LOOPBACK = '127.0.0.1';
/** As kube-apiserver: longer than a client waits between two probes. */
const KEEP_ALIVE = 90_000;

/** What makes requests of sockets: knows nothing of ports, and serves any number of listeners. */
interface Engine {
  emit(event: 'connection', socket: Socket): boolean;
}

/** Finds the connection of a socket that an engine hands back, wrapped or not, by its two ports. */
const connections = new Map<string, Connection>();
const portsOf = ({ localPort, remotePort }: Socket): string => `${localPort ?? 0}/${remotePort ?? 0}`;

/** One accepted TCP connection. */
export class Connection {
  /** Unique in this process. */
  readonly id: number = newConnectionId();
  readonly handle: RequestHandler;
  readonly #socket: Socket;
  readonly #held: (() => void)[] = [];
  #muted = false;
  #session: ServerHttp2Session | undefined;
  #secured: TLSSocket | undefined;
  #certificate: PeerCertificate | null | undefined;

  constructor(socket: Socket, handle: RequestHandler) {
    this.#socket = socket;
    this.handle = handle;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Resolves when it is closed, by whomever. */
  get closed(): Promise<unknown> {
    return new Promise((resolve) => { this.#socket.once('close', resolve); });
  }

  /** The client's certificate, if it has sent one. */
  certificateOf(socket: Socket | TLSSocket): PeerCertificate | undefined {
    if (this.#certificate === undefined) this.#certificate = ('getPeerCertificate' in socket ? peerCertificateOf(socket) : undefined) ?? null;
    return this.#certificate ?? undefined;
  }

  /** Does what sends something, now or when the connection is no longer muted. */
  send(action: () => void): void {
    if (this.#muted) this.#held.push(action);
    else action();
  }

  /** Reads nothing and sends nothing more, and closes nothing: half-open, with the kernel still acknowledging. */
  mute(): void {
    this.#muted = true;
    reading(this.#socket, false);
  }

  unmute(): void {
    if (!this.#muted) return;
    reading(this.#socket, true);
    // Muted until all is sent: what these actions cause to be sent comes after them.
    for (let action = this.#held.shift(); action !== undefined; action = this.#held.shift()) action();
    this.#muted = false;
  }

  /** Resets the connection (RST). */
  reset(): void {
    resetSocket(this.#socket, this.#secured);
  }

  /** TLS stands on its socket. */
  secure(secured: TLSSocket): void {
    this.#secured = secured;
  }

  /** HTTP/2: takes no further streams (GOAWAY), and closes when the running ones are through. */
  goAway(): void {
    this.#session?.close();
  }

  attach(session: ServerHttp2Session): void {
    this.#session = session;
  }
}


/**
 * node:net has no way to stop reading below a TLS socket, and HTTP/2 acknowledges PINGs by itself: so the handle is told. Only an accepted
 * socket comes here, and it has one.
 */
function reading(socket: Socket, on: boolean): void {
  const { _handle: handle } = socket as Socket & { readonly _handle?: { readStart(): number; readStop(): number } | null };
  if (on) handle?.readStart();
  else handle?.readStop();
}

/** A port of loopback with the connections to it. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #connections = new Set<Connection>();
  readonly #waiting = new Set<Socket>();
  #server: NetServer | undefined;
  #port = 0;
  #accepted = 0;
  #muted = false;
  #closing = Promise.resolve();

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections accepted since it was made. */
  get accepted(): number {
    return this.#accepted;
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  get listening(): boolean {
    return this.#server !== undefined;
  }

  /** Listens on `port`, or on the one that it had before, unless it does already; without certificates for plain http. */
  async listen(certificates: Certificates | undefined, port = this.#port): Promise<void> {
    if (this.#server !== undefined) return;
    const engine = engineFor(certificates, this.#options);
    const server = createNetServer({ noDelay: true }, (socket) => this.#accept(socket, engine));
    this.#server = server;
    server.listen(port, LOOPBACK, 1024);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Resets every connection and frees the port; resolves when all are gone. Idempotent. */
  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) this.#closing = this.#end(server);
    return this.#closing;
  }

  /** Resets every connection. */
  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** HTTP/2: sends GOAWAY on every connection. */
  goAway(): void {
    for (const connection of this.#connections) connection.goAway();
  }

  /** Every connection, new ones too, is half-open until `unmute`. */
  mute(): void {
    this.#muted = true;
    for (const connection of this.#connections) connection.mute();
  }

  unmute(): void {
    this.#muted = false;
    for (const socket of this.#waiting) socket.emit('unmuted');
    for (const connection of this.#connections) connection.unmute();
  }

  async #end(server: NetServer): Promise<void> {
    const gone = [once(server, 'close'), ...[...this.#connections].map((connection) => connection.closed)];
    server.close();
    this.reset();
    await Promise.all(gone);
  }

  #accept(socket: Socket, engine: Engine): void {
    this.#accepted += 1;
    const connection = new Connection(socket, this.#options.handle);
    const ports = portsOf(socket);
    this.#connections.add(connection);
    connections.set(ports, connection);
    socket.on('error', () => {}); // what a client does to its socket is told by 'close'
    socket.once('close', () => {
      this.#connections.delete(connection);
      this.#waiting.delete(socket);
      connections.delete(ports);
    });
    if (!this.#muted) {
      engine.emit('connection', socket);
      return;
    }
    connection.mute();
    this.#waiting.add(socket);
    socket.once('unmuted', () => {
      this.#waiting.delete(socket);
      engine.emit('connection', socket);
    });
  }
}

const engines = new WeakMap<object, Map<string, Engine>>();
const PLAIN = {};

/** One engine does for all listeners with the same certificates: a thousand servers decode one key. */
function engineFor(certificates: Certificates | undefined, { protocols, maxConcurrentStreams }: ListenerOptions): Engine {
  const owner = certificates ?? PLAIN;
  let made = engines.get(owner);
  if (made === undefined) engines.set(owner, made = new Map());
  const key = `${protocols.join()} ${maxConcurrentStreams}`;
  let engine = made.get(key);
  if (engine === undefined) made.set(key, engine = createEngine(certificates, protocols, maxConcurrentStreams));
  return engine;
}

function createEngine(certificates: Certificates | undefined, protocols: readonly Protocol[], maxConcurrentStreams: number): Engine {
  const handle = (request: IncomingRequest, response: OutgoingResponse) => {
    const connection = request.socket.destroyed ? undefined : connections.get(portsOf(request.socket));
    if (connection === undefined) response.destroy();
    else connection.handle(request, response, connection);
  };
  if (certificates === undefined) return Object.assign(createHttpServer(handle), { keepAliveTimeout: KEEP_ALIVE });
  const tls = { cert: certificates.server.cert, key: certificates.server.key, ca: certificates.ca, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' as const };
  const secured = (socket: TLSSocket) => connections.get(portsOf(socket))?.secure(socket);
  if (!protocols.includes('h2')) return Object.assign(createHttpsServer(tls, handle).on('secureConnection', secured), { keepAliveTimeout: KEEP_ALIVE });
  const server = createSecureServer({ ...tls, allowHTTP1: protocols.includes('http/1.1'), settings: { maxConcurrentStreams }, maxSessionMemory: 1000 });
  server.on('request', handle);
  server.on('secureConnection', secured);
  server.on('session', (session) => connections.get(portsOf(session.socket))?.attach(session));
  server.on('sessionError', () => {}); // its socket is closed, and the client sees why
  return Object.assign(server, { keepAliveTimeout: KEEP_ALIVE });
}
