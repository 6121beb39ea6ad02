import { EMPTY, NEVER, Observable, type SchedulerLike, Subject, type Subscriber, Subscription, defer, map, of, take, takeUntil, tap } from 'rxjs';
import { dialError } from '../kubernetes/dial-error.ts';
import type { Endpoint } from '../kubernetes/endpoint.ts';
import { InvalidHeader, RequestHeaders } from '../kubernetes/request-headers.ts';
import type { ListPart, Transport, TransportOptions, TransportRequest, TransportResponse, TransportStats } from '../kubernetes/transport.ts';
import { newConnectionId } from './connection-id.ts';
import { type AnswerReader, InMemoryCall, ItemsReader, LinesReader, WholeReader } from './in-memory-call.ts';
import { type InMemoryConnection, InMemoryExchange } from './in-memory-exchange.ts';
import type { InMemoryNetwork, NetworkConnection } from './in-memory-network.ts';
import type { ServerExchange } from './server-exchange.ts';

/** The server at the other end. */
export interface InMemoryPeer {
  readonly network: InMemoryNetwork;
  readonly handle: (exchange: ServerExchange) => void;
}

/** As the transport of sockets. */
const DIAL_TIMEOUT = 4_000;
const MAX_RESENDS = 5;

/** A transport without sockets: what the server answers at once is there when `subscribe` returns, and what takes time takes it by the scheduler. */
export class InMemoryTransport implements Transport, InMemoryConnection, NetworkConnection {
  readonly id: number = newConnectionId();
  readonly #endpoint: Endpoint;
  readonly #options: TransportOptions;
  readonly #peer: InMemoryPeer | undefined;
  readonly #scheduler: SchedulerLike;
  readonly #headers: RequestHeaders;
  readonly #calls = new Map<InMemoryCall, number>();
  readonly #alive = new Subject<void>();
  readonly #ended = new Subject<void>();
  readonly #held: (() => void)[] = [];
  #isUp = false;
  #muted = false;
  #closed: { readonly reason: Error | undefined } | undefined;

