import { expect } from 'chai';
import { stripManagedFields } from '../../lib/index.ts';
import { ConfigMap } from '../../lib/kinds.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { FleetScene } from './fleet-scene.ts';

const A = { namespace: 'default', name: 'a' };

describe('the default transform', () => {
  leavesNothingOpen();
  let scene: FleetScene;
  afterEach(() => scene.stop());

  it('makes what is read from memory, of gets, lists, subscribers and changes; live reads and the answers to writes have everything', async () => {
    scene = await FleetScene.started({ cache: { defaultTransform: stripManagedFields } });
    await scene.phase('connected');
    const live = scene.clusters.getUncachedClient(scene.key);
    const client = scene.clusters.getClient(scene.key, { readOwnWrites: true });
    const has = (object: ConfigMap | undefined): boolean | undefined => (object === undefined ? undefined : object.metadata?.managedFields !== undefined);
    const apply = (x: string) => client.patch(ConfigMap, A, { apiVersion: 'v1', kind: 'ConfigMap', metadata: A, data: { x } }, { type: 'apply', fieldManager: 'spec' });

    const told: (readonly [string, string | undefined, boolean | undefined])[] = [];
    expect(has(await apply('1'))).to.equal(true);
    await client.list(ConfigMap);
    const following = scene.clusters.objects$(scene.key, ConfigMap).subscribe((event) => {
      if (event.type !== 'synced') told.push([event.type, event.object.data?.['x'], has(event.object)]);
    });
    expect(has(await apply('2'))).to.equal(true);

    expect([await client.get(ConfigMap, A), (await client.list(ConfigMap, { namespace: 'default' })).items[0]].map((object) => [object?.data?.['x'], has(object)])).to.deep.equal([['2', false], ['2', false]]);
    expect([await live.get(ConfigMap, A), (await live.list(ConfigMap, { namespace: 'default' })).items[0]].map((object) => [object?.data?.['x'], has(object)])).to.deep.equal([['2', true], ['2', true]]);
    expect(told).to.deep.equal([['added', '1', false], ['updated', '2', false]]);
    following.unsubscribe();
  });
});
