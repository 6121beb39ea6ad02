import { expect } from 'chai';
import forge from 'node-forge';
import { type Server, type Socket, createServer, connect as connectTcp } from 'node:net';
import { type TLSSocket, createServer as createTlsServer } from 'node:tls';
import { inspect } from 'node:util';
import { firstValueFrom, tap } from 'rxjs';
import { type Dialled, dial } from '../../lib/kubernetes/dial.ts';
import { Endpoint, type EndpointFields, type TlsMaterial } from '../../lib/kubernetes/endpoint.ts';
import { routeTo } from '../../lib/kubernetes/route.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { Certificates } from '../../lib/testing/certificates.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, until } from './deadline.ts';
import { WireServer, http1Server, http2Server } from './wire-server.ts';

const certificates = Certificates.create({ names: ['api.example'] });
const trusted: TlsMaterial = { ca: certificates.ca, insecureSkipVerify: false };
const TIMEOUT = 2_000;

/** What the server saw of a client. */
interface Seen {
  readonly user: string | undefined;
  readonly serverName: string | false | null | undefined;
  readonly resumed: boolean;
}

/** A TLS server that asks for a client certificate and speaks HTTP/2 by name alone. */
async function tlsServer(): Promise<{ readonly server: WireServer; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createTlsServer({ ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] }, (socket: TLSSocket) => {
    const user = socket.getPeerCertificate().subject?.CN;
    seen.push({ user: Array.isArray(user) ? user[0] : user, serverName: socket.servername, resumed: socket.isSessionReused() });
  });
  return { server: await WireServer.listening(server), seen };
}

interface Proxy {
  readonly server: WireServer;
  readonly requests: string[];
}

/** An HTTP proxy that knows CONNECT, over TCP or TLS. It answers with `answer`, which stands for a tunnel when it is a 200. */
async function proxy(scheme: 'http' | 'https', answer = 'HTTP/1.1 200 Connection established\r\n\r\n'): Promise<Proxy> {
  const requests: string[] = [];
  const accept = (socket: Socket) => {
    let head = '';
    const read = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      socket.off('data', read);
      requests.push(head);
      if (!answer.includes(' 200 ')) return void socket.end(answer);
      const [, host = '', port = ''] = /^CONNECT \[?([^\s\]]*)\]?:(\d+) /.exec(head) ?? [];
      const onward = connectTcp(Number(port), host);
      onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('error', () => {}).on('close', () => onward.destroy());
      // In two pieces: the head of an answer may be cut anywhere.
      socket.write(answer.slice(0, 9));
      setImmediate(() => {
        socket.write(answer.slice(9));
        onward.pipe(socket).pipe(onward);
      });
    };
    socket.on('data', read);
  };
  const server: Server = scheme === 'http' ? createServer(accept) : createTlsServer({ ...certificates.server }, accept);
  return { server: await WireServer.listening(server, scheme), requests };
}

/** Accepts, reads, and says nothing. */
const silentServer = () => createServer((socket) => { socket.resume(); });

