import { expect } from 'chai';
import { NEVER, Observable, Subject, of, throwError } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import type { ObjectKey } from '../../lib/model/object-key.ts';
import { aboutConnection } from '../../lib/model/request.ts';
import type { WorkQueueOptions } from '../../lib/workqueue/work-queue-options.ts';
import { WorkQueue } from '../../lib/workqueue/work-queue.ts';
import { cluster, counts, drain, nameOf, recordingLogger, request } from './queue-scene.ts';

const none = { length: 0, waiting: 0, parked: 0, processing: 0 };

/** A fleet whose connections come and go, and a queue that is told of it. */
class Scene {
  readonly lost = new Set<string>();
  readonly released$ = new Subject<ObjectKey>();
  readonly queue: WorkQueue;

  constructor(options: WorkQueueOptions = {}, ...lost: readonly string[]) {
    for (const name of lost) this.lost.add(name);
    this.queue = new WorkQueue({ parkWhile: ({ name }) => this.lost.has(name), released$: this.released$, ...options });
  }

  add(items: string, priority = 0): void {
    for (const item of items.split(' ')) this.queue.add(request(item), { priority });
  }

  reconnect(name: string): void {
    this.lost.delete(name);
    this.released$.next(cluster(name));
  }

  order(): string {
    return drain(this.queue).map(nameOf).join(' ');
  }
}

