import { expect } from 'chai';
import { asyncScheduler, timer } from 'rxjs';
import { defineIndex } from '../../lib/informer/cache-options.ts';
import { ClusterInformers } from '../../lib/informer/cluster-informers.ts';
import { KindPlans } from '../../lib/informer/kind-plans.ts';
import { Pod } from '../../lib/kinds.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectEvent } from '../../lib/model/object-event.ts';
import { stripManagedFields } from '../../lib/model/strip-managed-fields.ts';
import { aPod, marbles } from '../../lib/testing/index.ts';
import { FleetScene, SOON } from '../cluster-cache/fleet-scene.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { Recorder } from '../suites/recorder.ts';
import { ScriptedCluster, Thing } from './scripted-cluster.ts';

/** What becomes of objects that were handed out: each is looked at again in the end. */
class Handed {
  readonly #copies = new Map<object, unknown>();
  readonly #freezes: boolean;

  constructor(freezes: boolean) {
    this.#freezes = freezes;
  }

  take(object: object): void {
    if (this.#copies.has(object)) return;
    this.#copies.set(object, structuredClone(object));
    if (this.#freezes) deepFreeze(object);
  }

  event(event: ObjectEvent<KubernetesObject>): void {
    if (event.type === 'synced') return;
    this.take(event.object);
    if (event.type === 'updated') this.take(event.previous);
  }

  /** How many there were. */
  check(): number {
    for (const [object, copy] of this.#copies) expect(object).to.deep.equal(copy);
    return this.#copies.size;
  }
}

describe('an object that was handed out', () => {
  leavesNothingOpen();

  // Frozen: who writes to it throws, but for whoever catches that. Not frozen: who writes to it is found out in the end.
  for (const [title, freezes] of [['is left as it is', false], ['may be frozen', true]] as const) {
    it(`${title}: by updates, lists, resyncs, outages and another cluster`, marbles(({ flush }) => {
      const troubles: unknown[] = [];
      const failures: unknown[] = [];
      const handed = new Handed(freezes);
      const [cluster, other] = [new ScriptedCluster(), new ScriptedCluster(50)];
      const informers = new ClusterInformers({
        plans: new KindPlans({ shareParts: true, defaultTransform: stripManagedFields, indexes: [defineIndex({ kind: Thing, field: 'color', extractValue: ({ metadata }) => metadata?.labels?.['color'] })] }),
        admit: (list) => list(() => {}), syncPeriod: 4_000, linger: 0, random: () => 0, scheduler: asyncScheduler,
        observe: (_, event) => { if ('error' in event && event.type !== 'interrupted') failures.push(event); }, onTrouble: (trouble) => troubles.push(trouble),
      });
      const labels = (color: string) => ({ color, 'a-label-that-is-long-enough-to-be-shared': 'a value that is long enough to be shared' });
      const look = () => {
        const { store } = informers.of(Thing);
        for (const object of [...store.list(), ...Array.from(store.indexed('color', 'red'), (entry) => entry.object)]) handed.take(object);
      };
      const following = [{}, { labelSelector: 'color=red' }].map((selection) => informers.of(Thing).objects$(selection).subscribe((event) => handed.event(event)));
      const at = (time: number, act: () => void) => { timer(time).subscribe(() => { look(); act(); look(); }); };
      for (let i = 0; i < 20; i += 1) cluster.set(`ns/thing-${i}`, labels(i % 2 === 0 ? 'red' : 'blue'));
      informers.follow({ rest: cluster.connect(), cluster });
      for (let i = 0; i < 20; i += 1) at(1_000 + i, () => cluster.set(`ns/thing-${i}`, labels(i % 3 === 0 ? 'red' : 'blue')));
      at(2_000, () => informers.follow(undefined));
      at(2_100, () => { cluster.remove('ns/thing-1'); cluster.set('ns/thing-2/another', labels('red')); cluster.set('ns/thing-3', labels('red')); });
      at(3_000, () => informers.follow({ rest: cluster.connect(), cluster }));
      at(5_000, () => { informers.follow(undefined); cluster.set('ns/thing-4', labels('red')); cluster.compact(); });
      at(6_000, () => informers.follow({ rest: cluster.connect(), cluster }));
      at(9_000, () => { for (let i = 0; i < 20; i += 1) other.set(`ns/thing-${i}`, labels('red')); });
      at(9_500, () => informers.follow({ rest: other.connect(), cluster: other }));
      at(10_000, () => { for (const each of following) each.unsubscribe(); });
      flush();
      expect(handed.check()).to.be.greaterThan(60);
      expect([troubles, failures]).to.deep.equal([[], []]);
    }));
  }

  describe('over real sockets', () => {
    let scene: FleetScene;

    beforeEach(async () => {
      scene = await FleetScene.started({ cache: { defaultTransform: stripManagedFields } });
      await scene.phase('connected');
    });

    afterEach(() => scene.stop());

    it('may be frozen: by every call of the clients', async () => {
      const handed = new Handed(true);
      for (const name of ['a', 'b', 'c']) scene.workload.create(aPod({ name, labels: { app: 'web' } }));
      const following = new Recorder(scene.clusters.objects$(scene.key, Pod, { labelSelector: 'app=web' }));
      await following.count(4, SOON);
      for (const event of following.values) handed.event(event);
      const client = scene.clusters.getClient(scene.key, { readOwnWrites: true });
      const a = await client.get(Pod, { namespace: 'default', name: 'a' });
      handed.take(a);
      const listed = await client.list(Pod, { namespace: 'default', labelSelector: 'app=web' });
      for (const item of listed.items) handed.take(item);
      const updated = await client.update(Pod, a);
      handed.take(updated);
      handed.take(await client.status.update(Pod, updated));
      handed.take(await client.patch(Pod, { namespace: 'default', name: 'b' }, deepFreeze({ metadata: { labels: { app: 'other' } } }), { type: 'merge' }));
      const wanted = deepFreeze({ metadata: { name: 'd', namespace: 'default', labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'x' }] } });
      handed.take(await client.create(Pod, wanted));
      handed.take(await client.patch(Pod, { namespace: 'default', name: 'd' }, deepFreeze({ metadata: { labels: { tier: 'front' } } }), { type: 'apply', fieldManager: 'spec' }));
      await client.delete(Pod, { namespace: 'default', name: 'c' });
      const { items } = await client.list(Pod, { labelSelector: 'app=web' });
      expect(items.map(({ metadata }) => metadata?.name)).to.deep.equal(['a', 'd']);
      await following.next((event) => event.type === 'deleted' && event.key.name === 'c', SOON);
      for (const event of following.values) handed.event(event);
      following.close();
      expect(handed.check()).to.be.greaterThan(6);
    });
  });
});
