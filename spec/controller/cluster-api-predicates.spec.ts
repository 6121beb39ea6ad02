import { expect } from 'chai';
import {
  clusterControlPlaneInitialized, clusterInfrastructureProvisioned, clusterNotPaused, clusterPaused, clusterPausedTransitions, clusterPausedTransitionsOrInfrastructureProvisioned, clusterUnpaused,
  hasWatchLabel, isPaused, resourceHasFilterLabel, resourceNotPaused, resourceNotPausedAndHasFilterLabel,
} from '../../lib/controller/cluster-api-predicates.ts';
import type { ObjectPredicate } from '../../lib/controller/source.ts';
import type { Cluster } from '../../lib/model/cluster.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectChange } from '../../lib/model/object-event.ts';
import { aCluster } from '../../lib/testing/fixtures.ts';

const KEY = { namespace: 'default', name: 'a' };
const add = <T>(object: T): ObjectChange<T> => ({ type: 'added', key: KEY, object, cause: 'watch' });
const remove = <T>(object: T): ObjectChange<T> => ({ type: 'deleted', key: KEY, object, cause: 'watch' });
const update = <T>(previous: T, object: T): ObjectChange<T> => ({ type: 'updated', key: KEY, previous, object, cause: 'watch' });

const WATCH = 'cluster.x-k8s.io/watch-filter';
const PAUSED = 'cluster.x-k8s.io/paused';
const labelled = (value?: string): KubernetesObject => ({ metadata: value === undefined ? {} : { labels: { [WATCH]: value } } });
const annotated = (value?: string): KubernetesObject => ({ metadata: value === undefined ? {} : { annotations: { [PAUSED]: value } } });

describe('hasWatchLabel', () => {
  // Cluster API: util/labels TestHasWatchLabel
  const rows: [title: string, object: KubernetesObject, value: string, expected: boolean][] = [
    ['is false without a label and for no value', labelled(), '', false],
    ['is false without a label', labelled(), 'bar', false],
    ['is false with a label and for no value', labelled('bar'), '', false],
    ['is false with an empty label and for no value', labelled(''), '', false],
    ['is false for another value', labelled('bar'), 'Bar', false],
    ['is true for its value', labelled('bar'), 'bar', true],
    ['is false without metadata', {}, 'bar', false],
  ];
  for (const [title, object, value, expected] of rows) it(title, () => { expect(hasWatchLabel(object, value)).to.equal(expected); });
});

describe('resourceHasFilterLabel', () => {
  // Cluster API: util/predicates ResourceHasFilterLabel: an empty value lets everything pass; of an update the new object is asked
  const rows: [title: string, value: string | undefined, change: ObjectChange<KubernetesObject>, passes: boolean][] = [
    ['everything for an empty value', '', add(labelled()), true],
    ['everything for no value', undefined, add(labelled('bar')), true],
    ['an object with the label', 'bar', add(labelled('bar')), true],
    ['one of another value', 'bar', add(labelled('baz')), false],
    ['one without the label', 'bar', add(labelled()), false],
    ['one that is gone', 'bar', remove(labelled('bar')), true],
    ['one that gets the label', 'bar', update(labelled(), labelled('bar')), true],
    ['one that loses it', 'bar', update(labelled('bar'), labelled()), false],
  ];
  for (const [title, value, change, passes] of rows) it(`${passes ? 'lets pass' : 'keeps out'} ${title}`, () => { expect(resourceHasFilterLabel(value)(change)).to.equal(passes); });

  it('refuses what is no text', () => { expect(() => resourceHasFilterLabel(1 as never)).to.throw(TypeError, 'resourceHasFilterLabel.watchFilterValue must be a string; got 1'); });
});

describe('resourceNotPaused', () => {
  const rows: [title: string, change: ObjectChange<KubernetesObject>, passes: boolean][] = [
    ['an object without the annotation', add(annotated()), true],
    ['an object without metadata', add({}), true],
    ['an object with the annotation', add(annotated('true')), false],
    ['an object whose annotation is empty', add(annotated('')), false],
    ['one that is paused and gone', remove(annotated('')), false],
    ['one that goes on', update(annotated(''), annotated()), true],
    ['one that is paused now', update(annotated(), annotated('')), false],
    ['a MachineDeployment whose rollout is paused', add({ spec: { paused: true } } as KubernetesObject), true],
  ];
  for (const [title, change, passes] of rows) it(`${passes ? 'lets pass' : 'keeps out'} ${title}`, () => { expect(resourceNotPaused(change)).to.equal(passes); });

  it('goes together with the watch filter', () => {
    const predicate = resourceNotPausedAndHasFilterLabel('bar');
    const both = { metadata: { labels: { [WATCH]: 'bar' }, annotations: { [PAUSED]: '' } } };
    expect([labelled('bar'), labelled('baz'), both].map((object) => predicate(add(object)))).to.deep.equal([true, false, false]);
  });
});

