import { expect } from 'chai';
import { firstValueFrom, take, toArray } from 'rxjs';
import type { FleetObjectEvent } from '../../lib/cluster-cache/object-streams.ts';
import { type Kind, type KubernetesObject, type LogFields, SelectorError, defineKind } from '../../lib/index.ts';
import type { ObjectsSelection } from '../../lib/informer/selection.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';
import { FleetScene, SHORT, SOON } from './fleet-scene.ts';
import { ToldObjects } from './told-objects.ts';

const CONFIG_MAP = defineKind({ apiVersion: 'v1', kind: 'ConfigMap' });
const CLIENT = { userAgent: 'spec', qps: 1_000, burst: 1_000 };
const aConfigMap = (name: string, labels: Readonly<Record<string, string>> = {}, namespace = 'default'): KubernetesObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels } });

describe('objects$', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    const connected = async (...options: Parameters<typeof FleetScene.started>): Promise<void> => {
      scene = await FleetScene.started({ client: CLIENT, ...options[0] }, options[1]);
      await scene.phase('connected');
    };
    const following = (selection?: ObjectsSelection): ToldObjects<KubernetesObject> => new ToldObjects(scene.clusters.objects$(scene.key, CONFIG_MAP, selection));
    const lists = (): number => scene.workload.counters.lists['configmaps'] ?? 0;
    const watching = (): Promise<void> => eventually(() => scene.workload.counters.openWatches === 1, SOON);
    afterEach(() => scene.stop());

    it('tells what there is, then synced, then changes; a late subscriber the same, from memory', async () => {
      await connected();
      for (const name of ['b', 'a']) scene.workload.create(aConfigMap(name));
      const first = following();
      await first.told('synced');
      expect(first.lines).to.deep.equal(['added default/a initial', 'added default/b initial', 'synced']);
      await watching();
      expect(await first.during(() => scene.workload.create(aConfigMap('c')), 'added default/c watch')).to.have.length(1);

      const { requests } = scene.workload.counters;
      const late = following();
      expect(late.lines, 'in the same turn').to.deep.equal(['added default/a initial', 'added default/b initial', 'added default/c initial', 'synced']);
      expect(scene.workload.counters.requests).to.equal(requests);
      for (const told of [first, late]) {
        const from = told.lines.length;
        scene.workload.update(aConfigMap('a', { told: String(from) }));
        await eventually(() => told.lines.length > from, SOON);
      }
      await late.during(() => scene.workload.delete(CONFIG_MAP, { namespace: 'default', name: 'b' }), 'deleted default/b watch');
      expect(late.lines.slice(4)).to.deep.equal(['updated default/a watch', 'updated default/a watch', 'deleted default/b watch']);
      expect([first.illegal, late.illegal]).to.deep.equal([[], []]);
      expect([...late.objects.keys()]).to.deep.equal(['default/a', 'default/c']);
      first.close();
      late.close();
    });

    it('has one list and one watch for all subscribers, which end when the last has left and lingered', async () => {
      await connected({ cache: { linger: 100 } });
      const all = [following(), following({ namespace: 'default' }), following({ labelSelector: 'app' })];
      await Promise.all(all.map((told) => told.told('synced')));
      await watching();
      expect(lists()).to.equal(1);
      for (const told of all) told.close();
      expect(scene.workload.counters.openWatches).to.equal(1);
      await eventually(() => scene.workload.counters.openWatches === 0, SOON);
      expect(scene.clusters.diagnose(scene.key).informers).to.deep.equal([]);
    });

    it('lists once where an HTTP/1.1 connection ends under the list: the request alone goes out again, and the logger is told', async () => {
      const logged: string[] = [];
      const quiet = (): void => {};
      const debug = ({ method, path }: LogFields, message: string): void => { logged.push([message, method, path].filter((part) => typeof part === 'string').join(' ')); };
      const healthProbe = { ...SHORT.healthProbe, interval: 60_000 }; // it would have the connection now and then
      await connected({ healthProbe, logger: { debug, info: quiet, warn: quiet, error: quiet } }, { workload: { protocols: ['http/1.1'] } });
      scene.workload.inject({ fault: 'reset', match: ({ verb }) => verb === 'list', times: 1 });
      const told = following();
      await told.told('synced');
      expect(lists()).to.equal(2);
      expect(logged).to.deep.equal(['connecting', 'listing', 'a request is sent again GET /api/v1/configmaps?limit=500', 'synced']);
      told.close();
    });

    it('says what a selection gains and loses as added and deleted', async () => {
      await connected();
      scene.workload.create(aConfigMap('a', { app: 'web' }));
      scene.workload.create(aConfigMap('a', { app: 'web' }, 'kube-public'));
      const told = following({ namespace: 'default', labelSelector: 'app in (web, cache)' });
      await told.told('synced');
      await watching();
      scene.workload.create(aConfigMap('b', { app: 'db' }));
      for (const app of ['db', 'cache', 'web']) scene.workload.update(aConfigMap('b', { app }));
      scene.workload.update(aConfigMap('a', { app: 'db' }, 'kube-public'));
      await told.during(() => scene.workload.update(aConfigMap('a', { app: 'db' })), 'deleted default/a watch');
      expect(told.lines).to.deep.equal(['added default/a initial', 'synced', 'added default/b watch', 'updated default/b watch', 'deleted default/a watch']);
      told.close();
    });

    describe('across an outage', () => {
      /** Deletes a, changes b, replaces c, adds e and leaves d alone. */
      const change = (): void => {
        scene.workload.delete(CONFIG_MAP, { namespace: 'default', name: 'a' });
        scene.workload.update(aConfigMap('b', { changed: 'yes' }));
        scene.workload.delete(CONFIG_MAP, { namespace: 'default', name: 'c' });
        scene.workload.create(aConfigMap('c'));
        scene.workload.create(aConfigMap('e'));
      };
      const differences = (cause: string): readonly string[] => ['added default/c', 'added default/e', 'deleted default/a', 'deleted default/c', 'updated default/b'].map((line) => `${line} ${cause}`);

      for (const [what, cause, expires] of [['of a watch that goes on', 'reconnect', false], ['of a watch whose place has expired, by one list', 'relist', true]] as const) {
        it(`tells exactly the difference ${what}, each with its cause`, async () => {
          await connected();
          for (const name of ['a', 'b', 'c', 'd']) scene.workload.create(aConfigMap(name));
          const told = following();
          const selected = following({ labelSelector: 'changed' });
          await told.told('synced');
          await watching();
          await scene.upon(() => scene.fleet.break('cluster-1', { fault: 'refuse' }), ({ phase }) => phase === 'disconnected');
          change();
          if (expires) {
            scene.workload.advance();
            scene.workload.compact();
          }
          const from = told.lines.length;
          await scene.upon(() => scene.fleet.heal('cluster-1'), ({ phase }) => phase === 'connected');
          await eventually(() => told.lines.length - from === 5, SOON);
          scene.workload.update(aConfigMap('d', { last: 'yes' }));
          await eventually(() => told.objects.get('default/d')?.metadata?.labels?.['last'] === 'yes', SOON);
          expect(told.lines.slice(from, from + 5).toSorted()).to.deep.equal(differences(cause));
          expect(told.lines).to.have.length(from + 6);
          expect(told.illegal).to.deep.equal([]);
          expect(selected.lines).to.deep.equal(['synced', `added default/b ${cause}`]);
          expect([...told.objects.values()].toSorted((a, b) => ((a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1))).to.deep.equal(scene.workload.list(CONFIG_MAP));
          expect(lists()).to.equal(expires ? 2 : 1);
          told.close();
          selected.close();
        });
      }
    });

    it('tells a subscriber that is slow the rest by object, and keeps nobody waiting', async () => {
      await connected();
      scene.workload.create(aConfigMap('a'));
      const fast = new ToldObjects(scene.clusters.objects$(scene.key, CONFIG_MAP));
      const slow = new ToldObjects(scene.clusters.objects$(scene.key, CONFIG_MAP), (event) => {
        if (event.type !== 'updated') return;
        const until = performance.now() + 20;
        while (performance.now() < until) { /* it works */ }
      });
      await slow.told('synced');
      await watching();
      const CHANGES = 200;
      for (let count = 1; count <= CHANGES; count += 1) scene.workload.update(aConfigMap('a', { count: String(count) }));
      const isLast = ({ objects }: ToldObjects<KubernetesObject>): boolean => objects.get('default/a')?.metadata?.labels?.['count'] === String(CHANGES);
      await eventually(() => isLast(fast), SOON);
      expect(isLast(slow), 'the other one is not through').to.equal(false);
      expect(fast.lines.length, 'nearly every change, also on a machine that is busy').to.be.above(CHANGES / 2);
      await eventually(() => isLast(slow), SOON);
      expect(slow.lines.length, 'the newest of what it had no time for').to.be.below(CHANGES / 2);
      expect([fast.illegal, slow.illegal]).to.deep.equal([[], []]);
      fast.close();
      slow.close();
    });

    it('tells the deletes where its cluster is removed, and goes on with what comes back under the name', async () => {
      await connected();
      scene.workload.create(aConfigMap('a'));
      const told = following();
      await told.told('synced');
      await told.during(() => scene.fleet.remove('cluster-1'), 'deleted default/a removed');
      expect(told.ended).to.equal(false);
      await scene.fleet.add('cluster-1');
      scene.workload.create(aConfigMap('b'));
      await eventually(() => told.lines.at(-1) === 'synced' || told.lines.at(-1) === 'added default/b watch', SOON);
      expect([...told.objects.keys()]).to.deep.equal(['default/b']);
      expect(told.illegal).to.deep.equal([]);
      told.close();
    });

    it('may be subscribed before the start and before there is such a cluster; completes on stop, without deletes', async () => {
      scene = await FleetScene.create({ client: CLIENT }, { clusters: 0 });
      const told = new ToldObjects(scene.clusters.objects$(scene.fleet.key('cluster-1'), CONFIG_MAP));
      await scene.clusters.start();
      expect(told.lines).to.deep.equal([]);
      await scene.fleet.add('cluster-1');
      scene.workload.create(aConfigMap('a'));
      await eventually(() => told.objects.size === 1, SOON);
      await scene.clusters.stop();
      expect(told.ended).to.equal(true);
      expect([...told.objects.keys()]).to.deep.equal(['default/a']);
      const after = new Recorder(scene.clusters.objects$(scene.key, CONFIG_MAP));
      expect([after.values, after.ended]).to.deep.equal([[], true]);
    });

    it('lets a subscriber leave in the middle of what there is', async () => {
      await connected();
      for (const name of ['a', 'b', 'c']) scene.workload.create(aConfigMap(name));
      const first = following();
      await first.told('synced');
      const left = await firstValueFrom(scene.clusters.objects$(scene.key, CONFIG_MAP).pipe(take(2), toArray()));
      expect(left.map(({ type }) => type)).to.deep.equal(['added', 'added']);
      await first.during(() => scene.workload.create(aConfigMap('d')), 'added default/d watch');
      first.close();
    });

    describe('throws at once for', () => {
      const WRONG: readonly (readonly [what: string, kind: unknown, selection: unknown, type: new (...args: never) => Error, message: string])[] = [
        ['no kind', undefined, {}, TypeError, 'kind must be an object; got undefined'],
        ['half a kind', { apiVersion: 'v1' }, {}, TypeError, 'kind.kind must be a non-empty string; got undefined'],
        ['a selection that is none', CONFIG_MAP, 'app', TypeError, 'options must be an object; got "app"'],
        ['an unknown option', CONFIG_MAP, { fieldSelector: 'a=b' }, TypeError, 'options.fieldSelector must be one of namespace, labelSelector; got an unknown field'],
        ['a selector that does not parse', CONFIG_MAP, { labelSelector: 'app in (' }, SelectorError, 'label selector "app in (" is invalid'],
      ];
      for (const [what, kind, selection, type, message] of WRONG) {
        it(what, async () => {
          scene = await FleetScene.create({}, { clusters: 0 });
          expect(() => scene.clusters.objects$({ namespace: 'a', name: 'b' }, kind as Kind<KubernetesObject>, selection as ObjectsSelection)).to.throw(type, message);
          expect(() => scene.clusters.fleetObjects$(kind as Kind<KubernetesObject>, selection as ObjectsSelection)).to.throw(type, message);
        });
      }

      it('what is no key', async () => {
        scene = await FleetScene.create({}, { clusters: 0 });
        expect(() => scene.clusters.objects$('a/b' as never, CONFIG_MAP)).to.throw(TypeError, "a cluster's key must be an object with a namespace and a name; got string");
      });
    });

    describe('of the whole fleet', () => {
      let recorder: Recorder<FleetObjectEvent<KubernetesObject>> | undefined;
      const follow = (selection: ObjectsSelection = {}): void => { recorder = new Recorder(scene.clusters.fleetObjects$(CONFIG_MAP, selection)); };
      const lines = (): string[] => (recorder?.values ?? []).map((event) => [event.cluster.name, event.type, ...(event.type === 'synced' ? [] : [event.key.name, event.cause])].join(' '));
      afterEach(() => recorder?.close());

      it('has the objects of every cluster with its name: of those that come, and the deletes of those that go', async () => {
        await connected({}, { clusters: 2 });
        await scene.phase('connected', 'cluster-2');
        for (const name of ['cluster-1', 'cluster-2']) scene.fleet.workload(name).create(aConfigMap(`of-${name}`));
        follow();
        await eventually(() => lines().length === 4, SOON);
        expect(lines().toSorted()).to.deep.equal(['cluster-1 added of-cluster-1 initial', 'cluster-1 synced', 'cluster-2 added of-cluster-2 initial', 'cluster-2 synced']);
        await scene.fleet.add('cluster-3');
        await eventually(() => lines().at(-1) === 'cluster-3 synced', SOON);
        await eventually(() => scene.fleet.workload('cluster-3').counters.openWatches === 1, SOON);
        scene.fleet.workload('cluster-3').create(aConfigMap('of-cluster-3'));
        await eventually(() => lines().at(-1) === 'cluster-3 added of-cluster-3 watch', SOON);
        await scene.fleet.remove('cluster-2');
        await eventually(() => lines().at(-1) === 'cluster-2 deleted of-cluster-2 removed', SOON);
        expect(lines()).to.have.length(7);
        await scene.clusters.stop();
        expect([recorder?.ended, lines().length]).to.deep.equal([true, 7]);
      });

      it('goes on with the others while one is out', async () => {
        await connected({ ...SHORT }, { clusters: 2, broken: { 'cluster-2': { fault: 'halfOpen' } } });
        scene.workload.create(aConfigMap('a', { app: 'web' }));
        follow({ labelSelector: 'app=web' });
        await eventually(() => lines().length === 2, SOON);
        expect(lines()).to.deep.equal(['cluster-1 added a initial', 'cluster-1 synced']);
        await scene.fleet.heal('cluster-2');
        await eventually(() => lines().at(-1) === 'cluster-2 synced', SOON);
      });
    });
  });
});
