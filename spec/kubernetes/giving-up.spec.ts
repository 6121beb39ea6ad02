import { expect } from 'chai';
import { VirtualTimeScheduler, firstValueFrom } from 'rxjs';
import { createUncachedClient } from '../../lib/client/uncached-client.ts';
import { createRestClient } from '../../lib/kubernetes/rest-client.ts';
import { type Transport, createTransport } from '../../lib/kubernetes/transport.ts';
import { defineKind } from '../../lib/model/kubernetes-object.ts';
import { TcpProxy } from '../../lib/testing/tcp-proxy.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, until } from './deadline.ts';
import { protocols } from './protocols.ts';
import { type WireServer, http2Server } from './wire-server.ts';

const TIMEOUT = 2_000;
const WRITE = { method: 'POST', path: '/write', body: '{}', timeout: TIMEOUT };
const CONFIG_MAP = defineKind({ apiVersion: 'v1', kind: 'ConfigMap' });
const RESOURCES = JSON.stringify({ kind: 'APIResourceList', groupVersion: 'v1', resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['create'] }] });

/** Lets go through what is on its way on loopback: it takes a turn or two. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
}

describe('what is given up', () => {
  leavesNothingOpen();
  let open: AsyncDisposableStack;
  beforeEach(() => { open = new AsyncDisposableStack(); });
  afterEach(() => open.disposeAsync());

  for (const [protocol, serve] of Object.entries(protocols)) {
    describe(`over ${protocol}`, () => {
      let server: WireServer;
      let path: TcpProxy;
      let arrived: string[];
      beforeEach(async () => {
        arrived = [];
        server = open.use(await serve(({ method, url, head, end }) => {
          arrived.push(`${method} ${url}`);
          head(200);
          end('{}');
        }));
        path = open.use(await TcpProxy.to(server.port));
      });
      const connect = (): Transport => {
        const address = server.url;
        address.port = String(path.port);
        const transport = createTransport(server.endpoint({ server: address }), { userAgent: 'spec' });
        open.defer(() => transport.close());
        return transport;
      };

      it('does not arrive once the transport is closed: not although it was written while the network hung, and not when it heals', async () => {
        const transport = connect();
        await result(transport.request({ path: '/before', timeout: TIMEOUT }));
        path.mute();
        const outcome = failure(transport.request(WRITE));
        await turns(); // it has left the process then
        transport.close();
        expect(await outcome).to.include({ code: 'CLOSED', outcomeUnknown: true });
        await turns(); // the proxy has noticed, where there is anything to notice
        await path.heal();
        await until(() => path.open === 0, 'the end of the connection that hung');
        await result(connect().request({ path: '/after', timeout: TIMEOUT }));
        expect(arrived).to.deep.equal(['GET /before', 'GET /after']);
      });

      it('is not written where its fence has fallen while it waited for a connection', async () => {
        const fallen: Error[] = [];
        const transport = connect();
        const outcome = failure(transport.request({ ...WRITE, fence: () => fallen[0] }));
        fallen.push(new Error('leads no more'));
        expect(await outcome).to.equal(fallen[0]);
        await result(transport.request({ path: '/after', timeout: TIMEOUT }));
        expect(arrived).to.deep.equal(['GET /after']);
      });

      it('leaves the connection to others', async () => {
        const transport = connect();
        await result(transport.request({ path: '/before', timeout: TIMEOUT }));
        const refused = firstValueFrom(transport.request({ ...WRITE, fence: () => new Error('no') })).catch(({ message }: Error) => message);
        expect(await refused).to.equal('no');
        await result(transport.request({ path: '/after', timeout: TIMEOUT }));
        expect(path.accepted).to.equal(1);
      });
    });
  }

  it('is not written again where its fence has fallen while the server wanted it to wait', async () => {
    const arrived: string[] = [];
    const server = open.use(await http2Server((stream, { ':method': method, ':path': path }) => {
      arrived.push(`${method} ${path}`);
      if (path === '/api/v1') stream.respond({ ':status': 200 });
      else stream.respond({ ':status': 429, 'retry-after': '1' });
      stream.end(RESOURCES);
    }));
    const transport = createTransport(server.endpoint(), { userAgent: 'spec' });
    open.defer(() => transport.close());
    const scheduler = new VirtualTimeScheduler();
    const fallen: Error[] = [];
    const client = createUncachedClient({ rest: createRestClient({ transport, timeout: 5_000, scheduler, random: () => 0 }), fence: () => fallen[0] });
    const outcome = client.create(CONFIG_MAP, { metadata: { namespace: 'default', name: 'a' } }).catch((error: unknown) => error);
    await until(() => scheduler.actions.length === 1, 'the wait that the server asked for');
    fallen.push(new Error('leads no more'));
    scheduler.flush();
    expect(await outcome).to.equal(fallen[0]);
    expect(arrived).to.deep.equal(['GET /api/v1', 'POST /api/v1/namespaces/default/configmaps']);
  });
});
