import { Certificates } from './certificates.ts';
import { EmbeddedServer } from './embedded-server.ts';
import { Exchange } from './exchange.ts';
import type { FakeApiServerOptions } from './fake-api-server-options.ts';
import { type KubeconfigOptions, kubeconfigDocument } from './kubeconfig-document.ts';
import { Listener } from './listener.ts';
import { newLogin } from './login.ts';
import { handleRequest } from './request-handling.ts';
import type { RequestCounters } from './request-log.ts';

/** What a server has seen since it was made, and what is open now. */
export interface ServerCounters extends RequestCounters {
  readonly connectionsAccepted: number;
  readonly openConnections: number;
  readonly openWatches: number;
}

export interface RestartOptions {
  /** @default true */
  readonly keepPort?: boolean;
  /** @default the same */
  readonly certificates?: Certificates;
}

const DEFAULT_NAME = 'fake';

/**
 * A Kubernetes API server inside this process, on a real port of loopback with real TLS: create, read, update, patch, apply, delete, list
 * by pages, watch, discovery, authentication – with the status codes and texts of kube-apiserver 1.36 – and faults on demand.
 * Nothing is admitted, scheduled, defaulted or collected: objects stay as they are written.
 */
export class FakeApiServer extends EmbeddedServer implements AsyncDisposable {
  readonly #listener: Listener;
  #certificates: Certificates | undefined;

  private constructor(options: FakeApiServerOptions) {
    super(options);
    const { certificates, protocols = ['h2', 'http/1.1'], maxConcurrentStreams = 100 } = options;
    const { state } = this;
    this.#certificates = certificates === false ? undefined : certificates ?? Certificates.shared();
    this.#listener = new Listener({ protocols, maxConcurrentStreams, handle: (...exchange) => handleRequest(state, new Exchange(...exchange)) });
  }

  /** Starts a server; resolves when it listens. */
  static async start(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
    const server = new FakeApiServer(options);
    await server.#listener.listen(server.#certificates, options.port ?? 0);
    return server;
  }

  get url(): string {
    return `${this.#certificates === undefined ? 'http' : 'https'}://127.0.0.1:${this.#listener.port}`;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** PEM of the authority that has signed the server's certificate; empty for plain http. */
  get ca(): string {
    return this.#certificates?.ca ?? '';
  }

  /** The authority that also signs client certificates. Throws for plain http. */
  get certificates(): Certificates {
    if (this.#certificates === undefined) throw new Error('a server of plain http has no certificates');
    return this.#certificates;
  }

  override get counters(): ServerCounters {
    return { ...super.counters, connectionsAccepted: this.#listener.accepted, openConnections: this.#listener.connections.size };
  }

  /** A kubeconfig for this server, ready to use: its token, certificate or password is accepted from now on. */
  kubeconfig(options: KubeconfigOptions = {}): string {
    const { name = DEFAULT_NAME, contextName = name, server = this.url, ca = this.#certificates?.ca, cluster, namespace } = options;
    const user = newLogin(this.users, this.token, this.#certificates, options);
    return kubeconfigDocument({ name, contextName, server, ca, user, ...(cluster && { cluster }), ...(namespace !== undefined && { namespace }) });
  }

  override pause(): void {
    this.#listener.mute();
  }

  override resume(): void {
    this.#listener.unmute();
  }

  /** Resets every open connection (RST). New ones are accepted. */
  override cut(): void {
    this.#listener.reset();
  }

  /** HTTP/2: GOAWAY on every connection; what runs on it goes on. */
  goAway(): void {
    this.#listener.goAway();
  }

  /**
   * Ends as a process ends, and comes back with the same objects on the same port. As on a real server, whose own leases are written
   * before it serves, every resourceVersion from before is too old. With other `certificates` it comes back under another authority.
   */
  async restart({ keepPort = true, certificates }: RestartOptions = {}): Promise<void> {
    await this.shutDown();
    if (certificates !== undefined) this.#certificates = certificates;
    await this.startUp({ keepPort });
  }

  /** The first half of `restart`: nobody listens, and the objects stay. */
  async shutDown(): Promise<void> {
    this.forgetWatches();
    await this.#listener.close();
  }

  /** The second half of `restart`. */
  async startUp({ keepPort = true }: { readonly keepPort?: boolean } = {}): Promise<void> {
    this.forgetHistory();
    await this.#listener.listen(this.#certificates, keepPort ? this.#listener.port : 0);
  }

  /** Ends everything on it: no socket, timer or listener is left. Idempotent. */
  async stop(): Promise<void> {
    this.end();
    await this.#listener.close();
    this.completeRequests();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  protected override refuseAll(): () => Promise<void> {
    void this.#listener.close();
    return () => this.#listener.listen(this.#certificates);
  }

  protected override muteAll(): () => void {
    this.pause();
    return () => this.resume();
  }
}
