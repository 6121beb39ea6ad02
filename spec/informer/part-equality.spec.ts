import { expect } from 'chai';
import { isSamePart } from '../../lib/informer/part-equality.ts';

/** A new one with each call: nothing is the same because it is the very same. */
const PARTS: Readonly<Record<string, () => unknown>> = {
  'a text': () => ['a longer ', 'text'].join(''), 'another text': () => 'a longer word', 'the empty text': () => '',
  zero: () => 0, 'minus zero': () => -0, one: () => 1, 'one as a text': () => '1', true: () => true, false: () => false, null: () => null, undefined: () => undefined,
  'no fields': () => ({}), 'no items': () => [], 'a field': () => ({ a: 1 }), 'another field': () => ({ b: 1 }), 'another value': () => ({ a: 2 }), 'two fields': () => ({ a: 1, b: 1 }),
  'one item': () => [1], 'two items': () => [1, 2], 'fields like items': () => ({ 0: 1, length: 1 }), 'a nested text': () => ({ a: [{ b: ['a longer ', 'text'].join('') }] }), 'another nested text': () => ({ a: [{ b: 'a longer word' }] }),
  'a field of a name that all inherit': () => ({ constructor: { name: 'a' } }), 'a field of the name of the prototype': () => JSON.parse('{"__proto__":{}}') as unknown,
};
/** Not JSON: the same as nothing, not even as its like. */
const OTHERS: Readonly<Record<string, () => unknown>> = {
  'a date': () => new Date(0), 'a map': () => new Map(), 'a field that is undefined': () => ({ a: undefined }), 'an inherited field': () => Object.create({ a: 1 }) as unknown, NaN: () => NaN,
  'an array of dates': () => [new Date(0)],
};

describe('isSamePart', () => {
  for (const [name, make] of Object.entries(PARTS)) {
    it(`takes ${name} for the same as itself, and as nothing else`, () => {
      const same = Object.entries({ ...PARTS, ...OTHERS }).filter(([, other]) => isSamePart(make(), other())).map(([other]) => other);
      expect(same).to.deep.equal([name]);
    });
  }

  for (const [name, make] of Object.entries(OTHERS)) {
    it(`does not say of ${name} that it is the same as anything`, () => {
      expect(Object.values({ ...PARTS, ...OTHERS }).some((other) => isSamePart(make(), other()) || isSamePart(other(), make()))).to.equal(false);
    });
  }

  it('asks for no order of fields', () => {
    expect(isSamePart({ a: 1, b: [2] }, { b: [2], a: 1 })).to.equal(true);
  });

  it('ends on what is deeper than any object, and on cycles', () => {
    const deep = () => JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    const cycle = () => {
      const made: unknown[] = [];
      made.push(made);
      return made;
    };
    expect(isSamePart(deep(), deep())).to.equal(false);
    expect(isSamePart(cycle(), cycle())).to.equal(false);
  });
});
