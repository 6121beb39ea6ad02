import type { Subscriber } from 'rxjs';
import { BodyCollector } from './body-collector.ts';
import { Exchange, type Headers, type WaitingRoom } from './exchange.ts';
import type { TransportRequest, TransportResponse } from './transport.ts';

/** 8 MiB: nothing but a list or a watch is larger, and whoever asks for those says so. */
export const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;

/** An exchange whose answer is collected and given out whole. */
export class SingleExchange extends Exchange<TransportResponse> {
  readonly longLived = false;
  readonly #maxBytes: number;
  readonly #body: BodyCollector;
  readonly #conceal: (text: string) => string;
  #status = 0;
  #headers: Headers = {};

  constructor(request: TransportRequest, subscriber: Subscriber<TransportResponse>, room: WaitingRoom, conceal: (text: string) => string) {
    super(request, subscriber, room);
    this.#conceal = conceal;
    this.#maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#body = new BodyCollector(this.#maxBytes);
  }

  protected override onHead(status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
    if (this.method !== 'HEAD' && Number(headers['content-length']) > this.#maxBytes) this.tooLarge(this.#maxBytes);
  }

  protected override onData(chunk: Buffer): void {
    if (!this.#body.push(chunk)) this.tooLarge(this.#maxBytes);
  }

  protected override onEnd(): void {
    const body = this.#body.text();
    this.subscriber.next({ status: this.#status, headers: this.#headers, body: this.#status < 300 ? body : this.#conceal(body) });
    this.complete();
  }
}
