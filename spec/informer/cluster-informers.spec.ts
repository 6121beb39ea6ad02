import { expect } from 'chai';
import { asyncScheduler, timer } from 'rxjs';
import { type CacheOptions, defineIndex } from '../../lib/informer/cache-options.ts';
import { ClusterInformers, type ObjectTrouble } from '../../lib/informer/cluster-informers.ts';
import { KindPlans } from '../../lib/informer/kind-plans.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { lineOf, nameOf } from './objects.ts';
import { ScriptedCluster, Thing } from './scripted-cluster.ts';

interface Scene {
  readonly cluster: ScriptedCluster;
  readonly informers: ClusterInformers;
  readonly troubles: string[];
  readonly at: (time: number, act: () => void) => void;
  /** Follows the things until the end of the scene. */
  readonly follow: () => string[];
  readonly connect: (cluster?: ScriptedCluster) => void;
}

/** The informers of a scripted cluster in virtual time; ends, with the cluster, after 60 s. */
const scene = (play: (scene: Scene) => (() => void), options: CacheOptions = {}) => marbles(({ flush }) => {
  const cluster = new ScriptedCluster();
  const troubles: string[] = [];
  const informers = new ClusterInformers({
    plans: new KindPlans(options), admit: (list) => list(() => {}), syncPeriod: 1_000_000, linger: 1_000, random: () => 0, scheduler: asyncScheduler,
    observe: () => {}, onTrouble: (trouble) => troubles.push(textOf(trouble)),
  });
  const at = (time: number, act: () => void) => { timer(time).subscribe(act); };
  const check = play({
    cluster, informers, troubles, at,
    follow: () => {
      const log: string[] = [];
      informers.of(Thing).objects$({}).subscribe({ next: (event) => log.push(`${asyncScheduler.now()} ${lineOf(event)}`), complete: () => log.push(`${asyncScheduler.now()} completed`) });
      return log;
    },
    connect: (to = cluster) => informers.follow({ rest: to.connect(), cluster: to }),
  });
  at(60_000, () => informers.end());
  flush();
  check();
  expect(cluster.running, 'requests that are left').to.equal(0);
  expect(asyncScheduler.now(), 'the last timer').to.be.lessThan(100_000);
});

function textOf({ kind, object, during, field, error }: ObjectTrouble): string {
  return `${kind.kind} ${object} ${during}${field === undefined ? '' : ` ${field}`}: ${error instanceof Error ? error.message : String(error)}`;
}

