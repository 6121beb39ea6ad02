import { type Socket, connect as connectTcp } from 'node:net';
import { type TLSSocket, connect as connectTls } from 'node:tls';
import { Observable } from 'rxjs';
import { type DialStage, dialError } from './dial-error.ts';
import type { Hop, Route } from './route.ts';
import { openTunnel } from './tunnel.ts';

export interface DialOptions {
  /** ms for everything together. */
  readonly timeout: number;
  /** Called at every step forward: TCP connected, proxy answered, TLS done. */
  readonly onProgress?: (() => void) | undefined;
}

/** ms that the parts of a dial took. */
export interface DialTimings {
  readonly dial: number;
  readonly proxy?: number;
  readonly tls?: number;
}

/** A socket that is ready to speak; whoever receives it owns it. */
export interface Dialled {
  readonly socket: Socket;
  /** The TCP connection that `socket` is, or that TLS and tunnels of it run on: that alone can be reset. */
  readonly tcp: Socket;
  readonly protocol: 'h2' | 'http/1.1';
  readonly timings: DialTimings;
}

/** ms before TCP asks whether the other side is still there: what HTTP/1.1 has instead of a PING. */
const KEEPALIVE_DELAY = 15_000;
const TCP_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_DELAY };

/**
 * Connects: name, TCP, the proxy's tunnel and TLS, by one timer. Emits the socket once and completes; errors with a `TransportError` whose stage says how
 * far it came. Unsubscribing gives up and leaves no socket.
 */
export function dial({ origin, server, proxy }: Route, { timeout, onProgress }: DialOptions): Observable<Dialled> {
  return new Observable<Dialled>((subscriber) => {
    let stage: DialStage = proxy === undefined ? 'dial' : 'proxy';
    let begun = performance.now();
    let timings: DialTimings = { dial: 0 };
    const sockets: Socket[] = [];
    const timer = setTimeout(() => fail({ code: 'DIAL_TIMEOUT' }), timeout);
    const fail = (error: unknown) => subscriber.error(dialError(stage, origin, error));
    const ended = () => fail({ code: 'ECONNRESET' });

    const passed = (part: keyof DialTimings) => {
      const now = performance.now();
      timings = { ...timings, [part]: now - begun };
      begun = now;
      onProgress?.();
    };

    /** Every socket is ours from here on, until it is handed over. */
    const own = <T extends Socket>(socket: T): T => {
      sockets.push(socket);
      return socket.on('error', fail).on('close', ended);
    };

    /** TCP to a hop and TLS on it where it speaks that, as one socket. */
    const reach = (hop: Hop, connected: () => void, ready: (socket: Socket) => void): void => {
      const { host, port } = hop;
      const tls = hop.tls?.();
      const tcp = own(connectTcp({ host, port, ...TCP_OPTIONS }));
      tcp.once('connect', () => {
        connected();
        if (tls === undefined) return ready(tcp);
        attempt(() => {
          const socket = own(connectTls({ socket: tcp, host, ...tls }));
          socket.once('secureConnect', () => ready(socket));
        });
      });
    };

    const handOver = (socket: Socket): void => {
      const alpn = (socket as Partial<TLSSocket>).alpnProtocol;
      if (server.tls !== undefined) passed('tls');
      const [tcp = socket] = sockets;
      for (const owned of sockets.splice(0)) owned.off('error', fail).off('close', ended).on('error', ignore);
      subscriber.next({ socket, tcp, protocol: alpn === 'h2' ? 'h2' : 'http/1.1', timings });
      subscriber.complete();
    };

    const throughTunnel = (tunnel: Socket): void => {
      const { host, port } = server;
      const authorization = proxy?.authorization;
      subscriber.add(openTunnel(tunnel, { host, port, ...(authorization === undefined ? {} : { authorization }) }).subscribe({
        error: fail,
        complete: () => {
          passed('proxy');
          if (server.tls === undefined) return handOver(tunnel);
          stage = 'tls';
          attempt(() => {
            const socket = own(connectTls({ socket: tunnel, host, ...server.tls?.() }));
            socket.once('secureConnect', () => handOver(socket));
          });
        },
      }));
    };

    const connected = () => {
      passed('dial');
      if (proxy === undefined && server.tls !== undefined) stage = 'tls';
    };

    /** TLS material that cannot be used throws. */
    const attempt = (step: () => void): void => {
      try {
        step();
      } catch (error) {
        stage = 'tls';
        fail(error);
      }
    };

    subscriber.add(() => {
      clearTimeout(timer);
      for (const socket of sockets.reverse()) socket.off('error', fail).off('close', ended).on('error', ignore).destroy();
    });
    attempt(() => (proxy === undefined ? reach(server, connected, handOver) : reach(proxy, connected, throughTunnel)));
  });
}

/** A socket without an error listener ends the process; each owner notices a socket's end by its `close`. */
function ignore(): void { /* see above */ }
