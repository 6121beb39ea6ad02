import { expect } from 'chai';
import { of } from 'rxjs';
import { toRequest } from '../../lib/model/request.ts';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { counts, drain, recordingLogger, request } from './queue-scene.ts';

/** Everybody else's turn. */
const turn = () => new Promise<void>((resolve) => { setImmediate(resolve); });

const shutDowns: readonly (readonly [name: string, shutDown: (queue: WorkQueue<string>) => void])[] = [
  ['shutDown', (queue) => { queue.shutDown(); }],
  ['shutDownWithDrain', (queue) => { void queue.shutDownWithDrain(); }],
];

describe('WorkQueue', () => {
  describe('hands out', () => {
    it('what was added, first come, first served', () => { // controller-runtime: returns an item; returns items in order
      const queue = new WorkQueue<string>();
      for (const item of ['foo', 'bar', 'baz']) queue.add(item);
      expect([queue.poll(), queue.poll(), queue.poll(), queue.poll()]).to.deep.equal(['foo', 'bar', 'baz', undefined]);
    });

    it('an item once that was added twice while it waited', () => { // client-go: TestLen; controller-runtime: de-duplicates items
      const queue = new WorkQueue<string>();
      queue.add('foo');
      expect(queue.length).to.equal(1);
      queue.add('bar');
      expect(queue.length).to.equal(2);
      queue.add('foo');
      expect(queue.length).to.equal(2);
      expect(drain(queue)).to.deep.equal(['foo', 'bar']);
    });

    it('an item once more that was added while it was processed, and not before it is done', () => { // client-go: TestReinsert; controller-runtime: doesn't return an item that is currently locked
      const queue = new WorkQueue<string>();
      queue.add('foo');
      expect(queue.poll()).to.equal('foo');
      queue.add('foo');
      queue.add('foo');
      queue.add('bar');
      expect(queue.poll()).to.equal('bar');
      expect(queue.poll()).to.equal(undefined);
      queue.add('baz');
      queue.done('foo');
      expect(queue.poll(), 'behind what was ready before it').to.equal('baz');
      expect(queue.poll()).to.equal('foo');
      queue.done('foo');
      expect(counts(queue)).to.deep.equal({ length: 0, waiting: 0, parked: 0, processing: 2 });
    });

    it('an item again that is added after it is done', () => {
      const queue = new WorkQueue<string>();
      queue.add('foo');
      drain(queue);
      queue.add('foo');
      expect(drain(queue)).to.deep.equal(['foo']);
    });

    it('requests by what they name, whichever object says so', () => {
      const queue = new WorkQueue();
      for (const text of ['a/x', 'x', 'b/x', 'a/x']) queue.add(request(text));
      expect(queue.length).to.equal(3);
      const first = queue.poll();
      queue.add(request('a/x'));
      expect(queue.length, 'it is processed').to.equal(2);
      queue.done(request('a/x'));
      expect(queue.length).to.equal(3);
      expect(first).to.deep.equal(request('a/x'));
    });

    it('anything by a key of its own: the one that came first', () => {
      const queue = new WorkQueue<{ readonly id: number; readonly text: string }>({ keyOf: ({ id }) => String(id) });
      queue.add({ id: 1, text: 'first' });
      queue.add({ id: 1, text: 'second' });
      expect(drain(queue)).to.deep.equal([{ id: 1, text: 'first' }]);
    });

    it('the request about connections, of two that name the same', () => {
      const key = { namespace: 'fleet', name: 'a' };
      const plain = { ...key, cluster: key };
      const about = toRequest({ key });
      const queue = new WorkQueue();
      for (const item of [plain, about, plain]) queue.add(item);
      expect(drain(queue)[0]).to.equal(about);
      queue.add(plain);
      queue.poll();
      for (const item of [plain, about, plain]) queue.add(item);
      queue.done(plain);
      expect(drain(queue)[0]).to.equal(about);
    });
  });

  describe('done', () => {
    it('of an item that is not processed does nothing', () => { // client-go would have a ready one twice in its queue
      const queue = new WorkQueue<string>();
      queue.add('ready');
      for (const item of ['ready', 'unknown']) queue.done(item);
      expect(counts(queue)).to.deep.equal({ length: 1, waiting: 0, parked: 0, processing: 0 });
      queue.poll();
      queue.add('ready');
      for (let i = 0; i < 3; i++) queue.done('ready');
      expect(counts(queue)).to.deep.equal({ length: 1, waiting: 0, parked: 0, processing: 0 });
    });
  });

  describe('get', () => {
    it('gives every item to one worker at a time, and ends them all with the queue', async () => { // client-go: TestBasic
      for (const [name, shutDown] of shutDowns) {
        const queue = new WorkQueue<string>();
        const underWay = new Set<string>();
        const worked: string[] = [];
        const worker = async () => {
          for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
            expect(underWay.has(item), item).to.equal(false);
            underWay.add(item);
            await turn();
            worked.push(item);
            underWay.delete(item);
            queue.done(item);
          }
        };
        const workers = Promise.all(Array.from({ length: 10 }, worker));
        for (let i = 0; i < 5; i++) {
          for (let producer = 0; producer < 50; producer++) queue.add(`item ${producer}`);
          await turn();
        }
        shutDown(queue);
        queue.add('added after the end');
        await workers;
        expect(counts(queue), name).to.deep.equal({ length: 0, waiting: 0, parked: 0, processing: 0 });
        expect(new Set(worked).size, name).to.equal(50);
        expect(worked).not.to.include('added after the end');
      }
    });

    it('gives what a worker adds again while it works on it to some worker again', async () => { // client-go: TestAddWhileProcessing
      for (const [name, shutDown] of shutDowns) {
        const queue = new WorkQueue<string>();
        const times = new Map<string, number>();
        const worker = async () => {
          for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
            const time = (times.get(item) ?? 0) + 1;
            times.set(item, time);
            if (time < 3) queue.add(item);
            queue.done(item);
          }
        };
        for (let i = 0; i < 50; i++) queue.add(`item ${i}`);
        const workers = Promise.all(Array.from({ length: 10 }, worker));
        await turn();
        shutDown(queue);
        await workers;
        expect(queue.length, name).to.equal(0);
        expect([...times.values()], name).to.deep.equal(Array.from({ length: 50 }, () => 3));
      }
    });

    it('gives the next item to who has waited longest', async () => { // controller-runtime: TestItemIsReturnedAsSoonAsPossible
      const queue = new WorkQueue<string>();
      const gotten: string[] = [];
      const waiting = [0, 1, 2].map((worker) => queue.get().then((item) => gotten.push(`${worker}: ${String(item)}`)));
      queue.add('foo');
      await turn();
      expect(gotten).to.deep.equal(['0: foo']);
      queue.add('bar');
      queue.add('baz');
      await Promise.all(waiting);
      expect(gotten).to.deep.equal(['0: foo', '1: bar', '2: baz']);
    });

    it('that waits ends with the queue', async () => { // controller-runtime: TestGetFromPriorityQueueIsUnblockedOnShutdown
      for (const [, shutDown] of shutDowns) {
        const queue = new WorkQueue<string>();
        queue.add('processed until the end');
        queue.poll();
        const waiting = [queue.get(), queue.get()];
        shutDown(queue);
        expect(await Promise.all([...waiting, queue.get()])).to.deep.equal([undefined, undefined, undefined]);
      }
    });
  });

  describe('shutDown', () => {
    for (const [name, shutDown] of shutDowns) {
      it(`(${name}) hands out what is ready, takes nothing more, and says so`, () => {
        const queue = new WorkQueue<string>();
        queue.add('foo');
        expect(queue.shuttingDown).to.equal(false);
        shutDown(queue);
        expect(queue.shuttingDown).to.equal(true);
        queue.add('bar');
        queue.addAfter('bar', 5);
        queue.addRateLimited('bar');
        queue.park('bar', { namespace: 'fleet', name: 'a' });
        expect(counts(queue)).to.deep.equal({ length: 1, waiting: 0, parked: 0, processing: 0 });
        expect(drain(queue)).to.deep.equal(['foo']);
      });

      it(`(${name}) hands out once more what was added again before it`, () => {
        const queue = new WorkQueue<string>();
        queue.add('foo');
        queue.poll();
        queue.add('foo');
        shutDown(queue);
        queue.done('foo');
        expect(drain(queue)).to.deep.equal(['foo']);
      });
    }

    it('does not wait', () => { // client-go: TestNoQueueDrainageUsingShutDown
      const queue = new WorkQueue<string>();
      queue.add('foo');
      queue.poll();
      queue.shutDown();
      queue.shutDown();
      expect(queue.processing).to.equal(1);
    });
  });

  describe('shutDownWithDrain', () => {
    /** What became of it by now. */
    const watched = (promise: Promise<void>) => {
      const outcome = { drained: false };
      void (async () => {
        await promise;
        outcome.drained = true;
      })();
      return outcome;
    };

    it('resolves when all that is processed is done', async () => { // client-go: TestQueueDrainageUsingShutDownWithDrain
      const queue = new WorkQueue<string>();
      for (const item of ['foo', 'bar']) queue.add(item);
      queue.poll();
      queue.poll();
      const outcome = watched(queue.shutDownWithDrain());
      expect(await queue.get()).to.equal(undefined);
      queue.done('foo');
      await turn();
      expect(outcome.drained).to.equal(false);
      queue.done('bar');
      await turn();
      expect(outcome.drained).to.equal(true);
    });

    it('resolves at once where nothing is processed', async () => {
      const queue = new WorkQueue<string>();
      queue.add('foo');
      await queue.shutDownWithDrain();
      expect(queue.length).to.equal(1);
    });

    it('waits for an item that is handed out once more', async () => { // client-go: TestQueueDrainageUsingShutDownWithDrainWithDirtyItem
      const queue = new WorkQueue<string>();
      queue.add('foo');
      queue.poll();
      queue.add('foo');
      const outcome = watched(queue.shutDownWithDrain());
      expect(await queue.get(), 'nothing is ready').to.equal(undefined);
      queue.done('foo');
      expect(queue.poll()).to.equal('foo');
      await turn();
      expect(outcome.drained).to.equal(false);
      queue.done('foo');
      await turn();
      expect(outcome.drained).to.equal(true);
      expect(await queue.get()).to.equal(undefined);
    });

    it('waits for a worker that goes on with the next item', async () => {
      const queue = new WorkQueue<string>();
      for (const item of ['foo', 'bar', 'baz']) queue.add(item);
      const worked: string[] = [];
      const worker = async () => {
        for (let item = await queue.get(); item !== undefined; item = await queue.get()) {
          await turn();
          worked.push(item);
          queue.done(item);
        }
      };
      void worker();
      await queue.shutDownWithDrain();
      expect(worked).to.deep.equal(['foo', 'bar', 'baz']);
    });

    it('waits no more once somebody calls shutDown', async () => { // client-go: TestForceQueueShutdownUsingShutDown
      const queue = new WorkQueue<string>();
      queue.add('foo');
      queue.poll();
      const drained = queue.shutDownWithDrain();
      queue.shutDown();
      await drained;
      expect(queue.processing).to.equal(1);
    });
  });

  describe('available$', () => {
    it('emits at once where something is ready, and whenever more is', () => {
      const queue = new WorkQueue<string>();
      const told: number[] = [];
      queue.available$.subscribe(() => told.push(queue.length));
      expect(told).to.deep.equal([]);
      queue.add('foo');
      queue.add('foo');
      queue.add('bar');
      expect(told[0]).to.equal(1);
      expect(told.at(-1)).to.equal(2);
      const late: number[] = [];
      queue.available$.subscribe(() => late.push(queue.length));
      expect(late).to.deep.equal([2]);
    });

    it('emits when an item that was added while it was processed is ready', () => {
      const queue = new WorkQueue<string>();
      queue.add('foo');
      queue.poll();
      queue.add('foo');
      let told = 0;
      queue.available$.subscribe(() => { told += 1; });
      expect(told).to.equal(0);
      queue.done('foo');
      expect(told).to.equal(1);
    });

    it('is no deeper for a worker that does all it does at once', () => {
      const queue = new WorkQueue<string>();
      const worked: string[] = [];
      queue.available$.subscribe(() => {
        for (let item = queue.poll(); item !== undefined; item = queue.poll()) {
          worked.push(item);
          if (worked.length < 100_000) queue.add(`item ${worked.length}`);
          queue.done(item);
        }
      });
      queue.add('item 0');
      expect(worked.length).to.equal(100_000);
    });

    it('completes once the queue is shut down and nothing is ready or processed', () => {
      const queue = new WorkQueue<string>();
      const told: string[] = [];
      const follow = (name: string) => queue.available$.subscribe({ complete: () => told.push(name) });
      follow('early');
      for (const item of ['foo', 'bar', 'baz']) queue.add(item);
      queue.shutDown();
      queue.poll();
      queue.done('foo');
      expect(told, 'two are ready').to.deep.equal([]);
      queue.poll();
      queue.poll();
      queue.done('bar');
      expect(told, 'baz is processed').to.deep.equal([]);
      queue.done('baz');
      expect(told).to.deep.equal(['early']);
      follow('late');
      expect(told).to.deep.equal(['early', 'late']);
    });

    it('leaves nothing behind when it is left', () => {
      const queue = new WorkQueue<string>();
      let told = 0;
      queue.available$.subscribe(() => { told += 1; }).unsubscribe();
      queue.add('foo');
      expect(told).to.equal(0);
    });
  });

  describe('as an Observer', () => {
    it('logs what is no item, for what an observer throws ends the process', () => {
      const logger = recordingLogger();
      const queue = new WorkQueue<string>({ logger, name: 'pods' });
      of('foo', undefined as never, 'bar').subscribe(queue);
      expect(drain(queue)).to.deep.equal(['foo', 'bar']);
      expect(logger.records.map(([, { err }]) => String(err))).to.deep.equal(['TypeError: a work queue takes no item that is undefined']);
    });

    it('takes what several streams emit, and outlives each of them', () => {
      const logger = recordingLogger();
      const queue = new WorkQueue<string>({ logger, name: 'pods' });
      of('foo', 'bar').subscribe(queue);
      of('bar', 'baz').subscribe(queue);
      queue.error(new Error('lost'));
      queue.add('last');
      expect(drain(queue)).to.deep.equal(['foo', 'bar', 'baz', 'last']);
      expect(logger.records.map(([message, { queue }]) => [message, queue])).to.deep.equal([['a source of the work queue failed', 'pods']]);
    });
  });

  describe('memory', () => {
    it('goes with what took it', () => {
      const items = Array.from({ length: 200_000 }, (_, i) => `item ${i}`);
      const queue = new WorkQueue<string>();
      const used = () => {
        collectGarbage();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return (heapUsed + arrayBuffers) / 1e6;
      };
      const before = used();
      for (const item of items) queue.add(item);
      const full = used();
      expect(full - before, 'MB; 200 B an item').to.be.below(40);
      for (let item = queue.poll(); item !== undefined; item = queue.poll()) queue.done(item);
      expect(used() - before, `MB; ${full - before} when full`).to.be.below(2);
      expect(items.length + queue.length).to.equal(200_000);
    });

    it('keeps nothing of an item that is done', async () => { // client-go: TestGarbageCollection
      const queue = new WorkQueue<{ readonly id: string }>({ keyOf: ({ id }) => id });
      const passThrough = (): WeakRef<object> => {
        const item = { id: 'big' };
        queue.add(item);
        queue.add({ id: 'stays' });
        expect(queue.poll()).to.equal(item);
        queue.add(item);
        queue.done(item);
        queue.poll();
        queue.poll();
        queue.done(item);
        return new WeakRef(item);
      };
      const left = passThrough();
      for (let i = 0; i < 5 && left.deref() !== undefined; i++) {
        await turn();
        collectGarbage();
      }
      expect(left.deref()).to.equal(undefined);
      expect(queue.processing).to.equal(1);
    });
  });
});
