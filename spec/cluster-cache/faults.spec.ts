import { expect } from 'chai';
import { ConnectError, type ConnectionState, InconclusiveProbeError, ProbeFailureThresholdError, StatusError, TransportError, UnauthorizedError, defineKind } from '../../lib/index.ts';
import type { Cluster } from '../../lib/model/cluster.ts';
import { type Fault, type RecordedRequest, aCluster } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SOON, described } from './fleet-scene.ts';

/** A probe; nothing else asks for it. */
const PROBED = '/livez';
const isProbe = ({ path }: RecordedRequest): boolean => path === PROBED;
const TIMING = { healthProbe: { interval: 60, timeout: 300, failureThreshold: 3, path: PROBED }, connectionCreationRetryInterval: 200, client: { userAgent: 'spec', timeout: 400 } };
const CLUSTER = defineKind<Cluster>({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'Cluster' });
/** A new location for a redirect: nobody may ask for it. */
const ELSEWHERE = '/elsewhere';

/** Each fault, as it hits one request; those of the network hit everything. */
const FAULTS: Readonly<Record<Fault['fault'], Fault>> = {
  refuse: { fault: 'refuse' }, halfOpen: { fault: 'halfOpen' }, hang: { fault: 'hang' }, reset: { fault: 'reset' }, refuseStream: { fault: 'refuseStream' }, goaway: { fault: 'goaway' },
  slow: { fault: 'slow', delay: 100 }, unauthorized: { fault: 'unauthorized' }, forbidden: { fault: 'forbidden' }, gone: { fault: 'gone' }, tooManyRequests: { fault: 'tooManyRequests' },
  serverError: { fault: 'serverError', status: 503 }, redirect: { fault: 'redirect', location: ELSEWHERE }, truncate: { fault: 'truncate', reset: true }, garbage: { fault: 'garbage' },
};
const NAMES = Object.keys(FAULTS) as Fault['fault'][];
const OF_REQUESTS: readonly Fault['fault'][] = NAMES.filter((name) => name !== 'refuse' && name !== 'halfOpen');
const hitting = (name: Fault['fault'], match: RegExp | ((request: RecordedRequest) => boolean)): Fault => ({ ...FAULTS[name], match } as Fault);

/** What a probe that meets the fault says: alive, nothing, or failed with such an error (its class, and its code). */
const OF_A_PROBE: { readonly [Name in Fault['fault']]: 'alive' | 'nothing' | readonly [new (...args: never) => Error, RegExp] } = {
  refuse: [TransportError, /^ECONNREFUSED$|^ECONNRESET$/], halfOpen: [TransportError, /TIMEOUT|UNRESPONSIVE/], hang: [TransportError, /^HEADERS_TIMEOUT$/], reset: [TransportError, /ECONNRESET|CLOSED_BY_SERVER|CONNECTION_CLOSED|EPIPE|SOCKET/],
  refuseStream: [TransportError, /^REFUSED_STREAM$/], goaway: 'alive', slow: 'alive', unauthorized: [UnauthorizedError, /^UNAUTHORIZED$/], forbidden: [StatusError, /^Forbidden$/],
  gone: [StatusError, /Expired|Gone/], tooManyRequests: 'nothing', serverError: [StatusError, /InternalError|ServiceUnavailable/], redirect: [StatusError, /^HTTP_302$/],
  truncate: [TransportError, /./], garbage: 'alive',
};

/** The stage at which a connect fails, and the code, when its discovery meets the fault; `undefined`: it does not fail. */
const OF_DISCOVERY: { readonly [Name in Fault['fault']]: readonly [stage: string, code: RegExp] | undefined } = {
  refuse: ['dial', /^ECONNREFUSED$/], halfOpen: ['tls', /TIMEOUT/], hang: ['discovery', /^HEADERS_TIMEOUT$/], reset: ['discovery', /./], refuseStream: ['discovery', /^REFUSED_STREAM$/],
  goaway: undefined, slow: undefined, unauthorized: ['discovery', /^Unauthorized$/], forbidden: ['discovery', /^Forbidden$/], gone: ['discovery', /Expired|Gone/],
  tooManyRequests: ['discovery', /^TooManyRequests$/], serverError: ['discovery', /InternalError|ServiceUnavailable/], redirect: ['discovery', /^HTTP_302$/], truncate: ['discovery', /./], garbage: ['discovery', /^GARBAGE$/],
};

