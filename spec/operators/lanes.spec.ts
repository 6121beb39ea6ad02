import { expect } from 'chai';
import { NEVER, type Observable, asyncScheduler, concat, defer, map, of, timer } from 'rxjs';
import { type Lanes, lanes } from '../../lib/operators/lanes.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const two = () => lanes({ width: 2, slowWidth: 2, patience: 5, scheduler: asyncScheduler });
const admitted = (lane: Lanes, work: Observable<string>) => lane.admit(() => work);

describe('lanes', () => {
  it('run as many at once as they are wide, first come, first served', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const lane = two();
    const works = [cold('--(a|)'), cold('---(b|)'), cold('--(c|)'), cold('-(d|)')];
    const subs = ['         ^-!    ', '       ^--!    ', '      --^-!  ', '     ---^!   '];
    const expected = ['     --(a|) ', '       ---(b|) ', '      ----(c|)', '    ----(d|) '];
    works.forEach((work, i) => {
      expectObservable(admitted(lane, work)).toBe(expected[i]!);
      expectSubscriptions(work.subscriptions).toBe(subs[i]!);
    });
  }));

  it('move what makes no progress beside them, and give its slot to the next', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const lane = lanes({ width: 1, slowWidth: 1, patience: 5, scheduler: asyncScheduler });
    const hanging = cold(' -------(h|)');
    const hangingSubs = '  ^------!   ';
    const healthy = cold(' -(x|)      ');
    const healthySubs = '  -----^!    ';
    expectObservable(admitted(lane, hanging)).toBe('-------(h|)');
    expectObservable(admitted(lane, healthy)).toBe('------(x|)');
    expectSubscriptions(hanging.subscriptions).toBe(hangingSubs);
    expectSubscriptions(healthy.subscriptions).toBe(healthySubs);
  }));

  it('leave the slot to what goes forward, however long it takes', marbles(({ expectObservable }) => {
    const lane = lanes({ width: 1, slowWidth: 1, patience: 5, scheduler: asyncScheduler });
    const forward$ = lane.admit((progress) => concat(
      timer(4).pipe(map(() => { progress(); return 'p'; })), timer(4).pipe(map(() => { progress(); return 'q'; })), timer(1).pipe(map(() => 'r')),
    ));
    expectObservable(forward$).toBe('    ----p---q(r|)'.trim());
    expectObservable(lane.admit(() => of('next'))).toBe('---------(n|)', { n: 'next' });
  }));

  it('take back what hangs when the slow lane is full, and start it again there when its turn comes', marbles(({ cold, expectObservable, expectSubscriptions }) => {
    const lane = lanes({ width: 1, slowWidth: 1, patience: 5, scheduler: asyncScheduler });
    const first = cold('  -------------(f|)');
    const second = cold(' -----------(s|)  ');
    expectObservable(admitted(lane, first)).toBe('-------------(f|)');
    // Starts at 5, is taken back at 10, starts again at 13, ends at 24.
    expectObservable(admitted(lane, second)).toBe('------------------------(s|)');
    expectSubscriptions(second.subscriptions).toBe(['-----^----!', '-------------^----------!']);
  }));

  it('give a slot and a place in the queue back to whoever unsubscribes', () => {
    const lane = lanes({ width: 1, slowWidth: 1, patience: 60_000, scheduler: asyncScheduler });
    const started: string[] = [];
    const work = (name: string) => lane.admit(() => defer(() => { started.push(name); return NEVER; }));
    const a = work('a').subscribe();
    const b = work('b').subscribe();
    const c = work('c').subscribe();
    expect(lane.occupancy()).to.deep.equal({ fast: 1, slow: 0, waiting: 2 });
    b.unsubscribe();
    a.unsubscribe();
    expect(started).to.deep.equal(['a', 'c']);
    c.unsubscribe();
    expect(lane.occupancy()).to.deep.equal({ fast: 0, slow: 0, waiting: 0 });
  });

  it('give the slot on after an error, and after work that ends at once', () => {
    const lane = lanes({ width: 1, slowWidth: 1, patience: 60_000, scheduler: asyncScheduler });
    lane.admit(() => { throw new Error('thrown'); }).subscribe({ error() {} });
    const seen: string[] = [];
    lane.admit(() => of('at once')).subscribe((value) => seen.push(value));
    lane.admit(() => of('and again')).subscribe((value) => seen.push(value));
    expect(seen).to.deep.equal(['at once', 'and again']);
    expect(lane.occupancy()).to.deep.equal({ fast: 0, slow: 0, waiting: 0 });
  });
});
