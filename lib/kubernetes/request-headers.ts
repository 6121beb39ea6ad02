import type { Endpoint } from './endpoint.ts';
import type { TransportRequest } from './transport.ts';

/**
 * The headers of every request to one API server, prepared once: who asks, and as whom. They win over a request's own of the same name.
 * Lists are flat: name, value, name, value.
 */
export class RequestHeaders {
  readonly #scheme: string;
  readonly #authority: string;
  readonly #fixed: readonly string[];
  #all: readonly string[];
  #names: ReadonlySet<string>;

  constructor({ server, authorization, impersonation }: Endpoint, userAgent: string) {
    this.#scheme = server.protocol.slice(0, -1);
    this.#authority = server.host;
    this.#fixed = ['user-agent', userAgent, ...Object.entries(impersonation ?? {}).flatMap(([name, values]) =>
      (typeof values === 'string' ? [values] : values).flatMap((value) => [name.toLowerCase(), value]))];
    this.#all = this.#fixed;
    this.#names = new Set();
    this.setAuthorization(authorization);
  }

  setAuthorization(value: string | undefined): void {
    this.#all = value === undefined ? this.#fixed : [...this.#fixed, 'authorization', value];
    // A request may not bring an Authorization or an identity of its own, not even where there is none.
    this.#names = new Set(['authorization', ...this.#all.filter((_, at) => at % 2 === 0)]);
  }

  /** With the pseudo-headers of HTTP/2 in front. */
  http2(method: string, path: string, request: TransportRequest): string[] {
    return this.#complete([':method', method, ':scheme', this.#scheme, ':authority', this.#authority, ':path', path, ...this.#all], request);
  }

  http1(request: TransportRequest): string[] {
    return this.#complete([...this.#all], request);
  }

  #complete(list: string[], { headers, body, gzip }: TransportRequest): string[] {
    let accepts = false;
    let typed = body === undefined;
    for (const given in headers) {
      const name = given.toLowerCase();
      if (this.#names.has(name)) continue;
      if (name === 'accept') accepts = true;
      else if (name === 'content-type') typed = true;
      list.push(name, headers[given] ?? '');
    }
    if (!accepts) list.push('accept', 'application/json');
    if (!typed) list.push('content-type', 'application/json');
    if (gzip === true) list.push('accept-encoding', 'gzip');
    return list;
  }
}
