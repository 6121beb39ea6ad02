import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeFleet, type FakeApiServer, aNode, aPod } from '../lib/testing/index.ts';
import { COUNTER, DELETED, KINDS, type Mark, NAMESPACE, OBJECTS, type OutageCommands, PLURALS, type Plural, WRITTEN } from './outages-commands.ts';
import { podsOf } from './pods.ts';
import { obey } from './server-process.ts';

let served: FakeFleet | undefined;

function fleet(): FakeFleet {
  if (served === undefined) throw new Error('nothing is served yet');
  return served;
}

function workloads(): readonly (readonly [name: string, FakeApiServer])[] {
  return fleet().names.map((name) => [name, fleet().workload(name)] as const);
}

function nameOf(plural: Plural, name: string): { readonly namespace?: string; readonly name: string } {
  return plural === 'nodes' ? { name } : { namespace: NAMESPACE, name };
}

/** Writes it, in whatever way: there is another resourceVersion afterwards. */
function touch(server: FakeApiServer, plural: Plural, name: string, value: string): string {
  return server.patch(KINDS[plural], nameOf(plural, name), { metadata: { annotations: { written: value } } }).metadata?.resourceVersion ?? '';
}

/** Shuts out whoever logs in with this kubeconfig. */
function revoke(server: FakeApiServer, kubeconfig: string): void {
  const { users: [{ user }] } = JSON.parse(kubeconfig) as { readonly users: readonly [{ readonly user: { readonly token?: string; readonly 'client-certificate-data'?: string } }] };
  if (user.token !== undefined) server.users.revokeToken(user.token);
  const certificate = user['client-certificate-data'];
  if (certificate !== undefined) server.users.revokeCertificate(new X509Certificate(Buffer.from(certificate, 'base64')).serialNumber);
}

function serve(): void {
  let wave = 0;
  const kubeconfigs = new Map<string, string>();
  obey<OutageCommands>({
    async serve({ clusters, login }) {
      served = await FakeFleet.start({ clusters, user: login, management: { history: 10_000 }, workload: { recorded: 1 } });
      for (const [name, server] of workloads()) {
        kubeconfigs.set(name, fleet().kubeconfig(name));
        for (let i = 0; i < OBJECTS; i++) {
          server.create(aNode({ name: `object-${i}` }));
          server.create(aPod({ name: `object-${i}`, namespace: NAMESPACE }));
          server.create({ ...KINDS.configmaps, metadata: { name: `object-${i}`, namespace: NAMESPACE } });
        }
        server.create({ ...KINDS.configmaps, metadata: { name: COUNTER, namespace: NAMESPACE } });
      }
      return served.managementServer.kubeconfig({ name: 'management' });
    },
    populate(pods) {
      for (const [, server] of workloads()) {
        const namespaces = new Set<string>();
        for (const pod of podsOf(pods)) {
          const { resourceVersion: _, ...metadata } = pod.metadata;
          if (!namespaces.has(metadata.namespace)) server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: metadata.namespace } });
          namespaces.add(metadata.namespace);
          server.create({ ...pod, metadata });
        }
      }
      return null;
    },
    kubeconfigs: () => Object.fromEntries(kubeconfigs),
    refuse() {
      for (const name of fleet().names) fleet().break(name, { fault: 'refuse' });
      return null;
    },
    async heal() {
      wave += 1;
      const marks = await Promise.all(workloads().map(async ([cluster, server]) => {
        await fleet().heal(cluster);
        return PLURALS.map((plural): Mark => ({ cluster, plural, at: Date.now(), resourceVersion: touch(server, plural, WRITTEN, String(wave)) }));
      }));
      return marks.flat();
    },
    remove() {
      for (const [, server] of workloads()) for (const plural of PLURALS) server.delete(KINDS[plural], nameOf(plural, DELETED));
      return workloads().length * PLURALS.length;
    },
    counters: () => workloads().reduce(({ lists, watches }, [, { counters }]) => ({
      lists: lists + PLURALS.reduce((sum, plural) => sum + (counters.lists[plural] ?? 0), 0),
      watches: watches + PLURALS.reduce((sum, plural) => sum + (counters.watches[plural] ?? 0), 0),
    }), { lists: 0, watches: 0 }),
    async count({ interval, lasting }) {
      const versions: Record<string, string[]> = Object.fromEntries(fleet().names.map((name) => [name, []]));
      for (let waited = 0, value = 0; waited < lasting; waited += interval) {
        value += 1;
        for (const [name, server] of workloads()) versions[name]?.push(touch(server, 'configmaps', COUNTER, String(value)));
        await sleep(interval);
      }
      return versions;
    },
    async rotate({ login, overlap }) {
      await Promise.all(workloads().map(async ([name, server]) => {
        const old = kubeconfigs.get(name) ?? '';
        const user = `${name}-admin`;
        const kubeconfig = server.kubeconfig(login === 'token'
          ? { name, userName: user, token: crypto.randomUUID() }
          : { name, user: login, certificate: server.certificates.client({ user }) });
        kubeconfigs.set(name, kubeconfig);
        fleet().putKubeconfig(name, kubeconfig);
        await sleep(overlap);
        revoke(server, old);
      }));
      return null;
    },
  });
}

if (process.argv[2] === 'serve' && process.argv[1] === import.meta.filename) serve();
