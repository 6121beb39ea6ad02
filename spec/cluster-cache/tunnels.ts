import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** An HTTP proxy that does nothing but CONNECT, and counts its tunnels. */
export class Tunnels implements AsyncDisposable {
  made = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  static async listen(): Promise<Tunnels> {
    const tunnels = new Tunnels();
    tunnels.#server.listen(0, '127.0.0.1');
    await once(tunnels.#server, 'listening');
    return tunnels;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(client: Socket): void {
    this.#keep(client);
    client.once('data', (head: Buffer) => {
      const [, host = '', port = ''] = /^CONNECT ([^\s:]+):(\d+) /.exec(head.toString()) ?? [];
      const server = this.#keep(connect({ host, port: Number(port), noDelay: true }));
      server.once('connect', () => {
        this.made += 1;
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        client.pipe(server).pipe(client);
      });
    });
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => this.#sockets.delete(socket));
  }
}
