import { expect } from 'chai';
import { colors, noColors } from '../../lib/cli/paint.ts';
import { renderTable } from '../../lib/cli/table.ts';
import { NOW, connected, connecting, disconnected, pending } from './states.ts';

const render = (states: Parameters<typeof renderTable>[0], options = {}) => renderTable(states, { now: NOW, paint: noColors, ...options });

describe('renderTable', () => {
  const states = [connected('edge-01'), disconnected('edge-02'), connecting('edge-03', 2), pending('edge-04'), connected('edge-05', 2)];

  it('shows phase, reason, age, last probe, failures and the time to the next try', () => {
    expect(render(states)).to.deep.equal([
      '  CLUSTER  PHASE         REASON               AGE  LAST PROBE  FAILURES  RETRY IN',
      '● edge-01  connected     -                    10m  3s ago      0         -',
      '✗ edge-02  disconnected  connectFailed: dial  12s  12s ago     3         18s',
      '◌ edge-03  connecting    attempt 2            1s   never       0         -',
      '○ edge-04  pending       kubeconfigMissing    90s  never       0         -',
      '● edge-05  connected     -                    10m  3s ago      2         -',
    ]);
  });

  it('fits 80 columns with shorter titles before it cuts anything', () => {
    expect(render(states, { columns: 80 }).slice(0, 3)).to.deep.equal([
      '  CLUSTER  PHASE         REASON               AGE  PROBED   FAILED  RETRY',
      '● edge-01  connected     -                    10m  3s ago   0       -',
      '✗ edge-02  disconnected  connectFailed: dial  12s  12s ago  3       18s',
    ]);
  });

  it('cuts reasons, then names, to fit', () => {
    const long = disconnected('a-cluster-with-quite-a-long-name');
    expect(render([long], { columns: 80 })[1]).to.equal('✗ a-cluster-with-quite-a…  disconnected  connectFa…  12s  12s ago  3       18s');
    for (const columns of [120, 80, 60, 40, 20, 5, 1]) {
      for (const line of render([...states, long], { columns })) expect([...line].length).to.be.at.most(columns);
    }
  });

  it('shows namespaces where there are several, and always when wide', () => {
    expect(render([connected('a'), { ...connected('b'), cluster: { namespace: 'other', name: 'b' } }])[1]).to.match(/^● fleet\/a /);
    expect(render([connected('a')])[1]).to.match(/^● a /);
    expect(render([connected('a')], { wide: true })[1]).to.match(/^● fleet\/a /);
  });

  it('says what failed and what to look at when wide', () => {
    const [, line] = render([disconnected('a')], { wide: true });
    expect(line).to.match(/ {2}error creating HTTP client and mapper: .*ECONNREFUSED 10\.0\.0\.7:6443; nothing listens at https/);
  });

  it('counts down to the next try, and then says now', () => {
    expect([0.2, 0, -3].map((retryIn) => render([disconnected('a', undefined, retryIn)])[1]?.split(/ +/).at(-1))).to.deep.equal(['1s', 'now', 'now']);
  });

  it('gives colours no width', () => {
    const painted = renderTable(states, { now: NOW, columns: 80, paint: colors });
    expect(painted.map((line) => line.replace(/\u001b\[\d+m/g, '').trimEnd())).to.deep.equal(render(states, { columns: 80 }));
    expect(painted[2]).to.include('\u001b[31mdisconnected');
  });
});
