import { expect } from 'chai';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { watchForLeaks } from './leaks.ts';

describe('the leak check', () => {
  it('finds nothing where everything that was opened is closed', async () => {
    const watch = await watchForLeaks();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const timer = setTimeout(() => {}, 60_000);
    await once(socket, 'connect');
    socket.destroy();
    server.close();
    clearTimeout(timer);
    expect(await watch.end()).to.deep.equal([]);
  });

  it('names a server', async () => {
    const watch = await watchForLeaks();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const left = await watch.end(50);
    server.close();
    expect(left.join('\n')).to.include('TCPSERVERWRAP');
  });

  it('names a socket, even one that lets the process end, and the line that opened it', async () => {
    const server = createServer((socket) => { socket.on('end', () => socket.destroy()); }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const watch = await watchForLeaks();
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').unref();
    await once(socket, 'connect');
    const left = await watch.end(50);
    socket.destroy();
    server.close();
    expect(left.join('\n')).to.match(/^TCPWRAP at .*spec\/leaks\.spec\.ts/);
  });

  it('counts the timers that run', async () => {
    const watch = await watchForLeaks();
    const timer = setTimeout(() => {}, 60_000);
    const left = await watch.end(50);
    clearTimeout(timer);
    expect(left).to.deep.equal(['1 × Timeout']);
  });
});
