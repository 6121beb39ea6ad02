import { expect } from 'chai';
import { type ObjectsSelection, selectionOf } from '../../lib/informer/selection.ts';
import { SelectorError } from '../../lib/model/errors.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { ObjectChange } from '../../lib/model/object-event.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { anObject, lineOf } from './objects.ts';

type Change = ObjectChange<KubernetesObject>;
type Labels = Readonly<Record<string, string>>;

const [red, blue]: readonly [Labels, Labels] = [{ color: 'red' }, { color: 'blue' }];
const inside = { key: { namespace: 'ns', name: 'a' }, cause: 'watch' } as const;
const elsewhere = { key: { namespace: 'other', name: 'a' }, cause: 'watch' } as const;
const added = (labels?: Labels, at = inside as Pick<Change, 'key' | 'cause'>): Change => ({ ...at, type: 'added', object: anObject(`${at.key.namespace}/a@1`, labels) });
const updated = (from: Labels | undefined, to: Labels | undefined, cause: Change['cause'] = 'watch'): Change =>
  ({ ...inside, cause, type: 'updated', previous: anObject('ns/a@1', from), object: anObject('ns/a@2', to) });
const deleted = (labels?: Labels): Change => ({ ...inside, type: 'deleted', object: anObject('ns/a@3', labels) });

describe('selectionOf', () => {
  for (const everything of [{}, { namespace: '' }, { labelSelector: '' }, { namespace: undefined, labelSelector: undefined }] satisfies ObjectsSelection[]) {
    it(`is none where all is selected: ${JSON.stringify(everything)}`, () => expect(selectionOf(everything)).to.equal(undefined));
  }

  const byLabels: ObjectsSelection = { labelSelector: 'color=red' };
  const tables: readonly [title: string, selection: ObjectsSelection, change: Change, told: string | undefined][] = [
    ['what is added and selected is added', byLabels, added(red), 'added ns/a@1 (watch)'],
    ['what is added and not selected is not told', byLabels, added(blue), undefined],
    ['what is added without labels is not told', byLabels, added(), undefined],
    ['what comes into the selection is added', byLabels, updated(blue, red), 'added ns/a@2 (watch)'],
    ['what had no labels and comes into it is added', byLabels, updated(undefined, red, 'reconnect'), 'added ns/a@2 (reconnect)'],
    ['what stays in it is updated', byLabels, updated(red, { ...red, size: 'large' }), 'updated ns/a@1>2 (watch)'],
    ['what leaves it is deleted, in the state that left', byLabels, updated(red, blue, 'relist'), 'deleted ns/a@2 (relist)'],
    ['what loses its labels is deleted', byLabels, updated(red, undefined), 'deleted ns/a@2 (watch)'],
    ['what stays outside is not told', byLabels, updated(blue, undefined), undefined],
    ['what is told again is told as it is', byLabels, updated(red, red, 'resync'), 'updated ns/a@1>2 (resync)'],
    ['what is deleted inside is deleted', byLabels, deleted(red), 'deleted ns/a@3 (watch)'],
    ['what is deleted outside is not told', byLabels, deleted(blue), undefined],
    ['a selector that what has no labels fits', { labelSelector: 'color!=red' }, added(), 'added ns/a@1 (watch)'],
    ['of a namespace, what is there is told', { namespace: 'ns' }, added(red), 'added ns/a@1 (watch)'],
    ['of a namespace, what is elsewhere is not', { namespace: 'ns' }, added(red, elsewhere), undefined],
    ['of both, what is elsewhere is not told whatever its labels', { namespace: 'ns', ...byLabels }, added(red, elsewhere), undefined],
    ['of both, what is there and not selected is not told', { namespace: 'ns', ...byLabels }, added(blue), undefined],
    ['of both, what is there and selected is told', { namespace: 'ns', ...byLabels }, added(red), 'added ns/a@1 (watch)'],
    ['of all namespaces, labels alone decide', { namespace: '', ...byLabels }, added(red, elsewhere), 'added other/a@1 (watch)'],
  ];
  for (const [title, selection, change, told] of tables) {
    it(title, () => {
      const own = selectionOf<KubernetesObject>(selection)?.(deepFreeze(change));
      expect(own === undefined ? undefined : lineOf(own)).to.equal(told);
    });
  }

  it('refuses a selector that does not parse when it is made, not when it is used', () => {
    expect(() => selectionOf({ labelSelector: 'a in (' })).to.throw(SelectorError);
  });
});