/** A certificate that was valid until yesterday, signed by itself. */
function expired(): { readonly cert: string; readonly key: string } {
  const keys = forge.pki.rsa.generateKeyPair(2_048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 2 * 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() - 86_400_000);
  const name = [{ name: 'commonName', value: 'yesterday' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(keys.privateKey) };
}

describe('dial', () => {
  leavesNothingOpen();
  let open: AsyncDisposableStack;
  beforeEach(() => { open = new AsyncDisposableStack(); });
  afterEach(() => open.disposeAsync());

  const via = (fields: EndpointFields, timeout = TIMEOUT) => dial(routeTo(new Endpoint(fields)), { timeout });
  const socketOf = async (fields: EndpointFields): Promise<Dialled> => {
    const dialled = await result(via(fields));
    open.defer(() => { dialled.socket.destroy(); });
    return dialled;
  };

  it('gives a socket that speaks HTTP/2 where the server does, and says how long each part took', async () => {
    const { server } = await tlsServer();
    open.use(server);
    const { protocol, timings } = await socketOf({ server: server.url, tls: trusted });
    expect(protocol).to.equal('h2');
    expect(Object.keys(timings)).to.deep.equal(['dial', 'tls']);
  });

  it('gives a socket that speaks HTTP/1.1 where the server does not know HTTP/2, or no TLS is spoken', async () => {
    const server = open.use(await http1Server(() => {}, certificates.server));
    expect((await socketOf({ server: server.url, tls: trusted })).protocol).to.equal('http/1.1');
    const plain = open.use(await WireServer.listening(createServer(), 'http'));
    expect(await socketOf({ server: plain.url })).to.deep.include({ protocol: 'http/1.1' });
  });

  describe('fails', () => {
    const fails = async (fields: EndpointFields, expected: object, timeout?: number) => {
      const error = await failure(via(fields, timeout));
      expect(error).to.be.instanceOf(TransportError);
      expect(error).to.include({ outcomeUnknown: false, ...expected });
      return error;
    };

    it('where nothing listens', async () => {
      const server = await http2Server(() => {});
      const { url } = server;
      await server[Symbol.asyncDispose]();
      await fails({ server: url, tls: trusted }, { stage: 'dial', code: 'ECONNREFUSED', message: `cannot connect to ${url.origin}: connection refused (ECONNREFUSED)` });
    });

    it('where there is no such host', async () => {
      await fails({ server: new URL('https://nowhere.invalid:6443') }, { stage: 'dial' }).then(({ code }) => expect(code).to.be.oneOf(['ENOTFOUND', 'EAI_AGAIN']));
    });

    it('where a server accepts and is silent, after its own time', async () => {
      const silent = open.use(await WireServer.listening(silentServer()));
      const begun = performance.now();
      await fails({ server: silent.url, tls: trusted }, { stage: 'tls', code: 'DIAL_TIMEOUT' }, 40);
      expect(performance.now() - begun).to.be.within(35, 500);
      await until(() => silent.open === 0);
    });

    it('where a server hangs up during the TLS handshake', async () => {
      const rude = open.use(await WireServer.listening(createServer((socket) => socket.once('data', () => socket.end()))));
      await fails({ server: rude.url, tls: trusted }, { stage: 'tls', code: 'ECONNRESET' });
    });

    it('where a server does not speak TLS', async () => {
      const plain = open.use(await WireServer.listening(createServer((socket) => socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')))));
      const error = await fails({ server: plain.url, tls: trusted }, { stage: 'tls' });
      expect(error.code).to.match(/^ERR_SSL_/);
    });

    it('where the certificate is signed by another authority', async () => {
      const { server } = await tlsServer();
      open.use(server);
      const error = await fails({ server: server.url, tls: { ca: Certificates.create().ca, insecureSkipVerify: false } }, { stage: 'tls' });
      expect(error.code).to.be.oneOf(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE', 'SELF_SIGNED_CERT_IN_CHAIN']);
      expect(error.message).to.include('signed by another CA');
    });

    it('where the system does not know the authority and none is given', async () => {
      const { server } = await tlsServer();
      open.use(server);
      await fails({ server: server.url }, { stage: 'tls' });
    });

    it('where the certificate has expired', async () => {
      const { cert, key } = expired();
      const server = open.use(await WireServer.listening(createTlsServer({ cert, key })));
      await fails({ server: server.url, tls: { ca: cert, insecureSkipVerify: false } }, { stage: 'tls', code: 'CERT_HAS_EXPIRED' });
    });

    it('where the certificate is for another name, and says which', async () => {
      const { server } = await tlsServer();
      open.use(server);
      const error = await fails({ server: server.url, tls: { ...trusted, servername: 'secret-name.example' } }, { stage: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
      expect(error.message).to.include('DNS:api.example').and.to.not.include('secret-name');
      expect(inspect(error)).to.not.include('secret-name');
    });

    it('where the TLS material is none, and does not repeat it', async () => {
      const broken = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
      const error = await fails({ server: new URL('https://127.0.0.1:1'), tls: { ...trusted, cert: certificates.ca, key: broken } }, { stage: 'tls' });
      expect(inspect(error)).to.not.include('c2VjcmV0');
    });
  });

  it('accepts any certificate where verification is off', async () => {
    const { server } = await tlsServer();
    open.use(server);
    expect((await socketOf({ server: server.url, tls: { insecureSkipVerify: true } })).protocol).to.equal('h2');
  });

  describe('the server name', () => {
    const serverNames = async (...endpoints: ((url: URL) => EndpointFields)[]) => {
      const { server, seen } = await tlsServer();
      open.use(server);
      for (const fields of endpoints) await socketOf(fields(server.url));
      await until(() => seen.length === endpoints.length);
      return seen.map(({ serverName }) => serverName || undefined);
    };

    it('is the host, and nothing where that is an IP address', async () => {
      const named = (url: URL) => Object.assign(new URL(url), { hostname: 'localhost' });
      expect(await serverNames((server) => ({ server: named(server), tls: trusted }), (server) => ({ server, tls: trusted }))).to.deep.equal(['localhost', undefined]);
    });

    it('is the one of tls-server-name, which the certificate must then have', async () => {
      expect(await serverNames((server) => ({ server, tls: { ...trusted, servername: 'api.example' } }))).to.deep.equal(['api.example']);
    });

    it('that is an IP address is checked and not sent', async () => {
      expect(await serverNames((server) => ({ server, tls: { ...trusted, servername: '::1' } }))).to.deep.equal([undefined]);
      const { server } = await tlsServer();
      open.use(server);
      expect(await failure(via({ server: server.url, tls: { ...trusted, servername: '10.0.0.1' } }))).to.include({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });
  });

  describe('a client certificate', () => {
    it('is shown, whether its key is RSA or EC', async () => {
      const { server, seen } = await tlsServer();
      open.use(server);
      for (const key of ['rsa', 'ec'] as const) await socketOf({ server: server.url, tls: { ...trusted, ...certificates.client({ user: `anna-${key}`, key }) } });
      await until(() => seen.length === 2);
      expect(seen.map(({ user }) => user)).to.deep.equal(['anna-rsa', 'anna-ec']);
    });

    it('is never resumed by another: each transport is who it says, on every connection', async () => {
      const seen: Seen[] = [];
      const server = open.use(await http2Server((stream) => {
        const socket = (stream.session as unknown as { socket: TLSSocket }).socket;
        const user = socket.getPeerCertificate().subject.CN;
        seen.push({ user: Array.isArray(user) ? user[0] : user, serverName: undefined, resumed: socket.isSessionReused() });
        stream.respond({ ':status': 200 });
        stream.end();
      }, { ...certificates.server, ca: certificates.ca, requestCert: true }));
      for (const user of ['anna', 'bert', 'anna', 'bert']) {
        const transport = createTransport(new Endpoint({ server: server.url, tls: { ...trusted, ...certificates.client({ user }) } }), { userAgent: 'spec' });
        await result(transport.request({ path: '/', timeout: TIMEOUT }));
        for (const socket of server.sockets) socket.destroy();
        await until(() => transport.stats().sockets === 0);
        await result(transport.request({ path: '/', timeout: TIMEOUT }));
        transport.close();
      }
      expect(seen.map(({ user }) => user)).to.deep.equal(['anna', 'anna', 'bert', 'bert', 'anna', 'anna', 'bert', 'bert']);
      expect(seen.filter(({ resumed }) => resumed)).to.deep.equal([]);
    });
  });

  it('leaves no socket when it is given up, however far it came', async () => {
    const silent = open.use(await WireServer.listening(silentServer()));
    const fields = { server: silent.url, tls: trusted };
    via(fields).subscribe().unsubscribe();
    const connected = new Promise<void>((resolve) => {
      const dialling = dial(routeTo(new Endpoint(fields)), { timeout: TIMEOUT, onProgress: () => { dialling.unsubscribe(); resolve(); } }).subscribe();
    });
    await connected;
    await until(() => silent.open === 0);
  });

  for (const scheme of ['http', 'https'] as const) {
    describe(`through a proxy over ${scheme}`, () => {
      it('asks for a tunnel, and speaks TLS to the server in it', async () => {
        const { server, seen } = await tlsServer();
        const { server: proxyServer, requests } = await proxy(scheme);
        open.use(server);
        open.use(proxyServer);
        const steps: number[] = [];
        const endpoint = new Endpoint({ server: server.url, tls: { ...trusted, ...certificates.client({ user: 'anna' }) }, proxy: proxyServer.url });
        const dialled = await firstValueFrom(dial(routeTo(endpoint), { timeout: TIMEOUT, onProgress: () => steps.push(1) }).pipe(tap(({ socket }) => open.defer(() => { socket.destroy(); }))));
        expect(dialled.protocol).to.equal('h2');
        expect(Object.keys(dialled.timings)).to.deep.equal(['dial', 'proxy', 'tls']);
        expect(steps).to.have.length(3);
        expect(requests).to.deep.equal([`CONNECT 127.0.0.1:${server.port} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`]);
        await until(() => seen.length === 1);
        expect(seen[0]?.user).to.equal('anna');
      });

      it('carries whole exchanges, and ends with them', async () => {
        const server = open.use(await http2Server((stream) => { stream.respond({ ':status': 200 }); stream.end('x'.repeat(300_000)); }, certificates.server));
        const { server: proxyServer } = await proxy(scheme);
        open.use(proxyServer);
        const transport = createTransport(new Endpoint({ server: server.url, tls: trusted, proxy: proxyServer.url }), { userAgent: 'spec' });
        expect((await result(transport.request({ path: '/', timeout: TIMEOUT }))).body).to.have.length(300_000);
        transport.close();
        await until(() => proxyServer.open === 0 && server.open === 0);
      });

      it('shows the proxy its credentials', async () => {
        const { server } = await tlsServer();
        const { server: proxyServer, requests } = await proxy(scheme);
        open.use(server);
        open.use(proxyServer);
        await socketOf({ server: server.url, tls: trusted, proxy: Object.assign(new URL(proxyServer.url), { username: 'an na', password: 'p%40:ss' }) });
        expect(requests[0]).to.include(`Proxy-Authorization: Basic ${Buffer.from('an na:p@:ss').toString('base64')}\r\n`);
      });

      for (const { answer, code, says } of [
        { answer: 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', code: 'PROXY_UNAUTHORIZED', says: '407' },
        { answer: 'HTTP/1.1 503 Service Unavailable\r\n\r\n', code: 'PROXY_REFUSED', says: 'the proxy answered 503' },
        { answer: 'SSH-2.0-OpenSSH_9.6\r\n\r\n', code: 'PROXY_REFUSED', says: 'does not speak HTTP' },
        { answer: '', code: 'ECONNRESET', says: 'ended the connection' },
      ]) {
        it(`fails with ${code} where it answers ${JSON.stringify(answer.slice(0, 12))}`, async () => {
          const { server: proxyServer } = await proxy(scheme, answer);
          open.use(proxyServer);
          const error = await failure(via({ server: new URL('https://api.example:6443'), tls: trusted, proxy: proxyServer.url }));
          expect(error).to.include({ stage: 'proxy', code });
          expect(error.message).to.include(says).and.to.include('https://api.example:6443');
          expect(inspect(error)).to.not.include(`:${proxyServer.port}`);
        });
      }

      it('says at which stage it failed, and not where the proxy is', async () => {
        const { server: proxyServer } = await proxy(scheme);
        const { url } = proxyServer;
        await proxyServer[Symbol.asyncDispose]();
        const error = await failure(via({ server: new URL('https://api.example:6443'), tls: trusted, proxy: Object.assign(new URL(url), { username: 'anna', password: 'sesame' }) }));
        expect(error).to.include({ stage: 'proxy', code: 'ECONNREFUSED' });
        for (const secret of [url.port, '127.0.0.1', 'anna', 'sesame']) expect(inspect(error)).to.not.include(secret);
      });
    });
  }

  it('does not wait for a proxy that is silent', async () => {
    const silent = open.use(await WireServer.listening(silentServer(), 'http'));
    expect(await failure(via({ server: new URL('https://api.example:6443'), tls: trusted, proxy: silent.url }, 40))).to.include({ stage: 'proxy', code: 'DIAL_TIMEOUT' });
    await until(() => silent.open === 0);
  });
});