// The same of both versions of the API, by the field and by the annotation.
for (const version of ['v1beta2', 'v1beta1'] as const) {
  const running = aCluster({ version });
  const unprovisioned = aCluster({ version, ready: false });
  const pauses: [how: string, paused: Cluster][] = [['spec.paused', aCluster({ version, paused: true })], ['its annotation', aCluster({ version, annotations: { [PAUSED]: 'true' } })]];

  describe(`predicates of a Cluster ${version}`, () => {
    for (const [how, paused] of pauses) {
      const rows: [title: string, change: ObjectChange<Cluster>, expected: { paused: boolean; transitions: boolean; unpaused: boolean }][] = [
        ['is new and runs', add(running), { paused: false, transitions: false, unpaused: true }],
        ['is new and paused', add(paused), { paused: true, transitions: false, unpaused: false }],
        ['stays as it is', update(running, running), { paused: false, transitions: false, unpaused: false }],
        ['stays paused', update(paused, paused), { paused: true, transitions: false, unpaused: false }],
        ['is paused', update(running, paused), { paused: true, transitions: true, unpaused: false }],
        ['goes on', update(paused, running), { paused: false, transitions: true, unpaused: true }],
        ['is gone', remove(paused), { paused: true, transitions: false, unpaused: false }],
      ];
      for (const [title, change, expected] of rows) {
        it(`that ${title}, by ${how}`, () => {
          expect({ paused: clusterPaused(change), transitions: clusterPausedTransitions(change), unpaused: clusterUnpaused(change) }).to.deep.equal(expected);
          expect(clusterNotPaused(change)).to.equal(!expected.paused);
        });
      }
    }

    it('paused twice over goes on when both are gone', () => {
      const twice = aCluster({ version, paused: true, annotations: { [PAUSED]: '' } });
      expect([clusterPausedTransitions(update(twice, aCluster({ version, paused: true }))), clusterPausedTransitions(update(twice, running))]).to.deep.equal([false, true]);
    });

    // Cluster API: ClusterUpdateInfraReady
    const infrastructure: [title: string, change: ObjectChange<Cluster>, passes: boolean][] = [
      ['whose infrastructure comes to be provisioned', update(unprovisioned, running), true],
      ['of whose status nothing is known before', update({ metadata: KEY }, running), true],
      ['whose infrastructure stays provisioned', update(running, running), false],
      ['whose infrastructure is provisioned no longer', update(running, unprovisioned), false],
      ['whose infrastructure is not provisioned', update(unprovisioned, unprovisioned), false],
      ['that is new and provisioned', add(running), false],
      ['that is gone', remove(running), false],
    ];
    for (const [title, change, passes] of infrastructure) {
      it(`one ${title} ${passes ? 'passes' : 'is kept out'}`, () => {
        expect(clusterInfrastructureProvisioned(change)).to.equal(passes);
        expect(clusterPausedTransitionsOrInfrastructureProvisioned(change), 'with the pauses').to.equal(passes);
      });
    }
    it('one that is paused passes with the two together', () => {
      for (const [, paused] of pauses) expect([update(running, paused), update(paused, running)].map((change) => clusterPausedTransitionsOrInfrastructureProvisioned(change))).to.deep.equal([true, true]);
    });
  });
}

describe('clusterControlPlaneInitialized', () => {
  type Mark = 'none' | 'True' | 'False';
  const conditions = (status: Mark) => (status === 'none' ? {} : { conditions: [{ type: 'Ready', status: 'True' }, { type: 'ControlPlaneInitialized', status }] });
  const shapes: [title: string, marked: (status: Mark) => Cluster][] = [
    ['by the status of v1beta2', (status) => ({ status: status === 'none' ? {} : { initialization: { controlPlaneInitialized: status === 'True' } } })],
    ['by a condition', (status) => ({ status: conditions(status) })],
    ['by a condition of v1beta1 in v1beta2', (status) => ({ status: { conditions: [], deprecated: { v1beta1: conditions(status) } } })],
  ];
  // Cluster API: util/predicates TestClusterControlplaneInitializedPredicate
  const rows: [before: Mark, after: Mark, passes: boolean][] = [
    ['none', 'none', false], ['none', 'True', true], ['False', 'True', true], ['none', 'False', false], ['True', 'False', false], ['True', 'True', false],
  ];
  for (const [title, marked] of shapes) {
    for (const [before, after, passes] of rows) it(`${before} to ${after} ${title} ${passes ? 'passes' : 'is kept out'}`, () => { expect(clusterControlPlaneInitialized(update(marked(before), marked(after)))).to.equal(passes); });
    it(`of updates alone, ${title}`, () => { expect([add(marked('True')), remove(marked('True'))].map(clusterControlPlaneInitialized)).to.deep.equal([false, false]); });
  }

  it('believes the status of v1beta2 rather than a condition', () => {
    const both = (initialized: boolean): Cluster => ({ status: { initialization: { controlPlaneInitialized: initialized }, ...conditions('True') } });
    expect(clusterControlPlaneInitialized(update(both(false), both(true)))).to.equal(true);
  });

  it('of Clusters without a status is kept out', () => { expect(clusterControlPlaneInitialized(update<Cluster>({}, {}))).to.equal(false); });
});

describe('isPaused', () => {
  // Cluster API: util/annotations TestIsPaused
  const rows: [title: string, cluster: Cluster | undefined, object: KubernetesObject, expected: boolean][] = [
    ['neither', aCluster(), annotated(), false],
    ['its Cluster', aCluster({ paused: true }), annotated(), true],
    ['itself', aCluster(), annotated('true'), true],
    ['itself, without a Cluster', undefined, annotated(''), true],
    ['neither, without a Cluster', undefined, annotated(), false],
  ];
  for (const [title, cluster, object, expected] of rows) it(`is ${expected} of an object where ${title} is paused`, () => { expect(isPaused(cluster, object)).to.equal(expected); });
});

describe('the predicates of Clusters', () => {
  it('are predicates of a Cluster, and those of resources of any object', () => {
    const ofClusters: readonly ObjectPredicate<Cluster>[] = [clusterPaused, clusterNotPaused, clusterPausedTransitions, clusterUnpaused, clusterInfrastructureProvisioned, clusterControlPlaneInitialized, resourceNotPaused];
    expect(ofClusters).to.have.length(7);
  });
});
