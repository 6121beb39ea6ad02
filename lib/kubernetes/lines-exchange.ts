import type { Subscriber } from 'rxjs';
import { BodyCollector } from './body-collector.ts';
import { Exchange, type Headers, type WaitingRoom } from './exchange.ts';
import { LineSplitter } from './line-splitter.ts';
import { DEFAULT_MAX_BYTES } from './single-exchange.ts';
import { statusErrorOf } from './status-error.ts';
import type { TransportRequest } from './transport.ts';

/** Most bytes of an answer that says why there is no watch; a Status has a few hundred. */
const MAX_STATUS_BYTES = 1024 * 1024;

/** What an answer other than 200 says. */
interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: BodyCollector;
}

/** An exchange whose answer is given out line by line as it comes. */
export class LinesExchange extends Exchange<string> {
  readonly longLived = true;
  readonly #maxBytes: number;
  readonly #lines: LineSplitter;
  readonly #conceal: (text: string) => string;
  #refusal: Refusal | undefined;

  constructor(request: TransportRequest, subscriber: Subscriber<string>, room: WaitingRoom, conceal: (text: string) => string) {
    super(request, subscriber, room);
    this.#conceal = conceal;
    this.#maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#lines = new LineSplitter(this.#maxBytes, (line) => subscriber.next(line));
  }

  protected override onHead(status: number, headers: Headers): void {
    if (status === 200) this.stopTimer();
    else this.#refusal = { status, headers, body: new BodyCollector(MAX_STATUS_BYTES) };
  }

  protected override onData(chunk: Buffer): void {
    if (this.#refusal !== undefined) {
      if (!this.#refusal.body.push(chunk)) this.tooLarge(MAX_STATUS_BYTES);
    } else if (!this.#lines.push(chunk)) {
      this.tooLarge(this.#maxBytes);
    }
  }

  protected override onEnd(): void {
    if (this.#refusal !== undefined) {
      const { status, headers, body } = this.#refusal;
      this.error(statusErrorOf({ status, headers, body: this.#conceal(body.text()) }));
    } else if (this.#lines.unfinished) {
      this.fail({ code: 'TRUNCATED', message: 'the answer ended in the middle of a line', stage: 'response' });
    } else {
      this.complete();
    }
  }
}
