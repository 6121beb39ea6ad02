import { dump } from 'js-yaml';
import { FakeApiServer, type Fault, aCluster, aKubeconfigSecret, aNode, aPod } from '../lib/testing/index.ts';
import { ServerProcess, obey } from './server-process.ts';

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

const NAMESPACE = 'default';

/** A management server and workload servers, in a child process. */
export type FleetServer = ServerProcess<Commands>;

export function startFleetServer(): Promise<FleetServer> {
  return ServerProcess.start<Commands>(import.meta.filename);
}

async function serve(): Promise<void> {
  const management = await FakeApiServer.start({ history: 10_000 });
  const workloads: { readonly server: FakeApiServer; readonly kubeconfig: string }[] = [];
  obey<Commands>({
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
  });
}

if (process.argv[2] === 'serve' && process.argv[1] === import.meta.filename) await serve();
