import type { Certificates } from './certificates.ts';
import type { EmbeddedServerOptions } from './embedded-server.ts';
import type { Protocol } from './listener.ts';

/** How a `FakeApiServer` is made; what is left out is as on kube-apiserver. */
export interface FakeApiServerOptions extends EmbeddedServerOptions {
  /** By preference of the server. @default both */
  readonly protocols?: readonly Protocol[];
  /** @default a free one */
  readonly port?: number;
  /** `false` for plain http. @default `Certificates.shared()` */
  readonly certificates?: Certificates | false;
  /** HTTP/2: streams at once on one connection. @default 100, as kube-apiserver */
  readonly maxConcurrentStreams?: number;
}
