import { expect } from 'chai';
import type { Observable } from 'rxjs';
import { LatestByKey } from '../../lib/operators/latest-by-key.ts';

function record<T>(source: Observable<T>): { seen: T[]; completed: () => boolean; unsubscribe: () => void } {
  const seen: T[] = [];
  let completed = false;
  const subscription = source.subscribe({ next: (value) => seen.push(value), complete: () => { completed = true; } });
  return { seen, completed: () => completed, unsubscribe: () => subscription.unsubscribe() };
}

describe('LatestByKey', () => {
  it('tells a watcher the current value at once, or that there is none, then every new one of its key', () => {
    const latest = new LatestByKey<string>();
    latest.set('a', 'a1');
    const a = record(latest.watch('a'));
    const b = record(latest.watch('b'));
    latest.set('a', 'a2');
    latest.set('b', 'b1');
    expect(a.seen).to.deep.equal(['a1', 'a2']);
    expect(b.seen).to.deep.equal([undefined, 'b1']);
  });

  it('has a value stored before anybody hears of it', () => {
    const latest = new LatestByKey<string>();
    const read: (string | undefined)[] = [];
    latest.changes$.subscribe(() => read.push(latest.get('a')));
    latest.set('a', 'a1');
    expect(read).to.deep.equal(['a1']);
  });

  it('tells the last value of a deleted key, keeps it nowhere, and tells of its comeback', () => {
    const latest = new LatestByKey<string>();
    latest.set('a', 'a1');
    const a = record(latest.watch('a'));
    latest.delete('a', 'gone');
    expect(latest.get('a')).to.equal(undefined);
    latest.set('a', 'a2');
    expect(a.seen).to.deep.equal(['a1', 'gone', 'a2']);
    expect(record(latest.all$).seen).to.deep.equal(['a2']);
  });

  it('tells of all keys: the current values, then every change, or the changes alone', () => {
    const latest = new LatestByKey<string>();
    latest.set('a', 'a1');
    latest.set('b', 'b1');
    const all = record(latest.all$);
    const changes = record(latest.changes$);
    latest.set('a', 'a2');
    expect(all.seen).to.deep.equal(['a1', 'b1', 'a2']);
    expect(changes.seen).to.deep.equal(['a2']);
  });

  it('tells nobody of an amendment', () => {
    const latest = new LatestByKey<string>();
    const a = record(latest.watch('a'));
    latest.amend('a', 'amended');
    expect(a.seen).to.deep.equal([undefined]);
    expect(latest.get('a')).to.equal('amended');
  });

  it('completes what it handed out, and what is asked of it later after the current value', () => {
    const latest = new LatestByKey<string>();
    latest.set('a', 'a1');
    const streams = [latest.watch('a'), latest.all$, latest.changes$].map((stream) => record<string | undefined>(stream));
    latest.complete();
    expect(streams.map(({ completed }) => completed())).to.deep.equal([true, true, true]);
    const late = record(latest.watch('a'));
    expect(late.seen).to.deep.equal(['a1']);
    expect(late.completed()).to.equal(true);
  });

  it('forgets watchers that left, also from inside a value', () => {
    const latest = new LatestByKey<string>();
    const first = latest.watch('a').subscribe((value) => { if (value !== undefined) second.unsubscribe(); });
    const seen: (string | undefined)[] = [];
    const second = latest.watch('a').subscribe((value) => seen.push(value));
    latest.set('a', 'a1');
    first.unsubscribe();
    latest.set('a', 'a2');
    expect(seen).to.deep.equal([undefined]);
  });
});
