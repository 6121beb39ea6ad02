import { expect } from 'chai';
import type { ListOptions, Reader } from '../../lib/client/client.ts';
import { clusterToObjects } from '../../lib/controller/cluster-to-objects.ts';
import { enqueueRequestsFromMapFunc } from '../../lib/controller/event-handlers.ts';
import { type Cluster, Machine, Node } from '../../lib/kinds.ts';
import { aCluster } from '../../lib/testing/fixtures.ts';

/** A management cluster whose lists are these names; keeps what it was asked for. */
function reading(...names: readonly string[]) {
  const asked: [kind: string, options: ListOptions | undefined][] = [];
  const reader = {
    list: async ({ kind }: { readonly kind: string }, options?: ListOptions) => {
      asked.push([kind, options]);
      return { resourceVersion: '1', items: names.map((name) => ({ metadata: { name, ...(options?.namespace !== undefined && { namespace: options.namespace }) } })) };
    },
  } as unknown as Pick<Reader, 'list'>;
  return { reader, asked };
}

describe('clusterToObjects', () => {
  // Cluster API: util TestClusterToTypedObjectsMapper
  it('asks for all objects of the kind that are the Cluster\'s by their label, in its namespace', async () => {
    const { reader, asked } = reading('m-1', 'm-2');
    const clusterToMachines = clusterToObjects(Machine, { reader });
    expect(await clusterToMachines(aCluster({ name: 'one', namespace: 'ns' }))).to.deep.equal([{ namespace: 'ns', name: 'm-1' }, { namespace: 'ns', name: 'm-2' }]);
    expect(asked).to.deep.equal([['Machine', { labelSelector: 'cluster.x-k8s.io/cluster-name=one', namespace: 'ns' }]]);
  });

  it('asks for objects without a namespace in none', async () => {
    const { reader, asked } = reading('n-1');
    expect(await clusterToObjects(Node, { reader, clusterScoped: true })(aCluster({ name: 'one' }))).to.deep.equal([{ namespace: '', name: 'n-1' }]);
    expect(asked).to.deep.equal([['Node', { labelSelector: 'cluster.x-k8s.io/cluster-name=one' }]]);
  });

  it('is a map function for Clusters, and for a cluster source', async () => {
    const { reader } = reading('m-1');
    const clusterToMachines = clusterToObjects(Machine, { reader });
    const cluster = aCluster({ name: 'one', namespace: 'ns' });
    const handler = enqueueRequestsFromMapFunc<Cluster>(clusterToMachines);
    expect(await handler({ type: 'added', key: { namespace: 'ns', name: 'one' }, object: cluster, cause: 'watch' })).to.deep.equal([{ namespace: 'ns', name: 'm-1' }]);
  });

  it('takes the reader of a cluster source, unless it has its own', async () => {
    const { reader, asked } = reading('m-1');
    expect(await clusterToObjects(Machine)(aCluster({ name: 'one', namespace: 'ns' }), undefined, { reader })).to.deep.equal([{ namespace: 'ns', name: 'm-1' }]);
    expect(asked).to.have.length(1);
    const error = await clusterToObjects(Machine)(aCluster()).catch((failure: unknown) => failure);
    expect(error).to.be.instanceOf(TypeError).with.property('message', 'options.reader of clusterToObjects must be a client with list(), for only a cluster source brings its own; got undefined');
  });

  it('rejects as the reader does', async () => {
    const reader = { list: () => Promise.reject(new Error('not now')) } as Pick<Reader, 'list'>;
    expect(String(await clusterToObjects(Machine, { reader })(aCluster()).catch((error: unknown) => error))).to.equal('Error: not now');
  });

  it('refuses what is no reader, no kind, no option', () => {
    expect(() => clusterToObjects(Machine, { reader: {} as never })).to.throw(TypeError, 'options.reader must be a client with list(); got an object of Object');
    expect(() => clusterToObjects('Machine' as never)).to.throw(TypeError, 'kind must be an object; got "Machine"');
    expect(() => clusterToObjects(Machine, { namespaced: true } as never)).to.throw(TypeError, 'options.namespaced must be one of reader, clusterScoped');
  });
});

