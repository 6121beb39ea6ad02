import { expect } from 'chai';
import { renderDiagnosis } from '../../lib/cli/diagnosis-text.ts';
import { noColors } from '../../lib/cli/paint.ts';
import { NOW, ago } from './states.ts';

const render = (diagnosis: Parameters<typeof renderDiagnosis>[0]) => renderDiagnosis(diagnosis, { now: NOW, paint: noColors });

describe('renderDiagnosis', () => {
  it('shows how far a connect went, what failed, and what to look at', () => {
    expect(render({
      cluster: { namespace: 'fleet', name: 'a' }, phase: 'disconnected', reason: 'connectFailed', since: ago(12), retryAt: new Date(NOW + 18_000),
      health: { lastProbeTime: ago(12), consecutiveFailures: 3 },
      stages: [{ stage: 'kubeconfig', duration: 1.26 }, { stage: 'tls', duration: 23.4, failed: true }],
      error: { code: 'CERT_HAS_EXPIRED', stage: 'tls', message: 'cluster is not reachable: certificate has expired', hint: 'look at the dates of the certificate' },
      sockets: 0, streams: 0, informers: [],
    })).to.deep.equal([
      '✗ fleet/a is disconnected (connectFailed) for 12s',
      '',
      '  ✓ kubeconfig     1.3 ms',
      '  ✗ tls             23 ms',
      '',
      '  error        CERT_HAS_EXPIRED at tls: cluster is not reachable: certificate has expired',
      '  look at      the dates of the certificate',
      '  retry        in 18s',
      '',
      '  probes       last 12s ago, last success never, 3 failed in a row',
    ]);
  });

  it('shows what a connection stands on', () => {
    expect(render({
      cluster: { namespace: 'fleet', name: 'a' }, phase: 'connected', since: ago(600), health: { lastProbeTime: ago(3), lastProbeSuccessTime: ago(3), consecutiveFailures: 0 },
      stages: [{ stage: 'dial', duration: 4 }], server: 'https://10.0.0.7:6443', clusterUid: '1-2-3', protocol: 'h2', sockets: 1, streams: 2, informers: [], lastActivity: ago(1),
      certificateExpiry: new Date(NOW + 86_400_000 * 30), tokenExpiry: ago(60),
    })).to.deep.equal([
      '● fleet/a is connected for 10m',
      '',
      '  ✓ dial     4.0 ms',
      '',
      '  server       https://10.0.0.7:6443',
      '  identity     kube-system 1-2-3',
      '  certificate  expires in 30d, 2026-12-23T12:00:00.000Z',
      '  token        expired 60s ago, 2026-11-23T11:59:00.000Z',
      '  probes       last 3s ago, last success 3s ago, 0 failed in a row',
      '  transport    HTTP/2, 1 socket, 2 streams, last byte 1s ago',
    ]);
  });
});
