import { expect } from 'chai';
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { Http2Ping } from '../../lib/kubernetes/http2-ping.ts';
import { createTransport } from '../../lib/kubernetes/transport.ts';
import { TcpProxy } from '../../lib/testing/tcp-proxy.ts';
import { leavesNothingOpen } from '../leaks.ts';
import { failure, result, until } from './deadline.ts';
import { http2Server } from './wire-server.ts';

const INTERVAL = 2_500;
const DEADLINE = 7_500;

describe('the heartbeat', () => {
  let clock: SinonFakeTimers;
  beforeEach(() => { clock = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'] }); });
  afterEach(() => clock.restore());

  /** A heartbeat on a session whose other side answers PINGs after `rtt` ms, or never. */
  const beating = (rtt?: number) => {
    const wire = { bytesRead: 0, pings: [] as number[], diedAt: undefined as number | undefined, rtt };
    const session = {
      destroyed: false,
      ping: (pong: (error: null) => void) => {
        wire.pings.push(performance.now());
        if (wire.rtt !== undefined) setTimeout(() => { wire.bytesRead += 17; pong(null); }, wire.rtt);
        return true;
      },
    };
    const heartbeat = new Http2Ping(session as unknown as ClientHttp2Session, wire as unknown as Socket, {
      interval: INTERVAL, deadline: DEADLINE, onBeat: () => {}, onDead: () => { wire.diedAt = performance.now(); heartbeat.stop(); },
    });
    return { wire, heartbeat };
  };

  it('pings every interval', () => {
    const { wire, heartbeat } = beating(10);
    clock.tick(10_000);
    expect(wire.pings).to.deep.equal([2_500, 5_000, 7_500, 10_000]);
    heartbeat.stop();
  });

  it('finds a side dead that answers nothing, at the deadline', () => {
    const { wire } = beating();
    clock.tick(20_000);
    expect(wire.diedAt).to.be.within(DEADLINE, DEADLINE + 10);
  });

  it('counts the deadline from the last answer', () => {
    const { wire } = beating(100);
    clock.tick(12_000); // the last PING was at 10_000, its answer came at 10_100
    wire.rtt = undefined;
    clock.tick(20_000);
    expect(wire.diedAt).to.be.within(10_100 + DEADLINE, 10_100 + DEADLINE + 10);
  });

  it('takes any byte for a sign of life, an answer that queues behind a long page included', () => {
    const { wire, heartbeat } = beating();
    for (let i = 0; i < 20; i++) {
      wire.bytesRead += 16_384;
      clock.tick(2_000);
    }
    expect(wire.diedAt).to.equal(undefined);
    const lastByte = 38_000;
    clock.tick(10_000);
    expect(wire.diedAt).to.be.within(lastByte + DEADLINE, lastByte + 10_000);
    heartbeat.stop();
  });

  it('blames the other side for no time in which our own loop stood still', () => {
    const { wire, heartbeat } = beating(100);
    clock.tick(5_200);
    clock.jump(60_000);
    clock.tick(1);
    expect(wire.diedAt).to.equal(undefined);
    clock.tick(60_000);
    expect(wire.diedAt).to.equal(undefined);
    heartbeat.stop();
  });

  it('reads what waits in the socket before it judges', () => {
    const { wire, heartbeat } = beating();
    let looks = 0;
    // The first look once time is up finds nothing; the loop then reads the socket, and the next look finds a byte.
    Object.defineProperty(wire, 'bytesRead', { get: () => (performance.now() >= DEADLINE - 1 && ++looks > 1 ? 1 : 0) });
    clock.tick(DEADLINE + 10);
    expect(wire.diedAt).to.equal(undefined);
    clock.tick(DEADLINE + 10);
    expect(wire.diedAt).to.be.above(2 * DEADLINE - 10);
    heartbeat.stop();
  });

  it('holds one timer, and none once it is stopped', () => {
    const { heartbeat } = beating();
    clock.tick(6_000);
    expect(clock.countTimers()).to.equal(1);
    heartbeat.stop();
    heartbeat.stop();
    expect(clock.countTimers()).to.equal(0);
  });
});

describe('a connection that died without a word', () => {
  leavesNothingOpen();

  it('ends all its exchanges once nothing came for the deadline, and a new one is dialled when the path is back', async () => {
    await using server = await http2Server((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/watch') stream.write('\n');
      else if (headers[':path'] !== '/slow') stream.end('ok');
    });
    await using proxy = await TcpProxy.to(server.port);
    const pingInterval = 40;
    const pingDeadline = 120;
    const transport = createTransport(server.endpoint({ server: new URL(`https://127.0.0.1:${proxy.port}`) }), { userAgent: 'spec', pingInterval, pingDeadline, dialTimeout: 500 });
    const exchange = { timeout: 5_000 };
    const ends = [
      failure(transport.lines({ ...exchange, path: '/watch' })),
      failure(transport.request({ ...exchange, path: '/slow' })),
      failure(transport.request({ ...exchange, path: '/slow', method: 'POST', body: '{}' })),
    ];
    await until(() => transport.stats().streams === 3);
    const alive = performance.now();
    await until(() => performance.now() - alive > 2 * pingDeadline); // answered PINGs keep it
    expect(transport.stats().streams).to.equal(3);

    proxy.mute();
    const muted = performance.now();
    const errors = await Promise.all(ends);
    expect(performance.now() - muted).to.be.below(pingDeadline + pingInterval + 400); // to the millisecond above, in time that nobody shares
    for (const error of errors) expect(error).to.include({ code: 'UNRESPONSIVE', stage: 'response' });
    expect(errors.map(({ outcomeUnknown }) => outcomeUnknown)).to.deep.equal([false, false, true]);
    await until(() => transport.stats().sockets === 0);

    await proxy.heal();
    expect((await result(transport.request({ ...exchange, path: '/' }))).body).to.equal('ok');
    transport.close();
  });
});
