import { expect } from 'chai';
import { of, take } from 'rxjs';
import { flat } from '../../lib/operators/flat.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('flat', () => {
  it('emits what is made of each value, in order, and completes with its source', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const source$ = cold('  -a---b-c---|');
    const result$ = source$.pipe(flat((value) => (value === 'b' ? [] : [value, value.toUpperCase()])));
    expectObservable(result$).toBe('      -(aA)--(cC)|'); // a group takes as many frames as it has characters
    expectSubscriptions(source$.subscriptions).toBe('^----------!');
  }));

  it('errors where its source does, and where it throws, and leaves the source then', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const [failing$, throwing$] = [cold('-a-#'), cold('-a-b-c|')];
    expectObservable(failing$.pipe(flat((value) => [value]))).toBe('-a-#');
    expectObservable(throwing$.pipe(flat((value) => { if (value === 'b') throw new Error('boom'); return [value]; }))).toBe('-a-#', undefined, new Error('boom'));
    expectSubscriptions(throwing$.subscriptions).toBe('^--!');
  }));

  it('makes nothing more when nobody listens any more, in the middle of what a source emits in one go', () => {
    const [made, seen]: [number[], number[]] = [[], []];
    of(1, 2, 3).pipe(flat((value) => { made.push(value); return [value, value + 0.5]; }), take(3)).subscribe((value) => seen.push(value));
    expect([made, seen]).to.deep.equal([[1, 2], [1, 1.5, 2]]);
  });
});
