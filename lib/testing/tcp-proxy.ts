import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';
import { resetSocket } from '../kubernetes/reset-socket.ts';

const LOOPBACK = '127.0.0.1';

type Path = 'healthy' | 'muted' | 'refused';

/**
 * The network path to a server, as something that a spec can break: a TCP proxy on a loopback port of its own. Several
 * proxies in front of one server look like as many clusters.
 */
export class TcpProxy implements AsyncDisposable {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  #server: Server | undefined;
  #port = 0;
  #path: Path = 'healthy';
  #accepted = 0;

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
  }

  /** Listens on a free port and forwards to `port`. */
  static async to(port: number, host = LOOPBACK): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host, port });
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that go through now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Connections that were made since it began. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Resets every connection (RST); new ones go through. */
  cut(): void {
    for (const pair of this.#pairs) pair.reset();
  }

  /** Holds all bytes back, both ways, and closes nothing: connections are half-open, new ones are accepted and hang in their TLS handshake. */
  mute(): void {
    this.#path = 'muted';
    for (const pair of this.#pairs) pair.hold();
  }

  /** Resets every connection and refuses new ones (ECONNREFUSED). */
  async refuse(): Promise<void> {
    this.#path = 'refused';
    await this.#unlisten();
  }

  /** Forwards again, on the same port: what `mute` held back arrives late, as after a network fault. */
  async heal(): Promise<void> {
    this.#path = 'healthy';
    if (this.#server === undefined) await this.#listen();
    for (const pair of this.#pairs) pair.forward();
  }

  /** Resets every connection and frees the port. Idempotent. */
  async close(): Promise<void> {
    await this.#unlisten();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(): Promise<void> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    this.#server = server;
    server.listen(this.#port, LOOPBACK);
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  async #unlisten(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    this.cut();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#accepted += 1;
    const pair = new Pair(socket, connect({ ...this.#target, allowHalfOpen: true, noDelay: true }));
    this.#pairs.add(pair);
    pair.whenClosed(() => this.#pairs.delete(pair));
    if (this.#path === 'healthy') pair.forward();
  }
}

/** One connection: the client's half and ours to the server. */
class Pair {
  readonly #halves: readonly [Socket, Socket];
  #forwarding = false;

  constructor(client: Socket, server: Socket) {
    this.#halves = [client, server];
    client.on('error', () => resetSocket(server));
    server.on('error', () => resetSocket(client));
  }

  whenClosed(closed: () => void): void {
    let open = 2;
    for (const half of this.#halves) half.on('close', () => { if (--open === 0) closed(); });
  }

  forward(): void {
    if (this.#forwarding) return;
    this.#forwarding = true;
    const [client, server] = this.#halves;
    client.pipe(server);
    server.pipe(client);
  }

  hold(): void {
    this.#forwarding = false;
    for (const half of this.#halves) half.unpipe().pause();
  }

  reset(): void {
    for (const half of this.#halves) resetSocket(half);
  }
}
