import { dump } from 'js-yaml';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeApiServer, type Fault, type InjectedFault, aCluster, aKubeconfigSecret, aNode, aPod } from '../lib/testing/index.ts';
import { now } from './latencies.ts';
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
  /** Breaks every cluster, until `heal`: with `refuse` all connections are reset at once, with `unauthorized` each finds out by its next request. */
  break: { readonly ask: { readonly fault: 'refuse' | 'unauthorized' }; readonly answer: null };
  heal: { readonly ask: Record<string, never>; readonly answer: null };
  /** Writes the Pod of one cluster that is not broken after the other, one each `interval` ms, for `lasting` ms, with the annotation {@link WRITTEN_AT}; answers how many then. */
  write: { readonly ask: { readonly interval: number; readonly lasting: number }; readonly answer: number };
  /** Of all workload servers together, since they were made. */
  counters: { readonly ask: Record<string, never>; readonly answer: { readonly requests: number; readonly connections: number; readonly open: number } };
}

/** An annotation: when it was written, by {@link now}. */
export const WRITTEN_AT = 'written-at';

const NAMESPACE = 'default';
const POD = { name: 'pod', namespace: NAMESPACE } as const;

/** A management server and workload servers, in a child process. */
export type FleetServer = ServerProcess<Commands>;

export function startFleetServer(): Promise<FleetServer> {
  return ServerProcess.start<Commands>(import.meta.filename);
}

async function serve(): Promise<void> {
  const management = await FakeApiServer.start({ history: 10_000 });
  const workloads: { readonly server: FakeApiServer; readonly kubeconfig: string; readonly isBroken: boolean }[] = [];
  let broken: readonly InjectedFault[] = [];
  obey<Commands>({
    async add({ count, login, fault }) {
      const names: string[] = [];
      for (let i = 0; i < count; i++) {
        const name = `cluster-${String(workloads.length + 1).padStart(4, '0')}`;
        const server = await FakeApiServer.start({ recorded: 1 });
        server.create(aNode({ name: 'node' }));
        server.create(aPod(POD));
        // As Cluster API writes it: YAML, not the JSON of the embedded server.
        const kubeconfig = dump(JSON.parse(server.kubeconfig(login === 'token' ? { name } : { name, user: login })));
        workloads.push({ server, kubeconfig, isBroken: fault !== undefined });
        if (fault === 'halfOpen' || fault === 'hang' || fault === 'refuse') server.inject({ fault });
        management.create(aKubeconfigSecret({ cluster: name, namespace: NAMESPACE, kubeconfig }));
        management.create(aCluster({ name, namespace: NAMESPACE }));
        names.push(name);
      }
      return names;
    },
    management: () => management.kubeconfig({ name: 'management' }),
    kubeconfigs: () => workloads.map(({ kubeconfig }) => kubeconfig),
    break({ fault }) {
      broken = workloads.map(({ server }) => server.inject({ fault }));
      return null;
    },
    async heal() {
      await Promise.all(broken.map((fault) => fault.remove()));
      return null;
    },
    async write({ interval, lasting }) {
      const healthy = workloads.filter(({ isBroken }) => !isBroken);
      const began = now();
      const count = Math.floor(lasting / interval);
      for (let i = 0; i < count; i++) {
        const ms = began + i * interval - now();
        if (ms > 0) await sleep(ms); // where it was late it catches up
        healthy[i % healthy.length]?.server.patch({ apiVersion: 'v1', kind: 'Pod' }, POD, { metadata: { annotations: { [WRITTEN_AT]: String(now()) } } });
      }
      return count;
    },
    counters: () => workloads.reduce(({ requests, connections, open }, { server: { counters } }) => ({
      requests: requests + counters.requests, connections: connections + counters.connectionsAccepted, open: open + counters.openConnections,
    }), { requests: 0, connections: 0, open: 0 }),
  });
}

if (process.argv[2] === 'serve' && process.argv[1] === import.meta.filename) await serve();
