import { KubeConfig } from '@kubernetes/client-node';
import { type Cluster, CLUSTER_GROUP, kubeconfigSecretName } from '../model/cluster.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import type { ObjectKey } from '../model/object-key.ts';
import { Certificates, type KeyAlgorithm } from './certificates.ts';
import { FakeApiServer } from './fake-api-server.ts';
import type { FakeApiServerOptions } from './fake-api-server-options.ts';
import type { Fault, InjectedFault } from './fault.ts';
import { aCluster, aKubeconfigSecret, aNode } from './fixtures.ts';
import { randomToken } from './login.ts';

export interface FakeFleetOptions {
  /** How many clusters there are from the start: `cluster-1`, `cluster-2`, …, with leading zeros where there are more than nine. @default 3 */
  readonly clusters?: number;
  /** Of the Clusters and their Secrets. @default 'default' */
  readonly namespace?: string;
  /** How their kubeconfigs authenticate. @default 'token' */
  readonly user?: 'token' | 'clientCertificate';
  /** Of client certificates. @default 'ec' */
  readonly key?: KeyAlgorithm;
  /** One authority for all. @default `Certificates.shared()` */
  readonly certificates?: Certificates;
  /** What some clusters suffer from the start, by name. */
  readonly broken?: Readonly<Record<string, Fault>>;
  /** Of the management server. */
  readonly management?: FakeApiServerOptions;
  /** Of the workload servers. @default 20 requests are recorded */
  readonly workload?: FakeApiServerOptions;
}

export interface AddOptions {
  /** Whether its infrastructure is provisioned. @default true */
  readonly ready?: boolean;
  /** Whether its kubeconfig Secret is there. @default true */
  readonly kubeconfig?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Member {
  readonly server: FakeApiServer;
  readonly faults: Set<InjectedFault>;
  /** What its kubeconfig lets in, and how to shut it out again. */
  login: Login;
}

interface Login {
  readonly kubeconfig: string;
  readonly revoke: () => void;
}

const CLUSTER: Kind<Cluster> = { apiVersion: `${CLUSTER_GROUP}/v1beta2`, kind: 'Cluster' };
const SECRET: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Secret' };
const NAMESPACE: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Namespace' };
const DEFAULT_COUNT = 3;

/** A management cluster with Clusters and kubeconfig Secrets, and the workload clusters that they speak of: servers of their own, in this process. */
export class FakeFleet implements AsyncDisposable {
  /** The server that the Clusters and Secrets are on. */
  readonly managementServer: FakeApiServer;
  readonly #options: FakeFleetOptions;
  readonly #members = new Map<string, Member>();

  private constructor(managementServer: FakeApiServer, options: FakeFleetOptions) {
    this.managementServer = managementServer;
    this.#options = options;
  }

  /** Starts all servers; resolves when they listen and their objects are there. */
  static async start(options: FakeFleetOptions = {}): Promise<FakeFleet> {
    const { clusters = DEFAULT_COUNT, certificates = Certificates.shared(), broken = {} } = options;
    const fleet = new FakeFleet(await FakeApiServer.start({ certificates, ...options.management }), { ...options, certificates });
    const { namespace } = fleet;
    if (fleet.managementServer.find(NAMESPACE, { name: namespace }) === undefined) fleet.managementServer.create({ ...NAMESPACE, metadata: { name: namespace } });
    try {
      for (let number = 1; number <= clusters; number += 1) await fleet.add(nameOf(number, clusters));
    } catch (error) {
      await fleet.stop();
      throw error;
    }
    for (const [name, fault] of Object.entries(broken)) fleet.break(name, fault);
    return fleet;
  }

  /** The kubeconfig of the management cluster, of an administrator: what a `ClusterCache` takes. */
  get management(): KubeConfig {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(this.managementServer.kubeconfig({ name: 'management' }));
    return kubeConfig;
  }

  get namespace(): string {
    return this.#options.namespace ?? 'default';
  }

