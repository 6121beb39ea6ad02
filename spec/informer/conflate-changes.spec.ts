import { expect } from 'chai';
import { EMPTY, Subject, type Subscription, throwError } from 'rxjs';
import { conflateChanges } from '../../lib/informer/conflate-changes.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectEvent } from '../../lib/model/object-event.ts';
import { anObject, lineOf } from './objects.ts';

type Event = ObjectEvent<KubernetesObject>;

const ofObject = (name: string) => ({ key: { namespace: 'ns', name }, cause: 'watch' }) as const;
const added = (name: string): Event => ({ ...ofObject(name), type: 'added', object: anObject(`ns/${name}@1`) });
const updated = (name: string, from: number, to: number): Event => ({ ...ofObject(name), type: 'updated', object: anObject(`ns/${name}@${to}`), previous: anObject(`ns/${name}@${from}`) });
const synced: Event = { type: 'synced', resourceVersion: '9' };

describe('conflateChanges', () => {
  let source: Subject<Event>;
  let begun: string[];
  let running: Subject<string>[];
  let ends: string[];
  let subscription: Subscription;

  const end = (): void => running.shift()?.complete();

  beforeEach(() => {
    source = new Subject();
    [begun, running, ends] = [[], [], []];
    subscription = source.pipe(conflateChanges((event) => {
      const work = new Subject<string>();
      begun.push(lineOf(event));
      running.push(work);
      return work;
    })).subscribe({ next: (result) => ends.push(result), error: (error: unknown) => ends.push(`errored ${String(error)}`), complete: () => ends.push('completed') });
  });

  it('projects one event at a time, and what came meanwhile conflated by object', () => {
    source.next(added('a'));
    for (let version = 1; version < 5; version += 1) source.next(updated('a', version, version + 1));
    source.next(added('b'));
    expect(begun).to.deep.equal(['added ns/a@1 (watch)']);
    end();
    expect(begun.slice(1)).to.deep.equal(['updated ns/a@1>5 (watch)']);
    end();
    expect(begun.slice(2)).to.deep.equal(['added ns/b@1 (watch)']);
  });

  it('projects `synced` after all that it announces', () => {
    for (const event of [added('a'), added('b'), synced]) source.next(event);
    end();
    end();
    expect(begun).to.deep.equal(['added ns/a@1 (watch)', 'added ns/b@1 (watch)', 'synced at=9']);
  });

  it('hands on what projections emit, and completes after the last of them', () => {
    for (const event of [added('a'), added('b')]) source.next(event);
    source.complete();
    running[0]?.next('1');
    end();
    expect(ends).to.deep.equal(['1']);
    end();
    expect(ends).to.deep.equal(['1', 'completed']);
  });

  it('errors as the source and a projection do', () => {
    source.next(added('a'));
    source.error('lost');
    expect(ends).to.deep.equal(['errored lost']);
    expect(running[0]?.observed).to.equal(false);
    for (const project of [() => throwError(() => 'refused'), () => { throw new Error('thrown'); }]) {
      const events = new Subject<Event>();
      const errors: unknown[] = [];
      events.pipe(conflateChanges(project)).subscribe({ error: (error: unknown) => errors.push(error) });
      events.next(added('a'));
      expect(errors).to.have.length(1);
      expect(events.observed).to.equal(false);
    }
  });

  it('takes projections that end at once as they come', () => {
    const events = new Subject<Event>();
    const told: string[] = [];
    events.pipe(conflateChanges((event) => {
      told.push(lineOf(event));
      return EMPTY;
    })).subscribe();
    for (const event of [added('a'), updated('a', 1, 2), synced]) events.next(event);
    expect(told).to.deep.equal(['added ns/a@1 (watch)', 'updated ns/a@1>2 (watch)', 'synced at=9']);
  });

  it('begins nothing more when it is unsubscribed, and ends what runs', () => {
    for (const event of [added('a'), added('b')]) source.next(event);
    subscription.unsubscribe();
    expect(running[0]?.observed).to.equal(false);
    expect(source.observed).to.equal(false);
    end();
    expect(begun).to.have.length(1);
  });
});
