import type { Endpoint } from './endpoint.ts';
import type { TransportRequest } from './transport.ts';

/** What may stand in a header's value: no line break, that would begin another header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Says nothing of the value: it may be a credential. */
export class InvalidHeader extends Error {
  readonly header: string;

  constructor(header: string) {
    super(`the header ${header} is not valid`);
    this.header = header;
  }
}

/**
 * The headers of every request to one API server, prepared once: who asks, and as whom. They win over a request's own of the same name.
 * Lists are flat: name, value, name, value. Making one throws an {@link InvalidHeader} where a value is none.
 */
export class RequestHeaders {
  readonly #scheme: string;
  readonly #authority: string;
  readonly #fixed: readonly string[];
  #all: readonly string[];
  #names: ReadonlySet<string>;
  #invalid: string | undefined;
  #secrets: readonly string[] = [];

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
    // A request may not bring an Authorization of its own, not even where there is none.
    this.#names = new Set(['authorization', ...this.#all.filter((_, at) => at % 2 === 0)]);
    // Those of before as well: answers to them may be under way.
    this.#secrets = [...(value === undefined ? [] : secretsOf(value)), ...this.#secrets.slice(0, MOST_PARTS)];
    const invalid = this.#all.findIndex((text, at) => at % 2 === 1 && !VALUE.test(text));
    this.#invalid = invalid < 0 ? undefined : this.#all[invalid - 1];
  }

  /** What a server says of an error, without the credentials that it was sent: its words reach messages and logs. */
  conceal(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '[concealed]'), text);
  }

  /** With the pseudo-headers of HTTP/2 in front. */
  http2(method: string, path: string, request: TransportRequest): string[] {
    return this.#complete([':method', method, ':scheme', this.#scheme, ':authority', this.#authority, ':path', path, ...this.#all], request);
  }

  http1(request: TransportRequest): string[] {
    return this.#complete([...this.#all], request);
  }

  #complete(list: string[], { headers, body, gzip }: TransportRequest): string[] {
    if (this.#invalid !== undefined) throw new InvalidHeader(this.#invalid);
    let accepts = false;
    let typed = body === undefined;
    for (const given in headers) {
      const name = given.toLowerCase();
      if (this.#names.has(name)) continue;
      if (name === 'accept') accepts = true;
      else if (name === 'content-type') typed = true;
      const value = headers[given] ?? '';
      if (!VALUE.test(value)) throw new InvalidHeader(name);
      list.push(name, value);
    }
    if (!accepts) list.push('accept', 'application/json');
    if (!typed) list.push('content-type', 'application/json');
    if (gzip === true) list.push('accept-encoding', 'gzip');
    return list;
  }
}

/** Of one credential at most: the token, or the login and the password, each as it is and as JSON quotes it. */
const MOST_PARTS = 4;

/** Shorter ones would be found in words that are none. */
const SHORTEST_SECRET = 6;

/** The token, or the login and the password, in the forms in which they may come back. */
function secretsOf(authorization: string): readonly string[] {
  const credential = authorization.slice(authorization.indexOf(' ') + 1);
  const password = authorization.startsWith('Basic ') ? Buffer.from(credential, 'base64').toString('utf8').replace(/^[^:]*:/, '') : '';
  const forms = [credential, password].flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
  return [...new Set(forms)].filter(({ length }) => length >= SHORTEST_SECRET);
}
