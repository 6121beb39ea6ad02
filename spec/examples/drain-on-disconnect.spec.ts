import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { DRAINED, drainOnDisconnect } from '../../examples/drain-on-disconnect/drain-on-disconnect.ts';
import { Cluster } from '../../lib/kinds.ts';
import { type FakeClusterCache, newFakeClusterCache } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';

const KEY = { namespace: 'default', name: 'one' };

describe('drain on disconnect of the examples', () => {
  leavesNothingOpen();
  let clusters: FakeClusterCache;
  let ending: AbortController;
  let ended: Promise<void>;
  let clock: SinonFakeTimers;

  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
    clusters = newFakeClusterCache({ key: KEY });
    ending = new AbortController();
  });

  afterEach(async () => {
    ending.abort();
    await ended;
    await clusters.stop();
    clock.restore();
  });

  const start = async (): Promise<void> => {
    ended = drainOnDisconnect(clusters, clusters.managementClient, ending.signal);
    await turns();
  };
  const mark = (): string | undefined => clusters.managementServer.find(Cluster, KEY)?.metadata?.annotations?.[DRAINED];
  const patches = (): number => clusters.managementServer.requests.filter(({ verb }) => verb === 'patch').length;

  it('marks a Cluster while it is disconnected', async () => {
    await start();
    clusters.disconnect(KEY);
    await turns();
    expect(mark()).to.equal('true');
    clusters.connect(KEY);
    await turns();
    expect(mark()).to.equal(undefined);
  });

  it('takes off what one before it left', async () => {
    clusters.managementServer.patch(Cluster, KEY, { metadata: { annotations: { [DRAINED]: 'true' } } });
    await start();
    expect(mark()).to.equal(undefined);
  });

  it('does not try again to mark a Cluster that is gone', async () => {
    await start();
    const before = patches();
    clusters.disconnect(KEY);
    clusters.managementServer.delete(Cluster, KEY);
    await clock.tickAsync(60_000);
    expect(patches() - before).to.equal(1);
  });

  it('ends at once where it is told to before it begins', async () => {
    ending.abort();
    await start();
    await ended;
  });
});

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
}
