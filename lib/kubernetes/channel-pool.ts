import { type Observable, Subscription } from 'rxjs';
import type { TransportError } from '../model/errors.ts';
import type { Channel, ChannelOwner } from './channel.ts';
import type { Dialled } from './dial.ts';
import type { Exchange, Failure, WaitingRoom } from './exchange.ts';
import { Redial } from './redial.ts';
import type { TransportRequest } from './transport.ts';

export interface ChannelPoolOptions {
  /** Connects once. */
  readonly dial: () => Observable<Dialled>;
  /** Makes a channel of the socket, which it owns from then on. */
  readonly open: (dialled: Dialled, owner: ChannelOwner) => Channel;
  /** A dial has succeeded, and what waited for it is on its way. */
  readonly onDialled: (dialled: Dialled) => void;
  /** Response headers are in. */
  readonly onProgress: () => void;
  /** A request goes out once more. */
  readonly onResent?: ((request: TransportRequest) => void) | undefined;
  /** Spreads redials; in [0, 1). */
  readonly random: () => number;
}

/** Sockets for calls on HTTP/1.1; each watch has one more. As many as a browser has. */
const HTTP1_CALL_SOCKETS = 6;
/** Sessions on HTTP/2, for a server that allows next to no streams on each. */
const MAX_SESSIONS = 32;
/** ms that exchanges wait for running calls to end before a further session is dialled for them: a burst is over sooner than a handshake. */
const CROWDED = 100;

/**
 * Gives every exchange a channel: the first that has room, else the exchange waits, in order, for one that gets room or that is dialled. On HTTP/2 one dial
 * serves all who wait; on HTTP/1.1 each watch has a dial of its own. A dial that fails fails all who wait, and one that nobody waits for any more is given up.
 * A redial waits for a channel as exchanges do, and is not failed.
 */
export class ChannelPool implements WaitingRoom, ChannelOwner {
  readonly #options: ChannelPoolOptions;
  readonly #redial: Redial;
  #waiting = new Set<Exchange>();
  readonly #dials = new Set<Subscription>();
  #channels: Channel[] = [];
  #crowded: NodeJS.Timeout | undefined;
  #http1 = false;
  #closed: Failure | undefined;

  constructor(options: ChannelPoolOptions) {
    this.#options = options;
    this.#redial = new Redial({ isUp: () => this.#hasRoom, onChange: () => this.#balance(), random: options.random });
  }

  get channels(): readonly Channel[] {
    return this.#channels;
  }

  /** See `Transport.revived$`. */
  get revived$(): Observable<void> {
    return this.#redial.revived$;
  }

  /** Sends it now or as soon as there is a channel for it. */
  submit(exchange: Exchange): void {
    if (this.#closed !== undefined) return exchange.fail(this.#closed);
    const channel = this.#waiting.size === 0 ? this.#roomy(exchange) : undefined;
    if (channel !== undefined) return channel.send(exchange);
    this.#waiting.add(exchange);
    this.#serve();
  }

  /** Ends everything by `failure`. Idempotent. */
  close(failure: Failure): void {
    if (this.#closed !== undefined) return;
    this.#closed = failure;
    this.#redial.close();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#balance();
    for (const channel of [...this.#channels]) channel.destroy(failure);
    for (const exchange of waiting) exchange.fail(failure);
  }

  leave(exchange: Exchange): void {
    if (this.#waiting.delete(exchange)) this.#balance();
  }

  /** Before all others: who was refused once would be the last on the next session too, and refused again. */
  again(exchange: Exchange): void {
    if (this.#closed !== undefined) return exchange.fail(this.#closed);
    this.#waiting = new Set([exchange, ...this.#waiting]);
    this.#serve();
  }

  whyWaiting(): Failure {
    return this.#dials.size > 0
      ? { code: 'DIAL_TIMEOUT', message: 'no connection in time', stage: 'dial' }
      : { code: 'QUEUE_TIMEOUT', message: 'no place on a connection in time', stage: 'request' };
  }

  freed(): void {
    if (this.#waiting.size > 0) this.#serve();
    if (this.#hasRoom) this.#redial.succeeded()();
  }

  retired(): void {
    this.#serve();
  }

  gone(channel: Channel): void {
    this.#channels = this.#channels.filter((other) => other !== channel);
    this.#serve();
  }

  isSpare(channel: Channel): boolean {
    return this.#channels.some((other) => other !== channel && other.hasRoom);
  }

  progressed(): void {
    this.#options.onProgress();
  }

  /** Channels fill up one after the other, so that the last ones fall idle. */
  #roomy(exchange: Exchange): Channel | undefined {
    const channel = this.#channels.find(({ hasRoom }) => hasRoom);
    if (channel?.protocol !== 'http/1.1' || exchange.longLived) return channel;
    return this.#callSockets() < HTTP1_CALL_SOCKETS ? channel : undefined;
  }

  get #hasRoom(): boolean {
    return this.#channels.some(({ hasRoom }) => hasRoom);
  }

  #callSockets(): number {
    return this.#channels.reduce((sum, { calls }) => sum + calls, 0);
  }

  #serve(): void {
    for (const exchange of this.#waiting) {
      const channel = this.#roomy(exchange);
      if (channel !== undefined) {
        this.#waiting.delete(exchange);
        if (exchange.resent) this.#options.onResent?.(exchange.request);
        channel.send(exchange);
      } else if (!this.#http1) {
        break;
      }
    }
    this.#balance();
  }

  /** As many dials as those who wait have use for. */
  #balance(): void {
    const wanted = this.#wantedDials();
    for (const dial of this.#dials) {
      if (this.#dials.size <= wanted) break;
      this.#dials.delete(dial);
      dial.unsubscribe();
    }
    if (this.#dials.size < wanted && this.#callsWillEnd()) {
      this.#crowded ??= setTimeout(() => {
        this.#crowded = undefined;
        this.#dial();
      }, CROWDED);
      return;
    }
    clearTimeout(this.#crowded);
    this.#crowded = undefined;
    for (let missing = wanted - this.#dials.size; missing > 0; missing -= 1) this.#dial();
  }

  #wantedDials(): number {
    const redials = this.#redial.wanted ? 1 : 0;
    if (!this.#http1) return this.#channels.length < MAX_SESSIONS ? Math.min(1, this.#waiting.size + redials) : 0;
    let watches = 0;
    for (const { longLived } of this.#waiting) if (longLived) watches += 1;
    return Math.max(redials, watches + Math.max(0, Math.min(this.#waiting.size - watches, HTTP1_CALL_SOCKETS - this.#callSockets())));
  }

  /** Whether a place on a session is likely to come free: watches hold theirs. */
  #callsWillEnd(): boolean {
    return !this.#http1 && this.#channels.some(({ retired, calls }) => !retired && calls > 0);
  }

  #dial(): void {
    const dial = new Subscription();
    this.#dials.add(dial);
    dial.add(this.#options.dial().subscribe({
      next: (dialled) => {
        this.#dials.delete(dial);
        this.#adopt(dialled);
      },
      error: (error: TransportError) => {
        this.#dials.delete(dial);
        this.#rejectAll(error);
      },
    }));
  }

  #adopt(dialled: Dialled): void {
    this.#http1 = dialled.protocol === 'http/1.1';
    this.#channels.push(this.#options.open(dialled, this));
    const tellRedial = this.#redial.succeeded();
    this.#serve();
    this.#options.onDialled(dialled);
    tellRedial();
  }

  #rejectAll(error: TransportError): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    this.#redial.failed();
    this.#balance();
    for (const exchange of waiting) exchange.reject(error);
  }
}