  readonly alive$: Observable<void> = this.#alive.asObservable();
  readonly revived$: Observable<void> = defer(() => (this.#closed === undefined ? this.#revived().pipe(takeUntil(this.#ended)) : EMPTY));
  readonly doubted$: Observable<void>;

  /** Without a peer nothing is at the endpoint's address. */
  constructor(endpoint: Endpoint, options: TransportOptions, peer: InMemoryPeer | undefined, scheduler: SchedulerLike) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#peer = peer;
    this.#scheduler = scheduler;
    this.#headers = new RequestHeaders(endpoint, options.userAgent);
    this.doubted$ = peer?.network.doubted$ ?? EMPTY;
  }

  get muted(): boolean {
    return this.#muted;
  }

  request(request: TransportRequest): Observable<TransportResponse> {
    return this.#called(request, (call) => new WholeReader(call));
  }

  lines(request: TransportRequest): Observable<string> {
    return this.#called(request, (call) => new LinesReader(call));
  }

  items(request: TransportRequest): Observable<ListPart> {
    return this.#called(request, (call) => new ItemsReader(call));
  }

  setAuthorization(value: string | undefined): void {
    this.#headers.setAuthorization(value);
  }

  stats(): TransportStats {
    return { sockets: 0, streams: this.#calls.size };
  }

  close(reason?: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = { reason };
    this.#hangUp();
    for (const call of [...this.#calls.keys()]) call.fail('CLOSED', 'the connection is closed', { stage: 'request', cause: reason });
    this.#alive.complete();
    this.#ended.next();
  }

  send(action: () => void): void {
    if (this.#muted) this.#held.push(action);
    else action();
  }

  again(call: InMemoryCall): void {
    const resends = this.#calls.get(call) ?? 0;
    if (resends === MAX_RESENDS) return call.fail('REFUSED_STREAM', `the server refused the request ${MAX_RESENDS + 1} times`, { stage: 'request', unsent: true });
    this.#calls.set(call, resends + 1);
    this.#options.onResent?.(call.request);
    this.#begin(call);
  }

  reset(): void {
    this.#hangUp();
    for (const call of [...this.#calls.keys()]) call.fail('ECONNRESET', 'the other side ended the connection');
  }

  mute(): void {
    this.#muted = true;
  }

  /** First what has come in meanwhile, in its order. */
  unmute(): void {
    for (let action = this.#held.shift(); action !== undefined; action = this.#held.shift()) action();
    this.#muted = false;
  }

  #called<T>(request: TransportRequest, readerOf: (call: InMemoryCall<T>) => AnswerReader): Observable<T> {
    return new Observable((subscriber: Subscriber<T>) => {
      const call = new InMemoryCall(request, subscriber, { scheduler: this.#scheduler, conceal: (text) => this.#headers.conceal(text) }, readerOf) as unknown as InMemoryCall;
      this.#calls.set(call, 0);
      call.settled.add(() => this.#calls.delete(call));
      this.#begin(call);
    });
  }

  #begin(call: InMemoryCall): void {
    if (this.#closed !== undefined) return call.fail('CLOSED', 'the connection is closed', { stage: 'request', unsent: true, cause: this.#closed.reason });
    if (this.#peer === undefined) return call.error(this.#dialError('ENOTFOUND'));
    switch (this.#peer.network.state) {
      case 'refusing': return call.error(this.#dialError('ECONNREFUSED'));
      case 'halfOpen': return this.#isUp ? this.#ask(call, this.#peer) : this.#awaitDial(call, this.#peer);
      case 'up': return this.#ask(call, this.#peer);
    }
  }

  #ask(call: InMemoryCall, peer: InMemoryPeer): void {
    this.#dial(peer);
    if (call.done) return;
    const refusal = call.request.fence?.();
    if (refusal !== undefined) return call.error(refusal);
    const { pathname } = this.#endpoint.server;
    try {
      const headers = recordOf(this.#headers.http1(call.request));
      const exchange = new InMemoryExchange(call, { target: `${pathname.replace(/\/+$/, '')}${call.request.path}`, headers }, this);
      call.sent();
      this.send(() => { if (!call.done) peer.handle(exchange); });
    } catch (error) {
      if (error instanceof InvalidHeader) call.fail('INVALID_REQUEST', error.message, { stage: 'request', unsent: true });
      else throw error;
    }
  }

  /** A handshake that nobody answers. */
  #awaitDial(call: InMemoryCall, peer: InMemoryPeer): void {
    const waiting = new Subscription();
    call.settled.add(waiting);
    waiting.add(peer.network.restored$.subscribe(() => {
      waiting.unsubscribe();
      this.#begin(call);
    }));
    waiting.add(this.#scheduler.schedule(() => call.error(this.#dialError('DIAL_TIMEOUT')), this.#options.dialTimeout ?? DIAL_TIMEOUT));
  }

  #dial({ network }: InMemoryPeer): void {
    if (this.#isUp) return;
    this.#isUp = true;
    network.connected(this);
    this.#options.onProgress?.();
    this.#alive.next();
  }

  #hangUp(): void {
    this.#isUp = false;
    this.#muted = false;
    this.#held.length = 0;
    this.#peer?.network.disconnected(this);
  }

  #revived(): Observable<void> {
    const peer = this.#peer;
    if (peer === undefined) return NEVER;
    const restored$ = peer.network.state === 'up' ? of(undefined) : peer.network.restored$;
    return restored$.pipe(take(1), tap(() => this.#dial(peer)), map(() => undefined));
  }

  #dialError(code: string): Error {
    return dialError('dial', this.#endpoint.server.origin, { code });
  }
}

/** Of a flat list: several values of one name are an array. */
function recordOf(list: readonly string[]): ServerExchange['headers'] {
  const record: Record<string, string | readonly string[]> = {};
  for (let at = 0; at < list.length; at += 2) {
    const [name = '', value = ''] = [list[at], list[at + 1]];
    const known = record[name];
    record[name] = known === undefined ? value : [...(typeof known === 'string' ? [known] : known), value];
  }
  return record;
}
