import { randomUUID } from 'node:crypto';
import { RawClient } from '../../ground-truth/raw-client.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { TcpProxy } from '../../lib/testing/tcp-proxy.ts';
import type { Backend, Environment, Login, LoginKind, TestServer } from './backend.ts';

/** One `FakeApiServer` per cluster. */
export const embedded: Backend = {
  name: 'embedded',
  async start({ workloads = 0, goawayChance = 0 } = {}): Promise<Environment> {
    await using stack = new AsyncDisposableStack();
    const servers: EmbeddedServer[] = [];
    for (let count = 0; count <= workloads; count += 1) {
      const server = stack.use(await FakeApiServer.start({ anonymous: 'forbidden' }));
      if (goawayChance > 0) server.inject({ fault: 'goaway', match: () => Math.random() < goawayChance });
      const raw = new RawClient({ url: server.url, ca: server.ca, credential: { token: server.token } });
      stack.defer(() => raw.close());
      servers.push(new EmbeddedServer(server, raw, stack.use(await TcpProxy.to(server.port))));
    }
    const [management, ...rest] = servers as [EmbeddedServer, ...EmbeddedServer[]];
    const resources = stack.move();
    return { management, workloads: rest, stop: () => resources.disposeAsync() };
  },
};

class EmbeddedServer implements TestServer {
  readonly raw: RawClient;
  readonly path: TcpProxy;
  readonly #server: FakeApiServer;

  constructor(server: FakeApiServer, raw: RawClient, path: TcpProxy) {
    this.#server = server;
    this.raw = raw;
    this.path = path;
  }

  get url(): string {
    return `https://127.0.0.1:${this.path.port}`;
  }

  get ca(): string {
    return this.#server.ca;
  }

  async login(kind: LoginKind): Promise<Login> {
    const { users, certificates } = this.#server;
    const name = `login-${randomUUID().slice(0, 8)}`;
    if (kind !== 'token') {
      return { kind, credential: certificates.client({ user: name, key: kind }), revoke: () => Promise.reject(new Error('a client certificate cannot be revoked')) };
    }
    users.addToken(name);
    return { kind, credential: { token: name }, revoke: async () => users.revokeToken(name) };
  }

  async kill(): Promise<void> {
    this.#server.inject({ fault: 'refuse' });
  }

  restart(): Promise<void> {
    return this.#server.restart();
  }

  async forgetHistory(): Promise<void> {
    this.#server.compact();
    await this.restart();
  }

  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }
}
