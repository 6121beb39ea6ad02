import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Certificates } from '../lib/testing/certificates.ts';
import { assets } from './assets.ts';
import { freePorts } from './free-ports.ts';
import { whenWeDie } from './guard.ts';
import { ServerProcess } from './server-process.ts';

/** ms until /readyz must be ok: seen are 2 to 3 s on two idle cores. */
const READY_TIMEOUT = 60_000;
const READY_POLL = 50;

export interface ControlPlaneOptions {
  /** More flags of kube-apiserver, such as `--goaway-chance=0.02`. */
  readonly flags?: readonly string[];
}

/** A kube-apiserver and its etcd on free loopback ports, with certificates made on the spot. Nothing of it outlives this process. */
export class ControlPlane implements AsyncDisposable {
  readonly port: number;
  /** Its server certificate, and the client certificates that it trusts. */
  readonly certificates: Certificates;
  /** Bearer token of a user of the group `system:masters`. */
  readonly adminToken: string;
  readonly #folder: string;
  readonly #releaseFolder: () => void;
  readonly #etcd: ServerProcess;
  readonly #etcdUrl: string;
  readonly #kubeApiserver: string;
  readonly #args: readonly string[];
  #flags: readonly string[];
  #apiServer: ServerProcess;

  private constructor(fields: { port: number; certificates: Certificates; adminToken: string; folder: string; releaseFolder: () => void; etcd: ServerProcess; etcdUrl: string; kubeApiserver: string; args: readonly string[] }, flags: readonly string[]) {
    this.port = fields.port;
    this.certificates = fields.certificates;
    this.adminToken = fields.adminToken;
    this.#folder = fields.folder;
    this.#releaseFolder = fields.releaseFolder;
    this.#etcd = fields.etcd;
    this.#etcdUrl = fields.etcdUrl;
    this.#kubeApiserver = fields.kubeApiserver;
    this.#args = fields.args;
    this.#flags = flags;
    this.#apiServer = this.#run();
  }

  /** Starts both and resolves when the API server is ready. */
  static async start({ flags = [] }: ControlPlaneOptions = {}): Promise<ControlPlane> {
    const { etcd: etcdBinary, kubeApiserver } = assets();
    const folder = await mkdtemp(join(tmpdir(), 'clustercache-control-plane-'));
    const releaseFolder = whenWeDie('sleep 1; rm -rf "$1"', folder); // after the processes that write into it
    const [client, peer, port] = await freePorts(3) as [number, number, number];
    const etcdUrl = `http://127.0.0.1:${client}`;
    const etcd = new ServerProcess(etcdBinary, etcdArgs(folder, etcdUrl, `http://127.0.0.1:${peer}`), join(folder, 'etcd.log'));
    const certificates = Certificates.create();
    const adminToken = randomBytes(16).toString('hex');
    const args = await apiServerArgs({ folder, etcd: etcdUrl, port, certificates, adminToken });
    const controlPlane = new ControlPlane({ port, certificates, adminToken, folder, releaseFolder, etcd, etcdUrl, kubeApiserver, args }, flags);
    try {
      await controlPlane.#ready();
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
    return controlPlane;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Process ids, for measuring. */
  get pids(): { readonly etcd: number | undefined; readonly apiServer: number | undefined } {
    return { etcd: this.#etcd.pid, apiServer: this.#apiServer.pid };
  }

  /** Kills the API server and resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#apiServer.end('SIGKILL');
  }

  /** Starts the API server again, on the same port and the same etcd, after killing it if it runs; resolves when it is ready. The flags stay unless others are given. */
  async restart({ flags = this.#flags }: ControlPlaneOptions = {}): Promise<void> {
    await this.kill();
    this.#flags = flags;
    this.#apiServer = this.#run();
    await this.#ready();
  }

  /** Throws etcd's history away; the API server forgets its own copy when it is restarted. */
  async compact(): Promise<void> {
    const { header } = await this.#askEtcd('maintenance/status', {});
    await this.#askEtcd('kv/compaction', { revision: header?.revision, physical: true });
  }

  /** Stops the API server's clock: its sockets stay open and fall silent. */
  pause(): void {
    this.#apiServer.pause();
  }

  resume(): void {
    this.#apiServer.resume();
  }

  /** Kills both and removes every file. Idempotent. */
  async stop(): Promise<void> {
    await Promise.all([this.#apiServer.end('SIGKILL'), this.#etcd.end('SIGKILL')]);
    await rm(this.#folder, { recursive: true, force: true });
    this.#releaseFolder();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #run(): ServerProcess {
    return new ServerProcess(this.#kubeApiserver, [...this.#args, ...this.#flags], join(this.#folder, 'kube-apiserver.log'));
  }

  async #askEtcd(path: string, body: object): Promise<{ readonly header?: { readonly revision?: string } }> {
    const response = await fetch(`${this.#etcdUrl}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd answered ${response.status} to ${path}`);
    return await response.json() as { readonly header?: { readonly revision?: string } };
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + READY_TIMEOUT;
    while (!await this.#isReady()) {
      this.#etcd.assertRunning();
      this.#apiServer.assertRunning();
      if (performance.now() > deadline) throw new Error(`kube-apiserver was not ready within ${READY_TIMEOUT} ms`);
      await delay(READY_POLL);
    }
  }

  #isReady(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const options = { ca: this.certificates.ca, headers: { authorization: `Bearer ${this.adminToken}` }, agent: false, timeout: 1000 };
    const request = get(`${this.url}/readyz`, options, (response) => resolve(response.resume().statusCode === 200));
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    return promise;
  }
}

function etcdArgs(folder: string, client: string, peer: string): string[] {
  return [
    '--name=default',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync', // what a killed etcd loses is lost with its folder
    '--log-level=warn',
  ];
}

async function apiServerArgs({ folder, etcd, port, certificates, adminToken }: { folder: string; etcd: string; port: number; certificates: Certificates; adminToken: string }): Promise<string[]> {
  const { ca, server } = certificates;
  const serviceAccounts = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const contents = {
    'ca.crt': ca,
    'server.crt': server.cert,
    'server.key': server.key,
    'service-accounts.key': serviceAccounts.privateKey,
    'service-accounts.pub': serviceAccounts.publicKey,
    'tokens.csv': `${adminToken},admin,admin,"system:masters"\n`,
  };
  const file = (name: keyof typeof contents): string => join(folder, name);
  await Promise.all(Object.entries(contents).map(([name, content]) => writeFile(join(folder, name), content, { mode: 0o600 })));
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--token-auth-file=${file('tokens.csv')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${file('service-accounts.pub')}`,
    `--service-account-signing-key-file=${file('service-accounts.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount', // no controller makes the default service accounts that it waits for
    '--allow-privileged=true',
  ];
}
