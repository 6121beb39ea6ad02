import { expect } from 'chai';
import { jsonPatch, mergePatch } from '../../lib/testing/patch.ts';
import { strategicMergePatch } from '../../lib/testing/strategic-merge-patch.ts';

describe('patches', () => {
  it('merge as the examples of RFC 7386 say', () => {
    const examples: readonly (readonly [target: unknown, patch: unknown, result: unknown])[] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }], [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }], [{ a: 'b' }, { a: null }, {}], [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }], [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }], [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }], [['a', 'b'], ['c', 'd'], ['c', 'd']], [{ a: 'b' }, ['c'], ['c']], [{ a: 'foo' }, null, null], [{ a: 'foo' }, 'bar', 'bar'],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }], [[1, 2], { a: 'b', c: null }, { a: 'b' }], [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    expect(examples.map(([target, patch]) => mergePatch(target, patch))).to.deep.equal(examples.map(([, , result]) => result));
  });

  it('of JSON apply their operations in order', () => {
    const examples: readonly (readonly [target: unknown, patch: readonly object[], result: unknown])[] = [
      [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
      [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
      [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
      [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
      [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
      [{ baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
      [{ foo: { bar: 1, waldo: 2 }, qux: {} }, [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }], { foo: { bar: 1 }, qux: { thud: 2 } }],
      [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }, { op: 'replace', path: '/c/b', value: 2 }], { a: { b: 1 }, c: { b: 2 } }],
      [{ 'a/b': { 'm~n': 1 } }, [{ op: 'test', path: '/a~1b/m~0n', value: 1 }, { op: 'remove', path: '/a~1b/m~0n' }], { 'a/b': {} }],
      [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ];
    expect(examples.map(([target, patch]) => jsonPatch(target, patch))).to.deep.equal(examples.map(([, , result]) => result));
  });

  it('of JSON are refused as a whole when one operation cannot be applied, and leave their target alone', () => {
    const target = Object.freeze({ a: Object.freeze(['x']) });
    for (const operation of [
      { op: 'remove', path: '/nope' }, { op: 'remove', path: '/a/1' }, { op: 'add', path: '/a/3', value: 1 }, { op: 'add', path: '/no/where', value: 1 }, { op: 'replace', path: '/a/1', value: 1 },
      { op: 'test', path: '/a/0', value: 'y' }, { op: 'move', from: '/nope', path: '/b' }, { op: 'frobnicate', path: '/a' }, { op: 'add', path: 'a', value: 1 }, { op: 'add', path: '/a/01', value: 1 },
    ]) {
      expect(() => jsonPatch(target, [{ op: 'add', path: '/b', value: 1 }, operation]), JSON.stringify(operation)).to.throw().with.property('code', 422);
    }
    expect(() => jsonPatch(target, { op: 'add' })).to.throw().with.property('code', 400);
    expect(target).to.deep.equal({ a: ['x'] });
  });

  it('of JSON write fields of any name without touching prototypes', () => {
    expect(Object.keys(jsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]) as object)).to.deep.equal(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).to.equal(undefined);
  });

  it('of the strategic kind merge lists by key, replace others, and follow directives', () => {
    const pod = { spec: { containers: [{ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b', image: '1' }], tolerations: [{ key: 'k' }] }, metadata: { finalizers: ['x'] } };
    const patched = strategicMergePatch(pod, {
      spec: { containers: [{ name: 'a', image: '2', env: [{ name: 'Y', value: '2' }] }, { name: 'b', $patch: 'delete' }, { name: 'c', image: '3' }], tolerations: [{ key: 'l' }] },
      metadata: { finalizers: ['y', 'x'] },
    });
    expect(patched).to.deep.equal({
      spec: { containers: [{ name: 'a', image: '2', env: [{ name: 'X', value: '1' }, { name: 'Y', value: '2' }] }, { name: 'c', image: '3' }], tolerations: [{ key: 'l' }] },
      metadata: { finalizers: ['x', 'y'] },
    });
    expect(strategicMergePatch({ a: { b: 1, c: 2 } }, { a: { $patch: 'replace', d: 3 } })).to.deep.equal({ a: { d: 3 } });
    expect(strategicMergePatch({ a: { b: 1, c: 2 } }, { a: { $retainKeys: ['b', 'd'], d: 3 } })).to.deep.equal({ a: { b: 1, d: 3 } });
    expect(strategicMergePatch(pod.metadata, { '$deleteFromPrimitiveList/finalizers': ['x'] })).to.deep.equal({ finalizers: [] });
    expect(strategicMergePatch({ conditions: [{ type: 'A' }] }, { conditions: [{ type: 'B' }, { $patch: 'replace' }] })).to.deep.equal({ conditions: [{ type: 'B' }] });
  });
});
