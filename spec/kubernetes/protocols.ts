import { type WireServer, http1Server, http2Server, plainServer } from './wire-server.ts';

/** What both protocols have of an answer. */
export interface Answer {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Promise<string>;
  /** Resolves when the client took its request back, or the answer is over. */
  readonly closed: Promise<void>;
  head(status: number, headers?: Record<string, string>): void;
  write(chunk: string | Buffer): void;
  end(chunk?: string | Buffer): void;
  /** Breaks off in the middle. */
  reset(): void;
}
export type Handler = (answer: Answer) => void;

async function textOf(source: AsyncIterable<Buffer>): Promise<string> {
  const chunks = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const overHttp1 = (listen: typeof http1Server) => (handle: Handler) => listen((request, response) => handle({
  url: request.url ?? '', method: request.method ?? '', headers: request.headers,
  get body() { return textOf(request); },
  closed: new Promise((resolve) => { response.on('close', resolve); }),
  head: (status, headers = {}) => { response.writeHead(status, headers).flushHeaders(); },
  write: (chunk) => { response.write(chunk); },
  end: (chunk) => { response.end(chunk); },
  reset: () => { request.socket.destroy(); },
}));

/** A server of each way that there is to speak to one. */
export const protocols: Readonly<Record<string, (handle: Handler) => Promise<WireServer>>> = {
  'HTTP/2': (handle) => http2Server((stream, { ':path': url = '', ':method': method = '', ...headers }) => handle({
    url, method, headers: { ...headers, host: headers[':authority'] },
    get body() { return textOf(stream); },
    closed: new Promise((resolve) => { stream.on('close', resolve); }),
    head: (status, extra = {}) => { stream.respond({ ':status': status, ...extra }); },
    write: (chunk) => { stream.write(chunk); },
    end: (chunk) => { stream.end(chunk); },
    reset: () => { stream.destroy(new Error('broken off')); },
  }), { maxSessionMemory: 100 }), // MB: what a spec sends at once
  'HTTP/1.1 over TLS': overHttp1(http1Server),
  'plain HTTP': overHttp1(plainServer),
};
