import { expect } from 'chai';
import { firstValueFrom, skip, timeout } from 'rxjs';
import type { LogFields } from '../../lib/model/logger.ts';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { type LeadershipState, leaderElection } from '../../lib/manager/leader-election.ts';
import type { LeaderElectionOptions } from '../../lib/manager/leader-election-options.ts';
import { ElectionLease } from '../../lib/manager/lease-record.ts';
import { FakeApiServer } from '../../lib/testing/fake-api-server.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { Recorder } from '../suites/recorder.ts';

const LEASE = { namespace: 'default', name: 'election' };
/** ms for what is to come; only a failure waits so long. */
const SOON = 5_000;

describe('leaderElection, on an API server', () => {
  leavesNothingOpen();
  let open: AsyncDisposableStack;
  let server: FakeApiServer;
  beforeEach(async () => {
    open = new AsyncDisposableStack();
    server = open.use(await FakeApiServer.start({ anonymous: 'forbidden' }));
  });
  afterEach(() => open.disposeAsync());

  function candidate(identity: string, options: Partial<LeaderElectionOptions> = {}, authorization: string | undefined = `Bearer ${server.token}`): Recorder<LeadershipState> {
    const endpoint = new Endpoint({ server: new URL(server.url), tls: { ca: server.ca, insecureSkipVerify: false }, ...(authorization === '' ? {} : { authorization }) });
    const transport = createTransport(endpoint, { userAgent: identity });
    const client = createUncachedClient({ rest: createRestClient({ transport, timeout: SOON }) });
    const recorder = new Recorder(leaderElection({ client, lease: LEASE, identity, leaseDuration: 2_000, renewDeadline: 1_500, retryPeriod: 20, ...options }));
    open.defer(() => {
      recorder.close();
      transport.close();
    });
    return recorder;
  }
  const lease = () => server.get(ElectionLease, LEASE)?.spec;

  it('keeps the Lease as other candidates read it, gives it back, and another goes on from it', async () => {
    const stop = new AbortController();
    const a = candidate('a', { signal: stop.signal });
    await a.next(({ leader }) => leader, SOON);
    expect(lease()).to.deep.include({ holderIdentity: 'a', leaseDurationSeconds: 2, leaseTransitions: 0 });
    expect(lease()?.renewTime).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const b = candidate('b');
    await b.next(({ holder }) => holder === 'a', SOON);
    stop.abort();
    await a.next(({ phase }) => phase === 'released', SOON);
    expect(await b.next(({ leader }) => leader, SOON)).to.include({ holder: 'b', generation: 1 });
    expect(lease()).to.include({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it('says once what it needs where it is forbidden, and goes on trying', async () => {
    const errors: LogFields[] = [];
    const quiet = () => {};
    const a = candidate('a', { logger: { debug: quiet, info: quiet, warn: quiet, error: (fields) => { errors.push(fields); } } }, '');
    await firstValueFrom(server.requests$.pipe(skip(2), timeout(SOON)));
    expect(a.values.map(({ phase }) => phase)).to.deep.equal(['waiting']);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.include({ lease: 'default/election', identity: 'a', expected: 'a user with the verbs get, create and update on leases.coordination.k8s.io in this namespace' });
    expect(errors[0]?.['err']).to.have.property('code', 'Forbidden');
  });
});
