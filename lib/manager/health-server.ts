import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../model/logger.ts';
import type { HealthChecks } from './health-checks.ts';
import type { ServerOptions } from './manager-options.ts';
import type { Exposition } from './prometheus-registry.ts';

export interface HealthServerOptions extends ServerOptions {
  readonly healthz: HealthChecks;
  readonly readyz: HealthChecks;
  /** @default none: `/metrics` is a 404 */
  readonly metrics?: Exposition | undefined;
  readonly logger: Logger;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

const PLAIN = 'text/plain; charset=utf-8';

/** Serves `/healthz`, `/readyz`, each check of theirs as `/healthz/NAME`, and `/metrics`, by plain http. */
export class HealthServer {
  readonly #options: HealthServerOptions;
  readonly #server: Server;
  #listening: Promise<void> | undefined;

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => { void this.#handle(request, response); });
  }

  /** Where it listens; `undefined` where it does not. */
  get address(): { readonly host: string; readonly port: number } | undefined {
    const address = this.#server.address() as AddressInfo | null;
    return address === null ? undefined : { host: address.address, port: address.port };
  }

  /** Resolves when it listens; rejects where it cannot, with the system's error. */
  listen(): Promise<void> {
    return this.#listening ??= this.#listen();
  }

  /** Resolves when no socket of it is open. Idempotent. */
  async close(): Promise<void> {
    await this.#listening?.catch(() => {}); // whoever closes it while it looks its host up would have it listen after all
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #listen(): Promise<void> {
    const { port, host } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen({ port, host }, resolve);
    await promise;
    this.#server.removeListener('error', reject).on('error', (error) => this.#options.logger.error({ err: error }, 'the health server has trouble'));
  }

  async #handle({ method = 'GET', url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { logger } = this.#options;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let answer: Answer;
    try {
      answer = method === 'GET' || method === 'HEAD' ? await this.#answer(new URL(url, 'http://localhost'), gone.signal) : { status: 405, body: 'method not allowed\n' };
    } catch (error) {
      logger.error({ path: url, err: error }, 'a health endpoint failed');
      answer = { status: 500, body: 'internal server error\n' };
    }
    if (gone.signal.aborted) return;
    const { status, body, contentType = PLAIN } = answer;
    response.writeHead(status, { 'content-type': contentType, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache, no-store' });
    response.end(method === 'HEAD' ? undefined : body);
  }

  async #answer({ pathname, searchParams }: URL, signal: AbortSignal): Promise<Answer> {
    const { metrics, logger } = this.#options;
    const [, endpoint = '', name, ...rest] = pathname.split('/');
    if (endpoint === 'metrics' && metrics !== undefined && name === undefined) return { status: 200, body: await metrics.metrics(), contentType: metrics.contentType };
    const checks = endpoint === 'healthz' ? this.#options.healthz : endpoint === 'readyz' ? this.#options.readyz : undefined;
    if (checks === undefined || rest.length > 0) return { status: 404, body: '404 page not found\n' };
    if (name !== undefined && name !== '') return checks.answerOf(decodeURIComponent(name), signal);
    const answer = await checks.answer({ verbose: searchParams.has('verbose'), exclude: searchParams.getAll('exclude'), signal });
    if (answer.status !== 200 && !signal.aborted) logger.info({ endpoint, checks: answer.body }, 'a health check failed');
    return answer;
  }
}
