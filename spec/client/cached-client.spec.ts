import { expect } from 'chai';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Subject, asyncScheduler } from 'rxjs';
import { type CachedClientOptions, createCachedClient } from '../../lib/client/cached-client.ts';
import type { Client, GetOptions, ListOptions, ObservedOptions } from '../../lib/client/client.ts';
import { OwnWrites } from '../../lib/client/own-writes.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { ClusterCacheError, ClusterNotConnectedError } from '../../lib/model/errors.ts';
import type { Kind } from '../../lib/model/kubernetes-object.ts';
import { CONFIG_MAP, KeptKind, type KeptKindOptions, aConfigMap } from './kept-kind.ts';
import { rejection } from './served-cluster.ts';

const CLUSTER = { namespace: 'default', name: 'cluster-1' };
const A = { namespace: 'default', name: 'a' };
/** ms that reads wait. */
const TIMEOUT = 1_000;

/** A live client that tells what was asked of it. */
function recordingClient(calls: unknown[][]): Client {
  const recorded = (name: string) => async (...args: unknown[]): Promise<never> => {
    calls.push([name, ...args]);
    return 'live' as never;
  };
  const writes = { create: recorded('create'), update: recorded('update'), patch: recorded('patch'), delete: recorded('delete'), deleteAllOf: recorded('deleteAllOf') };
  return { get: recorded('get'), list: recorded('list'), observed: recorded('observed'), ...writes, status: { update: recorded('status.update'), patch: recorded('status.patch') } };
}

