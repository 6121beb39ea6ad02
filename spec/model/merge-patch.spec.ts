import { expect } from 'chai';
import { type JsonObject, isJsonObject, sameJson } from '../../lib/model/json.ts';
import { mergePatch } from '../../lib/model/merge-patch.ts';
import { mergePatch as applied } from '../../lib/testing/patch.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { randomNumbers } from '../suites/random-selectors.ts';

describe('mergePatch', () => {
  // evanphx/json-patch: TestCreateMergePatch…; the tables of RFC 7386, the other way round
  const rows: [title: string, from: JsonObject, to: JsonObject, patch: JsonObject | undefined][] = [
    ['nothing where nothing differs', { a: 'b', c: [{ d: 1 }] }, { c: [{ d: 1 }], a: 'b' }, undefined],
    ['another value', { a: 'b', c: 1 }, { a: 'c', c: 1 }, { a: 'c' }],
    ['a new field', { a: 'b' }, { a: 'b', b: 'c' }, { b: 'c' }],
    ['null for a field that is gone', { a: 'b', b: 'c' }, { b: 'c' }, { a: null }],
    ['null for a field that is undefined', { a: 'b' }, { a: undefined }, { a: null }],
    ['null for a field that is null', { a: 'b' }, { a: null }, { a: null }],
    ['nothing for a null where there was none', {}, { a: null, b: undefined }, undefined],
    ['null for a null that is gone', { a: null }, {}, { a: null }],
    ['an array in full, with its nulls', { a: [1, null, 3] }, { a: [1, null] }, { a: [1, null] }],
    ['only the fields of a field that differ', { a: { b: 1, c: 2, d: { e: 3 } } }, { a: { b: 1, d: { e: 4 } } }, { a: { c: null, d: { e: 4 } } }],
    ['an empty field that is new', {}, { a: {} }, { a: {} }],
    ['null for the last field of a field', { a: { b: 1 } }, { a: {} }, { a: { b: null } }],
    ['a mapping in the place of an array', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
    ['an array in the place of a mapping', { a: { b: 1 } }, { a: [1] }, { a: [1] }],
    ['false, 0 and the empty string as what they are', { a: true, b: 1, c: 'x' }, { a: false, b: 0, c: '' }, { a: false, b: 0, c: '' }],
    ['a field that has the name of an inherited one', {}, { constructor: 1 }, { constructor: 1 }],
  ];
  for (const [title, from, to, patch] of rows) {
    it(`says ${title}`, () => { expect(mergePatch(deepFreeze(from), deepFreeze(to))).to.deep.equal(patch); });
  }

  it('keeps a field named __proto__ a field', () => {
    const patch = mergePatch({}, JSON.parse('{"__proto__":{"a":1}}') as JsonObject);
    expect(JSON.stringify(patch)).to.equal('{"__proto__":{"a":1}}');
  });

  it('makes the one of the other for any JSON, and has no part that could be left out', () => {
    const random = randomNumbers(7386);
    for (let round = 0; round < 2_000; round += 1) {
      const from = deepFreeze(randomObject(random, 3));
      const to = deepFreeze(random() < 0.3 ? randomObject(random, 3) : variationOf(from, random));
      const patch = mergePatch(from, to);
      expect(applied(from, patch ?? {}), JSON.stringify({ from, to, patch })).to.deep.equal(to);
      for (const smaller of patch === undefined ? [] : smallerPatches(patch)) expect(sameJson(applied(from, smaller), to), JSON.stringify({ from, to, patch, smaller })).to.equal(false);
    }
  });
});

describe('sameJson', () => {
  const rows: [title: string, a: unknown, b: unknown, same: boolean][] = [
    ['fields in another order', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ['a field that is undefined, and none', { a: undefined }, {}, true],
    ['a field that is null, and none', { a: null }, {}, false],
    ['items in another order', [1, 2], [2, 1], false],
    ['one item more', [1], [1, 2], false],
    ['an array and a mapping', [], {}, false],
    ['a number and its text', 1, '1', false],
    ['null and a mapping', null, {}, false],
    ['an inherited name and no field', {}, { toString: 1 }, false],
  ];
  for (const [title, a, b, same] of rows) {
    it(`${same ? 'holds' : 'does not hold'} for ${title}`, () => { expect([sameJson(a, b), sameJson(b, a)]).to.deep.equal([same, same]); });
  }
});

const FIELDS = ['a', 'b', 'c', 'toString', 'x.y/z'];
const SCALARS = [0, 1, '', 'text', true, false];

/** No field is null: a merge patch cannot make one. Items may be. */
function randomValue(random: () => number, depth: number): unknown {
  const choice = random();
  if (depth === 0 || choice < 0.4) return SCALARS[Math.floor(random() * SCALARS.length)];
  if (choice < 0.6) return Array.from({ length: Math.floor(random() * 3) }, () => (random() < 0.2 ? null : randomValue(random, depth - 1)));
  return randomObject(random, depth - 1);
}

function randomObject(random: () => number, depth: number): JsonObject {
  return Object.fromEntries(FIELDS.filter(() => random() < 0.5).map((field) => [field, randomValue(random, depth)]));
}

/** The same with a few changes, deep inside as well. */
function variationOf(object: JsonObject, random: () => number): JsonObject {
  const kept = Object.entries(object).filter(() => random() > 0.1).map(([field, value]) => [field, variation(value, random)] as const);
  return Object.fromEntries(random() < 0.2 ? [...kept, ['new', randomValue(random, 1)] as const] : kept);
}

function variation(value: unknown, random: () => number): unknown {
  if (random() < 0.15) return randomValue(random, 2);
  if (Array.isArray(value)) return value.map((item: unknown) => variation(item, random));
  return isJsonObject(value) ? variationOf(value, random) : value;
}

/** Each patch that says one thing less. */
function smallerPatches(patch: JsonObject): readonly JsonObject[] {
  return Object.entries(patch).flatMap(([field, value]) => {
    const { [field]: _, ...without } = patch;
    return [without, ...(isJsonObject(value) ? smallerPatches(value).map((inner) => ({ ...patch, [field]: inner })) : [])];
  });
}
