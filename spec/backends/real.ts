import { setTimeout as delay } from 'node:timers/promises';
import { ControlPlane } from '../../ground-truth/control-plane.ts';
import { installCrds } from '../../ground-truth/install-crds.ts';
import { RawClient } from '../../ground-truth/raw-client.ts';
import { TcpProxy } from '../../lib/testing/tcp-proxy.ts';
import type { Backend, Environment, Login, LoginKind, TestServer } from './backend.ts';

const POLL = 50;

/** A kube-apiserver and an etcd per environment: its clusters are one server behind a path each. */
export const real: Backend = {
  name: 'real',
  async start({ workloads = 0, goawayChance = 0 } = {}): Promise<Environment> {
    await using stack = new AsyncDisposableStack();
    const controlPlane = stack.use(await ControlPlane.start({ flags: goawayChance === 0 ? [] : [`--goaway-chance=${goawayChance}`] }));
    const raw = new RawClient({ url: controlPlane.url, ca: controlPlane.certificates.ca, credential: { token: controlPlane.adminToken } });
    stack.defer(() => raw.close());
    await installCrds(raw);
    const servers: RealServer[] = [];
    for (let count = 0; count <= workloads; count += 1) servers.push(new RealServer(controlPlane, raw, stack.use(await TcpProxy.to(controlPlane.port))));
    const [management, ...rest] = servers as [RealServer, ...RealServer[]];
    const resources = stack.move();
    return { management, workloads: rest, stop: () => resources.disposeAsync() };
  },
};

class RealServer implements TestServer {
  readonly raw: RawClient;
  readonly path: TcpProxy;
  readonly #controlPlane: ControlPlane;

  constructor(controlPlane: ControlPlane, raw: RawClient, path: TcpProxy) {
    this.#controlPlane = controlPlane;
    this.raw = raw;
    this.path = path;
  }

  get url(): string {
    return `https://127.0.0.1:${this.path.port}`;
  }

  get ca(): string {
    return this.#controlPlane.certificates.ca;
  }

  async login(kind: LoginKind): Promise<Login> {
    const name = `login-${crypto.randomUUID().slice(0, 8)}`;
    if (kind === 'token') return this.#serviceAccount(name);
    const credential = this.#controlPlane.certificates.client({ user: name, key: kind });
    return { kind, credential, revoke: () => Promise.reject(new Error('a client certificate cannot be revoked')) };
  }

  kill(): Promise<void> {
    return this.#controlPlane.kill();
  }

  restart(): Promise<void> {
    return this.#controlPlane.restart();
  }

  async forgetHistory(): Promise<void> {
    await this.#controlPlane.compact();
    await this.restart();
  }

  pause(): void {
    this.#controlPlane.pause();
  }

  resume(): void {
    this.#controlPlane.resume();
  }

  /** Tokens of the token file hold as long as the server runs; those of a service account end with it. */
  async #serviceAccount(name: string): Promise<Login> {
    const accounts = '/api/v1/namespaces/default/serviceaccounts';
    await this.raw.create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
    await this.raw.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
    });
    const request = await this.raw.create(`${accounts}/${name}/token`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } });
    const { token } = request.status as { readonly token: string };
    const credential = { token };
    return {
      kind: 'token',
      credential,
      revoke: async () => {
        await this.raw.delete(`${accounts}/${name}`);
        const bearer = new RawClient({ url: this.#controlPlane.url, ca: this.ca, credential });
        // The server remembers for 10 s that a token was good.
        while ((await bearer.send('/version')).status !== 401) await delay(POLL);
        bearer.close();
      },
    };
  }
}
