import { expect } from 'chai';
import { EMPTY, VirtualTimeScheduler, of } from 'rxjs';
import { restore, stub } from 'sinon';
import { Controller } from '../../lib/controller/controller.ts';
import type { Reconcile } from '../../lib/controller/reconcile.ts';
import { turnBudget } from '../../lib/kubernetes/turn-budget.ts';
import { reconcileShare } from '../../lib/kubernetes/turn-share.ts';
import { request } from './controller-scene.ts';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('the turns of a Controller', () => {
  afterEach(() => { restore(); });

  it('a reconcile begins within the call that tells of it, however much others have done in this turn', async () => {
    let now = 1_000;
    stub(performance, 'now').callsFake(() => now);
    await turn();
    const started: string[] = [];
    const controller = new Controller({ name: 'machine', sources: [], reconcile: ({ name }) => { started.push(name); } });
    void controller.start();
    turnBudget.spent();
    now += 1_000;
    controller.queue.add(request('a'));
    expect(started).to.deep.equal(['a']);
    await controller.stop();
  });

  it('a reconcile begins within the call that tells of it, where a worker is free, and within the one that frees it', async () => {
    stub(performance, 'now').returns(1_000); // however slow the machine is, this turn has time left
    await turn();
    const started: string[] = [];
    const works: PromiseWithResolvers<void>[] = [];
    const controller = new Controller({ name: 'machine', sources: [of(request('a'))], maxConcurrentReconciles: 2, reconcile: ({ name }) => {
      started.push(name);
      const work = Promise.withResolvers<void>();
      works.push(work);
      return work.promise;
    } });
    void controller.start();
    expect(started).to.deep.equal(['a']);
    controller.queue.add(request('b'));
    expect(started).to.deep.equal(['a', 'b']);
    controller.queue.add(request('c'));
    expect(started).to.deep.equal(['a', 'b']);
    works[0]?.resolve();
    // Promises alone: no timer, and no turn of the event loop.
    for (let step = 0; step < 5; step += 1) await Promise.resolve();
    expect(started).to.deep.equal(['a', 'b', 'c']);
    for (const { resolve } of works) resolve();
    await controller.stop();
  });

  it('a reconcile that adds to the queue is not interrupted by another one', () => {
    const steps: string[] = [];
    const controller: Controller = new Controller({ name: 'machine', sources: [], reconcile: ({ name }) => {
      steps.push(`${name} begins`);
      if (name === 'a') for (const next of 'abc') controller.queue.add(request(next));
      steps.push(`${name} ends`);
    } });
    void controller.start();
    controller.queue.add(request('a'));
    void controller.stop();
    expect(steps.slice(0, 6)).to.deep.equal(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  const kinds: readonly [title: string, reconcile: Reconcile][] = [['promises', async () => {}], ['Observables', () => EMPTY], ['plain calls', () => {}]];
  for (const [title, reconcile] of kinds) {
    it(`a long run of reconciles (${title}) leaves the event loop its turns: 8 ms of work in each`, async () => {
      const count = 200;
      let now = 1_000;
      stub(performance, 'now').callsFake(() => now);
      let done = 0;
      const controller = new Controller({ name: 'machine', sources: [], maxConcurrentReconciles: 4, reconcile: (...asked) => {
        now += 1;
        done += 1;
        return reconcile(...asked);
      } });
      await turn();
      void controller.start();
      for (let at = 0; at < count; at += 1) controller.queue.add(request(`machine-${at}`));
      const perTurn: number[] = [];
      for (let at = 0; at < count; at += 1) {
        const before = done;
        await turn();
        if (done > before) perTurn.push(done - before);
      }
      expect(done).to.equal(count);
      // Of the turn that ends and the one that begins.
      expect(Math.max(...perTurn)).to.be.at.most(16);
      expect(perTurn.length).to.be.at.least(count / 16);
      await controller.stop();
    });
  }

  it('a long run of plain calls is no deep one', () => {
    const count = 50_000;
    const scheduler = new VirtualTimeScheduler();
    let done = 0;
    const controller = new Controller({ name: 'machine', scheduler, sources: [], reconcile: () => { done += 1; } });
    for (let at = 0; at < count; at += 1) controller.queue.add(request(`machine-${at}`));
    void controller.start();
    void controller.stop();
    expect(done).to.equal(count);
  });

  it('nothing begins after stop(), which does not wait for a turn', async () => {
    let now = 1_000;
    stub(performance, 'now').callsFake(() => now);
    let done = 0;
    const controller = new Controller({ name: 'machine', sources: [], reconcile: () => {
      now += 1;
      done += 1;
    } });
    await turn();
    void controller.start();
    for (let at = 0; at < 100; at += 1) controller.queue.add(request(`machine-${at}`));
    expect(done).to.be.lessThan(20);
    const before = done;
    expect(reconcileShare.waiting).to.equal(1);
    await controller.stop();
    expect(reconcileShare.waiting).to.equal(0);
    for (let at = 0; at < 5; at += 1) await turn();
    expect(done).to.equal(before);
  });
});
