import { expect } from 'chai';
import type { Subscription } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { type LeadershipState, leaderElection } from '../../lib/manager/leader-election.ts';
import type { LeaderElectionOptions } from '../../lib/manager/leader-election-options.ts';
import { type Leadership, LeadershipLostError } from '../../lib/manager/leadership.ts';
import { type ElectionLease, microTime } from '../../lib/manager/lease-record.ts';
import type { LogFields } from '../../lib/model/logger.ts';
import { type Fate, LeaseStore, refusal } from './lease-store.ts';

const HOUR = 3_600_000;
const LEASE = { namespace: 'default', name: 'election' };

/** A logger that keeps what it is told. */
function recordingLogger() {
  const records: string[] = [];
  const fields: LogFields[] = [];
  const at = (level: string) => (given: LogFields, message: string) => {
    records.push(`${level} ${message}`);
    fields.push(given);
  };
  return { records, fields, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

/** A Lease that `holder` renewed just now. */
const heldBy = (holder: string, more: ElectionLease['spec'] = {}): NonNullable<ElectionLease['spec']> =>
  ({ holderIdentity: holder, leaseDurationSeconds: 15, acquireTime: microTime(Date.now()), renewTime: microTime(Date.now()), leaseTransitions: 4, ...more });

describe('leaderElection', () => {
  let clock: SinonFakeTimers;
  let store: LeaseStore;
  let candidates: Subscription[];
  beforeEach(() => {
    clock = useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    store = new LeaseStore();
    candidates = [];
  });
  afterEach(async () => {
    for (const candidate of candidates) candidate.unsubscribe();
    await clock.tickAsync(30_000);
    expect(clock.countTimers(), 'timers that are left').to.equal(0);
    clock.restore();
  });

  interface Run {
    readonly states: LeadershipState[];
    readonly phases: () => string[];
    readonly leadership: () => Leadership;
    completed: boolean;
    readonly subscription: Subscription;
  }

  /** Runs a candidate called `identity`; without jitter, unless told otherwise. */
  function run(identity: string, { fate, ...options }: Partial<LeaderElectionOptions> & { readonly fate?: (call: string) => Fate } = {}): Run {
    const states: LeadershipState[] = [];
    const election$ = leaderElection({ client: store.client(identity, fate), lease: LEASE, identity, random: () => 0, ...options });
    const one: { completed: boolean } = { completed: false };
    const subscription = election$.subscribe({ next: (state) => { states.push(state); }, complete: () => { one.completed = true; } });
    candidates.push(subscription);
    return Object.assign(one, {
      states, subscription,
      phases: () => states.map(({ phase, holder, generation }) => `${phase} ${holder || '-'} ${generation}`),
      leadership: () => {
        const leading = states.find(({ leader }) => leader);
        if (leading?.phase !== 'leading') throw new Error(`${identity} has not led`);
        return leading.leadership;
      },
    });
  }

  describe('one try (client-go TestTryAcquireOrRenew)', () => {
    interface Case {
      readonly title: string;
      readonly lease?: () => ElectionLease['spec'];
      readonly after?: number;
      readonly phases: readonly string[];
      readonly calls: readonly string[];
    }
    const cases: readonly Case[] = [
      // acquire from no object
      { title: 'makes the Lease where there is none', phases: ['waiting - 0', 'leading a 0'], calls: ['a get', 'a create'] },
      // acquire from object without annotations, acquire from unled object
      { title: 'takes a Lease without a spec', lease: () => undefined, phases: ['waiting - 0', 'leading a 1'], calls: ['a get', 'a update'] },
      { title: 'takes a Lease that nobody holds', lease: () => heldBy(''), phases: ['waiting - 0', 'leading a 5'], calls: ['a get', 'a update'] },
      { title: 'takes a Lease whose holder is null', lease: () => ({ holderIdentity: null, leaseTransitions: null }), phases: ['waiting - 0', 'leading a 1'], calls: ['a get', 'a update'] },
      // don't acquire from led, acked object; don't acquire from led object whose renew time is long ago by the wall clock
      { title: 'waits for a Lease that another holds', lease: () => heldBy('b'), phases: ['waiting - 0', 'waiting b 4'], calls: ['a get'] },
      { title: 'waits for a Lease that it has not seen before, however old it says it is', lease: () => heldBy('b', { renewTime: microTime(0) }), phases: ['waiting - 0', 'waiting b 4'], calls: ['a get'] },
      // acquire from led, unacked object
      { title: 'takes a Lease that has not changed for its duration', lease: () => heldBy('b'), after: 15_000, phases: ['waiting - 0', 'waiting b 4', 'leading a 5'], calls: [...Array<string>(9).fill('a get'), 'a update'] },
      { title: 'waits as long as the Lease says, and not as it would say itself', lease: () => heldBy('b', { leaseDurationSeconds: 4 }), after: 4_000, phases: ['waiting - 0', 'waiting b 4', 'leading a 5'], calls: ['a get', 'a get', 'a get', 'a update'] },
      // renew already acquired object: there it goes on with the term, here a process that was started again begins a new one
      { title: 'waits for a Lease of its own name that it did not write', lease: () => heldBy('a'), phases: ['waiting - 0', 'waiting a 4'], calls: ['a get'] },
      { title: 'begins a new term where its own name has run out', lease: () => heldBy('a'), after: 15_000, phases: ['waiting - 0', 'waiting a 4', 'leading a 5'], calls: [...Array<string>(9).fill('a get'), 'a update'] },
    ];
    for (const { title, lease, after = 0, phases, calls } of cases) {
      it(title, async () => {
        if (lease !== undefined) store.put(lease());
        const a = run('a');
        await clock.tickAsync(after + 4 + Math.ceil(after / 2_000) * 2);
        expect(a.phases()).to.deep.equal(phases);
        expect(store.calls).to.deep.equal(calls);
      });
    }

    it('writes who holds it, for how long, since when, and how often it has changed', async () => {
      store.put({ ...heldBy(''), preferredHolder: 'kept' } as ElectionLease['spec']);
      run('a', { leaseDuration: 14_200 });
      await clock.tickAsync(4);
      const at = '2026-01-01T00:00:00.002000Z';
      expect(store.lease?.spec).to.deep.equal({ holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: at, renewTime: at, leaseTransitions: 5, preferredHolder: 'kept' });
      await clock.tickAsync(2_002);
      expect(store.lease?.spec).to.deep.include({ acquireTime: at, renewTime: '2026-01-01T00:00:02.004000Z', leaseTransitions: 5 });
    });

    it('of two who see the same Lease, the one whose write comes second waits', async () => {
      const a = run('a');
      const b = run('b');
      await clock.tickAsync(10);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
      await clock.tickAsync(2_000);
      expect(b.phases()).to.deep.equal(['waiting - 0', 'waiting a 0']);
    });
  });

  describe('a term', () => {
    it('is renewed every retryPeriod, by one request each, with the resourceVersion of the last', async () => {
      run('a');
      await clock.tickAsync(30_000);
      expect(store.calls.slice(0, 4)).to.deep.equal(['a get', 'a create', 'a update', 'a update']);
      expect(store.calls).to.have.length(2 + 14);
      expect(store.spec.leaseTransitions).to.equal(0);
    });

    it('is valid until renewDeadline after the last renewal was begun, and then no more, whatever comes', async () => {
      let fate: Fate = 'answered';
      const a = run('a', { fate: () => fate });
      await clock.tickAsync(4);
      const leadership = a.leadership();
      expect(leadership.validUntil).to.equal(2 + 10_000);
      await clock.tickAsync(2_002);
      expect(leadership.validUntil).to.equal(2_004 + 10_000);
      fate = 'lost';
      await clock.tickAsync(9_997);
      expect(leadership.isValid()).to.equal(true);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
      await clock.tickAsync(1);
      expect(leadership.isValid()).to.equal(false);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0', 'lost a 0']);
      expect(a.states.at(-1)).to.have.property('error').that.is.instanceOf(LeadershipLostError).with.property('message', 'leadership lost: not renewed within 10000 ms');
      expect(a.completed).to.equal(true);
      fate = 'answered';
      await clock.tickAsync(HOUR);
      expect(a.phases()).to.have.length(3);
      expect(store.calls.at(-1), 'nothing is asked after the end').to.equal('a get');
    });

    it('that a stopped process had is over at its first instruction, before any timer', async () => {
      const a = run('a');
      await clock.tickAsync(4_100);
      const leadership = a.leadership();
      expect(leadership.isValid()).to.equal(true);
      const { ended } = leadership;
      // Time goes on, and neither timers nor answers are served.
      const now = performance.now();
      Object.defineProperty(performance, 'now', { value: () => now + 30_000, configurable: true });
      expect(leadership.isValid()).to.equal(false);
      expect(ended()).to.be.instanceOf(LeadershipLostError);
      expect(() => leadership.assertValid()).to.throw(LeadershipLostError);
      // Not valid once, never valid again: not even where the clock were to come back.
      Object.defineProperty(performance, 'now', { value: () => now, configurable: true });
      expect(leadership.isValid()).to.equal(false);
    });

    it('goes on over failures that are shorter than renewDeadline, and says each once', async () => {
      const { records, logger } = recordingLogger();
      let fate: Fate = 'answered';
      const a = run('a', { logger, fate: () => fate });
      await clock.tickAsync(4);
      fate = 'refused';
      await clock.tickAsync(8_000);
      fate = 'answered';
      await clock.tickAsync(20_000);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
      expect(a.leadership().isValid()).to.equal(true);
      expect(records).to.deep.equal(['info leads', 'error cannot renew the lease', 'error cannot renew the lease']);
    });

    it('reads the Lease again where a renewal conflicts, and goes on where it is still its own (client-go TestTryAcquireOrRenew: optimistic update fails)', async () => {
      const a = run('a');
      await clock.tickAsync(4);
      store.put(store.spec, 'an administrator');
      await clock.tickAsync(2_010);
      expect(store.calls.slice(2)).to.deep.equal(['a update', 'a get', 'a update']);
      expect(a.leadership().isValid()).to.equal(true);
      expect(store.writes.at(-1)).to.include({ by: 'a', transitions: 0 });
    });

    it('that a renewal without an answer has changed goes on: the record is its own', async () => {
      let answers = true;
      const a = run('a', { fate: (call) => (call === 'update' && !answers ? 'unanswered' : 'answered') });
      await clock.tickAsync(4);
      answers = false;
      await clock.tickAsync(2_000);
      answers = true;
      await clock.tickAsync(30_000);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
      expect(a.leadership().isValid()).to.equal(true);
    });

    it('makes the Lease again where it was deleted, in the same term', async () => {
      const a = run('a');
      await clock.tickAsync(4);
      store.lease = undefined;
      await clock.tickAsync(2_010);
      expect(store.spec).to.include({ holderIdentity: 'a', leaseTransitions: 0 });
      expect(a.leadership().isValid()).to.equal(true);
    });

    for (const [what, spec, got] of [
      ['another holds the Lease', heldBy('b', { leaseTransitions: 7 }), 'got "b" with 7'],
      ['nobody holds the Lease', heldBy('', { leaseTransitions: 7 }), 'got nobody with 7'],
      ['a process of the same identity holds the Lease', heldBy('a', { leaseTransitions: 7 }), 'got "a" with 7: is there another process of the same identity?'],
    ] as const) {
      it(`is lost as soon as ${what}`, async () => {
        const a = run('a');
        await clock.tickAsync(4);
        store.put(spec);
        await clock.tickAsync(2_004);
        expect(a.phases().at(-1)).to.match(/^lost/);
        const [last] = a.states.slice(-1);
        if (last?.phase !== 'lost') return expect.fail();
        expect(last.error.message).to.equal(`leadership lost: Lease default/election must be held by "a" with leaseTransitions 0; ${got}`);
        expect(a.leadership().ended()).to.equal(last.error);
        expect(a.completed).to.equal(true);
      });
    }
  });

  describe('a wall clock that jumps', () => {
    for (const [direction, jump] of [['forward', HOUR], ['back', -HOUR]] as const) {
      it(`${direction} by an hour changes nothing for who leads`, async () => {
        const a = run('a');
        await clock.tickAsync(4_100);
        clock.setSystemTime(Date.now() + jump);
        expect(a.leadership().isValid()).to.equal(true);
        await clock.tickAsync(60_000);
        expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
        expect(a.leadership().isValid()).to.equal(true);
      });

      it(`${direction} by an hour changes nothing for who waits`, async () => {
        store.put(heldBy('b'));
        const a = run('a');
        await clock.tickAsync(4_100);
        clock.setSystemTime(Date.now() + jump);
        await clock.tickAsync(10_800);
        expect(a.phases()).to.deep.equal(['waiting - 0', 'waiting b 4']);
        await clock.tickAsync(200);
        expect(a.phases().at(-1)).to.equal('leading a 5');
      });

      it(`${direction} by an hour changes nothing for when a term is over`, async () => {
        let fate: Fate = 'answered';
        const a = run('a', { fate: () => fate });
        await clock.tickAsync(4);
        fate = 'lost';
        clock.setSystemTime(Date.now() + jump);
        await clock.tickAsync(9_997);
        expect(a.leadership().isValid()).to.equal(true);
        await clock.tickAsync(1);
        expect(a.phases().at(-1)).to.equal('lost a 0');
      });
    }
  });

  describe('candidates that wait', () => {
    it('take over at the moment when the Lease has not changed for its duration, and not a ms before', async () => {
      let fate: Fate = 'answered';
      const a = run('a', { fate: () => fate });
      await clock.tickAsync(500);
      const b = run('b');
      await clock.tickAsync(1_600);
      fate = 'lost';
      await clock.tickAsync(30_000);
      const renewed = store.writes.findLast(({ by }) => by === 'a')?.at ?? 0;
      const taken = store.writes.find(({ by }) => by === 'b')?.at ?? 0;
      expect(a.leadership().validUntil).to.be.below(taken);
      expect(taken - renewed).to.be.within(15_000, 15_000 + 2 * 2_000);
      expect(b.phases().at(-1)).to.equal('leading b 1');
    });

    it('try again after a retryPeriod and up to a fifth more, each time drawn anew', async () => {
      store.put(heldBy('b', { leaseDurationSeconds: 60 }));
      const draws = [0, 0.5, 0.999];
      run('a', { random: () => draws.shift() ?? 0 });
      const asked: number[] = [];
      for (let at = 0; at < 7_000; at += 1) {
        if (store.calls.length > asked.length) asked.push(at);
        await clock.tickAsync(1);
      }
      expect(asked).to.deep.equal([0, 2_002, 4_204, 6_605]);
    });

    it('are told of every change of the holder once, and log it', async () => {
      const { records, fields, logger } = recordingLogger();
      store.put(heldBy('b'));
      const a = run('a', { logger });
      await clock.tickAsync(6_000);
      store.put(heldBy('b', { leaseTransitions: 4 }));
      await clock.tickAsync(6_000);
      store.put(heldBy('c', { leaseTransitions: 5 }));
      await clock.tickAsync(6_000);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'waiting b 4', 'waiting c 5']);
      expect(records).to.deep.equal(['info the lease has a holder', 'info the lease has a holder']);
      expect(fields).to.deep.equal([{ lease: 'default/election', identity: 'a', holder: 'b' }, { lease: 'default/election', identity: 'a', holder: 'c' }]);
    });

    it('do not take a Lease that was deleted while another held it, before it would have expired', async () => {
      store.put(heldBy('b'));
      const a = run('a');
      await clock.tickAsync(4);
      store.lease = undefined;
      await clock.tickAsync(14_500);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'waiting b 4']);
      await clock.tickAsync(1_000);
      expect(a.phases().at(-1)).to.equal('leading a 5');
      expect(store.spec.leaseTransitions, 'it does not count from the beginning again').to.equal(5);
    });

    it('count on from the highest leaseTransitions that they saw, where somebody sets it back', async () => {
      store.put(heldBy('b', { leaseTransitions: 9 }));
      const a = run('a');
      await clock.tickAsync(4);
      store.put(heldBy('', { leaseTransitions: 0 }));
      await clock.tickAsync(2_010);
      expect(a.leadership().generation).to.equal(10);
    });

    it('lead by what they wrote where its answer was lost, in the term that they wrote', async () => {
      let first = true;
      const a = run('a', { fate: (call) => {
        if (call !== 'create' || !first) return 'answered';
        first = false;
        return 'unanswered';
      } });
      await clock.tickAsync(5_000 + 2_000 + 10);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
      expect(store.writes.map(({ by }) => by)).to.deep.equal(['a', 'a']);
      expect(a.leadership().validUntil).to.equal(store.writes[1]?.at as number - 1 + 10_000);
    });

    it('do not lead by an answer that came after the term was over', async () => {
      const client = store.client('a');
      const late: typeof client = { ...client, create: (...args) => client.create(...args).then((made) => new Promise((resolve) => { setTimeout(() => resolve(made), 10_000); })) };
      const a = run('a', { client: late });
      await clock.tickAsync(10_100);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'waiting a 0']);
      await clock.tickAsync(2_100);
      expect(a.phases().at(-1)).to.equal('leading a 0');
      expect(a.leadership().isValid()).to.equal(true);
    });

    it('go on while the server is down, and lead when it is back', async () => {
      const { records, logger } = recordingLogger();
      let fate: Fate = 'refused';
      const a = run('a', { logger, fate: () => fate });
      await clock.tickAsync(HOUR);
      fate = 'answered';
      await clock.tickAsync(2_010);
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0']);
      expect(records).to.deep.equal(['error cannot acquire the lease', 'info leads']);
    });
  });

  describe('a Lease that is none of ours', () => {
    for (const [what, leaseDurationSeconds, waits] of [['no', undefined, 15_000], ['a negative', -3, 15_000], ['a fractional', 0.5, 15_000], ['no possible', 'ten' as unknown as number, 15_000], ['an absurd', 2 ** 31 - 1, undefined]] as const) {
      it(`with ${what} leaseDurationSeconds is waited for, and said to be strange once`, async () => {
        const { records, fields, logger } = recordingLogger();
        store.put({ holderIdentity: 'kubelet', ...(leaseDurationSeconds === undefined ? {} : { leaseDurationSeconds }) });
        const a = run('a', { logger });
        await clock.tickAsync(14_990);
        expect(a.phases()).to.deep.equal(['waiting - 0', 'waiting kubelet 0']);
        await clock.tickAsync(20_000);
        expect(a.phases().length).to.equal(waits === undefined ? 2 : 3);
        expect(records.slice(0, 2)).to.deep.equal(['info the lease has a holder', 'warn the lease was written by somebody else than a candidate']);
        expect(records.filter((record) => record.startsWith('warn'))).to.have.length(1);
        expect(fields[1]).to.deep.include({ holder: 'kubelet', expected: 'leaseDurationSeconds from 1 to 3600', got: leaseDurationSeconds ?? 'none' });
      });
    }

    for (const verb of ['get', 'create', 'update']) {
      it(`and may not be ${verb === 'get' ? 'read' : verb === 'create' ? 'made' : 'written'} is said once, with what is expected, and tried again`, async () => {
        const { records, fields, logger } = recordingLogger();
        if (verb === 'update') store.put(heldBy(''));
        let forbidden = true;
        const a = run('a', { logger, fate: (call) => (call === verb && forbidden ? refusal(403, 'Forbidden') : 'answered') });
        await clock.tickAsync(60_000);
        expect(records).to.deep.equal(['error cannot acquire the lease']);
        expect(fields[0]).to.deep.include({ lease: 'default/election', expected: 'a user with the verbs get, create and update on leases.coordination.k8s.io in this namespace' });
        forbidden = false;
        await clock.tickAsync(2_010);
        expect(a.phases().at(-1)).to.match(/^leading/);
      });
    }
  });

  describe('told to stop (client-go TestReleaseLease, TestReleaseOnCancellation)', () => {
    it('gives the Lease back, ends the term before it does, and completes after', async () => {
      const stop = new AbortController();
      const a = run('a', { signal: stop.signal });
      await clock.tickAsync(3_000);
      stop.abort();
      expect(a.leadership().isValid()).to.equal(false);
      expect(a.completed).to.equal(false);
      await clock.tickAsync(4);
      expect(store.calls.slice(-2)).to.deep.equal(['a get', 'a update']);
      const at = microTime(Date.now() - 2);
      expect(store.spec).to.deep.equal({ holderIdentity: '', leaseDurationSeconds: 1, acquireTime: at, renewTime: at, leaseTransitions: 0 });
      expect(a.phases()).to.deep.equal(['waiting - 0', 'leading a 0', 'released - 0']);
      expect(a.completed).to.equal(true);
    });

    it('the next one need not wait, and its term has a higher number', async () => {
      const stop = new AbortController();
      run('a', { signal: stop.signal });
      await clock.tickAsync(100);
      const b = run('b');
      await clock.tickAsync(100);
      stop.abort();
      await clock.tickAsync(2_010);
      expect(b.phases()).to.deep.equal(['waiting - 0', 'waiting a 0', 'leading b 1']);
    });

    it('gives it back without a word where it is unsubscribed', async () => {
      const a = run('a');
      await clock.tickAsync(3_000);
      a.subscription.unsubscribe();
      expect(a.leadership().isValid()).to.equal(false);
      await clock.tickAsync(4);
      expect(store.spec).to.include({ holderIdentity: '' });
      await clock.tickAsync(60_000);
      expect(store.calls.slice(-2), 'nothing more is asked').to.deep.equal(['a get', 'a update']);
    });

    it('while it renews: tries once more where the renewal has come through', async () => {
      const stop = new AbortController();
      const a = run('a', { signal: stop.signal });
      await clock.tickAsync(2_004);
      expect(store.calls.at(-1)).to.equal('a update');
      stop.abort();
      store.put(store.spec, 'an administrator');
      await clock.tickAsync(10);
      expect(store.spec).to.include({ holderIdentity: '' });
      expect(a.completed).to.equal(true);
    });

    it('leaves a Lease alone that is another\'s by now', async () => {
      const stop = new AbortController();
      const a = run('a', { signal: stop.signal });
      await clock.tickAsync(100);
      store.put(heldBy('b'));
      stop.abort();
      await clock.tickAsync(10);
      expect(store.spec).to.include({ holderIdentity: 'b' });
      expect(a.completed).to.equal(true);
    });

    it('keeps the Lease where releaseOnCancel is false', async () => {
      const stop = new AbortController();
      const a = run('a', { signal: stop.signal, releaseOnCancel: false });
      await clock.tickAsync(100);
      stop.abort();
      expect(a.phases().at(-1)).to.equal('released a 0');
      expect(a.completed).to.equal(true);
      await clock.tickAsync(100);
      expect(store.spec).to.include({ holderIdentity: 'a' });
    });

    it('completes within renewDeadline where the server does not answer', async () => {
      const stop = new AbortController();
      let fate: Fate = 'answered';
      const a = run('a', { signal: stop.signal, fate: () => fate });
      await clock.tickAsync(100);
      fate = 'lost';
      stop.abort();
      await clock.tickAsync(10_000);
      expect(a.completed).to.equal(true);
    });

    it('asks for nothing where it waits, or has lost', async () => {
      store.put(heldBy('b'));
      const stop = new AbortController();
      const a = run('a', { signal: stop.signal });
      await clock.tickAsync(100);
      const { length } = store.calls;
      stop.abort();
      expect(a.completed).to.equal(true);
      await clock.tickAsync(60_000);
      expect(store.calls).to.have.length(length);
    });

    it('before it begins: nothing is asked', () => {
      const a = run('a', { signal: AbortSignal.abort() });
      expect(a.completed).to.equal(true);
      expect(store.calls).to.deep.equal([]);
    });

    it('gives back what it acquired unawares', async () => {
      const stop = new AbortController();
      const a = run('a', { signal: stop.signal, fate: (call) => (call === 'create' ? 'unanswered' : 'answered') });
      await clock.tickAsync(100);
      expect(store.spec).to.include({ holderIdentity: 'a' });
      stop.abort();
      await clock.tickAsync(10);
      expect(store.spec).to.include({ holderIdentity: '' });
      expect(a.phases()).to.deep.equal(['waiting - 0']);
      expect(a.completed).to.equal(true);
    });
  });

  it('the generation grows with every change of holder, over crashes, releases and restarts under one name', async () => {
    const generations: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const stop = new AbortController();
      let fate: Fate = 'answered';
      const one = run('a', { signal: stop.signal, fate: () => fate });
      await clock.tickAsync(20_000);
      generations.push(one.leadership().generation);
      if (round % 2 === 0) stop.abort();
      else fate = 'lost';
      await clock.tickAsync(10_010);
    }
    expect(generations).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });

  it('at most one of many candidates leads at any ms, whatever becomes of their requests', async () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const fates: readonly Fate[] = ['answered', 'answered', 'answered', 'answered', 'unanswered', 'lost', 'refused', refusal(500, 'InternalError')];
    const fate = () => fates[Math.floor(random() * fates.length)] ?? 'answered';
    const runs: Run[] = [];
    let led = 0;
    let highest = -1;
    const timing = { leaseDuration: 2_000, renewDeadline: 900, retryPeriod: 200, random };
    for (let at = 0; at < 120_000; at += 10) {
      const active = runs.filter(({ completed }) => !completed);
      if (active.length < 4) runs.push(run(`c${runs.length % 5}-${runs.length}`, { ...timing, fate }));
      await clock.tickAsync(10);
      const leaders = runs.flatMap(({ states }) => states.flatMap((state) => (state.phase === 'leading' && state.leadership.isValid() ? [state.leadership] : [])));
      expect(leaders.length, `leaders after ${at} ms`).to.be.at.most(1);
      const [leader] = leaders;
      if (leader === undefined) continue;
      led += 1;
      expect(leader.generation).to.be.at.least(highest);
      highest = leader.generation;
    }
    expect(led, 'it is not that nobody leads').to.be.above(3_000);
    expect(highest).to.be.above(5);
  });

  describe('options', () => {
    const options = { client: new LeaseStore().client('a'), lease: LEASE };
    it('has the timings of client-go, and an identity of its own for every candidate', async () => {
      run('a', { identity: undefined });
      await clock.tickAsync(4);
      expect(store.spec.leaseDurationSeconds).to.equal(15);
      expect(store.spec.holderIdentity).to.match(/^.+_[0-9a-f]{8}-[0-9a-f-]{27}$/);
    });

    for (const [timings, got] of [
      [{ leaseDuration: 10_000 }, 'leaseDuration 10000, renewDeadline 10000, retryPeriod 2000'],
      [{ renewDeadline: 2_400 }, 'leaseDuration 15000, renewDeadline 2400, retryPeriod 2000'],
      [{ retryPeriod: 9_000 }, 'leaseDuration 15000, renewDeadline 10000, retryPeriod 9000'],
    ] as const) {
      it(`refuses ${JSON.stringify(timings)} (client-go TestLeaderElectionConfigValidation)`, () => {
        expect(() => leaderElection({ ...options, ...timings })).to.throw(TypeError, `leaderElection must have leaseDuration > renewDeadline > retryPeriod × 1.2; got ${got}`);
      });
    }

    for (const [wrong, message] of [
      [{ identity: '' }, 'leaderElection.identity must be a non-empty string; got ""'],
      [{ lease: { namespace: 'default', name: '' } }, 'leaderElection.lease.name must be a non-empty string; got ""'],
      [{ leaseDuration: -1 }, 'leaderElection.leaseDuration must be a number of milliseconds, above 0 and at most 2147483647; got -1'],
      [{ client: {} as never }, 'leaderElection.client must be a client; got an object of Object'],
      [{ renewDeadlin: 1 } as never, 'leaderElection.renewDeadlin must be one of'],
    ] as const) {
      it(`refuses ${JSON.stringify(wrong)}`, () => {
        expect(() => leaderElection({ ...options, ...wrong })).to.throw(TypeError, message);
      });
    }
  });
});
