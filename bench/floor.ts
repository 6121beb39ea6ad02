import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import { createSecureContext, connect as connectTls } from 'node:tls';
import { CONNECTS_AT_ONCE, CONNECT_PATHS, type Contestant, type FollowOptions, type Following, Tally, USER_AGENT, WATCH_PATHS, queue } from './contestant.ts';

/** Secrets read at a time, as the cluster cache does. */
const READS_AT_ONCE = 32;
const MIB = 1024 * 1024;

const CLUSTERS = '/apis/cluster.x-k8s.io/v1beta2/clusters';
const SECRETS = '/api/v1/secrets';
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** No more than it takes: node:http2 and the requests. No timeout, no retry, no PING, no limit, no check, no kubeconfig parser. */
export const floor: Contestant = {
  async follow({ management, watches, probeInterval }: FollowOptions): Promise<Following> {
    const tally = new Tally();
    const read = queue(READS_AT_ONCE);
    const dial = queue(CONNECTS_AT_ONCE);
    const sessions: Session[] = [];
    const timers: NodeJS.Timeout[] = [];
    const own = await open(JSON.parse(management) as Login);
    const begin = (name: string): void => read(async () => {
      const { data } = JSON.parse(await own.get(`/api/v1/namespaces/default/secrets/${name}-kubeconfig`)) as { readonly data: { readonly value: string } };
      const login = loginOf(Buffer.from(data.value, 'base64').toString());
      dial(async () => {
        const session = await open(login);
        await session.get(CONNECT_PATHS.probe);
        await Promise.all([session.get(CONNECT_PATHS.discovery), session.get(CONNECT_PATHS.identity)]);
        if (watches) await Promise.all(WATCH_PATHS.map((path) => session.watch(path, (line) => { JSON.parse(line); })));
        sessions.push(session);
        tally.add();
      });
    });
    const listed = new Set<string>();
    const seen = (object: Named): void => {
      const { name } = object.metadata;
      if (listed.has(name)) return;
      listed.add(name);
      begin(name);
    };
    await own.get('/apis/cluster.x-k8s.io/v1beta2');
    const [clusters, secrets] = (await Promise.all([own.get(`${CLUSTERS}?limit=500`), own.get(`${SECRETS}?limit=500`, METADATA)])).map((body) => JSON.parse(body) as List);
    for (let page = clusters; page !== undefined; page = await nextPage(own, CLUSTERS, page)) for (const cluster of page.items) seen(cluster);
    for (let page = secrets; page !== undefined; page = await nextPage(own, SECRETS, page, METADATA)) { /* what there is, is read by name */ }
    await own.watch(`${CLUSTERS}?watch=true&allowWatchBookmarks=true&resourceVersion=${clusters?.metadata.resourceVersion}`, (line) => {
      const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: Named };
      if (type === 'ADDED') seen(object);
    });
    await own.watch(`${SECRETS}?watch=true&allowWatchBookmarks=true&resourceVersion=${secrets?.metadata.resourceVersion}`, (line) => { JSON.parse(line); }, METADATA);

    return {
      connected: (count) => tally.reached(count),
      probe() {
        for (const session of sessions) {
          const again = (): void => { timers.push(setTimeout(() => void session.get(CONNECT_PATHS.probe).then(again, () => { /* the fleet is gone */ }), probeInterval)); };
          timers.push(setTimeout(() => void session.get(CONNECT_PATHS.probe).then(again, () => { /* the fleet is gone */ }), probeInterval * Math.random()));
        }
      },
      async call(times) {
        for (let i = 0; i < times; i++) await sessions[0]?.get(CONNECT_PATHS.identity);
      },
      async stop() {
        for (const timer of timers) clearTimeout(timer);
        for (const session of [own, ...sessions]) session.close();
      },
    };
  },
};

interface Named { readonly metadata: { readonly name: string } }
interface List { readonly metadata: { readonly resourceVersion: string; readonly continue?: string }; readonly items: readonly Named[] }

async function nextPage(session: Session, path: string, { metadata }: List, accept?: string): Promise<List | undefined> {
  return metadata.continue === undefined || metadata.continue === '' ? undefined : JSON.parse(await session.get(`${path}?limit=500&continue=${encodeURIComponent(metadata.continue)}`, accept)) as List;
}

interface Login {
  readonly clusters: readonly [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: readonly [{ readonly user: { readonly token?: string; readonly 'client-certificate-data'?: string; readonly 'client-key-data'?: string } }];
}

/** Picks the few fields that matter out of the text: what parsing costs is a figure of its own. */
function loginOf(yaml: string): Login {
  const field = (name: string): string | undefined => new RegExp(`${name}: *(?:>-\\n *)?(\\S+)`).exec(yaml)?.[1];
  return {
    clusters: [{ cluster: { server: field('server') ?? '', 'certificate-authority-data': field('certificate-authority-data') ?? '' } }],
    users: [{ user: Object.fromEntries(['token', 'client-certificate-data', 'client-key-data'].map((name) => [name, field(name)]).filter(([, value]) => value !== undefined)) }],
  };
}

interface Session {
  get(path: string, accept?: string): Promise<string>;
  /** Resolves when the headers are in. */
  watch(path: string, onLine: (line: string) => void, accept?: string): Promise<void>;
  close(): void;
}

async function open({ clusters: [{ cluster }], users: [{ user }] }: Login): Promise<Session> {
  const { hostname: host, port } = new URL(cluster.server);
  const pem = (data: string): Buffer => Buffer.from(data, 'base64');
  const { token, 'client-certificate-data': cert, 'client-key-data': key } = user;
  const secureContext = createSecureContext({ ca: pem(cluster['certificate-authority-data']), ...(cert === undefined || key === undefined ? {} : { cert: pem(cert), key: pem(key) }) });
  const socket = connectTls({ host, port: Number(port), secureContext, ALPNProtocols: ['h2', 'http/1.1'] }).setNoDelay(true).setKeepAlive(true);
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  const session: ClientHttp2Session = connect(cluster.server, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: 4 * MIB } });
  session.setLocalWindowSize(8 * MIB);
  session.on('error', () => {});
  const base = { 'user-agent': USER_AGENT, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const request = (path: string, accept = 'application/json'): ClientHttp2Stream => session.request({ ':path': path, ...base, accept });
  return {
    get: (path, accept) => new Promise((resolve, reject) => {
      let body = '';
      request(path, accept).setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => resolve(body)).on('error', reject);
    }),
    async watch(path, onLine, accept) {
      const stream = request(path, accept);
      let rest = '';
      stream.setEncoding('utf8').on('error', () => {}).on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
      await once(stream, 'response');
    },
    close: () => session.destroy(),
  };
}
