import { expect } from 'chai';
import { type SinonFakeTimers, restore, stub, useFakeTimers } from 'sinon';
import { TurnShare } from '../../lib/kubernetes/turn-share.ts';

describe('TurnShare', () => {
  let clock: SinonFakeTimers;
  let now: number;
  let share: TurnShare;

  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['setImmediate', 'clearImmediate', 'nextTick'] });
    now = 1_000;
    stub(performance, 'now').callsFake(() => now);
    share = new TurnShare();
  });
  afterEach(() => {
    clock.restore();
    restore();
  });

  const pass = (ms: number) => { now += ms; };
  /** One turn of the event loop, up to its immediates. */
  const turn = () => { clock.next(); };
  /** The end of a callback. */
  const tick = () => { clock.runMicrotasks(); };
  /** A piece of work of so many ms; says whether the turn has seen enough then. */
  const work = (ms: number): boolean => {
    share.begin();
    pass(ms);
    return share.spent();
  };
  /** Work in pieces of so many ms, which goes on in later turns; says what is done in which turn. */
  const worker = (name: string, pieces: number, ms: number, log: string[]) => {
    let left = pieces;
    const go = () => {
      share.begin();
      for (; left > 0; left -= 1) {
        if (share.spent()) return void share.later(go);
        pass(ms);
        log.push(name);
      }
      share.spent();
    };
    go();
  };

  it('is spent after 8 ms of work in one turn, whoever did it', () => {
    expect(work(4)).to.equal(false);
    expect(work(3.9)).to.equal(false);
    expect(work(0.1)).to.equal(true);
  });

  it('is not spent by what others do between two pieces of work, however long the turn is', () => {
    expect(work(4)).to.equal(false);
    pass(1_000); // in the same callback
    expect(work(1)).to.equal(false);
    tick();
    pass(1_000);
    expect(share.spent()).to.equal(false); // what comes in another callback did not go on meanwhile
    expect(work(1)).to.equal(false);
  });

  it('is spent by what work goes on with in promises', () => {
    share.begin();
    share.spent();
    pass(8); // until the promise is settled, and no tick in between
    expect(share.spent()).to.equal(true);
  });

  it('begins anew in the next turn', () => {
    expect(work(9)).to.equal(true);
    turn();
    expect(work(7)).to.equal(false);
  });

  it('lets those who wait go on, first come first served, a few in a turn', () => {
    const log: string[] = [];
    worker('a', 3, 4, log);
    worker('b', 1, 4, log);
    worker('c', 1, 4, log);
    worker('d', 2, 4, log);
    log.push('|');
    while (share.waiting > 0) {
      turn();
      log.push('|');
    }
    expect(log.join('')).to.equal('aa|ab|cd|d|');
  });

  it('lets one go on in each turn at least, however much each does', () => {
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) worker(name, 2, 50, log);
    for (let left = 5; left > 0; left -= 1) {
      const before = log.length;
      turn();
      expect(log.length).to.equal(before + 1);
    }
    expect(log.toSorted().join('')).to.equal('aabbcc');
    expect(share.waiting).to.equal(0);
  });

  it('lets those who wait go on where the first of them has nothing to do any more', () => {
    const log: string[] = [];
    share.later(() => { work(8); });
    share.later(() => log.push('b'));
    turn();
    expect(log).to.deep.equal([]);
    turn();
    expect(log).to.deep.equal(['b']);
  });

  it('forgets who waits no more', () => {
    const log: string[] = [];
    const [leaveA, leaveB] = ['a', 'b'].map((name) => share.later(() => log.push(name)));
    leaveA?.();
    leaveA?.();
    turn();
    leaveB?.();
    expect(log).to.deep.equal(['b']);
    expect(share.waiting).to.equal(0);
  });

  it('holds nothing once nobody works', () => {
    work(1);
    tick();
    turn();
    expect(clock.countTimers()).to.equal(0);
  });
});
