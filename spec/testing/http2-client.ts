import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders, connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import type { FakeApiServer } from '../../lib/testing/index.ts';

export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One bare HTTP/2 connection to a server, with none of the code under test. */
export class Http2Client implements Disposable {
  readonly session: ClientHttp2Session;
  readonly #token: string;

  constructor({ url, ca, token }: Pick<FakeApiServer, 'url' | 'ca' | 'token'>, login: { readonly cert?: string; readonly key?: string } = {}) {
    this.session = connect(url, { ca, ...login });
    this.session.on('error', () => {}); // told by the streams on it
    this.#token = 'cert' in login ? '' : token;
  }

  /** Begins a request; its stream is the caller's. */
  open(path: string, { method = 'GET', headers = {}, body }: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {}): ClientHttp2Stream {
    const stream = this.session.request({ ':path': path, ':method': method, ...(this.#token !== '' && { authorization: `Bearer ${this.#token}` }), ...headers });
    stream.on('error', () => {}); // told by whoever waits for it
    stream.end(body === undefined ? undefined : JSON.stringify(body));
    return stream;
  }

  /** Sends and reads the whole answer. Rejects when the stream breaks. */
  async send(path: string, options?: Parameters<Http2Client['open']>[1]): Promise<Http2Answer> {
    const stream = this.open(path, options);
    const [headers] = await once(stream, 'response') as [IncomingHttpHeaders];
    return { status: Number(headers[':status']), headers, text: await text(stream) };
  }

  [Symbol.dispose](): void {
    this.session.destroy();
  }
}

/** Reads a stream line by line. */
export async function* linesOf(stream: ClientHttp2Stream): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
