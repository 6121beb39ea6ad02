import { expect } from 'chai';
import { Controller } from '../../lib/controller/controller.ts';
import type { RunContext } from '../../lib/manager/runnable.ts';
import { RunnableGroup } from '../../lib/manager/runnable-group.ts';
import { silentLogger } from '../../lib/model/logger.ts';

// controller-runtime: runnable_group_test.go
describe('RunnableGroup', () => {
  const failures: unknown[] = [];
  const aGroup = (): RunnableGroup => new RunnableGroup({
    contextOf: (signal) => ({ signal, logger: silentLogger }) as RunContext, logger: silentLogger, onFailure: (error) => failures.push(error),
  });
  afterEach(() => { failures.length = 0; });

  describe('that is ended from within a start', () => {
    it('stops what is starting, and what has started', async () => {
      const log: string[] = [];
      const group = aGroup();
      for (const name of ['a', 'b']) {
        group.add({
          name,
          start: () => {
            log.push(`${name} starts`);
            if (name === 'b') void group.end();
          },
          stop: () => { log.push(`${name} stops`); },
        });
      }
      await group.start();
      await group.end();
      expect(log).to.deep.equal(['a starts', 'b starts', 'a stops', 'b stops']);
      expect([group.running, failures]).to.deep.equal([[], []]);
    });

    it('does not start what has not been started yet', async () => {
      const log: string[] = [];
      const group = aGroup();
      group.add({ name: 'first', start: () => { void group.end(); } });
      group.add({ name: 'second', start: () => { log.push('second starts'); } });
      await group.start();
      await group.end();
      expect([log, group.running]).to.deep.equal([[], []]);
    });

    it('stops what was added when all was started', async () => {
      const log: string[] = [];
      const group = aGroup();
      await group.start();
      group.add({ name: 'late', start: () => { void group.end(); }, stop: () => { log.push('late stops'); } });
      await group.end();
      expect([log, group.running]).to.deep.equal([['late stops'], []]);
    });
  });

  it('leaves a controller alone that another one runs', async () => {
    const [one, other] = [aGroup(), aGroup()];
    const controller = new Controller({ name: 'shared', sources: [], reconcile: () => {} });
    one.add(controller);
    other.add(controller);
    void one.start();
    void other.start(); // it runs until it is stopped
    await new Promise<void>((resolve) => { setImmediate(resolve); });
    expect(failures.map((error) => (error as { readonly code?: string }).code)).to.deep.equal(['CONTROLLER_STARTED']);
    await other.end();
    expect(controller.queue.shuttingDown).to.equal(false);
    await one.end();
    expect(controller.queue.shuttingDown).to.equal(true);
  });
});
