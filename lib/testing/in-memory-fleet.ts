import { type Observable, type SchedulerLike, asyncScheduler, defer, finalize } from 'rxjs';
import type { Client } from '../client/client.ts';
import { createUncachedClient } from '../client/uncached-client.ts';
import type { DialTransport, ManagementConnection } from '../cluster-cache/management-connection.ts';
import type { ManagementObjects } from '../controller/source.ts';
import { type RestClient, createRestClient } from '../kubernetes/rest-client.ts';
import { type Cluster, CLUSTER_GROUP, kubeconfigSecretName } from '../model/cluster.ts';
import type { Kind, KubernetesObject } from '../model/kubernetes-object.ts';
import { type ObjectKey, formatKey } from '../model/object-key.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from './embedded-server.ts';
import type { Fault, InjectedFault } from './fault.ts';
import { aCluster, aKubeconfigSecret } from './fixtures.ts';
import { InMemoryApiServer, type InMemoryLogin } from './in-memory-api-server.ts';
import { InMemoryTransport } from './in-memory-transport.ts';
import { LiveObjects } from './live-objects.ts';

export interface InMemoryFleetOptions {
  /** The one clock. @default asyncScheduler */
  readonly scheduler?: SchedulerLike | undefined;
  /** Spreads what the fleet's own clients try again; in [0, 1). @default 0 */
  readonly random?: (() => number) | undefined;
  /** How all servers are, the management server among them: further resources to be served, for instance. */
  readonly server?: EmbeddedServerOptions | undefined;
}

interface Member {
  readonly server: InMemoryApiServer;
  readonly faults: Set<InjectedFault>;
  login: InMemoryLogin;
}

const CLUSTER: Kind<Cluster> = { apiVersion: `${CLUSTER_GROUP}/v1beta2`, kind: 'Cluster' };
const SECRET: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Secret' };
const NAMESPACE: Kind<KubernetesObject> = { apiVersion: 'v1', kind: 'Namespace' };

/** ms for one call to the management server, as a cluster cache's own. */
const TIMEOUT = 10_000;
const USER_AGENT = 'fake';

/**
 * A management cluster with Clusters and kubeconfig Secrets, and the workload clusters that they speak of, without sockets. It is what a `Manager` takes as its kubeConfig and a
 * `ClusterCache` as its management.
 */
export class InMemoryFleet implements ManagementConnection {
  readonly #management: InMemoryApiServer;
  readonly #scheduler: SchedulerLike;
  readonly #random: () => number;
  readonly #server: EmbeddedServerOptions;
  readonly #members = new Map<string, Member>();
  readonly #byHost = new Map<string, InMemoryApiServer>();
  #client: Client | undefined;
  #objects: LiveObjects | undefined;

