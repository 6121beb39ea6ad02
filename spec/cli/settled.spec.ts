import { expect } from 'chai';
import { NEVER } from 'rxjs';
import { Failure } from '../../lib/cli/failure.ts';
import { settled, started } from '../../lib/cli/settled.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { connected, connecting, disconnected, absent } from './states.ts';

describe('settled', () => {
  const states = { c: connecting('a'), C: connected('a'), d: disconnected('b'), x: absent('b') };
  const [a, b] = ['fleet/a', 'fleet/b'];

  it('waits until none is connecting any more', marbles(({ cold, expectObservable }) => {
    const connections$ = cold('(cd) 6s C', states);
    expectObservable(settled(connections$, new Set([a, b]))).toBe('6004ms (s|)', { s: [states.C, states.d] });
  }));

  it('waits for a cluster of which nothing is known yet', marbles(({ cold, expectObservable }) => {
    expectObservable(settled(cold('C 2s d', states), new Set([a, b]))).toBe('2001ms (s|)', { s: [states.C, states.d] });
  }));

  it('is over at once where there are no clusters', marbles(({ expectObservable }) => {
    expectObservable(settled(NEVER, new Set())).toBe('(s|)', { s: [] });
  }));

  it('is over after 15 s at the latest, with what is known', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const connections$ = cold('c', states);
    expectObservable(settled(connections$, new Set([a]))).toBe('15s (s|)', { s: [states.c] });
    expectSubscriptions(connections$.subscriptions).toBe('^ 14999ms !');
  }));

  it('leaves out what was deleted meanwhile', marbles(({ cold, expectObservable }) => {
    expectObservable(settled(cold('(dx) 1s C', states), new Set([a, b]))).toBe('1004ms (s|)', { s: [states.C] });
  }));
});

describe('started', () => {
  it('fails after 15 s with the newest trouble, or says what did not come', marbles(({ flush }) => {
    const failures: unknown[] = [];
    for (const last of ['reading failed: ECONNREFUSED', undefined]) {
      started({ start: () => new Promise(() => {}) }, { last }).subscribe({ error: (error: unknown) => failures.push(error) });
    }
    flush();
    expect(failures.map((error) => (error instanceof Failure ? error.message : error))).to.deep.equal([
      'reading failed: ECONNREFUSED', 'the management cluster did not list its Clusters within 15 s',
    ]);
  }));
});
