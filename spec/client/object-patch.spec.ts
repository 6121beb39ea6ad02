import { expect } from 'chai';
import type { Client, Writable } from '../../lib/client/client.ts';
import { ConditionConflictError, type PatchHelperOptions, patchHelper } from '../../lib/client/object-patch.ts';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { ConfigMap, MachineSet, type Secret } from '../../lib/kinds.ts';
import { isConflict, isNotFound } from '../../lib/kubernetes/status-error.ts';
import { setCondition } from '../../lib/model/conditions.ts';
import { addFinalizer, removeFinalizer } from '../../lib/model/finalizer.ts';
import type { Kind } from '../../lib/model/kubernetes-object.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { hurried } from '../hurried.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { type ServedCluster, rejection, serveCluster } from './served-cluster.ts';

const NOW = new Date('2026-03-01T10:00:00Z');
/** Attempts follow one another within a millisecond. */
const HURRIED = { scheduler: hurried(1_000) };

// Cluster API: util/patch, TestPatchHelper
describe('patchHelper', () => {
  leavesNothingOpen();

  describe('on an API server', () => {
    let cluster: ServedCluster;
    let client: Client;
    let count = 0;

    before(async () => {
      cluster = await serveCluster();
      client = createUncachedClient({ rest: cluster.rest });
    });
    after(() => cluster?.stop());

    const create = async (fields: object = {}): Promise<MachineSet> => {
      const metadata = { namespace: 'default', name: `set-${count += 1}`, labels: { a: '1', b: '2' } };
      const created = cluster.server.create({ apiVersion: 'cluster.x-k8s.io/v1beta2', kind: 'MachineSet', metadata, spec: { clusterName: 'c', replicas: 1, template: { spec: { clusterName: 'c' } } }, ...fields } as unknown as MachineSet);
      return deepFreeze(await client.get(MachineSet, { namespace: 'default', name: created.metadata?.name ?? '' }));
    };
    const keyOf = (object: MachineSet) => ({ namespace: 'default', name: object.metadata?.name ?? '' });
    const read = (object: MachineSet) => client.get(MachineSet, keyOf(object));
    const condition = (type: string, status: 'True' | 'False', reason = 'A') => ({ type, status, reason });
    const typesOf = ({ status }: MachineSet) => status?.conditions?.map(({ type, status: is }) => `${type}=${is}`);

    /** The patches that `work` sent. */
    const patchesOf = async (work: (client: Client) => Promise<unknown>): Promise<readonly (readonly [part: 'main' | 'status', patch: object])[]> => {
      const sent: ['main' | 'status', object][] = [];
      await work({
        ...client,
        patch: (kind, key, patch, options) => { sent.push(['main', patch]); return client.patch(kind, key, patch, options); },
        status: { ...client.status, patch: (kind, key, patch, options) => { sent.push(['status', patch]); return client.status.patch(kind, key, patch, options); } },
      });
      return sent;
    };

    it('sends nothing where nothing differs, and resolves to the object itself', async () => {
      const object = await create();
      expect(await patchesOf(async (recorded) => {
        const helper = patchHelper(recorded, MachineSet, object);
        expect(await helper.patch(object)).to.equal(object);
        expect(await helper.patch(structuredClone(object))).to.equal(object);
      })).to.deep.equal([]);
    });

    it('sends one patch of what differs in the spec and the metadata, and resolves to the object as it is stored', async () => {
      const object = await create();
      const changed = deepFreeze({ ...object, metadata: { ...object.metadata, labels: { b: '3', c: '4' } }, spec: { ...object.spec, replicas: 2 } });
      let stored: MachineSet | undefined;
      const writes = await patchesOf(async (recorded) => { stored = await patchHelper(recorded, MachineSet, object).patch(changed); });
      expect(writes).to.deep.equal([['main', { metadata: { labels: { a: null, b: '3', c: '4' } }, spec: { replicas: 2 } }]]);
      expect(stored).to.deep.equal(await read(object));
      expect(stored?.metadata?.labels).to.deep.equal({ b: '3', c: '4' });
    });

    it('sends one patch of what differs in the status', async () => {
      const object = await create();
      const writes = await patchesOf((recorded) => patchHelper(recorded, MachineSet, object).patch({ ...object, status: { replicas: 1 } }));
      expect(writes).to.deep.equal([['status', { status: { replicas: 1 } }]]);
      expect((await read(object)).status).to.deep.equal({ replicas: 1 });
    });

    it('sends the status first where both differ, so that it is written before the last finalizer lets the object go', async () => {
      const held = await create({ metadata: { namespace: 'default', name: `held-${count += 1}`, finalizers: ['example.com/a'] } });
      await client.delete(MachineSet, keyOf(held));
      const object = deepFreeze(await read(held));
      const writes = await patchesOf((recorded) => patchHelper(recorded, MachineSet, object).patch({ ...removeFinalizer(object, 'example.com/a'), status: { replicas: 0 } }));
      expect(writes.map(([part]) => part)).to.deep.equal(['status', 'main']);
      expect(isNotFound(await rejection(read(held)))).to.equal(true);
    });

    it('leaves fields that others wrote meanwhile, and asks for nothing', async () => {
      const object = await create();
      await client.patch(MachineSet, keyOf(object), { metadata: { labels: { other: 'x' } }, spec: { replicas: 7 } }, { type: 'merge' });
      await patchHelper(client, MachineSet, object).patch({ ...object, metadata: { ...object.metadata, labels: { a: '9', b: '2' } } });
      const stored = await read(object);
      expect([stored.metadata?.labels, stored.spec.replicas]).to.deep.equal([{ a: '9', b: '2', other: 'x' }, 7]);
    });

    it('hands on who manages the fields, and stores nothing in a dry run', async () => {
      const object = await create();
      const answer = await patchHelper(client, MachineSet, object).patch({ ...object, spec: { ...object.spec, replicas: 5 } }, { dryRun: true, fieldManager: 'me' });
      expect([answer.spec.replicas, (await read(object)).spec.replicas]).to.deep.equal([5, 1]);
      expect(cluster.server.requests.find(({ path }) => path.endsWith('?dryRun=All&fieldManager=me'))).to.include({ method: 'PATCH' });
    });

    it('writes an object whose kind has no status', async () => {
      const written: ConfigMap = await client.create(ConfigMap, { metadata: { namespace: 'default', name: `map-${count += 1}` }, data: { a: '1' } });
      expect((await patchHelper(client, ConfigMap, written).patch({ ...written, data: { b: '2' } })).data).to.deep.equal({ b: '2' });
    });

    describe('with an optimistic lock', () => {
      it('writes both parts where nobody else did', async () => {
        const object = await create();
        await patchHelper(client, MachineSet, object, { optimisticLock: true }).patch({ ...addFinalizer(object, 'example.com/a'), status: { replicas: 1 } });
        const stored = await read(object);
        expect([stored.metadata?.finalizers, stored.status]).to.deep.equal([['example.com/a'], { replicas: 1 }]);
      });

      for (const [title, change] of [['metadata', (object: MachineSet) => addFinalizer(object, 'example.com/mine')], ['status', (object: MachineSet) => ({ ...object, status: { replicas: 3 } })], ['conditions', (object: MachineSet) => setCondition(object, condition('Mine', 'True'), NOW)]] as const) {
        it(`rejects with a conflict where somebody has written since, and writes nothing of the ${title}`, async () => {
          const object = await create();
          await client.patch(MachineSet, keyOf(object), { metadata: { finalizers: ['example.com/theirs'] } }, { type: 'merge' });
          const before = await read(object);
          const error = await rejection(patchHelper(client, MachineSet, object, { ...HURRIED, optimisticLock: true }).patch(change(object)));
          expect(isConflict(error)).to.equal(true);
          expect(await read(object)).to.deep.equal(before);
        });
      }

      it('needs a resourceVersion to lock', async () => {
        const { resourceVersion: _, ...metadata } = (await create()).metadata ?? {};
        expect(() => patchHelper(client, MachineSet as Kind<object>, { metadata }, { optimisticLock: true })).to.throw(TypeError, 'object.metadata.resourceVersion must be there');
      });
    });

    describe('conditions', () => {
      const theirs = async (object: MachineSet, ...conditions: Parameters<typeof setCondition>[1][]): Promise<void> => {
        const latest = await read(object);
        await client.status.update(MachineSet, conditions.reduce<Writable<MachineSet>>((set, one) => setCondition(set, one, NOW), latest));
      };

      it('are written with the rest of the status in one patch, locked to what they were merged into', async () => {
        const object = await create();
        const changed: MachineSet = setCondition<MachineSet>({ ...object, status: { replicas: 1 } }, condition('Ready', 'True'), NOW);
        const writes = await patchesOf((recorded) => patchHelper(recorded, MachineSet, object).patch(changed));
        expect(writes).to.deep.equal([['status', { metadata: { resourceVersion: object.metadata?.resourceVersion }, status: { replicas: 1, conditions: changed.status?.conditions } }]]);
      });

      it('that others wrote meanwhile stay, whatever else they wrote', async () => {
        const object = await create();
        const helper = patchHelper(client, MachineSet, object, HURRIED);
        await theirs(object, condition('Theirs', 'False'));
        await client.patch(MachineSet, keyOf(object), { spec: { replicas: 8 } }, { type: 'merge' });
        const stored = await helper.patch({ ...setCondition(object, condition('Ours', 'True'), NOW) });
        expect([typesOf(stored), stored.spec.replicas]).to.deep.equal([['Theirs=False', 'Ours=True'], 8]);
      });

      it('are not written where others have changed the same one: a ConditionConflictError', async () => {
        const object = await create();
        const helper = patchHelper(client, MachineSet, object, HURRIED);
        await theirs(object, condition('Ready', 'False', 'Broken'));
        const error = await rejection<ConditionConflictError>(helper.patch({ ...setCondition(object, condition('Ready', 'True'), NOW), spec: { ...object.spec, replicas: 9 } }));
        expect(error).to.be.instanceOf(ConditionConflictError).that.deep.includes({ code: 'CONDITION_CONFLICT', types: ['Ready'] });
        const stored = await read(object);
        expect([typesOf(stored), stored.spec.replicas]).to.deep.equal([['Ready=False'], 1]);
      });

      it('that are ours win', async () => {
        const object = await create();
        const helper = patchHelper(client, MachineSet, object, { ...HURRIED, ownedConditions: ['Ready'] });
        await theirs(object, condition('Ready', 'False', 'Broken'), condition('Theirs', 'True'));
        expect(typesOf(await helper.patch(setCondition(object, condition('Ready', 'True'), NOW)))).to.deep.equal(['Ready=True', 'Theirs=True']);
      });

      it('are not sent for being in another order', async () => {
        const object = await create();
        await theirs(object, condition('A', 'True'), condition('B', 'True'));
        const both = deepFreeze(await read(object));
        expect(await patchesOf((recorded) => patchHelper(recorded, MachineSet, both).patch({ ...both, status: { ...both.status, conditions: [...both.status?.conditions ?? []].reverse() } }))).to.deep.equal([]);
      });

      it('go to no other object of the same name', async () => {
        const object = await create();
        await client.delete(MachineSet, keyOf(object));
        await create({ metadata: keyOf(object) });
        expect(await rejection(patchHelper(client, MachineSet, object, HURRIED).patch(setCondition(object, condition('Ready', 'True'), NOW)))).to.include({ code: 'OBJECT_REPLACED' });
        expect(typesOf(await read(object))).to.equal(undefined);
      });
    });
  });

  describe('refuses', () => {
    const object: Secret = deepFreeze({ apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 'a', uid: 'u', resourceVersion: '7' } });
    const offline = new Proxy({} as Client, { get: () => () => { throw new Error('it was sent'); } });
    const kind: Kind<Secret> = { apiVersion: 'v1', kind: 'Secret' };
    const others: [field: string, changed: object, message: string][] = [
      ['apiVersion', { ...object, apiVersion: 'v2' }, 'changed.apiVersion must be "v1", as it was; got "v2"'],
      ['kind', { ...object, kind: 'ConfigMap' }, 'changed.kind must be "Secret", as it was; got "ConfigMap"'],
      ['namespace', { ...object, metadata: { ...object.metadata, namespace: 'b' } }, 'changed.metadata.namespace must be "default", as it was; got "b"'],
      ['name', { ...object, metadata: { ...object.metadata, name: 'b' } }, 'changed.metadata.name must be "a", as it was; got "b"'],
      ['uid', { ...object, metadata: { ...object.metadata, uid: undefined } }, 'changed.metadata.uid must be "u", as it was; got undefined'],
      ['resourceVersion', { ...object, metadata: { ...object.metadata, resourceVersion: '8' } }, 'changed.metadata.resourceVersion must be "7", as it was; got "8"'],
    ];
    for (const [field, changed, message] of others) {
      it(`another ${field}`, async () => {
        expect(await rejection(patchHelper(offline, kind, object).patch(changed as Secret))).to.be.instanceOf(TypeError).that.includes({ message });
      });
    }

    it('an object of another kind', () => {
      expect(() => patchHelper(offline, ConfigMap as Kind<object>, object)).to.throw(TypeError, 'object.kind must be "ConfigMap", as the kind; got "Secret"');
    });

    it('what is no object, an object without a name, and options that nobody reads', async () => {
      expect(await rejection(patchHelper(offline, kind, object).patch(undefined as unknown as Secret))).to.include({ message: 'changed must be an object; got undefined' });
      expect(() => patchHelper(offline, kind, {})).to.throw(TypeError, 'key.name');
      expect(() => patchHelper(offline, kind, object, { lock: true } as PatchHelperOptions)).to.throw(TypeError, 'options.lock');
    });
  });
});
