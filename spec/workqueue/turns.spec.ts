import { expect } from 'chai';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import { drain, nameOf, request } from './queue-scene.ts';

/** Adds items such as `a/x`, with a priority as in `a/x:5`. */
function add(queue: WorkQueue, items: string): void {
  for (const item of items.split(' ')) {
    const [name = '', priority = '0'] = item.split(':');
    queue.add(request(name), { priority: Number(priority) });
  }
}

const order = (queue: WorkQueue) => drain(queue).map(nameOf).join(' ');

describe('WorkQueue, turns', () => {
  const table: readonly (readonly [what: string, added: string, handedOut: string, handedOutUnfair: string])[] = [
    ['clusters take turns', 'a/1 a/2 a/3 b/1 b/2 c/1', 'a/1 b/1 c/1 a/2 b/2 a/3', 'a/1 a/2 a/3 b/1 b/2 c/1'], // controller-runtime: fairqueue
    ['what belongs to no cluster has a turn together', '1 2 a/1 3 a/2', '1 a/1 2 a/2 3', '1 2 a/1 3 a/2'],
    ['of one cluster, the highest priority comes first', 'a/1 a/2:-100 a/3:5 a/4 a/5:5', 'a/3 a/5 a/1 a/4 a/2', 'a/3 a/5 a/1 a/4 a/2'],
    ['a cluster has its turn although another has higher priorities', 'a/1 b/1:9 b/2:9 b/3:9 a/2:-9', 'a/1 b/1 a/2 b/2 b/3', 'b/1 b/2 b/3 a/1 a/2'],
    ['the higher of two priorities holds', 'a/1:1 a/2:2 a/1:3', 'a/1 a/2', 'a/1 a/2'], // controller-runtime: retains the highest priority
    ['and is not taken back', 'a/1:3 a/2:2 a/1:1', 'a/1 a/2', 'a/1 a/2'], // controller-runtime: will not decrease the priority
    ['a priority that rises brings an item to the front', 'a/1 a/2 a/3 a/3:1', 'a/3 a/1 a/2', 'a/3 a/1 a/2'], // controller-runtime: gets pushed to the front if the priority increases
    ['behind what had that priority before', 'a/1 a/2:1 a/1:1', 'a/2 a/1', 'a/2 a/1'], // controller-runtime: follows FIFO order in the new priority queue when item priority changes
    ['also out of the middle', 'a/1 a/2 a/3 a/2:1', 'a/2 a/1 a/3', 'a/2 a/1 a/3'],
    ['also from the end', 'a/1 a/2 a/2:1 a/3', 'a/2 a/1 a/3', 'a/2 a/1 a/3'],
    ['a second add without a higher one leaves an item where it is', 'a/1 a/2 a/1', 'a/1 a/2', 'a/1 a/2'],
    ['priorities need not be whole, and minus zero is zero', 'a/1:0 a/2:-0 a/3:0.5 a/4:-0.5', 'a/3 a/1 a/2 a/4', 'a/3 a/1 a/2 a/4'],
  ];

  for (const [what, added, handedOut, handedOutUnfair] of table) {
    it(what, () => {
      const queue = new WorkQueue();
      add(queue, added);
      expect(order(queue)).to.equal(handedOut);
      expect(queue.length).to.equal(0);
    });

    it(`${what}; or not, first come, first served`, () => {
      const queue = new WorkQueue({ fair: false });
      add(queue, added);
      expect(order(queue)).to.equal(handedOutUnfair);
    });
  }

  it('a cluster that comes back is behind all others', () => {
    const queue = new WorkQueue();
    add(queue, 'a/1 b/1 b/2 c/1 c/2');
    expect(nameOf(queue.poll() ?? request('nothing'))).to.equal('a/1');
    add(queue, 'a/2');
    expect(order(queue)).to.equal('b/1 c/1 a/2 b/2 c/2');
  });

  it('an item that is handed out once more waits its turn like all others', () => {
    const queue = new WorkQueue();
    add(queue, 'a/1 b/1 b/2');
    const first = queue.poll() ?? request('nothing');
    queue.add(first, { priority: 100 });
    queue.done(first);
    expect(order(queue)).to.equal('b/1 a/1 b/2');
  });

  it('an item that was added while it was processed has the highest of those priorities', () => {
    const queue = new WorkQueue();
    add(queue, 'a/1:7 a/2:4');
    const first = queue.poll() ?? request('nothing');
    expect(queue.priorityOf(first)).to.equal(7);
    expect(queue.priorityOf(request('a/2'))).to.equal(undefined);
    for (const priority of [1, 5, 3]) queue.add(first, { priority });
    add(queue, 'a/3:5');
    queue.done(first);
    expect(order(queue), 'it waits since it is done').to.equal('a/3 a/1 a/2');
  });

  it('clusters are told apart by namespace and name, whatever is in them', () => {
    const queue = new WorkQueue();
    const of = (namespace: string, name: string, object: string) => ({ namespace: '', name: object, cluster: { namespace, name } });
    const items = [of('a', 'b', '1'), of('a', 'b', '2'), of('a', 'c', '1'), of('b', 'b', '1')];
    for (const item of items) queue.add(item);
    expect(drain(queue)).to.deep.equal([items[0], items[2], items[3], items[1]]);
  });

  it('the cluster is what clusterOf says', () => {
    const queue = new WorkQueue<string>({ clusterOf: (item) => (item.startsWith('-') ? undefined : { namespace: '', name: item.slice(0, 1) }) });
    for (const item of ['a1', 'a2', '-1', '-2', 'b1']) queue.add(item);
    expect(drain(queue)).to.deep.equal(['a1', '-1', 'b1', 'a2', '-2']);
  });

  it('every priority of many has its place', () => { // controller-runtime: TestHighPriorityItemsAreReturnedBeforeLowPriorityItemMultipleTimes
    const queue = new WorkQueue<string>();
    for (let i = 0; i < 1000; i++) {
      for (const priority of [10, 5, 0, -5, -10]) queue.add(`${priority}-${i}`, { priority });
    }
    const expected = [10, 5, 0, -5, -10].flatMap((priority) => Array.from({ length: 1000 }, (_, i) => `${priority}-${i}`));
    expect(drain(queue)).to.deep.equal(expected);
    for (let i = 0; i < 5000; i++) queue.add(`item ${i}`, { priority: i * 7919 % 5000 });
    expect(drain(queue).map((item) => Number(item.slice(5)) * 7919 % 5000)).to.deep.equal(Array.from({ length: 5000 }, (_, i) => 4999 - i));
  });
});
