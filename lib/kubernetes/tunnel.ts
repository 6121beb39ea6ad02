import type { Socket } from 'node:net';
import { Observable } from 'rxjs';

/** Why a proxy gave no tunnel; `status` where it answered. */
export class TunnelRefused extends Error {
  readonly status: number | undefined;

  constructor(status?: number) {
    super(status === undefined ? 'not an HTTP answer' : `status ${status}`);
    this.status = status;
  }
}

export interface TunnelOptions {
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization. */
  readonly authorization?: string;
}

/** No proxy says more than this before its tunnel stands. */
const MAX_HEAD = 16 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * Asks the proxy at the other end of `socket` for a tunnel. Completes when it stands, with the socket paused and what came behind the answer given back to
 * it; errors with a {@link TunnelRefused}. A socket that dies is its owner's to notice. Unsubscribing stops reading.
 */
export function openTunnel(socket: Socket, { host, port, authorization }: TunnelOptions): Observable<never> {
  return new Observable<never>((subscriber) => {
    let head = Buffer.alloc(0);
    const read = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(HEAD_END);
      if (end < 0) {
        if (head.length > MAX_HEAD) subscriber.error(new TunnelRefused());
        return;
      }
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1', 0, end))?.[1];
      if (status === undefined || !status.startsWith('2')) return subscriber.error(new TunnelRefused(status === undefined ? undefined : Number(status)));
      const rest = head.subarray(end + HEAD_END.length);
      socket.off('data', read).pause();
      if (rest.length > 0) socket.unshift(rest);
      subscriber.complete();
    };
    socket.on('data', read);
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`}\r\n`);
    return () => { socket.off('data', read); };
  });
}
