import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { resolveOptions } from '../../lib/cluster-cache/cluster-cache-options.ts';
import { NodeProviderIDIndex } from '../../lib/index.ts';
import { Node, Pod } from '../../lib/kinds.ts';
import { deepFreeze } from '../deep-freeze.ts';

const S = 1_000;
const MIN = 60 * S;

function management(): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'management', server: 'https://127.0.0.1:6443', skipTLSVerify: false }, { name: 'spec', token: 'x' });
  return kubeConfig;
}

describe('the options of a ClusterCache', () => {
  // Cluster API: cluster_cache.go, buildClusterAccessorConfig
  it('have the numbers of Cluster API where nothing is said', () => {
    const { client, cache, healthProbe, connectionCreationRetryInterval, maxConcurrentConnects } = resolveOptions({ management: management(), client: { userAgent: 'spec' } });
    expect(client).to.include({ userAgent: 'spec', timeout: 10 * S, qps: 20, burst: 30 });
    expect(cache).to.include({ syncPeriod: 600 * MIN, initialSyncTimeout: 5 * MIN });
    expect(healthProbe).to.deep.equal({ interval: 10 * S, timeout: 5 * S, failureThreshold: 5, path: '/' });
    expect({ connectionCreationRetryInterval, maxConcurrentConnects }).to.deep.equal({ connectionCreationRetryInterval: 30 * S, maxConcurrentConnects: 100 });
  });

  // Cluster API: the data race on the shared map ByObject, fixed after v1.9.0-beta.0
  it('are read and never written, so that several cluster caches may have them', () => {
    const options = {
      client: deepFreeze({ userAgent: 'spec', cache: { disableFor: [Pod] } }),
      cache: deepFreeze({ byObject: [{ kind: Node, labelSelector: 'a' }], indexes: [NodeProviderIDIndex] }), healthProbe: deepFreeze({ path: '/livez' }),
    };
    for (let count = 0; count < 2; count += 1) {
      const { healthProbe, plans } = resolveOptions(Object.freeze({ management: management(), ...options }));
      expect([healthProbe.path, plans.of(Node).labelSelector, plans.indexed]).to.deep.equal(['/livez', 'a', [Node]]);
    }
  });
});
