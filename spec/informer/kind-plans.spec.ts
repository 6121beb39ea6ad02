import { expect } from 'chai';
import { type CacheOptions, defineIndex } from '../../lib/informer/cache-options.ts';
import { KindPlans } from '../../lib/informer/kind-plans.ts';
import { type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import { anObject } from './objects.ts';

const Pod = defineKind({ apiVersion: 'v1', kind: 'Pod' });
const Node = defineKind({ apiVersion: 'v1', kind: 'Node' });
const Deployment = defineKind({ apiVersion: 'apps/v1', kind: 'Deployment' });
const marked = (mark: string) => (object: KubernetesObject): KubernetesObject => ({ ...object, kind: mark });
const byName = (kind = Pod, field = 'metadata.name') => defineIndex({ kind, field, extractValue: ({ metadata }) => metadata?.name });

describe('KindPlans', () => {
  it('keep everything of a kind that nothing is said of', () => {
    expect(new KindPlans({ shareParts: false }).of(Pod)).to.deep.equal({ namespaces: undefined, labelSelector: undefined, fieldSelector: undefined, transform: undefined, indexes: [], parts: undefined });
  });

  it('keep of a kind what is said of it, by another object that names the same kind too', () => {
    const plans = new KindPlans({ byObject: [{ kind: Pod, namespaces: ['a', 'b'], labelSelector: 'app=web', fieldSelector: 'spec.nodeName=n' }], indexes: [byName()] });
    for (const kind of [Pod, defineKind({ apiVersion: 'v1', kind: 'Pod' })]) {
      const { namespaces, labelSelector, fieldSelector, indexes } = plans.of(kind);
      expect({ namespaces, labelSelector, fieldSelector, fields: indexes.map(({ field }) => field) })
        .to.deep.equal({ namespaces: ['a', 'b'], labelSelector: 'app=web', fieldSelector: 'spec.nodeName=n', fields: ['metadata.name'] });
    }
    expect(plans.of(Node)).to.deep.include({ namespaces: undefined, indexes: [] });
    expect(plans.of(defineKind({ apiVersion: 'metrics.k8s.io/v1', kind: 'Pod' })).namespaces).to.equal(undefined);
  });

  it('take no namespaces for all of them', () => {
    expect(new KindPlans({ byObject: [{ kind: Pod, namespaces: [] }] }).of(Pod).namespaces).to.equal(undefined);
  });

  it('read the namespace that a field selector names, unless namespaces are given', () => {
    const namespacesOf = (own: object) => new KindPlans({ byObject: [{ kind: Pod, ...own }] }).of(Pod).namespaces;
    expect(namespacesOf({ fieldSelector: 'metadata.namespace=x,spec.nodeName=n' })).to.deep.equal(['x']);
    expect(namespacesOf({ fieldSelector: 'metadata.namespace=x', namespaces: [] })).to.deep.equal(['x']);
    expect(namespacesOf({ fieldSelector: 'metadata.namespace=x', namespaces: ['x', 'y'] })).to.deep.equal(['x', 'y']);
    expect(namespacesOf({ fieldSelector: 'metadata.namespace!=x' })).to.equal(undefined);
  });

  it('transform by the kind\'s own, else by the one for all', () => {
    const plans = new KindPlans({ defaultTransform: marked('default'), byObject: [{ kind: Pod, transform: marked('own') }, { kind: Deployment }] });
    expect([Pod, Node, Deployment].map((kind) => plans.of(kind).transform?.(anObject('a@1')).kind)).to.deep.equal(['own', 'default', 'default']);
  });

  it('call a transform as a method of what it was given with', () => {
    class Marking {
      readonly kind = Pod;
      readonly #mark = 'its own';
      transform(object: KubernetesObject): KubernetesObject { return marked(this.#mark)(object); }
    }
    expect(new KindPlans({ byObject: [new Marking()] }).of(Pod).transform?.(anObject('a@1')).kind).to.equal('its own');
  });

  it('know the kinds that have an index, each once', () => {
    expect(new KindPlans({ indexes: [byName(), byName(Pod, 'other'), byName(Node)] }).indexed).to.deep.equal([Pod, Node]);
    expect(new KindPlans({ byObject: [{ kind: Pod }] }).indexed).to.deep.equal([]);
  });

  it('share the parts of the objects of a kind over all clusters, of each kind by itself', () => {
    const plans = new KindPlans({});
    const { parts } = plans.of(Pod);
    expect(parts).to.be.an('object');
    expect(plans.of(defineKind({ apiVersion: 'v1', kind: 'Pod' })).parts).to.equal(parts);
    expect(plans.of(Node).parts).to.not.equal(parts);
  });

  const refused: readonly [message: string, options: CacheOptions][] = [
    ['options.cache.byObject[1].kind must be of one entry only; got v1 Pod once more', { byObject: [{ kind: Pod }, { kind: defineKind({ apiVersion: 'v1', kind: 'Pod' }) }] }],
    ['options.cache.indexes[2] must be an index that is not declared yet; got "metadata.name" of v1 Pod, as indexes[0]', { indexes: [byName(), byName(Node), byName()] }],
    ['options.cache.byObject[0].labelSelector must be a selector; got ', { byObject: [{ kind: Pod, labelSelector: 'a in (' }] }],
    ['options.cache.byObject[1].fieldSelector must be a selector; got ', { byObject: [{ kind: Node }, { kind: Pod, fieldSelector: 'spec.nodeName' }] }],
  ];
  for (const [message, options] of refused) {
    it(`refuse: ${message}`, () => {
      expect(() => new KindPlans(options)).to.throw(TypeError, message);
    });
  }
});
