import { expect } from 'chai';
import { type Gzip, createGzip, gzipSync } from 'node:zlib';
import { Subject, take, tap, toArray } from 'rxjs';
import { StatusError } from '../../lib/kubernetes/status-error.ts';
import { type ListPart, type Transport, createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, results, until } from './deadline.ts';
import { type Handler, protocols } from './protocols.ts';

const get = { path: '/', timeout: 1_000 };
const pod = (i: number, text = '') => ({ metadata: { name: `pod-${i}` }, spec: { text } });
const podList = (count: number, text = '') => ({ kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: Array.from({ length: count }, (_, i) => pod(i, text)) });
const namesOf = (parts: readonly ListPart[]) => parts.map((part) => (part.type === 'item' ? (part.item as { metadata: { name: string } }).metadata.name : part.type));

for (const [protocol, serve] of Object.entries(protocols)) {
  describe(`a list in items over ${protocol}`, () => {
    leavesNothingOpen();
    let open: AsyncDisposableStack;
    beforeEach(() => { open = new AsyncDisposableStack(); });
    afterEach(() => open.disposeAsync());

    const connect = async (handle: Handler): Promise<Transport> => {
      const transport = createTransport(open.use(await serve(handle)).endpoint(), { userAgent: 'spec' });
      open.defer(() => transport.close());
      return transport;
    };
    const answering = (body: string, status = 200) => connect((answer) => {
      answer.head(status);
      answer.end(body);
    });

    it('comes as its items, and then as itself without them', async () => {
      const { items, ...list } = podList(1_000, 'größer');
      const transport = await answering(`${JSON.stringify({ ...list, items })}\n`);
      expect(await results(transport.items(get))).to.deep.equal([...items.map((item) => ({ type: 'item', item })), { type: 'end', envelope: { ...list, items: [] } }]);
      expect(transport.stats().streams).to.equal(0);
    });

    it('comes as its items where it is packed', async () => {
      const transport = await connect((answer) => {
        answer.head(200, { 'content-encoding': String(answer.headers['accept-encoding']) });
        answer.end(gzipSync(JSON.stringify(podList(500))));
      });
      expect(await results(transport.items({ ...get, gzip: true }))).to.have.length(501);
    });

    it('gives an item out before the next one is whole', async () => {
      const more = new Subject<string>();
      const transport = await connect((answer) => {
        answer.head(200);
        more.subscribe({ next: (text) => answer.write(text), complete: () => answer.end(']}') });
      });
      const seen: ListPart[] = [];
      transport.items(get).subscribe((part) => seen.push(part));
      await until(() => more.observed);
      more.next(`{"items":[${JSON.stringify(pod(1))},${JSON.stringify(pod(2))},{"metadata":{"na`);
      await until(() => seen.length === 2);
      more.next('me":"pod-3"}}');
      more.complete();
      await until(() => seen.length === 4);
      expect(namesOf(seen)).to.deep.equal(['pod-1', 'pod-2', 'pod-3', 'end']);
    });

    it('leaves out what is too large, and says so', async () => {
      const transport = await answering(JSON.stringify({ items: [pod(1), pod(2, 'x'.repeat(100_000)), pod(3)] }));
      const parts = await results(transport.items({ ...get, maxBytes: 50_000 }));
      expect(namesOf(parts)).to.deep.equal(['pod-1', 'oversized', 'pod-3', 'end']);
      expect(parts[1]).to.include({ size: JSON.stringify(pod(2)).length + 100_000 });
      expect((parts[1] as { prefix: string }).prefix).to.have.length(16_384).and.match(/^\{"metadata":\{"name":"pod-2"\}/);
    });

    it('fails with what the server says where it gives none', async () => {
      const transport = await answering('{"kind":"Status","code":410,"reason":"Expired"}', 410);
      expect(await failure(transport.items(get))).to.be.instanceOf(StatusError).and.include({ statusCode: 410 });
    });

    for (const [what, body, code] of [
      ['stops', '{"items":[{"metadata":{"name":"secret"}},', 'TRUNCATED'],
      ['is something else', '<html>secret</html>', 'GARBAGE'],
      ['is an object', '{"kind":"Secret","data":{"secret":""}}', 'GARBAGE'],
    ] as const) {
      it(`fails where the answer ${what}, without a word of it`, async () => {
        const error = await failure((await answering(body)).items(get));
        expect(error).to.be.instanceOf(TransportError).and.include({ code, stage: 'response' });
        expect(`${error.message} ${String(error.cause)}`).to.not.include('secret');
      });
    }

    it('fails where the answer breaks off, and does not complete', async () => {
      const transport = await connect((answer) => {
        answer.head(200);
        answer.write('{"items":[{"metadata":{"name":"a"}},');
        void setImmediate(() => answer.reset());
      });
      expect((await failure(transport.items(get))).code).to.be.oneOf(['STREAM_RESET', 'SOCKET_CLOSED']);
    });

    it('is taken back by unsubscribing between two items', async () => {
      let closed = Promise.resolve();
      const transport = await connect((answer) => {
        closed = answer.closed;
        answer.head(200);
        answer.write(JSON.stringify(podList(10)).slice(0, -2));
      });
      expect(namesOf(await result(transport.items(get).pipe(take(2), toArray())))).to.deep.equal(['pod-0', 'pod-1']);
      await closed;
    });

    describe('time', () => {
      it('runs out where no answer begins, and where it stands still', async () => {
        const transport = await connect((answer) => {
          if (answer.url === '/none') return;
          answer.head(200);
          answer.write('{"items":[');
        });
        expect(await failure(transport.items({ path: '/', timeout: 100 }))).to.include({ code: 'BODY_TIMEOUT' });
        expect(await failure(transport.items({ path: '/none', timeout: 100 }))).to.include({ code: 'HEADERS_TIMEOUT' });
      });

      it('begins anew with every chunk', async () => {
        const transport = await connect((answer) => {
          answer.head(200);
          answer.write('{"items":[');
          let left = 6;
          const timer = setInterval(() => {
            left -= 1;
            if (left > 0) return answer.write(' ');
            clearInterval(timer);
            answer.end(']}');
          }, 40);
        });
        const began = performance.now();
        expect(namesOf(await results(transport.items({ path: '/', timeout: 150 })))).to.deep.equal(['end']);
        expect(performance.now() - began).to.be.above(150);
      });
    });

    it('waits packed where nobody takes it in, and comes whole', async () => {
      let packer: Gzip | undefined;
      const list = podList(4_000, 'x'.repeat(2_000));
      const transport = await connect((answer) => {
        answer.head(200, { 'content-encoding': 'gzip' });
        packer = createGzip({ level: 0 }); // nothing is smaller: the wire is as fast as the unpacking
        packer.on('data', (chunk: Buffer) => answer.write(chunk)).on('end', () => answer.end());
        packer.end(JSON.stringify(list));
      });
      let slow = 0;
      const parts = await results(transport.items({ ...get, gzip: true }).pipe(tap(() => {
        slow += 1;
        if (slow % 100 === 0) for (const end = performance.now() + 10; performance.now() < end;);
      })));
      expect(namesOf(parts)).to.deep.equal([...list.items.map(({ metadata }) => metadata.name), 'end']);
    });
  });
}
