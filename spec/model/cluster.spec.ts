import { expect } from 'chai';
import { clusterNameOfKubeconfigSecret, isInfrastructureProvisioned, kubeconfigSecretName, matchesWatchFilter } from '../../lib/model/cluster.ts';

describe('isInfrastructureProvisioned', () => {
  const rows: [title: string, status: Record<string, unknown> | undefined, expected: boolean][] = [
    ['no status', undefined, false],
    ['v1beta1, ready', { infrastructureReady: true }, true],
    ['v1beta1, not ready', { infrastructureReady: false }, false],
    ['v1beta2, provisioned', { initialization: { infrastructureProvisioned: true } }, true],
    ['v1beta2, not provisioned', { initialization: { infrastructureProvisioned: false } }, false],
    ['v1beta2, nothing said', { initialization: {} }, false],
    ['both, of which v1beta2 is newer', { infrastructureReady: true, initialization: { infrastructureProvisioned: false } }, false],
  ];
  for (const [title, status, expected] of rows) {
    it(`${expected ? 'holds' : 'does not hold'} for ${title}`, () => { expect(isInfrastructureProvisioned(status === undefined ? {} : { status })).to.equal(expected); });
  }
});

describe('matchesWatchFilter', () => {
  const labelled = { metadata: { labels: { 'cluster.x-k8s.io/watch-filter': 'mine' } } };
  const rows: [title: string, cluster: object, filter: string | undefined, expected: boolean][] = [
    ['no label and no filter', {}, undefined, true],
    ['no label and an empty filter', {}, '', true],
    ['a label and an empty filter', labelled, '', true],
    ['a label that is the filter', labelled, 'mine', true],
    ['a label that is not', labelled, 'min', false],
    ['no label and a filter', {}, 'mine', false],
  ];
  for (const [title, cluster, filter, expected] of rows) {
    it(`${expected ? 'lets through' : 'holds back'} ${title}`, () => { expect(matchesWatchFilter(cluster, filter)).to.equal(expected); });
  }
});

describe('the name of a kubeconfig Secret', () => {
  it('is the cluster\'s with -kubeconfig, and back', () => {
    expect(kubeconfigSecretName('one')).to.equal('one-kubeconfig');
    expect(clusterNameOfKubeconfigSecret('one-kubeconfig')).to.equal('one');
    expect(clusterNameOfKubeconfigSecret('a-b-kubeconfig')).to.equal('a-b');
  });

  for (const name of ['one-ca', '-kubeconfig', 'kubeconfig', 'one-kubeconfig-old']) {
    it(`is not ${name}`, () => { expect(clusterNameOfKubeconfigSecret(name)).to.equal(undefined); });
  }
});