describe('a cached client', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers(); });
  afterEach(() => clock.restore());

  const reading = ({ live: readsLive = false, own = false, ...options }: KeptKindOptions & { readonly live?: boolean; readonly own?: boolean } = {}) => {
    const cache = new KeptKind(options);
    const calls: unknown[][] = [];
    const ended$ = new Subject<void>();
    const ownWrites = own ? new OwnWrites(() => cache) : undefined;
    let isUp = true;
    const client = createCachedClient({
      live: recordingClient(calls), ownWrites, timeout: TIMEOUT, scheduler: asyncScheduler,
      cacheOf: (() => (readsLive ? undefined : cache)) as CachedClientOptions['cacheOf'],
      connection: {
        cluster: CLUSTER, ended$,
        get isUp() { return isUp; },
        leadsTo: (cluster) => cluster === 'a',
        notConnected: () => new ClusterNotConnectedError('client', { cluster: CLUSTER }),
      },
    });
    const disconnect = (): void => {
      isUp = false;
      ended$.next();
    };
    return { cache, client, calls, disconnect, ownWrites: ownWrites as OwnWrites };
  };

  /** What became of a call, now. */
  const settled = async (call: Promise<unknown>): Promise<unknown> => {
    let outcome: unknown = 'pending';
    void (async () => { outcome = await call.catch((error: unknown) => error); })();
    await clock.tickAsync(0);
    return outcome;
  };

  describe('reads from memory', () => {
    it('the very object that is kept, and tells that it was read', async () => {
      const { cache, client, calls } = reading();
      const object = aConfigMap('a', '5');
      cache.sync([object], '10');
      expect(await client.get(CONFIG_MAP, A)).to.equal(object);
      expect(await client.get(CONFIG_MAP, A, { timeout: 5 })).to.equal(object);
      expect((await client.list(CONFIG_MAP)).items).to.deep.equal([object]);
      expect(cache.reads).to.equal(3);
      expect(calls).to.deep.equal([]);
    });

    it('and says of what is not there what an API server says', async () => {
      const { cache, client } = reading();
      cache.sync([], '10');
      const error = await rejection<StatusError>(client.get(CONFIG_MAP, A));
      expect(error).to.be.instanceOf(StatusError).and.include({ code: 'NotFound', message: 'configmaps "a" not found', cluster: CLUSTER });
      expect(error.status).to.deep.equal({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'configmaps "a" not found', reason: 'NotFound', details: { name: 'a', kind: 'configmaps' }, code: 404 });
    });

    it('and not of a namespace that is not kept', async () => {
      const { cache, client } = reading({ namespaces: ['default'] });
      cache.sync([], '10');
      expect(await rejection(client.get(CONFIG_MAP, { namespace: 'other', name: 'a' }))).to.include({ code: 'NOT_CACHED', cluster: CLUSTER });
      expect(await rejection(client.observed(CONFIG_MAP, '5', { namespace: 'other' }))).to.include({ code: 'NOT_CACHED' });
    });
  });

  describe('of a kind that is not in yet', () => {
    it('waits until it is, and not longer', async () => {
      const { cache, client } = reading();
      const reads = [client.get(CONFIG_MAP, A), client.list(CONFIG_MAP)] as const;
      await clock.tickAsync(TIMEOUT - 1);
      expect(await settled(reads[0])).to.equal('pending');
      const object = aConfigMap('a', '5');
      cache.sync([object], '10');
      expect(await settled(reads[0])).to.equal(object);
      expect(await reads[1]).to.deep.equal({ items: [object], resourceVersion: '10' });
      expect(clock.countTimers(), 'timers that are left').to.equal(0);
    });

    for (const [whose, options, within] of [["the client's timeout", undefined, TIMEOUT], ['its own', { timeout: 50 }, 50]] as const) {
      it(`gives up after ${whose}, and says which kind was not in, and why`, async () => {
        const { cache, client } = reading();
        const call = rejection(client.get(CONFIG_MAP, A, options));
        await clock.tickAsync(within - 1);
        expect(await settled(call)).to.equal('pending');
        cache.failure = new Error('forbidden');
        await clock.tickAsync(1);
        expect(await call).to.be.instanceOf(ClusterCacheError).and.include({
          code: 'CACHE_NOT_SYNCED', cause: cache.failure, cluster: CLUSTER,
          message: `failed waiting for ConfigMap (v1) informer to sync within ${within} ms; the last failure: forbidden`,
        });
      });
    }

    it('fails at once where the cluster does not serve it', async () => {
      const { cache, client } = reading();
      const call = rejection(client.list(CONFIG_MAP));
      const cause = new StatusError({ code: 404, reason: 'NotFound', message: 'no matches' });
      cache.notServed(cause);
      expect(await call).to.include({ code: 'KIND_NOT_SERVED', cause, cluster: CLUSTER, message: 'the cluster does not serve ConfigMap (v1)' });
    });

    it('gives up when its signal aborts, with its reason, also where it could be answered', async () => {
      const { cache, client } = reading();
      const controller = new AbortController();
      const call = rejection(client.get(CONFIG_MAP, A, { signal: controller.signal }));
      const reason = new Error('enough');
      controller.abort(reason);
      expect(await call).to.equal(reason);
      cache.sync([aConfigMap('a', '5')], '10');
      const { signal } = controller;
      const again = [client.get(CONFIG_MAP, A, { signal }), client.list(CONFIG_MAP, { signal }), client.observed(CONFIG_MAP, '5', { signal })].map((each) => rejection(each));
      expect(await Promise.all(again)).to.deep.equal([reason, reason, reason]);
    });
  });

  describe('as new as is asked for', () => {
    it('reads when the store is, and gives up when it is not in time', async () => {
      const { cache, client } = reading();
      cache.sync([aConfigMap('a', '5')], '10');
      expect((await client.get(CONFIG_MAP, A, { resourceVersion: '10' })).metadata?.resourceVersion).to.equal('5');
      const later = client.get(CONFIG_MAP, A, { resourceVersion: '12' });
      const never = rejection(client.list(CONFIG_MAP, { resourceVersion: '13' }));
      expect(await settled(later)).to.equal('pending');
      cache.apply(aConfigMap('a', '12'));
      expect((await later).metadata?.resourceVersion).to.equal('12');
      await clock.tickAsync(TIMEOUT);
      expect(await never).to.include({ code: 'NOT_OBSERVED', message: `what is kept of ConfigMap (v1) did not show resourceVersion 13 within ${TIMEOUT} ms` });
    });

    it("takes '0' and '' for anything", async () => {
      const { cache, client } = reading();
      cache.sync([aConfigMap('a', '5')], '10');
      for (const resourceVersion of ['0', '']) expect(await settled(client.get(CONFIG_MAP, A, { resourceVersion }))).to.deep.equal(aConfigMap('a', '5'));
    });
  });

  describe('observed', () => {
    it('resolves at once where the store is as new, else with the event or bookmark that makes it so', async () => {
      const { cache, client } = reading();
      const first = client.observed(CONFIG_MAP, '10');
      expect(await settled(first)).to.equal('pending');
      cache.sync([], '10');
      expect(await settled(first)).to.equal(undefined);
      expect(await settled(client.observed(CONFIG_MAP, '9'))).to.equal(undefined);
      const bookmark = client.observed(CONFIG_MAP, '12', { namespace: '' });
      cache.reach('11');
      expect(await settled(bookmark)).to.equal('pending');
      cache.reach('1000');
      expect(await settled(bookmark)).to.equal(undefined);
    });

    it('rejects after its timeout, or the client\'s', async () => {
      const { cache, client } = reading();
      cache.sync([], '10');
      const calls = [client.observed(CONFIG_MAP, '11', { timeout: 50 }), client.observed(CONFIG_MAP, '11')].map((call) => rejection(call));
      await clock.tickAsync(50);
      expect(await settled(calls[0] as Promise<Error>)).to.include({ code: 'NOT_OBSERVED', cluster: CLUSTER, message: 'what is kept of ConfigMap (v1) did not show resourceVersion 11 within 50 ms' });
      expect(await settled(calls[1] as Promise<Error>)).to.equal('pending');
      await clock.tickAsync(TIMEOUT);
      expect(await calls[1]).to.include({ code: 'NOT_OBSERVED' });
    });

    it('rejects at once for a kind that is read live, and for one that is not served', async () => {
      const { client, calls } = reading({ live: true });
      expect(await settled(client.observed(CONFIG_MAP, '10'))).to.be.instanceOf(ClusterCacheError).and.include({ code: 'NOT_CACHED', cluster: CLUSTER });
      expect(calls).to.deep.equal([]);
      const other = reading();
      const call = other.client.observed(CONFIG_MAP, '10');
      other.cache.notServed(new StatusError({ code: 404, reason: 'NotFound', message: 'no matches' }));
      expect(await settled(call)).to.include({ code: 'KIND_NOT_SERVED' });
    });
  });

  describe('that waits for its own writes', () => {
    it('reads when they have come back, and at once when there are none', async () => {
      const { cache, client, ownWrites } = reading({ own: true });
      cache.sync([aConfigMap('a', '5')], '10');
      expect(await settled(client.get(CONFIG_MAP, A))).to.deep.equal(aConfigMap('a', '5'));
      ownWrites.wrote(CONFIG_MAP, aConfigMap('a', '11'));
      const [get, list] = [client.get(CONFIG_MAP, A), client.list(CONFIG_MAP)];
      expect(await settled(get)).to.equal('pending');
      cache.apply(aConfigMap('a', '11'));
      expect(await settled(get)).to.deep.equal(aConfigMap('a', '11'));
      expect((await list).items).to.deep.equal([aConfigMap('a', '11')]);
    });

    it('has one timeout for all that it waits for', async () => {
      const { cache, client, ownWrites } = reading({ own: true });
      const call = rejection(client.get(CONFIG_MAP, A));
      await clock.tickAsync(TIMEOUT / 2);
      ownWrites.wrote(CONFIG_MAP, aConfigMap('a', '11')); // after the read began: not waited for
      cache.sync([], '10');
      expect(await settled(call)).to.include({ code: 'NotFound' });
      const own = rejection(client.get(CONFIG_MAP, A));
      await clock.tickAsync(TIMEOUT - 1);
      expect(await settled(own)).to.equal('pending');
      await clock.tickAsync(1);
      expect(await own).to.include({ code: 'NOT_OBSERVED', message: `what is kept of ConfigMap (v1) did not show what was written within ${TIMEOUT} ms` });
    });
  });

  describe('of a connection that ends', () => {
    const READS: readonly (readonly [what: string, read: (client: Client, options?: GetOptions & ListOptions & ObservedOptions) => Promise<unknown>])[] = [
      ['get', (client, options) => client.get(CONFIG_MAP, A, options)],
      ['list', (client, options) => client.list(CONFIG_MAP, options)],
      ['observed', (client) => client.observed(CONFIG_MAP, '5')],
    ];
    for (const [what, read] of READS) {
      it(`rejects ${what}, also one that waits, at once`, async () => {
        const { cache, client, disconnect } = reading();
        const waiting = read(client);
        expect(await settled(waiting)).to.equal('pending');
        disconnect();
        expect(await settled(waiting)).to.be.instanceOf(ClusterNotConnectedError).and.include({ cluster: CLUSTER });
        cache.sync([aConfigMap('a', '5')], '10');
        expect(await settled(read(client))).to.be.instanceOf(ClusterNotConnectedError);
        expect(clock.countTimers()).to.equal(0);
      });
    }

    for (const [what, read] of READS.slice(0, 2)) {
      it(`goes on with ${what} where a stale one is asked for`, async () => {
        const { cache, client, disconnect, ownWrites } = reading({ own: true });
        cache.sync([aConfigMap('a', '5')], '10');
        ownWrites.wrote(CONFIG_MAP, aConfigMap('a', '11'));
        const waiting = read(client, { stale: true });
        expect(await settled(waiting), 'while it is connected, it is a read like others').to.equal('pending');
        disconnect();
        expect(await settled(waiting)).to.be.an('object').and.not.instanceOf(Error);
        expect(await settled(read(client, { stale: true, resourceVersion: '12' }))).to.be.an('object').and.not.instanceOf(Error);
      });

      it(`rejects a stale ${what} where nothing is kept, or what is kept is of another cluster`, async () => {
        const { cache, client, disconnect } = reading();
        disconnect();
        expect(await settled(read(client, { stale: true }))).to.be.instanceOf(ClusterNotConnectedError);
        cache.sync([aConfigMap('a', '5')], '10');
        cache.cluster = 'b';
        expect(await settled(read(client, { stale: true }))).to.be.instanceOf(ClusterNotConnectedError);
      });
    }

    it('rejects a read whose cluster goes while it waits', async () => {
      const { cache, client, disconnect } = reading();
      const calls = READS.map(([, read]) => rejection(read(client)));
      await clock.tickAsync(0);
      cache.end();
      disconnect();
      for (const call of calls) expect(await settled(call)).to.be.instanceOf(ClusterNotConnectedError);
    });
  });

  it('writes live', async () => {
    const { cache, client, calls } = reading();
    cache.sync([], '10');
    await client.create(CONFIG_MAP, {});
    await client.update(CONFIG_MAP, {}, { dryRun: true });
    await client.patch(CONFIG_MAP, A, {}, { type: 'merge' });
    await client.delete(CONFIG_MAP, A);
    await client.deleteAllOf(CONFIG_MAP);
    await client.status.update(CONFIG_MAP, {});
    await client.status.patch(CONFIG_MAP, A, {}, { type: 'merge' });
    expect(calls.map(([name]) => name)).to.deep.equal(['create', 'update', 'patch', 'delete', 'deleteAllOf', 'status.update', 'status.patch']);
  });

  it('reads live what is not kept, with the options as they are', async () => {
    const { client, calls } = reading({ live: true });
    expect([await client.get(CONFIG_MAP, A, { resourceVersion: '0' }), await client.list(CONFIG_MAP, { limit: 5 })]).to.deep.equal(['live', 'live']);
    expect(calls).to.deep.equal([['get', CONFIG_MAP, A, { resourceVersion: '0' }], ['list', CONFIG_MAP, { limit: 5 }]]);
  });

  describe('says what is wrong with', () => {
    const KIND_MESSAGE = (got: string) => `kind must be an object; got ${got}`;
    const WRONG: readonly (readonly [what: string, call: (client: Client) => Promise<unknown>, message: string])[] = [
      ['no kind', (client) => client.get(undefined as unknown as Kind<unknown>, A), KIND_MESSAGE('undefined')],
      ['a text for a kind', (client) => client.list('ConfigMap' as unknown as Kind<unknown>), KIND_MESSAGE('"ConfigMap"')],
      ['half a kind', (client) => client.get({ apiVersion: 'v1' } as Kind<unknown>, A), 'kind.kind must be a non-empty string; got undefined'],
      ['a kind of another version', (client) => client.observed({ apiVersion: 'a/b/c', kind: 'A' }, '5'), 'kind.apiVersion must be VERSION or GROUP/VERSION; got "a/b/c"'],
      ['no key', (client) => client.get(CONFIG_MAP, undefined as unknown as typeof A), 'key must be an object; got undefined'],
      ['a key without a name', (client) => client.get(CONFIG_MAP, { namespace: 'a' } as unknown as typeof A), 'key.name must be a non-empty name other than . and .., without / and %; got undefined'],
      ['a namespace that is none', (client) => client.get(CONFIG_MAP, { namespace: 5, name: 'a' } as unknown as typeof A), 'key.namespace must be a non-empty name other than . and .., without / and %; got 5'],
      ['no namespace where one is needed', (client) => client.get(CONFIG_MAP, { name: 'a' }), 'namespace must be a non-empty name for configmaps, which are in namespaces; got undefined'],
      ['unknown options', (client) => client.get(CONFIG_MAP, A, { fresh: true } as GetOptions), 'options.fresh must be one of signal, timeout, resourceVersion, stale; got an unknown field'],
      ['a timeout that is none', (client) => client.get(CONFIG_MAP, A, { timeout: 0 }), 'options.timeout must be a number of milliseconds, above 0 and at most 2147483647; got 0'],
      ['no resourceVersion', (client) => client.observed(CONFIG_MAP, undefined as unknown as string), 'resourceVersion must be a decimal number, as an object or a list has it; got undefined'],
      ['a resourceVersion that is none', (client) => client.observed(CONFIG_MAP, 'latest'), 'resourceVersion must be a decimal number, as an object or a list has it; got "latest"'],
    ];
    for (const [what, call, message] of WRONG) {
      it(`${what}, before anything is waited for`, async () => {
        const { cache, client } = reading();
        cache.sync([], '10');
        expect(await settled(call(client))).to.be.instanceOf(TypeError).and.have.property('message', message);
        expect(cache.waiting).to.equal(0);
      });
    }
  });
});
