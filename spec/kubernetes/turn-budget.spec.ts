import { expect } from 'chai';
import { type SinonFakeTimers, restore, stub, useFakeTimers } from 'sinon';
import { TurnBudget } from '../../lib/kubernetes/turn-budget.ts';

describe('TurnBudget', () => {
  let clock: SinonFakeTimers;
  let now: number;
  let budget: TurnBudget;

  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['setImmediate', 'clearImmediate'] });
    now = 1_000;
    stub(performance, 'now').callsFake(() => now);
    budget = new TurnBudget();
  });
  afterEach(() => {
    clock.restore();
    restore();
  });

  const work = (ms: number) => { now += ms; };
  /** One turn of the event loop, up to its immediates. */
  const turn = () => { clock.next(); };
  /** Work in pieces of so many ms, which goes on in later turns; says what is done in which turn. */
  const worker = (name: string, pieces: number, ms: number, log: string[]) => {
    let left = pieces;
    const go = () => {
      for (; left > 0; left -= 1) {
        if (budget.spent()) return void budget.later(go);
        work(ms);
        log.push(name);
      }
    };
    go();
  };

  it('is spent 5 ms after the first one asked, whoever it was', () => {
    expect(budget.spent()).to.equal(false);
    work(4.9);
    expect(budget.spent()).to.equal(false);
    work(0.1);
    expect(budget.spent()).to.equal(true);
  });

  it('begins anew in the next turn, with the first one who asks in it', () => {
    budget.spent();
    work(5);
    turn();
    work(1_000);
    expect(budget.spent()).to.equal(false);
  });

  it('lets those who wait go on, first come first served, a few in a turn', () => {
    const log: string[] = [];
    worker('a', 3, 4, log);
    worker('b', 1, 4, log);
    worker('c', 1, 4, log);
    worker('d', 2, 4, log);
    log.push('|');
    while (budget.waiting > 0) {
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
    expect(budget.waiting).to.equal(0);
  });

  it('forgets who waits no more', () => {
    const log: string[] = [];
    const [leaveA, leaveB] = ['a', 'b'].map((name) => budget.later(() => log.push(name)));
    leaveA?.();
    leaveA?.();
    turn();
    leaveB?.();
    expect(log).to.deep.equal(['b']);
    expect(budget.waiting).to.equal(0);
  });

  it('holds nothing once nobody works', () => {
    budget.spent();
    turn();
    expect(clock.countTimers()).to.equal(0);
  });
});
