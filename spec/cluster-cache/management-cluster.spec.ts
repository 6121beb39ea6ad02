import { expect } from 'chai';
import { type ClusterReflectorEvent, reflectClusters } from '../../lib/cluster-cache/cluster-reflector.ts';
import type { KubeconfigReading } from '../../lib/cluster-cache/kubeconfig-reading.ts';
import { createKubeconfigSecrets } from '../../lib/cluster-cache/kubeconfig-secrets.ts';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { type RestClient, createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import type { Cluster } from '../../lib/model/cluster.ts';
import { defineKind } from '../../lib/model/kubernetes-object.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';

const DEADLINE = 9_000;
const Secret = defineKind({ apiVersion: 'v1', kind: 'Secret' });
const ClusterKind = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Cluster' });
const key = (name: string) => ({ namespace: 'default', name });
const cluster = (name: string) => ({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster', metadata: key(name), spec: {} });
const secret = (name: string, value: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: key(name), data: { value: Buffer.from(value).toString('base64') } });

describe('reading the management cluster on real sockets', () => {
  leavesNothingOpen();

  describe('over one connection', () => {
    let server: FakeApiServer;
    let rest: RestClient;
    const open: { close(): void }[] = [];

    beforeEach(async () => {
      server = await FakeApiServer.start();
      const endpoint = new Endpoint({ server: new URL(server.url), tls: { ca: server.ca, insecureSkipVerify: false }, authorization: `Bearer ${server.token}` });
      rest = createRestClient({ transport: createTransport(endpoint, { userAgent: 'spec' }), timeout: 10_000 });
    });

    afterEach(async () => {
      for (const recorder of open.splice(0)) recorder.close();
      rest.transport.close();
      await server.stop();
    });

    const record = <T>(recorder: Recorder<T>): Recorder<T> => {
      open.push(recorder);
      return recorder;
    };

    it('reads a Secret without type and label, its changes, and nothing of any other', async () => {
      server.create(secret('a-kubeconfig', 'one'));
      server.create(secret('other-kubeconfig', 'not asked for'));
      server.create(secret('a-ca', 'a key'));
      const readings = record(new Recorder<KubeconfigReading>(createKubeconfigSecrets({ rest }).kubeconfig$(key('a'))));
      await readings.count(1, DEADLINE);
      await eventually(() => server.counters.openWatches === 1, DEADLINE);
      server.patch(Secret, key('a-kubeconfig'), { metadata: { annotations: { rotated: 'no' } } });
      await eventually(() => server.requests.filter(({ verb }) => verb === 'get').length === 2, DEADLINE);
      server.patch(Secret, key('a-kubeconfig'), { data: { value: Buffer.from('two').toString('base64') } });
      await readings.count(2, DEADLINE);
      server.delete(Secret, key('a-kubeconfig'));
      await readings.count(3, DEADLINE);

      expect(readings.values).to.deep.equal([{ type: 'present', kubeconfig: 'one' }, { type: 'present', kubeconfig: 'two' }, { type: 'absent' }]);
      const whole = server.requests.filter(({ resource, headers }) => resource === 'secrets' && ! String(headers['accept']).includes('PartialObjectMetadata'));
      expect(new Set(whole.map(({ path }) => path))).to.deep.equal(new Set(['/api/v1/namespaces/default/secrets/a-kubeconfig']));
      expect(server.counters.lists['secrets']).to.equal(1);
      expect(server.counters.connectionsAccepted).to.equal(1);
    });

    it('goes on in v1beta1 when v1beta2 is served no longer, and tells what is gone, and nothing else, as deleted', async () => {
      server.create(cluster('kept'));
      server.create(cluster('gone'));
      const events = record(new Recorder<ClusterReflectorEvent>(reflectClusters({ rest, random: () => 0 })));
      await events.next(({ type }) => type === 'synced', DEADLINE);
      await eventually(() => server.counters.openWatches === 1, DEADLINE);
      server.unserve('cluster.x-k8s.io/v1beta2');
      server.delete(ClusterKind, key('gone'));
      await events.next((event) => event.type === 'applied' && event.value.apiVersion === 'cluster.x-k8s.io/v1beta1', DEADLINE);
      await events.next(({ type }) => type === 'deleted', DEADLINE);
      await eventually(() => server.counters.openWatches === 1, DEADLINE);
      expect(events.values.flatMap((event) => (event.type === 'applied' ? [`${event.key} ${event.value.apiVersion}`] : event.type === 'deleted' ? [`no ${event.key}`] : []))).to.deep.equal([
        'default/gone cluster.x-k8s.io/v1beta2', 'default/kept cluster.x-k8s.io/v1beta2', 'default/kept cluster.x-k8s.io/v1beta1', 'no default/gone',
      ]);
    });

    it('waits for a CRD that is not installed yet', async () => {
      server.unserve('clusters.cluster.x-k8s.io');
      const events = record(new Recorder<ClusterReflectorEvent>(reflectClusters({ rest, random: () => 0 })));
      await events.next(({ type }) => type === 'notServed', DEADLINE);
      expect(events.values.map(({ type }) => type)).to.deep.equal(['notServed']);
    });
  });
});
