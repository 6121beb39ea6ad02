import { expect } from 'chai';
import { type Observable, Subject, defer, distinctUntilChanged, filter, map, of, takeWhile, tap } from 'rxjs';
import type { Dialer, TargetState } from '../../lib/connection/dialer.ts';
import type { ConnectionOptions } from '../../lib/connection/connection-options.ts';
import { connectionStream } from '../../lib/connection/connection-stream.ts';
import type { StreamState } from '../../lib/connection/stream-state.ts';
import { InconclusiveProbeError, UnauthorizedError } from '../../lib/model/errors.ts';
import { marbles } from '../../lib/testing/marbles.ts';

const noSpread = { random: () => 0 };
const short: ConnectionOptions = { ...noSpread, probeInterval: 4, probeTimeout: 3, failureThreshold: 2, retryInterval: 6 };

type Target$ = Observable<TargetState<string>>;
const to = (target: string): TargetState<string> => ({ ready: true, target, fingerprint: target });
const targets: Record<string, TargetState<string>> = {
  a: to('a'), b: to('b'), u: { ready: false, reason: 'unready' }, k: { ready: false, reason: 'kept', keepsConnection: true },
};

/** One letter a phase, in lower case; upper case where a connected state tells of a newer target that failed. */
const letters = { pending: 'p', connecting: 'i', connected: 'c', disconnected: 'd' };
const phases = (state$: Observable<StreamState<string>>) => state$.pipe(
  map((state) => (state.phase === 'connected' && state.error !== undefined ? 'C' : letters[state.phase])),
  distinctUntilChanged(),
);
const of$ = (target$: Target$, dialer: Partial<Dialer<string, string>>, options = short) =>
  connectionStream({ target$, dialer: { connect: (target) => of(target), probe: () => of(), close() {}, ...dialer }, options });

