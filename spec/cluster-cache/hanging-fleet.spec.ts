import { expect } from 'chai';
import { firstValueFrom, filter, map, merge, take, toArray } from 'rxjs';
import { ClusterCache } from '../../lib/index.ts';
import { FakeFleet } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { Recorder } from '../suites/recorder.ts';

const HANGING = 40;
const HEALTHY = 10;
const INTERVAL = 100;
/** ms. A lane of 5 in which each of 40 hangs for its 2 s would take 16 s. */
const SOON = 4_000;

describe('a fleet of which most hangs', function () {
  this.timeout(20_000);
  leavesNothingOpen();

  describe('with five connects at a time', () => {
    let fleet: FakeFleet;
    let clusters: ClusterCache;
    before(async () => {
      fleet = await FakeFleet.start({ clusters: 0 });
      for (let number = 1; number <= HANGING; number += 1) {
        const name = `a-hanging-${number}`;
        await fleet.add(name, { ready: false });
        fleet.break(name, number % 2 === 0 ? { fault: 'halfOpen' } : { fault: 'hang' });
        fleet.setInfrastructureReady(name, true);
      }
      for (let number = 1; number <= HEALTHY; number += 1) await fleet.add(`z-healthy-${number}`);
      clusters = new ClusterCache({
        management: fleet.management, client: { userAgent: 'spec' }, maxConcurrentConnects: 5,
        healthProbe: { interval: INTERVAL, timeout: 2_000, failureThreshold: 5 }, connectionCreationRetryInterval: 500,
      });
    });
    after(async () => {
      await clusters.stop();
      await fleet.stop();
    });

    it('connects what is healthy as soon as it finds out, and probes it on time while the others go on hanging', async () => {
      const begun = performance.now();
      await clusters.start();
      const healthy = fleet.names.filter((name) => name.startsWith('z-'));
      await firstValueFrom(merge(...healthy.map((name) => clusters.connection$(fleet.key(name)).pipe(filter(({ phase }) => phase === 'connected'), take(1), map(({ cluster }) => cluster.name)))).pipe(toArray()));
      expect(performance.now() - begun).to.be.below(SOON);

      const probes = healthy.map((name) => {
        const times: number[] = [];
        return { name, times, recorder: new Recorder(clusters.lastProbeSuccess$(fleet.key(name)).pipe(map((at) => { times.push(performance.now()); return at; }))) };
      });
      await Promise.all(probes.map(({ recorder }) => recorder.count(10, SOON)));
      for (const { name, times, recorder } of probes) {
        recorder.close();
        const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at)).slice(1);
        expect(Math.max(...gaps), `the longest gap between two probes of ${name}`).to.be.below(INTERVAL + 1_000);
      }
      for (const name of fleet.names.filter((other) => other.startsWith('a-'))) {
        expect(clusters.getHealthCheckingState(fleet.key(name)).lastProbeSuccessTime, name).to.equal(undefined);
      }
    });
  });
});
