import { expect } from 'chai';
import { ReplaySubject, Subject, VirtualTimeScheduler } from 'rxjs';
import type { Output } from '../../lib/cli/arguments.ts';
import { followFleet } from '../../lib/cli/follow-fleet.ts';
import type { ConnectionState } from '../../lib/cluster-cache/cluster-record.ts';
import type { ClusterEvent } from '../../lib/model/cluster-event.ts';
import { FakeTerminal } from './fake-terminal.ts';
import { NOW, absent, ago, connected, connecting, disconnected } from './states.ts';

/** A fleet that the spec tells what to say, followed in virtual time. */
function follow(output: Output, terminal: FakeTerminal) {
  const scheduler = new VirtualTimeScheduler(undefined, Infinity);
  scheduler.now = () => NOW + scheduler.frame;
  const connections = new ReplaySubject<ConnectionState>();
  const events = new Subject<ClusterEvent>();
  const notes = new Subject<string>();
  const subscription = followFleet({ connections$: connections, events$: events }, { output, terminal, title: () => 'fleet', note$: notes, scheduler }).subscribe();
  const advance = (ms: number) => {
    scheduler.maxFrames = scheduler.frame + ms;
    scheduler.flush();
    scheduler.frame = scheduler.maxFrames;
  };
  return { connections, events, notes, subscription, advance };
}

describe('followFleet', () => {
  describe('on a terminal', () => {
    it('draws the table within a tenth of a second of a change, and once for many', () => {
      const terminal = new FakeTerminal();
      const { connections, advance } = follow('table', terminal);
      advance(500);
      const before = terminal.frames.length;
      connections.next(connecting('a'));
      connections.next(connected('a'));
      connections.next(disconnected('b'));
      advance(100);
      expect(terminal.frames.length).to.equal(before + 1);
      expect(terminal.screen[1]).to.equal('2 clusters: 1 disconnected, 1 connected');
    });

    it('draws ages anew every second', () => {
      const terminal = new FakeTerminal();
      const { connections, advance } = follow('table', terminal);
      connections.next(disconnected('a'));
      advance(150);
      expect(terminal.screen[4]).to.match(/ 12s .* 18s$/);
      advance(3_000);
      expect(terminal.screen[4]).to.match(/ 15s .* 15s$/);
    });

    it('follows a resize', () => {
      const terminal = new FakeTerminal();
      const { connections, advance } = follow('table', terminal);
      for (let index = 0; index < 30; index += 1) connections.next(connected(`edge-${index}`));
      advance(150);
      expect(terminal.screen).to.have.length(24);
      terminal.resize(60, 10);
      advance(150);
      expect(terminal.screen).to.have.length(10);
      expect(terminal.screen.at(-1)).to.equal('… and 25 more connected');
    });

    it('forgets a cluster that is gone', () => {
      const terminal = new FakeTerminal();
      const { connections, advance } = follow('table', terminal);
      connections.next(connected('a'));
      connections.next(absent('a'));
      advance(150);
      expect(terminal.screen[1]).to.equal('no clusters');
    });

    it('holds nothing after it is unsubscribed', () => {
      const terminal = new FakeTerminal();
      const { connections, notes, subscription } = follow('table', terminal);
      expect([terminal.isObserved, connections.observed, notes.observed]).to.deep.equal([true, true, true]);
      subscription.unsubscribe();
      expect([terminal.isObserved, connections.observed, notes.observed]).to.deep.equal([false, false, false]);
    });
  });

  describe('elsewhere', () => {
    it('prints a line for each change, and none for a probe that succeeded', () => {
      const terminal = new FakeTerminal({ isLive: false });
      const { connections } = follow('table', terminal);
      connections.next(connected('a'));
      connections.next({ ...connected('a'), health: { lastProbeTime: ago(0), lastProbeSuccessTime: ago(0), consecutiveFailures: 0 } });
      connections.next(absent('a'));
      connections.next(absent('b', 'stopped'));
      expect(terminal.written.trimEnd().split('\n').map((line) => line.split(/ {2,}/).slice(1))).to.deep.equal([['fleet/a', 'connected'], ['fleet/a', 'absent', 'deleted']]);
    });

    it('prints a rotation, which changes no phase', () => {
      const terminal = new FakeTerminal({ isLive: false });
      const { connections, events } = follow('json', terminal);
      connections.next(connected('a'));
      events.next({ type: 'kubeconfigRotated', key: { namespace: 'fleet', name: 'a' }, cluster: {}, at: new Date(NOW) });
      const lines = terminal.written.trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly phase: string; readonly event?: string });
      expect(lines.map(({ phase, event }) => [phase, event])).to.deep.equal([['connected', undefined], ['connected', 'kubeconfigRotated']]);
    });

    it('prints notes among the text, and keeps JSON free of them', () => {
      for (const [output, expected] of [['table', '2026-11-23T12:00:00.000Z  something happened\n'], ['json', '']] as const) {
        const terminal = new FakeTerminal({ isLive: false });
        follow(output, terminal).notes.next('something happened');
        expect(terminal.written).to.equal(expected);
      }
    });

    it('prints JSON on a terminal too, where that is asked for', () => {
      const terminal = new FakeTerminal();
      follow('json', terminal).connections.next(connected('a'));
      expect(JSON.parse(terminal.written)).to.include({ phase: 'connected' });
    });
  });
});
