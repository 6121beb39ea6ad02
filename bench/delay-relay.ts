import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { once } from 'node:events';

/** Bytes that one direction may hold back; more than any window of ours, so that the delay does not limit what goes through. */
const MOST_HELD = 256 * 1024 * 1024;

/** Listens on a port of loopback and forwards to `port`, every byte `delay` ms late, however many there are. Resolves with its own port. */
export async function delayRelay(port: number, delay: number): Promise<number> {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
      forward(from, to, delay);
      from.on('error', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function forward(from: Socket, to: Socket, delay: number): void {
  let held = 0;
  const later = (size: number, action: () => void): void => {
    held += size;
    if (held > MOST_HELD) from.pause();
    setTimeout(() => {
      held -= size;
      if (held <= MOST_HELD) from.resume();
      if (!to.destroyed) action();
    }, delay);
  };
  from.on('data', (chunk: Buffer) => later(chunk.length, () => to.write(chunk)));
  from.on('end', () => later(0, () => to.end()));
}
