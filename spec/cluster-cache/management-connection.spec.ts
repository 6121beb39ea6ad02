import { CoreV1Api } from '@kubernetes/client-node';
import { expect } from 'chai';
import { NEVER, type Observable, ReplaySubject, Subject, asyncScheduler, filter, firstValueFrom, map, merge, startWith, switchMap, take, throwError, toArray } from 'rxjs';
import { ClusterCache, ClusterCacheError } from '../../lib/index.ts';
import { ConfigMap } from '../../lib/kinds.ts';
import type { ManagementConnection } from '../../lib/cluster-cache/management-connection.ts';
import type { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { withManagement } from '../../lib/kubernetes/management.ts';
import type { RestClient } from '../../lib/kubernetes/rest-client.ts';
import { type TransportOptions, createTransport } from '../../lib/kubernetes/transport.ts';
import { FakeFleet } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { SHORT } from './fleet-scene.ts';

describe('a cluster cache on a connection that is somebody else\'s', () => {
  leavesNothingOpen();

  describe('on an embedded fleet', () => {
    let fleet: FakeFleet;
    let ended: Subject<Error>;
    let rest: RestClient;
    let connection: ManagementConnection;
    let close: () => void;
    let caches: ClusterCache[];
    beforeEach(async () => {
      caches = [];
      fleet = await FakeFleet.start({ clusters: 2 });
      ended = new Subject();
      const given = new ReplaySubject<RestClient>(1);
      const options = { userAgent: 'owner', timeout: 5_000, scheduler: asyncScheduler, random: Math.random };
      const open = withManagement(fleet.management, options, (own) => NEVER.pipe(startWith(own))).subscribe(given);
      rest = await firstValueFrom(given);
      close = () => open.unsubscribe();
      connection = {
        connect: <R>(project: (own: RestClient) => Observable<R>) => merge(project(rest), ended.pipe(switchMap((error) => throwError(() => error)))),
      };
    });
    afterEach(async () => {
      await Promise.all(caches.map((cache) => cache.stop()));
      close();
      await fleet.stop();
    });

    const clusterCache = (management: ManagementConnection): ClusterCache => {
      const cache = new ClusterCache({ management, client: { userAgent: 'spec' }, ...SHORT });
      caches.push(cache);
      return cache;
    };

    it('reads over it with others, under its name, and leaves it open', async () => {
      const both = [clusterCache(connection), clusterCache(connection)];
      await Promise.all(both.map((cache) => cache.start()));
      await Promise.all(both.map((cache) => firstValueFrom(cache.clusterEvents$())));
      await Promise.all(both.map((cache) => cache.stop()));
      const { counters, requests } = fleet.managementServer;
      expect(counters.connectionsAccepted).to.equal(1);
      expect(new Set(requests.map(({ headers }) => headers['user-agent']))).to.deep.equal(new Set(['owner']));
      expect(await firstValueFrom(rest.request({ path: '/version' }).pipe(map(({ status }) => status)))).to.equal(200);
    });

    it('ends with it, and says why', async () => {
      const cache = clusterCache(connection);
      const gone = new ClusterCacheError('STOPPED', 'the owner is stopped');
      const started = cache.start().then(() => 'no failure', (error: unknown) => error);
      ended.next(gone);
      expect(await started).to.equal(gone);
    });

    it('has the sockets to workload clusters made as it says', async () => {
      const dialled: string[] = [];
      const dial = (endpoint: Endpoint, options: TransportOptions) => {
        dialled.push(endpoint.server.host);
        return createTransport(endpoint, options);
      };
      const cache = clusterCache({ ...connection, dial });
      const connected = firstValueFrom(cache.events$.pipe(take(2), toArray()));
      await cache.start();
      await connected;
      await cache.stop();
      expect(dialled).to.have.members(fleet.names.map((name) => new URL(fleet.workload(name).url).host));
    });

    it('asks it before each write to a workload cluster, and reads in any case', async () => {
      const refusal = new ClusterCacheError('NOT_LEADER', 'nothing is written');
      let isOpen = true;
      const cache = clusterCache({ ...connection, fence: () => (isOpen ? undefined : refusal) });
      await cache.start();
      await firstValueFrom(cache.connections$.pipe(filter(({ cluster: { name }, phase }) => name === 'cluster-1' && phase === 'connected')));
      const key = fleet.key('cluster-1');
      const clients = [cache.getClient(key), cache.getClient(key, { readOwnWrites: true }), cache.getUncachedClient(key)];
      const core = cache.getRESTConfig(key).makeApiClient(CoreV1Api);
      const body = { metadata: { namespace: 'default', name: 'a' } };
      await core.createNamespacedConfigMap({ namespace: 'default', body });
      const written = (): number => fleet.workload('cluster-1').requests.filter(({ method }) => method !== 'GET').length;
      expect(written()).to.equal(1);

      isOpen = false;
      for (const { get, list, create, update, patch, delete: remove, deleteAllOf, status } of clients) {
        const calls = [
          create(ConfigMap, body), update(ConfigMap, body), patch(ConfigMap, body.metadata, {}, { type: 'merge' }), remove(ConfigMap, body.metadata),
          deleteAllOf(ConfigMap, { namespace: 'default' }), status.update(ConfigMap, body), status.patch(ConfigMap, body.metadata, {}, { type: 'merge' }),
        ];
        for (const call of calls) expect(await call.catch((error: unknown) => error)).to.equal(refusal);
        expect(await get(ConfigMap, body.metadata)).to.have.nested.property('metadata.name', 'a');
        expect((await list(ConfigMap)).items).to.have.length(1);
      }
      expect(await core.createNamespacedConfigMap({ namespace: 'default', body }).catch((error: unknown) => error)).to.equal(refusal);
      expect((await core.readNamespacedConfigMap(body.metadata)).metadata).to.have.property('name', 'a');
      expect(written()).to.equal(1);

      isOpen = true;
      for (const { patch } of clients) expect(await patch(ConfigMap, body.metadata, { data: { a: 'b' } }, { type: 'merge' })).to.have.nested.property('data.a', 'b');
    });
  });
});
