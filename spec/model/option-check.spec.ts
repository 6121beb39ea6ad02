import { expect } from 'chai';
import { type Shape, checkOptions, count, duration, filled, flag, having, headerText, list, optional, path, procedure, rate, schedulerLike, text } from '../../lib/model/option-check.ts';

const shape: Shape = { interval: optional(duration), name: text, nested: { threshold: optional(count) } };

describe('checkOptions', () => {
  const refusals: [title: string, value: unknown, message: string][] = [
    ['no object', 'x', 'options must be an object; got "x"'],
    ['an array', [1, 2], 'options must be an object; got an array of 2'],
    ['null', null, 'options must be an object; got null'],
    ['a missing field', {}, 'options.name must be a non-empty string; got undefined'],
    ['a misspelt field', { name: 'a', intervall: 1 }, 'options.intervall must be one of interval, name, nested; got an unknown field'],
    ['an inherited name', { name: 'a', toString: 1 }, 'options.toString must be one of interval, name, nested; got an unknown field'],
    ['a wrong type', { name: 1 }, 'options.name must be a non-empty string; got 1'],
    ['a field of a field', { name: 'a', nested: { threshold: 0 } }, 'options.nested.threshold must be a whole number, 1 or more; got 0'],
    ['a long string without quoting it', { name: 'a', interval: 's'.repeat(33) }, 'got a string of 33 characters'],
    ['an object by its class', { name: new Map() }, 'options.name must be a non-empty string; got an object of Map'],
    ['a function', { name: () => {} }, 'options.name must be a non-empty string; got a function'],
    ['a bigint', { name: 1n }, 'options.name must be a non-empty string; got 1n'],
  ];
  for (const [title, value, message] of refusals) {
    it(`refuses ${title}`, () => { expect(() => checkOptions('options', value, shape)).to.throw(TypeError, message); });
  }

  it('accepts what fits, and what is left out', () => {
    checkOptions('options', { name: 'a' }, shape);
    checkOptions('options', { name: 'a', interval: undefined, nested: { threshold: 3 } }, shape);
  });

  const checks: [name: string, check: (value: unknown) => string | undefined, good: unknown[], bad: unknown[]][] = [
    ['duration', duration, [1, 0.5, 2 ** 31 - 1], [0, -1, Number.NaN, Infinity, 2 ** 31, '1']],
    ['count', count, [1, 100], [0, 1.5, '1']],
    ['rate', rate, [0.1, 20], [0, Number.NaN, '20']],
    ['text', text, ['a'], ['', 1]],
    ['path', path, ['/', '/livez', '/readyz?exclude=etcd'], ['livez', '', 1, '/a b', '/a\r\nx: y', '/ä']],
    ['headerText', headerText, ['a', 'machine-controller/1.2 (linux)'], ['', 1, 'a\nb', 'ä', 'a\u0000']],
    ['flag', flag, [true, false], [0, 'true', undefined]],
    ['procedure', procedure, [() => {}], [{}, undefined]],
    ['list', list, [[]], [{}, 'a']],
    ['schedulerLike', schedulerLike, [{ now() {}, schedule() {} }], [{ now() {} }, null]],
    ['having', having('a logger', 'info'), [{ info() {} }], [{}, null, 'x']],
  ];
  for (const [name, check, good, bad] of checks) {
    it(`knows a ${name}`, () => {
      expect(good.map(check)).to.deep.equal(good.map(() => undefined));
      for (const value of bad) expect(check(value), String(value)).to.be.a('string');
    });
  }
});

describe('filled', () => {
  it('puts the defaults under what was given, and takes undefined for not given', () => {
    expect(filled({ a: 1, b: 2 }, { b: 3, a: undefined })).to.deep.equal({ a: 1, b: 3 });
    expect(filled({ a: 1 }, undefined)).to.deep.equal({ a: 1 });
  });
});