describe('WorkQueue, parking', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers(); });
  afterEach(() => { clock.restore(); });

  describe('by parkWhile', () => {
    it('lets what is added for a lost cluster wait, and no other', () => {
      const scene = new Scene({}, 'a');
      scene.add('a/1 b/1 1 a/2 a/1');
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 2, parked: 2 });
      expect(scene.order()).to.equal('b/1 1');
      scene.reconnect('a');
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 2 });
      expect(scene.order()).to.equal('a/1 a/2');
    });

    it('lets what was ready wait, once its cluster is lost', () => {
      for (const fair of [true, false]) {
        const scene = new Scene({ fair });
        scene.add('a/1 a/2 b/1 a/3 c/1');
        scene.lost.add('a');
        expect(scene.order()).to.equal('b/1 c/1');
        expect(counts(scene.queue)).to.deep.equal({ ...none, parked: 3 });
        scene.reconnect('a');
        expect(scene.order()).to.equal('a/1 a/2 a/3');
      }
    });

    it('lets what is due, or is to be handed out once more, wait too', () => {
      const scene = new Scene();
      scene.add('a/1');
      scene.queue.poll();
      scene.add('a/1');
      scene.queue.addAfter(request('a/2'), 10);
      scene.lost.add('a');
      scene.queue.done(request('a/1'));
      clock.tick(10);
      expect(counts(scene.queue)).to.deep.equal({ ...none, parked: 2 });
    });

    it('has no timer, no retry and no growing backoff meanwhile', () => {
      const scene = new Scene({}, 'a');
      scene.add('a/1');
      clock.tick(3_600_000);
      expect([clock.countTimers(), scene.queue.numRequeues(request('a/1'))]).to.deep.equal([0, 0]);
    });

    it('hands released items out by their priority, the higher of all adds', () => {
      const scene = new Scene({}, 'a');
      scene.add('a/1 a/2 a/3');
      scene.add('a/3', 5);
      scene.add('a/2', -5);
      scene.add('a/4', 9);
      scene.reconnect('a');
      expect(scene.order()).to.equal('a/4 a/3 a/1 a/2');
    });

    it('goes on where a release is told and the cluster is lost still', () => {
      const scene = new Scene({}, 'a');
      scene.add('a/1');
      scene.released$.next(cluster('a'));
      expect(scene.queue.parked).to.equal(1);
      scene.queue.release(cluster('a'));
      expect(scene.queue.parked).to.equal(1);
    });

    it('ends with an add where the release was not told', () => {
      const scene = new Scene({}, 'a');
      scene.add('a/1 a/2');
      scene.lost.delete('a');
      scene.add('a/2');
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 1, parked: 1 });
    });

    it('never holds up what is about connections', () => {
      const scene = new Scene({}, 'a');
      const about = aboutConnection(request('a/1'));
      scene.queue.add(about);
      scene.add('a/2');
      expect(drain(scene.queue)).to.deep.equal([about]);
      expect(scene.queue.parked).to.equal(1);
    });

    it('ends for an item that is added about connections', () => {
      const scene = new Scene({}, 'a');
      scene.add('a/1 a/2');
      const about = aboutConnection(request('a/1'));
      scene.queue.add(about);
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 1, parked: 1 });
      scene.add('a/1');
      const handedOut = drain(scene.queue);
      expect(handedOut.length).to.equal(1);
      expect(handedOut[0]).to.equal(about);
    });

    it('tells workers what was released', () => {
      const scene = new Scene({}, 'a');
      const told: number[] = [];
      scene.queue.available$.subscribe(() => told.push(scene.queue.length));
      scene.add('a/1 a/2');
      expect(told).to.deep.equal([]);
      scene.reconnect('a');
      expect(told).to.deep.equal([2]);
    });

    it('is over with the queue: what was ready is handed out, what is parked is dropped', () => {
      const scene = new Scene({}, 'b');
      scene.add('a/1 b/1');
      scene.lost.add('a');
      scene.queue.shutDown();
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 1 });
      expect(scene.order()).to.equal('a/1');
      scene.reconnect('b');
      expect(counts(scene.queue)).to.deep.equal(none);
    });
  });

  describe('by name', () => {
    it('lets an item wait once it is done, until its cluster is released', () => {
      const queue = new WorkQueue();
      queue.add(request('a/1'), { priority: 3 });
      queue.add(request('a/2'));
      const item = queue.poll() ?? request('nothing');
      queue.park(item, cluster('a'));
      expect(counts(queue)).to.deep.equal({ ...none, length: 1, processing: 1 });
      queue.done(item);
      expect(counts(queue), 'others of the cluster do not wait').to.deep.equal({ ...none, length: 1, parked: 1 });
      queue.release(cluster('b'));
      expect(queue.parked).to.equal(1);
      queue.release(cluster('a'));
      expect(drain(queue).map(nameOf), 'with the priority that it had').to.deep.equal(['a/1', 'a/2']);
      expect(queue.numRequeues(item)).to.equal(0);
    });

    it('takes in what was added while it was processed, before and after', () => {
      const queue = new WorkQueue();
      queue.add(request('a/1'));
      queue.poll();
      queue.add(request('a/1'), { priority: 5 });
      queue.park(request('a/1'), cluster('a'));
      queue.add(request('a/1'));
      queue.done(request('a/1'));
      queue.add(request('a/1'));
      expect(counts(queue)).to.deep.equal({ ...none, parked: 1 });
      queue.add(request('a/2'), { priority: 4 });
      queue.release(cluster('a'));
      expect(drain(queue).map(nameOf)).to.deep.equal(['a/1', 'a/2']);
    });

    it('takes an item that is ready, or that nobody knew', () => {
      const queue = new WorkQueue();
      for (const text of ['1', '2', '3']) queue.add(request(text));
      queue.park(request('2'), cluster('a'));
      queue.park(request('9'), cluster('a'));
      expect(counts(queue)).to.deep.equal({ ...none, length: 2, parked: 2 });
      expect(drain(queue).map(nameOf)).to.deep.equal(['1', '3']);
      queue.release(cluster('a'));
      expect(drain(queue).map(nameOf)).to.deep.equal(['2', '9']);
    });

    it('of an item that is parked already lets it wait for the other cluster', () => {
      const queue = new WorkQueue();
      queue.park(request('1'), cluster('a'));
      queue.park(request('1'), cluster('b'));
      queue.release(cluster('a'));
      expect(counts(queue)).to.deep.equal({ ...none, parked: 1 });
      queue.release(cluster('b'));
      expect(counts(queue)).to.deep.equal({ ...none, length: 1 });
    });

    it('is taken back by a release before the item is done', () => {
      const queue = new WorkQueue();
      queue.add(request('a/1'), { priority: 2 });
      queue.poll();
      queue.park(request('a/1'), cluster('a'));
      queue.release(cluster('b'));
      queue.done(request('a/1'));
      expect(counts(queue), 'of another cluster').to.deep.equal({ ...none, parked: 1 });
      queue.release(cluster('a'));
      queue.poll();
      queue.park(request('a/1'), cluster('a'));
      queue.release(cluster('a'));
      queue.done(request('a/1'));
      expect(counts(queue)).to.deep.equal({ ...none, length: 1 });
    });

    it('after a release that came while the item was processed tries it again, a little later', () => {
      const queue = new WorkQueue();
      queue.add(request('a/1'), { priority: 2 });
      queue.poll();
      queue.release(cluster('a'));
      queue.release(cluster('b'));
      queue.park(request('a/1'), cluster('a'));
      queue.done(request('a/1'));
      expect(counts(queue)).to.deep.equal({ ...none, waiting: 1 });
      clock.tick(5);
      queue.poll();
      expect(queue.priorityOf(request('a/1'))).to.equal(2);
      queue.park(request('a/1'), cluster('a'));
      queue.done(request('a/1'));
      expect(counts(queue), 'the release was seen').to.deep.equal({ ...none, parked: 1 });
    });

    it('where parkWhile says that there is nothing to wait for tries it again, a little later each time', () => {
      const scene = new Scene();
      scene.add('a/1');
      for (const ms of [5, 10, 20]) {
        scene.queue.poll();
        scene.queue.park(request('a/1'), cluster('a'));
        scene.queue.done(request('a/1'));
        clock.tick(ms - 1);
        expect(counts(scene.queue)).to.deep.equal({ ...none, waiting: 1 });
        clock.tick(1);
        expect(counts(scene.queue)).to.deep.equal({ ...none, length: 1 });
      }
    });

    it('of what is about connections tries it again, a little later', () => {
      const scene = new Scene({}, 'a');
      const about = aboutConnection(request('a/1'));
      scene.queue.add(about);
      scene.queue.poll();
      scene.queue.park(about, cluster('a'));
      scene.queue.done(about);
      expect(counts(scene.queue)).to.deep.equal({ ...none, waiting: 1 });
    });

    it('of a plain copy of what is about connections lets that one wait', () => {
      const scene = new Scene({}, 'a');
      const about = aboutConnection(request('a/1'));
      scene.queue.add(about);
      scene.queue.poll();
      const plain = { ...about };
      scene.queue.park(plain, cluster('a'));
      scene.queue.done(about);
      expect(counts(scene.queue)).to.deep.equal({ ...none, parked: 1 });
      scene.reconnect('a');
      expect(drain(scene.queue)[0]).to.equal(plain);
    });

    it('leaves what is ready about connections where it is', () => {
      const scene = new Scene({}, 'a');
      scene.queue.add(aboutConnection(request('a/1')));
      scene.queue.park(request('a/1'), cluster('a'));
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 1 });
      scene.queue.poll();
      scene.queue.add(aboutConnection(request('a/1')));
      scene.queue.park(request('a/1'), cluster('a'));
      scene.queue.done(request('a/1'));
      expect(counts(scene.queue)).to.deep.equal({ ...none, length: 1 });
    });

    it('is taken back by an add about connections', () => {
      const queue = new WorkQueue();
      queue.add(request('a/1'));
      queue.poll();
      queue.park(request('a/1'), cluster('a'));
      queue.add(aboutConnection(request('a/1')));
      queue.done(request('a/1'));
      expect(counts(queue)).to.deep.equal({ ...none, length: 1 });
    });

    it('is over with the queue', () => {
      const queue = new WorkQueue();
      queue.add(request('a/1'));
      queue.poll();
      queue.park(request('a/1'), cluster('a'));
      queue.park(request('2'), cluster('a'));
      queue.shutDown();
      queue.done(request('a/1'));
      expect(counts(queue)).to.deep.equal(none);
    });
  });

  describe('released$', () => {
    it('is subscribed to with the first item that is parked, once, and left as the queue is shut down', () => {
      const log: string[] = [];
      const released$ = new Observable<ObjectKey>(() => {
        log.push('subscribed');
        return () => { log.push('left'); };
      });
      for (const first of [
        ({ add }: { add: (items: string) => void }) => { add('a/1'); },
        ({ queue, lost }: { queue: WorkQueue; lost: Set<string> }) => { queue.add(request('b/1')); queue.poll(); lost.add('b'); queue.park(request('b/1'), cluster('b')); },
        ({ queue, lost }: { queue: WorkQueue; lost: Set<string> }) => { queue.add(request('c/1')); lost.add('c'); drain(queue); },
      ]) {
        const scene = new Scene({ released$ }, 'a');
        scene.add('b/1');
        expect(log).to.deep.equal([]);
        first({ add: (items) => { scene.add(items); }, queue: scene.queue, lost: scene.lost });
        expect(log).to.deep.equal(['subscribed']);
        scene.add('a/2');
        expect(log).to.deep.equal(['subscribed']);
        scene.queue.shutDown();
        expect(log.splice(0)).to.deep.equal(['subscribed', 'left']);
      }
    });

    it('may emit as it is subscribed to', () => {
      const queue = new WorkQueue({ released$: of(cluster('a')) });
      queue.park(request('a/1'), cluster('a'));
      expect(counts(queue)).to.deep.equal({ ...none, length: 1 });
    });

    it('that fails is logged, and the queue goes on without it', async () => {
      const logger = recordingLogger();
      const queue = new WorkQueue({ released$: throwError(() => new Error('lost')), logger, name: 'pods' });
      queue.park(request('a/1'), cluster('a'));
      await Promise.resolve();
      await Promise.resolve();
      expect(logger.records.map(([message, { queue }]) => [message, queue])).to.deep.equal([['the releases of the work queue failed', 'pods']]);
      queue.release(cluster('a'));
      expect(drain(queue).length).to.equal(1);
    });

    it('is not needed by a queue that parks nothing', () => {
      let subscribed = false;
      const queue = new WorkQueue({ released$: new Observable(() => { subscribed = true; }) });
      queue.add(request('a/1'));
      drain(queue);
      queue.shutDown();
      queue.park(request('a/1'), cluster('a'));
      expect(subscribed).to.equal(false);
      expect(new WorkQueue({ released$: NEVER }).parked).to.equal(0);
    });
  });
});
