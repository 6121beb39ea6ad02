import { ControlPlane } from '../ground-truth/control-plane.ts';
import { RawClient } from '../ground-truth/raw-client.ts';
import { FakeApiServer } from '../lib/testing/index.ts';
import { delayRelay } from './delay-relay.ts';
import { MANAGERS, type Pod, asCreated, modified, podsOf } from './pods.ts';
import { ServerProcess, obey } from './server-process.ts';

export interface SyncServerOptions {
  /** The embedded server, or a kube-apiserver with its etcd: `npm run ground-truth` builds it. */
  readonly server: 'embedded' | 'real';
  /** Pods that it has. */
  readonly count: number;
}

/** What a server in a process of its own can be told to do, and what it answers. */
interface Commands {
  /** Makes the server and its pods; answers bytes of JSON of all pods. */
  serve: { readonly ask: SyncServerOptions; readonly answer: number };
  /** A kubeconfig in JSON, of the server or of a relay before it that delays each direction by so many ms. */
  kubeconfig: { readonly ask: { readonly delay: number }; readonly answer: string };
  /** Changes the status of pods, one after the other, so many times, as fast as it can. Answers when they are written. */
  storm: { readonly ask: { readonly events: number }; readonly answer: number };
  stop: { readonly ask: Record<string, never>; readonly answer: null };
}

/** A server with pods, in a child process that stays for as many measurements as are wanted: 20 000 pods of a real server take a minute to make. */
export class SyncServer implements AsyncDisposable {
  /** Of JSON, of all pods. */
  readonly bytes: number;
  readonly #process: ServerProcess<Commands>;

  private constructor(server: ServerProcess<Commands>, bytes: number) {
    this.#process = server;
    this.bytes = bytes;
  }

  static async start(options: SyncServerOptions): Promise<SyncServer> {
    const server = await ServerProcess.start<Commands>(import.meta.filename, ['--max-old-space-size=6144']); // the history of a storm
    return new SyncServer(server, await server.tell('serve', options));
  }

  tell<C extends keyof Commands>(command: C, ask: Commands[C]['ask']): Promise<Commands[C]['answer']> {
    return this.#process.tell(command, ask);
  }

  /** A kube-apiserver is a process of its own, which is to end with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.tell('stop', {}).catch(() => {});
    await this.#process[Symbol.asyncDispose]();
  }
}

/** What is the same in every run. */
const SEED = 1;
/** Pods created at once: enough that a kube-apiserver on one core always has work. */
const CREATES_AT_ONCE = 16;
/** Updates in one turn of the embedded server: what a client reads in one go then, as of a busy server. */
const UPDATES_AT_ONCE = 64;
/** Changes that a slow client may be behind before it is cut off. */
const HISTORY = 20_000;

interface Backend {
  readonly port: number;
  readonly ca: string;
  readonly token: string;
  update(pod: Pod): Promise<void> | void;
  stop(): Promise<void>;
}

async function embedded(count: number): Promise<Backend> {
  const server = await FakeApiServer.start({ history: HISTORY, recorded: 1 });
  const namespaces = new Set<string>();
  for (const pod of podsOf({ seed: SEED, count })) {
    const { resourceVersion: _, ...metadata } = pod.metadata;
    if (!namespaces.has(metadata.namespace)) server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: metadata.namespace } });
    namespaces.add(metadata.namespace);
    server.create({ ...pod, metadata });
  }
  const update = (pod: Pod): void => {
    const { resourceVersion: _, ...metadata } = pod.metadata;
    server.update({ ...pod, metadata });
  };
  return { port: server.port, ca: server.ca, token: server.token, update, stop: () => server.stop() };
}

async function real(count: number): Promise<Backend> {
  const controlPlane = await ControlPlane.start();
  const { port, url, certificates: { ca }, adminToken: token } = controlPlane;
  const raw = new RawClient({ url, ca, credential: { token } });
  const path = ({ metadata: { namespace } }: Pod): string => `/api/v1/namespaces/${namespace}/pods`;
  const update = async (pod: Pod): Promise<void> => {
    await raw.merge(`${path(pod)}/${pod.metadata.name}/status?fieldManager=${MANAGERS.status}`, { status: pod.status });
  };
  const pods = podsOf({ seed: SEED, count });
  const namespaces = new Map<string, Promise<unknown>>();
  await Promise.all(Array.from({ length: CREATES_AT_ONCE }, async () => {
    for (const pod of pods) {
      const { namespace } = pod.metadata;
      if (!namespaces.has(namespace)) namespaces.set(namespace, raw.create('/api/v1/namespaces', { metadata: { name: namespace } }));
      await namespaces.get(namespace);
      await raw.create(`${path(pod)}?fieldManager=${MANAGERS.creator}`, asCreated(pod));
      await update(pod);
    }
  }));
  return {
    port, ca, token, update,
    async stop() {
      raw.close();
      await controlPlane.stop();
    },
  };
}

async function serve(): Promise<void> {
  let backend: Backend | undefined;
  let pods: Pod[] = [];
  let changes = 0;
  const relays = new Map<number, Promise<number>>();
  const running = (): Backend => {
    if (backend === undefined) throw new Error('nothing is served yet');
    return backend;
  };
  obey<Commands>({
    async serve({ server, count }) {
      backend = await (server === 'real' ? real : embedded)(count);
      pods = [...podsOf({ seed: SEED, count })];
      return pods.reduce((bytes, pod) => bytes + JSON.stringify(pod).length, 0);
    },
    async kubeconfig({ delay }) {
      const { port: own, ca, token } = running();
      if (delay > 0 && !relays.has(delay)) relays.set(delay, delayRelay(own, delay));
      const port = await relays.get(delay) ?? own;
      const name = 'bench';
      return JSON.stringify({
        apiVersion: 'v1', kind: 'Config', 'current-context': name,
        clusters: [{ name, cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
        users: [{ name, user: { token } }], contexts: [{ name, context: { cluster: name, user: name } }],
      });
    },
    async storm({ events }) {
      for (let sent = 0; sent < events; sent += UPDATES_AT_ONCE) {
        await Promise.all(Array.from({ length: Math.min(UPDATES_AT_ONCE, events - sent) }, async () => {
          const pod = pods[changes++ % pods.length];
          if (pod !== undefined) await running().update(modified(pod, changes));
        }));
        await new Promise(setImmediate);
      }
      return events;
    },
    async stop() {
      await backend?.stop();
      return null;
    },
  });
}

if (process.argv[2] === 'serve' && process.argv[1] === import.meta.filename) await serve();