  /** The names of its clusters, in the order in which they were added. */
  get names(): readonly string[] {
    return [...this.#members.keys()];
  }

  get keys(): readonly ObjectKey[] {
    return this.names.map((name) => this.key(name));
  }

  key(name: string): ObjectKey {
    return { namespace: this.namespace, name };
  }

  /** The server of a cluster. Throws for one that is not there. */
  workload(name: string): FakeApiServer {
    return this.#member(name).server;
  }

  /** The kubeconfig that a cluster's Secret holds, or would hold. */
  kubeconfig(name: string): string {
    return this.#member(name).login.kubeconfig;
  }

  /** Adds a cluster: its server with a Node, its Secret, its Cluster. */
  async add(name: string = nameOf(this.#members.size + 1, 0), { ready = true, kubeconfig = true, labels }: AddOptions = {}): Promise<ObjectKey> {
    if (this.#members.has(name)) throw new Error(`there is a cluster ${name} already`);
    const { certificates, workload } = this.#options;
    const server = await FakeApiServer.start({ ...(certificates && { certificates }), recorded: 20, ...workload });
    server.create(aNode({ name: `${name}-node-1` }));
    this.#members.set(name, { server, faults: new Set(), login: this.#newLogin(name, server) });
    if (kubeconfig) this.putKubeconfig(name);
    this.managementServer.create(aCluster({ name, namespace: this.namespace, ready, ...(labels && { labels }) }));
    return this.key(name);
  }

  /** Deletes the Cluster and its Secret, where they are still there, and stops its server. */
  async remove(name: string): Promise<void> {
    const { server } = this.#member(name);
    this.#members.delete(name);
    this.#delete(CLUSTER, name);
    this.#delete(SECRET, kubeconfigSecretName(name));
    await server.stop();
  }

  /** Writes a cluster's kubeconfig Secret, this one or the one that works. */
  putKubeconfig(name: string, kubeconfig = this.kubeconfig(name)): void {
    const { namespace } = this;
    const secret = aKubeconfigSecret({ cluster: name, namespace, kubeconfig });
    if (this.#has(SECRET, kubeconfigSecretName(name))) this.managementServer.update(secret);
    else this.managementServer.create(secret);
  }

  /** Deletes a cluster's kubeconfig Secret. */
  deleteKubeconfig(name: string): void {
    this.#delete(SECRET, kubeconfigSecretName(name));
  }

  /** Says whether a cluster's infrastructure is provisioned. */
  setInfrastructureReady(name: string, ready: boolean): void {
    this.managementServer.patch(CLUSTER, this.key(name), { status: { initialization: { infrastructureProvisioned: ready } } });
  }

  /** Gives a cluster another token, writes it into the Secret, and shuts the old login out: from its next request on it is answered 401. */
  rotateToken(name: string): void {
    this.#rotate(name, 'token');
  }

  /** The same with another client certificate. */
  rotateCertificate(name: string): void {
    this.#rotate(name, 'clientCertificate');
  }

  /** Restarts a cluster's server under another authority and writes the kubeconfig that trusts it into the Secret. */
  async rotateAuthority(name: string, certificates: Certificates = Certificates.create()): Promise<void> {
    const member = this.#member(name);
    await member.server.restart({ certificates });
    member.login = this.#newLogin(name, member.server);
    this.putKubeconfig(name);
  }

  /** Makes something go wrong with a cluster until `heal`, or until the returned fault is removed. */
  break(name: string, fault: Fault): InjectedFault {
    const { server, faults } = this.#member(name);
    const injected = server.inject(fault);
    faults.add(injected);
    return injected;
  }

  /** Takes back all that `break` did to a cluster; resolves when it answers again. */
  async heal(name: string): Promise<void> {
    const { faults } = this.#member(name);
    await Promise.all([...faults].map((fault) => fault.remove()));
    faults.clear();
  }

  /** Stops all servers. Idempotent. */
  async stop(): Promise<void> {
    await Promise.all([this.managementServer, ...[...this.#members.values()].map(({ server }) => server)].map((server) => server.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #rotate(name: string, user: 'token' | 'clientCertificate'): void {
    const member = this.#member(name);
    const { revoke } = member.login;
    member.login = this.#newLogin(name, member.server, user);
    this.putKubeconfig(name);
    revoke();
  }

  #newLogin(name: string, server: FakeApiServer, user = this.#options.user ?? 'token'): Login {
    const userName = `${name}-admin`;
    if (user === 'token') {
      const token = randomToken();
      return { kubeconfig: server.kubeconfig({ name, userName, token }), revoke: () => server.users.revokeToken(token) };
    }
    const certificate = server.certificates.client({ user: userName, ...(this.#options.key && { key: this.#options.key }) });
    return { kubeconfig: server.kubeconfig({ name, user, certificate }), revoke: () => server.users.revokeCertificate(certificate.serialNumber) };
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`there is no cluster ${name}`);
    return member;
  }

  #has(kind: Kind<KubernetesObject>, name: string): boolean {
    return this.managementServer.find(kind, this.key(name)) !== undefined;
  }

  #delete(kind: Kind<KubernetesObject>, name: string): void {
    if (this.#has(kind, name)) this.managementServer.delete(kind, this.key(name));
  }
}

function nameOf(number: number, count: number): string {
  return `cluster-${String(number).padStart(String(count).length, '0')}`;
}
