import type { Certificates } from './certificates.ts';
import type { Protocol } from './listener.ts';
import type { Resource } from './resource.ts';
import type { AnonymousAccess } from './server-state.ts';

/** How a `FakeApiServer` is made; what is left out is as on kube-apiserver. */
export interface FakeApiServerOptions {
  /** By preference of the server. @default both */
  readonly protocols?: readonly Protocol[];
  /** @default a free one */
  readonly port?: number;
  /** `false` for plain http. @default `Certificates.shared()` */
  readonly certificates?: Certificates | false;
  /** Served beside the built-in ones and Cluster API's. */
  readonly resources?: readonly Resource[];
  /** Changes kept of each resource: a watch that resumes before them gets 410. @default 1000 */
  readonly history?: number;
  /** Requests kept in `requests`. @default 200 */
  readonly recorded?: number;
  /** ms between bookmarks. @default 60_000, as kube-apiserver */
  readonly bookmarkInterval?: number;
  /** ms after which a watch without `timeoutSeconds` ends. @default 1_800_000, as kube-apiserver's shortest */
  readonly watchTimeout?: number;
  /** ms for which a resource answers 429 after its definition was posted. @default 0 */
  readonly initialization?: number;
  /** Whether watches may ask for their initial events (WatchList). @default true */
  readonly watchList?: boolean;
  /** Of the Namespace `kube-system`: the identity of the cluster. @default random */
  readonly uid?: string;
  /** The first resourceVersion. @default 1 */
  readonly resourceVersion?: string;
  /** @default 'unauthorized' */
  readonly anonymous?: AnonymousAccess;
  /** HTTP/2: streams at once on one connection. @default 100, as kube-apiserver */
  readonly maxConcurrentStreams?: number;
}
