import { Subject, defer, startWith } from 'rxjs';
import { noColors } from '../../lib/cli/paint.ts';
import type { Size, Terminal } from '../../lib/cli/terminal.ts';

/** A terminal that keeps what is written to it. */
export class FakeTerminal implements Terminal {
  readonly isLive: boolean;
  readonly paint = noColors;
  readonly frames: string[] = [];
  readonly #resizes = new Subject<Size>();
  #size: Size = { columns: 80, rows: 24 };
  written = '';

  readonly size$ = defer(() => this.#resizes.pipe(startWith(this.#size)));

  constructor({ isLive = true }: { readonly isLive?: boolean } = {}) {
    this.isLive = isLive;
  }

  get isObserved(): boolean {
    return this.#resizes.observed;
  }

  /** The newest frame without what moves the cursor, as lines. */
  get screen(): readonly string[] {
    // What ends a line and what begins and ends a frame.
    const sequences = new RegExp('\u001b\\[(\\?\\d+[hl]|[HKJ])', 'g');
    return (this.frames.at(-1) ?? '').replace(sequences, '').split('\r\n');
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#resizes.next(this.#size);
  }

  draw(text: string): boolean {
    this.frames.push(text);
    this.written += text;
    return true;
  }

  write(text: string): void {
    this.written += text;
  }
}
