import { expect } from 'chai';
import { cachedList } from '../../lib/client/cached-list.ts';
import type { ListOptions } from '../../lib/client/client.ts';
import { ClusterCacheError, SelectorError } from '../../lib/model/errors.ts';
import { type ConfigMap, KeptKind, type KeptKindOptions, aConfigMap } from './kept-kind.ts';

const CLUSTER = { namespace: 'default', name: 'cluster-1' };
const COLOUR = { field: 'data.colour', extractValue: ({ data }: ConfigMap) => data?.['colour'] };

describe('a list from memory', () => {
  const OBJECTS = [
    aConfigMap('x', '3', { namespace: 'a-b', labels: { app: 'web' } }, { data: { colour: 'red' } }),
    aConfigMap('c', '4', { namespace: 'a', labels: { app: 'web', tier: 'front' } }, { data: { colour: 'blue' } }),
    aConfigMap('b', '5', { namespace: 'a', labels: { app: 'db' } }, { data: { colour: 'red' } }),
    aConfigMap('b', '6', { namespace: 'b' }),
  ];
  const keeping = (options: KeptKindOptions = {}): KeptKind => new KeptKind({ indexes: [COLOUR], ...options }).sync(OBJECTS, '10');
  const list = (options?: ListOptions, cache = keeping()) => cachedList(cache, options, CLUSTER)();
  const names = (options?: ListOptions, cache?: KeptKind): string[] => list(options, cache).items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);

  const SELECTED: readonly (readonly [options: ListOptions | undefined, expected: readonly string[]])[] = [
    [undefined, ['a-b/x', 'a/b', 'a/c', 'b/b']],
    [{ namespace: '' }, ['a-b/x', 'a/b', 'a/c', 'b/b']],
    [{ namespace: 'a' }, ['a/b', 'a/c']],
    [{ namespace: 'nowhere' }, []],
    [{ labelSelector: '' }, ['a-b/x', 'a/b', 'a/c', 'b/b']],
    [{ labelSelector: 'app in (web, cache), !tier' }, ['a-b/x']],
    [{ namespace: 'a', labelSelector: 'app' }, ['a/b', 'a/c']],
    [{ index: { field: 'data.colour', value: 'red' } }, ['a-b/x', 'a/b']],
    [{ index: { field: 'data.colour', value: 'green' } }, []],
    [{ index: { field: 'data.colour', value: 'red' }, namespace: 'a' }, ['a/b']],
    [{ index: { field: 'data.colour', value: 'red' }, labelSelector: 'app=web' }, ['a-b/x']],
    [{ fieldSelector: 'metadata.name=b' }, ['a/b', 'b/b']],
    [{ fieldSelector: 'metadata.name!=b,metadata.namespace==a' }, ['a/c']],
    [{ fieldSelector: 'data.colour=red' }, ['a-b/x', 'a/b']],
    [{ fieldSelector: 'data.colour!=red' }, ['a/c', 'b/b']],
    [{ index: { field: 'data.colour', value: 'red' }, fieldSelector: 'metadata.name=x' }, ['a-b/x']],
  ];
  for (const [options, expected] of SELECTED) {
    it(`of ${JSON.stringify(options) ?? 'everything'} has ${expected.join(', ') || 'nothing'}, in the order of the API server`, () => {
      expect(names(options)).to.deep.equal(expected);
    });
  }

  it('has the very objects that are kept, and how far the store is', () => {
    const cache = keeping();
    const { items, resourceVersion, ...rest } = list({ namespace: 'b' }, cache);
    expect(items[0]).to.equal(cache.store.get('b', 'b'));
    expect(resourceVersion).to.equal('10');
    expect(rest, 'nothing else').to.deep.equal({});
  });

  it('comes in pages where a limit is given, each object once, whatever is selected', () => {
    for (const [options, expected] of SELECTED) {
      for (const limit of [1, 2, 3, 4, 5]) {
        const cache = keeping();
        const pages: string[][] = [];
        for (let next: string | undefined, more = true; more; more = next !== undefined) {
          const page = list({ ...options, limit, ...(next === undefined ? {} : { continue: next }) }, cache);
          next = page.continue;
          pages.push(page.items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
        }
        expect(pages.flat()).to.deep.equal(expected);
        expect(pages.length, 'no page for nothing').to.equal(Math.max(1, Math.ceil(expected.length / limit)));
        expect(pages.slice(0, -1).every((page) => page.length === limit)).to.equal(true);
      }
    }
  });

  it('goes on after the last object of a page, also where that one is gone', () => {
    const cache = keeping();
    const { continue: next = '' } = list({ limit: 2 }, cache);
    cache.remove(aConfigMap('b', '5', { namespace: 'a' }), '11');
    expect(names({ limit: 2, continue: next }, cache)).to.deep.equal(['a/c', 'b/b']);
  });

  it('says its age where a stale one is asked for, in whole ms', () => {
    const cache = keeping();
    cache.age = 1234.6;
    expect(list({ stale: true }, cache).staleFor).to.equal(1235);
    expect(list({ stale: false }, cache)).to.not.have.property('staleFor');
  });

  const REFUSED: readonly (readonly [what: string, options: ListOptions, code: string])[] = [
    ['an index that is not declared', { index: { field: 'spec.nodeName', value: 'a' } }, 'INDEX_UNKNOWN'],
    ['a field that is not indexed', { fieldSelector: 'spec.nodeName=a' }, 'INDEX_UNKNOWN'],
    ['a field that nothing has an index entry for', { fieldSelector: 'data.colour=' }, 'NOT_CACHED'],
    ['an exact moment', { resourceVersion: '5', resourceVersionMatch: 'Exact' }, 'NOT_CACHED'],
    ['the token of an API server', { continue: 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NX0' }, 'NOT_CACHED'],
  ];
  for (const [what, options, code] of REFUSED) {
    it(`refuses ${what}: ${code}, with the cluster`, () => {
      expect(() => cachedList(keeping(), options, CLUSTER)).to.throw(ClusterCacheError).that.includes({ code, cluster: CLUSTER });
    });
  }

  it('refuses a namespace that is not kept: NOT_CACHED', () => {
    expect(() => list({ namespace: 'b' }, keeping({ namespaces: ['a'] }))).to.throw(ClusterCacheError).that.includes({ code: 'NOT_CACHED' });
  });

  it('refuses selectors that do not parse', () => {
    expect(() => cachedList(keeping(), { labelSelector: 'app in (' }, CLUSTER)).to.throw(SelectorError, 'label selector');
    expect(() => cachedList(keeping(), { fieldSelector: 'metadata.name' }, CLUSTER)).to.throw(SelectorError, 'field selector');
  });

  it('refuses a namespace of a kind that has none', () => {
    const cache = keeping({ resource: { basePath: '/api/v1', plural: 'nodes', kind: 'Node', namespaced: false, hasStatus: true } });
    expect(() => list({ namespace: 'a' }, cache)).to.throw(TypeError, 'namespace must be left out for nodes, which are not in namespaces; got "a"');
  });

  const WRONG: readonly (readonly [options: unknown, message: string])[] = [
    [null, 'options must be an object; got null'],
    ['a', 'options must be an object; got "a"'],
    [[], 'options must be an object; got an array of 0'],
    [{ namspace: 'a' }, 'options.namspace must be one of signal, timeout, namespace, labelSelector, fieldSelector, limit, continue, resourceVersion, resourceVersionMatch, index, stale; got an unknown field'],
    [{ namespace: 5 }, 'options.namespace must be a non-empty name other than . and .., without / and %; got 5'],
    [{ namespace: 'a/b' }, 'options.namespace must be a non-empty name other than . and .., without / and %; got "a/b"'],
    [{ labelSelector: 5 }, 'options.labelSelector must be a string; got 5'],
    [{ index: 'a' }, 'options.index must be an object; got "a"'],
    [{ index: { field: 'a' } }, 'options.index.value must be a string; got undefined'],
    [{ index: { field: '', value: 'a' } }, 'options.index.field must be a non-empty string; got ""'],
    [{ index: { field: 'a', value: 'a', values: [] } }, 'options.index.values must be one of field, value; got an unknown field'],
    [{ limit: 0 }, 'options.limit must be a whole number, 1 or more; got 0'],
  ];
  for (const [options, message] of WRONG) {
    it(`says what is wrong with ${JSON.stringify(options)}`, () => {
      expect(() => cachedList(keeping(), options as ListOptions, CLUSTER)).to.throw(TypeError).that.has.property('message', message);
    });
  }
});