  constructor({ scheduler = asyncScheduler, random = () => 0, server = {} }: InMemoryFleetOptions = {}) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#server = server;
    this.#management = this.#newServer('management');
  }

  connect<R>(project: (rest: RestClient) => Observable<R>): Observable<R> {
    return defer(() => {
      const rest = this.#rest();
      return project(rest).pipe(finalize(() => rest.transport.close()));
    });
  }

  readonly dial: DialTransport = (endpoint, options) =>
    this.#byHost.get(endpoint.server.host)?.transport(endpoint, options) ?? new InMemoryTransport(endpoint, options, undefined, this.#scheduler);

  /** Reads and writes the management cluster live. */
  get managementClient(): Client {
    return this.#client ??= createUncachedClient({ rest: this.#rest() });
  }

  /** The management cluster's objects, as a manager keeps them. */
  get managementObjects(): ManagementObjects {
    return this.#objects ??= new LiveObjects(this.#rest(), { scheduler: this.#scheduler, random: this.#random });
  }

  has(key: ObjectKey): boolean {
    return this.#members.has(formatKey(key));
  }

  /** The server that the Clusters and Secrets are on. */
  get managementServer(): EmbeddedServer {
    return this.#management;
  }

  /** The server of a cluster. Throws for one that is not there. */
  workload(key: ObjectKey): EmbeddedServer {
    return this.#member(key).server;
  }

  /** Adds a cluster with these objects, and with what is wrong with it: its server, its Secret, its Cluster. */
  add(key: ObjectKey, objects: readonly KubernetesObject[] = [], broken?: Fault): void {
    const server = this.#newServer(`${key.name}.${key.namespace}`);
    for (const object of objects) {
      ensureNamespace(server, object.metadata?.namespace);
      server.create(object);
    }
    this.#members.set(formatKey(key), { server, faults: new Set(), login: server.login() });
    if (broken !== undefined) this.break(key, broken);
    ensureNamespace(this.managementServer, key.namespace);
    this.#putKubeconfig(key);
    this.#putCluster(key);
  }

  /** Makes something go wrong with a cluster until `heal`. */
  break(key: ObjectKey, fault: Fault): void {
    const { server, faults } = this.#member(key);
    faults.add(server.inject(fault));
  }

  /** Takes back all that `break` did to a cluster, and whatever keeps it from being connected but its kubeconfig. */
  heal(key: ObjectKey): void {
    this.#takeBack(key);
    this.#putCluster(key);
  }

  /** Has whoever is connected to a cluster probe it at once. */
  doubt(key: ObjectKey): void {
    this.#member(key).server.doubt();
  }

  /** Has nobody let in any more by the cluster's kubeconfig; nothing else is wrong with it. */
  revoke(key: ObjectKey): void {
    const { server, login } = this.#member(key);
    this.#takeBack(key);
    server.users.revokeToken(login.token);
  }

  /** Writes a kubeconfig with another token, then has the old one let in no more. */
  rotate(key: ObjectKey): void {
    const member = this.#member(key);
    const { token } = member.login;
    member.login = member.server.login();
    this.#putKubeconfig(key);
    member.server.users.revokeToken(token);
  }

  /** Ends all servers. Idempotent. */
  stop(): void {
    this.#objects?.end();
    for (const { server } of this.#members.values()) server.stop();
    this.#management.stop();
  }

  #takeBack(key: ObjectKey): void {
    const { faults, server } = this.#member(key);
    for (const fault of faults) void fault.remove(); // done when it returns
    faults.clear();
    server.resume();
  }

  #member(key: ObjectKey): Member {
    const member = this.#members.get(formatKey(key));
    if (member === undefined) throw new Error(`there is no cluster ${formatKey(key)}: connect() makes one`);
    return member;
  }

  #newServer(name: string): InMemoryApiServer {
    const server = new InMemoryApiServer({ ...this.#server, name, scheduler: this.#scheduler });
    this.#byHost.set(new URL(server.url).host, server);
    return server;
  }

  #rest(): RestClient {
    const transport = this.#management.transport(this.#management.endpoint(), { userAgent: USER_AGENT });
    return createRestClient({ transport, timeout: TIMEOUT, scheduler: this.#scheduler, random: this.#random });
  }

  #putKubeconfig(key: ObjectKey): void {
    const { name, namespace } = key;
    const secret = aKubeconfigSecret({ cluster: name, namespace, kubeconfig: this.#member(key).login.kubeconfig });
    if (this.managementServer.find(SECRET, { namespace, name: kubeconfigSecretName(name) }) === undefined) this.managementServer.create(secret);
    else this.managementServer.update(secret);
  }

  #putCluster(key: ObjectKey): void {
    if (this.managementServer.find(CLUSTER, key) === undefined) this.managementServer.create(aCluster(key));
    else this.managementServer.patch(CLUSTER, key, { status: { initialization: { infrastructureProvisioned: true } } });
  }
}

function ensureNamespace(server: EmbeddedServer, name: string | undefined): void {
  if (name !== undefined && server.find(NAMESPACE, { name }) === undefined) server.create({ ...NAMESPACE, metadata: { name } });
}
