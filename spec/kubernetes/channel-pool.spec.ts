import { expect } from 'chai';
import { type ServerHttp2Stream, constants } from 'node:http2';
import { createServer as createTlsServer } from 'node:tls';
import { type Subscription, filter, firstValueFrom, mergeMap, range, tap, toArray } from 'rxjs';
import { type Transport, type TransportOptions, type TransportRequest, createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { Certificates } from '../../lib/testing/certificates.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, until } from './deadline.ts';
import { type StreamHandler, WireServer, http1Server, http2Server } from './wire-server.ts';

const { NGHTTP2_REFUSED_STREAM } = constants;

const TIMEOUT = 2_000;
const get = { path: '/', timeout: TIMEOUT };

/** Answers calls at once with their path, and watches with an empty line that keeps them open. */
const answer: StreamHandler = (stream, { ':path': path }) => {
  stream.respond({ ':status': 200 });
  if (path?.startsWith('/watch')) stream.write('\n');
  else stream.end(path);
};

describe('the pool of sockets', () => {
  leavesNothingOpen();
  let open: AsyncDisposableStack;
  beforeEach(() => { open = new AsyncDisposableStack(); });
  afterEach(() => open.disposeAsync());

  const transportTo = (server: WireServer, options: Partial<TransportOptions> = {}): Transport => {
    const transport = createTransport(open.use(server).endpoint(), { userAgent: 'spec', ...options });
    open.defer(() => transport.close());
    return transport;
  };

  /** Opens watches, whose errors are kept; resolves when each has its status line. */
  const watches = async (transport: Transport, count: number): Promise<{ readonly lines: string[]; readonly errors: string[]; readonly all: Subscription[] }> => {
    const lines: string[] = [];
    const errors: string[] = [];
    const all = Array.from({ length: count }, (_, i) =>
      transport.lines({ ...get, path: `/watch/${i}` }).subscribe({ next: (line) => lines.push(line), error: (error: { code: string }) => errors.push(error.code), complete: () => errors.push('completed') }));
    await until(() => transport.stats().streams === count, `${count} watches`);
    return { lines, errors, all };
  };
  const calls = (transport: Transport, count: number, concurrency = count) =>
    result(range(0, count).pipe(mergeMap((i) => transport.request({ ...get, path: `/${i}` }), concurrency), toArray()));

  describe('over HTTP/2', () => {
    it('makes one connection for a burst of calls', async () => {
      const server = await http2Server(answer);
      const transport = transportTo(server);
      const answers = await calls(transport, 200);
      expect(new Set(answers.map(({ body }) => body)).size).to.equal(200);
      expect(server.sockets).to.have.length(1);
      expect(await calls(transport, 200, 1)).to.have.length(200);
      expect(server.sockets).to.have.length(1);
    });

    it('opens 250 watches on three connections, and a call is answered in time', async () => {
      const server = await http2Server(answer, { settings: { maxConcurrentStreams: 100 } });
      const transport = transportTo(server);
      const { errors } = await watches(transport, 250);
      expect((await result(transport.request({ ...get, path: '/livez', timeout: 500 }))).body).to.equal('/livez');
      expect(server.sockets).to.have.length(3);
      expect(transport.stats()).to.include({ sockets: 3, streams: 250 });
      expect(errors).to.deep.equal([]);
    });

    it('dials another connection for calls that running ones keep from a stream', async () => {
      const held: ServerHttp2Stream[] = [];
      const server = await http2Server((stream, headers) => {
        if (headers[':path'] === '/slow') held.push(stream);
        else answer(stream, headers);
      }, { settings: { maxConcurrentStreams: 20 } });
      const transport = transportTo(server);
      await calls(transport, 1);
      const slow = Array.from({ length: 10 }, () => transport.request({ ...get, path: '/slow' }).subscribe());
      await until(() => held.length === 10);
      expect((await result(transport.request({ ...get, path: '/livez' }))).body).to.equal('/livez');
      expect(server.sockets).to.have.length(2);
      for (const call of slow) call.unsubscribe();
    });

    it('gives a waiting call its time, and no more', async () => {
      const server = await http2Server(answer, { settings: { maxConcurrentStreams: 11 } }); // one, and the reserve
      const transport = transportTo(server);
      await calls(transport, 1);
      await watches(transport, 32); // a connection each: all that are allowed
      expect(await failure(transport.request({ ...get, timeout: 30 }))).to.include({ code: 'QUEUE_TIMEOUT', stage: 'request', outcomeUnknown: false });
      expect(server.sockets).to.have.length(32);
    });

    it('gives the place of a watch that ended to the next', async () => {
      const server = await http2Server(answer, { settings: { maxConcurrentStreams: 11 } });
      const transport = transportTo(server);
      await calls(transport, 1);
      const { all } = await watches(transport, 32);
      const waiting = result(transport.request(get));
      all[7]?.unsubscribe();
      expect((await waiting).status).to.equal(200);
    });

    it('does not let a watch that nobody reads fast delay a call', async () => {
      const server = await http2Server((stream, headers) => {
        stream.respond({ ':status': 200 });
        if (headers[':path'] === '/livez') stream.end('ok');
        else for (let i = 0; i < 20; i++) stream.write(`${'x'.repeat(1_000_000)}\n`);
      });
      const transport = transportTo(server);
      const slow = transport.lines({ ...get, path: '/watch' }).pipe(tap(() => { for (const end = performance.now() + 5; performance.now() < end;); })).subscribe();
      expect((await result(transport.request({ ...get, path: '/livez', timeout: 500 }))).body).to.equal('ok');
      slow.unsubscribe();
    });

    it('announces large windows, as large as it is told', async () => {
      const MIB = 1024 * 1024;
      const server = await http2Server(answer);
      await calls(transportTo(server), 1);
      const other = transportTo(server, { streamWindow: MIB, connectionWindow: 2 * MIB });
      await calls(other, 1);
      const inMib = (bytes = 0) => Math.round(bytes / MIB); // a few bytes of a body may be on their way
      const windows = server.sessions.map(({ remoteSettings, state }) => [inMib(remoteSettings.initialWindowSize), inMib(state.remoteWindowSize)]);
      expect(windows).to.deep.equal([[4, 8], [1, 2]]);
    });

    it('fails where the server speaks garbage, and dials anew', async () => {
      const garbage = createTlsServer({ ...Certificates.shared().server, ALPNProtocols: ['h2'] }, (socket) => { socket.write('this is not HTTP/2, by any means\n'); socket.resume(); });
      const server = await WireServer.listening(garbage);
      const transport = transportTo(server);
      for (const attempt of [1, 2]) {
        const errors = await Promise.all([failure(transport.request(get)), failure(transport.lines(get))]);
        for (const error of errors) {
          expect(error).to.be.instanceOf(TransportError);
          expect(error).to.include({ code: 'INVALID_ANSWER', stage: 'response' });
        }
        await until(() => transport.stats().sockets === 0);
        expect(server.sockets).to.have.length(attempt);
      }
    });

    it('holds nothing more after a hundred connections than after one', async () => {
      const server = await http2Server(answer);
      const transport = transportTo(server);
      for (let i = 0; i < 100; i++) {
        const lost = failure(transport.lines({ ...get, path: '/watch' }));
        await until(() => transport.stats().streams === 1);
        await calls(transport, 1);
        server.sockets.at(-1)?.destroy();
        expect(await lost).to.be.instanceOf(TransportError);
        await until(() => transport.stats().sockets === 0);
      }
      expect(server.open).to.equal(0);
      expect(server.sockets).to.have.length(100);
    });

    describe('a refused stream', () => {
      const refusing = (times: number) => {
        const seen: string[] = [];
        const handle: StreamHandler = (stream, headers) => {
          seen.push(`${headers[':method']} ${headers[':path']}`);
          if (seen.length <= times) stream.close(NGHTTP2_REFUSED_STREAM);
          else answer(stream, headers);
        };
        return { seen, handle };
      };

      it('is sent again, whatever the method', async () => {
        const { seen, handle } = refusing(5);
        let resent = 0;
        const transport = transportTo(await http2Server(handle), { onResent: () => { resent += 1; } });
        expect((await result(transport.request({ ...get, method: 'POST', body: '{}', path: '/a' }))).body).to.equal('/a');
        expect(seen).to.deep.equal(Array(6).fill('POST /a'));
        expect(resent).to.equal(5);
      });

      it('is sent five times more at most', async () => {
        const { seen, handle } = refusing(100);
        const transport = transportTo(await http2Server(handle));
        expect(await failure(transport.request({ ...get, method: 'POST', body: '{}' }))).to.include({ code: 'REFUSED_STREAM', outcomeUnknown: false });
        expect(seen).to.have.length(6);
      });

      it('of a watch is sent again, too', async () => {
        const { seen, handle } = refusing(3);
        const transport = transportTo(await http2Server(handle));
        await watches(transport, 1);
        await until(() => seen.length === 4);
      });
    });

    describe('a GOAWAY', () => {
      it('lets what runs go on, sends new requests elsewhere, and ends the old connection with its last stream', async () => {
        const streams: ServerHttp2Stream[] = [];
        const server = await http2Server((stream, headers) => {
          streams.push(stream);
          answer(stream, headers);
        });
        const transport = transportTo(server);
        const { lines, errors, all } = await watches(transport, 3);
        await until(() => streams.length === 3);
        server.sessions[0]?.goaway();
        streams[0]?.write('after it\n');
        await until(() => lines.length === 1);
        expect(await calls(transport, 5)).to.have.length(5);
        expect([server.sockets.length, server.open, transport.stats().streams]).to.deep.equal([2, 2, 3]);
        for (const watch of all) watch.unsubscribe();
        await until(() => transport.stats().sockets === 1, 'the end of the old connection');
        expect(errors).to.deep.equal([]);
      });

      it('is no reason to take a quiet watch that goes on for a dead one', async () => {
        const streams: ServerHttp2Stream[] = [];
        const server = await http2Server((stream, headers) => {
          streams.push(stream);
          answer(stream, headers);
        });
        const pingDeadline = 120;
        const transport = transportTo(server, { pingInterval: 40, pingDeadline });
        const { lines, errors } = await watches(transport, 1);
        await until(() => streams.length === 1);
        server.sessions[0]?.goaway();
        const told = performance.now();
        await until(() => performance.now() - told > 3 * pingDeadline);
        streams[0]?.write('alive\n');
        await until(() => lines.length === 1);
        expect(errors).to.deep.equal([]);
      });

      it('with nothing on the connection ends it', async () => {
        const server = await http2Server(answer);
        const transport = transportTo(server);
        await calls(transport, 1);
        server.sessions[0]?.close();
        await until(() => server.open === 0 && transport.stats().sockets === 0);
      });

      for (const [what, code] of [['', 0], [' with an error', 2]] as const) {
        it(`${what} has what was not processed sent again, once and elsewhere`, async () => {
          const seen: string[] = [];
          const server = await http2Server((stream, headers) => {
            seen.push(`${server.sessions.indexOf(stream.session as never)} ${headers[':path']}`);
            if (seen.length === 3) stream.session?.goaway(code, 3); // of streams 1, 3, 5 the last was not processed
            else if (seen.length > 3) answer(stream, headers);
          });
          const transport = transportTo(server);
          const results = ['/1', '/3', '/5'].map((path) => {
            const outcome = { path, state: 'waits', unknown: false };
            transport.request({ ...get, method: 'POST', body: '{}', path }).subscribe({
              next: () => { outcome.state = 'answered'; }, error: (error) => { outcome.state = error.code; outcome.unknown = error.outcomeUnknown; },
            });
            return outcome;
          });
          await until(() => results[2]?.state !== 'waits');
          expect(results[2]).to.include({ state: 'answered' });
          expect(seen).to.deep.equal(['0 /1', '0 /3', '0 /5', '1 /5']);
          const others = results.slice(0, 2);
          if (code === 0) expect(others.map(({ state }) => state)).to.deep.equal(['waits', 'waits']);
          else for (const other of others) expect(other).to.include({ state: 'GOAWAY', unknown: true });
        });
      }

      it('now and then loses nothing and does nothing twice', async () => {
        const created = new Map<string, number>();
        const ended = new Set<object>();
        const server = await http2Server((stream, headers) => {
          const path = headers[':path'] ?? '';
          if (stream.session === undefined || ended.has(stream.session)) return; // not processed, as it was told
          if (headers[':method'] === 'POST') created.set(path, (created.get(path) ?? 0) + 1);
          answer(stream, headers);
          if (stream.id === undefined || stream.id % 40 !== 39) return;
          ended.add(stream.session);
          stream.session.goaway(0, stream.id);
        });
        const transport = transportTo(server);
        const { errors } = await watches(transport, 5);
        const answers = await result(range(0, 400).pipe(
          mergeMap((i) => transport.request({ ...get, method: i % 2 === 0 ? 'POST' : 'GET', path: `/${i}` }), 20), toArray()));
        expect(answers).to.have.length(400);
        expect([...created.values()].filter((times) => times !== 1)).to.deep.equal([]);
        expect(created.size).to.equal(200);
        expect(server.sockets.length).to.be.above(5);
        expect(errors).to.deep.equal([]);
      });
    });

    it('gives a dial up when nobody waits for it any more', async () => {
      const server = await http2Server(answer);
      const transport = transportTo(server, { onProgress: () => subscription.unsubscribe() }); // TCP stands, TLS does not
      const subscription: Subscription = transport.request(get).subscribe();
      await until(() => subscription.closed && server.sockets.length === 1 && server.open === 0);
      expect(transport.stats()).to.deep.equal({ sockets: 0, streams: 0 });
    });

    it('goes on with a dial for those who still wait', async () => {
      const server = await http2Server(answer);
      const transport = transportTo(server);
      const impatient = transport.request(get).subscribe();
      const patient = result(transport.request(get));
      impatient.unsubscribe();
      expect((await patient).status).to.equal(200);
      expect(server.sockets).to.have.length(1);
    });

    it('dials again after a failed one only when asked to', async () => {
      const server = await http2Server(answer);
      const endpoint = server.endpoint();
      await server[Symbol.asyncDispose]();
      const transport = createTransport(endpoint, { userAgent: 'spec' });
      open.defer(() => transport.close());
      const codes = await Promise.all([failure(transport.request(get)), failure(transport.lines(get))]);
      expect(codes.map(({ code }) => code)).to.deep.equal(['ECONNREFUSED', 'ECONNREFUSED']);
      expect(await failure(transport.request(get))).to.include({ code: 'ECONNREFUSED', stage: 'dial' });
    });
  });

  describe('over HTTP/1.1', () => {
    const respond = (path: string | undefined, response: { writeHead(status: number): { write(chunk: string): unknown; end(chunk?: string): unknown } }) => {
      const head = response.writeHead(200);
      if (path?.startsWith('/watch')) head.write('\n');
      else head.end(path);
    };

    it('keeps the socket that it dialled to learn the protocol', async () => {
      const server = await http1Server(({ url }, response) => respond(url, response));
      expect(await calls(transportTo(server), 20, 1)).to.have.length(20);
      expect(server.sockets).to.have.length(1);
    });

    it('has a socket for each watch and a few for calls', async () => {
      const server = await http1Server(({ url }, response) => respond(url, response));
      const transport = transportTo(server);
      await watches(transport, 10);
      expect(await calls(transport, 50)).to.have.length(50);
      expect(server.sockets.length).to.be.within(11, 16);
    });

    it('fails where the server speaks garbage', async () => {
      const garbage = createTlsServer({ ...Certificates.shared().server, ALPNProtocols: ['http/1.1'] }, (socket) => { socket.once('data', () => socket.end('garbage\r\n\r\n')); });
      expect(await failure(transportTo(await WireServer.listening(garbage)).request(get))).to.include({ code: 'INVALID_ANSWER', stage: 'response' });
    });

    it('ends the socket of a watch with it', async () => {
      const server = await http1Server(({ url }, response) => respond(url, response));
      const transport = transportTo(server);
      const { all } = await watches(transport, 2);
      all[0]?.unsubscribe();
      await until(() => server.open === 1 && transport.stats().sockets === 1);
    });

    it('sends a read again whose idle socket the server closed as it went out, and no write', async () => {
      let served = 0;
      const server = await http1Server((request, response) => {
        served += 1;
        if (served === 2 || served === 4) request.socket.destroy();
        else respond(request.url, response);
      });
      const resent: TransportRequest[] = [];
      const transport = transportTo(server, { onResent: (request) => resent.push(request) });
      await result(transport.request(get));
      const read = { ...get, path: '/read' };
      expect((await result(transport.request(read))).status).to.equal(200);
      expect(await failure(transport.request({ ...get, method: 'PUT', body: '{}' }))).to.include({ code: 'SOCKET_CLOSED', outcomeUnknown: true });
      expect(served).to.equal(4);
      expect(resent).to.deep.equal([read]);
    });

    it('sends a read again once, and not to a server that always hangs up', async () => {
      let hangUps = 0;
      const server = await http1Server((request, response) => {
        if (request.url !== '/broken') return respond(request.url, response);
        hangUps += 1;
        request.socket.destroy();
      });
      const transport = transportTo(server);
      await calls(transport, 6);
      expect(await failure(transport.request({ ...get, path: '/broken' }))).to.include({ code: 'SOCKET_CLOSED' });
      expect(hangUps).to.equal(2);
    });
  });

  it('says when a dial has succeeded, after what waited for it is on its way', async () => {
    const server = await http2Server(answer);
    const transport = transportTo(server);
    const streams = firstValueFrom(transport.alive$.pipe(filter(() => transport.stats().streams === 1)));
    await Promise.all([result(transport.request(get)), streams]);
  });
});
