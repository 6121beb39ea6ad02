import type { ClientHttp2Session, Settings } from 'node:http2';
import type { Socket } from 'node:net';

export interface Http2PingOptions {
  /** ms between PINGs. */
  readonly interval: number;
  /** ms since the last received byte after which the other side is dead. */
  readonly deadline: number;
  /** Called with every PING. */
  readonly onBeat: () => void;
  /** Called once, when the other side is dead. */
  readonly onDead: () => void;
}

const UNCHANGED: Settings = Object.freeze({ enablePush: false });

/**
 * Finds out that the other side of an HTTP/2 session is gone without a word: a PING every interval, and dead when no byte of whatever kind came for the
 * deadline. One timer, held until `stop`. The time that our own event loop stood still is not counted, and what waits in the socket is read before it is judged.
 */
export class Http2Ping {
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #options: Http2PingOptions;
  #heardAt = performance.now();
  #pingedAt = this.#heardAt;
  #dueAt = 0;
  #bytes: number;
  #timer: NodeJS.Timeout;
  #verdict: NodeJS.Immediate | undefined;

  constructor(session: ClientHttp2Session, socket: Socket, options: Http2PingOptions) {
    this.#session = session;
    this.#socket = socket;
    this.#options = options;
    this.#bytes = socket.bytesRead;
    this.#timer = this.#arm(this.#heardAt);
  }

  /** When the last byte came in, as far as is known, in ms of `performance.now()`. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Bytes have come in. */
  heard(): void {
    this.#heardAt = performance.now();
    this.#bytes = this.#socket.bytesRead;
  }

  /** Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#verdict);
  }

  #arm(now: number): NodeJS.Timeout {
    const { interval, deadline } = this.#options;
    this.#dueAt = Math.min(this.#pingedAt + interval, this.#heardAt + deadline);
    return setTimeout(this.#tick, Math.max(1, this.#dueAt - now));
  }

  readonly #tick = (): void => {
    const now = performance.now();
    // Late is our own loop's doing, not the other side's silence.
    this.#heardAt = Math.min(now, this.#heardAt + Math.max(0, now - this.#dueAt));
    this.#notice();
    const { interval, deadline } = this.#options;
    // Timers of Node may be a fraction of a millisecond early.
    if (now - this.#heardAt > deadline - 1) {
      this.#verdict = setImmediate(this.#judge);
      return;
    }
    if (now - this.#pingedAt > interval - 1) this.#ping(now);
    this.#timer = this.#arm(now);
  };

  /** Counts bytes that no stream was told of. */
  #notice(): boolean {
    if (this.#socket.bytesRead === this.#bytes) return false;
    this.heard();
    return true;
  }

  readonly #judge = (): void => {
    if (this.#notice()) this.#timer = this.#arm(performance.now());
    else this.#options.onDead();
  };

  #ping(now: number): void {
    this.#pingedAt = now;
    const session = this.#session;
    // Once a GOAWAY has come, the runtime sends no PING any more; SETTINGS that change nothing must be acknowledged just so.
    if (session.closed && !session.destroyed) session.settings(UNCHANGED, this.#onAnswer);
    else if (!session.destroyed) session.ping(this.#onAnswer);
    this.#options.onBeat();
  }

  readonly #onAnswer = (error: Error | null): void => {
    if (error === null) this.heard();
  };
}
