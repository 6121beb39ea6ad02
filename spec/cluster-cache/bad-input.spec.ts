import { expect } from 'chai';
import type { SchedulerLike } from 'rxjs';
import { type Client, ClusterCache, type ClusterCacheOptions, ConnectError, type KubernetesObject, NodeProviderIDIndex, SelectorError, StatusError, defineIndex, defineKind } from '../../lib/index.ts';
import { rejection } from '../client/served-cluster.ts';
import { hurried } from '../hurried.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { eventually } from '../suites/eventually.ts';
import { FleetScene, SOON } from './fleet-scene.ts';
import { ToldObjects } from './told-objects.ts';

interface ConfigMap extends KubernetesObject { readonly data?: Readonly<Record<string, string>> }
const CONFIG_MAP = defineKind<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' });
const NODE = defineKind({ apiVersion: 'v1', kind: 'Node' });
/** Of nobody's, until its definition is created. */
const GADGET = defineKind({ apiVersion: 'example.com/v1', kind: 'Gadget' });
const GADGETS = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com', scope: 'Namespaced', names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
  },
};
const CLIENT = { userAgent: 'spec', qps: 1_000, burst: 1_000 };
/** Waits are a tenth of what they are. */
const impatient: SchedulerLike = { ...hurried(10), now: () => performance.now() };
/** More than is taken of one object. */
const TOO_LARGE = 'x'.repeat(9 * 1024 * 1024);
const A = { namespace: 'default', name: 'a' };
const aConfigMap = (name: string, data: Readonly<Record<string, string>> = {}): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name }, data });

