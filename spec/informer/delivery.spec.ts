import { expect } from 'chai';
import { Subject, Subscriber, VirtualTimeScheduler } from 'rxjs';
import { Delivery } from '../../lib/informer/delivery.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectChange, ObjectEvent } from '../../lib/model/object-event.ts';
import { anObject, lineOf } from './objects.ts';

type Event = ObjectEvent<KubernetesObject>;

const ofObject = (name: string) => ({ key: { namespace: 'ns', name }, cause: 'watch' }) as const;
const added = (name: string, version = 1): ObjectChange<KubernetesObject> => ({ ...ofObject(name), type: 'added', object: anObject(`ns/${name}@${version}`) });
const updated = (name: string, from: number, to: number): ObjectChange<KubernetesObject> =>
  ({ ...ofObject(name), type: 'updated', object: anObject(`ns/${name}@${to}`), previous: anObject(`ns/${name}@${from}`) });
const deleted = (name: string, version: number): ObjectChange<KubernetesObject> => ({ ...ofObject(name), type: 'deleted', object: anObject(`ns/${name}@${version}`) });
const synced: Event = { type: 'synced', resourceVersion: '9' };

/** A clock that stands still but for timers and for the time that handlers take. */
class Hands extends VirtualTimeScheduler {
  pass(ms: number): void {
    this.frame += ms;
  }

  /** Runs what is due within `ms`. */
  run(ms: number): void {
    const until = this.frame + ms;
    this.maxFrames = until;
    this.flush();
    this.frame = until;
  }
}

interface Told { readonly delivery: Delivery<KubernetesObject>; readonly log: string[]; readonly subscriber: Subscriber<Event> }

/** A subscriber whose handler takes so many ms for each event, and a log of what it was told, with its times. */
function taking(ms: number, hands: Hands, onEvent: (event: Event, told: Told) => void = () => {}): Told {
  const log: string[] = [];
  const subscriber = new Subscriber<Event>({
    next: (event: Event) => {
      log.push(`${hands.now()} ${lineOf(event)}`);
      hands.pass(ms);
      onEvent(event, told);
    },
    error: () => {},
    complete: () => { log.push(`${hands.now()} completed`); },
  });
  const told: Told = { delivery: new Delivery<KubernetesObject>(subscriber, hands), log, subscriber };
  return told;
}

