import { expect } from 'chai';
import type { SchedulerLike } from 'rxjs';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Kind, type KubernetesObject, defineKind } from '../../lib/index.ts';
import type { Fault, RecordedRequest } from '../../lib/testing/index.ts';
import { rejection } from '../client/served-cluster.ts';
import { hurried } from '../hurried.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SOON } from './fleet-scene.ts';
import { ToldObjects } from './told-objects.ts';

const KINDS: readonly Kind<KubernetesObject>[] = ['ConfigMap', 'Secret', 'ServiceAccount', 'Namespace', 'Node'].map((kind) => defineKind({ apiVersion: 'v1', kind }));
const [CONFIG_MAP, , , , NODE] = KINDS as readonly [Kind<KubernetesObject>, Kind<KubernetesObject>, Kind<KubernetesObject>, Kind<KubernetesObject>, Kind<KubernetesObject>];
/** So many calls that none waits for its turn. */
const CLIENT = { userAgent: 'spec', qps: 10_000, burst: 10_000 };
/** Waits are a twentieth of what they are; the clock is right, so that nobody counts as slow who is not. */
const IMPATIENCE = 20;
const impatient: SchedulerLike = { ...hurried(IMPATIENCE), now: () => performance.now() };
/** Probed as often as elsewhere, and not given up: outages that end a connection are for other specs. */
const IMPATIENT = { scheduler: impatient, healthProbe: { interval: 60 * IMPATIENCE, timeout: 400 * IMPATIENCE, failureThreshold: 1_000 } };
const PATIENT = { healthProbe: { interval: 60_000, timeout: 5_000, failureThreshold: 1_000 } };

