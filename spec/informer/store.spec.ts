import { expect } from 'chai';
import type { IndexDefinition } from '../../lib/informer/object-index.ts';
import { StoreSection } from '../../lib/informer/store-section.ts';
import { Store, type StoreOptions } from '../../lib/informer/store.ts';
import type { KubernetesObject } from '../../lib/model/kubernetes-object.ts';
import type { EventCause } from '../../lib/model/object-event.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { anObject, linesOf, nameOf, objects } from './objects.ts';

type Write = readonly [verb: 'apply' | 'remove' | 'forget', object: string, cause: EventCause, ...told: string[]];

/** A store whose objects cannot be written to, one of its writers, and what they tell. */
function aStore(options: StoreOptions<KubernetesObject> = {}) {
  const store = new Store<KubernetesObject>({ prepare: deepFreeze, ...options });
  const section = new StoreSection(store);
  return {
    store, section,
    write: (verb: Write[0], text: string, cause: EventCause) => {
      if (verb === 'forget') {
        const [namespace = '', name = ''] = text.split('/');
        return linesOf(section.forget({ namespace, name }, cause));
      }
      return linesOf(section[verb](anObject(text), cause));
    },
    apply: (text: string, cause: EventCause = 'initial') => { for (const object of objects(text)) section.apply(object, cause); },
    names: (namespace?: string) => store.list(namespace).map(nameOf),
  };
}

