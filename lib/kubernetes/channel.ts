import type { Exchange, Failure } from './exchange.ts';

/** One socket to the server that carries exchanges. It owns the socket. */
export interface Channel {
  readonly protocol: 'h2' | 'http/1.1';
  /** Exchanges on it now. */
  readonly streams: number;
  /** Those of them that will be over soon: all but watches. */
  readonly calls: number;
  /** When the last byte came in, in ms of `performance.now()`. */
  readonly heardAt: number;
  /** Whether it takes one more exchange. */
  readonly hasRoom: boolean;
  /** Whether it will never take another. */
  readonly retired: boolean;
  send(exchange: Exchange): void;
  /** Ends the socket now, and with it every exchange, by `failure`. Idempotent. */
  destroy(failure: Failure): void;
}

/** Whom a channel tells what happens to it. */
export interface ChannelOwner {
  /** It may take exchanges again. */
  freed(channel: Channel): void;
  /** It takes no more exchanges. */
  retired(channel: Channel): void;
  /** Its socket is gone. */
  gone(channel: Channel): void;
  /** Whether others have room for what this idle one would carry. */
  isSpare(channel: Channel): boolean;
  /** Response headers are in. */
  progressed(): void;
}
