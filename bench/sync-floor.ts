import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { createSecureContext, connect as connectTls } from 'node:tls';
import { createGunzip } from 'node:zlib';
import type { KubernetesObject, WatchEvent } from '../lib/model/kubernetes-object.ts';
import type { SyncContestant } from './sync-contestant.ts';

export interface SyncFloorOptions {
  /** Whether pages come compressed; watches never do. */
  readonly gzip?: boolean;
  /** Whether the next page is asked for while one is coming: the token is at its head. */
  readonly ahead?: boolean;
  /** Whether the first state comes as events of the watch. */
  readonly watchList?: boolean;
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly token: string } }];
}

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubernetesObject[];
}

const PODS = '/api/v1/pods';
const PAGE_SIZE = 500;
const MIB = 1024 * 1024;
/** What a round trip of 100 ms at 40 MB/s has under way, for one stream and for the connection. */
const WINDOWS = { stream: 4 * MIB, connection: 8 * MIB };
const NEWLINE = 0x0a;
/** Where kube-apiserver writes the token: in the first bytes of a page. */
const TOKEN = /"continue":"([^"]+)"/;
const HEAD = 4_096;

/** No more than it takes: node:http2, JSON.parse and a Map. No timeout, no retry, no check, nothing shared, nobody told. */
export function syncFloor({ gzip = false, ahead = false, watchList = false }: SyncFloorOptions): SyncContestant {
  return {
    async sync({ kubeconfig }) {
      const session = await open(JSON.parse(kubeconfig) as Kubeconfig);
      const pods = new Map<string, KubernetesObject>();
      let modified = 0;
      const keep = (pod: KubernetesObject): void => {
        const { metadata } = pod;
        if (metadata === undefined) return;
        delete (metadata as { managedFields?: unknown }).managedFields;
        pods.set(`${metadata.namespace}/${metadata.name}`, pod);
      };
      const { promise: complete, resolve: completed } = Promise.withResolvers<void>();
      const event = (line: string): void => {
        const { type, object } = JSON.parse(line) as WatchEvent<KubernetesObject>;
        if (type === 'MODIFIED') modified += 1;
        if (type === 'ADDED' || type === 'MODIFIED') keep(object);
        else if (type === 'DELETED') pods.delete(`${object.metadata?.namespace}/${object.metadata?.name}`);
        else if (type === 'BOOKMARK' && object.metadata?.annotations?.['k8s.io/initial-events-end'] === 'true') completed();
      };
      if (watchList) {
        lines(session.request(`${PODS}?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`, false), event);
        await complete;
      } else {
        const resourceVersion = await list(session, gzip, ahead, keep);
        lines(session.request(`${PODS}?watch=true&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`, false), event);
      }
      return {
        size: () => pods.size,
        modified: () => modified,
        close: async () => { session.close(); },
      };
    },
  };
}

/** Reads page after page; resolves with the resourceVersion of the first. */
async function list(session: Session, gzip: boolean, ahead: boolean, keep: (pod: KubernetesObject) => void): Promise<string> {
  const path = (token: string): string => `${PODS}?limit=${PAGE_SIZE}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`;
  const asked: Promise<string>[] = [];
  let token: string | undefined = '';
  let resourceVersion = '';
  const ask = (): void => {
    if (token === undefined || asked.length >= (ahead ? 2 : 1)) return;
    const own = path(token);
    token = undefined;
    asked.push(body(session.request(own, gzip), (found) => {
      token = found;
      ask();
    }));
  };
  ask();
  for (let page = asked[0]; page !== undefined; page = asked[0]) {
    const text = await page;
    void asked.shift();
    ask();
    const { metadata, items } = JSON.parse(text) as Page;
    resourceVersion ||= metadata.resourceVersion;
    for (const item of items) keep(item);
  }
  return resourceVersion;
}

/** Collects a body; `onToken` is told the token for the next page as soon as it is in. */
function body(stream: ClientHttp2Stream, onToken: (token: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.once('response', ({ ':status': status, 'content-encoding': encoding }) => {
      if (status !== 200) reject(new Error(`the server answered ${status}`));
      const source = encoding === 'gzip' ? stream.pipe(createGunzip()) : stream;
      const chunks: Buffer[] = [];
      let told = false;
      let size = 0;
      source.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (told || size < HEAD) return; // a page of one pod is longer
        told = true;
        const token = TOKEN.exec(Buffer.concat(chunks).toString('utf8', 0, HEAD))?.[1];
        if (token !== undefined) onToken(token);
      });
      source.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
  });
}

/** Hands out the lines of an answer that does not end. */
function lines(stream: ClientHttp2Stream, onLine: (line: string) => void): void {
  let parts: Buffer[] = [];
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      onLine(parts.length === 0 ? rest.toString('utf8') : Buffer.concat([...parts, rest]).toString('utf8'));
      parts = [];
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
  });
}

interface Session {
  request(path: string, gzip: boolean): ClientHttp2Stream;
  close(): void;
}

async function open({ clusters: [{ cluster }], users: [{ user: { token } }] }: Kubeconfig): Promise<Session> {
  const { hostname: host, port } = new URL(cluster.server);
  const secureContext = createSecureContext({ ca: Buffer.from(cluster['certificate-authority-data'], 'base64') });
  const socket = connectTls({ host, port: Number(port), secureContext, ALPNProtocols: ['h2'] }).setNoDelay(true);
  await once(socket, 'secureConnect');
  const session: ClientHttp2Session = connect(cluster.server, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: WINDOWS.stream } });
  session.setLocalWindowSize(WINDOWS.connection);
  session.on('error', () => {});
  return {
    request: (path, gzip) => session.request({ ':path': path, authorization: `Bearer ${token}`, accept: 'application/json', ...(gzip && { 'accept-encoding': 'gzip' }) }),
    close: () => session.destroy(),
  };
}
