import { expect } from 'chai';
import { parseSecretName, secretName } from '../../lib/model/secret-name.ts';

// Cluster API: util/secret, TestParseSecretName
describe('parseSecretName', () => {
  const names: [name: string, clusterName: string, purpose: string][] = [
    ['test-kubeconfig', 'test', 'kubeconfig'],
    ['test-capa-ca', 'test-capa', 'ca'],
    ['test-etcd', 'test', 'etcd'],
    ['test-sa', 'test', 'sa'],
    ['test-proxy', 'test', 'proxy'],
    ['test-apiserver-etcd-client', 'test', 'apiserver-etcd-client'],
    ['kubeconfig-kubeconfig', 'kubeconfig', 'kubeconfig'],
  ];
  for (const [name, clusterName, purpose] of names) {
    it(`reads ${name}`, () => {
      const parsed = parseSecretName(name);
      expect(parsed).to.deep.equal({ clusterName, purpose });
      expect(secretName(parsed.clusterName, parsed.purpose)).to.equal(name);
    });
  }

  for (const [name, message] of [
    ['foo', '"foo" is not a valid cluster secret name: the purpose suffix is missing'],
    ['foo-bar', '"foo-bar" is not a valid cluster secret name: the purpose suffix is invalid'],
    ['-kubeconfig', '"-kubeconfig" is not a valid cluster secret name'], ['kubeconfig', 'missing'], ['test-client', 'invalid'], ['', 'missing'],
  ] as const) {
    it(`refuses ${JSON.stringify(name)}`, () => { expect(() => parseSecretName(name)).to.throw(message).that.includes({ code: 'BAD_SECRET_NAME' }); });
  }
});
