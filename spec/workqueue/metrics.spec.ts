import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import type { WorkQueueMetrics } from '../../lib/workqueue/work-queue-metrics.ts';
import { ShownMetrics, cluster, drain, recordingLogger, request } from './queue-scene.ts';

/** What controller-runtime's fake metrics provider shows: depth by priority, adds, retries. */
const shown = ({ depth, adds, retries }: ShownMetrics) => ({ depth: { ...depth }, adds, retries });

describe('WorkQueue, metrics', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers(); });
  afterEach(() => { clock.restore(); });

  const measured = () => {
    const metrics = new ShownMetrics();
    return { metrics, queue: new WorkQueue<string>({ metrics, name: 'pods' }) };
  };

  it('count an item that is handed out', () => { // controller-runtime: returns an item
    const { queue, metrics } = measured();
    queue.add('foo');
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 1 }, adds: 1, retries: 0 });
    queue.poll();
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 0 }, adds: 1, retries: 0 });
  });

  it('count an item that is added twice once', () => { // controller-runtime: de-duplicates items
    const { queue, metrics } = measured();
    queue.add('foo');
    queue.add('foo');
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 1 }, adds: 1, retries: 0 });
  });

  it('count an item that is added while it is processed', () => { // controller-runtime: doesn't return an item that is currently locked; enqueues a locked item
    const { queue, metrics } = measured();
    queue.add('foo');
    queue.poll();
    queue.add('foo');
    queue.add('foo');
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 1 }, adds: 2, retries: 0 });
    queue.done('foo');
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 1 }, adds: 2, retries: 0 });
    drain(queue);
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 0 }, adds: 2, retries: 0 });
  });

  it('follow the priority of an item', () => { // controller-runtime: retains the highest priority; will not decrease the priority
    const { queue, metrics } = measured();
    for (const priority of [1, 2, 1]) queue.add('foo', { priority });
    expect(shown(metrics)).to.deep.equal({ depth: { 1: 0, 2: 1 }, adds: 1, retries: 0 });
    queue.poll();
    for (const priority of [1, 3, 2]) queue.add('foo', { priority });
    expect(shown(metrics)).to.deep.equal({ depth: { 1: 0, 2: 0, 3: 1 }, adds: 2, retries: 0 });
    queue.done('foo');
    drain(queue);
    expect(shown(metrics)).to.deep.equal({ depth: { 1: 0, 2: 0, 3: 0 }, adds: 2, retries: 0 });
  });

  it('count a delayed item as a retry, and once it is ready', () => { // controller-runtime: TestItemsAreInludedInLenAndMetricsOnceTheyAreReady
    const { queue, metrics } = measured();
    queue.addAfter('foo', 500);
    queue.addAfter('bar', 0);
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 1 }, adds: 1, retries: 1 });
    clock.tick(500);
    queue.add('foo');
    expect(shown(metrics)).to.deep.equal({ depth: { 0: 2 }, adds: 2, retries: 1 });
    queue.addRateLimited('foo');
    expect(metrics.retries).to.equal(2);
  });

  it('tell how long an item waited, and how long it was processed', () => {
    const { queue, metrics } = measured();
    queue.addAfter('foo', 500);
    clock.tick(600);
    queue.add('bar');
    clock.tick(30);
    queue.poll();
    clock.tick(4);
    queue.add('foo');
    clock.tick(7);
    queue.add('foo');
    queue.done('foo');
    queue.poll();
    clock.tick(1);
    queue.poll();
    expect(metrics.waited, 'an item waits since it was added').to.deep.equal([130, 41, 8]);
    expect(metrics.worked).to.deep.equal([11]);
  });

  it('tell at any time how long unfinished work has taken', () => {
    const { queue, metrics } = measured();
    const { readings } = metrics;
    expect([readings?.name, readings?.unfinished()]).to.deep.equal(['pods', { total: 0, longest: 0 }]);
    for (const item of ['foo', 'bar']) {
      queue.add(item);
      queue.poll();
      clock.tick(100);
    }
    expect(readings?.unfinished()).to.deep.equal({ total: 300, longest: 200 });
    queue.done('foo');
    expect(readings?.unfinished()).to.deep.equal({ total: 100, longest: 100 });
  });

  it('count what is parked apart, and its wait since it was released', () => {
    const metrics = new ShownMetrics();
    const lost = new Set(['a']);
    const queue = new WorkQueue({ metrics, parkWhile: ({ name }) => lost.has(name) });
    queue.add(request('a/1'), { priority: 1 });
    queue.add(request('a/1'), { priority: 2 });
    queue.add(request('b/1'));
    expect([shown(metrics), metrics.readings?.parked]).to.deep.equal([{ depth: { 0: 1, 1: 0 }, adds: 2, retries: 0 }, 1]);
    lost.add('b');
    queue.poll();
    expect([metrics.depth[0], metrics.readings?.parked]).to.deep.equal([0, 2]);
    lost.clear();
    clock.tick(60_000);
    queue.release(cluster('a'));
    queue.release(cluster('b'));
    expect([shown(metrics), metrics.readings?.parked]).to.deep.equal([{ depth: { 0: 1, 1: 0, 2: 1 }, adds: 2, retries: 0 }, 0]);
    clock.tick(5);
    const item = queue.poll() ?? request('nothing');
    lost.add('a');
    queue.park(item, cluster('a'));
    queue.done(item);
    expect(metrics.waited).to.deep.equal([5]);
    queue.add(item);
    lost.clear();
    queue.release(cluster('a'));
    expect(metrics.depth).to.deep.equal({ 0: 1, 1: 0, 2: 1 });
    drain(queue);
    expect(metrics.depth).to.deep.equal({ 0: 0, 1: 0, 2: 0 });
  });

  it('count what is parked once it is done as what it was added as', () => {
    const metrics = new ShownMetrics();
    const queue = new WorkQueue({ metrics });
    queue.add(request('a/1'));
    queue.poll();
    queue.add(request('a/1'), { priority: 3 });
    queue.park(request('a/1'), cluster('a'));
    queue.done(request('a/1'));
    expect(metrics.depth).to.deep.equal({ 0: 0, 3: 0 });
    queue.park(request('a/1'), cluster('b'));
    expect(metrics.depth, 'it is parked already').to.deep.equal({ 0: 0, 3: 0 });
    queue.release(cluster('b'));
    expect(metrics.depth).to.deep.equal({ 0: 0, 3: 1 });
    queue.poll();
    queue.park(request('a/1'), cluster('a'));
    queue.release(cluster('a'));
    expect(metrics.depth).to.deep.equal({ 0: 0, 3: 1 });
    queue.done(request('a/1'));
    drain(queue);
    expect(metrics.depth).to.deep.equal({ 0: 0, 3: 0 });
  });

  it('that throw are logged, and the queue goes on', () => {
    const logger = recordingLogger();
    const fail = () => { throw new Error('no metrics'); };
    const metrics: WorkQueueMetrics = { keep: fail, added: fail, prioritized: fail, parked: fail, released: fail, taken: fail, done: fail, retried: fail };
    const queue = new WorkQueue<string>({ metrics, logger });
    queue.add('foo');
    queue.add('foo', { priority: 1 });
    queue.addAfter('bar', 5);
    clock.tick(5);
    expect(drain(queue)).to.deep.equal(['foo', 'bar']);
    expect(new Set(logger.records.map(([message]) => message))).to.deep.equal(new Set(['the metrics of the work queue failed']));
  });
});
