import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { dump } from 'js-yaml';
import { FakeApiServer, type Fault, aCluster, aKubeconfigSecret, aNode, aPod } from '../lib/testing/index.ts';

/** How the kubeconfigs log in. */
export type Login = 'token' | 'clientCertificate';

/** What a fleet in a process of its own can be told to do, and what it answers. */
interface Commands {
  /** Adds so many clusters, each broken by `fault` if there is one, and tells the management server of them. */
  add: { readonly ask: { readonly count: number; readonly login: Login; readonly fault?: Fault['fault'] }; readonly answer: readonly string[] };
  /** The kubeconfig of the management server. */
  management: { readonly ask: Record<string, never>; readonly answer: string };
  /** The kubeconfig of each cluster. */
  kubeconfigs: { readonly ask: Record<string, never>; readonly answer: readonly string[] };
  /** Of all workload servers together, since they were made. */
  counters: { readonly ask: Record<string, never>; readonly answer: { readonly requests: number; readonly connections: number; readonly open: number } };
}

type Command = keyof Commands;
interface Ask<C extends Command = Command> { readonly id: number; readonly command: C; readonly ask: Commands[C]['ask'] }

const NAMESPACE = 'default';

/** A management server and workload servers, in a child process: their CPU and memory are not the client's. */
export class FleetServer {
  readonly #process: ChildProcess;
  #asked = 0;

  private constructor(server: ChildProcess) {
    this.#process = server;
  }

  static async start(): Promise<FleetServer> {
    const server = fork(import.meta.filename, ['serve'], { execArgv: [] });
    await once(server, 'message');
    return new FleetServer(server);
  }

  async tell<C extends Command>(command: C, ask: Commands[C]['ask']): Promise<Commands[C]['answer']> {
    const id = this.#asked++;
    this.#process.send({ id, command, ask } satisfies Ask<C>);
    for (;;) {
      const [reply] = await once(this.#process, 'message') as [{ readonly id: number; readonly answer: Commands[C]['answer'] }];
      if (reply.id === id) return reply.answer;
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }
}

async function serve(): Promise<void> {
  const management = await FakeApiServer.start({ history: 10_000 });
  const workloads: { readonly server: FakeApiServer; readonly kubeconfig: string }[] = [];
  const kinds: { readonly [C in Command]: (ask: Commands[C]['ask']) => Commands[C]['answer'] | Promise<Commands[C]['answer']> } = {
    async add({ count, login, fault }) {
      const names: string[] = [];
      for (let i = 0; i < count; i++) {
        const name = `cluster-${String(workloads.length + 1).padStart(4, '0')}`;
        const server = await FakeApiServer.start({ recorded: 1 });
        server.create(aNode({ name: 'node' }));
        server.create(aPod({ name: 'pod', namespace: NAMESPACE }));
        // As Cluster API writes it: YAML, not the JSON of the embedded server.
        const kubeconfig = dump(JSON.parse(server.kubeconfig(login === 'token' ? { name } : { name, user: login })));
        workloads.push({ server, kubeconfig });
        if (fault === 'halfOpen' || fault === 'hang' || fault === 'refuse') server.inject({ fault });
        management.create(aKubeconfigSecret({ cluster: name, namespace: NAMESPACE, kubeconfig }));
        management.create(aCluster({ name, namespace: NAMESPACE }));
        names.push(name);
      }
      return names;
    },
    management: () => management.kubeconfig({ name: 'management' }),
    kubeconfigs: () => workloads.map(({ kubeconfig }) => kubeconfig),
    counters: () => workloads.reduce(({ requests, connections, open }, { server: { counters } }) => ({
      requests: requests + counters.requests, connections: connections + counters.connectionsAccepted, open: open + counters.openConnections,
    }), { requests: 0, connections: 0, open: 0 }),
  };
  process.on('message', ({ id, command, ask }: Ask) => {
    void Promise.resolve((kinds[command] as (ask: unknown) => unknown)(ask)).then((answer) => process.send?.({ id, answer }));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}

if (process.argv[2] === 'serve' && process.argv[1] === import.meta.filename) await serve();
