import { expect } from 'chai';
import { Subject } from 'rxjs';
import type { KubeconfigReading } from '../../lib/cluster-cache/kubeconfig-reading.ts';
import { type Target, targetOf } from '../../lib/cluster-cache/target.ts';
import type { TargetState } from '../../lib/connection/dialer.ts';
import type { Cluster } from '../../lib/model/cluster.ts';
import { ConnectError, KubeconfigError, TransportError } from '../../lib/model/errors.ts';
import { aCluster } from '../../lib/testing/fixtures.ts';
import { kubeconfigDocument } from '../../lib/testing/kubeconfig-document.ts';

const KEY = { namespace: 'ns', name: 'one' };
const kubeconfig = (user: Readonly<Record<string, string>> = { token: 'secret-1' }, server = 'https://one.example:6443') => kubeconfigDocument({ name: 'one', contextName: 'one', server, user });
const present = (text: string): KubeconfigReading => ({ type: 'present', kubeconfig: text });

interface Scene {
  readonly cluster: Subject<Cluster>;
  readonly kubeconfig: Subject<KubeconfigReading>;
  readonly states: TargetState<Target>[];
  readonly ended: () => boolean;
}

function scene(): Scene {
  const cluster = new Subject<Cluster>();
  const readings = new Subject<KubeconfigReading>();
  const states: TargetState<Target>[] = [];
  let ended = false;
  targetOf(KEY, cluster, readings, {}).subscribe({ next: (state) => states.push(state), complete: () => { ended = true; } });
  return { cluster, kubeconfig: readings, states, ended: () => ended };
}

function described(state: TargetState<Target> | undefined): string {
  if (state === undefined) return 'nothing';
  if (!state.ready) return `${state.reason}${state.keepsConnection === true ? ', kept' : ''}`;
  return 'error' in state.target ? `unusable at ${state.target.error.stage}` : `to ${state.target.kubeconfig.endpoint.server.host}`;
}

const fingerprint = (state: TargetState<Target> | undefined): string => (state?.ready === true ? state.fingerprint : '');

describe('targetOf', () => {
  it('says nothing of a provisioned cluster until its kubeconfig is read', () => {
    const { cluster, kubeconfig: reading, states } = scene();
    cluster.next(aCluster());
    expect(states).to.deep.equal([]);
    expect(reading.observed).to.equal(true);
  });

  it('waits for the infrastructure before it asks for the kubeconfig, and no longer asks when it is lost', () => {
    const { cluster, kubeconfig: reading, states } = scene();
    cluster.next(aCluster({ ready: false }));
    expect(reading.observed).to.equal(false);
    cluster.next(aCluster());
    expect(reading.observed).to.equal(true);
    reading.next(present(kubeconfig()));
    cluster.next(aCluster({ ready: false }));
    expect(reading.observed).to.equal(false);
    expect(states.map(described)).to.deep.equal(['infrastructureNotProvisioned', 'to one.example:6443', 'infrastructureNotProvisioned']);
  });

  it('takes v1beta1 for what it is', () => {
    const { cluster, states } = scene();
    cluster.next(aCluster({ version: 'v1beta1', ready: false }));
    expect(states.map(described)).to.deep.equal(['infrastructureNotProvisioned']);
  });

  it('does not begin anew when something else of the Cluster changes', () => {
    const { cluster, kubeconfig: reading, states } = scene();
    cluster.next(aCluster());
    reading.next(present(kubeconfig()));
    cluster.next(aCluster({ labels: { some: 'label' }, paused: true }));
    expect(states).to.have.length(1);
  });

  it('completes with its Cluster, whatever it was', () => {
    for (const ready of [true, false]) {
      const { cluster, kubeconfig: reading, ended } = scene();
      cluster.next(aCluster({ ready }));
      cluster.complete();
      expect(ended()).to.equal(true);
      expect(reading.observed).to.equal(false);
    }
  });

  const rows: readonly (readonly [title: string, reading: KubeconfigReading, described: string, code: string, text: RegExp])[] = [
    ['a Secret that is not there', { type: 'absent' }, 'kubeconfigMissing, kept', 'KUBECONFIG_MISSING', /^error creating REST config: error getting kubeconfig secret: .*"one-kubeconfig" not found$/],
    ['a Secret without the key', { type: 'unusable', error: new KubeconfigError('KUBECONFIG_KEY_MISSING', 'missing key "value" in secret data') }, 'kubeconfigMissing, kept', 'KUBECONFIG_KEY_MISSING', /^error creating REST config: error getting kubeconfig secret: missing key/],
    ['a Secret that cannot be read', { type: 'unreadable', error: new TransportError('ECONNREFUSED', 'refused', { stage: 'dial' }), delay: 1 }, 'kubeconfigMissing, kept', 'ECONNREFUSED', /^error creating REST config: error getting kubeconfig secret: refused$/],
    ['a kubeconfig that is none', present('{'), 'unusable at kubeconfig', 'KUBECONFIG_NOT_YAML', /^error creating REST config: error parsing kubeconfig: /],
    ['a kubeconfig without a context', present('{}'), 'unusable at kubeconfig', 'KUBECONFIG_NO_CURRENT_CONTEXT', /^error creating REST config: error parsing kubeconfig: /],
    ['a kubeconfig that reads a file', present(kubeconfig({ tokenFile: '/secret-file' })), 'unusable at policy', 'KUBECONFIG_TOKEN_FILE', /^error creating REST config: error parsing kubeconfig: /],
  ];
  for (const [title, reading, what, code, text] of rows) {
    it(`says of ${title}: ${what}`, () => {
      const { cluster, kubeconfig: readings, states } = scene();
      cluster.next(aCluster());
      readings.next(reading);
      const [state] = states;
      expect(described(state)).to.equal(what);
      const error = state?.ready === false ? state.error : state?.ready === true && 'error' in state.target ? state.target.error : undefined;
      expect(error).to.be.instanceOf(ConnectError).and.include({ code, cluster: KEY });
      expect((error as ConnectError).message).to.match(text).and.not.include('secret-');
      expect((error as ConnectError).hint).to.not.equal('');
    });
  }

  it('says nothing of a Secret that cannot be read just now, once something is known of it', () => {
    const { cluster, kubeconfig: reading, states } = scene();
    cluster.next(aCluster());
    reading.next(present(kubeconfig()));
    reading.next({ type: 'unreadable', error: new Error('later'), delay: 1 });
    reading.next({ type: 'absent' });
    reading.next({ type: 'unreadable', error: new Error('later'), delay: 1 });
    expect(states.map(described)).to.deep.equal(['to one.example:6443', 'kubeconfigMissing, kept']);
  });

  it('has the same fingerprint for what is the same to connect with, another for everything else', () => {
    const { cluster, kubeconfig: reading, states } = scene();
    cluster.next(aCluster());
    const texts = [kubeconfig(), `${kubeconfig()}\n`, kubeconfig({ token: 'secret-2' }), kubeconfig({ token: 'secret-2' }, 'https://two.example:6443'), '{', '{', '{}'];
    for (const text of texts) reading.next(present(text));
    const prints = states.map(fingerprint);
    expect(prints.map((print) => prints.indexOf(print))).to.deep.equal([0, 0, 2, 3, 4, 4, 6]);
    expect(prints.join()).to.not.include('secret-');
  });
});
