import { expect } from 'chai';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import { AlreadyOwnedError, controllerOf, hasOwnerReference, removeOwnerReference, setControllerReference, setOwnerReference } from '../../lib/model/owner-reference.ts';
import { deepFreeze } from '../deep-freeze.ts';

// controller-runtime: controllerutil, SetControllerReference, SetOwnerReference, RemoveOwnerReference, HasOwnerReference
describe('owner references', () => {
  const owner = deepFreeze({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'default', name: 'web', uid: 'uid-web' } });
  const other = deepFreeze({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'default', name: 'db', uid: 'uid-db' } });
  const clusterScoped = deepFreeze({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node', uid: 'uid-node' } });
  const object: KubernetesObject = deepFreeze({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 'a' } });
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web' };
  const withReferences = (...ownerReferences: object[]): KubernetesObject => deepFreeze({ ...object, metadata: { ...object.metadata, ownerReferences } } as KubernetesObject);
  const referencesOf = ({ metadata }: KubernetesObject) => metadata?.ownerReferences;

  describe('setControllerReference', () => {
    it('makes the owner the controller, which waits for the object where it is deleted in the foreground', () => {
      expect(setControllerReference(object, owner)).to.deep.equal({ ...object, metadata: { ...object.metadata, ownerReferences: [{ ...reference, controller: true, blockOwnerDeletion: true }] } });
    });

    it('lets the owner go first where it is told so', () => {
      expect(referencesOf(setControllerReference(object, owner, { blockOwnerDeletion: false }))).to.deep.equal([{ ...reference, controller: true, blockOwnerDeletion: false }]);
    });

    it('changes nothing where it is the controller: the object is returned itself', () => {
      const owned = setControllerReference(object, owner);
      expect(setControllerReference(owned, owner)).to.equal(owned);
    });

    it('keeps the other owners, in their order', () => {
      const before = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'c' };
      expect(referencesOf(setControllerReference(withReferences(before, reference, { ...before, name: 'd' }), owner))?.map(({ name, controller }) => [name, controller])).to.deep.equal([['c', undefined], ['web', true], ['d', undefined]]);
    });

    it('takes an owner of another version or uid for the same one, and says what it is now', () => {
      const owned = withReferences({ ...reference, apiVersion: 'apps/v1beta1', uid: 'uid-old', controller: true });
      expect(referencesOf(setControllerReference(owned, owner))).to.deep.equal([{ ...reference, controller: true, blockOwnerDeletion: true }]);
    });

    it('throws an AlreadyOwnedError where another one is the controller', () => {
      const owned = setControllerReference(object, other);
      expect(() => setControllerReference(owned, owner)).to.throw(AlreadyOwnedError, 'Secret default/a is already controlled by Deployment db').that.deep.includes({ code: 'ALREADY_OWNED', owner: referencesOf(owned)?.[0] });
    });

    for (const [title, group] of [['kind', { kind: 'ReplicaSet' }], ['group', { apiVersion: 'example.com/v1' }]] as const) {
      it(`takes an owner of the same name and another ${title} for another one`, () => {
        expect(() => setControllerReference(withReferences({ ...reference, ...group, controller: true }), owner)).to.throw(AlreadyOwnedError);
      });
    }
  });

  describe('setOwnerReference', () => {
    it('adds an owner that is no controller, beside a controller', () => {
      expect(referencesOf(setOwnerReference(setControllerReference(object, other), owner))).to.deep.equal([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'db', uid: 'uid-db', controller: true, blockOwnerDeletion: true }, reference]);
    });

    it('says once what there is: a controller becomes an owner, and the same owner changes nothing', () => {
      const owned = setOwnerReference(setControllerReference(object, owner), owner);
      expect(referencesOf(owned)).to.deep.equal([reference]);
      expect(setOwnerReference(owned, owner)).to.equal(owned);
    });

    it('waits for the object where it is told so', () => {
      expect(referencesOf(setOwnerReference(object, owner, { blockOwnerDeletion: true }))).to.deep.equal([{ ...reference, blockOwnerDeletion: true }]);
    });
  });

  for (const [name, set] of [['setControllerReference', setControllerReference], ['setOwnerReference', setOwnerReference]] as const) {
    describe(`${name} across namespaces`, () => {
      const node = deepFreeze({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } });
      const elsewhere = deepFreeze({ ...owner, metadata: { ...owner.metadata, namespace: 'elsewhere' } });

      it('takes a cluster-scoped owner for any object', () => {
        expect(referencesOf(set(object, clusterScoped))).to.have.length(1);
        expect(referencesOf(set(node as KubernetesObject, clusterScoped))).to.have.length(1);
      });

      it('refuses a namespaced owner for a cluster-scoped object', () => {
        expect(() => set(node, owner)).to.throw("cluster-scoped resource must not have a namespace-scoped owner, owner's namespace default").that.includes({ code: 'FORBIDDEN_OWNER' });
      });

      it('refuses an owner of another namespace', () => {
        expect(() => set(object, elsewhere)).to.throw("cross-namespace owner references are disallowed, owner's namespace elsewhere, obj's namespace default").that.includes({ code: 'FORBIDDEN_OWNER' });
      });

      it('refuses an owner that no API server has sent', () => {
        expect(() => set(object, { ...owner, kind: '' })).to.throw(TypeError, 'owner.kind must be a non-empty string');
        expect(() => set(object, { ...owner, metadata: { name: 'web', namespace: 'default' } })).to.throw(TypeError, 'owner.metadata.uid must be a non-empty string');
      });
    });
  }

  it('are removed, and the field with the last of them', () => {
    expect(removeOwnerReference(setControllerReference(object, owner), owner)).to.deep.equal(object);
    expect(referencesOf(removeOwnerReference(setOwnerReference(setControllerReference(object, other), owner), owner))?.map(({ name }) => name)).to.deep.equal(['db']);
  });

  it('are not removed where they are not: the object is returned itself', () => {
    const owned = setControllerReference(object, other);
    expect([removeOwnerReference(owned, owner), removeOwnerReference(object, owner)]).to.have.ordered.members([owned, object]);
  });

  it('are found by group, kind and name', () => {
    expect(hasOwnerReference(withReferences({ ...reference, apiVersion: 'apps/v1beta1', uid: 'uid-old' }), owner)).to.equal(true);
    expect([object, withReferences({ ...reference, name: 'x' }), withReferences({ ...reference, apiVersion: 'v1' })].map((one) => hasOwnerReference(one, owner))).to.deep.equal([false, false, false]);
  });

  it('tell the controller from the other owners', () => {
    expect(controllerOf(setControllerReference(setOwnerReference(object, owner), other))?.name).to.equal('db');
    expect(controllerOf(setOwnerReference(object, owner))).to.equal(undefined);
  });
});
