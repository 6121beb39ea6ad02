import { expect } from 'chai';
import { type FieldManager, applied, withUpdatedFields } from '../../lib/testing/managed-fields.ts';
import type { AnyObject } from '../../lib/testing/object-rules.ts';

const manager = (name: string, operation: 'Apply' | 'Update' = 'Apply'): FieldManager => ({ name, operation, apiVersion: 'v1' });
const anObject = (fields: object): AnyObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...fields });
const owners = (object: AnyObject) => Object.fromEntries((object.metadata?.managedFields ?? []).map((entry) => {
  const { manager: name, operation, fieldsV1 } = entry as { manager: string; operation: string; fieldsV1: object };
  return [`${name} ${operation}`, fieldsV1];
}));
const withoutAccount = ({ metadata, ...rest }: AnyObject) => ({ ...rest, metadata: { ...metadata, managedFields: undefined } });

describe('managed fields', () => {
  it('go to who sets them, item by item in keyed lists and sets', () => {
    const object = withUpdatedFields(undefined, anObject({ data: { k: 'v' }, metadata: { name: 'a', labels: { l: '1' }, finalizers: ['f'] }, spec: { containers: [{ name: 'c', args: ['x'] }] } }), manager('anna', 'Update'));
    expect(owners(object)).to.deep.equal({
      'anna Update': {
        'f:data': { 'f:k': {} }, 'f:metadata': { 'f:labels': { 'f:l': {} }, 'f:finalizers': { 'v:"f"': {} } },
        'f:spec': { 'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:args': {} } } },
      },
    });
  });

  it('move to who changes them, and go with what is removed', () => {
    const first = withUpdatedFields(undefined, anObject({ data: { a: '1', b: '1', c: '1' } }), manager('anna', 'Update'));
    const second = withUpdatedFields(first, { ...first, data: { a: '1', b: '2' } }, manager('bert', 'Update'));
    expect(owners(second)).to.deep.equal({ 'anna Update': { 'f:data': { 'f:a': {} } }, 'bert Update': { 'f:data': { 'f:b': {} } } });
  });

  it('are shared by those who apply the same value', () => {
    const anna = applied(anObject({}), anObject({ data: { a: '1' } }), manager('anna'), false);
    const both = applied(anna, anObject({ data: { a: '1' } }), manager('bert'), false);
    expect(owners(both)).to.deep.equal({ 'anna Apply': { 'f:data': { 'f:a': {} } }, 'bert Apply': { 'f:data': { 'f:a': {} } } });
    expect(applied(both, anObject({}), manager('anna'), false)['data'], 'left by one, kept by the other').to.deep.equal({ a: '1' });
  });

  it('conflict in the words of kube-apiserver, by manager', () => {
    const anna = applied(anObject({}), anObject({ data: { a: '1', b: '1' } }), manager('anna'), false);
    expect(() => applied(anna, anObject({ data: { a: '2', b: '1' } }), manager('bert'), false)).to.throw('Apply failed with 1 conflict: conflict with "anna": .data.a');
    expect(() => applied(anna, anObject({ data: { a: '2', b: '2' } }), manager('bert'), false)).to.throw('Apply failed with 2 conflicts: conflicts with "anna":\n- .data.a\n- .data.b');
    const pod = withUpdatedFields(undefined, anObject({ spec: { containers: [{ name: 'c', image: '1' }] } }), manager('kubectl', 'Update'));
    expect(() => applied(pod, anObject({ spec: { containers: [{ name: 'c', image: '2' }] } }), manager('bert'), false))
      .to.throw('Apply failed with 1 conflict: conflict with "kubectl" using v1: .spec.containers[name="c"].image');
  });

  it('are taken by force', () => {
    const anna = applied(anObject({}), anObject({ data: { a: '1', b: '1' } }), manager('anna'), false);
    const forced = applied(anna, anObject({ data: { a: '2' } }), manager('bert'), true);
    expect(forced['data']).to.deep.equal({ a: '2', b: '1' });
    expect(owners(forced)).to.deep.equal({ 'anna Apply': { 'f:data': { 'f:b': {} } }, 'bert Apply': { 'f:data': { 'f:a': {} } } });
  });

  it('that their only manager leaves out of an apply are removed, items of lists too', () => {
    const config = (...names: string[]) => anObject({ spec: { containers: names.map((name) => ({ name, image: '1' })) }, metadata: { name: 'a', finalizers: names } });
    const two = applied(anObject({}), config('x', 'y'), manager('anna'), false);
    expect(withoutAccount(applied(two, config('y'), manager('anna'), false))).to.deep.equal(withoutAccount(config('y')));
  });
});
