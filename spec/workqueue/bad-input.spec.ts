import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import type { Request } from '../../lib/model/request.ts';
import type { RateLimiter } from '../../lib/workqueue/rate-limiter.ts';
import type { WorkQueueOptions } from '../../lib/workqueue/work-queue-options.ts';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import { cluster, counts, drain, recordingLogger, request } from './queue-scene.ts';

const none = { length: 0, waiting: 0, parked: 0, processing: 0 };
const fail = (): never => { throw new Error('not today'); };

describe('WorkQueue, bad input', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers(); });
  afterEach(() => { clock.restore(); });

  const wrongOptions: readonly (readonly [options: unknown, message: string])[] = [
    [null, 'options must be an object; got null'],
    [{ Fair: true }, 'options.Fair must be one of name, keyOf, clusterOf, fair, rateLimiter, parkWhile, released$, metrics, logger, scheduler; got an unknown field'],
    [{ name: 5 }, 'options.name must be a string; got 5'],
    [{ keyOf: 'name' }, 'options.keyOf must be a function; got "name"'],
    [{ fair: 1 }, 'options.fair must be true or false; got 1'],
    [{ rateLimiter: { when: () => 0 } }, 'options.rateLimiter must be a rate limiter; got an object of Object'],
    [{ released$: [] }, 'options.released$ must be an Observable; got an array of 0'],
    [{ metrics: {} }, 'options.metrics must be work queue metrics; got an object of Object'],
    [{ logger: fail }, 'options.logger must be a logger; got a function'],
    [{ scheduler: {} }, 'options.scheduler must be a scheduler with now() and schedule(); got an object of Object'],
  ];
  for (const [options, message] of wrongOptions) {
    it(`is found as the queue is made: ${message}`, () => {
      expect(() => new WorkQueue(options as WorkQueueOptions)).to.throw(TypeError, message);
    });
  }

  for (const item of [undefined, null]) {
    it(`an item that is ${String(item)} is a TypeError, and nothing else happens`, () => {
      const queue = new WorkQueue<unknown>();
      const adds: readonly (() => void)[] = [
        () => { queue.add(item); }, () => { queue.addAfter(item, 5); }, () => { queue.addRateLimited(item); }, () => { queue.park(item, cluster('a')); },
      ];
      for (const add of adds) expect(add).to.throw(TypeError, `a work queue takes no item that is ${String(item)}`);
      queue.done(item); // what a worker got from a queue that is shut down
      expect(counts(queue)).to.deep.equal(none);
    });
  }

  it('an item that is neither a string nor a request is a TypeError, unless the queue has a keyOf', () => {
    const queue = new WorkQueue<unknown>();
    for (const item of [5, {}, { name: 5 }]) expect(() => { queue.add(item); }).to.throw(TypeError, 'an item must be a string or a request, or the queue have a keyOf');
  });

  it('a priority or a delay that is no finite number is a TypeError', () => {
    const queue = new WorkQueue<string>();
    for (const value of [NaN, Infinity, '5', null]) {
      expect(() => { queue.add('foo', { priority: value as number }); }).to.throw(TypeError, `priority must be a finite number; got ${String(value)}`);
      expect(() => { queue.addAfter('foo', value as number); }).to.throw(TypeError, `after must be a finite number of milliseconds; got ${String(value)}`);
    }
    expect(counts(queue)).to.deep.equal(none);
  });

  it('a cluster that is none is a TypeError', () => {
    const queue = new WorkQueue<string>();
    for (const value of [undefined, null, 'a', {}]) {
      expect(() => { queue.park('foo', value as never); }).to.throw(TypeError, 'a cluster must be named by namespace and name');
      expect(() => { queue.release(value as never); }).to.throw(TypeError, 'a cluster must be named by namespace and name');
    }
    expect(counts(queue)).to.deep.equal(none);
  });

  describe('a function that throws is logged, and the queue goes on:', () => {
    const logged = <T>(options: WorkQueueOptions<T>) => {
      const logger = recordingLogger();
      return { queue: new WorkQueue<T>({ name: 'pods', logger, ...options }), logger };
    };
    const failures = ({ records }: ReturnType<typeof recordingLogger>) =>
      records.map(([message, { option, queue, err }]) => `${message}: ${String(option)} of ${String(queue)}, ${(err as Error).message}`);

    it('keyOf, without the item', () => {
      const { queue, logger } = logged<string>({ keyOf: (item) => (item === 'bad' ? fail() : item) });
      for (const item of ['foo', 'bad', 'bar']) queue.add(item);
      queue.addAfter('bad', 5);
      queue.addRateLimited('bad');
      queue.park('bad', cluster('a'));
      queue.forget('bad');
      queue.done('bad');
      expect([queue.numRequeues('bad'), queue.priorityOf('bad')]).to.deep.equal([0, undefined]);
      expect(drain(queue)).to.deep.equal(['foo', 'bar']);
      expect(counts(queue)).to.deep.equal(none);
      expect(new Set(failures(logger))).to.deep.equal(new Set(['a function of the work queue failed: keyOf of pods, not today']));
    });

    it('keyOf that says no string, without the item', () => {
      const { queue, logger } = logged<{ readonly id?: string }>({ keyOf: ({ id }) => id as string });
      queue.add({});
      queue.add({ id: 'foo' });
      expect(drain(queue)).to.deep.equal([{ id: 'foo' }]);
      expect(failures(logger)).to.deep.equal(['a function of the work queue failed: keyOf of pods, a key must be a string; got undefined']);
    });

    it('clusterOf, with the item among those of no cluster', () => {
      const { queue, logger } = logged<Request>({ clusterOf: (item) => (item.cluster?.name === 'bad' ? fail() : item.cluster), parkWhile: ({ name }) => name === 'bad' });
      for (const text of ['bad/1', '1', 'a/1', '2']) queue.add(request(text));
      expect(drain(queue)).to.deep.equal(['bad/1', 'a/1', '1', '2'].map(request));
      expect(new Set(failures(logger))).to.deep.equal(new Set(['a function of the work queue failed: clusterOf of pods, not today']));
    });

    it('clusterOf that says something else, with the item among those of no cluster', () => {
      const { queue } = logged<string>({ clusterOf: (item) => (item === 'foo' ? null : 'a') as never, parkWhile: () => true });
      for (const item of ['foo', 'bar']) queue.add(item);
      expect(drain(queue)).to.deep.equal(['foo', 'bar']);
    });

    it('parkWhile, with nothing parked', () => {
      const { queue, logger } = logged<Request>({ parkWhile: fail });
      queue.add(request('a/1'));
      const item = queue.poll() ?? request('nothing');
      queue.park(item, cluster('a'));
      queue.release(cluster('a'));
      queue.done(item);
      expect(counts(queue)).to.deep.equal({ ...none, waiting: 1 });
      clock.tick(5);
      expect(drain(queue)).to.deep.equal([request('a/1')]);
      expect(new Set(failures(logger))).to.deep.equal(new Set(['a function of the work queue failed: parkWhile of pods, not today']));
    });

    it('parkWhile that says neither true nor false, with nothing parked', () => {
      const { queue, logger } = logged<Request>({ parkWhile: (() => Promise.resolve(true)) as never });
      queue.add(request('a/1'));
      expect(drain(queue)).to.deep.equal([request('a/1')]);
      expect(failures(logger)[0]).to.equal('a function of the work queue failed: parkWhile of pods, parkWhile must say true or false; got object');
    });

    it('the rate limiter, with the item waiting for a second', () => {
      for (const [when, message] of [[fail, 'not today'], [() => NaN, 'a rate limiter must say a number of milliseconds; got NaN'], [() => '5' as never, 'a rate limiter must say a number of milliseconds; got 5']] as const) {
        const rateLimiter: RateLimiter<string> = { when, forget: fail, numRequeues: fail };
        const { queue, logger } = logged<string>({ rateLimiter });
        queue.addRateLimited('foo');
        clock.tick(999);
        expect(queue.length).to.equal(0);
        clock.tick(1);
        expect(drain(queue)).to.deep.equal(['foo']);
        queue.forget('foo');
        expect(queue.numRequeues('foo')).to.equal(0);
        expect(failures(logger)[0]).to.equal(`a function of the work queue failed: rateLimiter of pods, ${message}`);
        expect(failures(logger).length).to.equal(3);
      }
    });

    it('the logger itself, without a word', () => {
      const { queue } = logged<string>({ keyOf: fail, logger: { debug: fail, info: fail, warn: fail, error: fail } });
      queue.add('foo');
      queue.error(new Error('lost'));
      expect(queue.length).to.equal(0);
    });

    it('a subscriber of available$, which is rxjs’s to report', () => {
      const queue = new WorkQueue<string>();
      queue.available$.subscribe(fail);
      queue.add('foo');
      queue.add('bar');
      expect(() => clock.runAll()).to.throw('not today');
      expect(drain(queue)).to.deep.equal(['foo', 'bar']);
    });
  });
});
