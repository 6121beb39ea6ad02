import { expect } from 'chai';
import { EMPTY, type Observable, map, of, take } from 'rxjs';
import { channelSource } from '../../lib/controller/channel-source.ts';
import { ClusterCacheError } from '../../lib/model/errors.ts';
import { type Request, aboutConnection, isAboutConnection } from '../../lib/model/request.ts';
import type { Requests } from '../../lib/model/watcher.ts';
import { marbles } from '../../lib/testing/marbles.ts';
import { aContext, asked, promised, synced } from './source-scene.ts';

const request = (name: string): Request => ({ namespace: 'ns', name });
const TOLD = { S: synced, a: asked('a'), b: asked('b'), c: asked('c'), A: asked('A') };

const sourceOf = <X>(observable$: Observable<X>, handler: (value: X) => Requests, options: { readonly keyOf?: (value: X) => string } = {}) => {
  const { context, records } = aContext();
  return { events$: channelSource(observable$, handler, options).start(context), records };
};

describe('channelSource', () => {
  // controller-runtime: internal/source TestChannel "should provide a source for GenericEvent"
  it('is synced at once, and asks for what the handler makes of each value', marbles(({ hot, expectObservable, expectSubscriptions }) => {
    const channel = hot('  --a-b--c---');
    const expected = '     S-a-b--(ca)';
    const subs = '         ^----------!';
    expectObservable(sourceOf(channel, (name) => (name === 'c' ? [request('c'), request('a')] : [request(name)])).events$, subs).toBe(expected, TOLD);
    expectSubscriptions(channel.subscriptions).toBe(subs);
  }));

  it('hands requests on as they are: one about a connection is still one', () => {
    const seen: unknown[] = [];
    sourceOf(of(aboutConnection(request('a')), request('b')), (each) => [each]).events$.subscribe((event) => { if (event.type === 'request') seen.push(isAboutConnection(event.request)); });
    expect(seen).to.deep.equal([true, false]);
  });

  it('asks for nothing where the handler does not', marbles(({ hot, expectObservable }) => {
    expectObservable(sourceOf(hot<string>('-a-'), () => {}).events$).toBe('S--', TOLD);
  }));

  it('that completes is done', marbles(({ hot, expectObservable }) => {
    expectObservable(sourceOf(hot<string>('-a-|'), (name) => [request(name)]).events$).toBe('Sa-|', TOLD);
    expectObservable(sourceOf(of('a'), (name) => [request(name)]).events$).toBe('(Sa|)', TOLD);
  }));

  it('that errors is logged, and done: its controller goes on without it', marbles(({ hot, expectObservable, flush }) => {
    const { events$, records } = sourceOf(hot<string>('-a-#', undefined, new Error('no more')), (name) => [request(name)]);
    expectObservable(events$).toBe('           Sa-|', TOLD);
    flush();
    expect(records.map(({ level, message, fields }) => [level, message, fields['controller'], fields['source'], String(fields['err'])])).to.deep.equal([
      ['error', 'a source has failed; its controller goes on without it', 'spec', 'channel', 'Error: no more'],
    ]);
  }));

  it('goes on after a handler that throws or rejects, and logs the key', marbles(({ hot, cold, expectObservable, flush }) => {
    const handler = (name: string): Requests => {
      if (name === 'a') throw new Error('thrown');
      return name === 'b' ? promised(cold<readonly Request[]>('-#', undefined, new Error('rejected'))) : [request(name)];
    };
    const { events$, records } = sourceOf(hot<string>('-abc-'), handler, { keyOf: (name) => `key of ${name}` });
    expectObservable(events$).toBe('           S--c-', TOLD);
    flush();
    expect(records.map(({ fields }) => [fields['object'], String(fields['err'])])).to.deep.equal([['key of a', 'Error: thrown'], ['key of b', 'Error: rejected']]);
  }));

  it('goes on after a keyOf that throws', marbles(({ hot, expectObservable, flush }) => {
    const { events$, records } = sourceOf(hot<string>('-ab-'), (name) => [request(name)], { keyOf: (name) => { if (name === 'a') throw new Error('no key'); return name; } });
    expectObservable(events$).toBe('           S-b-', TOLD);
    flush();
    expect(records.map(({ fields }) => String(fields['err']))).to.deep.equal(['Error: no key']);
  }));

  describe('with a handler that takes its time', () => {
    const slowly = (work: Observable<unknown>) => (name: string): Requests => promised(work.pipe(map(() => [request(name)])));

    it('tells the requests as they come, and every value by itself', marbles(({ hot, cold, expectObservable }) => {
      const channel = hot(' aab-|   ');
      const work = cold('   ---x    ');
      const expected = '    S--aa(b|)';
      expectObservable(sourceOf(channel, slowly(work)).events$).toBe(expected, TOLD);
    }));

    it('passes over all but the newest value of a key', marbles(({ hot, cold, expectObservable, expectSubscriptions }) => {
      const channel = hot(' ababA-----|');
      const work = cold('   ------x    ');
      const workSubs = ['   ^', '-^', '------^', '-------^'];
      const expected = '    S-----ab----A(b|)';
      expectObservable(sourceOf(channel, slowly(work), { keyOf: (name) => name.toLowerCase() }).events$).toBe(expected, TOLD);
      expectSubscriptions(work.subscriptions).toBe(workSubs);
    }));

    it('gives it up when it is left', marbles(({ hot, cold, expectObservable, flush }) => {
      const { events$, records } = sourceOf(hot<string>('a-b---'), (name) => promised(name === 'a' ? cold<readonly Request[]>('-----#') : cold('-----x', { x: [request('b')] })));
      expectObservable(events$, '                        ---!').toBe('S-', TOLD);
      flush();
      expect(records).to.deep.equal([]);
    }));
  });

  it('calls no handler once it is left, also while the values come in one go', () => {
    const handled: string[] = [];
    sourceOf(of('a', 'b'), (name) => { handled.push(name); return [request(name)]; }).events$.pipe(take(2)).subscribe();
    expect(handled).to.deep.equal(['a']);
  });

  // controller-runtime: internal/source TestChannel "should get error if the source is started twice"
  it('throws when it is started twice', () => {
    const source = channelSource(EMPTY, () => [], { name: 'mine' });
    source.start(aContext().context);
    expect(() => source.start(aContext().context)).to.throw(ClusterCacheError, /already: mine/).with.property('code', 'SOURCE_STARTED');
  });

  // controller-runtime: internal/source TestChannel "should get error if no source specified"
  const rows: [title: string, make: () => unknown, message: RegExp][] = [
    ['what is no Observable', () => channelSource([] as never, () => []), /channelSource\.observable\$ must be an Observable; got an array of 0/],
    ['a handler that is none', () => channelSource(EMPTY, undefined as never), /channelSource\.handler must be a function; got undefined/],
    ['a name that is none', () => channelSource(EMPTY, () => [], { name: '' }), /options\.name must be a non-empty string; got ""/],
    ['a keyOf that is none', () => channelSource(EMPTY, () => [], { keyOf: 'name' as never }), /options\.keyOf must be a function; got "name"/],
  ];
  for (const [title, make, message] of rows) it(`refuses ${title}`, () => { expect(make).to.throw(TypeError, message); });
});
