import { expect } from 'chai';
import { renderFleet } from '../../lib/cli/fleet-view.ts';
import { noColors } from '../../lib/cli/paint.ts';
import { NOW, absent, connected, connecting, disconnected } from './states.ts';

const render = (states: Parameters<typeof renderFleet>[0], options = {}) => renderFleet(states, { now: NOW, columns: 80, rows: 24, paint: noColors, title: 'clustercache watch', ...options });

describe('renderFleet', () => {
  it('counts the clusters by phase, the worst first', () => {
    expect(render([connected('b'), disconnected('a'), connected('c'), absent('d')]).slice(0, 2)).to.deep.equal(['clustercache watch', '3 clusters: 1 disconnected, 2 connected']);
    expect(render([])).to.deep.equal(['clustercache watch', 'no clusters', '']);
  });

  it('keeps the order of names as long as all fit, and says below what is wrong and what to look at', () => {
    expect(render([connected('c'), disconnected('b'), connected('a')]).slice(3)).to.deep.equal([
      '  CLUSTER  PHASE         REASON                 AGE   PROBED   FAILED  RETRY',
      '● a        connected     -                      10m   3s ago   0       -',
      '✗ b        disconnected  connectFailed: dial    12s   12s ago  3       18s',
      '● c        connected     -                      10m   3s ago   0       -',
      '',
      '✗ fleet/b: dial: error creating HTTP client and mapper: cluster is not',
      '  reachable: connect ECONNREFUSED 10.0.0.7:6443',
      '  → nothing listens at https://10.0.0.7:6443: look at whether its API server',
      '    runs',
    ]);
  });

  it('puts problems first and counts the rest where they do not fit', () => {
    const many = Array.from({ length: 960 }, (_, index) => connected(`edge-${String(index).padStart(3, '0')}`));
    const lines = render([...many, disconnected('z-broken'), connecting('y-new')], { rows: 10 });
    expect(lines).to.have.length(10);
    expect(lines[4]).to.match(/^✗ z-broken/);
    expect(lines[5]).to.match(/^◌ y-new/);
    expect(lines[9]).to.equal('… and 957 more connected');
  });

  it('says of what kinds the rest is', () => {
    expect(render(['a', 'b', 'c', 'd'].map((name) => disconnected(name)).concat(connected('e')), { rows: 7 }).at(-1)).to.equal('… and 3 more: 2 disconnected, 1 connected');
  });

  it('shows the newest notes below', () => {
    expect(render([connected('a')], { notes: ['one', 'two\n', 'three', 'four', 'five'] }).slice(-5)).to.deep.equal(['', 'two', 'three', 'four', 'five']);
  });

  it('keeps its columns where they are when a phase changes', () => {
    const before = render([connected('a'), connected('b')]);
    const after = render([connected('a'), disconnected('b')]);
    expect(after.slice(3, 5)).to.deep.equal(before.slice(3, 5));
  });

  it('is never larger than the terminal', () => {
    const states = [connected('a'), disconnected('b'), disconnected('c'), connecting('d')];
    for (const rows of [24, 12, 8, 5, 3, 1]) {
      for (const columns of [200, 80, 30, 8, 1]) {
        const lines = render(states, { rows, columns, notes: ['something happened'] });
        expect(lines.length, `${columns} × ${rows}`).to.be.at.most(rows);
        for (const line of lines) expect([...line].length, `${columns} × ${rows}: ${line}`).to.be.at.most(columns);
      }
    }
  });
});
