import type { Subscriber } from 'rxjs';
import type { WaitingRoom } from './exchange.ts';
import { type Flaw, ListSplitter } from './list-splitter.ts';
import { DEFAULT_MAX_BYTES } from './single-exchange.ts';
import { SlicedExchange } from './sliced-exchange.ts';
import type { ListPart, TransportRequest } from './transport.ts';

const FLAWS: Readonly<Record<Flaw, string>> = {
  TRUNCATED: 'the answer ended in the middle of a list',
  GARBAGE: 'the answer is no list',
};

/** An exchange whose answer, a list, is given out item by item as it comes. */
export class ItemsExchange extends SlicedExchange<ListPart> {
  readonly longLived = false;
  readonly #list: ListSplitter;

  constructor(request: TransportRequest, subscriber: Subscriber<ListPart>, room: WaitingRoom, conceal: (text: string) => string) {
    super(request, subscriber, room, conceal);
    this.#list = new ListSplitter(request.maxBytes ?? DEFAULT_MAX_BYTES);
  }

  protected override onOpened(): void {
    this.timeSilence();
  }

  protected override push(chunk: Buffer): void {
    this.#list.push(chunk);
  }

  protected override onEnd(): void {
    this.#list.finish();
    super.onEnd();
  }

  protected override giveOne(): boolean {
    const part = this.#list.next();
    if (typeof part === 'string') this.fail({ code: part, message: FLAWS[part], stage: 'response' });
    else if (part !== undefined) this.subscriber.next(part);
    return part !== undefined;
  }

  protected override onGiven(): void {
    this.complete();
  }
}
