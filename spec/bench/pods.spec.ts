import { expect } from 'chai';
import { type Pod, asCreated, modified, podsOf } from '../../bench/pods.ts';
import { FakeApiServer } from '../../lib/testing/index.ts';
import { stripManagedFields } from '../../lib/model/strip-managed-fields.ts';

/** What the figures of the bench are about. bytes of JSON a pod */
const WHOLE = 7_100;
const STRIPPED = 3_900;
const TOLERANCE = 0.03;

const bytesOf = (object: unknown) => Buffer.byteLength(JSON.stringify(object));
const meanOf = (pods: readonly Pod[], size: (pod: Pod) => number) => pods.reduce((sum, pod) => sum + size(pod), 0) / pods.length;
const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);

describe('pods of the bench', () => {
  for (const [seed, count] of [[1, 4_000], [2, 2_000]] as const) {
    it(`have the sizes that the figures are about (seed ${seed}, ${count} pods)`, () => {
      const pods = [...podsOf({ seed, count })];
      expect(pods).to.have.length(count);
      expect(meanOf(pods, bytesOf)).to.be.closeTo(WHOLE, WHOLE * TOLERANCE);
      expect(meanOf(pods, (pod) => bytesOf(stripManagedFields(pod)))).to.be.closeTo(STRIPPED, STRIPPED * TOLERANCE);
    });
  }

  it('are the same for one seed and others for another', () => {
    expect([...podsOf({ seed: 7, count: 300 })]).to.deep.equal([...podsOf({ seed: 7, count: 300 })]);
    expect([...podsOf({ seed: 8, count: 300 })]).to.not.deep.equal([...podsOf({ seed: 7, count: 300 })]);
  });

  it('are made one by one', () => {
    const [first] = podsOf({ seed: 1, count: Number.MAX_SAFE_INTEGER });
    expect(first?.kind).to.equal('Pod');
  });

  it('have names of their own, in 40 namespaces and 200 Deployments, with one, two or three containers', () => {
    const pods = [...podsOf({ seed: 3, count: 4_000 })];
    expect(new Set(namesOf(pods)).size).to.equal(4_000);
    expect(new Set(pods.map(({ metadata: { uid } }) => uid)).size).to.equal(4_000);
    expect(new Set(pods.map(({ metadata: { namespace } }) => namespace)).size).to.equal(40);
    expect(new Set(pods.map(({ metadata: { labels } }) => labels?.['app'])).size).to.equal(200);
    expect([...new Set(pods.map(({ status: { containerStatuses } }) => containerStatuses.length))]).to.have.members([1, 2, 3]);
  });

  it('have about the same size after a change of their status, and nothing else is changed', () => {
    const [pod] = podsOf({ seed: 4, count: 1 });
    const later = modified(pod!, 3);
    expect(later.status).to.not.deep.equal(pod!.status);
    expect(Number(later.metadata.resourceVersion) - Number(pod!.metadata.resourceVersion)).to.equal(3);
    expect({ ...later, status: pod!.status, metadata: pod!.metadata }).to.deep.equal(pod);
    expect(bytesOf(later)).to.be.closeTo(bytesOf(pod), 10);
  });

  it('are left without what an API server writes when they are created', () => {
    const [pod] = podsOf({ seed: 5, count: 1 });
    const created = asCreated(pod!);
    expect(created).to.not.have.property('status');
    expect(created.metadata).to.not.have.any.keys('uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields');
    expect(created.spec).to.deep.equal(pod!.spec);
  });

  it('are taken by an API server as they are', async () => {
    await using server = await FakeApiServer.start();
    const [pod] = podsOf({ seed: 6, count: 1 });
    server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: pod!.metadata.namespace } });
    const { resourceVersion: _, ...metadata } = pod!.metadata;
    const served = server.create({ ...pod!, metadata });
    expect(served.metadata).to.deep.include({ uid: metadata.uid, managedFields: metadata.managedFields });
    expect(served.status).to.deep.equal(pod!.status);
    expect(served.spec).to.deep.equal(pod!.spec);
  });
});
