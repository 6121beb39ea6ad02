import { expect } from 'chai';
import { Counter, Registry } from 'prom-client';
import { NEVER, Subject, concat, defer, of } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Controller } from '../../lib/controller/controller.ts';
import type { ControllerOptions } from '../../lib/controller/controller-options.ts';
import type { Reconcile } from '../../lib/controller/reconcile.ts';
import { TerminalError } from '../../lib/controller/terminal-error.ts';
import { ClusterNotConnectedError } from '../../lib/model/errors.ts';
import { unknownHealth } from '../../lib/model/health.ts';
import type { Request } from '../../lib/model/request.ts';
import { request, source, synced, told } from './controller-scene.ts';

/** The names that controller-runtime's dashboards and alerts ask for. */
const CONTROLLER_RUNTIME = [
  'controller_runtime_reconcile_total', 'controller_runtime_reconcile_errors_total', 'controller_runtime_terminal_reconcile_errors_total', 'controller_runtime_reconcile_timeouts_total',
  'controller_runtime_reconcile_time_seconds',
  'controller_runtime_max_concurrent_reconciles', 'controller_runtime_active_workers',
  'workqueue_depth', 'workqueue_adds_total', 'workqueue_queue_duration_seconds', 'workqueue_work_duration_seconds', 'workqueue_unfinished_work_seconds',
  'workqueue_longest_running_processor_seconds', 'workqueue_retries_total',
];

/** The lines of one metric as they are scraped, without the empty buckets' neighbours: `name{labels} value`. */
async function lines(registry: Registry, name: string): Promise<string[]> {
  return (await registry.getSingleMetricAsString(name)).split('\n').filter((line) => line !== '' && !line.startsWith('#')).toSorted();
}

