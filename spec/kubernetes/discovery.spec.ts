import { expect } from 'chai';
import { basePathOf, readResources, sharedResources } from '../../lib/kubernetes/discovery.ts';
import { TransportError } from '../../lib/model/errors.ts';

const list = (...resources: readonly unknown[]) => JSON.stringify({ kind: 'APIResourceList', groupVersion: 'apps/v1', resources });
const deployments = { name: 'deployments', singularName: 'deployment', namespaced: true, kind: 'Deployment', verbs: ['get'] };

describe('discovery', () => {
  it('asks for the core group and for the others where they are', () => {
    expect(basePathOf({ apiVersion: 'v1', kind: 'Pod' })).to.equal('/api/v1');
    expect(basePathOf({ apiVersion: 'apps/v1', kind: 'Deployment' })).to.equal('/apis/apps/v1');
  });

  const rows: [title: string, resources: readonly unknown[], expected: Record<string, object>][] = [
    ['a resource with its status', [deployments, { ...deployments, name: 'deployments/status' }], { Deployment: { basePath: '/apis/apps/v1', plural: 'deployments', kind: 'Deployment', namespaced: true, hasStatus: true } }],
    ['the status row before the resource', [{ ...deployments, name: 'deployments/status' }, deployments], { Deployment: { basePath: '/apis/apps/v1', plural: 'deployments', kind: 'Deployment', namespaced: true, hasStatus: true } }],
    ['one without a status, cluster-scoped', [{ ...deployments, namespaced: false }], { Deployment: { basePath: '/apis/apps/v1', plural: 'deployments', kind: 'Deployment', namespaced: false, hasStatus: false } }],
    ['a subresource of another kind, which is none', [deployments, { name: 'deployments/scale', kind: 'Scale', namespaced: true }], { Deployment: { basePath: '/apis/apps/v1', plural: 'deployments', kind: 'Deployment', namespaced: true, hasStatus: false } }],
    ['two resources of one kind: the first', [deployments, { ...deployments, name: 'others' }], { Deployment: { basePath: '/apis/apps/v1', plural: 'deployments', kind: 'Deployment', namespaced: true, hasStatus: false } }],
    ['rows that are none', [null, 7, 'x', {}, { name: 7, kind: 'X' }, { name: 'x' }], {}],
    ['no rows', [], {}],
  ];
  for (const [title, resources, expected] of rows) {
    it(`reads ${title}`, () => { expect(Object.fromEntries(readResources(list(...resources), '/apis/apps/v1'))).to.deep.equal(expected); });
  }

  for (const body of ['', '<html>token</html>', 'null', '[]', '{}', '{"resources":null}', '{"resources":{}}']) {
    it(`says that ${JSON.stringify(body)} is garbage, and does not repeat it`, () => {
      expect(() => readResources(body, '/api/v1')).to.throw(TransportError, /^the server's answer is garbage: discovery cannot be read$/).with.property('code', 'GARBAGE');
    });
  }

  it('is one table for clusters that say the same, and another for those that do not', () => {
    const one = sharedResources(list(deployments), '/apis/apps/v1');
    expect(sharedResources(list(deployments), '/apis/apps/v1')).to.equal(one);
    expect(sharedResources(list(deployments, { ...deployments, name: 'x', kind: 'X' }), '/apis/apps/v1')).to.not.equal(one);
    expect(sharedResources(list(deployments), '/apis/apps/v1beta1').get('Deployment')?.basePath).to.equal('/apis/apps/v1beta1');
  });

  it('is read-only', () => {
    expect(Object.isFrozen(readResources(list(deployments), '/apis/apps/v1').get('Deployment'))).to.equal(true);
  });
});