describe('Delivery', () => {
  it('tells whoever keeps up everything, at once', () => {
    const hands = new Hands();
    const { delivery, log } = taking(0, hands);
    for (let version = 1; version < 1_000; version += 1) delivery.change(updated('a', version, version + 1));
    delivery.synced(synced);
    expect(log).to.have.length(1_000);
    expect([log[0], log[998], log[999]]).to.deep.equal(['0 updated ns/a@1>2 (watch)', '0 updated ns/a@999>1000 (watch)', '0 synced at=9']);
    expect(hands.actions).to.deep.equal([]);
  });

  it('tells a slow one the rest later, no more than half of the time, conflated by object, and what is announced before the announcement', () => {
    const hands = new Hands();
    const { delivery, log } = taking(3, hands);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) delivery.change(added(name));
    for (let version = 1; version < 100; version += 1) delivery.change(updated('g', version, version + 1));
    delivery.change(deleted('e', 2));
    delivery.synced(synced);
    expect(log).to.deep.equal(['0 added ns/a@1 (watch)', '3 added ns/b@1 (watch)', '6 added ns/c@1 (watch)']);
    hands.run(100);
    expect(log.slice(3)).to.deep.equal(['18 added ns/d@1 (watch)', '21 added ns/f@1 (watch)', '24 added ns/g@100 (watch)', '27 synced at=9']);
  });

  it('tells those beside a slow one at once', () => {
    const hands = new Hands();
    const changes = new Subject<ObjectChange<KubernetesObject>>();
    const [slow, fast] = [taking(20, hands), taking(0, hands)];
    for (const { delivery } of [slow, fast]) changes.subscribe((change) => delivery.change(change));
    changes.next(added('a'));
    for (let version = 1; version < 4; version += 1) changes.next(updated('a', version, version + 1));
    expect(slow.log).to.deep.equal(['0 added ns/a@1 (watch)']);
    expect(fast.log).to.deep.equal(['20 added ns/a@1 (watch)', '20 updated ns/a@1>2 (watch)', '20 updated ns/a@2>3 (watch)', '20 updated ns/a@3>4 (watch)']);
    hands.run(20);
    expect(slow.log.slice(1)).to.deep.equal(['40 updated ns/a@1>4 (watch)']);
  });

  it('tells one that has caught up at once again, and later again where it falls behind once more', () => {
    const hands = new Hands();
    const { delivery, log } = taking(10, hands);
    const burst = (...names: string[]) => { for (const name of names) delivery.change(added(name)); };
    burst('a', 'b');
    hands.run(100);
    burst('c', 'd');
    hands.run(100);
    burst('e', 'f', 'g');
    hands.run(100);
    expect(log.map((line) => line.replace(/@.*/, ''))).to.deep.equal(['0 added ns/a', '20 added ns/b', '110 added ns/c', '130 added ns/d', '220 added ns/e', '240 added ns/f', '260 added ns/g']);
    expect(hands.actions).to.deep.equal([]);
  });

  it('keeps the order of what happens while it tells: nothing of an object overtakes what waits', () => {
    const hands = new Hands();
    const { delivery, log } = taking(10, hands, (event, { delivery: own }) => {
      if (event.type === 'deleted' && event.object.metadata?.resourceVersion === '2') own.change(deleted('a', 9));
    });
    delivery.change(added('b'));
    delivery.change(deleted('a', 2));
    delivery.change(added('a', 3));
    hands.run(100);
    expect(log.map((line) => line.replace(/^\d+ /, ''))).to.deep.equal(['added ns/b@1 (watch)', 'deleted ns/a@2 (watch)', 'added ns/a@3 (watch)', 'deleted ns/a@9 (watch)']);
  });

  it('announces after what the announcement itself sets off was told later, not lost', () => {
    const hands = new Hands();
    const { delivery, log } = taking(10, hands, (event, { delivery: own }) => { if (event.type === 'synced') own.change(added('z')); });
    delivery.change(added('a'));
    delivery.change(added('b'));
    delivery.synced(synced);
    hands.run(100);
    expect(log.map((line) => line.replace(/^\d+ /, ''))).to.deep.equal(['added ns/a@1 (watch)', 'added ns/b@1 (watch)', 'synced at=9', 'added ns/z@1 (watch)']);
  });

  it('calls back when all has been told: at once, or at the end', () => {
    const hands = new Hands();
    const { delivery, log, subscriber } = taking(10, hands);
    const order: string[] = [];
    delivery.drained(() => order.push('idle'));
    expect(order).to.deep.equal(['idle']);
    delivery.change(added('a'));
    delivery.change(deleted('b', 2));
    delivery.drained(() => subscriber.complete());
    expect(log.at(-1)).to.equal('0 added ns/a@1 (watch)');
    hands.run(100);
    expect(log.slice(1)).to.deep.equal(['20 deleted ns/b@2 (watch)', '30 completed']);
  });

  it('tells nothing, and holds no timer, after it was unsubscribed: between slices or in the middle of one', () => {
    for (const last of ['a', 'c']) {
      const hands = new Hands();
      const { delivery, log, subscriber } = taking(5, hands, (event, { subscriber: own }) => { if (event.type !== 'synced' && event.key.name === last) own.unsubscribe(); });
      for (const name of ['a', 'b', 'c', 'd', 'e']) delivery.change(added(name));
      hands.run(100);
      expect(log.at(-1)).to.match(new RegExp(`added ns/${last}@1`));
      expect(subscriber.closed).to.equal(true);
      expect(hands.actions).to.deep.equal([]);
    }
  });
});
