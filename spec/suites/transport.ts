import { expect } from 'chai';
import { firstValueFrom, from, lastValueFrom, mergeMap, range, toArray } from 'rxjs';
import type { Answer } from '../../ground-truth/raw-client.ts';
import { Endpoint } from '../../lib/kubernetes/endpoint.ts';
import { type Transport, type TransportOptions, createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import type { Backend, Environment, Login, TestServer } from '../backends/backend.ts';
import { eventually } from './eventually.ts';
import { Recorder } from './recorder.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const TIMEOUT = 10_000;
/** ms within which whatever should happen at once has happened, on a busy machine. */
const SOON = 3_000;
/** ms by which timers are late, and bytes after the last that we asked for. */
const LATE = 200;

/** The transport's promises, against a server that was not written for it. */
export function describeTransport(backend: Backend): void {
  describe(`transport, ${backend.name} server`, () => {
    let environment: Environment;
    let server: TestServer;
    let login: Login;
    const opened: { close(): void }[] = [];

    before(async () => {
      environment = await backend.start();
      server = environment.management;
      login = await server.login('token');
    });

    after(() => environment?.stop());

    afterEach(async () => {
      for (const closable of opened.splice(0).reverse()) closable.close();
      await server.path.heal();
    });

    const open = (options: Partial<TransportOptions> = {}, as = login, of = server): Transport => {
      const transport = createTransport(endpointOf(of, as), { userAgent: 'suite', ...options });
      opened.push(transport);
      return transport;
    };

    const watch = (transport: Transport, query = ''): Recorder<string> => {
      const watching = new Recorder(transport.lines({ path: `${CONFIG_MAPS}?watch=true&resourceVersion=${since}${query}`, timeout: TIMEOUT }));
      opened.push(watching);
      return watching;
    };

    let since = '';
    beforeEach(async () => {
      since = (await server.raw.get(`${CONFIG_MAPS}?limit=1`)).metadata?.resourceVersion ?? '';
    });

    it('speaks HTTP/2, on one socket for 200 calls', async () => {
      const transport = open();
      const before = server.path.accepted;
      const answers = await lastValueFrom(range(200).pipe(mergeMap(() => transport.request({ path: '/livez', timeout: TIMEOUT }), 20), toArray()));
      expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).to.deep.equal(new Set(['200 ok']));
      expect(transport.stats().protocol).to.equal('h2');
      expect(server.path.accepted - before).to.equal(1);
    });

    for (const kind of ['token', 'rsa', 'ec'] as const) {
      it(`logs in by ${kind}`, async () => {
        const { status } = await firstValueFrom(open({}, await server.login(kind)).request({ path: '/api/v1/namespaces/kube-system', timeout: TIMEOUT }));
        expect(status).to.equal(200);
      });
    }

    it('carries 250 watches and answers a probe at once beside them', async function () {
      this.timeout(30_000);
      const transport = open();
      const watches = Array.from({ length: 250 }, () => watch(transport, '&fieldSelector=metadata.name%3Dbroadcast'));
      await server.raw.create(CONFIG_MAPS, configMap('broadcast'));
      await Promise.all(watches.map((recorder) => recorder.next(() => true, 20_000)));
      expect(transport.stats().streams).to.equal(250);
      expect(transport.stats().sockets).to.equal(3);
      const started = performance.now();
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      expect(performance.now() - started).to.be.below(1_000);
      await server.raw.delete(`${CONFIG_MAPS}/broadcast`);
      await Promise.all(watches.map((recorder) => recorder.next((line) => line.includes('"DELETED"'), 20_000)));
      expect(watches.every(({ values }) => values.length === 2), 'each event once').to.equal(true);
    });

    it('ends a stream on the server when it is unsubscribed, and keeps the socket', async () => {
      const transport = open();
      const watching = watch(transport);
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      watching.close();
      await eventually(() => transport.stats().streams === 0, SOON);
      expect(transport.stats().sockets).to.equal(1);
    });

    it('reads a large list in gzip', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `large-${index}`);
      for (const name of names) await server.raw.create(CONFIG_MAPS, configMap(name, { labels: { size: 'large' } }, 'x'.repeat(50_000)));
      const { headers, body } = await firstValueFrom(open().request({ path: `${CONFIG_MAPS}?labelSelector=size`, timeout: TIMEOUT, gzip: true, maxBytes: Infinity }));
      expect(headers['content-encoding']).to.equal('gzip');
      expect((JSON.parse(body) as Answer).items).to.have.lengthOf(20);
    });

    it('notices a cut connection at once and dials again', async () => {
      const transport = open();
      const watching = watch(transport);
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      server.path.cut();
      expect(await watching.failure(SOON)).to.be.instanceOf(TransportError);
      expect((await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }))).status).to.equal(200);
    });

    it('notices a server that falls silent by its PINGs, within 10 s of the last byte', async function () {
      this.timeout(40_000);
      // What a tenth of the time shows of the embedded server is shown of the real one with the defaults.
      const transport = open(backend.name === 'real' ? {} : { pingInterval: 250, pingDeadline: 750 });
      const limit = backend.name === 'real' ? 10_000 : 1_000;
      const watching = watch(transport);
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      const silentSince = performance.now();
      server.pause();
      try {
        expect(await watching.failure(2 * limit)).to.be.instanceOf(TransportError);
        expect(performance.now() - silentSince).to.be.within(limit / 2, limit + LATE);
      } finally {
        server.resume();
      }
      expect((await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }))).status).to.equal(200);
    });

    it('notices a path that swallows everything the same way, and says which dial failed', async function () {
      this.timeout(40_000);
      const transport = open({ pingInterval: 250, pingDeadline: 750, dialTimeout: 500 });
      const watching = watch(transport);
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      server.path.mute();
      expect(await watching.failure(SOON)).to.be.instanceOf(TransportError);
      const failed = await failureOf(transport.request({ path: '/livez', timeout: TIMEOUT }));
      expect([failed.code, failed.stage]).to.deep.equal(['DIAL_TIMEOUT', 'tls']);
      await server.path.heal();
      expect((await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }))).status).to.equal(200);
    });

    it('fails at once where nobody listens', async () => {
      const transport = open();
      await server.path.refuse();
      const { stage, outcomeUnknown } = await failureOf(transport.request({ path: '/livez', timeout: TIMEOUT, method: 'POST' }));
      expect([stage, outcomeUnknown]).to.deep.equal(['dial', false]);
    });

    it('outlives a server that is killed and started again', async function () {
      this.timeout(60_000);
      const transport = open();
      const watching = watch(transport);
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      await server.kill();
      expect(await watching.failure(SOON)).to.be.instanceOf(TransportError);
      expect(await failureOf(transport.request({ path: '/livez', timeout: 1_000 }))).to.be.instanceOf(TransportError);
      await server.restart();
      expect((await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }))).status).to.equal(200);
    });

    it('leaves nothing open when it is closed', async () => {
      const transport = open();
      const watching = watch(transport);
      await firstValueFrom(transport.request({ path: '/livez', timeout: TIMEOUT }));
      const reason = new Error('enough');
      transport.close(reason);
      expect(await watching.failure(50)).to.satisfy((error: Error) => error === reason || error.cause === reason);
      await eventually(() => transport.stats().sockets === 0 && server.path.open === 0, 50);
    });
  });

  describe(`transport, ${backend.name} server that says GOAWAY again and again`, () => {
    let environment: Environment;

    before(async () => {
      environment = await backend.start({ goawayChance: 0.02 });
    });

    after(() => environment?.stop());

    it('loses nothing and does nothing twice', async function () {
      this.timeout(60_000);
      const { management } = environment;
      const transport = createTransport(endpointOf(management, await management.login('token')), { userAgent: 'suite' });
      const { metadata } = await management.raw.get(`${CONFIG_MAPS}?limit=1`);
      const path = `${CONFIG_MAPS}?watch=true&labelSelector=goaway&resourceVersion=${metadata?.resourceVersion}`;
      const watches = Array.from({ length: 20 }, () => new Recorder<string>(transport.lines({ path, timeout: TIMEOUT })));
      const gets = lastValueFrom(range(2_000).pipe(mergeMap(() => transport.request({ path: '/livez', timeout: TIMEOUT }), 20), toArray()));
      const names = Array.from({ length: 500 }, (_, index) => `goaway-${index}`);
      const create = (name: string): ReturnType<Transport['request']> =>
        transport.request({ method: 'POST', path: CONFIG_MAPS, headers: { 'content-type': 'application/json' }, body: JSON.stringify(configMap(name, { labels: { goaway: 'yes' } })), timeout: TIMEOUT });
      const posts = lastValueFrom(from(names).pipe(mergeMap(create, 20), toArray()));
      const statuses = new Set([...await gets, ...await posts].map(({ status }) => status));
      expect(statuses, 'a POST that was sent twice would be a 409').to.deep.equal(new Set([200, 201]));
      const created = (line: string): string => (JSON.parse(line) as { readonly object: Answer }).object.metadata?.name ?? '';
      for (const watching of watches) {
        await watching.count(names.length, TIMEOUT);
        expect(watching.values.map((line) => created(line)).toSorted()).to.deep.equal(names.toSorted());
        expect(watching.ended, 'a GOAWAY ends no watch').to.equal(false);
        watching.close();
      }
      expect(management.path.accepted, 'there were GOAWAYs').to.be.above(1);
      transport.close();
    });
  });
}

/** How to reach a server as somebody. */
export function endpointOf({ url, ca }: TestServer, { credential: { token, cert, key } }: Login): Endpoint {
  const pair = cert === undefined || key === undefined ? {} : { cert, key };
  return new Endpoint({ server: new URL(url), tls: { ca, ...pair, insecureSkipVerify: false }, ...(token !== undefined && { authorization: `Bearer ${token}` }) });
}

async function failureOf(observable: ReturnType<Transport['request']>): Promise<TransportError> {
  const recorder = new Recorder(observable);
  const error = await recorder.failure(TIMEOUT);
  if (!(error instanceof TransportError)) throw new Error('it failed with something else', { cause: error });
  return error;
}

function configMap(name: string, metadata: object = {}, a = '1'): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data: { a } };
}
