import { expect } from 'chai';
import { type Observable, Subscription, catchError, firstValueFrom, map, mergeMap, of, timer, toArray } from 'rxjs';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { type Transport, type TransportRequest, createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import type { EmbeddedServer } from '../../lib/testing/embedded-server.ts';
import { InMemoryApiServer } from '../../lib/testing/in-memory-api-server.ts';
import { type Fault, FakeApiServer, marbles } from '../../lib/testing/index.ts';
import { eventually } from '../suites/eventually.ts';
import { Recorder } from '../suites/recorder.ts';
import { leavesNothingOpen } from '../leaks.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap' };
const aConfigMap = (name: string) => ({ ...ConfigMap, metadata: { name, namespace: 'default' } });
/** ms; nothing that answers at all takes so long. */
const TIMEOUT = 300;
const SOON = 3_000;

/** What a client can act on of what went wrong. */
function told(error: unknown): string {
  if (error instanceof StatusError) return `${error.statusCode} ${error.code}`;
  // Whether a socket's reset or its end is seen first is the kernel's to say.
  if (error instanceof TransportError) return `${error.stage} ${error.code === 'SOCKET_CLOSED' ? 'ECONNRESET' : error.code}${error.outcomeUnknown ? ', outcome unknown' : ''}`;
  return String(error);
}

/** What comes of a call, in one line. */
const outcome = (call$: Observable<unknown>): Promise<string> => firstValueFrom(call$.pipe(toArray(), map((values) => JSON.stringify(values)), catchError((error: unknown) => of(told(error)))));

/** The parts of an answer that do not differ by themselves: not its date, uid or length. */
const called = (transport: Transport, request: Partial<TransportRequest> & { readonly path: string }): Promise<string> =>
  outcome(transport.request({ timeout: TIMEOUT, ...request }).pipe(map(({ status, headers, body }) => [status, headers['content-type'], headers['retry-after'], body])));

const post = (name: string) => ({ method: 'POST', path: CONFIG_MAPS, body: JSON.stringify(aConfigMap(name)) });

interface Side {
  readonly server: EmbeddedServer;
  readonly transport: Transport;
}

