import { expect } from 'chai';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Subject, Subscription, take, tap, toArray } from 'rxjs';
import { Endpoint, type EndpointFields } from '../../lib/kubernetes/endpoint.ts';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { type Transport, type TransportOptions, createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, results, until } from './deadline.ts';
import { type Answer, type Handler, protocols } from './protocols.ts';
import type { WireServer } from './wire-server.ts';

async function echo({ method, headers, body, head, end }: Answer): Promise<void> {
  const sent = await body;
  head(201);
  end(`${method} ${headers['content-type']} ${sent}`);
}

const TIMEOUT = 1_000;

for (const [protocol, serve] of Object.entries(protocols)) {
  describe(`the transport over ${protocol}`, () => {
    leavesNothingOpen();
    let open: AsyncDisposableStack;
    beforeEach(() => { open = new AsyncDisposableStack(); });
    afterEach(() => open.disposeAsync());

    /** A server with this handler, and a transport to it. */
    const connect = async (handle: Handler, fields: Partial<EndpointFields> = {}, options: Partial<TransportOptions> = {}): Promise<{ transport: Transport; server: WireServer }> => {
      const server = open.use(await serve(handle));
      const transport = createTransport(server.endpoint(fields), { userAgent: 'spec', ...options });
      open.defer(() => transport.close());
      return { transport, server };
    };
    const get = { path: '/', timeout: TIMEOUT };

    it('gives out the answer, whatever its status, with lower-case headers and its body as UTF-8', async () => {
      const { transport } = await connect((answer) => {
        answer.head(404, { 'X-Kubernetes-Pf-Flowschema-Uid': 'a' });
        answer.end('{"message":"größer"}');
      });
      const { status, headers, body } = await result(transport.request(get));
      expect({ status, body, flow: headers['x-kubernetes-pf-flowschema-uid'] }).to.deep.equal({ status: 404, body: '{"message":"größer"}', flow: 'a' });
    });

    it('keeps the path of the server URL in front of every other', async () => {
      const server = open.use(await serve((answer) => { answer.head(200); answer.end(answer.url); }));
      const transport = createTransport(server.endpoint({ server: new URL('/clusters/c-1/', server.url) }), { userAgent: 'spec' });
      open.defer(() => transport.close());
      expect((await result(transport.request({ ...get, path: '/api?limit=1' }))).body).to.equal('/clusters/c-1/api?limit=1');
    });

    it('says on every request who asks and as whom, and lets no request say otherwise', async () => {
      const seen: Answer['headers'][] = [];
      const { transport } = await connect((answer) => { seen.push(answer.headers); answer.head(200); answer.end(); }, {
        authorization: 'Bearer of-the-kubeconfig', impersonation: { 'Impersonate-User': 'anna', 'Impersonate-Group': ['a', 'b'] },
      });
      await result(transport.request({ ...get, headers: { Authorization: 'Bearer of-the-caller', 'User-Agent': 'other', Accept: 'text/plain' } }));
      await results(transport.lines(get));
      for (const headers of seen) {
        expect(headers['authorization']).to.equal('Bearer of-the-kubeconfig');
        expect(headers['user-agent']).to.equal('spec');
        expect(headers['impersonate-user']).to.equal('anna');
        expect(String(headers['impersonate-group'])).to.match(/^a, ?b$/);
      }
      expect(seen.map(({ accept }) => accept)).to.deep.equal(['text/plain', 'application/json']);
    });

    it('sends a new Authorization from the next request on', async () => {
      const { transport } = await connect((answer) => { answer.head(200); answer.end(answer.headers['authorization'] as string); }, { authorization: 'Basic old' });
      expect((await result(transport.request(get))).body).to.equal('Basic old');
      transport.setAuthorization('Bearer new');
      expect((await result(transport.request(get))).body).to.equal('Bearer new');
      transport.setAuthorization(undefined);
      expect((await result(transport.request(get))).body).to.equal('');
    });

    it('sends a body and says that it is JSON, unless told otherwise', async () => {
      const { transport } = await connect((answer) => {
        void echo(answer);
      });
      expect((await result(transport.request({ ...get, method: 'POST', body: '{"ä":1}' }))).body).to.equal('POST application/json {"ä":1}');
      const patch = { ...get, method: 'PATCH', body: new TextEncoder().encode('[]'), headers: { 'Content-Type': 'application/json-patch+json' } };
      expect((await result(transport.request(patch))).body).to.equal('PATCH application/json-patch+json []');
      expect((await result(transport.request({ ...get, method: 'DELETE', body: '{}' }))).body).to.equal('DELETE application/json {}');
    });

    it('follows no redirect', async () => {
      const { transport, server } = await connect((answer) => { answer.head(302, { location: '/elsewhere' }); answer.end(); });
      const { status, headers } = await result(transport.request(get));
      expect([status, headers['location'], server.sockets.length]).to.deep.equal([302, '/elsewhere', 1]);
    });

    it('refuses a path in which a header could hide', async () => {
      const { transport, server } = await connect(() => {});
      expect(await failure(transport.request({ ...get, path: '/a b' }))).to.include({ code: 'INVALID_REQUEST' });
      expect(await failure(transport.request({ ...get, path: '/\r\nx: y' }))).to.include({ code: 'INVALID_REQUEST', outcomeUnknown: false });
      expect(server.sockets).to.have.length(0);
    });

    it('refuses a header that is none, and does not repeat it', async () => {
      const { transport } = await connect(() => {});
      const error = await failure(transport.request({ ...get, headers: { 'x-token': 'se\ncret' } }));
      expect(error).to.include({ code: 'INVALID_REQUEST' });
      expect(inspect(error)).to.not.include('cret');
    });

    it('shows no credential when it is inspected', async () => {
      const { transport } = await connect(() => {}, { authorization: 'Bearer sesame' });
      expect(inspect(transport, { depth: 9, showHidden: true })).to.not.include('sesame');
    });

    describe('a packed answer', () => {
      const long = 'größer '.repeat(100_000);

      it('is asked for, and unpacked', async () => {
        const { transport } = await connect((answer) => {
          const packed = gzipSync(long);
          answer.head(200, { 'content-encoding': String(answer.headers['accept-encoding']) });
          answer.write(packed.subarray(0, 100));
          answer.end(packed.subarray(100));
        });
        expect((await result(transport.request({ ...get, gzip: true }))).body).to.equal(long);
      });

      it('is bounded by what it unpacks to', async () => {
        const { transport } = await connect((answer) => { answer.head(200, { 'content-encoding': 'gzip' }); answer.end(gzipSync(Buffer.alloc(4_000_000))); });
        expect(await failure(transport.request({ ...get, gzip: true, maxBytes: 1_000_000 }))).to.include({ code: 'BODY_TOO_LARGE', stage: 'response' });
      });

      it('fails where it is damaged or cut short', async () => {
        const { transport } = await connect((answer) => {
          answer.head(200, { 'content-encoding': 'gzip' });
          answer.end(answer.url === '/garbage' ? 'garbage' : gzipSync(long).subarray(0, 200));
        });
        expect(await failure(transport.request({ ...get, path: '/garbage' }))).to.include({ code: 'INVALID_GZIP' });
        expect(await failure(transport.request({ ...get, path: '/short' }))).to.include({ code: 'INVALID_GZIP' });
      });
    });

    describe('the size of an answer', () => {
      it('is bounded as it comes, and the request taken back', async () => {
        let closed = Promise.resolve();
        const { transport } = await connect((answer) => { closed = answer.closed; answer.head(200); for (let i = 0; i < 30; i++) answer.write('x'.repeat(100)); });
        expect(await failure(transport.request({ ...get, maxBytes: 1_000 }))).to.include({ code: 'BODY_TOO_LARGE' });
        await closed;
      });

      it('is believed where it is announced', async () => {
        const { transport } = await connect((answer) => answer.head(200, { 'content-length': '1001' }));
        expect(await failure(transport.request({ ...get, maxBytes: 1_000 }))).to.include({ code: 'BODY_TOO_LARGE' });
      });

      it('may be what was allowed', async () => {
        const { transport } = await connect((answer) => { answer.head(200); answer.write('x'.repeat(500)); answer.end('x'.repeat(500)); });
        expect((await result(transport.request({ ...get, maxBytes: 1_000 }))).body).to.have.length(1_000);
      });

      it('bounds each line of a long answer, and not the answer', async () => {
        const { transport } = await connect((answer) => {
          answer.head(200);
          for (let i = 0; i < 20; i++) answer.write(`${'x'.repeat(99)}\n`);
          answer.write('y'.repeat(101));
        });
        const lines: string[] = [];
        const error = await failure(transport.lines({ ...get, maxBytes: 100 }).pipe(tap((line) => lines.push(line))));
        expect(error).to.include({ code: 'BODY_TOO_LARGE' });
        expect(lines).to.have.length(20);
      });

      it('passes over a line that is larger, and tells of it in its place, where that is asked for', async () => {
        const { transport } = await connect((answer) => {
          answer.head(200);
          answer.write('1\n');
          for (let i = 0; i < 200; i++) answer.write('x'.repeat(1_000));
          answer.write('\n2\n');
          answer.end(`${'y'.repeat(101)}\n3\n`);
        });
        const seen: string[] = [];
        const onOversized = (size: number, prefix: string) => seen.push(`${size} bytes, ${prefix.slice(0, 2)} and ${prefix.length - 2} more`);
        await results(transport.lines({ ...get, maxBytes: 100, onOversized }).pipe(tap((line) => seen.push(line))));
        expect(seen).to.deep.equal(['1', '200000 bytes, xx and 16382 more', '2', '101 bytes, yy and 99 more', '3']);
      });
    });

    describe('time', () => {
      const timeout = 100;
      /** What is timed here is the answer: the connection stands. */
      const connected = async (handle: Handler) => {
        const { transport } = await connect((answer) => (answer.url === '/warm' ? answer.end('') : handle(answer)));
        await result(transport.request({ path: '/warm', timeout: TIMEOUT }));
        return transport;
      };

      it('runs out where no answer begins', async () => {
        const transport = await connected(() => {});
        expect(await failure(transport.request({ ...get, timeout }))).to.include({ code: 'HEADERS_TIMEOUT', stage: 'response', outcomeUnknown: false });
        expect(await failure(transport.lines({ ...get, timeout }))).to.include({ code: 'HEADERS_TIMEOUT' });
      });

      it('runs out where an answer does not end, the reason for there being no watch included', async () => {
        const transport = await connected((answer) => { answer.head(answer.url === '/watch' ? 500 : 200); answer.write('{'); });
        expect(await failure(transport.request({ ...get, timeout }))).to.include({ code: 'BODY_TIMEOUT', stage: 'response' });
        expect(await failure(transport.lines({ ...get, path: '/watch', timeout }))).to.include({ code: 'BODY_TIMEOUT' });
      });

      it('takes the request back when it runs out', async () => {
        let closed: Promise<void> | undefined;
        const transport = await connected((answer) => { closed = answer.closed; });
        await failure(transport.request({ ...get, timeout }));
        await until(() => closed !== undefined);
        await closed;
      });

      it('does not run out for a watch whose status line is in', async () => {
        const go = new Subject<void>();
        const transport = await connected((answer) => { answer.head(200); go.subscribe(() => answer.end('{"late":true}\n')); });
        const lines = results(transport.lines({ ...get, timeout }));
        await until(() => go.observed);
        for (let i = 0; i < 2; i++) expect(await failure(transport.request({ ...get, timeout }))).to.include({ stage: 'response' });
        go.next();
        expect(await lines).to.deep.equal(['{"late":true}']);
      });
    });

    describe('lines', () => {
      it('come one by one as they arrive, cut at \\n only, whatever the chunks', async () => {
        const more = new Subject<Buffer>();
        const { transport } = await connect((answer) => { answer.head(200); more.subscribe({ next: (chunk) => answer.write(chunk), complete: () => answer.end() }); });
        const seen: string[] = [];
        let completed = false;
        const subscription = transport.lines(get).subscribe({ next: (line) => seen.push(line), complete: () => { completed = true; } });
        open.defer(() => subscription.unsubscribe());
        await until(() => more.observed);
        const text = '{"a":"ä\u2028b"}\n\n{"b":"😀"}\n';
        for (const byte of Buffer.from(text)) more.next(Buffer.from([byte]));
        await until(() => seen.length === 2);
        expect(seen).to.deep.equal(['{"a":"ä\u2028b"}', '{"b":"😀"}']);
        more.next(Buffer.from('1\n2\n3'));
        await until(() => seen.length === 4);
        more.next(Buffer.from('\n'));
        await until(() => seen.length === 5);
        more.complete();
        await until(() => completed);
        expect(seen.slice(2)).to.deep.equal(['1', '2', '3']);
      });

      it('are said to be opened once, when the status line is in, long before the first', async () => {
        let first: (() => void) | undefined;
        const { transport } = await connect((answer) => {
          answer.head(200);
          first = () => answer.end('1\n2\n');
        });
        const seen: string[] = [];
        transport.lines({ ...get, onOpened: () => seen.push('opened') }).subscribe({ next: (line) => seen.push(line), complete: () => seen.push('complete') });
        await until(() => seen.length === 1);
        first?.();
        await until(() => seen.length === 4);
        expect(seen).to.deep.equal(['opened', '1', '2', 'complete']);
      });

      it('are not said to be opened where the server gives none', async () => {
        const { transport } = await connect((answer) => { answer.head(403); answer.end(); });
        const seen: string[] = [];
        await failure(transport.lines({ ...get, onOpened: () => seen.push('opened') }));
        expect(seen).to.deep.equal([]);
      });

      it('fail where the answer ends in the middle of one', async () => {
        const { transport } = await connect((answer) => { answer.head(200); answer.end('{"a":1}\n{"b":'); });
        const error = await failure(transport.lines(get));
        expect(error).to.be.instanceOf(TransportError);
        expect(error).to.include({ code: 'TRUNCATED', stage: 'response' });
      });

      it('fail where the answer breaks off, and do not complete', async () => {
        const { transport } = await connect((answer) => { answer.head(200); answer.write('{"a":1}\n'); void setImmediate(() => answer.reset()); });
        const error = await failure(transport.lines(get));
        expect(error).to.be.instanceOf(TransportError);
        expect(error.code).to.be.oneOf(['STREAM_RESET', 'SOCKET_CLOSED']);
      });

      it('fail with what the server says where it gives none', async () => {
        const { transport } = await connect((answer) => { answer.head(410); answer.end('{"kind":"Status","code":410,"reason":"Expired"}'); });
        const error = await failure(transport.lines(get));
        expect(error).to.be.instanceOf(StatusError);
        expect((error as StatusError).statusCode).to.equal(410);
      });

      it('are taken back by unsubscribing, even while lines come', async () => {
        let closed = Promise.resolve();
        const { transport } = await connect((answer) => { closed = answer.closed; answer.head(200); answer.write('1\n2\n3\n'); });
        expect(await result(transport.lines(get).pipe(take(2), toArray()))).to.deep.equal(['1', '2']);
        await closed;
      });
    });

    it('takes a request back by unsubscribing', async () => {
      let closed: Promise<void> | undefined;
      const { transport } = await connect((answer) => { closed = answer.closed; });
      const subscription = transport.request(get).subscribe();
      await until(() => closed !== undefined);
      subscription.unsubscribe();
      await closed;
      expect(transport.stats().streams).to.equal(0);
    });

    it('says of a write that broke off that the server may have acted on it, and not of a read', async () => {
      const { transport } = await connect((answer) => answer.reset());
      expect(await failure(transport.request({ ...get, method: 'POST', body: '{}' }))).to.include({ outcomeUnknown: true });
      expect(await failure(transport.request(get))).to.include({ outcomeUnknown: false });
    });

    it('says how many sockets and streams there are, when it last heard and how long the dial took', async () => {
      const { transport } = await connect((answer) => answer.head(200));
      expect(transport.stats()).to.deep.equal({ sockets: 0, streams: 0 });
      const subscription = transport.lines(get).subscribe();
      await until(() => transport.stats().streams === 1 && transport.stats().lastDial !== undefined);
      const { sockets, protocol: spoken, lastActivity, lastDial } = transport.stats();
      expect([sockets, spoken]).to.deep.equal([1, protocol === 'HTTP/2' ? 'h2' : 'http/1.1']);
      expect(Math.abs(Date.now() - (lastActivity?.getTime() ?? 0))).to.be.below(1_000);
      expect(Object.keys(lastDial ?? {})).to.deep.equal(protocol === 'plain HTTP' ? ['dial'] : ['dial', 'tls']);
      subscription.unsubscribe();
    });

    it('tells of every step forward', async () => {
      let steps = 0;
      const { transport } = await connect((answer) => { answer.head(200); answer.end(); }, {}, { onProgress: () => { steps += 1; } });
      await result(transport.request(get));
      expect(steps).to.equal(protocol === 'plain HTTP' ? 2 : 3);
      await result(transport.request(get));
      expect(steps).to.equal(protocol === 'plain HTTP' ? 3 : 4);
    });

    it('tells of every dial that succeeded, and completes that when it is closed', async () => {
      const { transport } = await connect((answer) => { answer.head(200); answer.end(); });
      const heard: string[] = [];
      transport.alive$.subscribe({ next: () => heard.push('alive'), complete: () => heard.push('over') });
      await result(transport.request(get));
      await result(transport.request(get));
      transport.close();
      expect(heard).to.deep.equal(['alive', 'over']);
    });

    describe('closing', () => {
      it('ends all that is on it at once with the reason, and every socket', async () => {
        const { transport, server } = await connect((answer) => { if (answer.url === '/watch') answer.head(200); });
        const reason = new Error('the cluster is gone');
        const errors: TransportError[] = [];
        const record = { error: (error: TransportError) => { errors.push(error); } };
        const watch = new Subscription();
        watch.add(transport.lines({ ...get, path: '/watch' }).subscribe(record));
        watch.add(transport.request(get).subscribe(record));
        watch.add(transport.request({ ...get, method: 'PUT', body: '{}' }).subscribe(record));
        await until(() => transport.stats().streams === 3);
        const begun = performance.now();
        transport.close(reason);
        transport.close(new Error('only the first counts'));
        await until(() => errors.length === 3 && transport.stats().sockets === 0);
        expect(performance.now() - begun).to.be.below(50);
        await until(() => server.open === 0);
        for (const error of errors) expect(error).to.include({ code: 'CLOSED', cause: reason });
        expect(errors.map(({ outcomeUnknown }) => outcomeUnknown).filter(Boolean)).to.have.length(1);
        expect(transport.stats().streams).to.equal(0);
      });

      it('fails what is asked of it later, at once', async () => {
        const { transport, server } = await connect(() => {});
        transport.close();
        const errors: unknown[] = [];
        transport.request(get).subscribe({ error: (error: TransportError) => errors.push(error.code) });
        transport.lines(get).subscribe({ error: (error: TransportError) => errors.push(error.code) });
        expect(errors).to.deep.equal(['CLOSED', 'CLOSED']);
        expect(server.sockets).to.have.length(0);
      });

      it('fails what waits for a dial, which is given up', async () => {
        const { transport, server } = await connect(() => {});
        const failed = failure(transport.request({ ...get, method: 'POST', body: '{}' }));
        transport.close();
        expect(await failed).to.include({ code: 'CLOSED', outcomeUnknown: false });
        await until(() => server.open === 0);
      });
    });

    it('dials anew after the server went away', async () => {
      const { transport, server } = await connect((answer) => { answer.head(200); answer.end('x'); });
      await result(transport.request(get));
      for (const socket of server.sockets) socket.destroy();
      await until(() => transport.stats().sockets === 0);
      expect((await result(transport.request(get))).body).to.equal('x');
      expect(server.sockets).to.have.length(2);
    });
  });
}

describe('createTransport', () => {
  it('dials nothing until something is asked of it', () => {
    const transport = createTransport(new Endpoint({ server: new URL('https://127.0.0.1:1') }), { userAgent: 'spec' });
    transport.request({ path: '/', timeout: 10 });
    expect(transport.stats()).to.deep.equal({ sockets: 0, streams: 0 });
    transport.close();
  });
});
