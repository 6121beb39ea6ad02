import { type SchedulerLike, asyncScheduler } from 'rxjs';
import { Endpoint } from '../kubernetes/endpoint.ts';
import type { Transport, TransportOptions } from '../kubernetes/transport.ts';
import { EmbeddedServer, type EmbeddedServerOptions } from './embedded-server.ts';
import { InMemoryNetwork } from './in-memory-network.ts';
import { type InMemoryPeer, InMemoryTransport } from './in-memory-transport.ts';
import { kubeconfigDocument } from './kubeconfig-document.ts';
import { randomToken } from './login.ts';
import { handleRequest } from './request-handling.ts';

export interface InMemoryApiServerOptions extends EmbeddedServerOptions {
  /** In its address, under the reserved domain `invalid`: nothing is ever looked up. @default 'fake' */
  readonly name?: string;
  /** Its time. @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** A token that is let in, and the kubeconfig that holds it. */
export interface InMemoryLogin {
  readonly token: string;
  readonly kubeconfig: string;
}

/**
 * The API server of `FakeApiServer` without its sockets: the same objects, answers and faults, reached by transports that it makes. It answers at once, before `subscribe`
 * returns, and whatever takes time takes it by the scheduler: virtual time sees all of it. There are no certificates, and no PINGs: a half-open connection lasts until it is restored.
 */
export class InMemoryApiServer extends EmbeddedServer {
  readonly url: string;
  readonly #scheduler: SchedulerLike;
  readonly #network = new InMemoryNetwork();
  readonly #peer: InMemoryPeer;

  constructor({ name = 'fake', scheduler = asyncScheduler, ...options }: InMemoryApiServerOptions = {}) {
    super(options, { scheduler, soon: (action) => { scheduler.schedule(action); } });
    this.url = `https://${name}.invalid`;
    this.#scheduler = scheduler;
    const { state } = this;
    this.#peer = { network: this.#network, handle: (exchange) => handleRequest(state, exchange) };
  }

  /** A transport to it; the endpoint tells the credentials and the path. */
  transport(endpoint: Endpoint, options: TransportOptions): Transport {
    return new InMemoryTransport(endpoint, options, this.#peer, this.#scheduler);
  }

  /** Where it is, for an administrator. */
  endpoint(): Endpoint {
    return new Endpoint({ server: new URL(this.url), authorization: `Bearer ${this.token}` });
  }

  /** Lets another token in, of an administrator. */
  login(): InMemoryLogin {
    const token = randomToken();
    this.users.addToken(token);
    return { token, kubeconfig: kubeconfigDocument({ name: 'fake', contextName: 'fake', server: this.url, user: { token } }) };
  }

  /** Has whoever is connected probe it at once. */
  doubt(): void {
    this.#network.doubt();
  }

  override pause(): void {
    this.#network.mute();
  }

  override resume(): void {
    this.#network.restore();
  }

  override cut(): void {
    this.#network.cut();
  }

  /** Ends as a process ends, and is back with the same objects: every resourceVersion from before is too old. */
  restart(): void {
    this.forgetWatches();
    this.cut();
    this.forgetHistory();
  }

  /** Ends everything on it, and leaves no timer. Idempotent. */
  stop(): void {
    this.end();
    this.#network.refuse();
    this.completeRequests();
  }

  protected override refuseAll(): () => void {
    this.#network.refuse();
    return () => this.#network.restore();
  }

  protected override muteAll(): () => void {
    this.#network.mute();
    return () => this.#network.restore();
  }
}
