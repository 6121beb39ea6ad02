import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { type ConflictRetryOptions, retryOnConflict } from '../../lib/client/retry-on-conflict.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { rejection } from './served-cluster.ts';

const conflict = (name = 'a') => new StatusError({ kind: 'Status', code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${name}` });
const alreadyExists = new StatusError({ kind: 'Status', code: 409, reason: 'AlreadyExists' });

// client-go: util/retry, TestRetryOnConflict
describe('retryOnConflict', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers({ toNotFake: ['nextTick', 'queueMicrotask'] }); });
  afterEach(() => { clock.restore(); });

  /** Work that fails with these, one by one, and the times of its attempts. */
  const scripted = (...failures: readonly unknown[]) => {
    const attempts: number[] = [];
    const work = async (): Promise<string> => {
      attempts.push(clock.now);
      const failure = failures[attempts.length - 1];
      if (failure !== undefined) throw failure;
      return `done by attempt ${attempts.length}`;
    };
    return { work, attempts };
  };
  const settled = async <T>(call: Promise<T>): Promise<T> => {
    call.catch(() => {});
    await clock.runAllAsync();
    return call;
  };
  const PLAIN = { random: () => 0 };

  it('resolves to what the first attempt resolves to', async () => {
    const { work, attempts } = scripted();
    expect(await settled(retryOnConflict(work))).to.equal('done by attempt 1');
    expect(attempts).to.deep.equal([0]);
  });

  it('takes work that returns at once, or throws', async () => {
    expect(await settled(retryOnConflict(() => 1))).to.equal(1);
    expect(await rejection(settled(retryOnConflict(() => { throw new Error('no'); })))).to.include({ message: 'no' });
  });

  it('does it again 10 ms after a conflict', async () => {
    const { work, attempts } = scripted(conflict(), conflict());
    expect(await settled(retryOnConflict(work, PLAIN))).to.equal('done by attempt 3');
    expect(attempts).to.deep.equal([0, 10, 20]);
  });

  it('spreads the attempts by up to a tenth', async () => {
    const { work, attempts } = scripted(conflict());
    await settled(retryOnConflict(work, { delay: 1_000, random: () => 0.5 }));
    expect(attempts).to.deep.equal([0, 1_050]);
  });

  it('rejects with the last conflict after five attempts', async () => {
    const { work, attempts } = scripted(...Array.from({ length: 9 }, (_, index) => conflict(String(index + 1))));
    expect(await rejection(settled(retryOnConflict(work, PLAIN)))).to.include({ message: 'Operation cannot be fulfilled on 5' });
    expect(attempts).to.have.length(5);
  });

  it('waits longer and more often where it is told so', async () => {
    const { work, attempts } = scripted(conflict(), conflict(), conflict());
    await rejection(settled(retryOnConflict(work, { ...PLAIN, steps: 3, delay: 5, factor: 3, jitter: 0 })));
    expect(attempts).to.deep.equal([0, 5, 20]);
  });

  it('tries once where that is all', async () => {
    const { work, attempts } = scripted(conflict());
    await rejection(settled(retryOnConflict(work, { steps: 1 })));
    expect(attempts).to.have.length(1);
  });

  for (const [title, error] of [['that an object is there', alreadyExists], ['a failure of the server', new StatusError({ kind: 'Status', code: 500 })], ['anything else', new Error('no')]] as const) {
    it(`rejects at once with ${title}`, async () => {
      const { work, attempts } = scripted(conflict(), error);
      expect(await rejection(settled(retryOnConflict(work, PLAIN)))).to.equal(error);
      expect(attempts).to.have.length(2);
    });
  }

  it('rejects with the reason of its signal, while it waits and while it works; work is told', async () => {
    const waiting = new AbortController();
    const { work, attempts } = scripted(conflict());
    const call = rejection(retryOnConflict(work, { signal: waiting.signal }));
    await clock.tickAsync(5);
    waiting.abort(new Error('enough'));
    await clock.runAllAsync();
    expect([(await call).message, attempts.length]).to.deep.equal(['enough', 1]);

    const working = new AbortController();
    let told: AbortSignal | undefined;
    const other = rejection(retryOnConflict((signal) => new Promise<never>(() => { told = signal; }), { signal: working.signal }));
    working.abort(new Error('enough'));
    expect([(await other).message, told?.aborted]).to.deep.equal(['enough', true]);
  });

  it('does nothing where its signal has aborted', async () => {
    const { work, attempts } = scripted();
    await rejection(retryOnConflict(work, { signal: AbortSignal.abort() }));
    expect(attempts).to.deep.equal([]);
  });

  it('rejects with a TypeError for options that are none', async () => {
    const error = await rejection(retryOnConflict(() => 1, { steps: 0 }));
    expect(error).to.be.instanceOf(TypeError).that.includes({ message: 'options.steps must be a whole number, 1 or more; got 0' });
    expect((await rejection(retryOnConflict(() => 1, { retries: 1 } as ConflictRetryOptions))).message).to.contain('an unknown field');
  });
});
