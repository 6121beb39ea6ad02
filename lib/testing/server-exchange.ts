import type { Protocol } from './listener.ts';
import type { PeerCertificate } from './users.ts';

/** A whole answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export const JSON_TYPE = 'application/json';

/** One request and its answer on the way, as a server sees them, whatever carries them. */
export interface ServerExchange {
  readonly method: string;
  /** The path with its query. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The client's certificate, if it has shown one. */
  readonly certificate: PeerCertificate | undefined;
  readonly protocol: Protocol;
  /** Of its connection, unique in this process. */
  readonly connection: number;
  /** Calls back with the whole body of the request; never where the client goes away before its end. */
  onBody(taken: (body: Buffer) => void): void;
  /** Calls back with the status that is sent. */
  onStatus(answered: (status: number) => void): void;
  /** Calls back once, when the client, or we, are done with it. */
  onClose(closed: () => void): void;
  /** Calls back every time after `write` has returned false. */
  onDrain(drained: () => void): void;
  reply(reply: Reply): void;
  /** Begins an answer without end; `write` and `end` follow. */
  stream(): void;
  /** Returns false when the client should be given time, until it is drained. */
  write(text: string): boolean;
  end(): void;
  /** Writes, and breaks the answer off behind it. */
  breakOff(text: string): void;
  /** Of the answer that follows only the first half is sent; then the clean end, or the answer is broken off. */
  truncating(broken: boolean): void;
  /** Says that nothing was done, where the protocol can; else it resets the connection. */
  refuse(): void;
  /** The connection takes no further requests, and closes when the running ones are answered. */
  lastOnConnection(): void;
  resetConnection(): void;
}

export function headerOf({ headers }: Pick<ServerExchange, 'headers'>, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'object' ? value.join() : value;
}