describe('a cluster whose API server', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    afterEach(() => scene.stop());

    describe('answers the probes of a connection with', () => {
      for (const name of NAMES) {
        const verdict = OF_A_PROBE[name];
        it(`${name}: ${typeof verdict === 'string' ? (verdict === 'alive' ? 'goes on' : 'is neither failed nor alive') : 'is given up with that error, and connected again after it'}`, async () => {
          scene = await FleetScene.started(TIMING);
          await scene.phase('connected');
          const before = scene.clusters.getHealthCheckingState(scene.key);
          scene.fleet.break('cluster-1', hitting(name, isProbe));
          if (typeof verdict === 'string') {
            const first = scene.states().values.length;
            await scene.states().count(first + 5, SOON);
            const health = scene.clusters.getHealthCheckingState(scene.key);
            expect(health.consecutiveFailures).to.equal(0);
            if (verdict === 'alive') expect(health.lastProbeSuccessTime).to.be.above(before.lastProbeSuccessTime as Date);
            await scene.fleet.heal('cluster-1');
            await scene.probed();
            expect(scene.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
            expect(scene.told()).to.deep.equal(['connected']);
            return;
          }
          const [type, code] = verdict;
          const reason = name === 'unauthorized' ? 'unauthorized' : 'probeFailureThreshold';
          const lost = await scene.phase(`disconnected ${reason}`);
          const { error } = lost as Extract<ConnectionState, { phase: 'disconnected' }>;
          const cause = name === 'unauthorized' ? error : error.cause;
          if (name !== 'unauthorized') expect(error).to.be.instanceOf(ProbeFailureThresholdError);
          expect(cause).to.be.instanceOf(type);
          expect((cause as StatusError).code).to.match(code);
          expect(lost.health.consecutiveFailures).to.equal(name === 'unauthorized' ? 1 : 3);
          expect(lost.health.lastProbeSuccessTime, 'health survives').to.not.equal(undefined);
          await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
          expect(scene.clusters.getHealthCheckingState(scene.key).consecutiveFailures).to.equal(0);
          expect(scene.told().slice(0, 3)).to.deep.equal(['connected', 'disconnected', 'connected']);
          expect(scene.workload.requests.filter(({ path }) => path === ELSEWHERE)).to.deep.equal([]);
        });
      }

      it('one 429 after two failures: neither ends the connection nor clears the failures', async () => {
        scene = await FleetScene.started(TIMING);
        await scene.phase('connected');
        const broken = scene.fleet.break('cluster-1', { fault: 'serverError', match: isProbe, times: 2 });
        scene.fleet.break('cluster-1', { fault: 'tooManyRequests', match: isProbe, times: 2 });
        await scene.states().next(({ health }) => health.consecutiveFailures === 2, SOON);
        const failed = scene.states().values.length;
        await scene.states().count(failed + 2, SOON);
        expect(broken.hits).to.equal(2);
        expect(scene.states().values.slice(failed, failed + 2).map(({ health }) => health.consecutiveFailures)).to.deep.equal([2, 2]);
        await scene.states().next((state) => state.health.consecutiveFailures === 0 && scene.states().values.indexOf(state) >= failed, SOON);
        expect(scene.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
        expect(new InconclusiveProbeError().code).to.equal('INCONCLUSIVE_PROBE');
      });
    });

    describe('answers the discovery of a connect with', () => {
      for (const name of NAMES) {
        const verdict = OF_DISCOVERY[name];
        it(`${name}: ${verdict === undefined ? 'is connected' : `fails at the stage ${verdict[0]}, and connects when that is over`}`, async () => {
          scene = await FleetScene.create(TIMING);
          scene.fleet.break('cluster-1', hitting(name, /^\/api\/v1(\?|$)/));
          await scene.clusters.start();
          if (verdict === undefined) {
            await scene.phase('connected');
            expect(scene.seen()).to.deep.equal(['absent unknown', 'connecting', 'connected']);
          } else {
            const { error } = await scene.phase('disconnected connectFailed') as Extract<ConnectionState, { phase: 'disconnected' }>;
            expect(error).to.be.instanceOf(ConnectError).and.include({ stage: verdict[0] });
            expect(error.code).to.match(verdict[1]);
            expect(error.message).to.match(verdict[0] === 'discovery' ? /^error getting REST mapping: / : /^error creating HTTP client and mapper: cluster is not reachable: /);
            expect((error as ConnectError).hint).to.be.a('string').and.not.equal('');
            expect((error as ConnectError).stages.at(-1)).to.include({ stage: verdict[0], failed: true });
            await scene.fleet.heal('cluster-1');
            await scene.phase('connected');
            expect(scene.told()).to.deep.equal(['connected']);
          }
          expect(scene.workload.requests.filter(({ path }) => path === ELSEWHERE)).to.deep.equal([]);
        });
      }
    });

    describe('answers the question who it is (kube-system) with', () => {
      for (const name of OF_REQUESTS) {
        const fails = !['goaway', 'slow', 'forbidden'].includes(name);
        it(`${name}: ${fails ? 'fails to connect until that is over' : ['goaway', 'slow'].includes(name) ? 'is known' : 'is connected, its identity unknown'}`, async () => {
          scene = await FleetScene.create(TIMING);
          scene.fleet.break('cluster-1', hitting(name, /\/namespaces\/kube-system$/));
          await scene.clusters.start();
          if (fails) {
            const { error } = await scene.phase('disconnected connectFailed') as Extract<ConnectionState, { phase: 'disconnected' }>;
            expect(error).to.be.instanceOf(ConnectError).and.include({ stage: 'discovery' });
            expect(error.message).to.not.include('not what you asked for');
            await scene.fleet.heal('cluster-1');
          }
          const state = await scene.phase('connected') as Extract<ConnectionState, { phase: 'connected' }>;
          expect(state.connection.clusterUid).to.equal(fails || ['goaway', 'slow'].includes(name) ? scene.workload.uid : undefined);
        });
      }
    });

    it('forbids the path of the probe: the failed connect says which option to look at, and the option helps', async () => {
      scene = await FleetScene.create({ ...TIMING, healthProbe: { ...TIMING.healthProbe, path: '/' } });
      scene.workload.forbid(undefined, ({ path }) => path === '/');
      await scene.clusters.start();
      const { error } = await scene.phase('disconnected connectFailed') as Extract<ConnectionState, { phase: 'disconnected' }>;
      expect(error).to.be.instanceOf(ConnectError).and.include({ stage: 'reachability', code: 'Forbidden' });
      expect((error as ConnectError).hint).to.include('healthProbe.path');
      expect((error as ConnectError).stages.map(({ stage }) => stage), 'what went well before').to.deep.equal(['dial', 'tls', 'reachability']);
    });

    it('with a bogus path in its server address: says so in Go\'s text, and connects when the address is right', async () => {
      scene = await FleetScene.create(TIMING);
      scene.fleet.putKubeconfig('cluster-1', scene.workload.kubeconfig({ server: `${scene.workload.url}/bogus` }));
      await scene.clusters.start();
      const { error } = await scene.phase('disconnected connectFailed') as Extract<ConnectionState, { phase: 'disconnected' }>;
      expect(error.message).to.equal('error creating HTTP client and mapper: cluster is not reachable: the server could not find the requested resource');
      scene.fleet.putKubeconfig('cluster-1');
      await scene.phase('connected');
    });

    it('forbids the path of the probe while connected: the loss says which option to look at', async () => {
      scene = await FleetScene.started({ ...TIMING, healthProbe: { ...TIMING.healthProbe, path: '/' } });
      await scene.phase('connected');
      scene.workload.forbid(undefined, ({ path }) => path === '/');
      const { error } = await scene.phase('disconnected probeFailureThreshold') as Extract<ConnectionState, { phase: 'disconnected' }>;
      expect(error.message).to.include('healthProbe.path');
    });

    it('is a half-open path: seen by failed probes within their timing, and connected when late answers come', async () => {
      scene = await FleetScene.started(TIMING);
      await scene.phase('connected');
      const { lastProbeSuccessTime: heard } = scene.clusters.getHealthCheckingState(scene.key);
      scene.fleet.break('cluster-1', { fault: 'halfOpen' });
      const lost = await scene.phase('disconnected probeFailureThreshold');
      expect(lost.since.getTime() - Number(heard)).to.be.within(3 * 240, 3 * 360 + 400);
      await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
    });
  });
});

