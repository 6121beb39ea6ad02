import { expect } from 'chai';
import {
  and, annotationChangedPredicate, generationChangedPredicate, labelChangedPredicate, labelSelectorPredicate, not, objectPredicate, or, predicateFuncs, resourceVersionChangedPredicate,
} from '../../lib/controller/predicates.ts';
import type { ObjectPredicate } from '../../lib/controller/source.ts';
import { SelectorError } from '../../lib/model/errors.ts';
import type { KubernetesObject, ObjectMeta } from '../../lib/model/kubernetes-object.ts';
import type { ObjectChange } from '../../lib/model/object-event.ts';
import { added, deleted, updated } from './source-scene.ts';

const KEY = { namespace: 'biz', name: 'baz' };
const objectOf = (metadata: ObjectMeta | undefined): KubernetesObject => (metadata === undefined ? {} : { metadata: { ...KEY, ...metadata } });
const add = (metadata?: ObjectMeta): ObjectChange<KubernetesObject> => ({ type: 'added', key: KEY, object: objectOf(metadata), cause: 'watch' });
const remove = (metadata?: ObjectMeta): ObjectChange<KubernetesObject> => ({ type: 'deleted', key: KEY, object: objectOf(metadata), cause: 'watch' });
const update = (before?: ObjectMeta, after?: ObjectMeta): ObjectChange<KubernetesObject> => ({ type: 'updated', key: KEY, previous: objectOf(before), object: objectOf(after), cause: 'watch' });

/** What each predicate says to updates; everything else it lets pass. */
function changes(title: string, predicate: ObjectPredicate<KubernetesObject>, rows: readonly [title: string, before: ObjectMeta | undefined, after: ObjectMeta | undefined, passes: boolean][]): void {
  describe(title, () => {
    it('lets pass what is no update', () => { expect([add(), add({}), remove(), remove({})].map((change) => predicate(change))).to.deep.equal([true, true, true, true]); });
    for (const [row, before, after, passes] of rows) it(`${passes ? 'lets pass' : 'keeps out'} ${row}`, () => { expect(predicate(update(before, after))).to.equal(passes); });
  });
}

// controller-runtime: predicate "When checking a ResourceVersionChangedPredicate"
changes('resourceVersionChangedPredicate', resourceVersionChangedPredicate, [
  ['no change of the resourceVersion', { resourceVersion: '1' }, { resourceVersion: '1' }, false],
  ['a change of the resourceVersion', { resourceVersion: '1' }, { resourceVersion: '2' }, true],
  ['objects without metadata', undefined, undefined, false],
]);

// "When checking a GenerationChangedPredicate"
changes('generationChangedPredicate', generationChangedPredicate, [
  ['no change of the generation', { generation: 1, resourceVersion: '1' }, { generation: 1, resourceVersion: '2' }, false],
  ['a change of the generation', { generation: 1 }, { generation: 2 }, true],
  ['objects without a generation', {}, {}, false],
  ['objects without metadata', undefined, undefined, false],
  ['a first generation', {}, { generation: 1 }, true],
]);

/** The rows of "When checking an AnnotationChangedPredicate" and "… a LabelChangedPredicate": the same, of other fields. */
const rowsOf = (field: 'annotations' | 'labels'): Parameters<typeof changes>[2] => [
  ['objects without metadata', undefined, undefined, false],
  ['objects without any', {}, {}, false],
  ['none and empty ones', {}, { [field]: {} }, false],
  ['no change', { [field]: { booz: 'wooz' } }, { [field]: { booz: 'wooz' } }, false],
  ['the same in another order', { [field]: { a: '1', b: '2' } }, { [field]: { b: '2', a: '1' } }, false],
  ['a change of something else', { [field]: { booz: 'wooz' }, generation: 1 }, { [field]: { booz: 'wooz' }, generation: 2 }, false],
  ['another value', { [field]: { booz: 'wooz' } }, { [field]: { booz: 'weez' } }, true],
  ['one more', { [field]: { booz: 'wooz' } }, { [field]: { booz: 'wooz', zooz: 'qooz' } }, true],
  ['one less', { [field]: { booz: 'wooz', zooz: 'qooz' } }, { [field]: { booz: 'wooz' } }, true],
  ['the first', {}, { [field]: { booz: 'wooz' } }, true],
  ['another key of the same value', { [field]: { booz: '' } }, { [field]: { zooz: '' } }, true],
  ['a key that every object inherits', { [field]: { constructor: 'x' } }, { [field]: { booz: 'x' } }, true],
];
changes('annotationChangedPredicate', annotationChangedPredicate, rowsOf('annotations'));
changes('labelChangedPredicate', labelChangedPredicate, rowsOf('labels'));