describe('what is kept of a cluster', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    let told: ToldObjects<KubernetesObject>[];
    const named = ({ apiVersion, kind }: Kind<unknown>, name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
      apiVersion, kind, metadata: { name, labels, ...(kind === 'Node' || kind === 'Namespace' ? {} : { namespace: 'default' }) },
    });
    const nameOf = (kind: Kind<unknown>, name: string) => named(kind, name).metadata as { readonly name: string };

    /** A connected cluster of which five kinds are followed. */
    const followed = async (...[options, fleetOptions]: Parameters<typeof FleetScene.started>): Promise<void> => {
      scene = await FleetScene.started({ client: CLIENT, random: () => 0, ...options }, { ...fleetOptions, workload: { recorded: 10_000, ...fleetOptions?.workload } });
      await scene.phase('connected');
      for (const kind of KINDS) for (const name of ['y', 'z']) scene.workload.create(named(kind, name));
      told = KINDS.map((kind) => new ToldObjects<KubernetesObject>(scene.clusters.objects$(scene.key, kind)));
      await Promise.all(told.map((each) => each.told('synced')));
      await eventually(() => scene.workload.counters.openWatches === KINDS.length, SOON);
    };
    /** Changes of every sort, of each kind. */
    const change = (round = ''): void => {
      for (const kind of KINDS) {
        scene.workload.create(named(kind, `x${round}`));
        for (const count of ['1', '2']) scene.workload.update(named(kind, `x${round}`, { count }));
        scene.workload.delete(kind, nameOf(kind, 'y'));
        scene.workload.delete(kind, nameOf(kind, 'z'));
        for (const name of ['z', 'y']) scene.workload.create(named(kind, name));
      }
    };
    /** In the order of each object; who is told while the machine is busy may be told less of updates, and object by object. */
    const CHANGED = ['added x', 'added y', 'added z', 'deleted y', 'deleted z'];
    const changesIn = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('updated')).map((line) => line.replace(/^(\w+) (default\/)?(\S+) \w+$/, '$1 $3')).toSorted();
    /** Waits until all that was changed has come; nothing of it twice, and none from a list. */
    const nothingLost = async (from: readonly number[], expected: readonly string[] = CHANGED): Promise<void> => {
      for (const [index, kind] of KINDS.entries()) scene.workload.create(named(kind, `last-${index}`));
      await eventually(() => told.every(({ objects }, index) => [...objects.values()].some(({ metadata }) => metadata?.name === `last-${index}`)), SOON);
      for (const [index, kind] of KINDS.entries()) {
        const { lines, illegal, objects } = told[index] as ToldObjects<KubernetesObject>;
        expect(illegal, kind.kind).to.deep.equal([]);
        expect(changesIn(lines.slice(from[index])), kind.kind).to.deep.equal([...expected, `added last-${index}`].toSorted());
        const inOrder = new Map([...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)));
        expect([...inOrder.values()], kind.kind).to.deep.equal(scene.workload.list(kind));
      }
      expect(scene.workload.counters.lists).to.deep.equal({ configmaps: 1, secrets: 1, serviceaccounts: 1, namespaces: 1, nodes: 1 });
    };
    const lengths = (): number[] => told.map(({ lines }) => lines.length);
    afterEach(async () => {
      for (const each of told) each.close();
      await scene.stop();
    });

    const isWatch = ({ verb }: RecordedRequest): boolean => verb === 'watch';
    /** What strikes, while objects are changed, and is over then. */
    const OUTAGES: Readonly<Record<string, () => Promise<void> | void>> = {
      'refuses connections': async () => {
        const refused = scene.workload.inject({ fault: 'refuse' });
        change();
        await refused.remove();
      },
      'resets every connection': () => {
        scene.workload.cut();
        change();
      },
      'is half-open for a time': async () => {
        scene.workload.pause();
        change();
        scene.workload.resume();
      },
      'says GOAWAY': () => {
        scene.workload.goAway();
        change();
      },
      'says GOAWAY to every watch, and ends them': () => {
        scene.workload.inject({ fault: 'goaway', match: isWatch, times: 10 });
        scene.workload.endWatches();
        change();
      },
      'ends all watches': () => {
        scene.workload.endWatches();
        change();
      },
      'breaks off in the middle of a line': () => {
        scene.workload.inject({ fault: 'truncate', match: isWatch, times: 8 });
        change();
      },
      'is reset in the middle of a line': () => {
        scene.workload.inject({ fault: 'truncate', reset: true, match: isWatch, times: 8 });
        change();
      },
      'writes garbage in the place of a line': () => {
        scene.workload.inject({ fault: 'garbage', match: isWatch, times: 8 });
        change();
      },
      'refuses streams': () => {
        scene.workload.inject({ fault: 'refuseStream', match: isWatch, times: 8 });
        scene.workload.endWatches();
        change();
      },
      'answers 429 in a storm': async () => storm({ fault: 'tooManyRequests', retryAfter: 1, match: isWatch, times: 15 }),
      'answers 503 in a storm': async () => storm({ fault: 'serverError', status: 503, match: isWatch, times: 15 }),
      'answers 401 for a time': async () => storm({ fault: 'unauthorized', match: isWatch, times: 10 }),
    };
    const storm = async (fault: Fault): Promise<void> => {
      const injected = scene.workload.inject(fault);
      scene.workload.endWatches();
      change();
      await eventually(() => injected.hits > 8, SOON);
    };

    describe('is whole, without a list, after its API server', () => {
      for (const [what, strike] of Object.entries(OUTAGES)) {
        it(`${what}: nothing is lost, nothing doubled`, async () => {
          await followed(IMPATIENT);
          const from = lengths();
          await strike();
          await nothingLost(from);
        });
      }

      it('has ended every watch once a second, for a time: nothing is lost, nothing doubled, and it is not asked more often', async () => {
        await followed(IMPATIENT);
        const from = lengths();
        const ROUNDS = 3;
        for (let round = 0; round < ROUNDS; round += 1) {
          await eventually(() => scene.workload.counters.openWatches === KINDS.length, SOON);
          const opened = performance.now();
          change(`-${round}`);
          await eventually(() => performance.now() - opened > 1_100, SOON); // a watch that lasts less has failed
          scene.workload.endWatches();
        }
        await nothingLost(from, Array.from({ length: ROUNDS }, (_, round) => CHANGED.map((line) => line.replace('x', `x-${round}`))).flat());
        expect(scene.workload.counters.watches).to.deep.equal(Object.fromEntries(Object.keys(scene.workload.counters.lists).map((resource) => [resource, ROUNDS + 1])));
        expect(scene.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
      });

      it('was gone for longer than probes allow: it goes on where it was with the next connection', async () => {
        await followed();
        const from = lengths();
        await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
        change();
        await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
        await nothingLost(from);
      });
    });

    it('is fresh within 2 s of the return of a server that refused, and all kinds together dial no more than once for each try', async () => {
      await followed(PATIENT);
      const from = lengths();
      let sockets = 0;
      const count = (): void => { sockets += 1; };
      const refused = scene.workload.inject({ fault: 'refuse' });
      subscribe('net.client.socket', count);
      try {
        const begun = performance.now();
        await eventually(() => sockets >= 4, SOON);
        const lasted = performance.now() - begun;
        // 250 ms, then twice as many each time: with one dial for each of the kinds there would be five times as many.
        expect(lasted, 'ms of four tries').to.be.within(1_300, 4_000);
        expect(sockets).to.equal(4);
      } finally {
        unsubscribe('net.client.socket', count);
      }
      change();
      await refused.remove();
      const back = performance.now();
      await eventually(() => told.every(({ lines }, index) => changesIn(lines.slice(from[index])).length === CHANGED.length), SOON);
      expect(performance.now() - back, 'ms until all is known').to.be.below(2_000);
      await nothingLost(from);
    });

    it('is listed a few kinds at a time in the whole fleet, while all clusters are probed', async () => {
      const CLUSTERS = 4;
      const AT_ONCE = 2;
      scene = await FleetScene.started({ client: CLIENT, cache: { maxConcurrentLists: AT_ONCE } }, { clusters: CLUSTERS, workload: { recorded: 10_000 } });
      const { names } = scene.fleet;
      for (const name of names) await scene.phase('connected', name);
      const running = new Set<RecordedRequest>();
      let most = 0;
      const listening = names.map((name) => {
        scene.fleet.break(name, { fault: 'slow', delay: 100, match: ({ verb }) => verb === 'list' });
        return scene.fleet.workload(name).requests$.subscribe((request) => {
          if (request.verb !== 'list') return;
          running.add(request);
          most = Math.max(most, [...running].filter(({ status }) => status === undefined).length);
        });
      });
      const probed = (): number[] => names.map((name) => scene.clusters.getLastProbeSuccessTimestamp(scene.fleet.key(name))?.getTime() ?? 0);
      const before = probed();
      told = names.flatMap((name) => KINDS.map((kind) => new ToldObjects<KubernetesObject>(scene.clusters.objects$(scene.fleet.key(name), kind))));
      await eventually(() => running.size > 4 && probed().every((at, index) => at > (before[index] ?? 0)), SOON);
      expect(running.size, 'the probes did not wait for the last list').to.be.below(CLUSTERS * KINDS.length);
      await Promise.all(told.map((each) => each.told('synced')));
      expect(most).to.equal(AT_ONCE);
      expect(running.size).to.equal(CLUSTERS * KINDS.length);
      for (const subscription of listening) subscription.unsubscribe();
    });

    it('waits for its turn among the calls of the cluster, and takes none where it is not wanted any more', async () => {
      const NAMESPACES = Array.from({ length: 10 }, (_, number) => `ns-${number}`);
      told = [];
      scene = await FleetScene.started({ client: { userAgent: 'spec', qps: 2, burst: 5 }, cache: { linger: 1, byObject: [{ kind: CONFIG_MAP, namespaces: NAMESPACES }] } });
      await scene.phase('connected');
      const live = scene.clusters.getUncachedClient(scene.key);
      await rejection(live.get(CONFIG_MAP, { namespace: 'default', name: 'a' }));
      await Promise.all(Array.from({ length: 4 }, () => live.list(NODE, { signal: AbortSignal.timeout(50) }).catch(() => {}))); // what is left of the burst
      const from = scene.workload.counters.requests;
      const unwanted = new ToldObjects(scene.clusters.objects$(scene.key, CONFIG_MAP));
      unwanted.close();
      await eventually(() => scene.clusters.diagnose(scene.key).informers.length === 0, SOON);
      const begun = performance.now();
      expect((await scene.clusters.getClient(scene.key).list(NODE)).items).to.have.length(1);
      expect(performance.now() - begun, 'ms; ten lists before it would take 5 s').to.be.below(2_000);
      expect(scene.workload.requests.slice(from).filter(({ resource }) => resource === 'configmaps').length).to.be.below(3);
    });

    it('says what is wrong, for each kind, in the diagnosis', async () => {
      await followed(IMPATIENT);
      scene.workload.inject({ fault: 'forbidden', match: ({ verb, resource }) => verb === 'watch' && resource === 'nodes' });
      scene.workload.endWatches('nodes');
      await eventually(() => scene.clusters.diagnose(scene.key).informers.some(({ error = '' }) => error.includes('forbidden')), SOON);
      const informers = scene.clusters.diagnose(scene.key).informers.map(({ kind, synced, live, error }) => [kind, synced, live, error !== undefined]);
      expect(informers).to.deep.equal([['ConfigMap', true, true, false], ['Secret', true, true, false], ['ServiceAccount', true, true, false], ['Namespace', true, true, false], ['Node', true, false, true]]);
    });
  });
});
