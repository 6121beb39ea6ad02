import { EMPTY, NEVER, asyncScheduler, map, of, throwError, timer } from 'rxjs';
import { pauseFor } from '../../lib/operators/pause.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const once = { x: 'over' };
const over = map(() => 'over');
const at = (ms: number) => timer(ms);

describe('pauseFor', () => {
  const tables: readonly [title: string, delay: number, atLeast: number, awake: () => ReturnType<typeof pauseFor>, expected: string][] = [
    ['is over at once where there is none', 0, 0, () => NEVER, '(x|)'],
    ['is over after its delay', 50, 20, () => NEVER, '50ms (x|)'],
    ['is over early when there is a reason to', 50, 20, () => at(30), '30ms (x|)'],
    ['is not over before its least, whatever reasons there are', 50, 20, () => at(5), '20ms (x|)'],
    ['is over at once for a reason that is there, where it may', 50, 0, () => of(1), '(x|)'],
    ['takes an end for no reason', 50, 20, () => EMPTY, '50ms (x|)'],
    ['takes an error for no reason', 50, 20, () => throwError(() => new Error('boom')), '50ms (x|)'],
    ['has no end of its own where it is infinite', Infinity, 20, () => at(70), '70ms (x|)'],
    ['has its least where it is infinite, too', Infinity, 20, () => of(1), '20ms (x|)'],
  ];
  for (const [title, delay, atLeast, awake, expected] of tables) {
    it(title, marbles(({ expectObservable }) => {
      expectObservable(pauseFor({ delay, atLeast }, awake(), asyncScheduler).pipe(over)).toBe(expected, once);
    }));
  }

  it('lets go of what would end it when it is over, or unsubscribed', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const awake$ = cold('-');
    expectObservable(pauseFor({ delay: 5, atLeast: 0 }, awake$, asyncScheduler).pipe(over)).toBe('-----(x|)', once);
    expectObservable(pauseFor({ delay: Infinity, atLeast: 0 }, awake$, asyncScheduler).pipe(over), '^---!').toBe('-');
    expectSubscriptions(awake$.subscriptions).toBe(['^----!', '^---!']);
  }));
});
