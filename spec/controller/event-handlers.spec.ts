import { expect } from 'chai';
import { type ObjectToRequests, enqueueRequestForObject, enqueueRequestForOwner, enqueueRequestsFromMapFunc } from '../../lib/controller/event-handlers.ts';
import { Deployment, Node } from '../../lib/kinds.ts';
import { type KubernetesObject, type OwnerReference, defineKind } from '../../lib/model/kubernetes-object.ts';
import type { ObjectChange } from '../../lib/model/object-event.ts';
import { type Request, formatRequest } from '../../lib/model/request.ts';
import { added, deleted, updated } from './source-scene.ts';

const WORKLOAD = { namespace: 'default', name: 'one' };
const ReplicaSet = defineKind({ apiVersion: 'apps/v1', kind: 'ReplicaSet' });

describe('enqueueRequestForObject', () => {
  const enqueue = enqueueRequestForObject();

  // controller-runtime: handler "EnqueueRequestForObject should enqueue a Request with the Name / Namespace of the object in the Create, Delete, UpdateEvent"
  const rows: [title: string, change: ObjectChange<unknown>][] = [['that is added', added('ns/a@1')], ['that is changed, once', updated('ns/a@1', 'ns/a@2')], ['that is gone', deleted('ns/a@2')]];
  for (const [title, change] of rows) it(`asks for an object ${title}`, () => { expect(enqueue(change)).to.deep.equal([{ namespace: 'ns', name: 'a' }]); });

  it('asks for an object of a workload cluster in its name', () => {
    expect(enqueue(added('ns/a@1'), WORKLOAD)).to.deep.equal([{ namespace: 'ns', name: 'a', cluster: WORKLOAD }]);
  });

  it('asks for one without a namespace without one', () => {
    expect(enqueue(added('node@1'))).to.deep.equal([{ namespace: '', name: 'node' }]);
  });
});

describe('enqueueRequestForOwner', () => {
  const owner = (name: string, { apiVersion = 'apps/v1', kind = 'ReplicaSet', controller }: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion, kind, name, uid: name, ...(controller !== undefined && { controller }) });
  const owned = (...ownerReferences: readonly OwnerReference[]): KubernetesObject => ({ metadata: { namespace: 'ns', name: 'pod', ownerReferences } });
  const change = (object: KubernetesObject, previous?: KubernetesObject): ObjectChange<KubernetesObject> => {
    const key = { namespace: 'ns', name: 'pod' };
    return previous === undefined ? { type: 'added', key, object, cause: 'watch' } : { type: 'updated', key, object, previous, cause: 'watch' };
  };
  const names = (requests: unknown): string[] => (requests as readonly Request[]).map(formatRequest);

  // controller-runtime: handler "EnqueueRequestForOwner …", the same row each
  const rows: [title: string, change: ObjectChange<KubernetesObject>, options: Parameters<typeof enqueueRequestForOwner>[1], expected: string[]][] = [
    ['the owner of an object', change(owned(owner('foo'))), {}, ['ns/foo']],
    ['the owners of both objects of an update', change(owned(owner('new')), owned(owner('old'))), {}, ['ns/old', 'ns/new']],
    ['an owner that stays once', change(owned(owner('foo')), owned(owner('foo'))), {}, ['ns/foo']],
    ['no owner of another group or kind', change(owned(owner('a', { apiVersion: 'extensions/v1' }), owner('b', { kind: 'Deployment' }), owner('c', { apiVersion: 'v1' }))), {}, []],
    ['an owner of another version', change(owned(owner('foo', { apiVersion: 'apps/v1beta1' }))), {}, ['ns/foo']],
    ['nothing where there is no owner', change(owned()), {}, []],
    ['nothing where there is no metadata', change({}), {}, []],
    ['all owners', change(owned(owner('a'), owner('b', { controller: true }), owner('c'))), {}, ['ns/a', 'ns/b', 'ns/c']],
    ['the first controller alone', change(owned(owner('a'), owner('b', { controller: true }), owner('c'), owner('d', { controller: true }))), { isController: true }, ['ns/b']],
    ['nothing where no owner is the controller', change(owned(owner('a'), owner('b', { controller: false }))), { isController: true }, []],
    ['nothing where the controller is of another kind', change(owned(owner('a', { kind: 'Job', controller: true }), owner('b'))), { isController: true }, []],
  ];
  for (const [title, event, options, expected] of rows) {
    it(`asks for ${title}`, () => { expect(names(enqueueRequestForOwner(ReplicaSet, options)(event))).to.deep.equal(expected); });
  }

  // controller-runtime: "should enqueue a Request for a owner that is cluster scoped"
  it('asks for an owner without a namespace, of the core group', () => {
    const enqueue = enqueueRequestForOwner(Node, { clusterScoped: true });
    expect(names(enqueue(change(owned(owner('node-1', { apiVersion: 'v1', kind: 'Node' })))))).to.deep.equal(['/node-1']);
  });

  it('looks for owners in the cluster of the object', () => {
    expect(enqueueRequestForOwner(ReplicaSet)(change(owned(owner('foo'))), WORKLOAD)).to.deep.equal([{ namespace: 'ns', name: 'foo', cluster: WORKLOAD }]);
  });

  it('refuses what is no kind, and options that are none', () => {
    expect(() => enqueueRequestForOwner('ReplicaSet' as never)).to.throw(TypeError, 'kind must be an object; got "ReplicaSet"');
    expect(() => enqueueRequestForOwner(Deployment, { isController: 'yes' as never })).to.throw(TypeError, 'options.isController must be true or false; got "yes"');
    expect(() => enqueueRequestForOwner(Deployment, { onlyController: true } as never)).to.throw(TypeError, 'options.onlyController must be one of isController, clusterScoped');
  });
});