describe('connectionStream', () => {
  describe('connecting', () => {
    it('says connecting, then connected, and nothing before there is a target', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('  --a------', targets);
      const dial = cold('      --c      ');
      const dialSubs = '     --^-!      ';
      const unsub = '        ^-------!  ';
      const expected = '     --i-c----  ';
      expectObservable(phases(of$(target$, { connect: () => dial, probe: () => cold('-') })), unsub).toBe(expected);
      expectSubscriptions(dial.subscriptions).toBe(dialSubs);
    }));

    it('tries again an interval after a connect failed', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('  a-------------------', targets);
      const dial = cold<string>('-#               ');
      const dialSubs = ['    ^!', '-------^!', '--------------^!'];
      const unsub = '        ^---------------!   ';
      const expected = '     id-----id-----id----';
      expectObservable(phases(of$(target$, { connect: () => dial })), unsub).toBe(expected);
      expectSubscriptions(dial.subscriptions).toBe(dialSubs);
    }));

    it('counts the attempts, and each that failed as a failed probe', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('  a-------------------', targets);
      const dial = cold<string>('-#               ');
      const unsub = '        ^---------------!   ';
      const attempts = '     1------2------3-----';
      const failures = '     01------2------3----';
      const state$ = of$(target$, { connect: () => dial });
      expectObservable(state$.pipe(filter(({ phase }) => phase === 'connecting'), map((state) => String('attempt' in state && state.attempt))), unsub).toBe(attempts);
      expectObservable(failures$(state$), unsub).toBe(failures);
    }));

    it('says when it tries again, and what failed', marbles(({ hot, cold, expectObservable }) => {
      const refused = new Error('refused');
      const target$ = hot('  a-----', targets);
      const dial = cold<string>('--#', undefined, refused);
      const unsub = '        ^---!';
      const state$ = of$(target$, { connect: () => dial });
      expectObservable(state$, unsub).toBe('i-d', {
        i: { phase: 'connecting', attempt: 1, since: new Date(0), health: { consecutiveFailures: 0 } },
        d: {
          phase: 'disconnected', reason: 'connectFailed', error: refused, retryAt: new Date(8), since: new Date(2),
          health: { consecutiveFailures: 1, lastProbeTime: new Date(2) },
        },
      });
    }));

    it('gives up a dial whose target is withdrawn', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('  a--u-----', targets);
      const dial = cold<string>('------c  ');
      const dialSubs = '     ^--!     ';
      const unsub = '        ^-------!';
      const expected = '     i--p-----';
      expectObservable(phases(of$(target$, { connect: () => dial })), unsub).toBe(expected);
      expectSubscriptions(dial.subscriptions).toBe(dialSubs);
    }));

    it('dials a new target at once instead of waiting out the retry interval', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('  a--b-----', targets);
      const dial = { a: cold<string>('-#'), b: cold<string>('-c') };
      const unsub = '        ^-------!';
      const expected = '     id-ic----';
      expectObservable(phases(of$(target$, { connect: (t) => dial[t as 'a' | 'b'], probe: () => cold('-') }, { ...short, probeInterval: 100 })), unsub).toBe(expected);
    }));

    it('takes a dialer that throws, or ends without a connection, for a failed connect', marbles(({ hot, expectObservable }) => {
      const target$ = hot('  a--', targets);
      const thrown$ = of$(target$, { connect: () => { throw new Error('thrown'); } });
      const empty$ = of$(target$, { connect: () => of<string>() });
      expectObservable(phases(thrown$), '^-!').toBe('(id)');
      expectObservable(phases(empty$), '^-!').toBe('(id)');
    }));
  });

  describe('probing', () => {
    it('starts a probe one interval after the last one ended, never two at once', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('    a---------------', targets);
      const probe = cold('         --|         ');
      const probeSubs = ['     ----^-!         ', '----------^-!   '];
      const unsub = '          ^-------------! ';
      const expected = '       (un)--x-----y-- ';
      const state$ = of$(target$, { probe: () => probe });
      const success$ = state$.pipe(map(({ health }) => health.lastProbeSuccessTime?.getTime()), distinctUntilChanged());
      expectObservable(success$, unsub).toBe(expected, { u: undefined, n: 0, x: 6, y: 12 });
      expectSubscriptions(probe.subscriptions).toBe(probeSubs);
    }));

    it('stays connected below the threshold, and a success clears the failures', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a----------------', targets);
      const answers = [cold('#'), cold('|'), cold('#'), cold('|')];
      const unsub = '          ^----------------!';
      const failures = '       0---1---0---1---0-';
      const state$ = of$(target$, { probe: () => answers.shift()! }).pipe(tap(({ phase }) => expect(phase).to.be.oneOf(['connecting', 'connected'])));
      expectObservable(failures$(state$), unsub).toBe(failures);
    }));

    it('disconnects at the threshold in one transition and dials again after the interval', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('    a-------------------', targets);
      const dial = cold('      c                   ');
      const dialSubs = ['      (^!)                ', '--------------(^!)'];
      const probe = cold('         #               ');
      const probeSubs = ['     ----(^!)            ', '--------(^!)', '------------------(^!)'];
      const unsub = '          ^------------------!';
      const expected = '       (ic)----d-----(ic)--';
      expectObservable(phases(of$(target$, { connect: () => dial, probe: () => probe })), unsub).toBe(expected);
      expectSubscriptions(dial.subscriptions).toBe(dialSubs);
      expectSubscriptions(probe.subscriptions).toBe(probeSubs);
    }));

    it('counts the probe that ended the connection, and keeps the health until the next connect', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a-------------------', targets);
      const unsub = '          ^------------------!';
      const failures = '       0---1---2-----0---1-';
      expectObservable(failures$(of$(target$, { probe: () => cold('#') })), unsub).toBe(failures);
    }));

    it('gives a probe its timeout and no more', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('    a------------------', targets);
      const probe = cold('         -              ');
      const probeSubs = ['     ----^--!           ', '-----------^--!'];
      const unsub = '          ^----------------! ';
      const expected = '       (ic)----------d----';
      expectObservable(phases(of$(target$, { probe: () => probe })), unsub).toBe(expected);
      expectSubscriptions(probe.subscriptions).toBe(probeSubs);
    }));

    it('takes a probe that emits and does not complete for one that hangs', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a------------------', targets);
      const probe = cold('         p              ');
      const unsub = '          ^----------------! ';
      const expected = '       (ic)----------d----';
      expectObservable(phases(of$(target$, { probe: () => probe })), unsub).toBe(expected);
    }));

    it('dials again at once when a probe is unauthorized, and after the interval when that fails', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a------------------', targets);
      const dials = [cold<string>('c'), cold<string>('----#'), cold<string>('c')];
      const unsub = '          ^---------------!  ';
      const expected = '       (ic)(di)d-----(ic) ';
      const state$ = of$(target$, { connect: () => dials.shift()!, probe: () => cold('#', undefined, new UnauthorizedError()) });
      expectObservable(phases(state$), unsub).toBe(expected);
    }));

    it('is neither failed nor succeeded by an inconclusive probe', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a------------------', targets);
      const answers = [cold('#'), cold('#', undefined, new InconclusiveProbeError()), cold('#')];
      const unsub = '          ^---------------!  ';
      const failures = '       0---1-------2------';
      expectObservable(failures$(of$(target$, { probe: () => answers.shift() ?? cold('-') })), unsub).toBe(failures);
    }));

    it('loses the connection on evidence, and dials again at once', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a---------', targets);
      const lost = [cold('     -----x'), cold('-')];
      const unsub = '          ^---------!';
      const expected = '       (ic)-(dic)';
      const state$ = of$(target$, { probe: () => cold('-'), lost$: () => lost.shift()! }, { ...short, probeInterval: 50 });
      expectObservable(phases(state$), unsub).toBe(expected);
    }));

    it('probes at once on a doubt, unless it probes already, and then an interval later', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a-------------------', targets);
      const doubts = hot('     --x------xx--#     ');
      const answers = [cold('    |    '), cold('#'), cold('--#')];
      const unsub = '          ^-------------------!';
      const failures = '       0------1---2--------';
      const state$ = of$(target$, { probe: () => answers.shift() ?? cold('-'), doubted$: () => doubts }, { ...short, probeInterval: 5, probeTimeout: 90, failureThreshold: 9 });
      expectObservable(failures$(state$), unsub).toBe(failures);
    }));

    it('gives a connection time that is lost as soon as it is made', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a-------------', targets);
      const unsub = '          ^-------------!';
      const expected = '       (icd)-(icd)-(icd)';
      expectObservable(phases(of$(target$, { probe: () => cold('-'), lost$: () => of('gone') })), unsub).toBe(expected);
    }));

    it('spreads the first probe over one interval, and takes up to a tenth off the retry interval', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a--------------------------', targets);
      const unsub = '          ^--------------------------!';
      const failures = '       0-1---2------------------0--';
      const state$ = of$(target$, { probe: () => cold('#') }, { ...short, retryInterval: 20, random: () => 0.5 });
      expectObservable(failures$(state$), unsub).toBe(failures);
    }));
  });

  describe('another target', () => {
    const hangs = { probe: () => of() };
    const slow = { ...short, probeInterval: 50 };

    it('is dialled beside the old connection, swapped in one transition, and only then is the old one closed', marbles(({ hot, cold, expectObservable, flush }) => {
      const order: string[] = [];
      const target$ = hot('    a--b------', targets);
      const dial = { a: cold<string>('a'), b: cold<string>('---b') };
      const unsub = '          ^--------!';
      const expected = '       (ia)--b---';
      const state$ = of$(target$, {
        connect: (target) => { order.push(`dial ${target}`); return dial[target as 'a' | 'b']; },
        close: (connection) => { order.push(`close ${connection}`); },
      }, slow).pipe(map((state) => (state.phase === 'connected' ? state.connection : letters[state.phase])), tap((letter) => order.push(letter)));
      expectObservable(state$, unsub).toBe(expected);
      flush();
      expect(order).to.deep.equal(['i', 'dial a', 'a', 'dial b', 'b', 'close a', 'close b']);
    }));

    it('that cannot be dialled leaves the old connection in use, says so, and is tried again', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a--b---------------', targets);
      const dials = [cold<string>('a'), cold<string>('--#'), cold<string>('-b')];
      const unsub = '          ^-----------------!';
      const expected = '       (ic)-C------c------';
      expectObservable(phases(of$(target$, { ...hangs, connect: () => dials.shift()! }, slow)), unsub).toBe(expected);
    }));

    it('that turns back to the old one is dialled no further', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('    a---b-a-------', targets);
      const dial = { a: cold<string>('a'), b: cold<string>('----b') };
      const dialSubs = '       ----^-!       ';
      const unsub = '          ^------------!';
      const expected = '       (ic)----------';
      expectObservable(phases(of$(target$, { ...hangs, connect: (target) => dial[target as 'a' | 'b'] }, slow)), unsub).toBe(expected);
      expectSubscriptions(dial.b.subscriptions).toBe(dialSubs);
    }));

    it('is dialled on when the old connection is lost meanwhile', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('    a-b-----------------', targets);
      const dial = { a: cold<string>('a'), b: cold<string>('----------------b') };
      const dialSubs = '       --^---------------! ';
      const unsub = '          ^-------------------!';
      const expected = '       (ic)----(di)------c--';
      expectObservable(phases(of$(target$, { connect: (target) => dial[target as 'a' | 'b'], probe: (target) => cold(target === 'a' ? '#' : '-') })), unsub).toBe(expected);
      expectSubscriptions(dial.b.subscriptions).toBe(dialSubs);
    }));

    it('that had failed is dialled at once when the old connection is lost meanwhile', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const target$ = hot('    a-----b-------------', targets);
      const dial = { a: cold<string>('a'), b: cold<string>('#') };
      const dialSubs = ['      ------(^!)', '        --------(^!)', '        --------------(^!)'];
      const unsub = '          ^-------------------!';
      const expected = '       (ic)--C-(did)-(id)--';
      expectObservable(phases(of$(target$, { connect: (target) => dial[target as 'a' | 'b'], probe: () => cold('#') })), unsub).toBe(expected);
      expectSubscriptions(dial.b.subscriptions).toBe(dialSubs);
    }));

    it('is taken in place where the dialer can, without a dial', marbles(({ hot, expectObservable, flush }) => {
      const updates: string[] = [];
      let dials = 0;
      const target$ = hot('    a----b----', targets);
      const unsub = '          ^--------!';
      const expected = '       (ia)-b----';
      const state$ = of$(target$, {
        ...hangs,
        connect: () => of(`connection ${++dials}`),
        update: (connection, target) => { updates.push(`${connection} takes ${target}`); return true; },
      }, slow).pipe(map((state) => (state.phase === 'connected' ? state.fingerprint : letters[state.phase])));
      expectObservable(state$, unsub).toBe(expected);
      flush();
      expect(updates).to.deep.equal(['connection 1 takes b']);
      expect(dials).to.equal(1);
    }));

    it('is dialled where the dialer fails to take it in place', marbles(({ hot, expectObservable }) => {
      const target$ = hot('    a----b----', targets);
      const state$ = of$(target$, { ...hangs, connect: (target) => of(target), update: () => { throw new Error('cannot'); } }, slow)
        .pipe(map((state) => (state.phase === 'connected' ? state.connection : letters[state.phase])));
      expectObservable(state$, '^--------!').toBe('(ia)-b----');
    }));

    it('with the same fingerprint changes nothing', marbles(({ hot, expectObservable }) => {
      const target$ = hot('    a----a----', targets);
      expectObservable(phases(of$(target$, hangs, slow)), '^--------!').toBe('(ic)');
    }));
  });

  describe('no target', () => {
    it('closes the connection and waits, with the reason', marbles(({ hot, expectObservable, flush }) => {
      const closed: string[] = [];
      const target$ = hot('    a----u---a---', targets);
      const unsub = '          ^-----------!';
      const expected = '       (ic)-p---(ic)';
      expectObservable(phases(of$(target$, { close: (connection) => closed.push(connection) }, { ...short, probeInterval: 50 })), unsub).toBe(expected);
      flush();
      expect(closed).to.deep.equal(['a', 'a']);
    }));

    it('leaves a connection that may be kept for as long as it lives', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a----k---------', targets);
      const answers = [cold('#'), cold('#'), cold('-')];
      const unsub = '          ^--------------!';
      const expected = '       (ic)----p-------';
      expectObservable(phases(of$(target$, { probe: () => answers.shift()! })), unsub).toBe(expected);
    }));

    it('for the same reason as before has not begun anew', marbles(({ hot, expectObservable }) => {
      const target$ = hot('u-v--w', { u: { ready: false, reason: 'one' }, v: { ready: false, reason: 'one', error: 'newer' }, w: { ready: false, reason: 'two' } } as const);
      const unsub = '      ^------!';
      const expected = '   0-0--5';
      expectObservable(of$(target$, {}).pipe(map(({ since }) => since.getTime().toString())), unsub).toBe(expected);
    }));

    it('ends a retry that was waiting, kept or not', marbles(({ hot, cold, expectObservable }) => {
      const target$ = hot('    a--k-----------', targets);
      const unsub = '          ^--------------!';
      const expected = '       id-p------------';
      expectObservable(phases(of$(target$, { connect: () => cold('-#') })), unsub).toBe(expected);
    }));
  });

  describe('ending', () => {
    it('closes what it opened when unsubscribed, and ends a dial under way', marbles(({ hot, cold, expectObservable, expectSubscriptions, flush }) => {
      const closed: string[] = [];
      const target$ = hot('    a---b------', targets);
      const dial = { a: cold<string>('a'), b: cold<string>('-------b') };
      const dialSubs = '       ----^---!  ';
      const unsub = '          ^-------!  ';
      const state$ = of$(target$, { probe: () => cold('-'), connect: (t) => dial[t as 'a' | 'b'], close: (c) => closed.push(c) }, { ...short, probeInterval: 50 });
      expectObservable(phases(state$), unsub).toBe('(ic)');
      expectSubscriptions(dial.b.subscriptions).toBe(dialSubs);
      flush();
      expect(closed).to.deep.equal(['a']);
    }));

    for (const [phase, dials] of [['pending', 0], ['connecting', 1], ['connected', 1], ['disconnected', 1]] as const) {
      it(`does nothing more once it is unsubscribed from inside the state ${phase}`, marbles(({ hot, cold, flush }) => {
        let dialled = 0;
        let open = 0;
        of$(hot('u-a-----', targets), {
          connect: (target) => defer(() => {
            dialled += 1;
            open += 1;
            return of(target);
          }),
          probe: () => cold('#'),
          close: () => { open -= 1; },
        }).pipe(takeWhile((state) => state.phase !== phase)).subscribe();
        flush();
        expect({ dialled, open }).to.deep.equal({ dialled: dials, open: 0 });
      }));
    }

    it('completes when its target does, after the connection is closed', marbles(({ hot, expectObservable, flush }) => {
      const order: string[] = [];
      const target$ = hot('    a----|', targets);
      const expected = '       (ic)-|';
      const state$ = of$(target$, { close: () => order.push('closed') }, { ...short, probeInterval: 50 }).pipe(tap({ complete: () => order.push('completed') }));
      expectObservable(phases(state$)).toBe(expected);
      flush();
      expect(order).to.deep.equal(['closed', 'completed']);
    }));

    it('never errors: a target that errors ends it as one that completes', marbles(({ hot, expectObservable }) => {
      const target$ = hot('    a----#', targets);
      expectObservable(phases(of$(target$, {}, { ...short, probeInterval: 50 }))).toBe('(ic)-|');
    }));

    it('closes a connection that arrives while the subscriber leaves', () => {
      const closed: string[] = [];
      const target$ = new Subject<TargetState<string>>();
      const dialled = new Subject<string>();
      const subscription = of$(target$, { connect: () => dialled, close: (connection) => closed.push(connection) })
        .subscribe(({ phase }) => { if (phase === 'connected') subscription.unsubscribe(); });
      target$.next(to('a'));
      dialled.next('a');
      expect(closed).to.deep.equal(['a']);
    });

    it('survives a dialer that cannot close', () => {
      const target$ = new Subject<TargetState<string>>();
      const seen: string[] = [];
      of$(target$, { close: () => { throw new Error('cannot close'); } }).subscribe(({ phase }) => seen.push(phase));
      target$.next(to('a'));
      target$.next(targets['u']!);
      target$.complete();
      expect(seen).to.deep.equal(['connecting', 'connected', 'pending']);
    });
  });

  describe('a consumer', () => {
    it('may push a target from inside a state, and sees the states in order', () => {
      const target$ = new Subject<TargetState<string>>();
      const seen: string[] = [];
      const subscription = of$(target$, {}).subscribe((state) => {
        seen.push(state.phase === 'connected' ? `connected ${state.connection}` : state.phase);
        if (state.phase === 'connected' && state.connection === 'a') target$.next(to('b'));
      });
      target$.next(to('a'));
      subscription.unsubscribe();
      expect(seen).to.deep.equal(['connecting', 'connected a', 'connected b']);
    });

    it('has connections of its own for each subscription', () => {
      const opened: string[] = [];
      const state$ = of$(of(to('a')), { connect: (target) => { opened.push(target); return of(target); } });
      state$.subscribe();
      state$.subscribe();
      expect(opened).to.deep.equal(['a', 'a']);
    });
  });

  describe('its input', () => {
    const target$ = of(to('a'));
    const dialer = { connect: () => of('c'), probe: () => of(), close() {} };
    const cases: [string, unknown, string][] = [
      ['a probe interval of 0', { target$, dialer, options: { probeInterval: 0 } }, 'options.probeInterval must be a number of milliseconds, above 0 and at most 2147483647; got 0'],
      ['a duration as text', { target$, dialer, options: { retryInterval: '30s' } }, 'options.retryInterval must be a number of milliseconds, above 0 and at most 2147483647; got "30s"'],
      ['half a failure', { target$, dialer, options: { failureThreshold: 1.5 } }, 'options.failureThreshold must be a whole number, 1 or more; got 1.5'],
      ['an option that nobody reads', { target$, dialer, options: { probeIntervall: 1 } }, 'options.probeIntervall must be one of probeInterval, probeTimeout, failureThreshold, retryInterval, random, scheduler; got an unknown field'],
      ['no dialer', { target$ }, 'connectionStream.dialer must be an object with connect(), probe() and close(); got undefined'],
      ['a promise for a target', { target$: Promise.resolve(), dialer }, 'connectionStream.target$ must be an Observable; got an object of Promise'],
    ];
    for (const [what, input, message] of cases) {
      it(`refuses ${what}`, () => {
        expect(() => connectionStream(input as Parameters<typeof connectionStream>[0])).to.throw(TypeError, message);
      });
    }
  });
});

function failures$(state$: Observable<StreamState<string>>): Observable<string> {
  return state$.pipe(map(({ health }) => String(health.consecutiveFailures)), distinctUntilChanged());
}
