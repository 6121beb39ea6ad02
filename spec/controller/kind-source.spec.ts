import { expect } from 'chai';
import { EMPTY, NEVER, type Observable, Subject, map, of, take, throwError } from 'rxjs';
import { enqueueRequestForObject } from '../../lib/controller/event-handlers.ts';
import { type KindSourceOptions, kindSource } from '../../lib/controller/kind-source.ts';
import type { ObjectHandler, ObjectPredicate, SourceEvent } from '../../lib/controller/source.ts';
import { Machine } from '../../lib/kinds.ts';
import { ClusterCacheError, SelectorError } from '../../lib/model/errors.ts';
import { type Kind, type KubernetesObject, defineKind } from '../../lib/model/kubernetes-object.ts';
import type { ObjectKey } from '../../lib/model/object-key.ts';
import type { Request } from '../../lib/model/request.ts';
import type { Requests } from '../../lib/model/watcher.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { nameOf } from '../informer/objects.ts';
import { SYNCED, aContext, added, asked, deleted, low, managing, promised, synced, updated } from './source-scene.ts';

const Thing: Kind<KubernetesObject> = defineKind({ apiVersion: 'example.com/v1', kind: 'Thing' });
const ONE: ObjectKey = { namespace: 'default', name: 'one' };
const TWO: ObjectKey = { namespace: 'default', name: 'two' };

const CHANGES = {
  a: added('ns/a@1', 'initial'), b: added('ns/b@1', 'initial'), s: SYNCED, n: added('ns/n@2'), u: updated('ns/a@1', 'ns/a@2'), v: updated('ns/a@2', 'ns/a@3'), w: updated('ns/a@3', 'ns/a@4'),
  d: deleted('ns/b@1'), x: deleted('ns/a@2'), y: added('ns/a@5'), r: updated('ns/b@1', 'ns/b@1', 'resync'), m: added('ns/m@3', 'relist'),
};
const TOLD = { A: low('a'), B: low('b'), N: asked('n'), U: asked('a'), D: asked('b'), R: low('b'), M: asked('m'), S: synced };

type Things = Parameters<typeof managing>[0];

/** A source of all Things of a management cluster, started. */
function sourceOf(objects$: Things, handler: ObjectHandler<KubernetesObject> = enqueueRequestForObject(), ...predicates: readonly ObjectPredicate<KubernetesObject>[]) {
  const { context, records } = aContext(managing(objects$));
  return { events$: kindSource(Thing, handler, predicates).start(context), records };
}

/** A cluster cache with these Things in the cluster "one", and in all clusters. */
function clustersWith({ one$ = NEVER, fleet$ = NEVER }: { readonly one$?: Things; readonly fleet$?: Things }): NonNullable<KindSourceOptions['clusters']> {
  return { objects$: (key: ObjectKey) => (key.name === ONE.name ? one$ : NEVER), fleetObjects$: () => fleet$ } as unknown as NonNullable<KindSourceOptions['clusters']>;
}

