/**
 * What the transport costs its client, beside a bare node:http2 program that sends the same requests: `node --expose-gc bench/transport.ts [connections] [gets]`.
 * The server runs in a process of its own, and each measurement in another, three times in turn.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type ClientHttp2Session, type ServerHttp2Stream, connect, createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createSecureContext, connect as connectTls } from 'node:tls';
import { lastValueFrom } from 'rxjs';
import { Endpoint } from '../lib/kubernetes/endpoint.ts';
import { createTransport } from '../lib/kubernetes/transport.ts';
import { Certificates } from '../lib/testing/certificates.ts';

const ROUNDS = 3;
const AUTHORIZATION = `Bearer ${'t'.repeat(900)}`; // as long as a service account's token
const USER_AGENT = 'bench';
const WATCHES = ['/apis/cluster.x-k8s.io/v1beta2/clusters?watch=true', '/api/v1/nodes?watch=true'];
const PROBE = '/livez';

interface Figures {
  /** ms of CPU for connect, one GET and two watches. */
  readonly connect: number;
  /** KB of resident memory, and of the JavaScript heap in them, for each idle connection. */
  readonly resident: number;
  readonly heap: number;
  /** µs of CPU for a GET, one after the other and 20 at a time. */
  readonly get: number;
  readonly get20: number;
}

/** One connection with its two watches open. */
interface Connected {
  get(path: string): Promise<string>;
}

type Variant = (port: number, ca: string) => Promise<Connected>;

const floor: Variant = async (port, ca) => {
  const options = { host: '127.0.0.1', port, secureContext: createSecureContext({ ca }), ALPNProtocols: ['h2', 'http/1.1'], noDelay: true };
  const socket = connectTls(options);
  await once(socket, 'secureConnect');
  const session: ClientHttp2Session = connect(`https://127.0.0.1:${port}`, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: 4 << 20 } });
  session.setLocalWindowSize(8 << 20);
  session.on('error', () => {});
  const headers = { 'user-agent': USER_AGENT, authorization: AUTHORIZATION, accept: 'application/json' };
  const get = (path: string) => new Promise<string>((resolve, reject) => {
    const stream = session.request({ ':path': path, ...headers });
    let body = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve(body)).on('error', reject);
  });
  await get(PROBE);
  for (const path of WATCHES) {
    const stream = session.request({ ':path': path, ...headers });
    stream.setEncoding('utf8').on('data', () => {}).on('error', () => {});
    await once(stream, 'response');
  }
  return { get };
};

const transport: Variant = async (port, ca) => {
  const own = createTransport(new Endpoint({ server: new URL(`https://127.0.0.1:${port}`), tls: { ca, insecureSkipVerify: false }, authorization: AUTHORIZATION }), { userAgent: USER_AGENT });
  const get = (path: string) => lastValueFrom(own.request({ path, timeout: 10_000 })).then(({ body }) => body);
  await get(PROBE);
  for (const path of WATCHES) {
    await new Promise<void>((resolve) => { own.lines({ path, timeout: 10_000 }).subscribe(() => resolve()); });
  }
  return { get };
};

const VARIANTS: Readonly<Record<string, Variant>> = { floor, transport };

async function measure(open: Variant, port: number, ca: string, connections: number, gets: number): Promise<Figures> {
  const held = [];
  for (let i = 0; i < 20; i++) held.push(await open(port, ca)); // everything is compiled, and the pools of the allocator are there
  const before = settled();
  const began = process.cpuUsage();
  for (let i = 0; i < connections; i++) held.push(await open(port, ca));
  const cost = spent(began);
  const after = settled();
  const [one] = held;
  if (one === undefined) throw new Error('nothing is connected');
  const pass = async (concurrency: number) => {
    const start = process.cpuUsage();
    for (let i = 0; i < gets; i += concurrency) await Promise.all(Array.from({ length: concurrency }, () => one.get(PROBE)));
    return spent(start) * 1_000 / gets;
  };
  await pass(1);
  const get = await pass(1);
  const get20 = await pass(20);
  return { connect: cost / connections, resident: (after.rss - before.rss) / 1_024 / connections, heap: (after.heapUsed - before.heapUsed) / 1_024 / connections, get, get20 };
}

/** ms of CPU, user and system. */
function spent(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
}

function settled(): NodeJS.MemoryUsage {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return process.memoryUsage();
}

function serve(): void {
  const certificates = Certificates.shared();
  const server = createSecureServer({ ...certificates.server, settings: { maxConcurrentStreams: 100 } });
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'application/json' });
    if (headers[':path'] === PROBE) stream.end('ok');
    else stream.write('{"type":"BOOKMARK"}\n');
  });
  server.on('sessionError', () => {});
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port, ca: certificates.ca }));
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const [answer] = await once(child, 'message');
  return answer as T;
}

async function compare(connections: number, gets: number): Promise<void> {
  const server = fork(import.meta.filename, ['serve']);
  const { port, ca } = await answerOf<{ port: number; ca: string }>(server);
  const rows: Record<string, string>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(VARIANTS)) {
      const child = fork(import.meta.filename, ['measure', name, String(port), ca, String(connections), String(gets)], { execArgv: ['--expose-gc'] });
      const { connect: connecting, resident, heap, get, get20 } = await answerOf<Figures>(child);
      rows.push({
        variant: name, 'connect + 2 watches, ms': connecting.toFixed(2), 'resident, KB': resident.toFixed(0), 'heap, KB': heap.toFixed(1), 'GET, µs': get.toFixed(0), 'GET of 20, µs': get20.toFixed(0),
      });
    }
  }
  server.kill();
  console.table(rows);
}

const [mode = '200', ...rest] = process.argv.slice(2);
if (mode === 'serve') {
  serve();
} else if (mode === 'measure') {
  const [name = '', port, ca = '', connections, gets] = rest;
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`no variant ${name}`);
  process.send?.(await measure(variant, Number(port), ca, Number(connections), Number(gets)), () => process.exit());
} else {
  await compare(Number(mode), Number(rest[0] ?? 3_000));
}
