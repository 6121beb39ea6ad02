import { expect } from 'chai';
import { addFinalizer, containsFinalizer, removeFinalizer } from '../../lib/model/finalizer.ts';
import { deepFreeze } from '../deep-freeze.ts';

// controller-runtime: controllerutil, AddFinalizer, RemoveFinalizer, ContainsFinalizer
describe('finalizers', () => {
  const bare = deepFreeze({ kind: 'Thing', metadata: { name: 'a', labels: { b: 'c' } }, spec: { size: 1 } });
  const held = deepFreeze({ kind: 'Thing', metadata: { name: 'a', finalizers: ['one', 'two'] } });

  it('are added behind the others, to an object that is otherwise the same', () => {
    expect(addFinalizer(bare, 'one')).to.deep.equal({ kind: 'Thing', metadata: { name: 'a', labels: { b: 'c' }, finalizers: ['one'] }, spec: { size: 1 } });
    expect(addFinalizer(held, 'three').metadata).to.deep.include({ finalizers: ['one', 'two', 'three'] });
    expect(addFinalizer(deepFreeze({}), 'one')).to.deep.equal({ metadata: { finalizers: ['one'] } });
  });

  it('are added once: the object that has it is returned itself', () => {
    expect(addFinalizer(held, 'two')).to.equal(held);
  });

  it('are removed, and the field with the last of them', () => {
    expect(removeFinalizer(held, 'one').metadata).to.deep.equal({ name: 'a', finalizers: ['two'] });
    expect(removeFinalizer(removeFinalizer(held, 'one'), 'two')).to.deep.equal({ kind: 'Thing', metadata: { name: 'a' } });
    expect(removeFinalizer(deepFreeze({ metadata: { finalizers: ['one', 'two', 'one'] } }), 'one').metadata).to.deep.equal({ finalizers: ['two'] });
  });

  it('are not removed where they are not: the object is returned itself', () => {
    expect([removeFinalizer(held, 'three'), removeFinalizer(bare, 'one')]).to.have.ordered.members([held, bare]);
  });

  it('are found by their whole name', () => {
    expect([containsFinalizer(held, 'one'), containsFinalizer(held, 'on'), containsFinalizer(bare, 'one'), containsFinalizer({}, 'one')]).to.deep.equal([true, false, false, false]);
  });
});
