import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ReplaySubject, filter, firstValueFrom, throwError, timeout } from 'rxjs';
import { kubeconfig } from '../../ground-truth/kubeconfig.ts';
import type { Backend, Environment, Login, TestServer } from '../backends/backend.ts';
import { ROOT } from '../gates/source-files.ts';

const CLUSTERS = '/apis/cluster.x-k8s.io/v1beta2/namespaces/default/clusters';
const MACHINES = '/apis/cluster.x-k8s.io/v1beta2/namespaces/default/machines';
const SECRETS = '/api/v1/namespaces/default/secrets';
const PODS = '/api/v1/namespaces/default/pods';
const NODES = '/api/v1/nodes';
/** ms for whatever is to happen: a probe comes every 10 s, and a connect that a busy machine was too slow for is tried again after 30 s. */
const SOON = 50_000;
/** ms between two looks at a server. */
const POLL = 100;

/** A running example: its program, as its README starts it, but on the sources of the package. */
class Example implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines = new ReplaySubject<string>();
  readonly #printed: string[] = [];
  readonly #ended: Promise<unknown[]>;

  constructor(name: string, kubeconfigPath: string) {
    this.#child = spawn(process.execPath, ['--import', './spec/sources.ts', `examples/${name}/main.ts`], { cwd: ROOT, env: { ...process.env, KUBECONFIG: kubeconfigPath }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream !== null) createInterface({ input: stream }).on('line', (line) => {
      this.#printed.push(line);
      this.#lines.next(line);
    });
    this.#ended = once(this.#child, 'close');
    void this.#ended.then(([status, signal]) => this.#lines.error(new Error(`the example ended with ${String(status ?? signal)}, after\n${this.#printed.join('\n')}`)));
  }

  prints(line: string | RegExp): Promise<string> {
    return firstValueFrom(this.#lines.pipe(
      filter((printed) => (typeof line === 'string' ? printed === line : line.test(printed))),
      timeout({ first: SOON, with: () => throwError(() => new Error(`the example did not print ${String(line)} within ${SOON} ms, but\n${this.#printed.join('\n')}`)) }),
    ));
  }

  /** As Kubernetes ends a Pod. Resolves to the exit status. */
  async stop(): Promise<unknown> {
    this.#child.kill('SIGTERM');
    const [status] = await this.#ended;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** Every example, as a program of its own. */
export function describeExamples(backend: Backend): void {
  describe(`the examples, ${backend.name} server`, function () {
    this.timeout(120_000);
    let environment: Environment;
    let workload: TestServer;
    let folder: string;
    let path: string;
    let login: Login;

    before(async () => {
      environment = await backend.start({ workloads: 1 });
      workload = environment.workloads[0] as TestServer;
      folder = mkdtempSync(join(tmpdir(), 'clustercache-examples-'));
      path = join(folder, 'management.kubeconfig');
      const { management } = environment;
      writeFileSync(path, kubeconfig({ url: management.url, ca: management.ca, credential: (await management.login('rsa')).credential, name: 'management' }), { mode: 0o600 });
    });

    after(async () => {
      rmSync(folder, { recursive: true, force: true });
      await environment?.stop();
    });

    beforeEach(async () => {
      const { raw } = environment.management;
      await raw.create(CLUSTERS, { apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: { name: 'one' }, spec: { infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerCluster', name: 'one' } } });
      await raw.merge(`${CLUSTERS}/one/status`, { status: { initialization: { infrastructureProvisioned: true } } });
      await raw.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one-kubeconfig', labels: { 'cluster.x-k8s.io/cluster-name': 'one' } }, type: 'cluster.x-k8s.io/secret', data: { value: await credentials() } });
    });

    afterEach(async () => {
      const { raw } = environment.management;
      await raw.delete(`${CLUSTERS}/one`);
      await raw.delete(`${SECRETS}/one-kubeconfig`);
    });

    /** The kubeconfig of a new login, which `login` is then. */
    const credentials = async (): Promise<string> => {
      login = await workload.login('token');
      return Buffer.from(kubeconfig({ url: workload.url, ca: workload.ca, credential: login.credential, name: 'one' })).toString('base64');
    };

    const management = () => environment.management.raw;

    /** Resolves when what is read there is so; rejects with the last that was read. */
    const reads = async <T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> => {
      const until = performance.now() + SOON;
      for (;;) {
        const value = await read();
        if (isSo(value)) return value;
        if (performance.now() > until) throw new Error(`within ${SOON} ms it did not come to that: ${JSON.stringify(value)}`);
        await delay(POLL);
      }
    };

    it('fleet-inventory counts every Pod of every cluster, over an outage', async () => {
      const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'a', image: 'registry.example/a' }] } });
      const gone = (name: string) => workload.raw.delete(`${PODS}/${name}?gracePeriodSeconds=0`);
      for (const name of ['a', 'b', 'c']) await workload.raw.create(PODS, pod(name));
      await using example = new Example('fleet-inventory', path);
      await example.prints('3 pods: default/one 3');
      await workload.path.refuse();
      await gone('a');
      await gone('b');
      await workload.path.heal();
      await example.prints('1 pods: default/one 1');
      await gone('c');
      await example.prints(/^0 pods/);
      expect(await example.stop()).to.equal(0);
    });

    it('drain-on-disconnect marks a Cluster while its connection is down', async () => {
      const drained = async (): Promise<string | undefined> => (await management().get(`${CLUSTERS}/one`)).metadata?.annotations?.['traffic.example.com/drained'];
      await management().merge(`${CLUSTERS}/one`, { metadata: { annotations: { 'traffic.example.com/drained': 'true' } } });
      await using example = new Example('drain-on-disconnect', path);
      await reads(drained, (mark) => mark === undefined); // it is connected
      await login.revoke();
      await reads(drained, (mark) => mark === 'true');
      await management().merge(`${SECRETS}/one-kubeconfig`, { data: { value: await credentials() } });
      await reads(drained, (mark) => mark === undefined);
      expect(await example.stop()).to.equal(0);
    });

    it('machine-controller keeps nodeRef and a condition of a Machine as its Node has them', async () => {
      const machine = {
        apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', metadata: { name: 'one-a', labels: { 'cluster.x-k8s.io/cluster-name': 'one' } },
        spec: { clusterName: 'one', providerID: 'example://a', bootstrap: { dataSecretName: 'a' }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerMachine', name: 'a' } },
      };
      interface Status { readonly nodeRef?: { readonly name: string }; readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[] }
      const status = async (): Promise<Status> => ((await management().get(`${MACHINES}/one-a`)).status ?? {}) as Status;
      const said = ({ nodeRef, conditions = [] }: Status): string => `${nodeRef?.name ?? '-'} ${conditions.filter(({ type }) => type === 'NodeReady').map(({ status: is, reason }) => `${is} ${reason}`).join()}`;
      await management().create(MACHINES, machine);
      await using example = new Example('machine-controller', path);
      await reads(status, (now) => said(now) === '- False NodeMissing');
      await workload.raw.create(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' }, spec: { providerID: 'example://a' } });
      await workload.raw.merge(`${NODES}/node-a/status`, { status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] } });
      await reads(status, (now) => said(now) === 'node-a True KubeletReady');
      await workload.raw.merge(`${NODES}/node-a/status`, { status: { conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown' }] } });
      await reads(status, (now) => said(now) === 'node-a False NodeStatusUnknown');
      expect(await example.stop()).to.equal(0);
      await workload.raw.delete(`${NODES}/node-a`);
      await management().delete(`${MACHINES}/one-a`);
    });
  });
}
