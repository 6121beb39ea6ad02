import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import type { ByObject } from '../../lib/informer/cache-options.ts';
import { Store } from '../../lib/informer/store.ts';
import { StoreSection } from '../../lib/informer/store-section.ts';
import { ConfigMap, Pod } from '../../lib/kinds.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectEvent } from '../../lib/model/object-event.ts';
import { stripManagedFields } from '../../lib/model/strip-managed-fields.ts';
import { aPod } from '../../lib/testing/index.ts';
import { FleetScene, SOON } from '../cluster-cache/fleet-scene.ts';
import type { ScriptedRestClient } from '../kubernetes/scripted-rest-client.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';
import { type InformerScene, scene as informerScene, sourceTo } from './informer-scene.ts';
import { anObject, lineOf } from './objects.ts';

/** What was asked of the connection of the moment. */
const requestsOf = ({ value }: InformerScene['source']) => (value?.rest as ScriptedRestClient | undefined)?.requests ?? [];

/** Each is a fact about another informer for Node; none of them may become one about ours. */
describe('what goes wrong in other informers', () => {
  describe('in virtual time', () => {
    it('a quiet watch is not torn down: in four minutes there is one', informerScene(({ cluster, follow }) => {
      follow({ until: 240_000 });
      return () => expect(cluster.asked).to.deep.equal(['list /api/v1/things', 'watch 10 /api/v1/things']);
    }));

    it('a watch says how long it is to last, and is asked for bookmarks', informerScene(({ source, follow }) => {
      follow();
      return () => {
        const [, watch] = requestsOf(source);
        expect(watch?.path).to.match(/watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300$/);
      };
    }));

    it('stopping in the middle of the first list leaves no watch behind, and nothing is told any more', informerScene(({ cluster, follow, at }) => {
      cluster.listAfter = 500;
      cluster.set('ns/a');
      const log = follow({ until: 100 });
      at(2_000, () => expect(cluster.running).to.equal(0));
      return () => expect([log, cluster.asked]).to.deep.equal([[], []]);
    }, { linger: 0 }));

    it('stopping in a wait after a failure ends the wait', informerScene(({ cluster, follow, at }) => {
      cluster.served = false;
      follow({ until: 100 });
      at(5_000, () => { cluster.served = true; });
      return () => expect([asyncScheduler.now(), cluster.asked]).to.deep.equal([5_000, []]);
    }, { linger: 0 }));

    it('starting again and again makes no loop: one watch, however many come and go in an outage', informerScene(({ cluster, source, follow, at }) => {
      for (let i = 0; i < 40; i += 1) follow({ time: 1 + i * 100, until: 10_000 + i });
      for (let i = 0; i < 20; i += 1) at(50 + i * 200, () => source.next(i % 2 === 0 ? undefined : sourceTo(cluster)));
      at(5_000, () => expect(cluster.running).to.equal(1));
      // One list, and a watch for each connection that there was.
      return () => expect([cluster.lists, cluster.asked.length]).to.deep.equal([1, 12]);
    }));

    it('stopping is no error', informerScene(({ cluster, follow, progress }) => {
      cluster.set('ns/a');
      const log = follow({ until: 100 });
      return () => {
        expect(log).to.deep.equal(['0 added ns/a@11 (initial)', '0 synced at=11']);
        expect(progress.filter((line) => line.includes('interrupted'))).to.deep.equal([]);
      };
    }));

    it('a 410 is one list and a watch in the same instant, not a list and a sleep', informerScene(({ cluster, source, follow, at, progress }) => {
      const log = follow();
      at(1_000, () => { source.next(undefined); cluster.set('ns/a'); cluster.compact(); });
      at(2_000, () => source.next(sourceTo(cluster)));
      at(2_001, () => cluster.set('ns/b'));
      return () => {
        expect(progress.slice(4)).to.deep.equal(['2000 watching', '2000 interrupted watch', '2000 listing watchExpired', '2000 synced watchExpired', '2000 watching']);
        expect(log.slice(1)).to.deep.equal(['2000 added ns/a@11 (relist)', '2001 added ns/b@12 (watch)']);
      };
    }));

    it('repeated 410s are not asked away as fast as they come', informerScene(({ cluster, follow, at }) => {
      follow();
      for (let time = 5_000; time < 6_000; time += 10) at(time, () => { cluster.set('ns/a'); cluster.compact(); cluster.cut(); });
      return () => expect(cluster.lists).to.be.lessThan(5);
    }));

    it('a quiet kind of a busy cluster keeps its place: bookmarks move it on, and nothing is listed again', informerScene(({ cluster, source, follow, at }) => {
      const log = follow();
      at(10_000, () => { cluster.set('other/a'); cluster.remove('other/a'); cluster.bookmark(); cluster.compact(); });
      at(20_000, () => source.next(sourceTo(cluster)));
      at(21_000, () => cluster.set('ns/a'));
      return () => {
        expect(cluster.asked).to.deep.equal(['list /api/v1/namespaces/ns/things', 'watch 10 /api/v1/namespaces/ns/things', 'watch 12 /api/v1/namespaces/ns/things']);
        expect(log.at(-1)).to.equal('21000 added ns/a@13 (watch)');
      };
    }, { namespaces: ['ns'] }));

    it('in step is said when a list is in, once, and not when a watch is dialled again', informerScene(({ cluster, source, follow, at, informer }) => {
      cluster.listAfter = 500;
      const log = follow();
      at(499, () => expect(informer.synced).to.equal(false));
      for (const time of [1_000, 2_000, 3_000]) at(time, () => source.next(sourceTo(cluster)));
      return () => expect(log).to.deep.equal(['500 synced at=10']);
    }));

    it('the same name with another uid is a delete and an add when a list finds it', informerScene(({ cluster, source, follow, at }) => {
      cluster.set('ns/a/old');
      const log = follow();
      at(1_000, () => { source.next(undefined); cluster.set('ns/a/new'); cluster.compact(); });
      at(2_000, () => source.next(sourceTo(cluster)));
      return () => expect(log.slice(2)).to.deep.equal(['2000 deleted ns/a@11 (relist)', '2000 added ns/a@13 (relist)']);
    }));

    it('a delete that a list found out says so, and has the last known state', informerScene(({ cluster, source, follow, at }) => {
      cluster.set('ns/a');
      cluster.set('ns/b');
      const log = follow();
      at(500, () => cluster.remove('ns/b'));
      at(1_000, () => { source.next(undefined); cluster.remove('ns/a'); cluster.compact(); });
      at(2_000, () => source.next(sourceTo(cluster)));
      return () => expect(log.slice(3)).to.deep.equal(['500 deleted ns/b@13 (watch)', '2000 deleted ns/a@11 (relist)']);
    }));

    it('an update says what the object was before', informerScene(({ cluster, follow, at }) => {
      cluster.set('ns/a', { color: 'red' });
      const changes: unknown[] = [];
      follow({ onEvent: (event) => { if (event.type === 'updated') changes.push([event.previous.metadata?.labels, event.object.metadata?.labels]); } });
      at(10, () => cluster.set('ns/a', { color: 'blue' }));
      return () => expect(changes).to.deep.equal([[{ color: 'red' }, { color: 'blue' }]]);
    }));

    it('labels and fields select the list and the watch alike', informerScene(({ source, follow }) => {
      follow();
      return () => {
        const requests = requestsOf(source);
        expect(requests).to.have.length(2);
        for (const { path } of requests) expect(path).to.include('labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dn');
      };
    }, { labelSelector: 'app=web', fieldSelector: 'spec.nodeName=n' }));
  });

  it('a list of more objects than a call takes arguments is a list', () => {
    const COUNT = 200_000; // a call with 125_000 is too deep for the stack
    const store = new Store<KubernetesObject>();
    const section = new StoreSection(store);
    for (let i = 0; i < COUNT; i += 1) section.apply({ metadata: { namespace: 'ns', name: `n${i}`, uid: `${i}`, resourceVersion: '1' } }, 'initial');
    expect([store.list('ns').length, store.list().length]).to.deep.equal([COUNT, COUNT]);
    section.begin();
    section.apply(anObject('ns/n0@1/0'), 'relist');
    expect(section.finish('relist')).to.have.length(COUNT - 1);
  });

  describe('over real sockets', () => {
    leavesNothingOpen();

    describe('with one cluster', () => {
      const errors: unknown[][] = [];
      const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (...args: unknown[]) => { errors.push(args); } };
      const byObject: readonly ByObject[] = [{ kind: ConfigMap, transform: stripManagedFields }];
      let scene: FleetScene;
      let following: Recorder<ObjectEvent<ConfigMap>>;

      beforeEach(async () => {
        errors.length = 0;
        scene = await FleetScene.started({ logger, cache: { byObject }, random: () => 0 });
        await scene.phase('connected');
      });

      afterEach(async () => {
        following?.close();
        await scene.stop();
      });

      const configMap = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, ...more });
      const follow = () => { following = new Recorder(scene.clusters.objects$(scene.key, ConfigMap, { namespace: 'default' })); };
      const told = (name: string, type = 'added') => following.next((event) => event.type === type && 'key' in event && event.key.name === name, SOON);
      const synced = () => following.next(({ type }) => type === 'synced', SOON);
      const watching = () => eventually(() => scene.workload.counters.openWatches === 1, SOON);
      const names = () => following.values.map((event) => (event.type === 'synced' ? 'synced' : lineOf(event).replace(/@\S+/, '')));

      for (const [title, fault] of [
        ['a list that is answered 503', { fault: 'serverError', status: 503, times: 1, match: /configmaps\?limit/ }],
        ['a list that is reset', { fault: 'reset', times: 1, match: /configmaps\?limit/ }],
        ['a watch that is answered 403', { fault: 'forbidden', times: 1, match: /configmaps\?watch/ }],
        ['a watch that is reset', { fault: 'reset', times: 1, match: /configmaps\?watch/ }],
      ] as const) {
        it(`${title} is no end: it goes on by itself`, async () => {
          const injected = scene.workload.inject(fault);
          scene.workload.create(configMap('a'));
          follow();
          await synced();
          scene.workload.create(configMap('b'));
          await told('b');
          expect(injected.hits).to.equal(fault.times);
          expect(names().slice(0, 2)).to.deep.equal(['added default/a (initial)', 'synced']);
        });
      }

      it('a line that cannot be read loses nothing: the watch is taken up before it', async () => {
        const injected = scene.workload.inject({ fault: 'garbage', times: 1, match: /configmaps\?watch/ });
        follow();
        await synced();
        await watching();
        scene.workload.create(configMap('a'));
        scene.workload.create(configMap('b'));
        await told('b');
        expect(injected.hits).to.equal(1);
        expect(names()).to.deep.equal(['synced', 'added default/a (reconnect)', 'added default/b (reconnect)']);
        expect(scene.workload.counters).to.deep.include({ lists: { configmaps: 1 }, watches: { configmaps: 2 } });
      });

      it('a line separator of Unicode in an object is text, in a list and in a watch', async () => {
        const data = { text: 'one\u2028two\u2029three\rfour\u0085five' };
        scene.workload.create(configMap('a', { data }));
        follow();
        await synced();
        await watching();
        scene.workload.create(configMap('b', { data }));
        await told('b');
        for (const event of following.values) if (event.type === 'added') expect(event.object.data).to.deep.equal(data);
      });

      it('objects are of one shape, whether a list or a watch brought them: typed, with text for times, and with the fields that nobody knows', async () => {
        const more = { data: { a: 'b' }, futureField: { deep: [1] }, immutable: false };
        scene.workload.create(configMap('a', more));
        follow();
        await synced();
        await watching();
        scene.workload.create(configMap('b', more));
        await told('b');
        const [listed, watched] = following.values.flatMap((event) => (event.type === 'added' ? [event.object as KubernetesObject] : []));
        const shapeOf = (object: KubernetesObject | undefined) => ({ ...object, metadata: { ...object?.metadata, name: '', uid: '', resourceVersion: '', creationTimestamp: typeof object?.metadata?.creationTimestamp } });
        expect(shapeOf(listed)).to.deep.equal(shapeOf(watched));
        expect(listed).to.deep.include({ apiVersion: 'v1', kind: 'ConfigMap', ...more });
        expect(shapeOf(listed).metadata).to.not.have.property('managedFields');
        expect(shapeOf(listed).metadata.creationTimestamp).to.equal('string');
      });

      it('an event handler that throws ends nothing: it is logged, and the next event is told', async () => {
        const seen: string[] = [];
        follow();
        await synced();
        scene.clusters.watch(scene.key, { name: 'careless', kind: ConfigMap, eventHandler: ({ key }) => { seen.push(key.name); if (key.name === 'a') throw new Error('careless'); } });
        await watching();
        scene.workload.create(configMap('a'));
        scene.workload.create(configMap('b'));
        await told('b');
        expect(seen).to.deep.equal(['a', 'b']);
        expect(errors).to.have.length(1);
        expect(errors[0]?.[0]).to.include({ watch: 'careless', object: 'default/a', event: 'added' });
        expect(scene.workload.counters.lists['configmaps']).to.equal(1);
      });

      it('a subscriber that throws hurts nobody else, and what it threw is not swallowed', async () => {
        // As RxJS does with every subscriber; a process that does not listen ends.
        const thrown = Promise.withResolvers<unknown>();
        const listeners = process.listeners('uncaughtException');
        process.removeAllListeners('uncaughtException');
        process.once('uncaughtException', (error) => thrown.resolve(error));
        const careless = scene.clusters.objects$(scene.key, ConfigMap, { namespace: 'default' }).subscribe(() => { throw new Error('careless'); });
        follow();
        await synced();
        expect(await thrown.promise).to.include({ message: 'careless' });
        for (const listener of listeners) process.on('uncaughtException', listener);
        careless.unsubscribe();
        await watching();
        scene.workload.create(configMap('b'));
        await told('b');
        expect(scene.workload.counters.lists['configmaps']).to.equal(1);
      });

      it('all who follow or read a kind share one list and one watch, in pages', async () => {
        for (let i = 0; i < 12; i += 1) scene.workload.create(configMap(`c${i}`));
        follow();
        const others = Array.from({ length: 10 }, () => new Recorder(scene.clusters.objects$(scene.key, ConfigMap)));
        await synced();
        const client = scene.clusters.getClient(scene.key);
        for (let i = 0; i < 10; i += 1) await client.list(ConfigMap, { namespace: 'default' });
        await watching();
        for (const other of others) other.close();
        const requests = scene.workload.requests.filter(({ resource }) => resource === 'configmaps');
        expect(requests.map(({ path }) => path.replace(/&resourceVersion.*/, ''))).to.deep.equal(['/api/v1/configmaps?limit=500', '/api/v1/configmaps?watch=true&allowWatchBookmarks=true']);
      });

      it('connections do not come and go with requests: all of it goes over one', async () => {
        follow();
        await synced();
        const client = scene.clusters.getClient(scene.key);
        for (let i = 0; i < 20; i += 1) await client.get(Pod, { namespace: 'default', name: `p${i}` }).catch(() => {});
        scene.workload.create(aPod({ name: 'a' }));
        await scene.clusters.getUncachedClient(scene.key).list(Pod);
        const since = scene.workload.requests.filter(({ resource }) => resource === 'configmaps' || resource === 'pods');
        expect(new Set(since.map(({ connection }) => connection)).size).to.equal(1);
      });
    });
  });
});
