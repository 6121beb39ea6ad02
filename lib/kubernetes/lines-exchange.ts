import type { Subscriber } from 'rxjs';
import type { WaitingRoom } from './exchange.ts';
import { LineSplitter } from './line-splitter.ts';
import { DEFAULT_MAX_BYTES } from './single-exchange.ts';
import { SlicedExchange } from './sliced-exchange.ts';
import type { TransportRequest } from './transport.ts';

/** An exchange whose answer is given out line by line as it comes. */
export class LinesExchange extends SlicedExchange<string> {
  readonly longLived = true;
  readonly #maxBytes: number;
  readonly #lines: LineSplitter;

  constructor(request: TransportRequest, subscriber: Subscriber<string>, room: WaitingRoom, conceal: (text: string) => string) {
    super(request, subscriber, room, conceal);
    this.#maxBytes = request.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#lines = new LineSplitter(this.#maxBytes);
  }

  protected override onOpened(): void {
    this.stopTimer();
    this.request.onOpened?.();
  }

  protected override push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  protected override giveOne(): boolean {
    const line = this.#lines.next();
    const { onOversized } = this.request;
    if (typeof line === 'string') this.subscriber.next(line);
    else if (onOversized === undefined && (line !== undefined || this.#lines.overlong)) this.tooLarge(this.#maxBytes);
    else if (line !== undefined) onOversized?.(line.size, line.prefix);
    return line !== undefined;
  }

  protected override onGiven(): void {
    if (this.#lines.unfinished) this.fail({ code: 'TRUNCATED', message: 'the answer ended in the middle of a line', stage: 'response' });
    else this.complete();
  }
}