describe('labelSelectorPredicate', () => {
  // "When checking a LabelSelectorPredicate": matching, not matching; of an update the new object
  const predicate = labelSelectorPredicate('foo=bar');
  const rows: [title: string, change: ObjectChange<KubernetesObject>, passes: boolean][] = [
    ['an object with the label', add({ labels: { foo: 'bar' } }), true],
    ['one without', add({}), false],
    ['one without metadata', add(), false],
    ['a selected one that is gone', remove({ labels: { foo: 'bar' } }), true],
    ['another one that is gone', remove({ labels: { foo: 'baz' } }), false],
    ['one that comes into the selection', update({}, { labels: { foo: 'bar' } }), true],
    ['one that leaves it', update({ labels: { foo: 'bar' } }, {}), false],
  ];
  for (const [title, change, passes] of rows) it(`${passes ? 'lets pass' : 'keeps out'} ${title}`, () => { expect(predicate(change)).to.equal(passes); });

  it('refuses a selector that does not parse', () => { expect(() => labelSelectorPredicate('foo=bar=baz')).to.throw(SelectorError); });
});

describe('objectPredicate', () => {
  // "When checking NewPredicateFuncs with a namespace filter function"
  const inBiz = objectPredicate(({ metadata }) => metadata?.namespace === 'biz');
  it('is of the object; of an update of the one after it', () => {
    expect([added('biz/a@1'), deleted('biz/a@1'), updated('bizz/a@1', 'biz/a@2')].map((change) => inBiz(change))).to.deep.equal([true, true, true]);
    expect([added('bizz/a@1'), deleted('bizz/a@1'), updated('biz/a@1', 'bizz/a@2')].map((change) => inBiz(change))).to.deep.equal([false, false, false]);
  });
});

describe('predicateFuncs', () => {
  const changesOfAll = [add({}), update({}, {}), remove({})];

  // "When checking a Predicate": each function, and none
  it('asks the one of the type', () => {
    for (const type of ['added', 'updated', 'deleted'] as const) {
      expect(changesOfAll.map((change) => predicateFuncs({ [type]: () => false })(change))).to.deep.equal(changesOfAll.map((change) => change.type !== type));
    }
  });

  it('lets everything pass without any', () => { expect(changesOfAll.map((change) => predicateFuncs({})(change))).to.deep.equal([true, true, true]); });

  it('refuses what is none', () => {
    expect(() => predicateFuncs({ added: true as never })).to.throw(TypeError, 'tests.added must be a function; got true');
    expect(() => predicateFuncs({ create: () => true } as never)).to.throw(TypeError, 'tests.create must be one of added, updated, deleted');
  });
});

describe('predicates put together', () => {
  // "When checking an And / Or / Not Predicate"
  const yes = () => true;
  const no = () => false;
  const change = add({});
  const rows: [title: string, predicate: ObjectPredicate<KubernetesObject>, passes: boolean][] = [
    ['and of two that hold', and(yes, yes), true], ['and of one that holds', and(yes, no), false], ['and of none that holds', and(no, no), false], ['and of nothing', and(), true],
    ['or of two that hold', or(yes, yes), true], ['or of one that holds', or(no, yes), true], ['or of none that holds', or(no, no), false], ['or of nothing', or(), false],
    ['not of one that holds', not(yes), false], ['not of one that does not', not(no), true],
    ['one in another', not(and(yes, or(no, not(no)))), false],
  ];
  for (const [title, predicate, passes] of rows) it(`${title} is ${passes}`, () => { expect(predicate(change)).to.equal(passes); });

  it('ask no more than they must', () => {
    const asked: string[] = [];
    const answer = (name: string, passes: boolean) => () => { asked.push(name); return passes; };
    and(answer('a', true), answer('b', false), answer('c', true))(change);
    or(answer('d', false), answer('e', true), answer('f', true))(change);
    expect(asked.join('')).to.equal('abde');
  });

  it('are handed the cluster', () => {
    const cluster = { namespace: 'default', name: 'one' };
    const isOne: ObjectPredicate<unknown> = (_change, of) => of === cluster;
    for (const predicate of [and(isOne), or(isOne), not(not(isOne)), predicateFuncs({ added: isOne })]) expect([predicate(change, cluster), predicate(change)]).to.deep.equal([true, false]);
  });

  it('refuse what is no predicate', () => {
    expect(() => and(yes, undefined as never)).to.throw(TypeError, 'and.predicate must be a function; got undefined');
    expect(() => or('x' as never)).to.throw(TypeError, 'or.predicate must be a function; got "x"');
    expect(() => not({} as never)).to.throw(TypeError, 'not.predicate must be a function; got an object of Object');
  });
});
