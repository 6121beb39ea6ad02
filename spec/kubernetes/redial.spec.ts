import { expect } from 'chai';
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { ChannelPool } from '../../lib/kubernetes/channel-pool.ts';
import type { Channel, ChannelOwner } from '../../lib/kubernetes/channel.ts';
import type { Dialled } from '../../lib/kubernetes/dial.ts';
import { type Transport, createTransport } from '../../lib/kubernetes/transport.ts';
import { TransportError } from '../../lib/model/errors.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, until } from './deadline.ts';
import { type WireServer, http1Server, http2Server, plainServer } from './wire-server.ts';

const refused = new TransportError('ECONNREFUSED', 'refused', { stage: 'dial' });

describe('a redial', () => {
  let clock: SinonFakeTimers;
  let log: string[];
  let dial: Subscriber<Dialled> | undefined;
  let failsAtOnce: boolean;
  let pool: ChannelPool;
  let owner: ChannelOwner | undefined;
  let channel: { -readonly [K in keyof Channel]: Channel[K] };

  const say = (what: string) => { log.push(`${clock.now} ${what}`); };

  beforeEach(() => {
    clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    log = [];
    dial = undefined;
    failsAtOnce = false;
    channel = { protocol: 'h2', streams: 0, calls: 0, heardAt: 0, hasRoom: true, retired: false, send() { /* not asked */ }, destroy: () => owner?.gone(channel) };
    pool = new ChannelPool({
      dial: () => new Observable((subscriber) => {
        say('dial');
        if (failsAtOnce && log.length < 10) return subscriber.error(refused); // and no more, for a pool that would not stop
        dial = subscriber;
        return () => { if (dial === subscriber) say('given up'); };
      }),
      open: (_, ownedBy) => {
        owner = ownedBy;
        return channel;
      },
      onDialled: () => say('alive'), onProgress() { /* not asked */ }, random: () => 0,
    });
  });
  afterEach(() => {
    pool.close({ code: 'CLOSED', message: 'closed', stage: 'request' });
    const left = clock.countTimers();
    clock.restore();
    expect(left).to.equal(0);
  });

  const wait = (name = 'revived'): Subscription => pool.revived$.subscribe({ next: () => say(name), error: () => say(`${name} error`), complete: () => say(`${name} complete`) });
  /** Ends the dial that is under way. */
  const ended = () => {
    const under = dial;
    dial = undefined;
    return under;
  };
  const succeed = () => {
    const under = ended();
    under?.next({} as Dialled);
    under?.complete();
  };
  const fail = () => ended()?.error(refused);

  it('is none before anybody waits', () => {
    void pool.revived$;
    expect(log).to.deep.equal([]);
  });

  it('begins at once, and tells of its success after all others were told', () => {
    wait();
    expect(log).to.deep.equal(['0 dial']);
    clock.tick(30);
    succeed();
    expect(log.slice(1)).to.deep.equal(['30 alive', '30 revived', '30 revived complete']);
  });

  it('is not needed where a connection has room: then it tells at once', () => {
    wait();
    succeed();
    log.length = 0;
    wait();
    expect(log).to.deep.equal(['0 revived', '0 revived complete']);
  });

  it('is tried again with growing pauses, never longer than 2 s, until it succeeds', () => {
    wait();
    for (let i = 0; i < 6; i += 1) {
      clock.tick(10);
      fail();
      clock.next();
    }
    expect(log).to.deep.equal(['0 dial', '260 dial', '770 dial', '1780 dial', '3290 dial', '4800 dial', '6310 dial']);
    succeed();
    expect(log.at(-1)).to.equal('6310 revived complete');
  });

  it('waits before it is tried again where it fails at once', () => {
    failsAtOnce = true;
    wait();
    expect(log).to.deep.equal(['0 dial']);
    clock.next();
    expect(log).to.deep.equal(['0 dial', '250 dial']);
  });

  it('is one for all who wait', () => {
    wait('a');
    wait('b');
    fail();
    wait('c');
    clock.tick(250);
    succeed();
    expect(log.filter((line) => line.endsWith('dial'))).to.have.length(2);
    expect(log.filter((line) => line.endsWith('complete'))).to.deep.equal(['250 a complete', '250 b complete', '250 c complete']);
  });

  it('is given up with the last who waits, and so is the pause between two', () => {
    const [a, b] = [wait('a'), wait('b')];
    a.unsubscribe();
    expect(log).to.deep.equal(['0 dial']);
    b.unsubscribe();
    expect(log.at(-1)).to.equal('0 given up');
    const c = wait('c');
    fail();
    c.unsubscribe();
    expect(clock.countTimers()).to.equal(0);
  });

  it('begins at once for who waits anew', () => {
    const a = wait();
    for (let i = 0; i < 3; i += 1) {
      fail();
      clock.next();
    }
    a.unsubscribe();
    log.length = 0;
    wait();
    fail();
    clock.next();
    expect(log).to.deep.equal([`${clock.now - 250} dial`, `${clock.now} dial`]);
  });

  it('ends without a word when the transport is closed, and does not begin after that', () => {
    wait();
    pool.close({ code: 'CLOSED', message: 'closed', stage: 'request' });
    wait('later');
    expect(log).to.deep.equal(['0 dial', '0 given up', '0 revived complete', '0 later complete']);
  });
});