const withoutLabels = (object: KubernetesObject): KubernetesObject => {
  const { labels: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
};
const throwing = (name: string) => (object: KubernetesObject): KubernetesObject => {
  if (object.metadata?.name === name) throw new Error(`not ${name}`);
  return withoutLabels(object);
};

describe('ClusterInformers', () => {
  it('have one informer for a kind, however it is named', scene(({ informers }) => {
    const own = informers.of(Thing);
    expect(informers.of(defineKind({ apiVersion: 'v1', kind: 'Thing' }))).to.equal(own);
    expect(informers.of(defineKind({ apiVersion: 'other/v1', kind: 'Thing' }))).to.not.equal(own);
    return () => expect([...informers.all()]).to.have.length(2);
  }));

  it('run nothing that nobody asks for', scene(({ cluster, informers, connect }) => {
    informers.of(Thing);
    connect();
    return () => expect(cluster.asked).to.deep.equal([]);
  }));

  it('keep what a transform makes of objects, of lists and watches alike', scene(({ cluster, informers, connect, follow, at }) => {
    cluster.set('ns/a', { color: 'red' });
    follow();
    connect();
    at(10, () => cluster.set('ns/b', { color: 'blue' }));
    at(20, () => expect(informers.of(Thing).store.list().map(({ kind, metadata }) => [kind, metadata?.name, metadata?.labels])).to.deep.equal([['Thing', 'a', undefined], ['Thing', 'b', undefined]]));
    return () => {};
  }, { defaultTransform: withoutLabels }));

  it('keep an object as it came where its transform throws, and say so, each time', scene(({ cluster, informers, connect, follow, at, troubles }) => {
    cluster.set('ns/a', { color: 'red' });
    cluster.set('ns/b', { color: 'red' });
    const log = follow();
    connect();
    at(10, () => cluster.set('ns/a', { color: 'blue' }));
    at(20, () => expect(informers.of(Thing).store.list().map(({ metadata }) => metadata?.labels)).to.deep.equal([{ color: 'blue' }, undefined]));
    return () => {
      expect(troubles).to.deep.equal(['Thing ns/a transform: not a', 'Thing ns/a transform: not a']);
      expect(log.slice(0, 4)).to.deep.equal(['0 added ns/a@11 (initial)', '0 added ns/b@12 (initial)', '0 synced at=12', '10 updated ns/a@11>13 (watch)']);
    };
  }, { defaultTransform: throwing('a') }));

  const nothing = (): never => undefined as never;
  for (const [title, options] of [['the default transform', { defaultTransform: nothing }], ['its own transform', { byObject: [{ kind: Thing, transform: nothing }] }]] as const) {
    it(`keep an object as it came where ${title} makes nothing of it`, scene(({ cluster, informers, connect, follow, at, troubles }) => {
      cluster.set('ns/a', { color: 'red' });
      follow();
      connect();
      at(10, () => expect(informers.of(Thing).store.list().map(nameOf)).to.deep.equal(['ns/a@11']));
      return () => expect(troubles).to.deep.equal(['Thing ns/a transform: the transform made no object']);
    }, options));
  }

  for (const shareParts of [true, false]) {
    it(`${shareParts ? 'let' : 'do not let'} an update have what it leaves the same from the state before`, scene(({ cluster, informers, connect, follow, at }) => {
      const labels = () => ({ text: 'longer than what is looked for as a whole '.repeat(50) });
      cluster.set('ns/a', labels());
      follow();
      connect();
      const { store } = informers.of(Thing);
      let before: KubernetesObject | undefined;
      at(10, () => {
        before = store.get('ns', 'a');
        cluster.set('ns/a', labels());
      });
      at(20, () => {
        expect(nameOf(store.get('ns', 'a') ?? {})).to.equal('ns/a@12');
        expect(store.get('ns', 'a')?.metadata?.labels === before?.metadata?.labels).to.equal(shareParts);
      });
      return () => {};
    }, { shareParts }));
  }

  it('find by an index, and say of which object it failed', scene(({ cluster, informers, connect, follow, at, troubles }) => {
    cluster.set('ns/a', { color: 'red' });
    cluster.set('ns/b');
    follow();
    connect();
    at(10, () => expect(Array.from(informers.of(Thing).store.indexed('color', 'red'), ({ object }) => nameOf(object))).to.deep.equal(['ns/a@11']));
    return () => expect(troubles).to.deep.equal(['Thing ns/b index color: no labels']);
  }, { indexes: [defineIndex({ kind: Thing, field: 'color', extractValue: ({ metadata }) => { if (metadata?.labels === undefined) throw new Error('no labels'); return metadata.labels['color']; } })] }));

  it('keep the kinds that have an index while that is asked for', scene(({ cluster, informers, connect, at }) => {
    cluster.set('ns/a');
    const keeping = informers.indexed$.subscribe();
    connect();
    at(5_000, () => expect([informers.hasIndexed, cluster.running, informers.of(Thing).store.size]).to.deep.equal([true, 1, 1]));
    at(6_000, () => keeping.unsubscribe());
    at(7_001, () => expect([cluster.running, informers.of(Thing).runs]).to.deep.equal([0, false]));
    return () => {};
  }, { indexes: [defineIndex({ kind: Thing, field: 'name', extractValue: ({ metadata }) => metadata?.name })] }));

  const whenIndexed = (informers: ClusterInformers): string[] => {
    const log: string[] = [];
    informers.whenIndexed().subscribe({ next: () => log.push(`${asyncScheduler.now()} in`), error: (error: unknown) => log.push(`${asyncScheduler.now()} ${error instanceof StatusError ? error.statusCode : String(error)}`) });
    return log;
  };
  const twoIndexes: CacheOptions = { indexes: ['name', 'uid'].map((field) => defineIndex({ kind: Thing, field, extractValue: () => field })) };

  it('say when all of these are in', scene(({ cluster, informers, connect }) => {
    cluster.listAfter = 300;
    const log = whenIndexed(informers);
    connect();
    return () => expect(log).to.deep.equal(['300 in']);
  }, twoIndexes));

  it('say at once that none are to be waited for', scene(({ informers }) => {
    expect(whenIndexed(informers)).to.deep.equal(['0 in']);
    return () => expect(informers.hasIndexed).to.equal(false);
  }));

  it('fail where one of these is not served', scene(({ cluster, informers, connect }) => {
    cluster.served = false;
    const log = whenIndexed(informers);
    connect();
    return () => expect(log).to.deep.equal(['0 404']);
  }, twoIndexes));

  it('go on where they are told twice of the same connection', scene(({ cluster, informers, follow, at }) => {
    follow();
    const source = { rest: cluster.connect(), cluster };
    informers.follow(source);
    at(1_000, () => informers.follow({ ...source }));
    expect(informers.connected).to.equal(true);
    return () => expect(cluster.asked).to.deep.equal(['list /api/v1/things', 'watch 10 /api/v1/things']);
  }));

  it('try again what waits after a failure when the cluster gives a sign of life, not before the shortest wait', scene(({ cluster, informers, connect, follow, at }) => {
    cluster.served = false;
    cluster.set('ns/a');
    const log = follow();
    connect();
    at(2_500, () => { cluster.served = true; });
    // Asked at 0, 0.8 and 2.4 s; by itself again at 5.6 s.
    at(3_500, () => informers.wake());
    return () => expect(log.slice(0, 2)).to.deep.equal(['3500 added ns/a@11 (initial)', '3500 synced at=11']);
  }));

  it('tell the deletes and the end when the cluster is gone', scene(({ cluster, connect, follow }) => {
    cluster.set('ns/a');
    const log = follow();
    connect();
    return () => expect(log.slice(2)).to.deep.equal(['60000 deleted ns/a@11 (removed)', '60000 completed']);
  }));
});
