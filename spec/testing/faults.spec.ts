import { expect } from 'chai';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { RawClient } from '../../ground-truth/raw-client.ts';
import { FakeApiServer } from '../../lib/testing/index.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { Http2Client, linesOf } from './http2-client.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const aConfigMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } });

const rejection = async (promise: Promise<unknown>): Promise<NodeJS.ErrnoException> => {
  try {
    await promise;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
  throw new Error('it did not fail');
};

describe('faults of the embedded server', () => {
  leavesNothingOpen();

  describe('when injected', () => {
    let server: FakeApiServer;
    let http1: RawClient;
    let http2: Http2Client;

    beforeEach(async () => {
      server = await FakeApiServer.start();
      http1 = new RawClient({ url: server.url, ca: server.ca, credential: { token: server.token } });
      http2 = new Http2Client(server);
    });
    afterEach(async () => {
      http1.close();
      http2[Symbol.dispose]();
      await server.stop();
    });

    describe('answer', () => {
      for (const [fault, status, reason] of [
        [{ fault: 'unauthorized' }, 401, 'Unauthorized'], [{ fault: 'forbidden' }, 403, 'Forbidden'], [{ fault: 'gone' }, 410, 'Expired'],
        [{ fault: 'tooManyRequests' }, 429, 'TooManyRequests'], [{ fault: 'serverError' }, 500, 'InternalError'], [{ fault: 'serverError', status: 503 }, 503, 'InternalError'],
      ] as const) {
        it(`${fault.fault} with ${status} and a Status, over both protocols`, async () => {
          server.inject(fault);
          const answers = [await http1.send('/version'), await http2.send('/version')];
          expect(answers.map((answer) => answer.status)).to.deep.equal([status, status]);
          expect(answers.map(({ text }) => (JSON.parse(text) as { reason: string }).reason)).to.deep.equal([reason, reason]);
        });
      }

      it('429 with the Retry-After that was asked for, in seconds or as a date', async () => {
        const date = new Date(0).toUTCString();
        server.inject({ fault: 'tooManyRequests', retryAfter: 7, times: 1 });
        server.inject({ fault: 'tooManyRequests', retryAfter: date, times: 1 });
        expect([(await http2.send('/')).headers['retry-after'], (await http2.send('/')).headers['retry-after']]).to.deep.equal(['7', date]);
      });

      it('410 to a watch as an ERROR event in a 200', async () => {
        server.inject({ fault: 'gone' });
        const { status, text } = await http2.send(`${CONFIG_MAPS}?watch=true&resourceVersion=1`);
        expect([status, (JSON.parse(text) as { type: string; object: { code: number } })]).to.containSubset([200, { type: 'ERROR', object: { code: 410, reason: 'Expired' } }]);
      });

      it('a redirect that leads elsewhere', async () => {
        server.inject({ fault: 'redirect', location: 'https://elsewhere.example/' });
        const { status, headers } = await http1.send('/version');
        expect([status, headers.location]).to.deep.equal([302, 'https://elsewhere.example/']);
      });
    });

    it('hit the requests that fit, as often as they should, and are gone when removed', async () => {
      const everySecret = server.inject({ fault: 'serverError', match: /\/secrets/ });
      const twice = server.inject({ fault: 'forbidden', match: ({ verb, resource }) => verb === 'list' && resource === 'nodes', times: 2 });
      const statuses = async (path: string, count: number) => {
        const seen: number[] = [];
        while (seen.length < count) seen.push((await http2.send(path)).status);
        return seen;
      };
      expect(await statuses('/api/v1/nodes', 3)).to.deep.equal([403, 403, 200]);
      expect(await statuses('/api/v1/secrets', 2)).to.deep.equal([500, 500]);
      expect([everySecret.hits, twice.hits]).to.deep.equal([2, 2]);
      await everySecret.remove();
      expect(await statuses('/api/v1/secrets', 1)).to.deep.equal([200]);
    });

    it('hang: leave a request unanswered and the connection alone', async () => {
      server.inject({ fault: 'hang', match: /nodes/ });
      const hanging = http2.open('/api/v1/nodes');
      const answered = await http2.send('/version');
      expect([answered.status, hanging.closed, hanging.pending]).to.deep.equal([200, false, false]);
      expect(server.requests.map(({ path, status }) => [path, status])).to.deep.equal([['/api/v1/nodes', undefined], ['/version', 200]]);
    });

    it('slow: answer late', async () => {
      server.inject({ fault: 'slow', delay: 60 });
      const begun = performance.now();
      expect((await http2.send('/version')).status).to.equal(200);
      expect(performance.now() - begun).to.be.at.least(59);
    });

    it('reset: cut the connection', async () => {
      server.inject({ fault: 'reset' });
      expect((await rejection(http1.send('/version'))).code).to.equal('ECONNRESET');
      const [error] = await once(http2.open('/version'), 'error') as [NodeJS.ErrnoException];
      expect(error.code).to.equal('ECONNRESET');
      expect(server.counters.openConnections).to.equal(0);
    });

    it('refuseStream: refuse one stream, which says that nothing was done, and serve the next', async () => {
      server.inject({ fault: 'refuseStream', times: 1 });
      const refused = http2.open(CONFIG_MAPS, { method: 'POST', body: aConfigMap('a') });
      await ended(refused);
      expect(refused.rstCode).to.equal(constants.NGHTTP2_REFUSED_STREAM);
      expect((await http2.send(CONFIG_MAPS, { method: 'POST', body: aConfigMap('a') })).status).to.equal(201);
    });

    it('goaway: answer what runs, take nothing more on this connection, and close it with its last stream', async () => {
      const watch = linesOf(http2.open(`${CONFIG_MAPS}?watch=true&resourceVersion=${server.resourceVersion}`));
      await http2.send('/version');
      const goAway = once(http2.session, 'goaway');
      server.inject({ fault: 'goaway', times: 1 });
      expect((await http2.send('/version')).status).to.equal(200);
      await goAway;
      server.create(aConfigMap('a'));
      expect((await watch.next()).value).to.contain('"ADDED"');
      using next = new Http2Client(server);
      expect((await next.send('/version')).status).to.equal(200);
      const closed = ended(http2.session);
      server.endWatches();
      await closed;
    });

    it('goaway over HTTP/1.1: say that the connection closes', async () => {
      server.inject({ fault: 'goaway' });
      expect((await http1.send('/version')).headers.connection).to.equal('close');
    });

    it('truncate: end a body in its middle, cleanly or broken off', async () => {
      server.inject({ fault: 'truncate', times: 1 });
      const { status, text } = await http2.send('/version');
      expect([status, () => JSON.parse(text) as unknown]).to.satisfy(([code, parse]: [number, () => unknown]) => code === 200 && throws(parse));
      server.inject({ fault: 'truncate', reset: true });
      expect((await rejection(http2.send('/version'))).code).to.equal('ERR_HTTP2_STREAM_ERROR');
      expect((await rejection(http1.send('/version'))).code).to.equal('ECONNRESET');
    });

    it('truncate: end a watch in the middle of a line', async () => {
      const watch = linesOf(http2.open(`${CONFIG_MAPS}?watch=true&resourceVersion=${server.resourceVersion}`));
      await http2.send('/version');
      server.inject({ fault: 'truncate', times: 1 });
      server.create(aConfigMap('a'));
      const { value } = await watch.next() as IteratorYieldResult<string>;
      expect(value).to.match(/^\{"type":"ADDED"/);
      expect(throws(() => JSON.parse(value) as unknown)).to.equal(true);
      expect((await watch.next()).done).to.equal(true);
    });

    it('garbage: answer with what is no JSON, also in a watch, which goes on', async () => {
      const watch = linesOf(http2.open(`${CONFIG_MAPS}?watch=true&resourceVersion=${server.resourceVersion}`));
      await http2.send('/version');
      server.inject({ fault: 'garbage', times: 2 });
      server.create(aConfigMap('a'));
      expect((await watch.next()).value).to.equal('<html>not what you asked for</html>');
      expect((await http2.send('/version')).text).to.equal('<html>not what you asked for</html>');
      server.create(aConfigMap('b'));
      expect((await watch.next()).value).to.contain('"name":"b"');
    });

    it('refuse: nobody listens until it is removed, then on the same port with the same objects', async () => {
      server.create(aConfigMap('a'));
      await http2.send('/version');
      const closed = ended(http2.session);
      const fault = server.inject({ fault: 'refuse' });
      await closed;
      expect((await rejection(http1.send('/version'))).code).to.equal('ECONNREFUSED');
      await fault.remove();
      expect((await http1.get(`${CONFIG_MAPS}/a`)).metadata?.name).to.equal('a');
    });

    it('halfOpen: acknowledge no PING and finish no handshake, and answer late when it is removed', async () => {
      await http2.send('/version');
      const fault = server.inject({ fault: 'halfOpen' });
      let [acknowledged, connected] = [false, false];
      const late = new Promise<void>((resolve) => { http2.session.ping(() => { acknowledged = true; resolve(); }); });
      const answer = http2.send('/version');
      using newcomer = new Http2Client(server);
      const handshake = once(newcomer.session, 'connect');
      newcomer.session.once('connect', () => { connected = true; });
      await http2Elsewhere();
      expect([acknowledged, connected]).to.deep.equal([false, false]);
      await fault.remove();
      await Promise.all([late, handshake]);
      expect((await answer).status).to.equal(200);
    });

    it('halfOpen: hold back what watches have to say, and then lose nothing', async () => {
      const stream = http2.open(`${CONFIG_MAPS}?watch=true&resourceVersion=${server.resourceVersion}`);
      await http2.send('/version');
      server.pause();
      for (const name of ['a', 'b', 'c']) server.create(aConfigMap(name));
      await http2Elsewhere();
      expect(stream.readableLength).to.equal(0);
      server.resume();
      const watch = linesOf(stream);
      const names = [];
      for (let count = 0; count < 3; count += 1) names.push((JSON.parse(String((await watch.next()).value)) as { object: { metadata: { name: string } } }).object.metadata.name);
      expect(names).to.deep.equal(['a', 'b', 'c']);
    });
  });
});

/** Its close, whether or not an error comes first. */
function ended(emitter: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => { emitter.once('close', resolve); });
}

function throws(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch {
    return true;
  }
}

/** A whole exchange with another server: time enough for an answer that will not come. */
async function http2Elsewhere(): Promise<void> {
  await using other = await FakeApiServer.start();
  using client = new Http2Client(other);
  for (let count = 0; count < 5; count += 1) await client.send('/version');
}