describe('kindSource', () => {
  // controller-runtime: internal/source "should provide a Kind Source that … Event"; handler "should lower the priority of … initial list", "… resync"
  it('asks for what there is with low priority, is synced, then for every change as it comes', marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const objects$ = hot(' (ab)s---n-u-d-r-m---', CHANGES);
    const expected = '     (AB)S---N-U-D-R-M---';
    const subs = '         ^------------------!';
    expectObservable(sourceOf(objects$).events$, subs).toBe(expected, TOLD);
    expectSubscriptions(objects$.subscriptions).toBe(subs);
  }));

  it('is synced once, however often its objects are', marbles(({ hot, expectObservable }) => {
    const objects$ = hot(' as-ns-|', CHANGES);
    const expected = '     AS-N--|';
    expectObservable(sourceOf(objects$).events$).toBe(expected, TOLD);
  }));

  it('follows nothing before it is subscribed, and nothing after it is left', () => {
    const objects$ = new Subject();
    const { events$ } = sourceOf(objects$);
    expect(objects$.observed, 'started').to.equal(false);
    const subscription = events$.subscribe();
    expect(objects$.observed, 'subscribed').to.equal(true);
    subscription.unsubscribe();
    expect(objects$.observed, 'left').to.equal(false);
  });

  it('calls no handler once it is left, also while what there is comes in one go', () => {
    const handled: string[] = [];
    const { events$ } = sourceOf(of(CHANGES.a, CHANGES.b, CHANGES.s), ({ key }) => { handled.push(key.name); return [key]; });
    events$.pipe(take(1)).subscribe();
    expect(handled).to.deep.equal(['a']);
  });

  describe('predicates', () => {
    const isNot = (name: string): ObjectPredicate<KubernetesObject> => ({ key }) => key.name !== name;

    it('must all hold', marbles(({ hot, expectObservable }) => {
      const objects$ = hot(' (ab)s---n-u-d---', CHANGES);
      const expected = '     ----S---N-------';
      expectObservable(sourceOf(objects$, undefined, isNot('a'), isNot('b')).events$).toBe(expected, TOLD);
    }));

    it('may be one alone', marbles(({ hot, expectObservable }) => {
      const objects$ = hot(' a-b-s--', CHANGES);
      const expected = '     --B-S--';
      expectObservable(kindSource(Thing, enqueueRequestForObject(), isNot('a')).start(aContext(managing(objects$)).context)).toBe(expected, TOLD);
    }));
  });

  describe('of workload clusters', () => {
    const inCluster = (cluster: ObjectKey) => Object.fromEntries(Object.entries(CHANGES).map(([letter, event]) => [letter, { ...event, cluster }]));

    it('asks for the objects of one, in its name, and does not wait for it', marbles(({ hot, expectObservable }) => {
      const one$ = hot('    -as-n|', CHANGES);
      const expected = '    SA--N|';
      const source = kindSource(Thing, enqueueRequestForObject(), [], { clusters: clustersWith({ one$ }), cluster: ONE });
      expectObservable(source.start(aContext().context)).toBe(expected, { S: synced, A: low('a', ONE), N: asked('n', 0, ONE) });
    }));

    it('asks for the objects of all, each in the name of its own', marbles(({ hot, expectObservable }) => {
      const fleet$ = hot('  -as-A---nN|', { ...inCluster(ONE), A: { ...CHANGES.a, cluster: TWO }, N: { ...CHANGES.n, cluster: TWO } });
      const expected = '    SA--B---nN|';
      const source = kindSource(Thing, enqueueRequestForObject(), [], { clusters: clustersWith({ fleet$ }) });
      expectObservable(source.start(aContext().context)).toBe(expected, { S: synced, A: low('a', ONE), B: low('a', TWO), n: asked('n', 0, ONE), N: asked('n', 0, TWO) });
    }));

    it('tells handlers and predicates whose object it is; of the management cluster nothing', () => {
      const seen: (ObjectKey | undefined)[] = [];
      const look = (_: unknown, cluster?: ObjectKey) => seen.push(cluster) > 0;
      const handler: ObjectHandler<KubernetesObject> = (change, cluster) => { look(change, cluster); };
      const { context } = aContext(managing(of(CHANGES.n)));
      kindSource(Thing, handler, look, { clusters: clustersWith({ fleet$: of({ ...CHANGES.n, cluster: TWO }) }) }).start(context).subscribe();
      kindSource(Thing, handler, look, { clusters: clustersWith({ one$: of(CHANGES.n) }), cluster: ONE }).start(context).subscribe();
      kindSource(Thing, handler, look).start(context).subscribe();
      expect(seen).to.deep.equal([TWO, TWO, ONE, ONE, undefined, undefined]);
    });
  });

  it('has the connections of the clusters that it is of', () => {
    const connections$ = EMPTY;
    expect(kindSource(Thing, enqueueRequestForObject(), [], { clusters: { ...clustersWith({}), connections$ } })).to.have.property('connections$', connections$);
    expect(kindSource(Thing, enqueueRequestForObject())).to.not.have.property('connections$');
  });

  describe('a handler that takes its time', () => {
    /** Asks for `object@version` when `work` is done. */
    const slowly = (work: Observable<unknown>): ObjectHandler<KubernetesObject> => ({ type, object, ...change }) => promised(work.pipe(map(() => {
      const before = 'previous' in change ? `${nameOf(change.previous)}>` : '';
      return [{ namespace: type, name: `${before}${nameOf(object)}` }];
    })));
    const told = (type: string, name: string, priority = 0): SourceEvent => ({ type: 'request', request: { namespace: type, name }, priority });

    it('delays its own object alone', marbles(({ hot, cold, expectObservable }) => {
      const objects$ = hot(' a-n---s-|     ', CHANGES);
      const work = cold('    ---x          ');
      const expected = '     ---A-NS-|     ';
      expectObservable(sourceOf(objects$, slowly(work)).events$).toBe(expected, { A: told('added', 'ns/a@1', -100), N: told('added', 'ns/n@2'), S: synced });
    }));

    it('is handed what changes meanwhile as one change, from what it saw last', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const objects$ = hot(' a-uvw----------', CHANGES);
      const work = cold('    ------x        ');
      const workSubs = ['    ^              ', '------^'];
      const expected = '     ------A-----W--';
      expectObservable(sourceOf(objects$, slowly(work)).events$).toBe(expected, { A: told('added', 'ns/a@1', -100), W: told('updated', 'ns/a@1>ns/a@4') });
      expectSubscriptions(work.subscriptions).toBe(workSubs);
    }));

    it('is told that an object is gone before it is told of the next of its name', marbles(({ hot, cold, expectObservable }) => {
      const objects$ = hot(' v-xy----------------', CHANGES);
      const work = cold('    ------x             ');
      const expected = '     ------V-----X-----Y-';
      expectObservable(sourceOf(objects$, slowly(work)).events$).toBe(expected, { V: told('updated', 'ns/a@2>ns/a@3'), X: told('deleted', 'ns/a@2'), Y: told('added', 'ns/a@5') });
    }));

    it('is not handed what came and went meanwhile', marbles(({ hot, cold, expectObservable }) => {
      const objects$ = hot(' x-yux---------------|', CHANGES);
      const work = cold('    ------x              ');
      const expected = '     ------X-------------|';
      expectObservable(sourceOf(objects$, slowly(work)).events$).toBe(expected, { X: told('deleted', 'ns/a@2') });
    }));

    it('is handed what waits of each cluster by itself', marbles(({ hot, cold, expectObservable }) => {
      const inBoth = Object.entries(CHANGES).flatMap(([letter, event]) => [[letter, { ...event, cluster: ONE }], [letter.toUpperCase(), { ...event, cluster: TWO }]]);
      const fleet$ = hot('   aAuVvxW-------------', Object.fromEntries(inBoth));
      const work = cold('    --------x           ');
      const expected = '     S-------BC------DE--';
      const source = kindSource(Thing, ({ type, object }, cluster) => promised(work.pipe(map(() => [{ namespace: `${cluster?.name} ${type}`, name: nameOf(object) }]))), [], { clusters: clustersWith({ fleet$ }) });
      expectObservable(source.start(aContext().context)).toBe(expected, {
        S: synced, B: told('one added', 'ns/a@1', -100), C: told('two added', 'ns/a@1', -100), D: told('one deleted', 'ns/a@2'), E: told('two updated', 'ns/a@4'),
      });
    }));

    it('is asked for with the priority of the most urgent of what waits', marbles(({ hot, cold, expectObservable }) => {
      const resync = { t: updated('ns/a@1', 'ns/a@1', 'resync'), T: updated('ns/a@2', 'ns/a@2', 'resync') };
      const work = cold('    ------x        ');
      const expected = '     ------A-----U--';
      for (const order of ['tu', 'uT']) {
        expectObservable(sourceOf(hot(`a-${order}-`, { ...CHANGES, ...resync }), slowly(work)).events$).toBe(expected, { A: told('added', 'ns/a@1', -100), U: told('updated', 'ns/a@1>ns/a@2') });
      }
      expectObservable(sourceOf(hot('a-t-', { ...CHANGES, ...resync }), slowly(work)).events$).toBe(expected, { A: told('added', 'ns/a@1', -100), U: told('updated', 'ns/a@1>ns/a@1', -100) });
    }));

    it('is given up when the source is left', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const objects$ = hot(' a-u---------', CHANGES);
      const work = cold('    ------x     ');
      const workSubs = ['    ^           ']; // and no second one
      const unsub = '        ----!       ';
      expectObservable(sourceOf(objects$, slowly(work)).events$, unsub).toBe('-----');
      expectSubscriptions(work.subscriptions).toBe(workSubs);
    }));

    it('that fails when the source is left is nobody\'s business any more', marbles(({ hot, cold, expectObservable, flush }) => {
      const { events$, records } = sourceOf(hot('a---', CHANGES), () => promised(cold<readonly Request[]>('--#')));
      expectObservable(events$, '             -!').toBe('--');
      flush();
      expect(records).to.deep.equal([]);
    }));

    it('is let end before the source completes', marbles(({ hot, cold, expectObservable }) => {
      const objects$ = hot(' a-u|        ', CHANGES);
      const work = cold('    ----x       ');
      const expected = '     ----A---(U|)';
      expectObservable(sourceOf(objects$, slowly(work)).events$).toBe(expected, { A: told('added', 'ns/a@1', -100), U: told('updated', 'ns/a@1>ns/a@2') });
    }));

    it('has a hundred promises under way at most, and gets every object all the same', marbles(({ cold, flush }) => {
      let running = 0;
      let most = 0;
      const work = cold('---x').pipe(map(() => { running -= 1; return [{ namespace: '', name: 'x' }]; }));
      const handler: ObjectHandler<KubernetesObject> = () => { most = Math.max(most, running += 1); return promised(work); };
      let requests = 0;
      sourceOf(of(...Array.from({ length: 250 }, (_, index) => added(`ns/a${index}@1`))), handler).events$.subscribe(({ type }) => { if (type === 'request') requests += 1; });
      flush();
      expect({ most, requests }).to.deep.equal({ most: 100, requests: 250 });
    }));
  });

  describe('what fails', () => {
    const failing = (fails: 'throws' | 'rejects'): ObjectHandler<KubernetesObject> => ({ key }) => {
      if (key.name !== 'a') return [key];
      if (fails === 'throws') throw new Error('not today');
      return promised(throwError(() => new Error('not today')));
    };

    for (const fails of ['throws', 'rejects'] as const) {
      it(`is a handler that ${fails}: logged with the object's key, and the source goes on`, marbles(({ hot, expectObservable, flush }) => {
        const objects$ = hot(' a-n-u-d-', CHANGES);
        const expected = '     --N---D-';
        const { events$, records } = sourceOf(objects$, failing(fails));
        expectObservable(events$).toBe(expected, TOLD);
        flush();
        expect(records.map(({ level, fields: { err, ...fields } }) => ({ level, ...fields, err: String(err) }))).to.deep.equal([
          { level: 'error', controller: 'spec', source: 'Thing (example.com/v1)', object: 'ns/a', event: 'added', err: 'Error: not today' },
          { level: 'error', controller: 'spec', source: 'Thing (example.com/v1)', object: 'ns/a', event: 'updated', err: 'Error: not today' },
        ]);
      }));
    }

    it('is a predicate: its change is passed over', marbles(({ hot, expectObservable, flush }) => {
      const objects$ = hot(' a-n-', CHANGES);
      const expected = '     --N-';
      const { events$, records } = sourceOf(objects$, undefined, ({ key }) => { if (key.name === 'a') throw new Error('not this one'); return true; });
      expectObservable(events$).toBe(expected, TOLD);
      flush();
      expect(records.map(({ fields }) => [fields['object'], String(fields['err'])])).to.deep.equal([['ns/a', 'Error: not this one']]);
    }));

    it('names the workload cluster, too', () => {
      const { context, records } = aContext();
      kindSource(Thing, failing('throws'), [], { clusters: clustersWith({ fleet$: of({ ...CHANGES.a, cluster: TWO }) }) }).start(context).subscribe();
      expect(records[0]?.fields).to.include({ cluster: 'default/two', object: 'ns/a', source: 'Thing (example.com/v1) of all workload clusters' });
    });

    const answers: [title: string, answer: unknown, message: string][] = [
      ['no array', { namespace: 'ns', name: 'a' }, 'a handler must return an array of requests, a promise of one, or nothing; got an object'],
      ['null', null, 'a handler must return an array of requests, a promise of one, or nothing; got null'],
      ['a text', 'ns/a', 'a handler must return an array of requests, a promise of one, or nothing; got a string'],
      ['names that are none', ['ns/a'], 'a request must have a namespace and a name; got a string'],
      ['nothing in an array', [undefined], 'a request must have a namespace and a name; got undefined'],
      ['no namespace', [{ name: 'a' }], 'a request must have a namespace and a name; got an object'],
      ['a promise of nothing', promised(of(undefined)), 'a handler must return an array of requests, a promise of one, or nothing; got undefined'],
    ];
    for (const [title, answer, message] of answers) {
      it(`is a handler that returns ${title}`, () => {
        const { events$, records } = sourceOf(of(CHANGES.n, CHANGES.s), () => answer as Requests);
        const seen: SourceEvent[] = [];
        events$.subscribe((event) => seen.push(event));
        expect(seen).to.deep.equal([synced]);
        expect(records.map(({ fields }) => String(fields['err']))).to.deep.equal([`TypeError: ${message}`]);
      });
    }

    it('are the objects themselves: it errors as they do, for its controller would hear nothing more', marbles(({ hot, expectObservable }) => {
      const objects$ = hot(' as-n--#', CHANGES);
      const expected = '     AS-N--#';
      expectObservable(sourceOf(objects$).events$).toBe(expected, TOLD);
    }));
  });

  describe('start', () => {
    // controller-runtime: internal/source TestKind "should return an error if … already started"
    it('throws the second time', () => {
      const source = kindSource(Thing, enqueueRequestForObject());
      const { context } = aContext(managing(EMPTY));
      source.start(context);
      expect(() => source.start(context)).to.throw(ClusterCacheError, 'cannot start a source that is started already: Thing (example.com/v1)').with.property('code', 'SOURCE_STARTED');
    });

    it('wants the management cluster, and may be called again with it', () => {
      const source = kindSource(Thing, enqueueRequestForObject());
      expect(() => source.start(aContext().context)).to.throw(ClusterCacheError, /needs the management cluster's cache/).with.property('code', 'NO_MANAGEMENT_CACHE');
      expect(() => source.start(aContext(managing(EMPTY)).context)).to.not.throw();
    });
  });

  it('hands its selection on', () => {
    const asked$: unknown[] = [];
    const clusters = { objects$: (...all: unknown[]) => { asked$.push(all); return EMPTY; }, fleetObjects$: (...all: unknown[]) => { asked$.push(all); return EMPTY; } } as unknown as NonNullable<KindSourceOptions['clusters']>;
    const { context } = aContext({ objects$: (...all: unknown[]) => { asked$.push(all); return EMPTY; } });
    const selection = { namespace: 'ns', labelSelector: 'a=b' };
    kindSource(Thing, enqueueRequestForObject(), [], selection).start(context);
    kindSource(Thing, enqueueRequestForObject(), [], { ...selection, clusters }).start(context);
    kindSource(Thing, enqueueRequestForObject(), [], { ...selection, clusters, cluster: ONE }).start(context);
    expect(asked$).to.deep.equal([[Thing, selection], [Thing, selection], [ONE, Thing, selection]]);
  });

  // controller-runtime: internal/source TestKind "should return an error if syncing fails" and the nil cache, object and handler
  describe('arguments', () => {
    const handler = enqueueRequestForObject();
    const rows: [title: string, make: () => unknown, message: RegExp][] = [
      ['a kind that is none', () => kindSource('Thing' as never, handler), /kind must be an object; got "Thing"/],
      ['a handler that is none', () => kindSource(Thing, 'x' as never), /kindSource\.handler must be a function; got "x"/],
      ['a predicate that is none', () => kindSource(Thing, handler, ['x' as never]), /kindSource\.predicates must be a function or an array of functions; got an array of 1/],
      ['no predicates but null', () => kindSource(Thing, handler, null as never), /kindSource\.predicates must be a function or an array of functions; got null/],
      ['an option that nobody reads', () => kindSource(Thing, handler, [], { namespaces: 'a' } as never), /options\.namespaces must be one of clusters, cluster, namespace, labelSelector; got an unknown field/],
      ['clusters that are none', () => kindSource(Thing, handler, [], { clusters: {} as never }), /options\.clusters must be a cluster cache; got an object of Object/],
      ['a cluster that is none', () => kindSource(Thing, handler, [], { clusters: clustersWith({}), cluster: 'one' as never }), /options\.cluster must be an object with a namespace and a name; got "one"/],
      ['a cluster of no cluster cache', () => kindSource(Thing, handler, [], { cluster: ONE }), /options\.clusters must be a cluster cache where options\.cluster is given; got undefined/],
    ];
    for (const [title, make, message] of rows) it(`refuses ${title}`, () => { expect(make).to.throw(TypeError, message); });

    it('refuses a selector that does not parse', () => {
      expect(() => kindSource(Thing, handler, [], { labelSelector: 'a in b' })).to.throw(SelectorError);
    });
  });

  it('takes a handler and predicates that know the type of the kind', () => {
    const seen: string[] = [];
    const { context } = aContext(managing(of({ ...CHANGES.n, object: { spec: { clusterName: 'one' } } })));
    kindSource(Machine, ({ object }) => { seen.push(object.spec.clusterName); }, ({ object }) => object.spec.clusterName !== '').start(context).subscribe();
    expect(seen).to.deep.equal(['one']);
  });
});
