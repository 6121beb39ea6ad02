import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { machineController } from '../../examples/machine-controller/machine-controller.ts';
import { type Controller, NodeProviderIDIndex } from '../../lib/index.ts';
import { Machine } from '../../lib/kinds.ts';
import { type FakeClusterCache, type Fault, aNode, newFakeClusterCache } from '../../lib/testing/index.ts';

const KEY = { namespace: 'default', name: 'one' };
const MACHINE = {
  apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Machine', metadata: { namespace: 'default', name: 'one-a', labels: { 'cluster.x-k8s.io/cluster-name': 'one' } },
  spec: { clusterName: 'one', providerID: 'example://a', bootstrap: { dataSecretName: 'a' }, infrastructureRef: { apiGroup: 'infrastructure.cluster.x-k8s.io', kind: 'DockerMachine', name: 'a' } },
};
const SECOND = 1_000;

describe('the machine controller of the examples', () => {
  let clock: SinonFakeTimers;
  let clusters: FakeClusterCache;
  let controller: Controller;

  const start = (status?: object, broken?: Fault): void => {
    clusters = newFakeClusterCache({ key: KEY, broken, objects: [aNode({ name: 'node-a', providerID: 'example://a' })], cache: { indexes: [NodeProviderIDIndex] } });
    clusters.managementServer.create({ ...MACHINE, ...(status && { status }) });
    controller = machineController(clusters, clusters.managementClient);
    void controller.start({ management: clusters.managementObjects, client: clusters.managementClient });
  };

  beforeEach(() => {
    clock = useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
  });

  afterEach(async () => {
    await controller.stop();
    await clusters.stop();
    clock.restore();
  });

  /** What the Machine says after that many seconds more. */
  const after = async (seconds: number): Promise<string> => {
    await clock.tickAsync(seconds * SECOND);
    const { status } = await clusters.managementClient.get(Machine, { namespace: 'default', name: 'one-a' });
    const { status: is, reason } = status?.conditions?.find(({ type }) => type === 'NodeReady') ?? {};
    return `${status?.nodeRef?.name}: ${is} ${reason}`;
  };

  it('says what the Node says, Unknown five minutes after its cluster was last heard of, and what the Node says again on recovery', async () => {
    start();
    expect(await after(1)).to.equal('node-a: True KubeletReady');
    clusters.failProbes(KEY, Infinity, { fault: 'hang' });
    expect(await after(298)).to.equal('node-a: True KubeletReady');
    expect(clusters.getHealthCheckingState(KEY).consecutiveFailures).to.be.greaterThan(5);
    expect(await after(3)).to.equal('node-a: Unknown ConnectionDown');
    clusters.connect(KEY);
    expect(await after(1)).to.equal('node-a: True KubeletReady');
  });

  it('says what became of the Node while its cluster could not be reached, when it can', async () => {
    start();
    expect(await after(1)).to.equal('node-a: True KubeletReady');
    clusters.disconnect(KEY, 'probeFailureThreshold');
    clusters.workload(KEY).update(aNode({ name: 'node-a', providerID: 'example://a', ready: false }));
    expect(await after(60)).to.equal('node-a: True KubeletReady');
    clusters.connect(KEY);
    expect(await after(1)).to.equal('node-a: False KubeletNotReady');
  });

  it('says Unknown as well where it was started during the outage, and never reached the cluster', async () => {
    start({ nodeRef: { name: 'node-a' }, conditions: [{ type: 'NodeReady', status: 'True', reason: 'KubeletReady', message: '', lastTransitionTime: '2025-12-31T00:00:00Z' }] }, { fault: 'hang' });
    expect(await after(300)).to.equal('node-a: True KubeletReady');
    expect(await after(10)).to.equal('node-a: Unknown ConnectionDown');
    clusters.connect(KEY);
    expect(await after(1)).to.equal('node-a: True KubeletReady');
  });

  it('says Unknown also where the wall clock is a little slower than the timers', async () => {
    start();
    expect(await after(1)).to.equal('node-a: True KubeletReady');
    clusters.failProbes(KEY, Infinity, { fault: 'hang' });
    await clock.tickAsync(100 * SECOND);
    clock.setSystemTime(clock.now - 150);
    expect(await after(202)).to.equal('node-a: Unknown ConnectionDown');
  });

  it('says Unknown at once of a Machine of which nothing was known before the outage', async () => {
    start(undefined, { fault: 'refuse' });
    expect(await after(1)).to.equal('undefined: Unknown ConnectionDown');
  });
});
