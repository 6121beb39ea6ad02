import { expect } from 'chai';
import { VirtualTimeScheduler } from 'rxjs';
import { type ClusterEvent, watchForProbeFailure } from '../../lib/index.ts';
import { newFakeClusterCache } from '../../lib/testing/fake-cluster-cache.ts';

const KEY = { namespace: 'default', name: 'one' };
const S = 1_000;

describe('a cluster that several durations say is failing', () => {
  // Cluster API: shouldSendEvent adds up the reasons, and sends one event.
  it('is told of once, with the longest, and then of each that comes', () => {
    const scheduler = new VirtualTimeScheduler();
    const clusters = newFakeClusterCache({ key: KEY, scheduler, broken: { fault: 'hang' } });
    const told: string[] = [];
    const tell = ({ type, after }: ClusterEvent): void => { told.push(`${scheduler.now() / S} ${type} ${Number(after) / S}`); };
    scheduler.schedule(() => {
      clusters.clusterEvents$(watchForProbeFailure(60 * S), watchForProbeFailure(30 * S), watchForProbeFailure(300 * S)).subscribe(tell);
    }, 100 * S);
    scheduler.maxFrames = 400 * S;
    scheduler.flush();
    expect(told).to.deep.equal(['100 probeFailing 60', '300 probeFailing 300']);
    void clusters.stop();
  });
});
