import { expect } from 'chai';
import type { Condition } from '../../lib/model/cluster-api/condition.ts';
import { setCondition } from '../../lib/model/conditions.ts';
import { type HealthCheckingState, unknownHealth } from '../../lib/model/health.ts';
import { connectionDownCondition, remoteConnectionProbeCondition } from '../../lib/model/remote-connection.ts';
import { deepFreeze } from '../deep-freeze.ts';

const NOW = new Date('2026-03-01T10:00:00.500Z');
const EARLIER = '2026-01-01T00:00:00Z';
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
const health = (seconds: number | undefined, consecutiveFailures: number): HealthCheckingState => ({ ...(seconds === undefined ? {} : { lastProbeSuccessTime: ago(seconds), lastProbeTime: ago(0) }), consecutiveFailures });

// Cluster API: internal/controllers/cluster, TestSetRemoteConnectionProbeCondition
describe('remoteConnectionProbeCondition', () => {
  const condition = (status: Condition['status'], reason: string, message: string, lastTransitionTime = '2026-03-01T10:00:00Z'): Condition => ({ type: 'RemoteConnectionProbe', status, reason, message, lastTransitionTime });
  const wasTrue = deepFreeze(condition('True', 'ProbeSucceeded', '', EARLIER));
  const wasFalse = deepFreeze(condition('False', 'ProbeFailed', 'Remote connection not established yet', EARLIER));
  const NOT_YET = condition('False', 'ProbeFailed', 'Remote connection not established yet');

  const rows: [title: string, state: HealthCheckingState, existing: Condition | undefined, expected: Condition][] = [
    ['is False and not established yet before anything is known', unknownHealth, undefined, NOT_YET],
    ['stays True before anything is known', unknownHealth, wasTrue, wasTrue],
    ['stays False before anything is known', unknownHealth, wasFalse, wasFalse],
    ['is False and not established yet after four failures', health(undefined, 4), undefined, NOT_YET],
    ['stays True after four failures without a success', health(undefined, 4), wasTrue, wasTrue],
    ['is False after five failures', health(undefined, 5), undefined, condition('False', 'ProbeFailed', 'Remote connection probe failed')],
    ['becomes False after five failures without a success', health(undefined, 5), wasTrue, condition('False', 'ProbeFailed', 'Remote connection probe failed')],
    ['is False where the last success is older than the grace, and says when it was', health(51, 5), wasTrue, condition('False', 'ProbeFailed', 'Remote connection probe failed, probe last succeeded at 2026-03-01T09:59:09Z')],
    ['is False by the age of the last success, whatever the failures', health(51, 0), wasTrue, condition('False', 'ProbeFailed', 'Remote connection probe failed, probe last succeeded at 2026-03-01T09:59:09Z')],
    ['is True until the end of the grace', health(49.999, 4), undefined, condition('True', 'ProbeSucceeded', '')],
    ['is True within the grace, though two probes have failed', health(25, 2), undefined, condition('True', 'ProbeSucceeded', '')],
    ['becomes True with a success', health(0, 0), wasFalse, condition('True', 'ProbeSucceeded', '')],
    ['keeps its transition time where only the message is another one', health(undefined, 5), wasFalse, condition('False', 'ProbeFailed', 'Remote connection probe failed', EARLIER)],
  ];
  for (const [title, state, existing, expected] of rows) {
    it(title, () => { expect(remoteConnectionProbeCondition(deepFreeze(state), NOW, 50_000, existing)).to.deep.equal(expected); });
  }

  it('is the very same where nothing changes, so that a Cluster is not written', () => {
    expect(remoteConnectionProbeCondition(health(1, 0), NOW, undefined, wasTrue)).to.equal(wasTrue);
    const cluster = deepFreeze({ metadata: { generation: 3 }, status: { conditions: [{ ...wasTrue, observedGeneration: 3 }] } });
    expect(setCondition(cluster, remoteConnectionProbeCondition(health(1, 0), NOW, 50_000, cluster.status.conditions[0]), NOW)).to.equal(cluster);
  });

  it('counts 50 s of grace unless told otherwise', () => {
    expect([remoteConnectionProbeCondition(health(49.999, 0), NOW).status, remoteConnectionProbeCondition(health(50, 0), NOW).status]).to.deep.equal(['True', 'False']);
  });
});

// Cluster API: internal/controllers/machine, TestSetNodeHealthyAndReadyConditions; the control plane's setControlPlaneConditions
describe('connectionDownCondition', () => {
  const type = 'NodeHealthy';
  const healthy: Condition = deepFreeze({ type, status: 'True', reason: 'NodeHealthy', message: '', lastTransitionTime: EARLIER });
  const down = (message: string): Condition => ({ type, status: 'Unknown', reason: 'ConnectionDown', message, lastTransitionTime: '2026-03-01T10:00:00Z' });
  const LONG = 3_600;

  const rows: [title: string, state: HealthCheckingState, initializedBefore: number, notConnected: boolean, existing: Condition | undefined, expected: Condition | undefined][] = [
    ['stays before a first success and five failures', health(undefined, 4), LONG, true, healthy, healthy],
    ['is Unknown where there was nothing, before a first success', health(undefined, 4), LONG, true, undefined, down('Remote connection not established yet')],
    ['becomes Unknown after five failures without a success, past the grace', health(undefined, 5), 301, true, healthy, down('')],
    ['stays after five failures without a success, within the grace since the control plane is there', health(undefined, 5), 299.999, true, healthy, healthy],
    ['stays within the grace while there is no connection', health(200, 9), LONG, true, healthy, healthy],
    ['is Unknown where there was nothing, within the grace while there is no connection', health(200, 9), LONG, true, undefined, down('Last successful probe at 2026-03-01T09:56:40Z')],
    ['becomes Unknown past the grace, with the time of the last success', health(301, 9), LONG, true, healthy, down('Last successful probe at 2026-03-01T09:54:59Z')],
    ['becomes Unknown past the grace, though objects can still be read', health(301, 9), LONG, false, healthy, down('Last successful probe at 2026-03-01T09:54:59Z')],
    ['stays past the grace where the control plane was initialized within it', health(301, 9), 299, true, healthy, healthy],
    ['says nothing while there is a connection', health(5, 0), LONG, false, healthy, undefined],
  ];
  for (const [title, state, initializedBefore, notConnected, existing, expected] of rows) {
    it(title, () => {
      expect(connectionDownCondition(type, { health: deepFreeze(state), now: NOW, initializedAt: ago(initializedBefore), notConnected, existing })).to.deep.equal(expected);
    });
  }

  it('takes another grace', () => {
    const input = { health: health(121, 9), now: NOW, initializedAt: ago(LONG), notConnected: false, existing: healthy };
    expect([connectionDownCondition(type, { ...input, grace: 120_000 })?.status, connectionDownCondition(type, { ...input, grace: 121_001 })]).to.deep.equal(['Unknown', undefined]);
  });
});