describe('an API server in memory', () => {
  leavesNothingOpen();

  describe('beside the one on sockets', () => {
    let memory: InMemoryApiServer;
    let sockets: FakeApiServer;
    let sides: readonly [Side, Side];

    beforeEach(async () => {
      memory = new InMemoryApiServer({ uid: 'u' });
      sockets = await FakeApiServer.start({ uid: 'u' });
      sides = [
        { server: memory, transport: memory.transport(memory.endpoint(), { userAgent: 'spec' }) },
        { server: sockets, transport: createTransport(new Endpoint({ server: new URL(sockets.url), authorization: `Bearer ${sockets.token}`, tls: { ca: sockets.ca, insecureSkipVerify: false } }), { userAgent: 'spec' }) },
      ];
    });
    afterEach(async () => {
      for (const { transport } of sides) transport.close();
      memory.stop();
      await sockets.stop();
    });

    /** Does the same on both sides, and returns what both say, in the end the same. */
    const alike = async (work: (side: Side) => Promise<unknown>): Promise<unknown> => {
      const [inMemory, onSockets] = await Promise.all(sides.map(work));
      expect(inMemory).to.deep.equal(onSockets);
      return inMemory;
    };

    for (const path of ['/version', '/livez', '/api', '/apis/cluster.x-k8s.io/v1beta2', '/nowhere', '/api/v1/nothing', `${CONFIG_MAPS}/none`, '/api/v1/namespaces?limit=1&continue=nonsense']) {
      it(`answers GET ${path} alike`, () => alike(({ transport }) => called(transport, { path })));
    }

    it('answers writes alike', async () => {
      const answers = await alike(async ({ transport }) => {
        const sent = [
          post('a'), post('a'), { method: 'POST', path: CONFIG_MAPS, body: 'a: [' },
          { method: 'PATCH', path: `${CONFIG_MAPS}/a`, headers: { 'content-type': 'application/merge-patch+json' }, body: '{"data":{"b":"1"}}' },
          { method: 'PATCH', path: `${CONFIG_MAPS}/b?fieldManager=me`, headers: { 'content-type': 'application/apply-patch+yaml' }, body: 'apiVersion: v1\nkind: ConfigMap\ndata: {c: d}\n' },
          { method: 'DELETE', path: `${CONFIG_MAPS}/a` }, { method: 'DELETE', path: `${CONFIG_MAPS}/a` }, { method: 'HEAD', path: '/version' },
        ];
        const statuses: number[] = [];
        for (const request of sent) statuses.push((await firstValueFrom(transport.request({ timeout: TIMEOUT, ...request }))).status);
        return statuses;
      });
      expect(answers).to.deep.equal([201, 409, 400, 200, 201, 200, 404, 200]);
    });

    for (const [fault, read, write = read] of [
      [{ fault: 'unauthorized' }, '401 Unauthorized'], [{ fault: 'forbidden' }, '403 Forbidden'], [{ fault: 'gone' }, '410 Expired'], [{ fault: 'tooManyRequests', retryAfter: 3 }, '429 TooManyRequests'],
      [{ fault: 'serverError', status: 503 }, '503 InternalError'], [{ fault: 'garbage' }, 'response GARBAGE'], [{ fault: 'truncate' }, 'response TRUNCATED'],
      [{ fault: 'truncate', reset: true }, 'response STREAM_RESET'], [{ fault: 'hang' }, 'response HEADERS_TIMEOUT', 'response HEADERS_TIMEOUT, outcome unknown'],
      [{ fault: 'reset' }, 'response ECONNRESET', 'response ECONNRESET, outcome unknown'], [{ fault: 'refuseStream' }, 'request REFUSED_STREAM'],
      [{ fault: 'refuse' }, 'dial ECONNREFUSED'],
    ] as const satisfies readonly (readonly [Fault, string, string?])[]) {
      it(`fails alike by ${JSON.stringify(fault)}`, async () => {
        for (const { server } of sides) server.inject(fault);
        expect(await alike(({ transport }) => outcome(transport.items({ path: CONFIG_MAPS, timeout: TIMEOUT })))).to.equal(read);
        const whole = await alike(({ transport }) => outcome(transport.request({ timeout: TIMEOUT, ...post('a') }).pipe(map(({ status }) => status))));
        if (/outcome|^(dial|request) /.test(write)) expect(whole).to.equal(write);
      });
    }

    it('sends alike nothing that its fence refuses', async () => {
      const fence = () => new TransportError('FENCED', 'it must not be sent', { stage: 'request' });
      expect(await Promise.all(sides.map(({ transport }) => called(transport, { ...post('a'), fence })))).to.deep.equal(['request FENCED', 'request FENCED']);
      expect(sides.map(({ server }) => server.requests.length)).to.deep.equal([0, 0]);
    });

    it('fails alike while it is half-open: a dial, and a request on a connection that was', async () => {
      for (const { server } of sides) server.pause();
      const dial = (transport: Transport) => outcome(transport.request({ path: '/version', timeout: TIMEOUT }));
      expect(await alike(({ transport }) => dial(transport))).to.equal('dial DIAL_TIMEOUT');
      for (const { server } of sides) server.resume();
      await alike(({ transport }) => called(transport, { path: '/version' }));
      for (const { server } of sides) server.pause();
      expect(await alike(({ transport }) => dial(transport))).to.equal('response HEADERS_TIMEOUT');
    });

    it('resends alike what was refused once', async () => {
      for (const { server } of sides) server.inject({ fault: 'refuseStream', times: 1 });
      expect(await alike(({ transport }) => outcome(transport.request({ path: '/livez', timeout: TIMEOUT }).pipe(map(({ body }) => body))))).to.equal('["ok"]');
    });

    it('watches alike, in pieces that no line is torn by', async () => {
      const lines = await alike(async ({ server, transport }) => {
        const since = server.resourceVersion;
        const watching = new Recorder(transport.lines({ path: `${CONFIG_MAPS}?watch=true&resourceVersion=${since}&allowWatchBookmarks=true`, timeout: TIMEOUT }));
        await eventually(() => server.counters.openWatches === 1, SOON);
        server.create(aConfigMap('a'));
        server.create({ ...aConfigMap('b'), data: { text: 'ä€😀\u2028' } } as never);
        server.delete(ConfigMap, { name: 'a' });
        await watching.count(3, SOON);
        server.endWatches();
        await eventually(() => watching.ended, SOON);
        return watching.values.map((line) => { const { type, object } = JSON.parse(line) as { type: string; object: { metadata: { name: string }; data?: unknown } }; return [type, object.metadata.name, object.data]; });
      });
      expect(lines).to.deep.equal([['ADDED', 'a', undefined], ['ADDED', 'b', { text: 'ä€😀\u2028' }], ['DELETED', 'a', undefined]]);
    });

    it('breaks watches alike', async () => {
      for (const strike of [(server: EmbeddedServer) => server.cut(), (server: EmbeddedServer) => void server.inject({ fault: 'truncate', times: 1 }), (server: EmbeddedServer) => void server.inject({ fault: 'truncate', reset: true, times: 1 })]) {
        await alike(async ({ server, transport }) => {
          const watching = new Recorder(transport.lines({ path: `${CONFIG_MAPS}?watch=true`, timeout: TIMEOUT }));
          await eventually(() => server.counters.openWatches > 0, SOON);
          strike(server);
          server.create({ ...aConfigMap('x'), metadata: { generateName: 'x-', namespace: 'default' } } as never);
          return told(await watching.failure(SOON));
        });
      }
    });

    it('records alike what it was asked', async () => {
      expect(await alike(async ({ server, transport }) => {
        await called(transport, { path: `${CONFIG_MAPS}?limit=5` });
        await called(transport, { path: '/livez' });
        return server.requests.map(({ method, path, verb, resource, namespace, user, status, protocol, headers }) => [method, path, verb, resource, namespace, user, status, protocol, headers['user-agent'], headers['accept']]);
      })).to.have.length(2);
    });

    it('ends alike what runs, and what comes, when the transport is closed', async () => {
      await alike(async ({ transport }) => {
        const watching = new Recorder(transport.lines({ path: `${CONFIG_MAPS}?watch=true`, timeout: TIMEOUT }));
        await called(transport, { path: '/livez' });
        transport.close();
        return [told(await watching.failure(SOON)), await outcome(transport.request({ path: '/livez', timeout: TIMEOUT })), await outcome(transport.revived$), await outcome(transport.alive$)];
      });
    });
  });

  describe('in virtual time', () => {
    const asked = (server: InMemoryApiServer) => server.transport(server.endpoint(), { userAgent: 'spec' });

    it('answers at once, or as late as it is told to', marbles(({ expectObservable }) => {
      const server = new InMemoryApiServer();
      const body$ = asked(server).request({ path: '/livez', timeout: 10_000 }).pipe(map(({ body }) => body));
      expectObservable(body$).toBe('(b|)', { b: 'ok' });
      const slow = new InMemoryApiServer();
      slow.inject({ fault: 'slow', delay: 400 });
      expectObservable(asked(slow).request({ path: '/livez', timeout: 10_000 }).pipe(map(({ body }) => body))).toBe('400ms (b|)', { b: 'ok' });
    }));

    it('lets a request wait for its timeout, a dial for that of the dial, and no longer than until it is back', marbles(({ expectObservable }) => {
      const server = new InMemoryApiServer();
      const transport = asked(server);
      const outcome$ = transport.request({ path: '/livez', timeout: 5_000 }).pipe(map(({ body }) => body), catchError((error: unknown) => of(told(error))));
      server.pause();
      timer(20_000).subscribe(() => server.resume());
      const at = (ms: number) => timer(ms).pipe(mergeMap(() => outcome$));
      expectObservable(at(0)).toBe('4s (d|)', { d: 'dial DIAL_TIMEOUT' });
      expectObservable(at(18_000)).toBe('20s (o|)', { o: 'ok' });
      timer(30_000).subscribe(() => server.pause());
      expectObservable(at(31_000)).toBe('36s (h|)', { h: 'response HEADERS_TIMEOUT' });
    }));

    it('tells who waits for it when it is back', marbles(({ expectObservable }) => {
      const server = new InMemoryApiServer();
      const transport = asked(server);
      const fault = server.inject({ fault: 'refuse' });
      timer(7_000).subscribe(() => { void fault.remove(); });
      expectObservable(transport.revived$.pipe(map(() => 'r'))).toBe('7s (r|)');
      expectObservable(transport.alive$.pipe(map(() => 'a')), '10s !').toBe('7s a');
    }));

    it('ends a watch at its time, after a last bookmark', marbles(({ expectObservable }) => {
      const server = new InMemoryApiServer();
      const line$ = asked(server).lines({ path: `${CONFIG_MAPS}?watch=true&allowWatchBookmarks=true&resourceVersion=${server.resourceVersion}&timeoutSeconds=100`, timeout: 1_000 });
      expectObservable(line$.pipe(map((line) => (line.includes('BOOKMARK') ? 'b' : '?')))).toBe('60s b 37999ms b 1999ms |');
    }));

    it('leaves nothing that runs when it is stopped', marbles(({ expectObservable, flush }) => {
      const server = new InMemoryApiServer();
      const error$ = asked(server).lines({ path: `${CONFIG_MAPS}?watch=true`, timeout: 1_000 }).pipe(catchError((error: unknown) => of(told(error))));
      const watching = new Subscription();
      watching.add(error$.subscribe());
      timer(5_000).subscribe(() => server.stop());
      expectObservable(error$).toBe('5s (e|)', { e: 'response ECONNRESET' });
      flush();
      expect(server.counters.openWatches).to.equal(0);
    }));
  });
});
