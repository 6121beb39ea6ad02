import { expect } from 'chai';
import { type ClusterRecord, type ConnectionState, nextRecord } from '../../lib/cluster-cache/cluster-record.ts';
import type { Connection } from '../../lib/cluster-cache/cluster-connection.ts';
import { ClusterCacheError } from '../../lib/model/errors.ts';
import type { HealthCheckingState } from '../../lib/model/health.ts';

const KEY = { namespace: 'default', name: 'one' };
const CLUSTER = { metadata: KEY };
const AT = new Date(1_000);
const connection: Connection = { server: 'https://one', inCluster: false, stages: [] };
const unhealthy: HealthCheckingState = { consecutiveFailures: 0 };
const healthy: HealthCheckingState = { consecutiveFailures: 0, lastProbeTime: AT, lastProbeSuccessTime: AT };

const absent = (reason: 'deleted' | 'filtered' | 'stopped'): ConnectionState => ({ cluster: KEY, since: AT, health: healthy, phase: 'absent', reason });
const pending: ConnectionState = { cluster: KEY, since: AT, health: unhealthy, phase: 'pending', reason: 'kubeconfigMissing' };
const connecting: ConnectionState = { cluster: KEY, since: AT, health: unhealthy, phase: 'connecting', attempt: 1 };
const connected: ConnectionState = { cluster: KEY, since: AT, health: healthy, phase: 'connected', connection };
const disconnected: ConnectionState = { cluster: KEY, since: AT, health: healthy, phase: 'disconnected', reason: 'unauthorized', error: new ClusterCacheError('X', 'x') };

const recordOf = (state: ConnectionState, fingerprint = 'a'): ClusterRecord => ({ cluster: CLUSTER, state, fingerprint });

describe('nextRecord', () => {
  const rows: [title: string, before: ClusterRecord | undefined, after: ConnectionState, fingerprint: string, event: string | undefined][] = [
    ['a connect is connected', recordOf(connecting), connected, 'a', 'connected'],
    ['a connection that is lost is disconnected, with the reason', recordOf(connected), disconnected, 'a', 'disconnected: unauthorized'],
    ['a connection that has nothing to connect to any more is disconnected, with the reason it waits for', recordOf(connected), pending, 'a', 'disconnected: kubeconfigMissing'],
    ['another kubeconfig in use is kubeconfigRotated', recordOf(connected), connected, 'b', 'kubeconfigRotated'],
    ['a probe is no event', recordOf(connected), connected, 'a', undefined],
    ['a failed connect is no event', recordOf(connecting), disconnected, 'a', undefined],
    ['a Cluster that appears is no event', undefined, pending, 'a', undefined],
    ['a deleted Cluster is removed', recordOf(connected), absent('deleted'), 'a', 'removed'],
    ['a filtered Cluster is removed, connected or not', recordOf(pending), absent('filtered'), 'a', 'removed'],
    ['a stop removes nothing', recordOf(connected), absent('stopped'), 'a', undefined],
  ];
  for (const [title, before, state, fingerprint, expected] of rows) {
    it(title, () => {
      const { event } = nextRecord(before, { cluster: CLUSTER, state, fingerprint }, AT, 5);
      expect(event && (event.reason === undefined ? event.type : `${event.type}: ${event.reason}`)).to.equal(expected);
      if (event !== undefined) expect(event).to.include({ key: KEY, cluster: CLUSTER, at: AT });
    });
  }

  it('counts silence from the first attempt, then from every success, and from nothing else', () => {
    const at = (elapsed: number, before: ClusterRecord | undefined, state: ConnectionState) => nextRecord(before, { cluster: CLUSTER, state }, AT, elapsed);
    const waiting = at(1, undefined, pending);
    const first = at(2, waiting, connecting);
    const failed = at(3, first, { ...disconnected, health: { consecutiveFailures: 1, lastProbeTime: AT } });
    const second = at(4, failed, connecting);
    const up = at(5, second, connected);
    const probedInVain = at(6, up, { ...connected, health: { ...healthy, consecutiveFailures: 1 } });
    const probed = at(7, probedInVain, { ...connected, health: { ...healthy, lastProbeSuccessTime: new Date(7) } });
    expect([waiting, first, failed, second, up, probedInVain, probed].map(({ heardAt }) => heardAt)).to.deep.equal([undefined, 2, 2, 2, 5, 5, 7]);
  });
});
