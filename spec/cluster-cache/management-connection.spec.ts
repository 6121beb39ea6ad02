import { expect } from 'chai';
import { NEVER, type Observable, ReplaySubject, Subject, asyncScheduler, firstValueFrom, map, merge, startWith, switchMap, take, throwError, toArray } from 'rxjs';
import { ClusterCache, ClusterCacheError } from '../../lib/index.ts';
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
    beforeEach(async () => {
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
      close();
      await fleet.stop();
    });

    const clusterCache = (management: ManagementConnection): ClusterCache => new ClusterCache({ management, client: { userAgent: 'spec' }, ...SHORT });

    it('reads over it with others, under its name, and leaves it open', async () => {
      const caches = [clusterCache(connection), clusterCache(connection)];
      await Promise.all(caches.map((cache) => cache.start()));
      await Promise.all(caches.map((cache) => firstValueFrom(cache.clusterEvents$())));
      await Promise.all(caches.map((cache) => cache.stop()));
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
  });
});
