import { expect } from 'chai';
import { type Inventory, inventory } from '../../examples/fleet-inventory/fleet-inventory.ts';
import { Pod } from '../../lib/kinds.ts';
import { aPod, newFakeClusterCache } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';

const KEY = { namespace: 'default', name: 'one' };
const OTHER = { namespace: 'default', name: 'two' };

describe('the fleet inventory of the examples', () => {
  leavesNothingOpen();

  it('counts the Pods of all clusters, once for each who asks, and tells nothing where none came or went', async () => {
    const clusters = newFakeClusterCache({ key: KEY, objects: [aPod({ name: 'a' }), aPod({ name: 'b' })] });
    const told = (into: string[]) => ({ pods, byCluster }: Inventory) => into.push(`${pods}: ${Array.from(byCluster, ([cluster, count]) => `${cluster} ${count}`).join(', ')}`);
    const [first, second]: [string[], string[]] = [[], []];
    const inventory$ = inventory(clusters);
    inventory$.subscribe(told(first));
    inventory$.subscribe(told(second));
    await turn();
    expect([first, second].map((lines) => lines.at(-1))).to.deep.equal(['2: default/one 2', '2: default/one 2']);
    clusters.connect(OTHER);
    clusters.workload(OTHER).create(aPod({ name: 'c' }));
    await turn();
    first.length = 0;
    clusters.workload(KEY).patch(Pod, { namespace: 'default', name: 'a' }, { metadata: { labels: { new: 'label' } } });
    clusters.workload(KEY).delete(Pod, { namespace: 'default', name: 'b' });
    clusters.workload(KEY).delete(Pod, { namespace: 'default', name: 'a' });
    await turn();
    expect(first).to.deep.equal(['2: default/one 1, default/two 1', '1: default/two 1']);
    await clusters.stop();
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve); });
}
