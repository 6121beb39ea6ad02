import { expect } from 'chai';
import { type Observable, map, of, throwError } from 'rxjs';
import { slots } from '../../lib/operators/slots.ts';
import { marbles } from '../../lib/testing/marbles.ts';

describe('slots', () => {
  it('lets so many run at a time, first come, first served', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const admit = slots(2);
    const [a$, b$, c$, d$] = [cold('---(a|)'), cold('-----(b|)'), cold('--(c|)'), cold('-(d|)')] as const;
    for (const [work$, expected, subscribed] of [
      [a$, '---(a|)', '^--!'],
      [b$, '-----(b|)', '^----!'],
      [c$, '-----(c|)', '---^-!'],
      [d$, '------(d|)', '-----^!'],
    ] as const) {
      expectObservable(admit(work$)).toBe(expected);
      expectSubscriptions(work$.subscriptions).toBe(subscribed);
    }
  }));

  it('gives the slot of work that failed, or that nobody waits for, to the next', marbles(({ cold, expectObservable }) => {
    const admit = slots(1);
    expectObservable(admit(cold('--#'))).toBe('--#');
    expectObservable(admit(cold('------a')), '----!').toBe('-----');
    expectObservable(admit(cold('-(b|)'))).toBe('-----(b|)');
  }));

  it('forgets work that is taken back while it waits', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const admit = slots(1);
    const waiting$ = cold('-(b|)');
    expectObservable(admit(cold('----(a|)'))).toBe('----(a|)');
    expectObservable(admit(waiting$), '--!').toBe('---');
    expectSubscriptions(waiting$.subscriptions).toBe([]);
    expectObservable(admit(cold('-(c|)'))).toBe('-----(c|)');
  }));

  it('is free again after work that ends as it begins', () => {
    const admit = slots(1);
    const told: string[] = [];
    const listen = (work$: Observable<string>) => admit(work$).subscribe({ next: (value) => told.push(value), error: (error: unknown) => told.push(String(error)) });
    listen(of('a'));
    listen(throwError(() => 'failed'));
    listen(of('b').pipe(map((value) => value.toUpperCase())));
    expect(told).to.deep.equal(['a', 'failed', 'B']);
  });
});
