import { expect } from 'chai';
import { jsonLine } from '../../lib/cli/json-lines.ts';
import { noColors } from '../../lib/cli/paint.ts';
import { isNews } from '../../lib/cli/state-change.ts';
import { stateLines } from '../../lib/cli/state-line.ts';
import { ClusterCacheError } from '../../lib/model/errors.ts';
import { NOW, ago, connected, connecting, disconnected, pending } from './states.ts';

const at = new Date(NOW);

describe('jsonLine', () => {
  it('holds the cluster, the phase, and times in ISO 8601', () => {
    expect(JSON.parse(jsonLine(connected('a', 1), at))).to.deep.equal({
      at: '2026-11-23T12:00:00.000Z', cluster: { namespace: 'fleet', name: 'a' }, phase: 'connected', since: '2026-11-23T11:50:00.000Z',
      health: { lastProbeTime: '2026-11-23T11:59:57.000Z', lastProbeSuccessTime: '2026-11-23T11:59:57.000Z', consecutiveFailures: 1 },
    });
  });

  it('holds the reason, the error with its stage, and when it is tried again', () => {
    const { reason, error, retryAt } = JSON.parse(jsonLine(disconnected('a'), at)) as Record<string, unknown>;
    expect({ reason, retryAt }).to.deep.equal({ reason: 'connectFailed', retryAt: '2026-11-23T12:00:18.000Z' });
    expect(error).to.deep.equal({
      code: 'ECONNREFUSED', stage: 'dial', message: 'error creating HTTP client and mapper: cluster is not reachable: connect ECONNREFUSED 10.0.0.7:6443',
      hint: 'nothing listens at https://10.0.0.7:6443: look at whether its API server runs',
    });
  });

  it('shows nothing of the connection itself, and no cause', () => {
    const secret = new ClusterCacheError('X', 'failed', { cause: new Error('token-of-somebody') });
    expect(jsonLine(disconnected('a', secret), at)).to.not.include('token-of-somebody');
    expect(JSON.parse(jsonLine(connected('a'), at))).to.not.have.property('connection');
  });

  it('is one line that no terminal obeys', () => {
    const line = jsonLine(disconnected('a', new ClusterCacheError('X', 'a\n\u001b[2J\u009b2J')), at);
    expect(line).to.match(/^[ -~]*$/);
    expect((JSON.parse(line) as { error: { message: string } }).error.message).to.equal('a\n\u001b[2J\u009b2J');
  });
});

describe('stateLines', () => {
  it('stands in columns', () => {
    const print = stateLines(noColors);
    expect([connecting('edge-01'), connected('edge-01'), connected('edge-02', 2), pending('edge-03')].map((state) => print(state, at))).to.deep.equal([
      '2026-11-23T12:00:00.000Z  fleet/edge-01             connecting',
      '2026-11-23T12:00:00.000Z  fleet/edge-01             connected',
      '2026-11-23T12:00:00.000Z  fleet/edge-02             connected     2 probes failed',
      '2026-11-23T12:00:00.000Z  fleet/edge-03             pending       kubeconfigMissing',
    ]);
  });

  it('names the stage that failed, says what to look at, and when it is tried again', () => {
    expect(stateLines(noColors)(disconnected('a'), at)).to.equal(
      '2026-11-23T12:00:00.000Z  fleet/a                   disconnected  connectFailed: dial; error creating HTTP client and mapper: cluster is not reachable: '
      + 'connect ECONNREFUSED 10.0.0.7:6443; nothing listens at https://10.0.0.7:6443: look at whether its API server runs; retry in 18s',
    );
  });
});

describe('isNews', () => {
  const before = connected('a');

  it('is a phase, a reason, an error, a failure, a try, and the first of all', () => {
    expect(isNews(undefined, before)).to.equal(true);
    expect(isNews(before, disconnected('a'))).to.equal(true);
    expect(isNews(before, connected('a', 1))).to.equal(true);
    expect(isNews(connecting('a', 1), connecting('a', 2))).to.equal(true);
    expect(isNews(disconnected('a'), disconnected('a', undefined, 30))).to.equal(true);
  });

  it('is not another probe that succeeded', () => {
    expect(isNews(before, { ...before, health: { ...before.health, lastProbeTime: ago(0), lastProbeSuccessTime: ago(0) } })).to.equal(false);
  });
});