describe('what a cluster cache is given and cannot use', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let scene: FleetScene;
    let logged: { readonly level: string; readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[];
    const create = async (options: Partial<ClusterCacheOptions> = {}): Promise<void> => {
      logged = [];
      const log = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => { logged.push({ level, fields, message }); };
      scene = await FleetScene.create({ client: CLIENT, logger: { debug: () => {}, info: () => {}, warn: log('warn'), error: log('error') }, ...options });
    };
    const connected = async (options: Partial<ClusterCacheOptions> = {}): Promise<Client> => {
      await create(options);
      await scene.clusters.start();
      await scene.phase('connected');
      return scene.clusters.getClient(scene.key);
    };
    /** Reads and follows another kind as if nothing were. */
    const othersGoOn = async (client: Client): Promise<void> => {
      const nodes = new ToldObjects(scene.clusters.objects$(scene.key, NODE));
      await nodes.told('synced');
      expect((await client.list(NODE)).items.map(({ metadata }) => metadata?.name)).to.deep.equal(['cluster-1-node-1']);
      expect([...nodes.objects.keys()]).to.deep.equal(['cluster-1-node-1']);
      nodes.close();
    };
    afterEach(() => scene.stop());

    describe('a kind that the cluster does not serve', () => {
      it('rejects reads, each time and without waiting for their timeout, and says so in the log and the diagnosis', async () => {
        const client = await connected();
        const begun = performance.now();
        for (const read of [() => client.get(GADGET, A), () => client.list(GADGET), () => client.observed(GADGET, '1')]) {
          expect(await rejection(read())).to.include({ code: 'KIND_NOT_SERVED', message: 'the cluster does not serve Gadget (example.com/v1)' }).and.deep.include({ cluster: scene.key });
        }
        expect(performance.now() - begun, 'ms').to.be.below(5_000);
        expect(logged.some(({ level, fields, message }) => level === 'warn' && fields['kind'] === 'Gadget' && message === 'the cluster does not serve the kind')).to.equal(true);
        const [informer] = scene.clusters.diagnose(scene.key).informers;
        expect(informer).to.deep.include({ kind: 'Gadget', synced: false, live: false, error: 'no matches for kind "Gadget" in version "example.com/v1"' });
        await othersGoOn(client);
      });

      it('is told to those who follow it as soon as its definition is there', async () => {
        const client = await connected({ scheduler: impatient });
        const told = new ToldObjects(scene.clusters.objects$(scene.key, GADGET));
        const watched: string[] = [];
        scene.clusters.watch(scene.key, { name: 'spec', kind: GADGET, eventHandler: ({ type, key }) => { watched.push(`${type} ${key.name}`); } });
        expect(await rejection(client.list(GADGET))).to.include({ code: 'KIND_NOT_SERVED' });
        scene.workload.create(GADGETS);
        scene.workload.create({ ...GADGET, metadata: A });
        await told.told('synced');
        await eventually(() => watched.length === 1, SOON);
        expect(told.lines).to.deep.equal(['added default/a initial', 'synced']);
        expect((await client.get(GADGET, A)).metadata?.name).to.equal('a');
        expect(told.ended).to.equal(false);
        told.close();
      });

      it('is in before a read that asks once more', async () => {
        const client = await connected();
        expect(await rejection(client.get(GADGET, A))).to.include({ code: 'KIND_NOT_SERVED' });
        scene.workload.create(GADGETS);
        scene.workload.create({ ...GADGET, metadata: A });
        expect((await client.get(GADGET, A)).metadata?.name).to.equal('a');
      });

      it('fails the connect where it is indexed, until it is served', async () => {
        await create({ cache: { indexes: [defineIndex({ kind: GADGET, field: 'spec.a', extractValue: () => 'a' })] } });
        await scene.clusters.start();
        const state = await scene.states().next(({ phase }) => phase === 'disconnected', SOON);
        const error = 'error' in state ? state.error : undefined;
        expect(error).to.be.instanceOf(ConnectError).and.include({ stage: 'sync' });
        expect(error?.message).to.match(/^error when waiting for cache to sync: no matches for kind "Gadget"/);
        scene.workload.create(GADGETS);
        await scene.phase('connected');
        expect((await scene.clusters.getClient(scene.key).list(GADGET)).items).to.deep.equal([]);
      });
    });

    it('an indexed kind that is not in within its time fails the connect, and says which', async () => {
      await create({ cache: { indexes: [NodeProviderIDIndex], initialSyncTimeout: 200 } });
      scene.fleet.break('cluster-1', { fault: 'forbidden', match: ({ verb }) => verb === 'list' });
      await scene.clusters.start();
      const state = await scene.states().next(({ phase }) => phase === 'disconnected', SOON);
      const error = 'error' in state ? state.error : undefined;
      expect(error).to.be.instanceOf(ConnectError).and.include({ stage: 'sync', code: 'CACHE_NOT_SYNCED' });
      expect(error?.message).to.match(/^error when waiting for cache to sync: failed waiting for Node \(v1\) informer to sync within 200 ms; the last failure: .*forbidden/i);
      await scene.fleet.heal('cluster-1');
      await scene.phase('connected');
    });

    it('a kind that may not be listed: reads say why they waited in vain, and read when they may', async () => {
      const client = await connected({ scheduler: impatient });
      const rule = scene.workload.forbid(undefined, ({ resource }) => resource === 'configmaps');
      const error = await rejection(client.list(CONFIG_MAP, { timeout: 2_000 }));
      expect(error).to.include({ code: 'CACHE_NOT_SYNCED' });
      expect(error.cause).to.be.instanceOf(StatusError).and.include({ code: 'Forbidden' });
      await othersGoOn(client);
      rule.remove();
      expect((await client.list(CONFIG_MAP, { timeout: SOON * 10 })).items).to.deep.equal([]);
    });

    it('a field selector that the API server refuses: reads say so', async () => {
      const client = await connected({ scheduler: impatient, cache: { byObject: [{ kind: CONFIG_MAP, fieldSelector: 'data.colour=red' }] } });
      const error = await rejection(client.list(CONFIG_MAP, { timeout: 2_000 }));
      expect(error).to.include({ code: 'CACHE_NOT_SYNCED' });
      expect(error.message).to.match(/; the last failure: .*data\.colour/);
      await othersGoOn(client);
    });

    it('a transform that throws: the object is kept as it came, and logged; others are transformed', async () => {
      const client = await connected({ cache: { defaultTransform: (object) => {
        if (object.metadata?.name === 'bad') throw new Error('cannot');
        return { ...object, metadata: { ...object.metadata, annotations: { transformed: 'yes' } } };
      } } });
      for (const name of ['a', 'bad', 'c']) scene.workload.create(aConfigMap(name, { x: '1' }));
      const { items } = await client.list(CONFIG_MAP);
      expect(items.map(({ metadata }) => metadata?.annotations?.['transformed'])).to.deep.equal(['yes', undefined, 'yes']);
      expect(items[1]).to.deep.equal(scene.workload.get(CONFIG_MAP, { namespace: 'default', name: 'bad' }));
      expect(logged).to.have.length(1);
      expect(logged[0]).to.deep.include({ level: 'error', message: 'the transform failed; the object is kept as the API server sent it' });
      expect(logged[0]?.fields).to.include({ cluster: 'default/cluster-1', kind: 'ConfigMap', object: 'default/bad' }).and.have.nested.property('err.message', 'cannot');
    });

    it('an index that throws: the object is kept, not found by it, and logged; other indexes and objects are not touched', async () => {
      const client = await connected({ cache: { indexes: [
        defineIndex({ kind: CONFIG_MAP, field: 'bad', extractValue: ({ metadata }) => {
          if (metadata?.name === 'bad') throw new Error('cannot');
          return 'value';
        } }),
        defineIndex({ kind: CONFIG_MAP, field: 'good', extractValue: ({ metadata }) => metadata?.namespace }),
      ] } });
      for (const name of ['a', 'bad', 'c']) {
        const { metadata } = scene.workload.create(aConfigMap(name));
        await client.observed(CONFIG_MAP, metadata?.resourceVersion ?? '');
      }
      const names = async (field: string, value: string): Promise<unknown> => (await client.list(CONFIG_MAP, { index: { field, value } })).items.map(({ metadata }) => metadata?.name);
      expect(await names('bad', 'value')).to.deep.equal(['a', 'c']);
      expect(await names('good', 'default')).to.deep.equal(['a', 'bad', 'c']);
      expect((await client.list(CONFIG_MAP)).items).to.have.length(3);
      expect(logged.map(({ fields }) => fields['field'])).to.deep.equal(['bad']);
      expect(logged[0]?.fields).to.include({ object: 'default/bad' }).and.have.nested.property('err.message', 'cannot');
    });

    it('an object that is too large: it is left out of lists and watches, and logged by its name; when it has become smaller, it is there', async () => {
      const client = await connected();
      for (const [name, data] of [['a', {}], ['large', { x: TOO_LARGE }], ['z', {}]] as const) scene.workload.create(aConfigMap(name, data));
      const told = new ToldObjects(scene.clusters.objects$(scene.key, CONFIG_MAP));
      await told.told('synced');
      expect(told.lines).to.deep.equal(['added default/a initial', 'added default/z initial', 'synced']);
      await eventually(() => scene.workload.counters.openWatches === 1, SOON);
      scene.workload.update(aConfigMap('a', { x: TOO_LARGE }));
      scene.workload.create(aConfigMap('b'));
      await told.told('added default/b watch');
      scene.workload.update(aConfigMap('large', { x: '1' }));
      scene.workload.update(aConfigMap('a', { x: '1' }));
      await told.told('added default/a watch');
      expect(told.lines.slice(3)).to.deep.equal(['deleted default/a watch', 'added default/b watch', 'added default/large watch', 'added default/a watch']);
      expect(told.illegal).to.deep.equal([]);
      expect((await client.list(CONFIG_MAP)).items).to.deep.equal(scene.workload.list(CONFIG_MAP));
      expect(scene.workload.counters.lists['configmaps']).to.equal(1);
      expect(logged.map(({ level, message }) => `${level} ${message}`)).to.deep.equal(['error an object is left out', 'error an object is left out']);
      for (const [index, name] of ['default/large', 'default/a'].entries()) {
        expect(logged[index]?.fields).to.have.nested.property('err.code', 'OBJECT_TOO_LARGE');
        expect(logged[index]?.fields['err']).to.have.property('message').that.includes(`the object ${name} has 9437`);
      }
      told.close();
    });

    it('selectors that do not parse, in a list: a SelectorError before anything is asked', async () => {
      const client = await connected();
      expect(await rejection(client.list(CONFIG_MAP, { labelSelector: 'app in (' }))).to.be.instanceOf(SelectorError).and.include({ code: 'INVALID_SELECTOR' });
      expect(await rejection(client.list(CONFIG_MAP, { fieldSelector: 'metadata.name' }))).to.be.instanceOf(SelectorError);
      expect(scene.workload.counters.lists).to.deep.equal({});
      await othersGoOn(client);
    });

    describe('options throw a TypeError that names the one', () => {
      const index = defineIndex({ kind: CONFIG_MAP, field: 'data.x', extractValue: ({ data }) => data?.['x'] });
      const WRONG: readonly (readonly [what: string, cache: unknown, message: string])[] = [
        ['an index that is declared twice', { indexes: [index, NodeProviderIDIndex, { ...index }] }, 'options.cache.indexes[2] must be an index that is not declared yet; got "data.x" of v1 ConfigMap, as indexes[0]'],
        ['an index without a function', { indexes: [{ kind: CONFIG_MAP, field: 'a' }] }, 'options.cache.indexes[0].extractValue must be a function; got undefined'],
        ['an index without a kind', { indexes: [{ field: 'a', extractValue: () => 'a' }] }, 'options.cache.indexes[0].kind must be a kind, as defineKind makes it; got undefined'],
        ['a kind that is restricted twice', { byObject: [{ kind: CONFIG_MAP }, { kind: { ...CONFIG_MAP } }] }, 'options.cache.byObject[1].kind must be of one entry only; got v1 ConfigMap once more'],
        ['a label selector that does not parse', { byObject: [{ kind: CONFIG_MAP, labelSelector: 'app in (' }] }, 'options.cache.byObject[0].labelSelector must be a selector; got label selector "app in (" is invalid'],
        ['a field selector that does not parse', { byObject: [{ kind: CONFIG_MAP, fieldSelector: 'metadata.name' }] }, 'options.cache.byObject[0].fieldSelector must be a selector; got field selector "metadata.name" is invalid'],
        ['a transform that is none', { defaultTransform: 'strip' }, 'options.cache.defaultTransform must be a function; got "strip"'],
        ['an unknown field', { lingers: 5 }, 'options.cache.lingers must be one of syncPeriod, initialSyncTimeout, linger, defaultTransform, byObject, indexes, shareParts, maxConcurrentLists; got an unknown field'],
      ];
      for (const [what, cache, message] of WRONG) {
        it(what, async () => {
          await create();
          expect(() => new ClusterCache({ management: scene.fleet.management, client: CLIENT, cache: cache as ClusterCacheOptions['cache'] })).to.throw(TypeError, message);
        });
      }

      for (const [what, options, message] of [
        ['a misspelt option of getClient', { readOwnWrite: true }, 'options.readOwnWrite must be one of readOwnWrites; got an unknown field'],
        ['an option of getClient of another type', { readOwnWrites: 'yes' }, 'options.readOwnWrites must be true or false; got "yes"'],
        ['no options of getClient', null, 'options must be an object; got null'],
      ] as const) {
        it(what, async () => {
          await create();
          const get = (): Client => scene.clusters.getClient(scene.key, options as unknown as { readonly readOwnWrites?: boolean });
          expect(get, 'whether or not there is a connection').to.throw(TypeError, message);
          await scene.clusters.start();
          await scene.phase('connected');
          expect(get).to.throw(TypeError, message);
        });
      }

      it('a kind of disableFor that is none', async () => {
        await create();
        expect(() => new ClusterCache({ management: scene.fleet.management, client: { ...CLIENT, cache: { disableFor: [{ apiVersion: 'v1' } as typeof NODE] } } })).to.throw(TypeError, 'options.client.cache.disableFor[0].kind must be a non-empty string; got undefined');
      });
    });
  });
});