describe('enqueueRequestsFromMapFunc', () => {
  /** Two for each object, and one that is the same for all. */
  const map: ObjectToRequests<KubernetesObject> = ({ metadata }) => [{ namespace: 'ns', name: `${metadata?.resourceVersion}-bar` }, { namespace: 'ns', name: 'all' }];
  const mapLater: ObjectToRequests<KubernetesObject> = async (object) => (await map(object)) ?? [];
  const names = (requests: unknown): string[] => (requests as readonly Request[]).map(formatRequest);

  // controller-runtime: handler "EnqueueRequestsFromMapFunc should enqueue a Request with the function applied to …", and of both objects of an update each request once
  const rows: [title: string, change: ObjectChange<KubernetesObject>, expected: string[]][] = [
    ['what is made of an object', added('ns/a@1'), ['ns/1-bar', 'ns/all']],
    ['what is made of one that is gone', deleted('ns/a@1'), ['ns/1-bar', 'ns/all']],
    ['what is made of both objects of an update, each once', updated('ns/a@1', 'ns/a@2'), ['ns/1-bar', 'ns/all', 'ns/2-bar']],
  ];
  for (const [title, change, expected] of rows) {
    it(`asks for ${title}`, () => { expect(names(enqueueRequestsFromMapFunc(map)(change))).to.deep.equal(expected); });
    it(`asks later for ${title}`, async () => { expect(names(await enqueueRequestsFromMapFunc(mapLater)(change))).to.deep.equal(expected); });
  }

  it('asks later where only one of the two is made later', async () => {
    for (const late of ['1', '2']) {
      const sometimes: ObjectToRequests<KubernetesObject> = (object) => (object.metadata?.resourceVersion === late ? mapLater(object) : map(object));
      expect(names(await enqueueRequestsFromMapFunc(sometimes)(updated('ns/a@1', 'ns/a@2')))).to.deep.equal(['ns/1-bar', 'ns/all', 'ns/2-bar']);
    }
  });

  it('maps an object that is told again once', () => {
    let calls = 0;
    enqueueRequestsFromMapFunc<KubernetesObject>(() => { calls += 1; })(updated('ns/a@1', 'ns/a@1', 'resync'));
    expect(calls).to.equal(1);
  });

  it('asks for nothing where nothing is made', async () => {
    expect(enqueueRequestsFromMapFunc<KubernetesObject>(() => {})(added('ns/a@1'))).to.equal(undefined);
    expect(enqueueRequestsFromMapFunc<KubernetesObject>(() => {})(updated('ns/a@1', 'ns/a@2'))).to.deep.equal([]);
  });

  it('tells the same object of two clusters apart', () => {
    const of = enqueueRequestsFromMapFunc<KubernetesObject>(({ metadata }) => [{ namespace: 'ns', name: 'a', ...(metadata?.resourceVersion === '1' && { cluster: WORKLOAD }) }]);
    expect(names(of(updated('ns/a@1', 'ns/a@2')))).to.deep.equal(['default/one//ns/a', 'ns/a']);
  });

  it('tells the function whose object it is', () => {
    const seen: unknown[] = [];
    enqueueRequestsFromMapFunc((_object, cluster) => { seen.push(cluster); })(added('ns/a@1'), WORKLOAD);
    expect(seen).to.deep.equal([WORKLOAD]);
  });

  it('fails as the function does, and leaves no rejection to nobody', async () => {
    const failing = (version: string): ObjectToRequests<KubernetesObject> => async ({ metadata }) => { if (metadata?.resourceVersion === version) throw new Error(`not ${version}`); return []; };
    for (const version of ['1', '2']) {
      const failure = await Promise.resolve(enqueueRequestsFromMapFunc(failing(version))(updated('ns/a@1', 'ns/a@2'))).catch((error: unknown) => error);
      expect(String(failure)).to.equal(`Error: not ${version}`);
    }
    const throwing: ObjectToRequests<KubernetesObject> = ({ metadata }) => { if (metadata?.resourceVersion === '2') throw new Error('not 2'); return Promise.reject(new Error('not 1')); };
    const failure = await Promise.resolve(enqueueRequestsFromMapFunc(throwing)(updated('ns/a@1', 'ns/a@2'))).catch((error: unknown) => error);
    expect(String(failure)).to.equal('Error: not 1');
  });

  it('refuses what is no function', () => {
    expect(() => enqueueRequestsFromMapFunc(undefined as never)).to.throw(TypeError, 'enqueueRequestsFromMapFunc.map must be a function; got undefined');
  });
});
