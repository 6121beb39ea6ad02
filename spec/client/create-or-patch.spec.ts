import { expect } from 'chai';
import type { Client } from '../../lib/client/client.ts';
import { createOrPatch } from '../../lib/client/create-or-patch.ts';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { Cluster, Namespace, Secret } from '../../lib/kinds.ts';
import { isConflict, isForbidden, isNotFound } from '../../lib/kubernetes/status-error.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { type ServedCluster, rejection, serveCluster } from './served-cluster.ts';

// controller-runtime: controllerutil, CreateOrPatch
describe('createOrPatch', () => {
  leavesNothingOpen();

  describe('on an API server', () => {
    let cluster: ServedCluster;
    let client: Client;
    let count = 0;
    const fresh = () => ({ namespace: 'default', name: `object-${count += 1}` });

    before(async () => {
      cluster = await serveCluster();
      client = createUncachedClient({ rest: cluster.rest });
    });
    after(() => cluster?.stop());

    const methods = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      const seen: string[] = [];
      const subscription = cluster.server.requests$.subscribe(({ method, path }) => { if (path.includes('/object-') || method === 'POST') seen.push(path.endsWith('/status') ? `${method} status` : method); });
      await work();
      subscription.unsubscribe();
      return seen;
    };

    it('creates what is not there, by what mutate makes of an object with nothing but its name', async () => {
      const key = fresh();
      let given: Secret | undefined;
      const made = await createOrPatch(client, Secret, key, (secret) => {
        given = deepFreeze(secret);
        return { ...secret, type: 'Opaque', data: { a: 'YQ==' } };
      });
      expect(given).to.deep.equal({ apiVersion: 'v1', kind: 'Secret', metadata: key });
      expect(made).to.deep.equal({ result: 'created', object: await client.get(Secret, key) });
      expect(made.object.data).to.deep.equal({ a: 'YQ==' });
    });

    it('creates a cluster-scoped object', async () => {
      const { object } = await createOrPatch(client, Namespace, { name: 'made' }, (namespace) => namespace);
      expect(object.metadata).to.include({ name: 'made' }).and.not.have.property('namespace');
    });

    it('writes the status of what it creates, where it is a subresource', async () => {
      const key = fresh();
      let made: Cluster | undefined;
      expect(await methods(async () => {
        made = (await createOrPatch(client, Cluster, key, (one) => ({ ...one, spec: { paused: true }, status: { infrastructureReady: true } }))).object;
      })).to.deep.equal(['GET', 'POST', 'PATCH status']);
      expect([made?.spec, made?.status]).to.deep.equal([{ paused: true }, { infrastructureReady: true }]);
    });

    it('sends nothing where mutate changes nothing', async () => {
      const key = fresh();
      const want = (one: Cluster): Cluster => ({ ...one, spec: { paused: true }, status: { infrastructureReady: true } });
      const { object } = await createOrPatch(client, Cluster, key, want);
      expect(await methods(async () => { expect(await createOrPatch(client, Cluster, key, want)).to.deep.equal({ result: 'unchanged', object }); })).to.deep.equal(['GET']);
    });

    for (const [title, change, expected] of [
      ['the spec', { spec: { paused: false } }, ['GET', 'PATCH']],
      ['the status', { status: { infrastructureReady: false } }, ['GET', 'PATCH status']],
      ['both', { spec: { paused: false }, status: { infrastructureReady: false } }, ['GET', 'PATCH status', 'PATCH']],
    ] as const) {
      it(`patches ${title}, where that is what mutate changes`, async () => {
        const key = fresh();
        await createOrPatch(client, Cluster, key, (one) => ({ ...one, spec: { paused: true }, status: { infrastructureReady: true } }));
        let made: Awaited<ReturnType<typeof createOrPatch<Cluster>>> | undefined;
        expect(await methods(async () => { made = await createOrPatch(client, Cluster, key, async (one) => ({ ...one, ...change })); })).to.deep.equal(expected);
        expect(made).to.deep.equal({ result: 'updated', object: await client.get(Cluster, key) });
        expect(made?.object).to.deep.include(change);
      });
    }

    it('rejects with what mutate throws, and writes nothing', async () => {
      const key = fresh();
      expect(await rejection(createOrPatch(client, Secret, key, () => { throw new Error('no'); }))).to.include({ message: 'no' });
      expect(isNotFound(await rejection(client.get(Secret, key)))).to.equal(true);
    });

    // controller-runtime: "MutateFn cannot mutate object name and/or object namespace"
    it('rejects with a TypeError where mutate makes another object of it, or none', async () => {
      const key = fresh();
      const renamed = (secret: Secret): Secret => ({ ...secret, metadata: { ...secret.metadata, name: 'other' } });
      expect(await rejection(createOrPatch(client, Secret, key, renamed))).to.be.instanceOf(TypeError).that.has.property('message').that.contains('changed.metadata.name');
      await createOrPatch(client, Secret, key, (secret) => secret);
      expect(await rejection(createOrPatch(client, Secret, key, renamed))).to.be.instanceOf(TypeError);
      expect(await rejection(createOrPatch(client, Secret, key, () => undefined as unknown as Secret))).to.be.instanceOf(TypeError).that.includes({ message: 'changed must be an object; got undefined' });
    });

    it('rejects with a conflict where it lost against another, if it is locked', async () => {
      const key = fresh();
      await createOrPatch(client, Secret, key, (secret) => secret);
      const error = await rejection(createOrPatch(client, Secret, key, async (secret) => {
        await client.patch(Secret, key, { data: { theirs: 'YQ==' } }, { type: 'merge' });
        return { ...secret, data: { ours: 'YQ==' } };
      }, { optimisticLock: true }));
      expect(isConflict(error)).to.equal(true);
    });

    it('rejects with what the read rejects with, unless it is that there is none', async () => {
      const rule = cluster.server.forbid(undefined, ({ resource }) => resource === 'secrets');
      expect(isForbidden(await rejection(createOrPatch(client, Secret, fresh(), (secret) => secret)))).to.equal(true);
      rule.remove();
    });
  });
});