const servers: Readonly<Record<string, () => Promise<WireServer>>> = {
  'HTTP/2': () => http2Server((stream) => {
    stream.respond({ ':status': 200 });
    stream.end('ok');
  }),
  'HTTP/1.1 over TLS': () => http1Server((_, response) => { response.end('ok'); }),
  'plain HTTP': () => plainServer((_, response) => { response.end('ok'); }),
};

for (const [protocol, serve] of Object.entries(servers)) {
  describe(`a transport that waits for its server over ${protocol}`, () => {
    leavesNothingOpen();
    let open: AsyncDisposableStack;
    let server: WireServer;
    let transport: Transport;
    beforeEach(async () => {
      open = new AsyncDisposableStack();
      server = open.use(await serve());
      transport = createTransport(server.endpoint(), { userAgent: 'spec' });
      open.defer(() => transport.close());
    });
    afterEach(() => open.disposeAsync());

    const get = { path: '/', timeout: 1_000 };

    it('dials, tells it to all, and uses the connection for what comes next', async () => {
      const heard: string[] = [];
      transport.alive$.subscribe(() => heard.push('alive'));
      await result(transport.revived$);
      expect(heard).to.deep.equal(['alive']);
      expect(transport.stats().sockets).to.equal(1);
      expect((await result(transport.request(get))).body).to.equal('ok');
      expect(server.sockets).to.have.length(1);
    });

    it('uses a connection that lay idle for some time', async () => {
      await result(transport.revived$);
      for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => { setImmediate(resolve); });
      expect((await result(transport.request(get))).body).to.equal('ok');
      expect((await result(transport.request(get))).body).to.equal('ok');
      expect(server.sockets).to.have.length(1);
    });

    it('notices that the server ended a connection that nobody used', async () => {
      await result(transport.revived$);
      await new Promise((resolve) => { setImmediate(resolve); });
      for (const socket of server.sockets) socket.end();
      await until(() => transport.stats().sockets === 0);
      await result(transport.revived$);
      expect(server.sockets).to.have.length(2);
    });

    // On HTTP/2 a GOAWAY tells of it.
    if (protocol !== 'HTTP/2') it('sends a read again where the server ends a connection under it that lay idle since it was opened', async () => {
      await result(transport.revived$);
      await new Promise((resolve) => { setImmediate(resolve); });
      const [idle] = server.sockets;
      const answer = result(transport.request(get));
      idle?.destroy();
      expect((await answer).body).to.equal('ok');
    });

    it('joins the dial of a request', async () => {
      const [answer] = await Promise.all([result(transport.request(get)), result(transport.revived$)]);
      expect(answer.body).to.equal('ok');
      expect(server.sockets).to.have.length(1);
    });

    it('leaves no socket when it is closed, or nobody waits any more', async () => {
      transport.revived$.subscribe().unsubscribe();
      await until(() => server.open === 0);
      await result(transport.revived$);
      transport.close();
      await until(() => server.open === 0);
    });

    it('goes on where the server does not answer, while what is asked of it fails', async () => {
      const endpoint = server.endpoint();
      await server[Symbol.asyncDispose]();
      const lost = createTransport(endpoint, { userAgent: 'spec', random: () => 0 });
      open.defer(() => lost.close());
      const heard: string[] = [];
      lost.revived$.subscribe({ next: () => heard.push('revived'), error: () => heard.push('error'), complete: () => heard.push('complete') });
      expect(await failure(lost.request(get))).to.include({ code: 'ECONNREFUSED' });
      expect(heard).to.deep.equal([]);
      lost.close();
      expect(heard).to.deep.equal(['complete']);
    });
  });
}
