import { expect } from 'chai';
import { connectError } from '../../lib/cluster-cache/connect-error.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { CONNECT_STAGES, ConnectError, type ConnectStage, KubeconfigError, TransportError } from '../../lib/model/errors.ts';

const CLUSTER = { namespace: 'ns', name: 'one' };
const SERVER = 'https://one.example:6443';
const NOT_REACHABLE = 'error creating HTTP client and mapper: cluster is not reachable: ';
const transport = (code: string, stage: TransportError['stage']): TransportError => new TransportError(code, 'it broke', { stage });
const status = (code: number, reason: string): StatusError => new StatusError({ code, reason, message: 'it said no' });

/** What failed, where it was noticed, and: the stage that is told, the beginning of the text, and what the hint speaks of. */
const rows: readonly (readonly [error: Error, noticed: ConnectStage, stage: ConnectStage, prefix: string, hint: RegExp])[] = [
  [new KubeconfigError('KUBECONFIG_MISSING', 'no'), 'secret', 'secret', 'error creating REST config: error getting kubeconfig secret: ', /ns\/one-kubeconfig.*"value"/],
  [transport('ECONNREFUSED', 'dial'), 'secret', 'secret', 'error creating REST config: error getting kubeconfig secret: ', /management cluster/],
  [new KubeconfigError('KUBECONFIG_NOT_YAML', 'no'), 'kubeconfig', 'kubeconfig', 'error creating REST config: error parsing kubeconfig: ', /ns\/one-kubeconfig/],
  [new KubeconfigError('KUBECONFIG_EXEC', 'no', { refused: true }), 'policy', 'policy', 'error creating REST config: error parsing kubeconfig: ', /never allowed/],
  [new KubeconfigError('KUBECONFIG_PLAIN_HTTP', 'no', { refused: true }), 'policy', 'policy', 'error creating REST config: error parsing kubeconfig: ', /allow it by kubeconfigPolicy/],
  [transport('ECONNREFUSED', 'dial'), 'reachability', 'dial', NOT_REACHABLE, /nothing listens at https:\/\/one\.example:6443/],
  [transport('ENOTFOUND', 'dial'), 'reachability', 'dial', NOT_REACHABLE, /DNS/],
  [transport('EAI_AGAIN', 'dial'), 'reachability', 'dial', NOT_REACHABLE, /DNS/],
  [transport('DIAL_TIMEOUT', 'dial'), 'reachability', 'dial', NOT_REACHABLE, /firewalls/],
  [transport('EHOSTUNREACH', 'dial'), 'discovery', 'dial', NOT_REACHABLE, /route/],
  [transport('ECONNREFUSED', 'proxy'), 'reachability', 'dial', NOT_REACHABLE, /proxy-url/],
  [transport('ERR_TLS_CERT_ALTNAME_INVALID', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /tls-server-name/],
  [transport('CERT_HAS_EXPIRED', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /dates/],
  [transport('CERT_NOT_YET_VALID', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /clock/],
  [transport('SELF_SIGNED_CERT_IN_CHAIN', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /certificate-authority-data/],
  [transport('DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /certificate-authority-data/],
  [transport('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /certificate-authority-data/],
  [transport('UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /certificate-authority-data/],
  [transport('CERT_SIGNATURE_FAILURE', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /certificate-authority-data/],
  [transport('ECONNRESET', 'tls'), 'reachability', 'tls', NOT_REACHABLE, /speaks TLS/],
  [transport('HEADERS_TIMEOUT', 'response'), 'reachability', 'reachability', NOT_REACHABLE, /overloaded/],
  [status(401, 'Unauthorized'), 'reachability', 'reachability', NOT_REACHABLE, /expired or was revoked/],
  [status(403, 'Forbidden'), 'reachability', 'reachability', NOT_REACHABLE, /healthProbe\.path/],
  [status(404, 'NotFound'), 'reachability', 'reachability', NOT_REACHABLE, /path in the server address/],
  [status(503, 'ServiceUnavailable'), 'reachability', 'reachability', NOT_REACHABLE, /overloaded/],
  [status(403, 'Forbidden'), 'discovery', 'discovery', 'error getting REST mapping: ', /\/api\/v1/],
  [transport('HEADERS_TIMEOUT', 'response'), 'discovery', 'discovery', 'error getting REST mapping: ', /\/api\/v1/],
  [status(403, 'Forbidden'), 'inCluster', 'inCluster', "error checking if we're running on workload cluster: ", /POD_NAMESPACE/],
  [status(403, 'Forbidden'), 'sync', 'sync', 'error when waiting for cache to sync: ', /list and watch/],
];

describe('connectError', () => {
  for (const [error, noticed, stage, prefix, hint] of rows) {
    it(`${(error as TransportError).code}${error instanceof TransportError ? ` of the ${error.stage}` : ''} during ${noticed} is of the stage ${stage}`, () => {
      const told = connectError(error, noticed, { cluster: CLUSTER, server: SERVER, stages: [{ stage: 'dial', duration: 1 }], duration: 2 });
      expect(told).to.be.instanceOf(ConnectError).and.include({ stage, cause: error, cluster: CLUSTER, code: (error as TransportError).code });
      expect(told.message).to.equal(`${prefix}${error.message}`);
      expect(told.hint).to.match(hint);
      expect(told.stages).to.deep.equal([{ stage: 'dial', duration: 1 }, { stage, duration: 2, failed: true }]);
    });
  }

  it('has a row for every stage', () => {
    expect(CONNECT_STAGES.filter((stage) => !rows.some((row) => row[2] === stage))).to.deep.equal([]);
  });

  it('does not wrap what is one already, nor repeat its beginning', () => {
    const first = connectError(new Error('no'), 'discovery', { cluster: CLUSTER });
    expect(connectError(first, 'reachability', { cluster: CLUSTER })).to.equal(first);
    expect(connectError(new Error(first.message), 'discovery', { cluster: CLUSTER }).message).to.equal(first.message);
  });

  it('has a code for an error that has none, and no stages where none is known', () => {
    expect(connectError('a text', 'discovery', { cluster: CLUSTER })).to.deep.include({ code: 'CONNECT_FAILED', message: 'error getting REST mapping: a text', stages: [] });
  });
});
