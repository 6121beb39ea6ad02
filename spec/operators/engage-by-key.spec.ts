import { expect } from 'chai';
import { NEVER, type Observable, Subject, concat, endWith, finalize, ignoreElements, map, takeUntil } from 'rxjs';
import type { Delta } from '../../lib/model/delta.ts';
import { engageByKey } from '../../lib/operators/engage-by-key.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const deltas: Record<string, Delta<string, number>> = {
  a: { type: 'applied', key: 'a', value: 1 }, A: { type: 'applied', key: 'a', value: 2 }, x: { type: 'deleted', key: 'a' },
  b: { type: 'applied', key: 'b', value: 3 }, y: { type: 'deleted', key: 'b' },
};
const told = map((delta: Delta<string, number>) => (delta.type === 'applied' ? String(delta.value) : `${delta.key} deleted`));
const letters = { 1: '1', 2: '2', 3: '3', x: 'a deleted', y: 'b deleted' };

describe('engageByKey', () => {
  it('feeds each key its own deltas, from the first to the deletion', marbles(({ hot, expectObservable }) => {
    const delta$ = hot('   a-b-A-x-y-a-', deltas);
    const unsub = '        ^----------!';
    const expected = '     1-3-2-x-y-1-';
    expectObservable(delta$.pipe(engageByKey((_first, own$) => own$.pipe(told))), unsub).toBe(expected, letters);
  }));

  it('keeps one inner for each live key', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const delta$ = hot('   a-b-A-x-y-', deltas);
    const inner = cold('   -         ');
    const innerSubs = ['   ^-----!   ', '--^-----!'];
    const unsub = '        ^---------!';
    const live = (own$: Observable<unknown>) => inner.pipe(takeUntil(own$.pipe(ignoreElements(), endWith('ended'))));
    expectObservable(delta$.pipe(engageByKey((_first, own$) => live(own$))), unsub).toBe('----------');
    expectSubscriptions(inner.subscriptions).toBe(innerSubs);
  }));

  it('lets a key say its last words, and engages one that came back meanwhile after them', marbles(({ hot, cold, expectObservable }) => {
    const delta$ = hot('   a--x-A-------', deltas);
    const last = cold('    ----(w|)     ');
    const unsub = '        ^-----------!';
    const expected = '     1--x---(w2)--';
    expectObservable(delta$.pipe(engageByKey((_first, own$) => concat(own$.pipe(told), last))), unsub).toBe(expected, { ...letters, w: 'w' });
  }));

  it('ignores the deletion of a key that is not there', marbles(({ hot, expectObservable }) => {
    const delta$ = hot('   x-a-|', deltas);
    const expected = '     --1-|';
    expectObservable(delta$.pipe(engageByKey((_first, own$) => own$.pipe(told)))).toBe(expected, letters);
  }));

  it('ends every inner, and its source, when unsubscribed', () => {
    const delta$ = new Subject<Delta<string, number>>();
    const ended: string[] = [];
    const subscription = delta$.pipe(engageByKey(({ key }) => NEVER.pipe(finalize(() => ended.push(key))))).subscribe();
    delta$.next(deltas['a']!);
    delta$.next(deltas['b']!);
    subscription.unsubscribe();
    expect(delta$.observed).to.equal(false);
    expect(ended).to.deep.equal(['a', 'b']);
  });
});