describe('Store', () => {
  const writes: Readonly<Record<string, { readonly writes: readonly Write[]; readonly left: string }>> = {
    'adds, updates and deletes': {
      writes: [
        ['apply', 'ns/a@1', 'initial', 'added ns/a@1 (initial)'],
        ['apply', 'ns/a@2', 'watch', 'updated ns/a@1>2 (watch)'],
        ['remove', 'ns/a@3', 'watch', 'deleted ns/a@3 (watch)'],
      ],
      left: '',
    },
    'tells another object under the same name as a delete of the one and an add of the other': {
      writes: [
        ['apply', 'ns/a@1/old', 'initial', 'added ns/a@1 (initial)'],
        ['apply', 'ns/a@5/new', 'reconnect', 'deleted ns/a@1 (reconnect)', 'added ns/a@5 (reconnect)'],
      ],
      left: 'ns/a@5',
    },
    'lets a watch go forward only': {
      writes: [
        ['apply', 'ns/a@5', 'initial', 'added ns/a@5 (initial)'],
        ['apply', 'ns/a@5', 'watch'],
        ['apply', 'ns/a@4', 'reconnect'],
        ['apply', 'ns/a@10', 'watch', 'updated ns/a@5>10 (watch)'],
      ],
      left: 'ns/a@10',
    },
    'believes a list of a server that was restored to an earlier state': {
      writes: [
        ['apply', 'ns/a@90', 'initial', 'added ns/a@90 (initial)'],
        ['apply', 'ns/a@50', 'relist', 'updated ns/a@90>50 (relist)'],
      ],
      left: 'ns/a@50',
    },
    'tells what a list repeats as nothing': {
      writes: [['apply', 'ns/a@1', 'initial', 'added ns/a@1 (initial)'], ['apply', 'ns/a@1', 'relist']],
      left: 'ns/a@1',
    },
    'takes versions that cannot be ordered for news': {
      writes: [['apply', 'ns/a@x1', 'initial', 'added ns/a@x1 (initial)'], ['apply', 'ns/a@x2', 'watch', 'updated ns/a@x1>x2 (watch)']],
      left: 'ns/a@x2',
    },
    'deletes once': {
      writes: [['apply', 'ns/a@1', 'initial', 'added ns/a@1 (initial)'], ['remove', 'ns/a@2', 'watch', 'deleted ns/a@2 (watch)'], ['remove', 'ns/a@2', 'watch'], ['remove', 'ns/b@2', 'watch']],
      left: '',
    },
    'keeps the successor of an object that is told deleted late': {
      writes: [['apply', 'ns/a@7/new', 'initial', 'added ns/a@7 (initial)'], ['remove', 'ns/a@6/old', 'watch']],
      left: 'ns/a@7',
    },
    'deletes what it has where a later object of that name, never seen, is deleted': {
      writes: [['apply', 'ns/a@3/old', 'initial', 'added ns/a@3 (initial)'], ['remove', 'ns/a@9/new', 'watch', 'deleted ns/a@3 (watch)']],
      left: '',
    },
    'forgets by name': {
      writes: [['apply', 'ns/a@1', 'initial', 'added ns/a@1 (initial)'], ['forget', 'ns/a', 'watch', 'deleted ns/a@1 (watch)'], ['forget', 'ns/a', 'watch']],
      left: '',
    },
    'keeps the same name of two namespaces, and of none, apart': {
      writes: [
        ['apply', 'x/a@1/1', 'initial', 'added x/a@1 (initial)'], ['apply', 'y/a@2/2', 'initial', 'added y/a@2 (initial)'], ['apply', 'a@3/3', 'initial', 'added a@3 (initial)'],
        ['remove', 'x/a@4/1', 'watch', 'deleted x/a@4 (watch)'],
      ],
      left: 'a@3 y/a@2',
    },
  };
  for (const [title, { writes: steps, left }] of Object.entries(writes)) {
    it(title, () => {
      const { store, write, names } = aStore();
      for (const [verb, text, cause, ...told] of steps) expect(write(verb, text, cause), `${verb} ${text}`).to.deep.equal(told);
      expect(names().join(' ')).to.equal(left);
      expect(store.size).to.equal(names().length);
    });
  }

  it('is written before it is told', () => {
    const { store, section } = aStore();
    const [added] = section.apply(anObject('ns/a@1'), 'initial');
    expect(added?.object).to.equal(store.get('ns', 'a'));
    const [updated] = section.apply(anObject('ns/a@2'), 'watch');
    expect(updated).to.include({ object: store.get('ns', 'a'), previous: added?.object });
    section.remove(anObject('ns/a@3'), 'watch');
    expect(store.get('ns', 'a')).to.equal(undefined);
  });

  it('prepares each object once, also the last state of one that is deleted, and nothing that it does not keep or tell', () => {
    const prepared: string[] = [];
    const { write } = aStore({ prepare: (object) => { prepared.push(nameOf(object)); return object; } });
    write('apply', 'ns/a@1', 'initial');
    write('apply', 'ns/a@1', 'relist');
    write('apply', 'ns/a@2', 'watch');
    write('remove', 'ns/a@3', 'watch');
    write('remove', 'ns/a@3', 'watch');
    expect(prepared).to.deep.equal(['ns/a@1', 'ns/a@2', 'ns/a@3']);
  });

  it('prepares an object with what was made of its state before, and with nothing of another under its name', () => {
    const made: (string | undefined)[] = [];
    const { write } = aStore({ prepare: (object, before) => { made.push(before === undefined ? undefined : nameOf(before)); return object; } });
    write('apply', 'ns/a@1', 'initial');
    write('apply', 'ns/a@2', 'watch');
    write('apply', 'ns/a@4', 'relist');
    write('apply', 'ns/a@5/other', 'watch');
    write('remove', 'ns/a@6/other', 'watch');
    expect(made).to.deep.equal([undefined, 'ns/a@1', 'ns/a@2', undefined, 'ns/a@5']);
  });

  it('tells what a prepared object was, whatever it has become: by the name, uid and version that came', () => {
    const { store, section } = aStore({ prepare: () => ({}) });
    section.apply(anObject('ns/a@1'), 'initial');
    expect(section.apply(anObject('ns/a@1'), 'relist')).to.deep.equal([]);
    expect(store.entry('ns', 'a')).to.deep.include({ key: { namespace: 'ns', name: 'a' }, uid: 'a', resourceVersion: '1', object: {} });
    expect(section.remove(anObject('ns/a@2'), 'watch')).to.deep.equal([{ type: 'deleted', key: { namespace: 'ns', name: 'a' }, object: {}, cause: 'watch' }]);
  });

  describe('lists', () => {
    it('come in the order of the API server, which sorts by namespace/name as one text', () => {
      const { apply, names } = aStore();
      apply('a/x@1 a-b/x@1 a.c/x@1 a0/x@1 b/y@1 b/x-y@1 b/x.y@1 b/x@1 b/x0@1');
      expect(names()).to.deep.equal(['a-b/x@1', 'a.c/x@1', 'a/x@1', 'a0/x@1', 'b/x@1', 'b/x-y@1', 'b/x.y@1', 'b/x0@1', 'b/y@1']);
      expect(names()).to.deep.equal(names().toSorted((one, other) => (one.replace(/@.*/, '') < other.replace(/@.*/, '') ? -1 : 1)));
    });

    it('follow what comes and goes', () => {
      const { apply, write, names } = aStore();
      apply('b/b@1 b/a@1');
      expect(names()).to.deep.equal(['b/a@1', 'b/b@1']);
      apply('a/z@2 b/aa@2', 'watch');
      expect(names()).to.deep.equal(['a/z@2', 'b/a@1', 'b/aa@2', 'b/b@1']);
      write('remove', 'b/a@3', 'watch');
      write('remove', 'a/z@3', 'watch');
      apply('b/b@4', 'watch');
      expect(names()).to.deep.equal(['b/aa@2', 'b/b@4']);
    });

    it('are of one namespace, or of all, and empty of one that there is not', () => {
      const { apply, names, store } = aStore();
      apply('a/x@1 b/x@1 node@1');
      expect(names('b')).to.deep.equal(['b/x@1']);
      expect(names('')).to.deep.equal(['node@1']);
      expect(names('c')).to.deep.equal([]);
      expect(Array.from(store.entries('b'), ({ object }) => nameOf(object))).to.deep.equal(['b/x@1']);
      expect(Array.from(store.entries(), ({ object }) => nameOf(object))).to.deep.equal(names());
    });

    it('are the caller\'s own', () => {
      const { apply, names, store } = aStore();
      apply('a/x@1 a/y@1');
      store.list().length = 0;
      store.list('a').reverse();
      expect(names('a')).to.deep.equal(['a/x@1', 'a/y@1']);
    });
  });

  describe('indexes', () => {
    const byColor: IndexDefinition<KubernetesObject> = { field: 'color', extractValue: ({ metadata }) => metadata?.labels?.['color']?.split(',') };
    const withColor = (store: Store<KubernetesObject>, value: string) => Array.from(store.indexed('color', value), ({ object }) => nameOf(object));

    it('find the objects with a value, in the order of the API server, as they come, change and go', () => {
      const { store, section } = aStore({ indexes: [byColor] });
      section.apply(anObject('b/x@1', { color: 'red' }), 'initial');
      section.apply(anObject('a/y@1', { color: 'red,blue,red' }), 'initial');
      section.apply(anObject('a/x@1', { color: 'red' }), 'initial');
      expect(withColor(store, 'red')).to.deep.equal(['a/x@1', 'a/y@1', 'b/x@1']);
      expect(withColor(store, 'blue')).to.deep.equal(['a/y@1']);
      section.apply(anObject('a/y@2', { color: 'green' }), 'watch');
      section.remove(anObject('b/x@2', { color: 'blue' }), 'watch');
      section.apply(anObject('a/x@3/other', { color: 'green' }), 'watch');
      expect(withColor(store, 'red')).to.deep.equal([]);
      expect(withColor(store, 'blue')).to.deep.equal([]);
      expect(withColor(store, 'green')).to.deep.equal(['a/x@3', 'a/y@2']);
      store.clear('removed');
      expect(withColor(store, 'green')).to.deep.equal([]);
    });

    it('have no entry for what has no value, or the empty one', () => {
      const { store, section } = aStore({ indexes: [byColor] });
      for (const [name, labels] of [['a', undefined], ['b', { color: '' }], ['c', { color: ',' }]] as const) section.apply(anObject(`ns/${name}@1`, labels), 'initial');
      expect(withColor(store, '')).to.deep.equal([]);
    });

    it('that throw are told, and leave the object in the store and in the other indexes', () => {
      const failures: string[] = [];
      const { store, section } = aStore({
        indexes: [{ field: 'bad', extractValue: ({ metadata }) => { if (metadata?.name === 'a') throw new Error('boom'); return 'all'; } }, byColor],
        onIndexFailure: (field, object, error) => failures.push(`${field} ${nameOf(object)} ${String(error)}`),
      });
      expect(linesOf(section.apply(anObject('ns/a@1', { color: 'red' }), 'initial'))).to.deep.equal(['added ns/a@1 (initial)']);
      section.apply(anObject('ns/b@1'), 'initial');
      expect(failures).to.deep.equal(['bad ns/a@1 Error: boom']);
      expect(withColor(store, 'red')).to.deep.equal(['ns/a@1']);
      expect(Array.from(store.indexed('bad', 'all'), ({ object }) => nameOf(object))).to.deep.equal(['ns/b@1']);
      expect(linesOf(section.remove(anObject('ns/a@2'), 'watch'))).to.deep.equal(['deleted ns/a@2 (watch)']);
      expect(withColor(store, 'red')).to.deep.equal([]);
    });

    it('are known by their fields, and those that are not declared find nothing', () => {
      const { store } = aStore({ indexes: [byColor] });
      expect([store.hasIndex('color'), store.hasIndex('size')]).to.deep.equal([true, false]);
      expect([...store.indexed('size', 'large')]).to.deep.equal([]);
    });
  });

  describe('sections', () => {
    const finish = (section: StoreSection<KubernetesObject>, listed: string, cause: EventCause = 'relist') => {
      section.begin();
      for (const object of objects(listed)) section.apply(object, cause);
      return linesOf(section.finish(cause));
    };

    it('tell what a list did not have as gone, in the order of the API server', () => {
      const { section, names } = aStore();
      finish(section, 'b/x@1 a/x@1 a-b/x@1 a/y@1', 'initial');
      expect(finish(section, 'a/y@1')).to.deep.equal(['deleted a-b/x@1 (relist)', 'deleted a/x@1 (relist)', 'deleted b/x@1 (relist)']);
      expect(names()).to.deep.equal(['a/y@1']);
    });

    it('keep what a list repeats, and what a watch told after the list', () => {
      const { section, names } = aStore();
      finish(section, 'ns/a@1', 'initial');
      section.apply(anObject('ns/b@2'), 'watch');
      expect(finish(section, 'ns/a@1 ns/b@2')).to.deep.equal([]);
      expect(names()).to.deep.equal(['ns/a@1', 'ns/b@2']);
    });

    it('of one namespace sweep that alone', () => {
      const { store, names } = aStore();
      const [x, y] = [new StoreSection(store, 'x'), new StoreSection(store, 'y')];
      finish(x, 'x/a@1 x/b@1', 'initial');
      finish(y, 'y/a@1', 'initial');
      expect(finish(x, 'x/b@1')).to.deep.equal(['deleted x/a@1 (relist)']);
      expect(finish(x, '')).to.deep.equal(['deleted x/b@1 (relist)']);
      expect(names()).to.deep.equal(['y/a@1']);
    });

    it('count the objects of a list, each once, however often a page is asked for', () => {
      const { section } = aStore();
      section.begin();
      for (const object of objects('ns/a@1 ns/b@1 ns/a@1 ns/b@2 ns/c@1')) section.apply(object, 'initial');
      expect(section.listed).to.equal(3);
      section.begin();
      expect(section.listed).to.equal(0);
      section.apply(anObject('ns/a@1'), 'relist');
      expect(section.listed).to.equal(1);
    });
  });

  it('tells everything as deleted when it is cleared, and is empty', () => {
    const { store, apply, names } = aStore();
    apply('b/x@1 a/x@1');
    expect(linesOf(store.clear('removed'))).to.deep.equal(['deleted a/x@1 (removed)', 'deleted b/x@1 (removed)']);
    expect([store.size, ...names()]).to.deep.equal([0]);
  });
});
