import { expect } from 'chai';
import { AssertionError } from 'node:assert';
import { interval, map } from 'rxjs';
import { marbles } from '../../lib/testing/index.ts';

describe('marbles', () => {
  it('runs a body in virtual time', marbles(({ cold, expectObservable }) => {
    expectObservable(cold('a--b|').pipe(map((letter) => letter.toUpperCase()))).toBe('A--B|');
  }));

  it('fails with both logs where they differ', () => {
    const spec = marbles(({ cold, expectObservable }) => { expectObservable(cold('a|')).toBe('b|'); });
    expect(spec).to.throw(AssertionError).that.has.property('expected').that.is.an('array');
  });

  it('ends a timer that nobody unsubscribes, after an hour', () => {
    let ticks = 0;
    const spec = marbles(({ expectObservable }) => { expectObservable(interval(600_000).pipe(map(() => { ticks += 1; }))).toBe(''); });
    expect(spec).to.throw(AssertionError);
    expect(ticks).to.equal(6);
  });
});
