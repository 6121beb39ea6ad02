import { expect } from 'chai';
import { asyncScheduler } from 'rxjs';
import { useFakeTimers } from 'sinon';
import { HealthChecks } from '../../lib/manager/health-checks.ts';

// controller-runtime: pkg/healthz/healthz_test.go
describe('health checks', () => {
  const PLAIN = { verbose: false, exclude: [] };
  const fails = (): never => { throw new Error('the database is down: password "secret"'); };
  const checks = (...named: readonly (readonly [name: string, check: () => unknown])[]): HealthChecks => {
    const all = new HealthChecks('readyz', asyncScheduler);
    for (const [name, check] of named) all.set(name, check);
    return all;
  };

  const TABLE: readonly (readonly [title: string, checks: HealthChecks, asked: { readonly verbose?: boolean; readonly exclude?: readonly string[] }, status: number, body: string])[] = [
    ['says ok and no more where all pass', checks(['a', () => {}]), {}, 200, 'ok'],
    ['names each where asked to', checks(['a', () => {}]), { verbose: true }, 200, '[+]ping ok\n[+]a ok\nreadyz check passed\n'],
    ['names each where one throws, and keeps the reason', checks(['a', fails], ['b', () => {}]), {}, 500, '[+]ping ok\n[-]a failed: reason withheld\n[+]b ok\nreadyz check failed\n'],
    ['takes a rejection for a failure', checks(['a', async () => fails()]), {}, 500, '[+]ping ok\n[-]a failed: reason withheld\nreadyz check failed\n'],
    ['takes whatever a check returns for success', checks(['a', () => false]), {}, 200, 'ok'],
    ['leaves out what is excluded', checks(['a', fails]), { exclude: ['a'] }, 200, 'ok'],
    ['says what was left out', checks(['a', fails]), { verbose: true, exclude: ['a'] }, 200, '[+]ping ok\n[+]a excluded: ok\nreadyz check passed\n'],
    ['warns of an exclusion that names nothing', checks(), { verbose: true, exclude: ['x', 'y'] }, 200,
      '[+]ping ok\nwarn: some health checks cannot be excluded: no matches for "x","y"\nreadyz check passed\n'],
    ['has the last of two by one name', checks(['a', fails], ['a', () => {}]), {}, 200, 'ok'],
  ];
  for (const [title, all, asked, status, body] of TABLE) {
    it(title, async () => {
      expect(await all.answer({ ...PLAIN, ...asked })).to.deep.equal({ status, body });
    });
  }

  it('tells why a single one fails, to whoever asks for it alone', async () => {
    const all = checks(['a', () => { throw new Error('not yet'); }]);
    expect(await all.answerOf('a')).to.deep.equal({ status: 500, body: 'internal server error: not yet\n' });
    expect(await all.answerOf('ping')).to.deep.equal({ status: 200, body: 'ok' });
    expect(await all.answerOf('b')).to.deep.equal({ status: 404, body: '404 page not found\n' });
  });

  it('takes one that hangs for failed after 5 s, and tells it so', async () => {
    const clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
    try {
      let given: AbortSignal | undefined;
      const all = new HealthChecks('healthz', asyncScheduler);
      all.set('hangs', (signal) => {
        given = signal;
        return new Promise(() => {});
      });
      const answer = all.answer(PLAIN);
      await clock.tickAsync(4_999);
      expect(given).to.have.property('aborted', false);
      await clock.tickAsync(1);
      expect((await answer).status).to.equal(500);
      expect(given).to.have.property('aborted', true);
      expect(clock.countTimers()).to.equal(0);
    } finally {
      clock.restore();
    }
  });
});
