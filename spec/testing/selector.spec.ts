import { expect } from 'chai';
import { builtinResources } from '../../lib/testing/builtin-resources.ts';
import { fieldSelector, labelSelector } from '../../lib/testing/selector.ts';

const labels = { a: '1', b: '2', 'example.com/c': '3', n: '10' };

describe('selectors', () => {
  it('select labels by equality, sets, presence and order', () => {
    const table: Readonly<Record<string, boolean>> = {
      '': true, 'a=1': true, 'a==1': true, 'a = 1': true, 'a=2': false, 'a!=2': true, 'a!=1': false, 'z!=1': true, 'a=1,b=2': true, 'a=1,b=3': false,
      'a in (1, 5)': true, 'a in (5)': false, 'a notin (5)': true, 'a notin (1)': false, 'z notin (1)': true, 'z in (1)': false, 'a in (1),b notin (3,4),!z': true,
      a: true, z: false, '!z': true, '!a': false, 'example.com/c=3': true, 'n>9': true, 'n<9': false, 'z>1': false, 'a=': false, 'z=': false,
    };
    expect(Object.fromEntries(Object.keys(table).map((text) => [text, labelSelector(text)({ metadata: { labels } })]))).to.deep.equal(table);
  });

  it('refuse what is no selector', () => {
    for (const text of ['a b', 'a in b', 'a=b=c', '-a', 'a in (b', '(a)', 'a===b']) expect(() => labelSelector(text), text).to.throw().with.property('code', 400);
  });

  it('select fields that the kind knows, and refuse others', () => {
    const pods = builtinResources.find(({ plural }) => plural === 'pods');
    if (pods === undefined) throw new Error('no pods');
    const pod = { metadata: { name: 'p', namespace: 'n' }, spec: { nodeName: 'x' }, status: { phase: 'Running' } };
    const table: Readonly<Record<string, boolean>> = {
      'metadata.name=p': true, 'metadata.name=q': false, 'metadata.namespace=n,spec.nodeName=x': true, 'spec.nodeName!=x': false, 'status.phase==Running': true, 'status.podIP=': true,
    };
    expect(Object.fromEntries(Object.keys(table).map((text) => [text, fieldSelector(text, pods)(pod)]))).to.deep.equal(table);
    expect(() => fieldSelector('spec.foo=x', pods)).to.throw('field label not supported: spec.foo').with.property('code', 400);
    expect(() => fieldSelector('metadata.name', pods)).to.throw().with.property('code', 400);
  });
});