describe('the metrics of a Controller', () => {
  let clock: SinonFakeTimers;
  let registry: Registry;
  let requests: Subject<Request>;
  const running: Controller[] = [];
  beforeEach(() => {
    // The modules are loaded, and promises kept, in real time.
    clock = useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'Date', 'performance'] });
    registry = new Registry();
    requests = new Subject();
  });
  afterEach(async () => {
    clock.restore();
    for (const controller of running.splice(0)) await controller.stop();
  });

  async function started(options: Partial<ControllerOptions> & { readonly reconcile: Reconcile }): Promise<Controller> {
    const isListening = Promise.withResolvers<void>();
    const source$ = defer(() => {
      isListening.resolve();
      return requests;
    });
    const controller = new Controller({ name: 'machine', sources: [source$], metrics: registry, ...options });
    running.push(controller);
    controller.start().catch(isListening.reject);
    await isListening.promise;
    return controller;
  }

  it("has controller-runtime's names, and the one that it has not", async () => {
    await started({ reconcile() {} });
    expect(registry.getMetricsAsArray().map(({ name }) => name)).to.have.members([...CONTROLLER_RUNTIME, 'clustercache_workqueue_parked']);
  });

  // controller-runtime: "should get updated on successful reconciliation", "… on reconcile errors", "… when reconcile returns with retry enabled", "… with a requeue_after"
  it('counts reconciles by their result, from 0', async () => {
    const results: Readonly<Record<string, Reconcile>> = {
      a: () => {}, b: () => { throw new Error('boom'); }, c: () => { throw new TerminalError('never'); }, d: () => ({ requeue: true }), e: () => ({ requeueAfter: 5_000 }),
      f: () => { throw new ClusterNotConnectedError('client', { cluster: { namespace: 'default', name: 'c' } }); },
    };
    const connections$ = new Subject<never>();
    const context = { cluster: { namespace: 'default', name: 'c' }, since: new Date(0), health: unknownHealth, phase: 'connecting' as const, attempt: 0 };
    const clusters = { connections$: concat(of(context), connections$) };
    await started({ clusters, reconcile: (asked, ...rest) => results[asked.name]?.(asked, ...rest) });
    const total = (success: number, error: number, requeue: number, requeueAfter: number) => [
      `controller_runtime_reconcile_total{controller="machine",result="error"} ${error}`, `controller_runtime_reconcile_total{controller="machine",result="requeue"} ${requeue}`,
      `controller_runtime_reconcile_total{controller="machine",result="requeue_after"} ${requeueAfter}`, `controller_runtime_reconcile_total{controller="machine",result="success"} ${success}`,
    ];
    expect(await lines(registry, 'controller_runtime_reconcile_total')).to.deep.equal(total(0, 0, 0, 0));
    expect(await lines(registry, 'controller_runtime_reconcile_errors_total')).to.deep.equal(['controller_runtime_reconcile_errors_total{controller="machine"} 0']);
    for (const name of 'aabcdef') requests.next(request(name));
    expect(await lines(registry, 'controller_runtime_reconcile_total')).to.deep.equal(total(2, 2, 2, 1));
    expect(await lines(registry, 'controller_runtime_reconcile_errors_total')).to.deep.equal(['controller_runtime_reconcile_errors_total{controller="machine"} 2']);
    expect(await lines(registry, 'controller_runtime_terminal_reconcile_errors_total')).to.deep.equal(['controller_runtime_terminal_reconcile_errors_total{controller="machine"} 1']);
    expect(await lines(registry, 'clustercache_workqueue_parked')).to.deep.equal(['clustercache_workqueue_parked{name="machine",controller="machine"} 1']);
    expect(await lines(registry, 'workqueue_adds_total')).to.deep.equal(['workqueue_adds_total{name="machine",controller="machine"} 7']);
    expect(await lines(registry, 'workqueue_depth')).to.deep.equal(['workqueue_depth{name="machine",controller="machine",priority="0"} 0']);
    // b, d and e: what waits for its cluster is not tried meanwhile.
    expect(await lines(registry, 'workqueue_retries_total')).to.deep.equal(['workqueue_retries_total{name="machine",controller="machine"} 3']);
  });

  // controller-runtime: "should add a reconcile time to the reconcile time histogram"
  it('shows workers and times', async () => {
    const works: PromiseWithResolvers<void>[] = [];
    await started({ maxConcurrentReconciles: 2, reconcile: () => {
      const work = Promise.withResolvers<void>();
      works.push(work);
      return work.promise;
    } });
    for (const name of 'abc') requests.next(request(name));
    expect(await lines(registry, 'controller_runtime_max_concurrent_reconciles')).to.deep.equal(['controller_runtime_max_concurrent_reconciles{controller="machine"} 2']);
    expect(await lines(registry, 'controller_runtime_active_workers')).to.deep.equal(['controller_runtime_active_workers{controller="machine"} 2']);
    expect(await lines(registry, 'workqueue_depth')).to.deep.equal(['workqueue_depth{name="machine",controller="machine",priority="0"} 1']);
    clock.tick(3_000);
    expect(await lines(registry, 'workqueue_unfinished_work_seconds')).to.deep.equal(['workqueue_unfinished_work_seconds{name="machine",controller="machine"} 6']);
    expect(await lines(registry, 'workqueue_longest_running_processor_seconds')).to.deep.equal(['workqueue_longest_running_processor_seconds{name="machine",controller="machine"} 3']);
    works[0]?.resolve();
    await new Promise((resolve) => { setImmediate(resolve); });
    for (const [name, key] of [['controller_runtime_reconcile_time_seconds', '{controller="machine"'], ['workqueue_work_duration_seconds', '{name="machine",controller="machine"']] as const) {
      const all = await lines(registry, name);
      expect(all).to.include.members([`${name}_count${key}} 1`, `${name}_sum${key}} 3`]);
    }
    expect(await lines(registry, 'controller_runtime_reconcile_time_seconds')).to.include.members([
      'controller_runtime_reconcile_time_seconds_bucket{le="2.5",controller="machine"} 0', 'controller_runtime_reconcile_time_seconds_bucket{le="3",controller="machine"} 1',
    ]);
    // c waited for 3 s; a and b for no time.
    expect(await lines(registry, 'workqueue_queue_duration_seconds')).to.include.members([
      'workqueue_queue_duration_seconds_count{name="machine",controller="machine"} 3', 'workqueue_queue_duration_seconds_sum{name="machine",controller="machine"} 3',
      'workqueue_queue_duration_seconds_bucket{le="1",name="machine",controller="machine"} 2', 'workqueue_queue_duration_seconds_bucket{le="10",name="machine",controller="machine"} 3',
    ]);
    for (const { resolve } of works) resolve();
  });

  it('shows what waits by its priority, of what was queued before the start too', async () => {
    const controller = new Controller({
      name: 'machine', metrics: registry, reconcile() {},
      sources: [source('Machine', new Subject()), source('Node', concat(of(told('a', -100), told('b', -100), told('c'), told('a', 3)), new Subject<never>()))],
    });
    running.push(controller);
    controller.queue.add(request('d'), { priority: -100 });
    controller.queue.add(request('d'), { priority: 1 });
    void controller.start();
    while (registry.getSingleMetric('workqueue_depth') === undefined) await new Promise((resolve) => { setImmediate(resolve); });
    const depth = (priority: number, value: number) => `workqueue_depth{name="machine",controller="machine",priority="${priority}"} ${value}`;
    expect(await lines(registry, 'workqueue_depth')).to.have.members([depth(0, 1), depth(-100, 1), depth(3, 1), depth(1, 1)]);
    expect(await lines(registry, 'workqueue_adds_total')).to.deep.equal(['workqueue_adds_total{name="machine",controller="machine"} 4']);
  });

  // controller-runtime: "should increment the reconcile timeouts metric"
  it('counts reconciles that were over their deadline, as errors too', async () => {
    await started({ deadline: 1_000, reconcile: ({ name }) => (name === 'a' ? NEVER : undefined) });
    expect(await lines(registry, 'controller_runtime_reconcile_timeouts_total')).to.deep.equal(['controller_runtime_reconcile_timeouts_total{controller="machine"} 0']);
    for (const name of 'ab') requests.next(request(name));
    clock.tick(1_000);
    expect(await lines(registry, 'controller_runtime_reconcile_timeouts_total')).to.deep.equal(['controller_runtime_reconcile_timeouts_total{controller="machine"} 1']);
    expect(await lines(registry, 'controller_runtime_reconcile_errors_total')).to.deep.equal(['controller_runtime_reconcile_errors_total{controller="machine"} 1']);
  });

  // controller-runtime: metrics/workqueue.go has as many
  it('has series for 25 priorities, and one for all that come after', async () => {
    const controller = await started({ reconcile: ({ name }) => (name === 'first' ? NEVER : undefined) });
    requests.next(request('first'));
    for (let priority = 1; priority <= 1_000; priority += 1) controller.queue.add(request(String(priority)), { priority });
    const depths = await lines(registry, 'workqueue_depth');
    expect(depths.length).to.equal(26);
    expect(depths).to.include.members(['workqueue_depth{name="machine",controller="machine",priority="24"} 1', 'workqueue_depth{name="machine",controller="machine",priority="exceeded_cardinality_limit"} 976']);
    controller.queue.add(request('1'), { priority: 2_000 });
    expect(await lines(registry, 'workqueue_depth')).to.include.members([
      'workqueue_depth{name="machine",controller="machine",priority="1"} 0', 'workqueue_depth{name="machine",controller="machine",priority="exceeded_cardinality_limit"} 977',
    ]);
  });

  it('counts nothing that waits for its cluster among what waits for a worker', async () => {
    let isParking = false;
    const work = Promise.withResolvers<void>();
    const controller = await started({ parkWhile: () => isParking, reconcile: ({ name }) => (name === 'a' ? work.promise : undefined) });
    const shown = async (): Promise<unknown> => [...await lines(registry, 'workqueue_depth'), ...await lines(registry, 'clustercache_workqueue_parked')].map((line) => line.split(' ')[1]);
    for (const name of 'abc') requests.next(request(name, 'c'));
    expect(await shown()).to.deep.equal(['2', '0']);
    isParking = true;
    work.resolve();
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(await shown()).to.deep.equal(['0', '2']);
    isParking = false;
    controller.queue.release({ namespace: 'default', name: 'c' });
    expect(await shown()).to.deep.equal(['0', '0']);
    expect(await registry.metrics()).to.include('controller_runtime_reconcile_total{controller="machine",result="success"} 3');
  });

  it('shares a registry with other controllers; what is its own goes with it, and all goes with the last', async () => {
    const machine = await started({ reconcile() {} });
    requests.next(request('a'));
    const node = await started({ name: 'node', reconcile() {} });
    requests.next(request('a'));
    expect(await registry.metrics()).to.include('controller_runtime_reconcile_total{controller="machine",result="success"} 2').and.include('controller_runtime_reconcile_total{controller="node",result="success"} 1');
    await machine.stop();
    expect(await registry.metrics()).not.to.include('machine');
    expect(await registry.metrics()).to.include('workqueue_work_duration_seconds_count{name="node",controller="node"} 1');
    await node.stop();
    expect(registry.getMetricsAsArray()).to.deep.equal([]);
  });

  it('refuses a name that is taken in the registry, and metrics that are not its own, and leaves them alone', async () => {
    const refused = async (name: string, metrics: Registry): Promise<unknown> => new Controller({ name, sources: [], metrics, reconcile() {} }).start().then(() => 'resolved', (error: unknown) => error);
    await started({ reconcile() {} });
    expect(await refused('machine', registry)).to.include({ code: 'METRICS_TAKEN', message: 'there is a controller machine in the registry of options.metrics already: each needs a name of its own' });
    requests.next(request('a'));
    expect(await registry.metrics()).to.include('controller_runtime_reconcile_total{controller="machine",result="success"} 1');
    const foreign = new Registry();
    const adds = new Counter({ name: 'workqueue_adds_total', help: 'theirs', registers: [foreign] });
    expect(await refused('machine', foreign)).to.include({ code: 'METRICS_TAKEN', message: 'options.metrics has a metric workqueue_adds_total that is not of these controllers' });
    expect(foreign.getMetricsAsArray()).to.deep.equal([adds]);
  });

  it('leaves nothing in the registry of a controller that is stopped as it starts', async () => {
    const controller = new Controller({ name: 'machine', sources: [requests], metrics: registry, reconcile() {} });
    const started = controller.start();
    await controller.stop();
    await started;
    await import('../../lib/controller/prometheus-controller-metrics.ts');
    await new Promise((resolve) => { setImmediate(resolve); });
    expect(registry.getMetricsAsArray()).to.deep.equal([]);
  });

  it("goes into the registry of whoever starts it, where the options have none", async () => {
    const controller = new Controller({ name: 'machine', sources: [source('Machine', of(synced))], reconcile() {} });
    running.push(controller);
    void controller.start({ metrics: registry });
    while (registry.getSingleMetric('workqueue_depth') === undefined) await new Promise((resolve) => { setImmediate(resolve); });
    controller.queue.add(request('a'));
    expect(await registry.metrics()).to.include('controller_runtime_reconcile_total{controller="machine",result="success"} 1');
  });
});
