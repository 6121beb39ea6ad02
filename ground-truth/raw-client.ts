import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { ObjectMeta, Status } from '../lib/model/kubernetes-object.ts';

/** What an API server may answer, as far as specs look into it: an object, a list, a table of resources or a Status. */
export interface Answer extends Omit<Status, 'kind' | 'status'> {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: ObjectMeta & { readonly continue?: string; readonly remainingItemCount?: number };
  readonly items?: readonly Answer[];
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Of an object its status, of a Status `Success` or `Failure`. */
  readonly status?: string | Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly versions?: readonly unknown[];
  readonly groups?: readonly { readonly name: string; readonly versions: readonly { readonly version: string }[]; readonly preferredVersion: { readonly version: string } }[];
  readonly groupVersion?: string;
  readonly resources?: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean; readonly verbs: readonly string[]; readonly singularName?: string; readonly shortNames?: readonly string[] }[];
  readonly gitVersion?: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, where it is one JSON document; else an empty object. */
  readonly body: Answer;
}

export interface RawWatchEvent {
  readonly type: string;
  readonly object: Answer;
}

export interface RawCredential {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Talks JSON over HTTP/1.1 to an API server, with none of the code under test. */
export class RawClient {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url, ca, credential = {} }: { readonly url: string; readonly ca: string; readonly credential?: RawCredential }) {
    const { token, ...tls } = credential;
    this.#url = url;
    this.#agent = new Agent({ ca, ...tls, keepAlive: true });
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  /** Sends and reads the whole answer, whatever its status. */
  async send(path: string, options: RawRequest = {}): Promise<RawAnswer> {
    const response = await this.#open(path, options);
    const body = await text(response);
    const { 'content-type': type, 'content-encoding': encoding } = response.headers;
    const json = type?.startsWith('application/json') && encoding === undefined;
    return { status: response.statusCode ?? 0, headers: response.headers, text: body, body: json ? JSON.parse(body) as Answer : {} };
  }

  /** The same, and throws unless the answer is a success. */
  async do(path: string, options: RawRequest = {}): Promise<Answer> {
    const { status, body, text } = await this.send(path, options);
    if (status < 200 || status > 299) throw new Error(`${options.method ?? 'GET'} ${path}: ${status} ${body.message ?? text}`);
    return body;
  }

  get(path: string): Promise<Answer> {
    return this.do(path);
  }

  create(path: string, body: unknown): Promise<Answer> {
    return this.do(path, { method: 'POST', body });
  }

  update(path: string, body: unknown): Promise<Answer> {
    return this.do(path, { method: 'PUT', body });
  }

  merge(path: string, body: unknown): Promise<Answer> {
    return this.do(path, { method: 'PATCH', body, contentType: 'application/merge-patch+json' });
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.do(path, { method: 'DELETE', body });
  }

  /** Opens a watch; the answer's status is that of `send`. */
  async watch(path: string, options: RawRequest = {}): Promise<RawWatch> {
    return new RawWatch(await this.#open(path, options));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #open(path: string, options: RawRequest): Promise<IncomingMessage> {
    const { method = 'GET', body, contentType = 'application/json', headers } = options;
    const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    // Without a length node frames no body of a DELETE, and the server takes it for the next request.
    const framing = payload !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) };
    const outgoing = request(this.#url + path, { agent: this.#agent, method, headers: { ...this.#headers, ...framing, ...headers } });
    outgoing.on('error', () => {}); // after the head of the answer it is told by the answer's own error
    outgoing.end(payload);
    try {
      const [response] = await once(outgoing, 'response') as [IncomingMessage];
      return response;
    } catch (error) {
      // A socket kept from an exchange before, to a server that is no longer there.
      if (outgoing.reusedSocket) return this.#open(path, options);
      throw error;
    }
  }
}

/** An open watch, read event by event. */
export class RawWatch implements Disposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #response: IncomingMessage;
  readonly #events: AsyncGenerator<RawWatchEvent, undefined>;

  constructor(response: IncomingMessage) {
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    this.#response = response;
    this.#events = eventsOf(response);
  }

  /** The next event, or `undefined` when the server has ended the watch. */
  async next(): Promise<RawWatchEvent | undefined> {
    return (await this.#events.next()).value;
  }

  /** The next events up to and including the first that fits. Throws when the watch ends without one. */
  async until(fits: (event: RawWatchEvent) => boolean): Promise<RawWatchEvent[]> {
    const events: RawWatchEvent[] = [];
    for (let event = await this.next(); event !== undefined; event = await this.next()) {
      events.push(event);
      if (fits(event)) return events;
    }
    throw new Error(`the watch ended after ${JSON.stringify(events.map(({ type }) => type))}`);
  }

  [Symbol.dispose](): void {
    this.#response.destroy();
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<RawWatchEvent, undefined> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as RawWatchEvent;
  }
  return undefined;
}
