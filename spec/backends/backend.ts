import type { TcpProxy } from '../../lib/testing/tcp-proxy.ts';
import type { RawClient, RawCredential } from '../../ground-truth/raw-client.ts';

/** A sort of API server that the suites run on: the embedded one of `clustercache/testing`, and a real kube-apiserver with its etcd. */
export interface Backend {
  readonly name: 'embedded' | 'real';
  start(options?: EnvironmentOptions): Promise<Environment>;
}

export interface EnvironmentOptions {
  /** @default 0 */
  readonly workloads?: number;
  /** Make GOAWAY frames: the chance of one for each request, as kube-apiserver's `--goaway-chance`. @default 0 */
  readonly goawayChance?: number;
}

/** A management cluster with Cluster API's CRDs, and workload clusters. */
export interface Environment {
  readonly management: TestServer;
  readonly workloads: readonly TestServer[];
  /** Leaves nothing: no process, socket or file. */
  stop(): Promise<void>;
}

export type LoginKind = 'token' | 'rsa' | 'ec';

export interface Login {
  readonly kind: LoginKind;
  readonly credential: RawCredential;
  /** A token is refused with 401 from then on; resolves when it is. Certificates cannot be taken back. */
  revoke(): Promise<void>;
}

/** One API server as clients see it. On the real backend several share a process: `kill`, `restart`, `pause` and objects are then common to all. */
export interface TestServer {
  /** As an administrator, on a way of its own that is never cut. */
  readonly raw: RawClient;
  /** Where clients go: through `path`. */
  readonly url: string;
  readonly ca: string;
  /** The network between clients and the server. */
  readonly path: TcpProxy;
  /** A new credential, with all rights. */
  login(kind: LoginKind): Promise<Login>;
  kill(): Promise<void>;
  /** Kills it if it runs and starts it again on the same port, with the same objects. */
  restart(): Promise<void>;
  /** Restarts it so that every resourceVersion and continue token of before is too old. */
  forgetHistory(): Promise<void>;
  /** It accepts connections and answers nothing (SIGSTOP). */
  pause(): void;
  resume(): void;
}
