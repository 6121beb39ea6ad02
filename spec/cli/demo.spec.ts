import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { storyOf } from '../../lib/cli/demo-story.ts';
import { DemoSummary } from '../../lib/cli/demo-summary.ts';
import { noColors } from '../../lib/cli/paint.ts';
import type { ConnectionState } from '../../lib/cluster-cache/cluster-record.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { NOW, ago, connected, disconnected } from './states.ts';

describe('the demo', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

  it('does something to five clusters, one thing each, and adds one', () => {
    expect(new Set(storyOf(names(12)).map(({ cluster }) => cluster)).size).to.equal(6);
  });

  it('does less to a smaller fleet, and never two things to one cluster at once', () => {
    for (const [count, touched] of [[1, ['c0', 'one-more']], [2, ['c0', 'c1', 'one-more']], [5, [...names(5), 'one-more']]] as const) {
      expect([...new Set(storyOf(names(count)).map(({ cluster }) => cluster))]).to.have.members(touched);
    }
  });

  it('tells what was done and how soon it was seen, and what was not', () => {
    const summary = new DemoSummary();
    const [refuse, silence] = storyOf(names(5));
    summary.state(connected('c0'));
    summary.state({ ...connected('c0', 1), health: { lastProbeTime: ago(0), consecutiveFailures: 1 } });
    summary.step({ ...refuse!, begun: NOW });
    summary.step({ ...silence!, begun: NOW });
    summary.state({ ...disconnected('c0'), reason: 'probeFailureThreshold' } as ConnectionState);
    summary.event({ type: 'disconnected', key: { namespace: 'fleet', name: 'c0' }, cluster: {}, at: new Date(NOW + 2_700) });
    expect(summary.lines(20_000, noColors)).to.deep.equal([
      'After 20 s',
      '      1 cluster at the end, 0 connected',
      '      0 connects, 0 more failed',
      '      1 disconnect',
      '      0 rotations without a disconnect',
      '      2 probes, 2 failed',
      '',
      'What was done, and how soon it was seen',
      '  c0  its API server dies: connections are refused         disconnected after 2.7 s',
      '  c2  its network falls silent: connections are half-open  not seen',
    ]);
  });

  describe('as a program', function () {
    this.timeout(40_000);
    leavesNothingOpen();
    const main = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
    const start = (...args: readonly string[]) => spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

    it('ends by itself with status 0 and a summary, in plain lines', async () => {
      const program = start('demo', '--clusters', '2', '--duration', '5s');
      const [printed, [status]] = await Promise.all([text(program.stdout), once(program, 'exit')]);
      expect(status).to.equal(0);
      expect(printed).to.match(/ default\/c.*-1 +connected\n/).and.to.match(/\nAfter 5 s\n/).and.to.match(/one-more +it is added +connected after/);
      expect(printed).to.not.include('\u001b');
    });

    it('ends with status 130 after SIGINT', async () => {
      const program = start('demo', '--clusters', '1', '--duration', '60s');
      await once(program.stdout, 'data');
      program.kill('SIGINT');
      const [[status], errors] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
      expect([status, errors]).to.deep.equal([130, '']);
    });

    it('ends quietly when nobody reads any more', async () => {
      const program = start('demo', '--clusters', '1', '--duration', '60s', '-o', 'json');
      await once(program.stdout, 'data');
      program.stdout.destroy();
      const [[status], errors] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
      expect([status, errors]).to.deep.equal([0, '']);
    });

    it('says what is wrong with its arguments in one line, with status 2', async () => {
      const program = start('demo', '--clusters', 'many');
      const [[status], errors] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
      expect([status, errors]).to.deep.equal([2, 'clustercache: demo: expected a whole number from 1 to 1000 after --clusters; got "many" (see clustercache demo --help)\n']);
    });
  });
});