describe('a management API server', () => {
  leavesNothingOpen();

  describe('with an embedded fleet', () => {
    const withScene = async (body: (scene: FleetScene) => Promise<void>): Promise<void> => {
      const scene = await FleetScene.create({ ...TIMING, random: () => 0 });
      try {
        await body(scene);
      } finally {
        await scene.stop();
      }
    };

    const PARTS: Readonly<Record<string, (request: RecordedRequest) => boolean>> = {
      'the list of Clusters': ({ verb, resource }) => verb === 'list' && resource === 'clusters.cluster.x-k8s.io',
      'the list of Secrets': ({ verb, resource }) => verb === 'list' && resource === 'secrets',
      'a Secret': ({ verb, resource }) => verb === 'get' && resource === 'secrets',
    };
    for (const [part, match] of Object.entries(PARTS)) {
      describe(`answers ${part}, the first time, with`, () => {
        // A list that hangs is given up after a minute: that is for virtual time.
        const faults = OF_REQUESTS.filter((name) => name !== 'hang' || part === 'a Secret');
        together(faults, (name) => `${name}: it is read again, and the cluster is connected once`, (name) => withScene(async (scene) => {
          const fault = scene.fleet.managementServer.inject({ ...hitting(name, match), times: 1 } as Fault);
          scene.states();
          await scene.clusters.start();
          await scene.phase('connected');
          expect(fault.hits).to.equal(1);
          expect(scene.told()).to.deep.equal(['connected']);
          expect(scene.seen().filter((state) => !['absent unknown', 'pending kubeconfigMissing'].includes(state))).to.deep.equal(['connecting', 'connected']);
          expect(scene.fleet.managementServer.requests.filter(({ path }) => path === ELSEWHERE)).to.deep.equal([]);
        }));
      });
    }

    describe('answers the watches, open or new, with', () => {
      together(NAMES.filter((name) => name !== 'hang'), (name) => `${name}: nothing is lost, nothing doubled, and no list but after 410`, (name) => withScene(async (scene) => {
        const { fleet } = scene;
        scene.states();
        await scene.clusters.start();
        await scene.phase('connected');
        const server = fleet.managementServer;
        await eventually(() => server.counters.openWatches === 2, SOON);
        const lists = { ...server.counters.lists };
        const network = !OF_REQUESTS.includes(name);
        const fault = server.inject(network ? FAULTS[name] : { ...hitting(name, ({ verb }) => verb === 'watch'), times: 2 } as Fault);
        if (!network) server.endWatches(); // so that new ones meet it
        await fleet.add('cluster-2');
        server.patch(CLUSTER, fleet.key('cluster-1'), { metadata: { annotations: { changed: 'yes' } } });
        if (network) await fault.remove();
        scene.states('cluster-2');
        await scene.phase('connected', 'cluster-2');
        server.delete(CLUSTER, fleet.key('cluster-1'));
        await scene.phase('absent deleted');
        expect(scene.told('cluster-1')).to.deep.equal(['connected', 'removed']);
        expect(scene.told('cluster-2')).to.deep.equal(['connected']);
        if (name !== 'gone') expect(server.counters.lists).to.deep.equal(lists);
      }));
    });

    it('that lets a Cluster go and come back under its name has its connection replaced', () => withScene(async (scene) => {
      scene.states();
      await scene.clusters.start();
      await scene.phase('connected');
      scene.fleet.managementServer.delete(CLUSTER, scene.key);
      scene.fleet.managementServer.create(aCluster({ name: 'cluster-1' }));
      await eventually(() => scene.told().length === 3, SOON);
      expect(scene.told()).to.deep.equal(['connected', 'removed', 'connected']);
      expect(scene.states().values.map(described)).to.include('absent deleted');
    }));
  });
});

/** Declares a spec for each case; they run at the same time, for most of theirs is waiting. */
function together<T>(cases: readonly T[], title: (value: T) => string, run: (value: T) => Promise<void>): void {
  let runs: readonly Promise<void>[] = [];
  before(() => {
    runs = cases.map(run);
    for (const own of runs) own.catch(() => {}); // each is told by its own spec
  });
  for (const [index, value] of cases.entries()) it(title(value), () => runs[index]);
  after(() => Promise.allSettled(runs));
}
