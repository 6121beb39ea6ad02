import { map, of, throwError } from 'rxjs';
import { conflateByKey } from '../../lib/operators/conflate-by-key.ts';
import { marbles } from '../../lib/testing/marbles.ts';

/** Letters of one key differ in case only. */
const keyOf = (letter: string) => letter.toLowerCase();

describe('conflateByKey', () => {
  it('runs different keys side by side', marbles(({ hot, cold, expectObservable }) => {
    const source = hot('   ab--------|');
    const work = cold('    ---(x|)    ');
    const expected = '     ---ab-----|';
    expectObservable(source.pipe(conflateByKey(keyOf, (letter) => work.pipe(map(() => letter))))).toBe(expected);
  }));

  it('lets only the newest value of a busy key wait', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const source = hot('   aAa-A----------|');
    const work = cold('    ------(x|)      ');
    const workSubs = ['    ^-----!         ', '------^-----!'];
    const expected = '     ------a-----A--|';
    expectObservable(source.pipe(conflateByKey(keyOf, (letter) => work.pipe(map(() => letter))))).toBe(expected);
    expectSubscriptions(work.subscriptions).toBe(workSubs);
  }));

  it('completes after the source and the last of its work', marbles(({ hot, cold, expectObservable }) => {
    const source = hot('   aA|');
    const work = cold('    ---(x|)');
    const expected = '     ---a--(A|)';
    expectObservable(source.pipe(conflateByKey(keyOf, (letter) => work.pipe(map(() => letter))))).toBe(expected);
  }));

  it('takes back what runs when unsubscribed', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
    const source = hot('   a-----');
    const work = cold('    ------(x|)');
    const workSubs = '     ^--!  ';
    const unsub = '        ^--!  ';
    expectObservable(source.pipe(conflateByKey(keyOf, () => work)), unsub).toBe('------');
    expectSubscriptions(work.subscriptions).toBe(workSubs);
  }));

  it('errors as its work does', marbles(({ hot, expectObservable }) => {
    const source = hot('   a--b--');
    const expected = '     a--#  ';
    expectObservable(source.pipe(conflateByKey(keyOf, (letter) => (letter === 'a' ? of(letter) : throwError(() => 'error'))))).toBe(expected);
  }));
});
