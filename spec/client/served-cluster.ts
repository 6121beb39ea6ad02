import { parseKubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import type { Kubeconfig } from '../../lib/kubernetes/kubeconfig.ts';
import { tokenBucket } from '../../lib/kubernetes/rate-limiter.ts';
import type { RateLimiter } from '../../lib/kubernetes/rate-limiter.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import type { RestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';

/** An API server on a real port, and the way to it that a connection has. */
export interface ServedCluster {
  readonly server: FakeApiServer;
  readonly kubeconfig: Kubeconfig;
  readonly limiter: RateLimiter;
  readonly rest: RestClient;
  stop(): Promise<void>;
}

export async function serveCluster(): Promise<ServedCluster> {
  const server = await FakeApiServer.start();
  const kubeconfig = parseKubeconfig(server.kubeconfig());
  const limiter = tokenBucket({ qps: 1_000, burst: 1_000 });
  const rest = createRestClient({ transport: createTransport(kubeconfig.endpoint, { userAgent: 'spec' }), limiter, timeout: 3_000 });
  return {
    server, kubeconfig, limiter, rest,
    stop: async () => {
      rest.transport.close();
      await server.stop();
    },
  };
}

/** What a call rejects with. */
export async function rejection<E extends Error = Error>(call: Promise<unknown>): Promise<E> {
  try {
    await call;
  } catch (error) {
    return error as E;
  }
  throw new Error('it did not reject');
}
